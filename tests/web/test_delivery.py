"""Replies on their way: in pieces, in time, within the room there is; a server that stops."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import Any
from urllib.parse import quote

import pytest

from sco_graph.web import delivery
from sco_graph.web.delivery import Delivery, Late
from sco_graph.web.problems import Problem
from web.conftest import Reply, start, stop

HEAD: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": []}


def test_a_reply_goes_out_in_pieces_and_whole() -> None:
    """An empty one too; nothing is held afterwards."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    way = Delivery()
    body = bytes(range(256)) * 1_000
    asyncio.run(way.send(send, HEAD, body))
    pieces = [message["body"] for message in sent[1:]]

    assert body == b"".join(pieces)
    assert len(body) // delivery.PIECE + 1 == len(pieces)
    assert [True] * (len(pieces) - 1) + [False] == [m["more_body"] for m in sent[1:]]
    sent.clear()
    asyncio.run(way.send(send, HEAD, b""))
    assert [HEAD, b""] == [sent[0], sent[1]["body"]]
    assert 0 == way.held


def test_a_client_that_reads_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time for a piece, and what it held is free again."""
    monkeypatch.setattr(delivery, "_SECONDS", 0.05)

    async def send(message: dict[str, Any]) -> None:
        if message.get("body"):
            await asyncio.sleep(30)

    way = Delivery()
    with pytest.raises(Late):
        asyncio.run(way.send(send, HEAD, b"x" * 100))
    assert 0 == way.held


def test_what_is_on_its_way_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks beyond it is told to wait; nothing of that reply was sent."""
    monkeypatch.setattr(delivery, "_ROOM", 1_000)
    sent: list[dict[str, Any]] = []

    async def both() -> None:
        gate = asyncio.Event()

        async def slow(_: dict[str, Any]) -> None:
            await gate.wait()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        way = Delivery()
        first = asyncio.create_task(way.send(slow, HEAD, b"x" * 800))
        await asyncio.sleep(0)
        with pytest.raises(Problem, match="has to wait"):
            await way.send(send, HEAD, b"x" * 300)
        await way.send(send, HEAD, b"x" * 100)
        gate.set()
        await first

    asyncio.run(both())
    assert [b"x" * 100] == [message["body"] for message in sent[1:]]


def test_who_waits_when_the_server_stops_is_told_so() -> None:
    """503 and problem+json; the server ends within its time and without a traceback."""
    running = start("--timeout", "30")
    query = "SELECT (COUNT(*) AS ?n) { ?a (skos:prefLabel|!skos:prefLabel|^!skos:prefLabel)* ?b }"
    replies: list[Reply] = []
    asking = threading.Thread(
        target=lambda: replies.append(running.fetch("/sparql?query=" + quote(query)))
    )
    asking.start()
    time.sleep(1)
    took = stop(running)
    asking.join(10)

    assert took < 3
    assert [503] == [reply.status for reply in replies]
    assert "stops" in json.loads(replies[0].body)["detail"]
    assert [] == [line for line in running.log if "Traceback" in line or "Exception" in line]
