"""The texts of the interface in every language, as one table; all other words are the graph's."""

from __future__ import annotations

from sco_graph.namespaces import LANGUAGES

LANGUAGE_NAMES = {"en": "English", "zh": "中文", "ru": "Русский"}
"""Each language in its own words, for the switch."""

TEXTS: dict[str, tuple[str, str, str]] = {
    # The frame
    "skip": ("Skip to the content", "跳到正文", "Перейти к содержанию"),
    "menu": ("Main", "主导航", "Основное меню"),
    "language": ("Language", "语言", "Язык"),
    "questions": ("Questions", "问题", "Вопросы"),
    "sources": ("Sources", "来源", "Источники"),
    "ontology": ("Terms", "术语", "Термины"),
    "editor": ("Query", "查询", "Запрос"),
    "search": ("Search", "搜索", "Поиск"),
    "search_label": (
        "Search by name, in any language, or by code",
        "按任一语言的名称或代码搜索",
        "Поиск по названию на любом языке или по коду",
    ),
    "search_hint": ("Name or code", "名称或代码", "Название или код"),
    "graph_of": ("knowledge graph", "知识图谱", "граф знаний"),
    "footer": (
        (
            "Every statement here leads to the words that it rests on. Nothing that a source "
            "says is edited to fit; where sources differ, both are kept and one is preferred, "
            "with the reason."
        ),
        (
            "此处每项陈述都能追溯到其所依据的词句。来源所言一概不加改动；来源互有出入时两者并存，"
            "择一采信并说明理由。"
        ),
        (
            "Каждое утверждение здесь ведёт к словам, на которых оно основано. Сказанное "
            "источниками не правится; где они расходятся, сохраняются оба утверждения, а выбор "
            "обоснован."
        ),
    ),
    "for_programs": ("For programs", "供程序使用", "Для программ"),
    "endpoint": ("SPARQL endpoint", "SPARQL 端点", "Точка доступа SPARQL"),
    "void": ("Description of the dataset (VoID)", "数据集说明（VoID）", "Описание данных (VoID)"),
    "as_of": ("Sources cover the days up to", "来源所涵盖日期截至", "Источники охватывают дни до"),
    # Home
    "tagline": (
        (
            "A knowledge graph in which every statement leads to the words that it rests on, and "
            "every question can be asked as of a day."
        ),
        "在这一知识图谱中，每项陈述都可追溯到所依据的词句，每个问题都可按某一日期提出。",
        (
            "Граф знаний, в котором каждое утверждение ведёт к словам, на которых оно основано, "
            "а каждый вопрос можно задать на любой день."
        ),
    ),
    "numbers": ("In numbers", "数字概览", "В цифрах"),
    "n_states": ("States", "国家", "Государства"),
    "n_meetings": ("Meetings", "会议", "Заседания"),
    "n_claims": (
        "Claims on roles and offices",
        "身份与职务主张",
        "Утверждения о статусах и постах",
    ),
    "n_evidences": (
        "Quotes and rows relied on",
        "所依据的引文与表格行",
        "Цитаты и строки-основания",
    ),
    "n_documents": ("Documents cited", "所引文献", "Использованные документы"),
    "differ": ("Where sources differ", "来源互有出入之处", "Где источники расходятся"),
    "differ_lead": (
        (
            "Two things that cannot both be right. Both stay in the graph; one is believed. Open "
            "the one that is not to read the words that it rests on."
        ),
        "两种说法不能同时成立。二者都保留在图谱中，但只采信其一。点开未被采信者，即可读到它所依据的词句。",
        (
            "Два утверждения, которые не могут быть верны одновременно. В графе остаются оба, "
            "принимается одно. Откройте отвергнутое, чтобы прочесть слова, на которых оно основано."
        ),
    ),
    "differ_all": ("All differences", "全部差异", "Все расхождения"),
    "not_believed": ("Not believed", "不予采信", "Не принято"),
    "believed": ("Believed", "予以采信", "Принято"),
    "read_words": ("Read the words", "阅读原文词句", "Прочесть слова"),
    "timeline": ("The years", "历年", "По годам"),
    "timeline_table": ("The same as a table", "同一内容的表格", "То же в виде таблицы"),
    "structure": ("The organs", "机构", "Органы"),
    "scroll": ("Picture; scroll sideways", "图片，可左右滚动", "Рисунок; прокручивается вбок"),
    "try": ("Questions to try", "试试这些问题", "Попробуйте спросить"),
    "try_all": ("All questions", "全部问题", "Все вопросы"),
    # A thing
    "also_called": ("In other languages", "其他语言名称", "На других языках"),
    "iri": ("Identifier", "标识符", "Идентификатор"),
    "roles": ("Roles over time", "历次身份", "Статусы во времени"),
    "claims": ("Claims", "主张", "Утверждения"),
    "chart_lead": (
        (
            "A bar for each claim, a diamond where a source speaks of one day only. What is not "
            "believed is outlined."
        ),
        "每一主张为一条横杠；来源仅述及某一日者为菱形。未被采信者仅绘轮廓。",
        (
            "Каждое утверждение — полоса; ромб, если источник говорит лишь об одном дне. "
            "Непринятое показано контуром."
        ),
    ),
    "names": ("Names", "名称", "Названия"),
    "facts": ("What is said", "所述内容", "Что сказано"),
    "now": (
        "On the last day covered",
        "截至所涵盖的最后一日",
        "На последний охваченный день",
    ),
    "follows": ("What follows from it", "推理所得", "Что отсюда следует"),
    "mentions": ("What points here", "指向此处者", "Что сюда ведёт"),
    "elsewhere": ("The same elsewhere", "其他数据集中的同一事物", "То же в других базах"),
    "supports": ("What rests on it", "以此为据者", "Что на этом основано"),
    "downloads": ("This page as data", "本页数据", "Эта страница как данные"),
    "contents": ("On this page", "本页内容", "На этой странице"),
    "property": ("Property", "属性", "Свойство"),
    "value": ("Value", "值", "Значение"),
    "said_by": ("Said by", "出自", "Источник"),
    "rests_on": ("What it rests on", "所依据者", "На чём основано"),
    "words": ("The words it rests on", "所依据的词句", "Слова, на которых это основано"),
    "rows": ("The rows it rests on", "所依据的表格行", "Строки, на которых это основано"),
    "words_rows": (
        "The words and rows it rests on",
        "所依据的词句与表格行",
        "Слова и строки, на которых это основано",
    ),
    "show_words": ("Evidence: {n}", "依据：{n} 项", "Основания: {n}"),
    "member": ("Who", "主体", "Кто"),
    "role": ("Role", "身份", "Статус"),
    "organization": ("Organization", "组织", "Организация"),
    "since": ("Since", "起始", "С"),
    "until": ("Until", "截止", "До"),
    "stated_as_of": ("Stated as of", "陈述日期", "На дату"),
    "date": ("Date", "日期", "Дата"),
    "rank": ("Rank", "采信等级", "Ранг"),
    "Preferred": ("preferred", "首选", "предпочтительное"),
    "Normal": ("normal", "普通", "обычное"),
    "Deprecated": ("not believed", "不予采信", "не принято"),
    "verdict_bad": ("Not believed", "不予采信", "Не принято"),
    "verdict_good": (
        "Believed, against another",
        "采信此说，不采信另一说",
        "Принято вопреки другому",
    ),
    "verdict_instead": ("Believed instead", "转而采信", "Вместо этого принято"),
    "verdict_over": ("Not believed", "未被采信的说法", "Не принято"),
    "resolution": ("The decision", "裁定", "Решение"),
    "why": ("Why", "理由", "Почему"),
    "position": ("characters {start}–{end}", "第 {start}–{end} 字符", "знаки {start}–{end}"),
    "row": ("row", "行", "строка"),
    "open_document": ("open the document", "打开文献", "открыть документ"),
    "claim_of": ("A claim of one source", "某一来源的主张", "Утверждение одного источника"),
    "statement": ("A statement of one source", "某一来源的陈述", "Высказывание одного источника"),
    "evidence": ("Evidence", "依据", "Основание"),
    "note": ("Note", "注", "Примечание"),
    "conflicts": ("Where sources differ", "来源互有出入之处", "Где источники расходятся"),
    "quote": ("Words or row", "词句或行", "Слова или строка"),
    "place": ("Where", "位置", "Где"),
    # Sources
    "sources_lead": (
        (
            "Each source has a graph of its own, in which nothing but what it says stands, with "
            "the words or rows. Rank and reasons alone are this project's."
        ),
        "每个来源各有其图，图中只有该来源所言及其词句或表格行。唯有等级与理由出自本项目。",
        (
            "У каждого источника свой граф: в нём только сказанное этим источником, со словами "
            "или строками. Лишь ранги и их причины принадлежат проекту."
        ),
    ),
    "graph": ("Graph", "图", "Граф"),
    "what": ("What", "内容", "Что это"),
    "licence": ("Licence", "许可", "Лицензия"),
    "days": ("Days covered", "涵盖日期", "Охваченные дни"),
    "issued": ("Published", "发布日期", "Опубликовано"),
    "n_quads": ("facts", "条事实", "фактов"),
    "documents": ("Documents cited", "所引文献", "Использованные документы"),
    "not_said": ("not said", "未注明", "не указано"),
    # Ontology
    "ontology_title": ("Terms of the graph", "图谱术语", "Термины графа"),
    "ontology_lead": (
        "The classes and properties in which the graph speaks, with their definitions.",
        "图谱所用的类与属性及其定义。",
        "Классы и свойства, на языке которых говорит граф, с определениями.",
    ),
    "classes": ("Classes", "类", "Классы"),
    "relations": ("Relations between things", "事物之间的关系", "Связи между объектами"),
    "attributes": ("Attributes", "属性", "Атрибуты"),
    "individuals": ("Fixed values", "固定值", "Постоянные значения"),
    "borrowed": ("Borrowed from other vocabularies", "借自其他词汇表", "Из других словарей"),
    "term": ("Term", "术语", "Термин"),
    "above": ("Kind of", "上位", "Вид чего"),
    "domain": ("Said of", "适用于", "О чём"),
    "range": ("Leads to", "指向", "Ведёт к"),
    "inverse": ("Inverse", "逆属性", "Обратное"),
    "diagram": ("Diagram", "图示", "Схема"),
    # Questions
    "questions_lead": (
        (
            "Each question is a saved query: ask it here, as of a day and of one source or of "
            "all, or take the answer as data."
        ),
        "每个问题都是一条保存的查询：可在此按日期、按单一或全部来源提问，亦可将答案作为数据取用。",
        (
            "Каждый вопрос — сохранённый запрос: задайте его здесь на день, одному источнику или "
            "всем, либо возьмите ответ как данные."
        ),
    ),
    "ask": ("Ask", "提问", "Спросить"),
    "at": ("As of the day", "截至日期", "На день"),
    "source": ("Source", "来源", "Источник"),
    "all_sources": (
        "all: the best claim answers",
        "全部：以最可信主张作答",
        "все: по самому надёжному утверждению",
    ),
    "answer": ("Answer", "答案", "Ответ"),
    "n_rows": ("Rows: {n}", "共 {n} 行", "Строк: {n}"),
    "n_triples": ("Triples: {n}", "共 {n} 条三元组", "Триплетов: {n}"),
    "first_rows": (
        "The first {n} are shown; the other formats hold all.",
        "此处显示前 {n} 条；其他格式含全部结果。",
        "Показаны первые {n}; в других форматах — все.",
    ),
    "view": ("View", "视图", "Вид"),
    "view_table": ("Table", "表格", "Таблица"),
    "view_timeline": ("Timeline", "时间线", "Шкала времени"),
    "view_graph": ("Graph", "网络图", "Граф"),
    "no_timeline": (
        "No row has a date: a time line needs a column of dates.",
        "各行均无日期：时间线需有日期列。",
        "Ни в одной строке нет даты: для шкалы нужен столбец с датами.",
    ),
    "no_graph": (
        "No row has two things: a graph needs two columns of IRIs, or triples.",
        "没有一行含两个事物：网络图需有两列 IRI 或三元组。",
        "Ни в одной строке нет двух объектов: для графа нужны два столбца с IRI или триплеты.",
    ),
    "drawn": (
        "The picture shows the first {n} of {total}.",
        "图中仅绘出 {total} 条中的前 {n} 条。",
        "На рисунке первые {n} из {total}.",
    ),
    "no_rows": (
        "Nothing in the graph fits. What a source does not say is not made up.",
        "图谱中无相符内容。来源未言者，不予臆造。",
        "В графе ничего не нашлось. Чего источник не говорит, то не выдумано.",
    ),
    "needs": ("Fill in the form to ask.", "请填写表单后提问。", "Заполните форму, чтобы спросить."),
    "as_data": ("The answer as data", "答案数据", "Ответ как данные"),
    "the_query": ("The query", "查询语句", "Текст запроса"),
    "open_in_editor": ("Open in the editor", "在编辑器中打开", "Открыть в редакторе"),
    "yes": ("yes", "是", "да"),
    "no": ("no", "否", "нет"),
    # Editor
    "editor_title": ("Ask in SPARQL", "用 SPARQL 提问", "Запрос на SPARQL"),
    "editor_lead": (
        (
            "Any SPARQL 1.1 query that reads. All sources together are the default graph; each "
            "is also a named graph. These prefixes are declared for you."
        ),
        (
            "可用任何只读的 SPARQL 1.1 查询。默认图为全部来源之合并，每个来源亦为一个命名图。"
            "以下前缀已预先声明。"
        ),
        (
            "Любой читающий запрос SPARQL 1.1. Граф по умолчанию — все источники вместе; каждый "
            "есть и как именованный граф. Эти префиксы уже объявлены."
        ),
    ),
    "prefixes": ("Prefixes", "前缀", "Префиксы"),
    "query_text": ("Query", "查询语句", "Запрос"),
    "result_format": ("Answer as", "答案格式", "Ответ в виде"),
    "format_page": ("page", "网页", "страница"),
    "saved": ("Saved questions", "已保存的问题", "Сохранённые вопросы"),
    "saved_lead": (
        "Open one in the editor, or ask it with a form.",
        "可在编辑器中打开，或用表单提问。",
        "Откройте вопрос в редакторе или задайте его через форму.",
    ),
    "with_form": ("with a form", "用表单提问", "через форму"),
    # Search
    "found": ("Found: {n}", "找到 {n} 项", "Найдено: {n}"),
    "first_of": (
        "The closest {n} are shown; a longer text finds fewer.",
        "仅列出最接近的 {n} 项；输入更长文字可缩小范围。",
        "Показаны ближайшие {n}; более длинный текст сузит поиск.",
    ),
    "found_none": (
        "Nothing has a name like that.",
        "没有名称与之相符的事物。",
        "Ничего с таким названием нет.",
    ),
    "by_name": ("Found by", "匹配名称", "Найдено по"),
    # Errors
    "error_home": ("To the first page", "返回首页", "На главную"),
    "error_search": (
        "Look for what you need in the graph:",
        "可在图谱中查找所需内容：",
        "Найдите нужное в графе:",
    ),
}

