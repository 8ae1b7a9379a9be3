"""Writes docs/reference/rooms.md: every folder of the code with what its package says of itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parent / "reference" / "rooms.md"
_LAYERS = ("resolver", "knowledge", "images", "topics", "analyzers")
_HEAD = """\
# The folders of the code

Every package with the first line of what it says of itself, from the top layer down; `make references`
writes this page.
What the layers may know of each other stands in [Architecture](../concepts/architecture.md).
"""


def document() -> str:
    """The page."""
    return "\n".join([_HEAD, *(line for layer in _LAYERS for line in _section(layer))]).rstrip() + "\n"


def _section(layer: str) -> Iterator[str]:
    root = Path(__file__).parents[1]
    yield f"## {layer}\n\n{_said(root / layer / '__init__.py')}\n\n| folder | what is in it |\n|---|---|"
    for path in sorted((root / layer).rglob("*/__init__.py")):
        folder = path.parent.relative_to(root).as_posix()
        yield f"| `{folder}/` | {_said(path)} |"
    yield ""


def _said(path: Path) -> str:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return said.partition("\n")[0].replace("``", "`").replace("|", "\\|")


def main() -> None:
    """Write the page."""
    PAGE.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"Wrote {PAGE}\n")


if __name__ == "__main__":
    main()
