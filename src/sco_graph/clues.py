"""What words tell of a vocabulary that nobody described: predicates, classes, identifiers.

A predicate is judged by its last word (`iso3`, `codeISO3`, `ISO3166-1-Alpha-3`), a class by the
noun that it is about, an identifier by its form. What may mean two things says so.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from sco_graph.namespaces import ID, slug
from sco_graph.words import KINDS, NAME_WORDS, OPEN_NOUNS, OTHERS, PAST, SAME_WORDS

OWN, VAGUE, OF = "own", "vague", "of"
"""How sure a code or a name is of the thing itself: it says so; it may be; or it names the
country, the city that the thing belongs to (`countryCode`), or the thing if it is one."""

_HUMPS = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_CODE = re.compile(
    r"iso|alpha|\bcca\b|\bccn\b|\bcc [23]\b|m ?49|notation|identifier|\bid\b|numeric|code|kennung|"
    r"код|代码|\bp 29[789]\b|\bp 2082\b|\bun\b"
)
_SURE = re.compile(r"\biso|alpha|\bcca\b|\bccn\b|m ?49|\bun\b|numeric|\bp 29[789]\b|\bp 2082\b")
_NUMERIC = re.compile(r"numeric|\bnum|m ?49|\bccn\b|\bun\b|\bp 299\b|\bp 2082\b|iso n\b")
_OTHER_CODE = re.compile(
    r"lang|639|curren|4217|phone|dial|calling|\btld\b|domain|3166 [23]\b|subdiv|\bioc\b|fifa|fips|"
    r"\bitu\b|post|\bzip\b|15924|script|gaul|faostat|undp|plate|vehicle|iata|icao|\bimo\b|\bmarc\b|"
    r"\bwmo\b|\bnuts\b|locode|spdx|media|isin|\bdoi\b|isbn|issn|gnd|viaf|facet|lccn|type code"
)
_OF = re.compile(
    r"countr|nation|capital|citizen|parent|origin|issu|locat|address|jurisdiction|home|birth|"
    r"region|area|team|flag|host|\bref\b|brand|etymology|operator|network|owner|continent|border|"
    r"neighbo|member|seat|place|city|town|state|headquarter|venue|land\b|pays|стран|国家"
)
_NAME = re.compile(
    r"label|name|title|\bnom\b|nombre|nome\b|bezeichnung|literal form|denomination|common|official|"
    r"translation|display|назван|наименован|名|\bp 1448\b|\bp 1813\b|\bp 2561\b|\bp 1705\b"
)
_OTHER_NAME = re.compile(
    r"capital|curren|lang(?!uage text)|parent|given|family|\bfirst|\blast|\bsur|user|\bfile|domain|"
    r"demonym|role|nick|nation|adjective|region|leader|head|author|publish|street|host|column|"
    r"field|code|continent|member|birth|maiden|space|citizen|president|minister|monarch|job|"
    r"honorific|suffix|middle|product|brand|event|etymology|\bpost|department"
)
_ALIAS = re.compile(r"\balt|alias|hidden|former|\bold\b|abbrev|acronym|variant|also|p 1813")
_SAME = re.compile(
    r"same as|exact match|exact external authority|wikidata|geo ?names?|identifier|\bqid\b|"
    r"\bp 1566\b"
)
_KIND = re.compile(
    r"(additional |entity |place |resource |feature )?(type|kind|category|class)( name)?\b"
    r"|in scheme|feature code|\bp 31\b|instance of|place\b"
)
_WHERE = re.compile(
    r"countr|locat|contained in|parent|address|within|part of|\bp 17\b|\bp 131\b|\bstate\b|"
    r"is in|country code|\bin\b|land\b|pays|стран|国家"
)
_NATION = re.compile(r"countr|\bp 17\b|land\b|pays|стран|国家")
_WHOLE = re.compile(
    r"sub organi[sz]ation of|parent|unit of|organ of|part of|belongs|body of|has unit|has organ|"
    r"has sub organi[sz]ation|department of|\bp 361\b|\bp 749\b|sub organi[sz]ation|department"
)
_TRADE = re.compile(
    r"occupation|profession|\bjob\b|position|\bsport|\btitle\b|\bp 106\b|\bp 39\b|honorific|"
    r"affiliat|works? (for|at|in)|employ|descri|\bhint\b|\bnote\b|comment|abstract|biograph"
)
_OFFICE = re.compile(
    r"president|minister|premier|secretary|\bgeneral\b|director|head of (state|gov)|"
    r"chair(man|wom|per)|\bleader|ambassador|diplomat|politic|\bofficial|statesm|chancellor|\bking\b|\bemir|sultan|"
    r"prince|мин|президент|полит|дипломат|секретар|主席|总|大使|政治|q 82955|q 193391"
)
_LIFE = re.compile(r"birth|\bborn|death|\bdied|\bdead|\bp 5(69|70)\b")
_GONE = re.compile(r"dissol|abolish|defunct|\bp 576\b|deprecat|replaced by|obsolete")


@lru_cache(maxsize=20_000)
def text_of(iri: str) -> str:
    """Return the words of the last part of an IRI: `iso 3166 1 alpha 3` of `ISO3166-1-Alpha-3`."""
    apart = _HUMPS.sub(" ", unquote(slug(iri.rstrip("/#"))))
    return " ".join(re.findall(r"[^\W\d_]+|\d+", apart)).lower().removeprefix("key ")


@dataclass(frozen=True)
class Clue:
    """What a predicate may tell; an empty text or False where it tells nothing of the sort."""

    code: str
    numeric: bool
    name: str
    alias: bool
    same: bool
    kind: bool
    where: bool
    nation: bool
    whole: bool
    trade: bool
    life: bool
    gone: bool

    @property
    def any(self) -> bool:
        """Whether it tells anything."""
        return bool(self.code or self.name) or any(
            (self.same, self.kind, self.where, self.whole, self.trade, self.life, self.gone)
        )


@lru_cache(maxsize=20_000)
def clue(text: str) -> Clue:
    """Return what the words of a predicate tell."""
    code = name = ""
    if _CODE.search(text) and not _OTHER_CODE.search(text):
        code = OF if _OF.search(text) else OWN if _SURE.search(text) else VAGUE
    if _NAME.search(text) and not _OTHER_NAME.search(text):
        name = OWN if set(text.split()) <= NAME_WORDS else OF
    return Clue(
        code=code,
        numeric=bool(_NUMERIC.search(text)),
        name=name,
        alias=bool(_ALIAS.search(text)),
        same=bool(_SAME.search(text)) and set(text.split()) <= SAME_WORDS,
        kind=bool(_KIND.fullmatch(text)),
        where=bool(_WHERE.search(text)) and not name,
        nation=bool(_NATION.search(text)),
        whole=bool(_WHOLE.search(text)),
        trade=bool(_TRADE.search(text)),
        life=bool(_LIFE.search(text)),
        gone=bool(_GONE.search(text)),
    )


AUTHORITIES = {
    "here": rf"({re.escape(ID)}[^\s?#]+)",
    "wd": r"https?://(?:www\.|m\.)?wikidata\.org/(?:entity|wiki)/(?:Special:[A-Za-z]+/)?(Q\d+)",
    "gn": r"https?://(?:www\.|sws\.)?geonames\.org/(\d+)",
    "eu": r"https?://publications\.europa\.eu/resource/authority/country/(\w+)",
}
"""Who names things that we name too, and how their identifiers are written as IRIs."""

_AUTHORITIES = {name: re.compile(f"{form}(?![\\w-])") for name, form in AUTHORITIES.items()}
_ITSELF = {
    "here": _AUTHORITIES["here"],
    "wd": re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/(Q\d+)"),
    "gn": re.compile(r"https?://(?:www\.|sws\.)?geonames\.org/(\d+)/?"),
    "eu": _AUTHORITIES["eu"],
}

WORDS = {
    "here": "this graph's IRI",
    "a2": "ISO 3166-1 alpha-2",
    "a3": "ISO 3166-1 alpha-3",
    "m49": "M49",
    "wd": "Wikidata",
    "gn": "GeoNames",
    "eu": "EU country",
}
"""Each kind of key in words for people."""

Key = tuple[str, str]


def identity(text: str) -> Key | None:
    """Return the authority and the key that an IRI leads to, a page about the thing included."""
    for name, pattern in _AUTHORITIES.items():
        if found := pattern.match(text):
            return name, found[1]
    return None


def itself(iri: str) -> Key | None:
    """Return the authority and the key of an IRI that names the thing, and no page about it."""
    for name, pattern in _ITSELF.items():
        if found := pattern.fullmatch(iri):
            return name, found[1]
    return None


def code(told: Clue, words: str, value: str) -> Key | None:
    """Return the country code that a literal is, as its predicate tells."""
    if not told.code:
        return None
    text = value.strip()
    if told.code != VAGUE:
        text = text.upper()
    if re.fullmatch(r"[A-Z]{3}", text):
        return "a3", text
    if re.fullmatch(r"[A-Z]{2}", text):
        return "a2", text
    if re.fullmatch(r"\d{1,3}", text) and told.numeric:
        return "m49", text.zfill(3)
    if re.fullmatch(r"\d{3}", text) and words in ("notation", "code", "identifier"):
        return "m49", text
    return None


def identifier(told: Clue, words: str, value: str) -> Key | None:
    """Return the identifier of an authority that a text is, as its predicate tells."""
    if not told.same:
        return None
    if key := identity(value.strip()):
        return key
    if re.search(r"wikidata|qid", words) and re.fullmatch(r"Q\d+", value.strip()):
        return "wd", value.strip()
    if re.search(r"geo ?names?|1566", words) and re.fullmatch(r"\d+", value.strip()):
        return "gn", value.strip()
    return None


_POLITY = re.compile(
    r"(?:the|of|and|islamic|arab|democratic|peoples?|socialist|federal|united|bolivarian|rep|"
    r"republic|federation|kingdom|sultanate|state|union|\s)+"
)


@lru_cache(maxsize=100_000)
def normal(text: str) -> str:
    """Return a name as it is compared: case, accents, punctuation and articles aside.

    What only says what kind of a state it is, after a comma or in brackets, is left out.
    """
    plain = unicodedata.normalize("NFKD", html.unescape(text).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"['’ʼ`]", "", plain).replace("organis", "organiz").replace("&", " and ")
    found = re.fullmatch(r"(.+?)\s*(?:,\s*(.+)|\(([^()]+)\)?)\s*", plain)
    if found and _POLITY.fullmatch(re.sub(r"[^\w\s]", " ", found[2] or found[3])):
        plain = found[1]
    words = re.findall(r"\w+", plain)
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def official(text: str) -> bool:
    """Whether what somebody is called to be may be an office in politics."""
    return bool(_OFFICE.search(text.casefold()))


def lived_with(text: str) -> bool:
    """Whether one who was born or died then may have held office in this century."""
    found = re.match(r"\+?(\d{4})\b", text)
    return found is None or not int(found[1]) < 1915


def script(name: str) -> str:
    """Return the script that the first letter of a name is in."""
    letter = next((c for c in name if c.isalpha()), "a")
    return unicodedata.name(letter, "LATIN").split()[0]


YES, OPEN, UNKNOWN, NO = "yes", "open", "unknown", "no"
"""What a class says of a kind of ours: it is one; may be; its words are not known; is another."""


_NOUNS = {
    noun
    for name in ("scog:State", "scog:Place", "scog:Person", "scog:Organization")
    for noun in KINDS[name]
}
_STOPS = ("of", "or", "in", "and", "with", "on", "about", "for", "the", "from", "by")


def kind(text: str, ours: str) -> str:
    """Return what a class, by the words of its name, says of one of our classes."""
    words = text.split()
    if PAST & set(words):
        return NO
    if words[:1] == ["q"] and len(words) == 2:
        words = ["".join(words)]
    for stop in _STOPS:
        if stop in words[1:]:
            words = words[: words.index(stop, 1)]
    while len(words) > 1 and (
        words[-1].isdigit() or len(words[-1]) == 1 or words[-1] in OPEN_NOUNS[""]
    ):
        words = words[:-1]
    head = words[-1] if words else ""
    if head in KINDS[ours]:
        return YES
    if head in OPEN_NOUNS[""] | OPEN_NOUNS[ours] or not head:
        return OPEN
    if head in OTHERS or head in _NOUNS:
        return NO
    if script(head) == "CJK":
        return next((YES for noun in KINDS[ours] if head.endswith(noun)), UNKNOWN)
    return UNKNOWN
