"""What can go wrong between a question and a fact about a release: one tree, fields first, remedies as notes.

The message names the input, the place and the reason; what a user can do about it is an exception note. URLs
in these errors never hold credentials.
"""

from __future__ import annotations

from pathlib import Path


class KnowledgeError(Exception):
    """A fact could not be had."""


class ConfigurationError(KnowledgeError):
    """The user's settings cannot be used: `setting` says which, `place` where it was read."""

    def __init__(self, setting: str, place: str, reason: str) -> None:
        super().__init__(f"{setting} from {place}: {reason}")
        self.setting = setting
        self.place = place
        self.reason = reason


class OfflineError(KnowledgeError):
    """Something is not in the store, and requests are forbidden."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not in the store, and --offline forbids asking the index")
        self.what = what
        self.add_note("run once without --offline while the index can be reached")


class TransportError(KnowledgeError):
    """A request came to nothing, after so many `attempts`."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.attempts = 1

    def __str__(self) -> str:
        tried = f" ({self.attempts} attempts)" if self.attempts > 1 else ""
        return f"{self.url}: {self.reason}{tried}"


class IndexUnreachableError(TransportError):
    """No answer: name resolution, connection or time limit, after every retry."""


class TlsError(TransportError):
    """The server could not prove who it is."""


class IndexStatusError(TransportError):
    """An answer with a status that is no success; `status` says which."""

    def __init__(self, url: str, status: int, reason: str = "") -> None:
        super().__init__(url, f"HTTP status {status}" + (f" ({reason})" if reason else ""))
        self.status = status


class RedirectError(TransportError):
    """A redirect that is not followed: too many of them, from https to http, or to no web address."""


class CorruptResponseError(TransportError):
    """An answer that is not what was asked for: truncated, too large, malformed, or of a false range."""


class RangesUnsupportedError(TransportError):
    """The server sends whole files only, and this one is too large to read whole."""


class ArtifactError(KnowledgeError):
    """A file's metadata cannot be used; `filename` says which file."""

    def __init__(self, filename: str, url: str, reason: str) -> None:
        super().__init__(f"{filename} ({url}): {reason}")
        self.filename = filename
        self.url = url
        self.reason = reason


class MetadataUnavailableError(ArtifactError):
    """The file exists but does not say what it requires without being built or downloaded."""


class HashMismatchError(ArtifactError):
    """What was served has another hash than the index promised."""


class InvalidMetadataError(ArtifactError):
    """The metadata cannot be read, or is of another project or version than the file's name says."""


class StoreError(KnowledgeError):
    """The store cannot be used; `location` holds no credentials."""

    def __init__(self, location: str, reason: str) -> None:
        super().__init__(f"store {location}: {reason}")
        self.location = location
        self.reason = reason


class StoreDamagedError(StoreError):
    """The store is no database, or its pages or records cannot be read."""


class StoreNewerError(StoreError):
    """A later release of this program made the store."""


class BenchmarkError(KnowledgeError):
    """A file of benchmarks cannot be used: where its first fault stands, and what it is."""

    def __init__(self, where: str, reason: str, remedy: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason
        self.add_note(remedy)


class MeasuringError(KnowledgeError):
    """Something cannot be measured: what, and why."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what, self.reason = what, reason


class AdvisoriesError(KnowledgeError):
    """A file of advisories cannot be read at all."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.add_note(remedy)


class PackError(KnowledgeError):
    """A pack of observations cannot be used."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason
        self.add_note(remedy)
