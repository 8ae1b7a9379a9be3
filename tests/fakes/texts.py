"""Files in memory, for what reads them by path."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzers.files import FileMissingError


@dataclass
class Texts:
    """Callable like a `ReadFile`; remembers what was asked for."""

    files: dict[str, str | bytes]
    asked: list[str] = field(default_factory=list)

    def __call__(self, path: str) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise FileMissingError(path.encode("utf-8", "backslashreplace"))
        content = self.files[path]
        return content if isinstance(content, bytes) else content.encode()
