"""Who had which role, from when until when: a row for each state, meetings along the top."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pyoxigraph as ox

from sco_graph import queries, store
from sco_graph.pictures.svg import COLOURS, INK, PALE, SOFT, Drawing, width, word
from sco_graph.terms import Names

_CLAIMS = """SELECT DISTINCT ?member ?role ?first ?after WHERE {
  GRAPH ?graph { ?claim a scog:Participation ; org:member ?member ; org:role ?role }
  GRAPH graph:derived { ?claim scog:firstDay ?first . OPTIONAL { ?claim scog:dayAfter ?after } }
  FILTER NOT EXISTS { GRAPH ?graph { ?claim scog:rank scog:Deprecated } }
  FILTER NOT EXISTS { GRAPH graph:derived { ?claim scog:coveredBy ?better } }
} ORDER BY ?first ?member"""
_MEETINGS = """SELECT DISTINCT ?body ?meeting ?day WHERE {
  GRAPH ?graph { ?meeting scog:meetingOf ?body ; scog:startDate ?day }
} ORDER BY ?body ?day"""
_TOPICS = "SELECT DISTINCT ?topic WHERE { GRAPH ?graph { ?source foaf:primaryTopic ?topic } }"
_ROW, _TOP, _RIGHT, _CHART = 20.0, 64.0, 30.0, 780.0


def draw(graph: ox.Store, lang: str) -> str:
    """Return the timeline of a graph in a language; a graph without claims has no rows."""
    names = Names(graph, lang)
    rows: dict[str, list[tuple[str, date, date | None]]] = defaultdict(list)
    for claim in store.rows(graph, _CLAIMS):
        ends = _day(claim["after"].value) if "after" in claim else None
        period = claim["role"].value, _day(claim["first"].value), ends
        rows[claim["member"].value].append(period)
    meetings: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for found in store.rows(graph, _MEETINGS):
        meetings[found["body"].value].append((found["meeting"].value, _day(found["day"].value)))
    last = queries.last_day(graph, None)
    days = [since for periods in rows.values() for _, since, _ in periods]
    end = _day(last.value) if last else max(days, default=date(2000, 1, 1))
    begin = date(min(days, default=end).year, 1, 1)
    until = date(end.year + 1, 1, 1)
    states = sorted(rows, key=lambda iri: (rows[iri][0][1], names.label(iri)))
    started = sorted((since, role) for periods in rows.values() for role, since, _ in periods)
    roles = list(dict.fromkeys(role for _, role in started))
    colours = dict(zip(roles, COLOURS * (1 + len(roles) // len(COLOURS)), strict=False))
    topics = [names.label(row["topic"].value) for row in store.rows(graph, _TOPICS)]
    title = ": ".join([", ".join(topics), word("roles", lang)] if topics else [word("roles", lang)])
    labels = [names.label(iri) for iri in (*states, *meetings)]
    left = 30 + max((width(text, 12) for text in labels), default=0)
    bars = _TOP + 16 * len(meetings) + 26
    high = bars + _ROW * len(states) + 62
    picture = Drawing(left + _CHART + _RIGHT, high, title, lang)

    def across(day: date) -> float:
        return left + _CHART * (day - begin).days / (until - begin).days

    picture.text(16, 30, title, size=18, bold=True)
    bottom = bars + _ROW * len(states)
    for year in range(begin.year, until.year + 1):
        x = across(date(year, 1, 1))
        picture.line((x, _TOP + 16 * len(meetings) + 6), (x, bottom), stroke="#dddddd")
        if year % 4 == begin.year % 4 and x + 36 < across(end):
            picture.text(x, bars - 6, str(year), size=11, fill=SOFT)
    for number, (body, held) in enumerate(meetings.items()):
        y = _TOP + 16 * number
        picture.text(left - 10, y + 4, names.label(body), anchor="end", fill=SOFT)
        for meeting, day in held:
            tip = f"{names.label(meeting)}, {day.isoformat()}"
            picture.diamond(across(day), y, 4, fill=INK, tip=tip)
    for number, state in enumerate(states):
        y = bars + _ROW * number
        if number % 2 == 0:
            picture.box(0, y, left + _CHART + _RIGHT, _ROW, fill=PALE)
        picture.text(left - 10, y + 14, names.label(state), anchor="end")
        for role, since, after in rows[state]:
            x = across(since)
            wide = across(min(after or end, until)) - x
            # The height tells the roles apart where the colours do not.
            inset = 3 + 1.5 * roles.index(role)
            tip = f"{names.label(state)}, {names.label(role)}: {since} – {after or ''}"
            picture.box(x, y + inset, max(wide, 2), _ROW - 2 * inset, fill=colours[role], tip=tip)
    x = across(end)
    picture.line((x, _TOP - 12), (x, bottom), stroke=INK, dashed=True)
    picture.text(x, _TOP - 16, f"{word('day', lang)}: {end}", size=11, anchor="end")
    x = left
    for role in roles:
        inset = 3 + 1.5 * roles.index(role)
        picture.box(x, bottom + 22 + inset, 26, _ROW - 2 * inset, fill=colours[role])
        picture.text(x + 32, bottom + 36, names.label(role))
        x += 52 + width(names.label(role), 12)
    return str(picture)


def _day(text: str) -> date:
    return date.fromisoformat(text)
