"""What can be wrong with a manifest: one tree; every problem has its place, reason and remedy."""

from __future__ import annotations

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.declared import Manifest

_TEXT_LIMIT_CHARACTERS = 200


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a manifest that is not accepted.

    Attributes:
        text: what is written there, at most its first characters, without credentials.
        remedy: what the user can do about it.
    """

    location: Location
    text: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        shown = f": {self.text[:_TEXT_LIMIT_CHARACTERS]!r}" if self.text else ""
        return f"{self.location}: {self.reason}{shown} ({self.remedy})"


class ManifestError(ValueError):
    """A manifest cannot be used."""

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.path, self.problems = path, problems


class UnreadableManifestError(ManifestError):
    """The file is missing, too large, or no text in an encoding that it may have."""

    def __init__(self, path: str, reason: str, remedy: str, *, line: int | None = None) -> None:
        location = Location(path=path, line=line)
        super().__init__(path, (Problem(location=location, text="", reason=reason, remedy=remedy),))


class UnknownFormatError(ManifestError):
    """Neither name nor content tells what kind of manifest it is."""

    def __init__(self, path: str, reason: str = "is no manifest or lockfile that is known here") -> None:
        remedy = "name a requirements file, pyproject.toml, Pipfile, script with metadata, or a lock"
        location = Location(path=path)
        super().__init__(path, (Problem(location=location, text="", reason=reason, remedy=remedy),))


class MalformedManifestError(ManifestError):
    """Parts of the manifest are not accepted.

    Attributes:
        readable: the rest, in which every problem is an unknown.
    """

    def __init__(self, path: str, problems: tuple[Problem, ...], readable: Manifest) -> None:
        super().__init__(path, problems)
        self.readable = readable
