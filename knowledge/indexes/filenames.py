"""Names of distribution files, parsed cheaply: a project page can hold ten thousand of them.

Names enter with the project that the page is for; versions and tags leave. A reader memoises what repeats
(name with version, tags), so that most names cost one split and two look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from packaging.version import InvalidVersion, Version

_SEPARATORS = re.compile(r"[-_.]+")
_TAGS = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*-[a-z0-9_.]+-[a-z0-9_.]+", re.ASCII)
_LABEL = re.compile(r"[0-9a-z_.]+", re.ASCII)
_ESCAPED_NAME = re.compile(r"[a-zA-Z0-9_.]+", re.ASCII)
_LONGEST_NAME = 512
_DOCUMENT = "-variants.json"


def normalized(name: str) -> str:
    """A project name as indexes look it up. Source: PEP 503."""
    return _SEPARATORS.sub("-", name).lower()


def split_label(filename: str) -> tuple[str, str]:
    """A wheel's name without the label of its variant, and that label; empty where it has none.

    Source: PEP 825, "Variant label": the build number, which may stand before the tags, begins with a digit,
    and the tag of the Python never does.
    """
    parts = filename[:-4].split("-")
    has_build = len(parts) > 5 and parts[2][:1].isdigit()
    labelled = len(parts) == (7 if has_build else 6)
    if filename[-4:] != ".whl" or not labelled or not _LABEL.fullmatch(parts[-1]):
        return filename, ""
    return f"{'-'.join(parts[:-1])}.whl", parts[-1]


def is_variants_document(filename: str) -> bool:
    """Whether a name may be that of an index's file about the variants of a release."""
    return filename.endswith(_DOCUMENT) and len(filename) <= 2 * _LONGEST_NAME


def document_name(filename: str) -> str | None:
    """The name and version, with a hyphen between them, that such a file is about; None for another name."""
    return filename[: -len(_DOCUMENT)] if is_variants_document(filename) else None


class FilenameReader:
    """Parses the file names of one project.

    Attributes:
        versions: the distinct versions that were read; of spellings that differ only in trailing zeros the
            longest. What `read` returns is a position in it.

    Source: the specifications "Binary distribution format" and "Source distribution file name"; sdists of
    before PEP 625, with hyphens in their name or version, are accepted where the project's name settles how
    they split.
    """

    def __init__(self, project: str) -> None:
        self.versions: list[Version] = []
        self._project = project
        self._positions: dict[Version, int] = {}
        self._fronts: dict[str, int | None] = {}
        self._tags: dict[str, str | None] = {}

    def read(self, filename: str) -> tuple[int, str] | None:
        """Position of the version, and tags (empty for an sdist); None where the name is not valid here."""
        if filename[-4:] == ".whl":
            front = filename.rsplit("-", 3)[0]
            rest = filename[len(front) :]
            tags = self._tags[rest] if rest in self._tags else self._checked_tags(rest)
            if tags is None:
                return None
            position = (
                self._fronts[front] if front in self._fronts else self._front(front, self._wheel_version)
            )
            return None if position is None else (position, tags)
        if filename.endswith(".tar.gz"):
            position = self._front(filename[:-7], self._sdist_version)
        elif filename.endswith(".zip"):
            position = self._front(filename[:-4], self._sdist_version)
        else:
            return None
        return None if position is None else (position, "")

    def read_each(self, filenames: Iterable[str]) -> list[tuple[int, str] | None]:
        """What `read` gives for each name; quicker where the wheels of a release follow one another."""
        found: list[tuple[int, str] | None] = []
        tags_of, keep = self._tags, found.append
        front, length, position = "\0", 1, 0
        for filename in filenames:
            if filename.startswith(front) and (tags := tags_of.get(filename[length:])):
                keep((position, tags))
                continue
            parsed = self.read(filename)
            keep(parsed)
            if parsed is not None and parsed[1]:
                front, position = filename.rsplit("-", 3)[0], parsed[0]
                length = len(front)
        return found

    def _front(self, front: str, version_text: Callable[[str], str | None]) -> int | None:
        if front not in self._fronts:
            text = version_text(front) if len(front) <= _LONGEST_NAME else None
            self._fronts[front] = None if text is None else self._position(text)
        return self._fronts[front]

    def _wheel_version(self, front: str) -> str | None:
        name, _, rest = front.partition("-")
        text, hyphen, build = rest.partition("-")
        if hyphen and (not build[:1].isdigit() or "-" in build):
            return None
        if "__" in name or not _ESCAPED_NAME.fullmatch(name):
            return None
        return text if normalized(name) == self._project else None

    def _sdist_version(self, stem: str) -> str | None:
        end = stem.rfind("-")
        while end > 0:
            if normalized(stem[:end]) == self._project:
                return stem[end + 1 :]
            end = stem.rfind("-", 0, end)
        return None

    def _position(self, text: str) -> int | None:
        try:
            version = Version(text)
        except InvalidVersion:
            return None
        except ValueError:  # more digits than int() converts
            return None
        position = self._positions.setdefault(version, len(self.versions))
        if position == len(self.versions):
            self.versions.append(version)
        elif len(version.release) > len(self.versions[position].release):
            self.versions[position] = version
        return position

    def _checked_tags(self, rest: str) -> str | None:
        """The tags in what follows name and version, such as ``-py3-none-any.whl``."""
        lowered = rest[1:-4].lower()
        valid = len(rest) <= _LONGEST_NAME and _TAGS.fullmatch(lowered)
        tags = self._tags[rest] = lowered if valid else None
        return tags
