"""Tests of a value that look at it once, for an engine in this process.

Each function that is asked about a value has the store find its text again, which takes longer
than all that is done with it. What the engine cannot answer of a term is false there: `STR` of a
blank node, `LANG` of an IRI. Other engines give answers of their own, so that they are asked by
`conditions`.
"""

from __future__ import annotations

import re

import pyoxigraph as ox

from sco_graph.shacl.datatypes import form_of
from sco_graph.shacl.model import RDF, Part

_OTHER = {"BlankNodeOrIRI": "Literal", "BlankNodeOrLiteral": "IRI", "IRIOrLiteral": "Blank"}
"""Of the node kinds that are two in one, the third, which a value must not be."""


def test(part: Part, value: str) -> str:
    """Return what a constraint demands of a value; nothing where `conditions` looks once too."""
    component = part.component
    if component == "NodeKind":
        other = _OTHER.get(part.terms[0].value.rpartition("#")[2])
        return f"(!is{other}({value}))" if other else ""
    if component == "Datatype":
        return _datatype(part.terms[0].value, value)
    if component in ("MinLength", "MaxLength"):
        sign = ">=" if component == "MinLength" else "<="
        return f"COALESCE(STRLEN(STR({value})) {sign} {part.number}, false)"
    if component == "Pattern":
        texts = (str(ox.Literal(text)) for text in pattern(part) if text)
        return f"COALESCE(REGEX(STR({value}), {', '.join(texts)}), false)"
    if component == "LanguageIn":
        ranges = (".+" if r.value == "*" else re.escape(r.value) for r in part.terms)
        tags = ox.Literal(f"^({'|'.join(ranges)})(-|$)")
        return f'COALESCE(REGEX(LANG({value}), {tags}, "i"), false)' if part.terms else ""
    return ""


def pattern(part: Part) -> tuple[str, str]:
    """Return the regular expression of a constraint, and its flags without `q`: plain text."""
    text, flags = [term.value for term in (*part.terms, ox.Literal(""))][:2]
    if "q" in flags:  # which not every engine knows
        return re.sub(r"[][\\.?*+(){}^$|]", r"\\\g<0>", text), "i" * ("i" in flags)
    return text, flags


def _datatype(datatype: str, value: str) -> str:
    if datatype == f"{RDF}langString":
        return f'COALESCE(LANG({value}) != "", false)'
    # What has a form is mostly kept without a text: there it costs nothing to ask twice.
    return "" if form_of(datatype) else f"COALESCE(DATATYPE({value}) = <{datatype}>, false)"
