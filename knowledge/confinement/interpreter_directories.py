"""Which directories an interpreter needs to run: its own, and those that links and ``pyvenv.cfg`` lead to."""

from __future__ import annotations

from pathlib import Path

_MOST_LINKS = 20
_EVERYWHERE = (Path("/"), Path("/usr"))
"""What is always readable."""


def interpreter_directories(python: Path) -> tuple[Path, ...]:
    """Sorted; without what is always readable.

    Args:
        python: path of a program.
    """
    found: set[Path] = set()
    at = python.absolute()
    for _ in range(_MOST_LINKS):
        if len(at.parents) > 1:
            found.add(at.parents[1])
            home = _home(at.parents[1] / "pyvenv.cfg")
            if home is not None:
                found.add(home.parent)
        if not at.is_symlink():
            break
        at = at.parent / at.readlink()
    found.add(python.resolve().parents[1])
    return tuple(sorted(found.difference(_EVERYWHERE)))


def _home(configuration: Path) -> Path | None:
    try:
        lines = configuration.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition("=")
        if name.strip() == "home" and value.strip():
            return Path(value.strip())
    return None
