"""What of another graph is one of our things: by shared identifiers first, then by names.

Nothing is known of the other vocabulary (`clues`), and precision goes before recall: what is
typed as something else is never matched, what is not sure is a doubt, what fits twice is never
guessed. States come first, because where a city lies is told by them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sco_graph import clues, foreign
from sco_graph.clues import NO, OF, OPEN, OWN, UNKNOWN, VAGUE, WORDS, YES, Key, normal
from sco_graph.foreign import Name, Read, Thing
from sco_graph.known import CODES, KINDS, PERSON, PLACE, STATE, Known, Ours, ours
from sco_graph.namespaces import expand
from sco_graph.rdf import Fact
from sco_graph.sssom import Link, dataset

NONE = "none"
"""What no class says."""
_WITHIN = ("scog:Organ", "scog:Role")
"""What means something only as a part of its organization: `Secretariat` is no name."""


@dataclass(frozen=True, order=True)
class Doubt:
    """What was not matched: the foreign thing, what it might be, and why it is not said."""

    object: str
    subjects: tuple[str, ...]
    why: str
    rival: str = ""
    """Our thing to which it has as good a claim as another, if it is not to be that."""


@dataclass(frozen=True)
class Proposal:
    """Links that are sure enough, doubts to decide, and how many that fit have no IRI."""

    links: list[Link]
    doubts: list[Doubt]
    blank: int


def propose(facts: Iterable[Fact], read: Read) -> Proposal:
    """Return what of a foreign graph, read as often as needed, is which of our things."""
    known = ours(facts)
    return _Matcher(known, foreign.gather(read, known.by_key, known.by_name)).proposal()


Verdict = Link | Doubt | None


class _Matcher:
    """Decides of each foreign thing, states first; then among those that want to be one of ours."""

    def __init__(self, known: Known, things: Mapping[str, Thing]) -> None:
        self.known, self.things = known, things
        self.found: dict[tuple[str, str], list[Link]] = defaultdict(list)
        self.doubts: list[Doubt] = []
        self.same: dict[str, str] = {}

    def proposal(self) -> Proposal:
        """Return links, doubts, and the number of fitting nodes without an IRI."""
        decided: set[str] = set()
        blank = 0
        for kind in KINDS:
            for node, thing in sorted(self.things.items()):
                if node in decided:
                    continue
                verdict = self._decide(node, thing, kind)
                if verdict is None:
                    continue
                decided.add(node)
                if thing.blank:
                    blank += isinstance(verdict, Link)
                elif isinstance(verdict, Link):
                    self.found[verdict.subject, dataset(node)].append(verdict)
                else:
                    self.doubts.append(verdict)
            self._settle()
        return Proposal(sorted(self._links()), sorted(self.doubts), blank)

    def _links(self) -> list[Link]:
        return [link for links in self.found.values() for link in links]

    def _settle(self) -> None:
        """Keep one link for each of ours and each dataset; the others are doubts."""
        claims = {(d.rival, dataset(d.object)): d.object for d in self.doubts if d.rival}
        for (subject, home), rivals in self.found.items():
            claim = claims.get((subject, home), "")
            if len(rivals) == 1 and float(rivals[0].confidence) < 1 and self._alike(claim, rivals):
                link = rivals.pop()
                why = f"<{claim}> may be it as well ({link.comment})"
                self.doubts.append(Doubt(link.object, (subject,), why))
            if len(rivals) > 1:
                chosen = self._best(rivals)
                for link in rivals:
                    if link != chosen and not (chosen and self._joined(chosen, link)):
                        fit = (
                            f"{len(rivals)} foreign things fit"
                            if not chosen
                            else (f"<{chosen.object}> fits better")
                        )
                        why = f"{fit} ({link.comment})"
                        self.doubts.append(Doubt(link.object, (subject,), why))
                rivals[:] = [chosen] if chosen else []
            for link in rivals:
                self.same[link.object] = subject

    def _alike(self, node: str, rivals: list[Link]) -> bool:
        """Whether a thing that was doubted is of the same class as the one that was not."""
        return bool(node) and bool(
            self.things[node].classes & self.things[rivals[0].object].classes
        )

    def _joined(self, one: Link, other: Link) -> bool:
        """Whether the foreign graph itself says that two of its things are the same."""
        return (
            other.object in self.things[one.object].twins
            or one.object in self.things[other.object].twins
        )

    def _best(self, rivals: list[Link]) -> Link | None:
        """Return the link that is surer than the others, or that leads to all of them."""
        sure = max(float(link.confidence) for link in rivals)
        first = [link for link in rivals if float(link.confidence) == sure]
        own = [
            link for link in rivals if clues.itself(link.object) in self.known[link.subject].keys
        ]
        if len(own) == 1:
            return own[0]
        if len(first) == 1 and sure > 0.9:
            return first[0]
        hubs = [
            link
            for link in rivals
            if all(r == link or r.object in self.things[link.object].twins for r in rivals)
        ]
        return hubs[0] if len(hubs) == 1 else None

    def _decide(self, node: str, thing: Thing, kind: str) -> Verdict:
        """Return the link of a thing to one of ours of a kind, a doubt, or nothing."""
        known = self.known
        strong = {iri for key in thing.same for iri in known.by_key.get(key, ())}
        if strong:
            if not any(known[iri].kind == kind for iri in strong):
                return None
            return self._by_authority(node, thing, strong)
        says = self._says(thing, kind)
        coded = self._coded(thing, kind)
        called = {
            name: fits
            for name in thing.names
            if (fits := {iri for iri in known.called(name.text) if known[iri].kind == kind})
            and (name.sure == OWN or says == YES)
        }
        if says == NO or not (coded or called):
            return None
        if kind == STATE and coded:
            return self._by_code(node, thing, says, coded, called)
        return self._by_name(node, thing, says, kind, called)

    def _coded(self, thing: Thing, kind: str) -> set[str]:
        """Return our things whose code a thing has: of its own, or else of whatever."""
        for wanted in ((OWN,), (OWN, OF, VAGUE)):
            found = {
                iri
                for key, sure in thing.keys.items()
                for iri in self.known.by_key.get(key, ())
                if sure in wanted and self.known[iri].kind == kind
            }
            if found:
                return found
        return set()

    def _says(self, thing: Thing, kind: str) -> str:
        """Return what the classes of a thing, taken together, say of a kind of ours."""
        if thing.meta:
            return NO
        said = {(clues.kind(text, kind), strict) for text, strict in thing.kinds}
        verdicts = {verdict for verdict, _ in said}
        if YES in verdicts:
            return YES
        if NO in verdicts:
            return NO
        if (UNKNOWN, True) in said and (OPEN, True) not in said:
            return UNKNOWN
        return OPEN if said else NONE

    def _by_authority(self, node: str, thing: Thing, strong: set[str]) -> Verdict:
        if len(strong) > 1:
            return Doubt(node, tuple(sorted(strong)), "its identifiers are those of several")
        (iri,) = strong
        ours = self.known[iri]
        if clash := self._clash(thing, ours):
            return Doubt(node, (iri,), f"it has another {clash}")
        if clues.itself(node) is None and self._says(thing, ours.kind) == NO:
            if not any(iri in self.known.called(name.text) for name in thing.names):
                return None
            return Doubt(node, (iri,), "it shares an identifier, and its class is another")
        names = [name.text for name in thing.names if iri in self.known.called(name.text)]
        certain = clues.itself(node) or self._says(thing, ours.kind) == YES
        shared = sorted(thing.same & ours.keys)
        return self._link(iri, node, "1.0" if certain else "0.97", shared, names)

    def _by_code(
        self,
        node: str,
        thing: Thing,
        says: str,
        coded: set[str],
        called: dict[Name, set[str]],
    ) -> Verdict:
        """Judge what carries the code of a state: the state, or something of that state."""
        if len(coded) > 1:
            if says == YES or called:
                return Doubt(node, tuple(sorted(coded)), "its identifiers are those of several")
            return None
        (iri,) = coded
        names = sorted(name.text for name, fits in called.items() if iri in fits)
        shared = sorted(key for key in thing.keys if key in self.known[iri].keys)
        sure = [key for key in shared if thing.keys[key] == OWN]
        clash = self._clash(thing, self.known[iri])
        if clash or thing.gone:
            why = f"it has another {clash}" if clash else "it is said to be a thing of the past"
            return Doubt(node, (iri,), why) if names or says == YES else None
        others = {other for fits in called.values() for other in fits} - {iri}
        if others and not names:
            return Doubt(node, (iri, *sorted(others)), "its code and its name do not agree", iri)
        fits = names and (
            says == YES
            or len(sure) > 1
            or (says == OPEN and (sure or shared[0][0] != "m49" or self._scripts(names) > 1))
            or (says == NONE and sure)
        )
        if fits:
            return self._link(iri, node, "0.98" if says == YES else "0.95", shared, names)
        if len(sure) > 2 or (says == YES and len(sure) > 1):
            return self._link(iri, node, "0.95", shared, names)
        if says == YES and sure and not self._called_otherwise(thing):
            return self._link(iri, node, "0.95", shared, names)
        if says == YES:
            why = "is called otherwise" if thing.names else "nothing else says so"
            return Doubt(node, (iri,), f"it has the code, and {why}", iri)
        why = "its class is not known" if says == UNKNOWN else "no fitting class or name"
        doubtful = names or (sure and says != UNKNOWN)
        return Doubt(node, (iri,), f"it has the code, and {why}") if doubtful else None

    def _called_otherwise(self, thing: Thing) -> bool:
        """Whether a thing has a name in a language in which ours has another, or may."""
        return any(not name.tag or name.language for name in thing.names if name.sure == OWN)

    def _by_name(
        self, node: str, thing: Thing, says: str, kind: str, called: dict[Name, set[str]]
    ) -> Verdict:
        fits = {iri for found in called.values() for iri in found}
        fits = {iri for iri in fits if not self._clash(thing, self.known[iri])}
        lies = {iri: self._lies(thing, iri) for iri in fits}
        fits = {iri for iri in fits if lies[iri] is not False}
        if not fits:
            return None
        if len(fits) > 1:
            return Doubt(node, tuple(sorted(fits)), "its name is that of several")
        (iri,) = fits
        agree = sorted(name for name, found in called.items() if iri in found)
        if why := self._hesitation(thing, says, kind, iri, agree, bool(lies[iri])):
            text = f'only its name agrees, "{agree[0].text}", and {why}'
            return Doubt(node, (iri,), text, iri if kind == PERSON and says == YES else "")
        names = sorted({name.text for name in agree if not self._abbreviated(iri, name.text)})
        several = lies[iri] or self._scripts(names) > 1
        return self._link(iri, node, "0.9" if several else "0.8", [], names)

    def _hesitation(
        self, thing: Thing, says: str, kind: str, iri: str, agree: list[Name], lies: bool
    ) -> str:
        """Return why a name that agrees is not enough, or nothing."""
        if thing.gone:
            return "it is said to be a thing of the past"
        if says == UNKNOWN:
            return "its class is not known"
        if says != YES and not (kind == PLACE and lies):
            return "it has no fitting class"
        if kind == PLACE and thing.where and self.known[iri].within and not lies:
            return "it does not lie where ours does"
        if kind in _WITHIN and not self._is_part(thing, iri):
            return "not what it is part of"
        if all(self._abbreviated(iri, name.text) for name in agree):
            return "it is an abbreviation"
        if kind != STATE and all(name.alias for name in agree):
            return "it is not its main name"
        if kind == PERSON and (why := self._another_life(thing)):
            return why
        for language in sorted(self.known[iri].languages - {""}):
            names = [n for n in thing.names if n.language == language and n.sure == OWN]
            if names and not any(iri in self.known.called(name.text) for name in names):
                return f'it is also called "{min(names).text}"'
        return ""

    def _another_life(self, thing: Thing) -> str:
        """Return what a person of the same name is said to be that none of ours is, or nothing."""
        if thing.trades and not any(map(clues.official, thing.trades)):
            return f'it is said to be "{min(thing.trades)}"'
        if not all(map(clues.lived_with, thing.years)):
            return "it lived in another time"
        others = [text for text, strict in thing.kinds if strict and self._strange(text)]
        return f'it is also a "{min(others)}"' if others else ""

    def _strange(self, text: str) -> bool:
        return clues.kind(text, PERSON) in (UNKNOWN, NO)

    def _scripts(self, names: Iterable[str]) -> int:
        return len({clues.script(name) for name in names})

    def _abbreviated(self, iri: str, name: str) -> bool:
        """Whether our name that agrees is only capitals: it may be that of many."""
        ours = [own for own in self.known[iri].names if normal(own) == normal(name)]
        return all(own.isupper() and own.isalpha() and len(own) < 6 for own in ours)

    def _lies(self, thing: Thing, iri: str) -> bool | None:
        """Whether a foreign place lies where ours does; None where that is not said."""
        ours = self.known[iri]
        if ours.kind != PLACE or not ours.within:
            return None
        found: set[bool] = {
            bool(self.known.by_key.get(key, set()) & ours.within) for key in thing.keys
        }
        for texts, nation in thing.where:
            there = {end for text in texts for end in self._named(text)} - {iri}
            if there & ours.within:
                found.add(True)
            elif there or (nation and not any(_is_iri(text) for text in texts)):
                found.add(False)
        return None if not found else found == {True}

    def _named(self, text: str) -> set[str]:
        """Return our things that an IRI, a code or a name stands for."""
        if text in self.same:
            return {self.same[text]}
        if key := clues.identity(text):
            return self.known.by_key.get(key, set())
        if _is_iri(text):
            return set()
        codes = [self.known.by_key.get((kind, text.upper()), set()) for kind in CODES.values()]
        return self.known.called(text).union(*codes)

    def _is_part(self, thing: Thing, iri: str) -> bool:
        """Whether a foreign part belongs to what ours belongs to, or is called after it."""
        wholes = self.known[iri].whole
        if any(self.same.get(end) in wholes for end in thing.whole):
            return True
        titles = [normal(name) for whole in wholes for name in self.known[whole].names]
        return any(
            f" {title} " in f" {normal(name.text)} "
            or (not title.isascii() and title in normal(name.text))
            for name in thing.names
            if iri in self.known.called(name.text)
            for title in titles
        )

    def _clash(self, thing: Thing, ours: Ours) -> str:
        """Return the kind of identifier that both have and that is not the same, or nothing."""
        theirs = set(thing.same)
        if ours.kind == STATE:
            theirs |= {key for key, sure in thing.keys.items() if sure in (OWN, OF)}
        for name in WORDS:
            mine = {key for kind, key in ours.keys if kind == name}
            other = {key for kind, key in theirs if kind == name}
            if mine and other and not mine & other:
                return f"{WORDS[name]} identifier"
        return ""

    def _link(
        self, iri: str, node: str, sure: str, shared: list[Key], names: Iterable[str]
    ) -> Link:
        named_so = sorted(names)
        said = ", ".join(f"{WORDS[kind]} {key}" for kind, key in shared)
        rule = "LexicalMatching"
        if shared:
            rule = "CompositeMatching" if named_so else "MappingChaining"
        comment = f"shared: {said}" if shared else f"name: {', '.join(named_so)}"
        if shared and named_so:
            comment += f"; name: {named_so[0]}"
        return Link(
            subject=iri,
            object=node,
            justification=expand(f"semapv:{rule}"),
            confidence=sure,
            comment=comment,
            subject_label=self.known[iri].label,
            object_label=self.things[node].label,
            match=said or named_so[0],
        )


def _is_iri(text: str) -> bool:
    return text.startswith(("http:", "https:", "urn:", "_:"))
