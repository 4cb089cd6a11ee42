"""Another graph and ours made one, and the gate over what came together.

Foreign statements stand in graphs of their own, ours in theirs. What touches our things, our
classes or our properties is reasoned over, with links taken as identity; the rest only streams
by. Nothing is written where our shapes would fail, where what is foreign changes what ours says,
or where two of our things become one. Names are free: another's name for a thing of ours stays
with their IRI.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from sco_graph import clues, days, reasoning, touching, validation
from sco_graph.accepting import aliases
from sco_graph.errors import GraphError
from sco_graph.known import PERSON
from sco_graph.layout import LINKS, ONTOLOGY, SCHEMES
from sco_graph.namespaces import GRAPH, ID, PREFIXES, expand
from sco_graph.namespaces import ONTOLOGY as VOCABULARY
from sco_graph.queryfile import QueryFile
from sco_graph.rdf import Fact, Node, Term, named
from sco_graph.sources import SourceFile, Sources
from sco_graph.sssom import Link
from sco_graph.touching import SAME, TYPE, Foreign, Touching, name

MERGED, ACCEPTED = "merged", "merged-links"
"""The graphs of what follows from both together, and of the links that were accepted."""

_SAME_WORDS = {
    *(expand(c) for c in ("owl:sameAs", "schema:sameAs", "skos:exactMatch")),
    "http://schema.org/sameAs",
}
_MEMBER = {expand("org:hasMember"), expand("org:memberOf")}
_PERSON = f"{ID}person/"
_CONCEPTS = (f"{ID}role/", f"{ID}concept/")
_BROADER = {
    expand(f"skos:{name}")
    for name in "broader narrower broaderTransitive narrowerTransitive exactMatch".split()
}
_PROVENANCE = tuple(
    f"{ID}{kind}/"
    for kind in ("participation office-holding evidence statement resolution").split()
)
"""Of these everything that our graph says is ours to say, in whose words ever it is said."""
_NAMES = {
    expand(c)
    for c in (
        "rdfs:label rdfs:comment rdfs:seeAlso rdfs:isDefinedBy skos:prefLabel skos:altLabel "
        "skos:hiddenLabel skos:notation skos:note skos:definition skos:editorialNote foaf:name"
    ).split()
}
_ORG = [
    Fact(named(f"org:{name}"), TYPE, named("owl:FunctionalProperty"))
    for name in ("member", "organization")
]
"""What W3C ORG says and our stubs do not: a membership of two merges the two."""
_BREAKS = 20
"""How many things that would break are told."""


class MergeError(GraphError):
    """What would break, a line each, with the triples that did it."""

    def __init__(self, breaks: Sequence[str]) -> None:
        count = f"{len(breaks)} thing{'s' if len(breaks) > 1 else ''}"
        shown = [*breaks[:_BREAKS]]
        if len(breaks) > _BREAKS:
            shown.append(f"… and {len(breaks) - _BREAKS} more")
        super().__init__(f"nothing is written, for {count} would break:\n" + "\n".join(shown))
        self.breaks = breaks


@dataclass(frozen=True)
class Merged:
    """What follows from both graphs together, and how much of the foreign one was looked at."""

    entailed: list[Fact]
    looked_at: int
    count: int
    same: Mapping[str, str]


def merge(
    sources: Sources,
    released: Sequence[Fact],
    links: Sequence[Link],
    foreign: Foreign,
    checks: Sequence[QueryFile],
    path: str = "links",
    announce: Callable[[str], None] = lambda _: None,
) -> Merged:
    """Return what follows from our release, accepted links and foreign graphs together.

    `path` is the file of the links. Raises MergeError with what would break.
    """
    merger = _Merger(sources, released, checks)
    alias = aliases(links, released, path)
    users: set[str] = set()
    while True:
        announce("reading")
        found = touching.gather(foreign, alias, merger.terms, users)
        announce("reasoning")
        closure = merger.close(found)
        # A foreign class below one of ours makes its members ours to judge: all is read of them.
        more = {name(f.subject) for f in closure.entailed if _in_our_words(f)}
        more = {node for node in more if not found.ours(node)} - found.users
        if not more:
            break
        users = found.users | more
    announce("judging")
    breaks = list(merger.breaks(found, closure, links, foreign))
    if breaks:
        raise MergeError(breaks)
    return Merged(merger.entailed(found, closure), found.touched, found.count, found.same)


def _in_our_words(fact: Fact) -> bool:
    words = name(fact.object) if fact.predicate == TYPE else fact.predicate.value
    return words.startswith(VOCABULARY)


class _Merger:
    """Our side of a merge: what was asserted, what was released, what has to hold."""

    def __init__(
        self, sources: Sources, released: Sequence[Fact], checks: Sequence[QueryFile]
    ) -> None:
        self.sources, self.released, self.checks = sources, released, checks
        self.ontology = list(sources.facts(ONTOLOGY))
        self.asserted = [*sources.facts(SCHEMES, *sources.names)]
        self.asserted += [fact for fact in released if fact.graph == "current"]
        self.said = {fact.alone() for fact in released}
        self.declared = {
            fact.subject.value for fact in self.ontology if isinstance(fact.subject, ox.NamedNode)
        }
        self.related = {
            frozenset((name(fact.subject), name(fact.object)))
            for fact in released
            if fact.predicate.value.startswith((VOCABULARY, PREFIXES["org"]))
        }
        self.terms = self.declared | {fact.predicate.value for fact in released}
        self.terms |= {name(fact.object) for fact in released if fact.predicate == TYPE}

    def close(self, found: Touching) -> reasoning.Closure:
        """Return what follows from ours and what touches it, links and sameAs as identity."""
        mapped = {_mapped(fact, found) for fact in found.facts}
        terms = {f for f in found.joins if VOCABULARY in f"{name(f.subject)} {name(f.object)}"}
        axioms = [_mapped(fact, found) for fact in (*self._reachable(found), *terms)] + _ORG
        return reasoning.close([*self.asserted, *mapped], [*self.ontology, *axioms])

    def _reachable(self, found: Touching) -> list[Fact]:
        """Return the foreign axioms by which something may follow from what touches ours."""
        nodes = {*self.terms, *(fact.predicate.value for fact in found.facts)}
        nodes |= {name(fact.object) for fact in found.facts if fact.predicate == TYPE}
        by_end: dict[str, list[Fact]] = defaultdict(list)
        for axiom in found.axioms:
            for end in (axiom.subject, axiom.object):
                if not name(end).startswith(touching.BUILT_IN):
                    by_end[name(end)].append(axiom)
        kept: dict[Fact, None] = {}
        todo = sorted(nodes & by_end.keys())
        seen = set(todo)
        while todo:
            for axiom in by_end[todo.pop()]:
                kept[axiom.alone()] = None
                for other in map(name, (axiom.subject, axiom.object)):
                    if other in by_end and other not in seen:
                        seen.add(other)
                        todo.append(other)
        return list(kept)

    def breaks(
        self,
        found: Touching,
        closure: reasoning.Closure,
        links: Iterable[Link],
        foreign: Foreign,
    ) -> Iterator[str]:
        """Yield what would break, once each: identities, contradictions, changes, shapes."""
        told: dict[str, None] = {}
        joined = self._joined(found)
        told |= dict.fromkeys(joined)
        merged: set[str] = set()
        for focus, problem in closure.contradictions:
            if any(space in f"{focus} {problem}" for space in (ID, VOCABULARY)):
                names = {focus, *(w.strip("()<>.,") for w in problem.split() if ID in w)}
                merged |= names if "became one" in problem else set()
                text = f"{validation.shown(focus)}: {problem}"
                told[touching.told(text, names, found)] = None
        mapped = {_mapped(fact, found) for fact in found.facts}
        new = (closure.entailed | mapped) - self.said
        for fact in sorted(new, key=str):
            ends = {name(fact.subject), name(fact.object)}
            if self._changes(fact, found) and not (joined or ends & merged):
                text = f"{fact.triple()} is not what our graph says"
                told[touching.told(text, ends, found, fact.predicate.value)] = None
        for fact in sorted(found.facts, key=str):
            if fact.alone() not in self.said and _renames(fact):
                told[f"{fact.triple()} in graph {fact.graph} is not what our graph says"] = None
        if not joined:
            for text, focus in self._judged(found, closure, links, foreign):
                told[touching.told(text, {focus}, found)] = None
        yield from told

    def _joined(self, found: Touching) -> list[str]:
        """Return where an owl:sameAs makes two of our things, or of our terms, one."""
        lines = []
        for fact in sorted(found.joins, key=str):
            ends = name(fact.subject), name(fact.object)
            ours = [found.ours(end) for end in ends]
            if all(end.startswith(VOCABULARY) for end in ends) and ends[0] != ends[1]:
                ours = list(ends)
            if all(ours) and ours[0] != ours[1]:
                names = " and ".join(map(validation.shown, sorted(ours)))
                chain = touching.chain(found, ours)
                lines.append("\n".join([f"{names} would become one:", *chain]))
        return lines

    def _changes(self, fact: Fact, found: Touching) -> bool:
        """Whether a new fact says of our things, in words that we use, what our graph does not.

        In other words anybody may say of them what they like.
        """
        subject, value = name(fact.subject), name(fact.object)
        predicate = fact.predicate.value
        if not subject.startswith(ID) or predicate in _NAMES or subject == value:
            return False
        if fact.predicate == TYPE:
            spaces = ("",) if subject.startswith(_PROVENANCE) else (VOCABULARY, PREFIXES["org"])
            return value in self.declared and value.startswith(spaces)
        if predicate.startswith(VOCABULARY):
            return True
        if subject.startswith(_PROVENANCE):
            return predicate in self.terms
        if predicate in _SAME_WORDS:
            return value.startswith(ID)
        if predicate in _BROADER and subject.startswith(_CONCEPTS):
            return value.startswith(_CONCEPTS)
        if predicate in _MEMBER:
            return self._is_new_member(predicate, subject, value, found)
        # Who heads what is told of persons; how bodies hang together is ours to say.
        both = value.startswith(ID) and predicate.startswith(PREFIXES["org"])
        told = subject.startswith(_PERSON) or frozenset((subject, value)) in self.related
        return both and not told

    def _is_new_member(self, predicate: str, subject: str, value: str, found: Touching) -> bool:
        """Whether one of our organizations gets a member; who works there is none."""
        whole, member = (subject, value) if predicate.endswith("hasMember") else (value, subject)
        if not whole.startswith(ID):
            return False
        if member.startswith(ID):
            return not member.startswith(_PERSON)
        kinds = {
            name(f.object) for f in found.facts if f.predicate == TYPE and name(f.subject) == member
        }
        return not any(clues.kind(clues.text_of(kind), PERSON) == clues.YES for kind in kinds)

    def _judged(
        self,
        found: Touching,
        closure: reasoning.Closure,
        links: Iterable[Link],
        foreign: Foreign,
    ) -> Iterator[tuple[str, str]]:
        """Yield what shapes and checks say of ours and of what uses our words."""
        users = {node for node in found.users if not found.same.get(node)}
        kept = [
            Fact(fact.subject, fact.predicate, _mapped(fact, found).object, fact.graph)
            for fact in found.facts
            if (subject := name(fact.subject)).startswith(ID) or subject in users
        ]
        graphs = {fact.subject: fact.graph for fact in kept}
        kept += [
            fact._replace(graph=graphs[fact.subject])
            for fact in closure.entailed
            if name(fact.subject) in users and fact.subject in graphs and _in_our_words(fact)
        ]
        files = [
            SourceFile(str(path), graph, "", [fact for fact in kept if fact.graph == graph])
            for graph, path in foreign.items()
        ]
        rows = [fact for link in links for fact in link.facts(LINKS)]
        files.append(SourceFile("links", LINKS, "", rows))
        together = Sources((*self.sources.files, *files), frozenset(file.path for file in files))
        products = {f.graph for f in self.released} - {SCHEMES, LINKS, *self.sources.names}
        derived = [fact for fact in self.released if fact.graph in products]
        claims = days.claims([*self.sources.facts(*self.sources.names), *kept])
        bounds = {fact._replace(graph="derived") for fact in days.derive(claims)}
        derived += sorted(bounds - {*derived}, key=str)
        focus = sorted({fact.subject for fact in kept}, key=str)
        for finding in validation.judge(together, derived, [], self.checks, focus).findings:
            if finding.severity == validation.VIOLATION:
                value = f", value {validation.shown(finding.value)}" if finding.value else ""
                text = (
                    f"{finding.file}: {validation.shown(finding.focus)}: {finding.message()} "
                    f"(shape {finding.shape}, path {validation.shown(finding.path)}{value})"
                )
                yield text, finding.focus

    def entailed(self, found: Touching, closure: reasoning.Closure) -> list[Fact]:
        """Return what follows: of our things what is said of their foreign IRIs, and the closure.

        Another's names for a thing stay with their IRI: ours has names of its own.
        """
        about = {
            fact
            for one in found.facts
            if name(one.subject) in found.same and (fact := _mapped(one, found)) not in self.said
        }
        new = (closure.entailed - self.said - {fact.alone() for fact in found.facts}) | about
        return sorted((fact._replace(graph=MERGED) for fact in new if _worth(fact)), key=str)


def _worth(fact: Fact) -> bool:
    """Whether what follows is worth keeping: no blank node, and no name for a thing of ours."""
    if any(isinstance(term, ox.BlankNode) for term in (fact.subject, fact.object)):
        return False
    if fact.subject == fact.object:
        return False
    return not (name(fact.subject).startswith(ID) and fact.predicate.value in _NAMES)


def _renames(fact: Fact) -> bool:
    """Whether a foreign fact gives a name to one of our IRIs, or speaks of one of our terms."""
    subject = name(fact.subject)
    if subject.startswith(ID):
        return fact.predicate.value in _NAMES and isinstance(fact.object, ox.Literal)
    return subject.startswith(VOCABULARY) and fact.predicate != TYPE


def _mapped(fact: Fact, found: Touching) -> Fact:
    """Return a fact with our IRIs for those that are the same, in no graph."""

    def node(term: Node) -> Node:
        ours = found.same.get(name(term))
        return ox.NamedNode(ours) if ours else term

    value: Term = fact.object if isinstance(fact.object, ox.Literal) else node(fact.object)
    return Fact(node(fact.subject), fact.predicate, value)


def quads(
    released: Iterable[Fact], links: Iterable[Link], merged: Merged, foreign: Foreign
) -> Iterator[ox.Quad]:
    """Yield the merged dataset, graph by graph: ours, the links, what follows, the foreign."""
    yield from (fact.quad() for fact in (*released, *accepted(links), *merged.entailed))
    for graph, quad in touching.quads(foreign):
        home = quad.graph_name
        where = ox.NamedNode(GRAPH + graph) if isinstance(home, ox.DefaultGraph) else home
        yield ox.Quad(quad.subject, quad.predicate, quad.object, where)
        if fact := _to_ours(quad, merged):
            yield fact.quad()


def accepted(links: Iterable[Link]) -> list[Fact]:
    """Return the graph of the links that were accepted, each fact once."""
    return list(dict.fromkeys(fact for link in links for fact in link.facts(ACCEPTED)))


def follows(merged: Merged, foreign: Foreign) -> Iterator[Fact]:
    """Yield the graph of what follows; the foreign ones are read once more."""
    yield from merged.entailed
    for _, quad in touching.quads(foreign):
        if fact := _to_ours(quad, merged):
            yield fact


def _to_ours(quad: ox.Quad, merged: Merged) -> Fact | None:
    """Return what they say to a thing of ours, and not of it, as said to ours."""
    ours = merged.same.get(name(quad.object))
    if not ours or not isinstance(quad.subject, ox.NamedNode) or quad.predicate == SAME:
        return None
    subject = quad.subject.value
    if subject in merged.same or subject.startswith(ID):
        return None
    return Fact(quad.subject, quad.predicate, ox.NamedNode(ours), MERGED)
