"""The one table of words by which a vocabulary that nobody described is understood.

What the nouns of classes mean, in the languages in which vocabularies are often written, and
what the predicates of names and identities are made of. Lower case; an identifier of Wikidata's
or of GeoNames' is a word as well.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS = {
    "scog:State": _words("""
        country countries state states nation nations staat land pays etat estado pais paese
        stato ulke kraj negara страна государство давлат мемлекет 国家 國家 국가 国 pcli q6256
        q3624078 q7275
    """),
    "scog:Place": _words("""
        city cities town towns municipality municipalities settlement settlements capital
        capitals metropolis province region stadt ville ciudad citta город 城市 ppl pplc ppla
        q515 q5119 q1549591 q1637706 q486972
    """),
    "scog:Person": _words("""
        person persons people human humans politician politicians leader leaders diplomat
        diplomats persona personne mensch человек 人 q5
    """),
    "scog:Organization": _words("""
        organization organizations organisation organisations igo alliance bloc organizacion
        organizzazione организация 组织 q484652 q245065 q43229 q1335818 q4120211 q7210356
    """),
    "scog:Organ": _words("""
        organization organisation unit organ organs body agency council committee secretariat
        institution collaboration
    """),
    "scog:Role": _words("""
        role roles status post
    """),
}
"""Our class and the nouns by which a foreign class means the same."""

OPEN_NOUNS = {
    "": _words("""
        thing things resource individual concept entity item node row record entry feature
        object subject member agent topic term data
    """),
    "scog:State": _words("""
        place places region regions territory territories area areas location locations
        geopolitical polity government division jurisdiction unit
    """),
    "scog:Place": _words("""
        place places location locations area areas division unit point
    """),
    "scog:Person": _words("""
        official member delegate participant actor holder president minister secretary director
    """),
    "scog:Organization": _words("""
        body group institution association collective union club forum collaboration
    """),
    "scog:Organ": _words("""
        group part department
    """),
    "scog:Role": _words("""
        type
    """),
}
"""Nouns by which a foreign class may mean ours; those under "" may mean anything."""

OTHERS = _words("""
    language languages dialect currency currencies film movie movies book song album ship
    vessel boat airport airports airline company companies corporation business enterprise
    embassy embassies consulate mission visa passport team teams club clubs squad player
    athlete document article page webpage website web site image picture photo video flag
    anthem event events meeting conference summit observation dataset distribution catalog
    river lake mountain island street road hotel restaurant hospital school university
    newspaper magazine software game dish animal plant species taxon chemical code codes class
    collection shape ontology list label name identifier value notation property statement
    reference treaty law war battle party ministry bank timezone holiday tournament competition
    election episode series genre product brand station empire dynasty subdivision county
    district oblast q43 q34770 q8142 q11424 q1248784 q13406463 q4167410 q4167836
""")
"""Nouns by which a foreign class means something else than any of ours."""

PAST = _words("""
    historical historic former extinct ancient fictional proposed dissolved disputed
""")
"""Words by which a class means what is no more, or never was."""

NAME_WORDS = _words("""
    label labels name names title nom noms nombre nome bezeichnung literal form denomination
    common official translation translations display pref preferred alt alternate alternative
    alias hidden short long full formal legal int international local native english french
    russian chinese german spanish arabic francais anglais russe chinois en fr ru zh de es ar
    it pt untrm unterm cldr rdfs rdf skos foaf schema dc list main and authoritative acronym
    variant abbreviation abbrev название наименование краткое полное официальное 名 名称 名字
    简称 全称 中文名 英文名 value text has p 1448 1813 2561 1705 geographic sort simple old
    former xl
""")
"""What the predicate of a thing's own name is made of; `vesselName` may be the name of another."""

SAME_WORDS = _words("""
    same as exact match wikidata geonames geo names id ids iri uri url link links entity item
    qid concept geographic identifier identifiers external wd gn eu authority ref reference has
    p 1566 at owl schema skos identifiant identificador kennung
""")
"""What the predicate of an identity is made of; `capitalWikidata` is that of another thing."""
