"""`typing.NamedTuple` for what each question from the shell imports.

`typing` takes 5 ms to import, a tenth of what a question takes; type checkers see the real one.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NamedTuple
else:

    class _Record(type):
        """Makes a named tuple of the annotations of a class, with its methods."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            names = list(body.get("__annotations__", ()))
            defaults = [body.pop(field) for field in names if field in body]
            made = namedtuple(name, names, defaults=defaults, module=body["__module__"])
            return type(name, (made,), {"__slots__": (), **body})

    class NamedTuple(metaclass=_Record):
        """What the records of the hot path derive from."""


__all__ = ["TYPE_CHECKING", "NamedTuple"]
