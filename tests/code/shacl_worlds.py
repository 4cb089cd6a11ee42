"""Small graphs and shapes over a tiny vocabulary, for hypothesis to draw."""

from __future__ import annotations

from hypothesis import strategies as st

HEAD = """
PREFIX ex: <http://example.org/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
THINGS = st.sampled_from(["ex:a", "ex:b", "ex:c", "ex:d"])
PROPERTIES = st.sampled_from(["ex:p", "ex:q"])
CLASSES = st.sampled_from(["ex:C", "ex:D"])
LITERALS = ['"x"', '"xyz"', '"x"@en', '"y"@en', '"x"@de-AT', "1", "2", "3", '"1.5"^^xsd:integer']
DATES = ['"2019-02-28"^^xsd:date', '"2019-02-30"^^xsd:date', '"2020-02-29"^^xsd:date']
TYPES = st.builds("{} a {} .".format, THINGS, CLASSES)


def joined(parts: list[str]) -> str:
    """Return lines."""
    return "\n".join(parts)


def values(literals: list[str]) -> st.SearchStrategy[str]:
    """Draw things, and literals."""
    return st.one_of(THINGS, THINGS, st.sampled_from(literals))


def data(literals: list[str]) -> st.SearchStrategy[str]:
    """Draw data with some literals."""
    edges = st.builds("{} {} {} .".format, THINGS, PROPERTIES, values(literals))
    return st.builds(
        "{}\nex:D rdfs:subClassOf ex:C .\n{}\n{}".format,
        st.just(HEAD),
        st.lists(TYPES, max_size=4).map(joined),
        st.lists(edges, min_size=2, max_size=10).map(joined),
    )


VALUES = values([*LITERALS, *DATES])
PATHS = st.recursive(
    PROPERTIES,
    lambda inner: st.one_of(
        st.builds("[ sh:inversePath {} ]".format, PROPERTIES),
        st.builds("( {} {} )".format, inner, inner),
        st.builds("[ sh:alternativePath ( {} {} ) ]".format, inner, inner),
        st.builds("[ sh:zeroOrMorePath {} ]".format, PROPERTIES),
        st.builds("[ sh:oneOrMorePath {} ]".format, PROPERTIES),
        st.builds("[ sh:zeroOrOnePath {} ]".format, PROPERTIES),
    ),
    max_leaves=2,
)
SMALL = st.integers(min_value=0, max_value=3)
LANGUAGES = st.sampled_from(['"en"', '"de"', '"de-AT"'])
OF_VALUES = st.one_of(
    st.builds("sh:class {} ;".format, CLASSES),
    st.builds(
        "sh:datatype {} ;".format,
        st.sampled_from(["xsd:integer", "xsd:string", "xsd:date", "rdf:langString"]),
    ),
    st.builds(
        "sh:nodeKind sh:{} ;".format,
        st.sampled_from(["IRI", "Literal", "BlankNodeOrIRI", "IRIOrLiteral"]),
    ),
    st.builds("sh:in ( {} {} ) ;".format, VALUES, VALUES),
    st.builds("sh:minLength {} ;".format, SMALL),
    st.builds("sh:maxLength {} ;".format, SMALL),
    st.builds('sh:pattern "{}" ;'.format, st.sampled_from(["^x", "y", "[0-9]"])),
    st.builds("sh:languageIn ( {} ) ;".format, LANGUAGES),
    st.builds("sh:hasValue {} ;".format, VALUES),
    st.builds("sh:equals {} ;".format, PROPERTIES),
    st.builds("sh:disjoint {} ;".format, PROPERTIES),
    st.builds("sh:closed true ; sh:ignoredProperties ( rdf:type {} ) ;".format, PROPERTIES),
)
BOUNDS = st.one_of(
    st.builds("sh:minInclusive {} ;".format, SMALL),
    st.builds("sh:maxExclusive {} ;".format, SMALL),
)
OF_PROPERTIES = st.one_of(
    st.builds("sh:minCount {} ;".format, SMALL),
    st.builds("sh:maxCount {} ;".format, SMALL),
    st.just("sh:uniqueLang true ;"),
)


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return what names other shapes."""
    return st.one_of(
        st.builds("sh:not [ {} ] ;".format, inner),
        st.builds("sh:node [ {} ] ;".format, inner),
        st.builds("sh:and ( [ {} ] [ {} ] ) ;".format, inner, inner),
        st.builds("sh:or ( [ {} ] [ {} ] ) ;".format, inner, inner),
        st.builds("sh:xone ( [ {} ] [ {} ] ) ;".format, inner, inner),
        st.builds("sh:property [ sh:path {} ; {} ] ;".format, PATHS, inner),
        st.builds("sh:property [ sh:path {} ; {} ] ;".format, PATHS, OF_PROPERTIES),
        st.builds(
            "sh:property [ sh:path {} ; sh:qualifiedMinCount {} ; sh:qualifiedMaxCount {} ;"
            " sh:qualifiedValueShape [ {} ] ] ;".format,
            PATHS,
            SMALL,
            SMALL,
            inner,
        ),
    )


TARGETS = st.one_of(
    st.builds("sh:targetClass {} ;".format, CLASSES),
    st.builds("sh:targetNode {} ;".format, values(LITERALS)),
    st.builds("sh:targetSubjectsOf {} ;".format, PROPERTIES),
    st.builds("sh:targetObjectsOf {} ;".format, PROPERTIES),
)


def shapes(leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw one shape with targets, whose constraints are leaves and what names other shapes."""
    parts = st.recursive(leaves, nested, max_leaves=4)
    nodes = st.builds(
        "a sh:NodeShape ; {} {}".format,
        st.lists(TARGETS, min_size=1, max_size=2).map(joined),
        st.lists(parts, min_size=1, max_size=2).map(joined),
    )
    properties = st.builds(
        "a sh:PropertyShape ; sh:path {} ; {} {}".format,
        PATHS,
        TARGETS,
        st.lists(st.one_of(parts, OF_PROPERTIES), min_size=1, max_size=2).map(joined),
    )
    return st.builds("{}\nex:S {} .".format, st.just(HEAD), st.one_of(nodes, properties))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[str, str]:
    """Draw data and a shape for them, in Turtle.

    Where pyshacl departs from SHACL, nothing is drawn: it takes a date for one that is within
    any bound, and walks the inverse of a sequence in the order of the sequence.
    """
    if draw(st.booleans()):
        return draw(data([*LITERALS, *DATES])), draw(shapes(OF_VALUES))
    return draw(data(LITERALS)), draw(shapes(st.one_of(OF_VALUES, BOUNDS)))
