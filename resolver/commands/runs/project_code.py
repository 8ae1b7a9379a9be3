"""The user's code as what imports a stack: its modules, its scripts and its console scripts."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from analyzers.directories import DirectoryReader
from analyzers.files import FileEntry, FileKind, FileReader, FileReaderError, joined, read_file
from analyzers.importing.simulation import script
from analyzers.source.reading.decoding import NotTextError, decoded
from analyzers.source.reading.notebooks import NotebookError, notebook
from analyzers.source.reading.roles import role
from analyzers.source.reading.source_roots import source_roots
from analyzers.source.records import Role
from knowledge.imports.stack_imports import ProjectCode

_LIMIT_BYTES = 8 << 20
_LIMIT_FILES = 20_000
_PASSED_OVER = frozenset(
    {b"build", b"dist", b"node_modules", b"venv", b"env", b"__pycache__", b"site-packages"}
)
_MANIFESTS = (b"pyproject.toml", b"setup.cfg")


def project_code(path: Path) -> ProjectCode:
    """Main code of a directory, or one file; tests, documentation and build files are left out.

    Modules of packages are imported; files beside packages, and notebooks, are run; then the console scripts.
    """
    if path.is_file():
        reader: FileReader = DirectoryReader(path.parent)
        return _code(reader, (b"",), [path.name.encode()], {})
    reader = DirectoryReader(path)
    found = list(_sources(reader))
    return _code(reader, code_directories(reader), found, _manifests(reader))


def code_directories(reader: FileReader) -> tuple[bytes, ...]:
    """Where modules of a project are found, relative to it; its own directory is the last."""
    present = {child.name for child in children_of(reader, b"") if child.kind is FileKind.DIRECTORY}
    stated = [root.encode() for root in source_roots(_manifests(reader))]
    roots = [root for root in (*stated, b"src") if root.partition(b"/")[0] in present]
    return tuple(dict.fromkeys((*roots, b"")))


def is_passed_over(name: bytes) -> bool:
    """Whether a directory of this name has what was built or installed, and no code of the project."""
    return name in _PASSED_OVER


def _manifests(reader: FileReader) -> Mapping[str, bytes]:
    return {name.decode(): content for name in _MANIFESTS if (content := content_of(reader, name))}


def _code(
    reader: FileReader, directories: tuple[bytes, ...], paths: list[bytes], manifests: Mapping[str, bytes]
) -> ProjectCode:
    modules: list[str] = []
    scripts: list[tuple[str, str]] = []
    told = hashlib.sha256(repr(directories).encode())
    packages = {path.rpartition(b"/")[0] for path in paths if path.endswith(b"/__init__.py")}
    for path in paths:
        content = content_of(reader, path)
        if content is None:
            continue
        told.update(path + b"\0" + hashlib.sha256(content).digest())
        if path.rpartition(b"/")[0] in packages:
            name = _module(path, directories)
            if name is not None:
                modules.append(name)
        elif (text := _text(path, content)) is not None:
            scripts.append((path.decode("utf-8", "backslashreplace"), text))
    scripts += _console_scripts(manifests)
    told.update(repr((modules, scripts)).encode())
    return ProjectCode(
        reader=reader,
        digest=told.hexdigest(),
        modules=tuple(modules),
        scripts=tuple(scripts),
        directories=directories,
    )


def _module(path: bytes, directories: tuple[bytes, ...]) -> str | None:
    """The dotted name under which a file of a package is imported; None for what is run by ``-m`` alone."""
    stem = path.removesuffix(b".py").removesuffix(b"/__init__")
    root = max((each for each in directories if not each or stem.startswith(each + b"/")), key=len)
    parts = stem[len(root) + 1 if root else 0 :].decode("utf-8", "replace").split("/")
    return ".".join(parts) if all(map(str.isidentifier, parts)) and parts[-1] != "__main__" else None


def _text(path: bytes, content: bytes) -> str | None:
    try:
        if path.endswith(b".ipynb"):
            return notebook(content, path.decode("utf-8", "replace")).text
        return decoded(content).text
    except (NotTextError, NotebookError):
        return None


def _console_scripts(manifests: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    try:
        document = tomllib.loads(manifests.get("pyproject.toml", b"").decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return
    project = document.get("project")
    for table in ("scripts", "gui-scripts"):
        stated = project.get(table) if isinstance(project, dict) else None
        for name, value in stated.items() if isinstance(stated, dict) else ():
            if isinstance(value, str) and all(
                part.isidentifier() for part in value.replace(":", ".").split(".")
            ):
                yield script(name, value)


def _sources(reader: FileReader) -> Iterator[bytes]:
    """Main code, in the order of its paths."""
    pending, seen = [b""], 0
    while pending and seen < _LIMIT_FILES:
        directory = pending.pop()
        children = children_of(reader, directory)
        is_packaged = any(child.name == b"__init__.py" for child in children)
        if any(child.name == b"pyvenv.cfg" for child in children):
            continue
        folders = [child.name for child in children if child.kind is FileKind.DIRECTORY]
        pending += [
            joined(directory, name)
            for name in sorted(folders, reverse=True)
            if not name.startswith(b".") and name not in _PASSED_OVER
        ]
        files = [child.name for child in children if child.kind is FileKind.FILE]
        for name in sorted(files):
            path = joined(directory, name)
            is_source = name.endswith((b".py", b".ipynb"))
            if is_source and role(path.decode("utf-8", "replace"), is_packaged=is_packaged) is Role.MAIN:
                seen += 1
                yield path


def children_of(reader: FileReader, directory: bytes) -> tuple[FileEntry, ...]:
    """What is in a directory; nothing for one that cannot be listed."""
    try:
        return reader.list(directory)
    except FileReaderError:
        return ()


def content_of(reader: FileReader, path: bytes, limit_bytes: int = _LIMIT_BYTES) -> bytes | None:
    """The content of a file; None for one that is too large or cannot be read."""
    try:
        return read_file(reader, path, limit_bytes)
    except FileReaderError:
        return None
