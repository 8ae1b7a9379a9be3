"""What git would not track: ``.gitignore`` files of a tree, asked directory by directory.

Whoever walks the tree goes down with the rules and does not enter what is ignored: below an ignored
directory nothing can be wanted again, as in git. The user's own ``core.excludesFile`` is none of the tree's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from analyzers.files import FileMissingError, FileReader, FileReaderError, WrongKindError, joined, read_file
from analyzers.source.reading.globs import IgnorePattern, ignore_pattern

GITIGNORE = b".gitignore"
_EXCLUDE = b".git/info/exclude"
_LIMIT_BYTES = 1 << 20
_LIMIT_LINES = 5000
_LIMIT_LINE_BYTES = 4096
_UTF8_MARK = b"\xef\xbb\xbf"


class _Level:
    """The patterns of one file, counted from the directory it stands in.

    Args:
        directory: that it stands in.
        patterns: in their order.
        lead: from the directory down to the root of the tree, where it stands above the root.
    """

    def __init__(self, directory: bytes, patterns: Iterable[IgnorePattern], lead: bytes = b"") -> None:
        self._skip = len(directory) + 1 if directory else 0
        self._lead = lead + b"/" if lead else b""
        numbered = list(enumerate(patterns))[::-1]
        self._named = [(number, pattern) for number, pattern in numbered if pattern.by_name]
        self._placed = [(number, pattern) for number, pattern in numbered if not pattern.by_name]
        # Most names of a tree are the same few: __init__.py, const.py, tests.
        self._seen: dict[tuple[bytes, bool], tuple[int, bool]] = {}

    def verdict(self, path: bytes, name: bytes, is_directory: bool) -> bool | None:
        """Whether the last pattern that matches ignores the path; None where none matches."""
        key = (name, is_directory)
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = _last(self._named, name, is_directory)
        if self._placed:
            found = max(found, _last(self._placed, self._lead + path[self._skip :], is_directory))
        return found[1] if found[0] >= 0 else None


def _last(patterns: list[tuple[int, IgnorePattern]], text: bytes, is_directory: bool) -> tuple[int, bool]:
    for number, pattern in patterns:
        if (is_directory or not pattern.directory_only) and pattern.matches(text):
            return number, not pattern.is_negated
    return -1, False


class IgnoreRules:
    """The rules that hold in one directory, the nearest first."""

    def __init__(self, levels: tuple[_Level, ...] = ()) -> None:
        self._levels = levels

    def ignores(self, path: bytes, name: bytes, *, is_directory: bool) -> bool:
        """Whether a child of the directory is ignored.

        Args:
            path: from the root of the tree.
            name: its last component.
            is_directory: a link to a directory is none.
        """
        for level in self._levels:
            verdict = level.verdict(path, name, is_directory)
            if verdict is not None:
                return verdict
        return False

    def below(self, directory: bytes, content: bytes, lead: bytes = b"") -> IgnoreRules:
        """With those of a ``.gitignore`` file in a directory, which come before all others.

        Args:
            directory: that has the file.
            content: of the file.
            lead: the path from there to the root of the tree, for a directory above the root.
        """
        patterns = _patterns(content)
        return IgnoreRules((_Level(directory, patterns, lead), *self._levels)) if patterns else self


NO_RULES = IgnoreRules()


def ignore_rules(
    reader: FileReader,
    directory: bytes,
    rules: IgnoreRules,
    on_error: Callable[[FileReaderError], None],
) -> IgnoreRules:
    """The rules inside of a directory that has a ``.gitignore`` file, given those outside.

    Args:
        reader: the tree.
        directory: that has the file; a link of this name counts for nothing, as in git.
        rules: of the directory above.
        on_error: told of a file that cannot be read, or is too large to be one.
    """
    return _read(reader, directory, joined(directory, GITIGNORE), rules, on_error)


def excluded_by_repository(
    reader: FileReader, on_error: Callable[[FileReaderError], None], rules: IgnoreRules = NO_RULES
) -> IgnoreRules:
    """With those of ``.git/info/exclude``, where the tree is the root of a repository and has one."""
    return _read(reader, b"", _EXCLUDE, rules, on_error)


def rules_above(
    repository: FileReader, root: bytes, on_error: Callable[[FileReaderError], None]
) -> IgnoreRules:
    """What the files above a part of a repository say of it; the part itself is not ignored.

    Args:
        repository: all of it.
        root: the part, by its path in the repository.
        on_error: told of files that cannot be read.
    """
    rules = NO_RULES
    parts = root.split(b"/")
    files = [(b"/".join((*parts[:at], GITIGNORE)), b"/".join(parts[at:])) for at in range(len(parts))]
    for path, lead in [(_EXCLUDE, root), *files]:
        try:
            rules = rules.below(b"", read_file(repository, path, _LIMIT_BYTES), lead)
        except (FileMissingError, WrongKindError):
            continue
        except FileReaderError as error:
            on_error(error)
    return rules


def _read(
    reader: FileReader,
    directory: bytes,
    path: bytes,
    rules: IgnoreRules,
    on_error: Callable[[FileReaderError], None],
) -> IgnoreRules:
    try:
        return rules.below(directory, read_file(reader, path, _LIMIT_BYTES))
    except (FileMissingError, WrongKindError):
        return rules
    except FileReaderError as error:
        on_error(error)
        return rules


def patterns_of(lines: Iterable[bytes]) -> IgnoreRules:
    """Rules that a user gives, counted from the root."""
    patterns = [found for line in lines if (found := ignore_pattern(line[:_LIMIT_LINE_BYTES]))]
    return IgnoreRules((_Level(b"", patterns),)) if patterns else IgnoreRules()


def _patterns(content: bytes) -> list[IgnorePattern]:
    lines = content.removeprefix(_UTF8_MARK).split(b"\n", _LIMIT_LINES)[:_LIMIT_LINES]
    patterns = (ignore_pattern(line.removesuffix(b"\r")) for line in lines if len(line) <= _LIMIT_LINE_BYTES)
    return [pattern for pattern in patterns if pattern]
