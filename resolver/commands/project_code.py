"""The user's code as what imports a stack: its modules and scripts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from analyzers.directories import DirectoryReader
from analyzers.files import FileKind, FileReader, FileReaderError, joined, read_file
from analyzers.source.reading.decoding import NotTextError, decoded
from knowledge.stack_imports import ProjectCode

_LIMIT_BYTES = 8 << 20
_LIMIT_FILES = 20_000
_PASSED_OVER = frozenset(
    {
        b"tests",
        b"test",
        b"docs",
        b"doc",
        b"examples",
        b"benchmarks",
        b"build",
        b"dist",
        b"node_modules",
        b"venv",
    }
)
_NOT_RUN = frozenset({b"setup.py", b"conftest.py", b"noxfile.py", b"fabfile.py", b"tasks.py"})


def project_code(path: Path) -> ProjectCode:
    """The modules of a directory and the scripts at its root, or one file."""
    if path.is_file():
        reader: FileReader = DirectoryReader(path.parent)
        names = [path.name.encode()]
        directories: tuple[bytes, ...] = ()
    else:
        reader = DirectoryReader(path)
        children = {child.name for child in reader.list(b"") if child.kind is FileKind.DIRECTORY}
        directories = (b"src", b"") if b"src" in children else (b"",)
        names = []
    modules: list[str] = []
    scripts: list[tuple[str, str]] = []
    told = hashlib.sha256()
    if directories:
        for directory in directories:
            modules += _packages(reader, directory)
            names += [
                joined(directory, child.name)
                for child in reader.list(directory)
                if child.kind is FileKind.FILE and child.name.endswith(b".py") and child.name not in _NOT_RUN
            ]
    for name in names:
        try:
            content = read_file(reader, name, _LIMIT_BYTES)
            scripts.append((name.decode("utf-8", "backslashreplace"), decoded(content).text))
        except (FileReaderError, NotTextError):
            continue
    for each in _all_sources(reader, directories):
        told.update(each)
    told.update(repr((modules, scripts)).encode())
    return ProjectCode(
        reader=reader,
        digest=told.hexdigest(),
        modules=tuple(modules),
        scripts=tuple(scripts),
        directories=directories,
    )


def _packages(reader: FileReader, directory: bytes) -> list[str]:
    """Every module of the packages in a directory, by dotted name."""
    found: list[str] = []
    for child in reader.list(directory):
        if child.kind is not FileKind.DIRECTORY or child.name in _PASSED_OVER or child.name.startswith(b"."):
            continue
        inner = joined(directory, child.name)
        names = {each.name for each in reader.list(inner)}
        if b"__init__.py" in names:
            found += _modules(reader, inner, child.name.decode("utf-8", "replace"))
    return found[:_LIMIT_FILES]


def _modules(reader: FileReader, directory: bytes, package: str) -> Iterator[str]:
    if not package.rpartition(".")[2].isidentifier():
        return
    yield package
    for child in reader.list(directory):
        stem = child.name.removesuffix(b".py").decode("utf-8", "replace")
        if child.kind is FileKind.DIRECTORY and child.name not in _PASSED_OVER:
            inner = joined(directory, child.name)
            if any(each.name == b"__init__.py" for each in reader.list(inner)):
                yield from _modules(reader, inner, f"{package}.{stem}")
        elif child.name.endswith(b".py") and stem.isidentifier() and stem not in ("__init__", "__main__"):
            yield f"{package}.{stem}"


def _all_sources(reader: FileReader, directories: tuple[bytes, ...]) -> Iterator[bytes]:
    """The content of every module, for the digest."""
    pending = list(directories)
    seen = 0
    while pending and seen < _LIMIT_FILES:
        directory = pending.pop()
        for child in reader.list(directory):
            path = joined(directory, child.name)
            if (
                child.kind is FileKind.DIRECTORY
                and not child.name.startswith(b".")
                and child.name not in _PASSED_OVER
            ):
                pending.append(path)
            elif child.kind is FileKind.FILE and child.name.endswith(b".py"):
                seen += 1
                try:
                    yield path + b"\0" + read_file(reader, path, _LIMIT_BYTES)
                except FileReaderError:
                    yield path