RANKS = ("Preferred", "Normal", "Deprecated")

GRAPHS: dict[str, tuple[str, str, str]] = {
    "reference": ("Reference tables", "参考表格", "Справочные таблицы"),
    "resolutions": ("This project's decisions", "本项目的裁定", "Решения этого проекта"),
}
"""Graphs that are no document's; others are called after their document, or by their name."""

BACKWARDS: dict[str, tuple[str, str, str]] = {
    "scog:over": ("Set aside by", "不予采信的裁定", "Отвергнуто решением"),
    "scog:prefers": ("Preferred by", "予以采信的裁定", "Принято решением"),
}
"""What a property is called where it leads here, if its own name would mislead."""

STATUSES: dict[int, tuple[str, str, str]] = {
    400: ("This cannot be asked", "无法处理此请求", "Такой запрос не принят"),
    403: ("This is not done here", "此处不允许该操作", "Здесь это не делается"),
    404: ("There is nothing here", "此处没有内容", "Здесь ничего нет"),
    405: ("This is only for reading", "此处仅供读取", "Здесь только читают"),
    406: ("There is no such format", "没有这种格式", "Такого формата нет"),
    413: ("This is too long", "请求过长", "Запрос слишком велик"),
    414: ("The address is too long", "网址过长", "Адрес слишком длинный"),
    500: ("Something went wrong", "出现错误", "Что-то пошло не так"),
    503: ("Too much is asked at once", "请求过多，请稍后再试", "Слишком много запросов"),
    504: ("It took too long", "处理超时", "Ответ занял слишком много времени"),
}
"""What went wrong, where the server's own words are in the first language alone."""


