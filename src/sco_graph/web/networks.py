"""Nodes and edges on a plane: rings around the node that most edges meet, one set a component."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

_RING, _SPACE, _EDGE = 170.0, 74.0, 12.0
"""Pixels between rings, along a ring between nodes, and around a component."""
_WIDE = 1000.0
"""Pixels beyond which no component is put beside others."""
_GAP, _LINE, _ABOVE, _BELOW = 11.0, 14.0, 12.0, 20.0
"""Pixels from the middle of a node to the side of its label, the height of a label, and from the
middle of a node up and down to the line on which a label stands."""


class Spot(NamedTuple):
    """Where a node stands, in pixels from the upper left corner, and on which side its label.

    `side` is -1 for the left, 1 for the right, 0 for above or below, as `above` says.
    """

    x: float
    y: float
    side: int
    above: bool

    @property
    def label(self) -> tuple[float, float]:
        """Return where the label begins, ends or has its middle, as its side says."""
        line = _LINE / 3 if self.side else -_ABOVE if self.above else _BELOW
        return round(self.x + _GAP * self.side, 1), round(self.y + line, 1)


def place(
    edges: Iterable[tuple[str, str]], widths: Mapping[str, float] | None = None
) -> tuple[dict[str, Spot], float, float]:
    """Return where each node of some edges stands, and the width and height of the whole.

    `widths` are the pixels that the labels take; there is room for them. The order of the edges
    decides between equals. It takes time in proportion to them.
    """
    near: dict[str, dict[str, None]] = defaultdict(dict)
    for start, end in edges:
        near[start][end] = near[end][start] = None
    spots: dict[str, Spot] = {}
    left = top = wide = high = 0.0
    for middle in sorted(near, key=lambda node: -len(near[node])):
        if middle in spots:
            continue
        below = _tree(middle, near)
        reach = _radii(middle, below)
        own = {
            node: _spot(reach[ring], turn) for node, (ring, turn) in _turns(middle, below).items()
        }
        west, north, east, south = _box(own, widths or {})
        if left and left + east - west > _WIDE:
            left, top = 0.0, high
        for node, spot in own.items():
            x, y = round(left + spot.x - west, 1), round(top + spot.y - north, 1)
            spots[node] = spot._replace(x=x, y=y)
        left += east - west
        wide, high = max(wide, left), max(high, top + south - north)
    return spots, math.ceil(wide), math.ceil(high)


def _spot(reach: float, turn: float) -> Spot:
    """Return where a node stands from the middle of its component."""
    angle = 2 * math.pi * turn - math.pi / 2
    x, y = reach * math.cos(angle), reach * math.sin(angle)
    side = 0 if abs(x) < _SPACE / 3 else 1 if x > 0 else -1
    return Spot(x, y, side, above=y < 0)


def _box(spots: Mapping[str, Spot], widths: Mapping[str, float]) -> tuple[float, ...]:
    """Return the left, upper, right and lower edge of nodes and their labels."""
    edges = []
    for node, spot in spots.items():
        wide = widths.get(node, 0.0)
        x, y = spot.label
        start = x - wide * (1 - spot.side) / 2
        upper, lower = min(y - _LINE, spot.y - _GAP), max(y + _LINE / 3, spot.y + _GAP)
        edges.append((min(start, spot.x - _GAP), upper, max(start + wide, spot.x + _GAP), lower))
    west, north, east, south = zip(*edges, strict=True)
    return min(west) - _EDGE, min(north) - _EDGE, max(east) + _EDGE, max(south) + _EDGE


def _tree(middle: str, near: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return for each node of a component, in order of distance, those reached through it."""
    below: dict[str, list[str]] = {middle: []}
    queue = deque([middle])
    while queue:
        node = queue.popleft()
        for other in near[node]:
            if other not in below:
                below[other] = []
                below[node].append(other)
                queue.append(other)
    return below


def _turns(middle: str, below: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, float]]:
    """Return the ring and the turn (0 to 1) of each node: each has a share for its leaves."""
    leaves: dict[str, int] = {}
    for node in reversed(list(below)):
        leaves[node] = sum(leaves[other] for other in below[node]) or 1
    found, shares = {}, {middle: (0, 0.0, 1.0)}
    for node in below:
        ring, start, width = shares[node]
        found[node] = (ring, start + width / 2)
        for other in below[node]:
            part = width * leaves[other] / leaves[node]
            shares[other] = (ring + 1, start, part)
            start += part
    return found


def _radii(middle: str, below: Mapping[str, Sequence[str]]) -> list[float]:
    """Return the radius of each ring: all its nodes have room on it."""
    rings, ring = [0.0], [middle]
    while ring := [other for node in ring for other in below[node]]:
        rings.append(max(rings[-1] + _RING, len(ring) * _SPACE / (2 * math.pi)))
    return rings
