"""Saved questions in words: what each asks, in every language; others keep their own summary."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sco_graph.namespaces import LANGUAGES

TITLES: dict[str, tuple[str, str, str]] = {
    "changes": ("Changes of role", "身份变化", "Смена статуса"),
    "conflicts": ("Conflicts", "相互冲突的主张", "Противоречия"),
    "cooperation-areas": ("Areas of cooperation", "合作领域", "Области сотрудничества"),
    "dialogue-partners": ("Dialogue partners", "对话伙伴", "Партнёры по диалогу"),
    "differences": ("Other differences", "其他差异", "Прочие расхождения"),
    "documents": ("Documents", "文件", "Документы"),
    "founding": ("Founding", "成立", "Основание"),
    "meetings": ("Meetings", "会议", "Заседания"),
    "members": ("Members", "成员国", "Члены"),
    "names": ("Names", "名称", "Названия"),
    "objectives": ("Objectives", "宗旨目标", "Цели"),
    "observers": ("Observers", "观察员国", "Наблюдатели"),
    "office-holders": ("Office-holders", "任职者", "Кто занимает посты"),
    "only-in": ("In one language only", "仅见于一种语言", "Только на одном языке"),
    "organs": ("Organs", "机构", "Органы"),
    "partners": ("Partners", "伙伴国", "Партнёры"),
    "principles": ("Principles", "原则", "Принципы"),
    "status": ("Every claim about a state", "关于一国的全部主张", "Всё о статусе государства"),
    "timeline": ("Who was what, and when", "何国何时何身份", "Кто кем был и когда"),
}
"""Question to its title."""

SUMMARIES: dict[str, tuple[str, str]] = {
    "changes": (
        "哪些国家在两个日期之间（首日之后，至次日为止）改变了身份？",
        "Какие государства сменили статус между двумя днями: после первого и по второй?",
    ),
    "conflicts": (
        "哪些主张在同一日赋予一国两种身份，采信哪一种，为什么？",
        "Какие утверждения дают государству два статуса в один день, какое принято и почему?",
    ),
    "cooperation-areas": (
        "该组织的会议在哪些合作领域取得了进展？",
        "В каких областях сотрудничества заседания организации отметили успехи?",
    ),
    "dialogue-partners": (
        "某日有哪些国家是该组织的对话伙伴？",
        "Какие государства — партнёры организации по диалогу в данный день?",
    ),
    "differences": (
        "来源在其他哪些方面不一致，采信哪个值，为什么？各国身份见“相互冲突的主张”。",
        "В чём ещё расходятся источники, что принято и почему? Статусы — в «Противоречиях».",
    ),
    "documents": (
        "签署或通过了哪些条约、宣言等文件，何时、何地、在哪次会议上？",
        "Какие договоры, декларации и иные документы приняты, когда, где, на каком заседании?",
    ),
    "founding": (
        "该组织何时、何地、由谁创立？",
        "Когда, где и кем основана организация?",
    ),
    "meetings": (
        "该组织各理事会举行过哪些会议，何时、何地、由谁主持？",
        "Какие заседания провели советы организации, когда, где и под чьим председательством?",
    ),
    "members": (
        "某日有哪些国家是该组织成员？",
        "Какие государства — члены организации в данный день?",
    ),
    "names": (
        "每一事物的英文、中文、俄文名称是什么？",
        "Как называется каждый объект по-английски, по-китайски и по-русски?",
    ),
    "objectives": ("该组织的宗旨目标是什么？", "К чему стремится организация?"),
    "observers": (
        "某日有哪些国家是该组织观察员？",
        "Какие государства — наблюдатели организации в данный день?",
    ),
    "office-holders": (
        "某日由谁担任该组织及其机构的职务？",
        "Кто в данный день занимает посты организации и её органов?",
    ),
    "only-in": (
        "哪些内容仅以一种语言表述，词句为何？名称不在此列。",
        "Что сказано лишь на одном языке и какими словами? Названия не в счёт.",
    ),
    "organs": (
        "该组织有哪些机构，属何类型，驻于何地，多久开会一次？",
        "Какие органы есть у организации, какого вида, где и как часто заседают?",
    ),
    "partners": (
        "某日有哪些国家是该组织的伙伴国？",
        "Какие государства — партнёры организации в данный день?",
    ),
    "principles": (
        "成员国之间及对外遵循哪些原则？",
        "Каким принципам следуют члены между собой и в отношении других?",
    ),
    "status": (
        "一国有哪些身份？列出各来源、等级与日期；指定日期时只列予以采信者。",
        "Какие статусы у государства? Все источники, ранги и дни; на день — только принятое.",
    ),
    "timeline": (
        "哪国在该组织中有何身份，自何时至何时？",
        "Какое государство имело какой статус в организации, с какого и по какой день?",
    ),
}
"""Question to what it asks, in the languages after the first: in that one, its file says it."""


_NAMED = re.compile(r"`([a-z-]+)`")
"""A question named in a summary: by that name it is asked on the command line."""

COLUMNS: dict[str, tuple[str, str, str]] = {
    "iso3": ("Code", "代码", "Код"),
    "state": ("State", "国家", "Государство"),
    "since": ("Since", "起始", "С"),
    "until": ("Until", "截止", "До"),
    "stated_as_of": ("Stated as of", "陈述日期", "На дату"),
    "rank": ("Rank", "采信等级", "Ранг"),
    "role": ("Role", "身份", "Статус"),
    "from_role": ("Former role", "原身份", "Прежний статус"),
    "to_role": ("New role", "新身份", "Новый статус"),
    "role_a": ("One role", "一种身份", "Один статус"),
    "role_b": ("Other role", "另一身份", "Другой статус"),
    "source": ("Source", "来源", "Источник"),
    "source_a": ("Its source", "其来源", "Его источник"),
    "source_b": ("Its source", "其来源", "Его источник"),
    "value_a": ("One value", "一种取值", "Одно значение"),
    "value_b": ("Other value", "另一取值", "Другое значение"),
    "preferred": ("Preferred", "采信", "Принято"),
    "reason": ("Reason", "理由", "Причина"),
    "day": ("Day", "日期", "День"),
    "date": ("Date", "日期", "Дата"),
    "start": ("First day", "首日", "Первый день"),
    "end": ("Last day", "末日", "Последний день"),
    "signed": ("Signed", "签署日期", "Подписан"),
    "area": ("Area", "领域", "Область"),
    "meeting": ("Meeting", "会议", "Заседание"),
    "council": ("Council", "理事会", "Совет"),
    "ordinal": ("Number", "届次", "Номер"),
    "city": ("City", "城市", "Город"),
    "chair": ("Chair", "主持人", "Председатель"),
    "format": ("Format", "形式", "Формат"),
    "document": ("Document", "文件", "Документ"),
    "kind": ("Kind", "类别", "Вид"),
    "place": ("Place", "地点", "Место"),
    "founder": ("Founder", "创始国", "Основатель"),
    "objective": ("Objective", "目标", "Цель"),
    "principle": ("Principle", "原则", "Принцип"),
    "scheme": ("Scheme", "体系", "Перечень"),
    "office": ("Office", "职务", "Пост"),
    "holder": ("Holder", "任职者", "Кто занимает"),
    "organ": ("Organ", "机构", "Орган"),
    "seat": ("Seat", "驻地", "Место"),
    "meets": ("Meets", "会议频率", "Заседает"),
    "subject": ("Subject", "主体", "О чём"),
    "property": ("Property", "属性", "Свойство"),
    "statement": ("Statement", "陈述", "Высказывание"),
    "quote": ("Words", "词句", "Слова"),
    "iri": ("Thing", "事物", "Объект"),
    "en": ("English", "英文", "По-английски"),
    "zh": ("Chinese", "中文", "По-китайски"),
    "ru": ("Russian", "俄文", "По-русски"),
    "organization": ("Organization", "组织", "Организация"),
    "from": ("After the day", "自此日之后", "После дня"),
    "language": ("Language", "语言", "Язык"),
    "at": ("As of the day", "截至日期", "На день"),
}
"""The columns and parameters of saved questions."""

HINTS: dict[str, tuple[str, str]] = {
    "state": ("国家；默认为全部", "государство; по умолчанию все"),
    "council": ("理事会；默认为全部", "совет; по умолчанию все"),
    "organization": ("组织；默认为图谱所述组织", "организация; по умолчанию та, о которой граф"),
    "language": ("唯一述及此事的语言", "язык, на котором одном это сказано"),
    "from": ("首次变化前一日", "день перед первой сменой"),
    "until": ("计入变化的最后一日", "последний день, когда смена учитывается"),
}
"""Parameter to what it means, in the languages after the first."""


def title(name: str, lang: str) -> str:
    """Return the title of a question, or its name where it has none."""
    found = TITLES.get(name)
    return found[LANGUAGES.index(lang)] if found else name.replace("-", " ")


def summary(name: str, own: str, lang: str) -> tuple[str, str]:
    """Return what a question asks and the language of the words, "" where it is the page's."""
    words, tag = _told(SUMMARIES, name, own, lang)
    spoken = tag or lang
    return _NAMED.sub(lambda found: f"“{title(found[1], spoken)}”", words), tag


def column(name: str, lang: str) -> str:
    """Return what a column or parameter is called; one that nobody named keeps its name."""
    found = COLUMNS.get(name)
    return found[LANGUAGES.index(lang)] if found else name.replace("_", " ")


def hint(name: str, own: str, lang: str) -> tuple[str, str]:
    """Return what a parameter means and the language of the words, as `summary` does."""
    return _told(HINTS, name, own, lang)


def _told(table: Mapping[str, tuple[str, str]], name: str, own: str, lang: str) -> tuple[str, str]:
    number = LANGUAGES.index(lang)
    if number == 0:
        return own, ""
    found = table.get(name)
    return (found[number - 1], "") if found else (own, LANGUAGES[0])