_MARKS = ("colon", "comma", "list", "semicolon", "stop", "open", "close")
_NARROW, _WIDE = (": ", ", ", ", ", "; ", ". ", " (", ")"), "：，、；。（）"


def texts(lang: str) -> dict[str, str]:
    """Return the texts of the interface in a language."""
    number = LANGUAGES.index(lang)
    return {key: found[number] for key, found in TEXTS.items()}


def marks(lang: str) -> dict[str, str]:
    """Return the punctuation between words, with its spaces."""
    return dict(zip(_MARKS, _WIDE if lang == "zh" else _NARROW, strict=True))


def fill(lang: str, key: str, /, **values: object) -> str:
    """Return a text of the interface with its places filled in."""
    return TEXTS[key][LANGUAGES.index(lang)].format(**values)


def backwards(curie: str, lang: str) -> str:
    """Return what a property is called where it leads here, or "" where its own name will do."""
    found = BACKWARDS.get(curie)
    return found[LANGUAGES.index(lang)] if found else ""


def rank(name: str, lang: str) -> str:
    """Return what a rank is called; one that there is not keeps its name."""
    return TEXTS[name][LANGUAGES.index(lang)] if name in RANKS else name


def graph(name: str, lang: str) -> str:
    """Return what a graph is called that no document stands for."""
    found = GRAPHS.get(name)
    return found[LANGUAGES.index(lang)] if found else name


def status(number: int, lang: str) -> str | None:
    """Return what an error is called in a language, if it has a name there."""
    found = STATUSES.get(number)
    return found[LANGUAGES.index(lang)] if found else None
