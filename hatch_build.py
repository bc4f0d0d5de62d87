"""Compiles the rules when a wheel is made."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledRules(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the pack of the built-in rules to the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # the rules are being worked on: they are compiled when they are asked for
        root = Path(self.root)
        sys.path.insert(0, str(root))
        try:
            from cleanpage.rules.ruleset import BUILTIN_PACK, compile_builtin
        finally:
            sys.path.remove(str(root))
        self._folder = TemporaryDirectory()
        pack = Path(self._folder.name) / BUILTIN_PACK
        pack.write_bytes(compile_builtin(root / "rules"))
        build_data["force_include"][str(pack)] = f"cleanpage/_rules/{BUILTIN_PACK}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._folder.cleanup()
