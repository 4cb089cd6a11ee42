"""Folders and files that are written whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sco_graph.errors import StorageError, UsageError

_MARK = ".tmp-"


@contextmanager
def in_place(folder: Path) -> Iterator[Path]:
    """Give a new folder beside `folder`, and put it in its place when all is written."""
    parent = folder.absolute().parent
    made = parent / f"{folder.name}{_MARK}{os.getpid()}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent, folder.name)
        made.mkdir()
        yield made
        if folder.exists():
            old = parent / f"{folder.name}{_MARK}{os.getpid()}-old"
            folder.rename(old)
            made.rename(folder)
            shutil.rmtree(old)
        else:
            made.rename(folder)
    except OSError as error:
        raise StorageError(f"{folder} cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep(parent: Path, name: str = "*") -> None:
    """Remove what runs that were killed left beside `name`, and mend a half-made exchange."""
    for left in parent.glob(f"{name}{_MARK}*"):
        base, _, rest = left.name.partition(_MARK)
        pid = rest.split("-")[0]
        if pid.isdigit() and _alive(int(pid)):
            continue
        if rest.endswith("-old") and not (parent / base).exists():
            left.rename(parent / base)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return pid != os.getpid()  # a number that came round again


def replace_file(path: Path, data: bytes) -> None:
    """Write a file beside the old one and put it in its place; all or nothing."""
    with writing(path) as file:
        file.write(data)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """Give a new file beside `path`, and put it in its place when all is written.

    A link leads to the file that is replaced; a pipe or a device is written to as it stands.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file")
    if path.exists() and not path.is_file():
        try:
            with path.open("wb") as file:
                yield file
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StorageError(f"{path} cannot be written: {error.strerror}") from None
        return
    target = path.resolve()
    made = target.with_name(f".{target.name}{_MARK}{os.getpid()}")
    try:
        _sweep_files(target)
        with made.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            made.chmod(target.stat().st_mode)
        made.replace(target)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        # Where nothing can be written, nothing was.
        with suppress(OSError):
            made.unlink(missing_ok=True)


def _sweep_files(target: Path) -> None:
    """Remove what runs that were killed left beside a file."""
    for left in target.parent.glob(f".{glob.escape(target.name)}{_MARK}*"):
        pid = left.name.rpartition("-")[2]
        if left.is_file() and pid.isdigit() and not _alive(int(pid)):
            left.unlink(missing_ok=True)
