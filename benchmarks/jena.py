"""Where Jena's commands are: on the path, or in the jars of Debian's libapache-jena-java.

Debian ships no commands, and its jena-core looks for the messages of its own Xerces where they
are not: they are laid beside it. It needs libthrift-java, and libjsonld-java to write JSON-LD.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

_JARS = Path("/usr/share/java")
_NAMES = (
    "jena-arq jena-base jena-cmds jena-core jena-iri jena-shacl jena-rdfconnection jena-tdb "
    "jena-tdb2 jena-dboe-base jena-dboe-index jena-dboe-storage jena-dboe-transaction "
    "jena-dboe-trans-data slf4j-api slf4j-nop commons-cli commons-codec commons-compress "
    "commons-csv commons-io commons-lang3 gson thrift httpclient httpclient-cache httpcore "
    "jcl-over-slf4j protobuf guava jackson-core jackson-databind jackson-annotations "
    "jsonld-java"
).split()
_MESSAGES = "org/apache/jena/ext/"


def command(name: str, folder: Path) -> list[str] | None:
    """Return how a command such as `riot` is started, or None; `folder` takes what is laid out."""
    if found := shutil.which(name):
        return [found]
    core, java = _JARS / "jena-core.jar", shutil.which("java")
    if java is None or not core.is_file() or not (_JARS / "thrift.jar").is_file():
        return None
    with zipfile.ZipFile(core) as jar:
        for member in jar.namelist():
            if member.startswith(f"{_MESSAGES}xerces/") and not member.endswith("/"):
                target = folder / member.removeprefix(_MESSAGES)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(jar.read(member))
    jars = [path for stem in _NAMES if (path := _JARS / f"{stem}.jar").is_file()]
    home = {"riot": "riotcmd.riot", "shacl": "shacl.shacl"}[name]
    return [java, "-cp", ":".join([str(folder), *map(str, jars)]), home]
