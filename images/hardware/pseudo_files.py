"""The small files in which a kernel tells of the hardware, of this machine or of a recorded one."""

from __future__ import annotations

from pathlib import Path

_LIMIT_BYTES = 1 << 20
_LIMIT_ENTRIES = 4096


class PseudoFiles:
    """Reads below ``proc``, ``sys``, ``dev`` and the like; what is missing or refused is None or nothing."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def text(self, path: str, limit_bytes: int = _LIMIT_BYTES) -> str | None:
        """The content of a file, as far as the limit."""
        try:
            with (self._root / path).open("rb") as file:
                return file.read(limit_bytes).decode("utf-8", "replace")
        except OSError:
            return None

    def word(self, path: str) -> str:
        """The content of a file that holds one value; empty where there is none."""
        return (self.text(path, 4096) or "").strip()

    def names(self, directory: str) -> list[str] | None:
        """What is in a directory, sorted; None where it cannot be read."""
        try:
            return sorted(entry.name for entry in (self._root / directory).iterdir())[:_LIMIT_ENTRIES]
        except OSError:
            return None

    def exists(self, path: str) -> bool:
        """Whether there is anything."""
        try:
            return (self._root / path).exists()
        except OSError:
            return False
