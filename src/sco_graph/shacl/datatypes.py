"""The lexical forms of the datatypes of XML Schema, as regular expressions for any engine.

Casts will not do: SPARQL 1.1 has none to a date, and engines do not agree on what they reject.
"""

from __future__ import annotations

from sco_graph.namespaces import PREFIXES

_ZONE = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_LONG, _SHORT = r"(0[13578]|1[02])", r"(0[469]|11)"
_DAYS = r"(0[1-9]|[12][0-9])"
_LEAP = r"-?([0-9]*([02468][048]|[13579][26])00|[0-9]*[0-9]{2}(0[48]|[2468][048]|[13579][26]))"
_MONTH_DAY = rf"({_LONG}-({_DAYS}|3[01])|{_SHORT}-({_DAYS}|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
_DATE = rf"({_YEAR}-{_MONTH_DAY}|{_LEAP}-02-29)"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_INTEGER = r"[+-]?[0-9]+"
_DECIMAL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_FLOAT = rf"({_DECIMAL}([eE][+-]?[0-9]+)?|[+-]?INF|NaN)"
_CLOCK = (
    r"T([0-9]+H([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|[0-9]+M([0-9]+(\.[0-9]+)?S)?|[0-9]+(\.[0-9]+)?S)"
)
_YEARS = r"([0-9]+Y([0-9]+M)?|[0-9]+M)"

_FORMS = {
    "boolean": "(true|false|1|0)",
    "decimal": _DECIMAL,
    "float": _FLOAT,
    "double": _FLOAT,
    "date": _DATE + _ZONE,
    "time": _TIME + _ZONE,
    "dateTime": _DATE + "T" + _TIME + _ZONE,
    "dateTimeStamp": _DATE + "T" + _TIME + _ZONE.removesuffix("?"),
    "gYear": _YEAR + _ZONE,
    "gYearMonth": _YEAR + "-(0[1-9]|1[0-2])" + _ZONE,
    "gMonth": "--(0[1-9]|1[0-2])" + _ZONE,
    "gDay": "---(0[1-9]|[12][0-9]|3[01])" + _ZONE,
    "gMonthDay": rf"--({_MONTH_DAY}|02-29)" + _ZONE,
    "duration": rf"-?P(({_YEARS}([0-9]+D)?|[0-9]+D)({_CLOCK})?|{_CLOCK})",
    "yearMonthDuration": f"-?P{_YEARS}",
    "dayTimeDuration": f"-?P([0-9]+D({_CLOCK})?|{_CLOCK})",
    "hexBinary": "([0-9a-fA-F]{2})*",
    "base64Binary": (
        "(([A-Za-z0-9+/] ?){4})*"
        "(([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?"
    ),
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "integer": _INTEGER,
}

_RANGES = {
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
"""The integers with bounds. Compared as decimals: engines keep integers in 64 bits."""

_EXAMPLES: dict[str, object] = {
    **{name: high if low is None else low for name, (low, high) in _RANGES.items()},
    "dateTimeStamp": "2001-06-15T00:00:00Z",
}
"""Datatypes that some engines keep as the wider one: then they keep an example so too."""


def has_datatype(datatype: str, v: str) -> str:
    """Return an expression that says whether a term is a literal of a datatype."""
    name = datatype.removeprefix(PREFIXES["xsd"])
    same = f"DATATYPE({v}) = <{datatype}>"
    if name in _EXAMPLES:
        kept = f'DATATYPE("{_EXAMPLES[name]}"^^<{datatype}>)'
        same = f"DATATYPE({v}) IN (<{datatype}>, {kept})"
    if name == "string":  # some engines give a tagged text this datatype, some none at all
        same = f'LANG({v}) = "" && {same}'
    return f"isLiteral({v}) && COALESCE({same}, false)"


def form_of(datatype: str) -> str:
    """Return the regular expression of the texts that a datatype has, or nothing where any is."""
    name = datatype.removeprefix(PREFIXES["xsd"])
    return "" if name == datatype else _FORMS.get(name, _INTEGER if name in _RANGES else "")


def of_datatype(datatype: str, v: str) -> str:
    """Return an expression that says whether a term is a well-formed literal of a datatype."""
    name = datatype.removeprefix(PREFIXES["xsd"])
    tests = [has_datatype(datatype, v)]
    if form := form_of(datatype):
        escaped = form.replace("\\", "\\\\")
        tests.append(f'REGEX(STR({v}), "^{escaped}$")')
        decimal = f"<{PREFIXES['xsd']}decimal>(STR({v}))"
        low, high = _RANGES.get(name, (None, None))
        if low is not None:
            tests.append(f"COALESCE({decimal} >= {low}.0, false)")
        if high is not None:
            tests.append(f"COALESCE({decimal} <= {high}.0, false)")
    return f"({' && '.join(tests)})"
