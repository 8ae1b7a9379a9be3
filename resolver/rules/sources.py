"""Where rules come from: those that ship, a directory, or a checkout of Git; compiled once and kept."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from resolver.rules.compiled import FORMAT, CompiledRules, compiled, packed, unpacked
from resolver.rules.errors import RuleError
from resolver.rules.limits import DEEPEST_FOLDER, LARGEST_FILE_BYTES, MOST_BYTES, MOST_FILES
from resolver.rules.records import PlacedRule

SHIPPED = Path(__file__).parent / "shipped"
SHIPPED_NAME = "shipped with stackwright"
_SUFFIXES = (".yaml", ".yml")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LARGEST_REFERENCES = 1 << 20

Contents = list[tuple[str, bytes]]
"""Path as it is told, and content, sorted by path."""


def load(folder: Path, kept_in: Path | None, name: str | None = None) -> CompiledRules:
    """The rules of a directory and those below it, from what was kept of them where nothing has changed.

    Args:
        folder: of YAML files; those in hidden directories do not count, links are not followed.
        kept_in: the directory for what is kept; None to keep nothing.
        name: of the source; by default the folder, with the commit where it is a checkout.

    Raises:
        RuleError: a file cannot be read or understood, or there is none.
    """
    source = name or source_of(folder)
    paths = list(_paths(folder))
    place = None if kept_in is None else kept_in / f"{_state(paths)}.msgpack"
    found = None if place is None else _kept(place)
    if found is not None:
        return msgspec.structs.replace(found, source=source)
    contents = _contents(folder, paths)
    made = compiled(rules_of(contents), _digest(contents), source)
    if place is not None and _state(paths) == place.stem:
        _keep(made, place)
    return made


def source_of(folder: Path) -> str:
    """A directory in words: with the commit that is checked out, where Git says one."""
    commit = checked_out(folder)
    return f"{folder} at commit {commit[:12]}" if commit else str(folder)


def rules_of(contents: Contents) -> Iterator[PlacedRule]:
    """The rules of files."""
    from resolver.rules.reading import read_rules  # what was kept needs no YAML

    for path, data in contents:
        yield from read_rules(data, path)


def contents_of(folder: Path) -> Contents:
    """The files of rules in a directory and below it.

    Raises:
        RuleError: it is no directory, has none, or too many.
    """
    return _contents(folder, _paths(folder))


def _contents(folder: Path, paths: Iterable[Path]) -> Contents:
    found: Contents = []
    size = 0
    for path in paths:
        data = _read(path)
        size += len(data)
        if size > MOST_BYTES:
            raise RuleError(str(folder), f"its files of rules are larger than {MOST_BYTES:,} bytes")
        found.append((str(path.relative_to(folder) if folder == SHIPPED else path), data))
    return found


def _paths(folder: Path) -> Iterator[Path]:
    """The files of rules, some at least."""
    number = 0
    for number, path in enumerate(_files(folder), 1):
        if number > MOST_FILES:
            raise RuleError(str(folder), f"has more than {MOST_FILES:,} files of rules")
        yield path
    if not number:
        raise RuleError(str(folder), "has no file of rules", "name a directory with .yaml files")


def _state(paths: Iterable[Path]) -> str:
    """A digest of which files there are and when they were changed, without reading them.

    Whatever changes a file changes its ``ctime``, which no program can set.
    """
    hashed = hashlib.sha256(f"{FORMAT}".encode())
    for path in paths:
        try:
            found = path.stat()
        except OSError as error:
            raise RuleError(str(path), error.strerror or "cannot be read") from error
        told = (
            os.fspath(path.absolute()),
            path,
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
            found.st_ino,
        )
        hashed.update(repr(told).encode(errors="surrogateescape"))
    return hashed.hexdigest()


def _files(folder: Path, depth: int = 0) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except NotADirectoryError:
        raise RuleError(str(folder), "is no directory", "name a directory with .yaml files") from None
    except OSError as error:
        raise RuleError(str(folder), error.strerror or "cannot be read") from error
    for entry in listed:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth >= DEEPEST_FOLDER:
                raise RuleError(entry.path, f"is nested more than {DEEPEST_FOLDER} deep")
            yield from _files(Path(entry.path), depth + 1)
        elif entry.name.endswith(_SUFFIXES) and entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise RuleError(str(path), "is no file")
            data = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise RuleError(str(path), error.strerror or "cannot be read") from error
    return data


def _digest(contents: Sequence[tuple[str, bytes]]) -> str:
    hashed = hashlib.sha256(f"{FORMAT}".encode())
    for path, data in contents:
        for part in (os.fsencode(path), data):
            hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


def _kept(place: Path) -> CompiledRules | None:
    try:
        return unpacked(place.read_bytes())
    except OSError:
        return None


def _keep(rules: CompiledRules, place: Path) -> None:
    """Write it whole or not at all; where that cannot be, the next run compiles again."""
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(packed(rules))
        beside.replace(place)
    except OSError:
        with suppress(OSError):
            beside.unlink()


def checked_out(folder: Path) -> str | None:
    """The commit of a checkout of Git, read from its files; None where they do not say one plainly."""
    git = folder / ".git"
    head = _text(git / "HEAD").strip()
    if _COMMIT.fullmatch(head):
        return head
    reference = head.removeprefix("ref: ")
    if reference == head or not re.fullmatch(r"refs/[\w./-]+", reference) or ".." in reference:
        return None
    commit = _text(git / reference).strip()
    if not commit:
        packed_ones = (line.split() for line in _text(git / "packed-refs").splitlines())
        commit = next((words[0] for words in packed_ones if words[1:] == [reference]), "")
    return commit if _COMMIT.fullmatch(commit) else None


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_LARGEST_REFERENCES)
    except OSError:
        return ""
