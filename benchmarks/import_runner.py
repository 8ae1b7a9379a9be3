"""Runs import statements one after the other in one namespace, and writes which of them fail."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(blocks: str, report: str) -> None:
    """Write module and error of each statement that fails, after each, for one may end the interpreter."""
    statements = json.loads(Path(blocks).read_text(encoding="utf-8"))
    failed: list[tuple[str, str]] = []
    namespace: dict[str, object] = {"__name__": "snippet", "sys": sys}
    for module, text in statements:
        _write(report, [*failed, (module, "the interpreter ended")])
        try:
            exec(compile(text, "snippet.py", "exec"), namespace)
        except BaseException as error:
            failed.append((module, f"{type(error).__name__}: {error}"))
    _write(report, failed)


def _write(report: str, failed: list[tuple[str, str]]) -> None:
    Path(report).write_text(json.dumps(failed), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
