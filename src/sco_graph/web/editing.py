"""The words of the scripted editor in every language: ours by name, Yasgui's by its own English."""

from __future__ import annotations

from sco_graph.namespaces import LANGUAGES
from sco_graph.web.words import TEXTS

OURS: dict[str, tuple[str, str, str]] = {
    "label": ("SPARQL query", "SPARQL 查询语句", "Запрос SPARQL"),
    "tab": TEXTS["editor"],
    "keys": (
        "Ctrl+Enter asks, Ctrl+Space completes, Tab leaves the editor.",
        "Ctrl+Enter 提问，Ctrl+空格 补全，Tab 离开编辑器。",
        "Ctrl+Enter — спросить, Ctrl+пробел — дополнить, Tab — выйти из редактора.",
    ),
    "rows": TEXTS["n_rows"],
    "page": (
        "_START_–_END_ of _TOTAL_",
        "第 _START_–_END_ 行，共 _TOTAL_ 行",
        "_START_–_END_ из _TOTAL_",
    ),
    "found": ("(of _MAX_ in all)", "（全部 _MAX_ 行）", "(всего _MAX_)"),
    "nothing": ("No rows", "无结果", "Строк нет"),
    "first": ("First page", "第一页", "Первая страница"),
    "previous": ("Previous page", "上一页", "Предыдущая страница"),
    "next": ("Next page", "下一页", "Следующая страница"),
    "last": ("Last page", "最后一页", "Последняя страница"),
    "sort": ("sort", "排序", "сортировать"),
    "turn": ("turn the order", "反转顺序", "обратный порядок"),
    "unsort": ("order as it came", "恢复原序", "исходный порядок"),
    "timeline": TEXTS["view_timeline"],
    "graph": TEXTS["view_graph"],
    "waiting": ("One moment …", "请稍候……", "Минуту…"),
    "stopped": ("Stopped", "已停止", "Остановлено"),
}
"""What we say."""

_NEW_TAB = ("New tab", "新标签页", "Новая вкладка")
_CLOSE = ("Close", "关闭", "Закрыть")
_DOWNLOAD = ("Download the answer", "下载答案", "Скачать ответ")
YASGUI: dict[str, tuple[str, str, str]] = {
    "Run query": TEXTS["ask"],
    "Share query": ("Link to this query", "此查询的链接", "Ссылка на запрос"),
    "Press CTRL - <spacebar> to autocomplete": (
        "Ctrl+Space completes",
        "Ctrl+空格 补全",
        "Ctrl+пробел — дополнить",
    ),
    "Add tab": _NEW_TAB,
    "Add a new tab": _NEW_TAB,
    "Close tab": _CLOSE,
    "New Tab": _NEW_TAB,
    "Rename Tab": ("Rename", "重命名", "Переименовать"),
    "Copy Tab": ("Copy", "复制", "Копировать"),
    "Close Tab": _CLOSE,
    "Close other tabs": ("Close the others", "关闭其他", "Закрыть остальные"),
    "Undo close Tab": ("Open what was closed", "恢复已关闭的", "Вернуть закрытую"),
    "Table": TEXTS["view_table"],
    "Response": ("Raw answer", "原始答案", "Ответ как есть"),
    "Download Results": _DOWNLOAD,
    "Download result": _DOWNLOAD,
    "Download not supported": ("Nothing to download", "无可下载内容", "Скачать нечего"),
    "Filter query results": ("Filter the rows", "筛选行", "Отбор строк"),
    "Page size: ": ("Rows a page: ", "每页行数：", "Строк на странице: "),
    "All": ("all", "全部", "все"),
    "Simple view": ("Values alone", "仅显示值", "Только значения"),
    "Ellipse": ("Cut long values", "截短长值", "Сокращать длинное"),
    "Show all": ("Show all", "显示全部", "Показать всё"),
    "True": TEXTS["yes"],
    "False": TEXTS["no"],
}
"""What Yasgui says, and what stands there instead."""


def texts(lang: str) -> dict[str, dict[str, str]]:
    """Return the words in a language: ours, and Yasgui's."""
    number = LANGUAGES.index(lang)
    return {
        "ours": {key: found[number] for key, found in OURS.items()},
        "yasgui": {key: found[number] for key, found in YASGUI.items()},
    }
