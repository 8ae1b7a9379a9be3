"""What can keep a lockfile from being written."""

from __future__ import annotations

from pathlib import Path


class LockfileError(Exception):
    """A lockfile cannot be written from this advice."""


class HashesMissingError(LockfileError):
    """The index states no hash for a file that the format must identify by one."""

    def __init__(self, project: str, filename: str) -> None:
        super().__init__(f"the index states no hash for {filename} of {project}")
        self.project = project
        self.filename = filename
        self.add_note("write a file without hashes: --format requirements --no-hashes")


class OutputError(LockfileError):
    """The result cannot be written where the user wants it."""

    def __init__(self, path: Path, reason: str, option: str = "--output", remedy: str | None = None) -> None:
        super().__init__(f"{option} {path}: {reason}")
        self.path = path
        self.reason = reason
        self.add_note(remedy or "name a file in a directory that can be written")
