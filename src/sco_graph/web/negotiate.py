"""Which format and which language a request asks for, by the book (RFC 9110)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sco_graph.formats import FORMATS, Format
from sco_graph.namespaces import LANGUAGES
from sco_graph.web.problems import Problem

HTML = Format("html", "html", "text/html")
_ALSO = {
    "json": ("application/json",),
    "xml": ("application/xml", "text/xml"),
    "ttl": ("application/x-turtle",),
    "nt": ("text/plain",),
    "rdfxml": ("application/xml", "text/xml"),
    "html": ("application/xhtml+xml",),
}
"""Media types by which a format is asked for too."""

_NAMES = {"ttl": ("turtle", "n3"), "rdfxml": ("rdf+xml", "xml"), "jsonld": ("json-ld",)}
"""What clients call a format in a parameter too."""

ROWS = tuple(f for f in FORMATS if f.rows and f.name != "table")
GRAPHS = tuple(f for f in FORMATS if f.rdf)


def offered(*names: str) -> tuple[Format, ...]:
    """Return formats by name, in the order of preference; `html` is a page."""
    known = {f.name: f for f in (*FORMATS, HTML)}
    return tuple(known[name] for name in names)


def media(form: Format) -> str:
    """Return a format's media type with its character set, where it is text."""
    return (
        f"{form.media_type}; charset=utf-8"
        if form.media_type.startswith("text/")
        else (form.media_type)
    )


@lru_cache(maxsize=1_000)
def choose(accept: str | None, offers: Sequence[Format], named: str | None = None) -> Format:
    """Return the format that is asked for: by name, or else by the Accept header.

    Raises Problem, 400 at a name that is not offered and 406 where none is acceptable; both list
    what is.
    """
    if named is not None:
        for form in offers:
            if named in (form.name, form.extension, form.media_type, *_NAMES.get(form.name, ())):
                return form
        raise Problem(400, "there is no such format", f'"{named}". Formats: {_listed(offers)}')
    ranges = _parsed(accept)
    if not ranges:
        return offers[0]
    best: tuple[float, int] | None = None
    found = None
    for place, form in enumerate(offers):
        quality = _of(form, ranges)
        if quality > 0 and (best is None or (quality, -place) > best):
            best, found = (quality, -place), form
    if found is None:
        types = ", ".join(form.media_type for form in offers)
        raise Problem(406, "nothing that is acceptable", f"Accept: {accept}. There are: {types}")
    return found


def _listed(offers: Sequence[Format]) -> str:
    return ", ".join(form.name for form in offers)


def _parsed(header: str | None) -> list[tuple[str, float]]:
    """Return the ranges of a header with their q; what is malformed is left out."""
    found = []
    for part in (header or "").split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = _number(value.strip())
        if kind:
            found.append((kind, quality))
    return found


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def _of(form: Format, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the q of a format: by its own media type, or by another that is named as it is."""
    also = _ALSO.get(form.name, ())
    own = [quality for known, quality in ranges if known == form.media_type]
    exact = own or [quality for known, quality in ranges if known in also]
    return max(exact) if exact else _quality(form.media_type, ranges)


def _quality(kind: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the q of the most specific range that a media type is in, 0 where it is in none."""
    family = kind.partition("/")[0]
    for wanted in (kind, f"{family}/*", "*/*"):
        qualities = [quality for known, quality in ranges if known == wanted]
        if qualities:
            return max(qualities)
    return 0.0


def language(accept: str | None, named: str | None = None) -> str:
    """Return the language of a page: by name, or else by Accept-Language, or else the first.

    Raises Problem (400) at a name that is none of ours.
    """
    if named is not None:
        if named not in LANGUAGES:
            languages = ", ".join(LANGUAGES)
            raise Problem(400, "there is no such language", f'"{named}". Languages: {languages}')
        return named
    best = (0.0, 0)
    found = LANGUAGES[0]
    for tag, quality in _parsed(accept):
        primary = tag.split("-")[0]
        if primary in LANGUAGES and (quality, -LANGUAGES.index(primary)) > best and quality > 0:
            best, found = (quality, -LANGUAGES.index(primary)), primary
    return found
