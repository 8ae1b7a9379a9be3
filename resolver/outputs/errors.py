"""What can keep a lockfile from being written."""

from __future__ import annotations


class LockfileError(Exception):
    """A lockfile cannot be written from this advice."""


class HashesMissingError(LockfileError):
    """The index states no hash for a file that the format must identify by one."""

    def __init__(self, project: str, filename: str) -> None:
        super().__init__(f"the index states no hash for {filename} of {project}")
        self.project = project
        self.filename = filename
        self.add_note("write a file without hashes: --format requirements --no-hashes")
