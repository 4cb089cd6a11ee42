"""Puts a release that passed its gate into the wheel; without one there is no wheel."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReleaseHook(BuildHookInterface[Any]):
    """Builds the graph from the sources at hand and packs the release."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run the pipeline for a wheel; an editable install builds when it is first asked."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        from sco_graph import build
        from sco_graph.layout import Layout

        self._made = tempfile.TemporaryDirectory(prefix="sco-graph-")
        folder = Path(self._made.name)
        build.build(Layout.shipped()).write(folder)
        for path in sorted(folder.iterdir()):
            build_data["force_include"][str(path)] = f"sco_graph/_release/{path.name}"

    def finalize(self, *_: Any) -> None:
        """Remove what was built for the wheel."""
        if hasattr(self, "_made"):
            self._made.cleanup()
