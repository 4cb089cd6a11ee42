"""What went wrong with a request, as RFC 9457 tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping


class Problem(Exception):
    """A request that is not answered: a status, what it is called, and the way out."""

    def __init__(
        self, status: int, title: str, detail: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        """Return it as `application/problem+json`."""
        said = {"type": "about:blank", "title": self.title, "status": self.status}
        if self.detail:
            said["detail"] = self.detail
        return json.dumps(said, ensure_ascii=False).encode() + b"\n"
