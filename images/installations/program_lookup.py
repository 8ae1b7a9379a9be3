"""Which Python a command of an image runs: PATH, links, environments, pyenv's shims, scripts' first lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.files import FileReaderError, joined, read_file
from images.installations.variables import DEFAULT_PATH, ProcessVariables
from images.roots.following import FollowingFiles

LIMIT_SCRIPT_BYTES = 4096
_PYTHON_NAME = re.compile(r"(?:python|pypy)(?:[0-9](?:\.[0-9]{1,2})?)?t?")


class ProgramLookup:
    """Commands of one image."""

    def __init__(self, files: FollowingFiles, variables: ProcessVariables) -> None:
        self._files, self._variables = files, variables
        self._path = tuple(variables.paths("PATH", DEFAULT_PATH))

    def program(self, word: str) -> bytes | None:
        """The file that a command names: itself, maybe a link; None where it names none."""
        name = word.encode("utf-8", "backslashreplace")
        if b"\0" in name or not name:
            return None
        if b"/" in name:
            path = self._variables.absolute(name)
            return self._standing(path)
        for directory in self._path:
            if (found := self._standing(joined(directory, name))) is not None:
                return found
        return None

    def default(self) -> tuple[str, bytes] | None:
        """``python3`` or ``python`` of the directory that comes first on PATH, and which of them it is.

        Of two in one directory ``python3`` counts, for ``python`` may be Python 2.
        """
        for directory in self._path:
            for name in ("python3", "python"):
                found = self._standing(joined(directory, name.encode()))
                if found is not None:
                    return name, found
        return None

    def versioned(self) -> Iterator[tuple[str, bytes]]:
        """Programs on PATH that are named for a version, such as ``python3.11``, the latest first."""
        for directory in dict.fromkeys(self._path):
            try:
                names = [child.name.decode("ascii", "replace") for child in self._files.list(directory)]
            except FileReaderError:
                continue
            fitting = [name for name in names if _PYTHON_NAME.fullmatch(name) and "." in name]
            for name in sorted(fitting, key=_version_key, reverse=True):
                found = self._standing(joined(directory, name.encode()))
                if found is not None:
                    yield name, found

    def environment(self, program: bytes, prefixes: frozenset[bytes]) -> bytes | None:
        """The environment that a program runs in: that of its own path, not of what it links to.

        Source: CPython, ``Modules/getpath.py``; PEP 405.
        """
        folder = program.rpartition(b"/")[0]
        for prefix in (folder, folder.rpartition(b"/")[0]):
            if prefix in prefixes:
                return prefix
        return None

    def shebang(self, program: bytes) -> list[str]:
        """The words of a script's first line; none for what is no script."""
        try:
            content = read_file(self._files, program, LIMIT_SCRIPT_BYTES)
        except FileReaderError:
            return []
        if not content.startswith(b"#!"):
            return []
        lines = content.split(b"\n", 3)
        words = lines[0][2:].decode("utf-8", "surrogateescape").split()
        if words and words[0].endswith("/env"):
            return [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        if words[:1] == ["/bin/sh"] and len(lines) > 1 and lines[1].startswith(b"'''exec'"):
            # Paths too long for a first line, as pip and uv write them.
            return [word.strip("\"'") for word in lines[1].decode("utf-8", "surrogateescape").split()[1:2]]
        return words

    def pyenv(self, program: bytes) -> bytes | None:
        """The interpreter that a shim of pyenv runs: by PYENV_VERSION, ``.python-version`` or ``version``."""
        folder, _, name = program.rpartition(b"/")
        root, _, last = folder.rpartition(b"/")
        if last != b"shims" or self._files.directory(joined(root, b"versions")) is None:
            return None
        for version in self._pyenv_versions(root):
            chosen = self._pyenv_prefix(joined(root, b"versions"), version)
            if (found := self._standing(joined(joined(chosen, b"bin"), name))) is not None:
                return found
        return None

    def _pyenv_versions(self, root: bytes) -> Iterator[str]:
        if stated := self._variables.environ.get("PYENV_VERSION"):
            yield from stated.split(":")
            return
        for path in (joined(self._variables.directory, b".python-version"), joined(root, b"version")):
            try:
                text = read_file(self._files, path, LIMIT_SCRIPT_BYTES).decode("utf-8", "surrogateescape")
            except FileReaderError:
                continue
            words = [word for word in text.split() if "/" not in word and "\0" not in word]
            if words:
                yield from words
                return

    def _pyenv_prefix(self, versions: bytes, version: str) -> bytes:
        """The directory of a version; of one such as ``3.11`` that of its latest release."""
        name = version.encode("utf-8", "backslashreplace")
        if self._files.directory(joined(versions, name)) is None:
            series = [
                child.name for child in self._files.list(versions) if child.name.startswith(name + b".")
            ]
            name = max(series, key=lambda one: _version_key(one.decode("ascii", "replace")), default=name)
        return joined(versions, name)

    def _standing(self, path: bytes) -> bytes | None:
        """A program's path with its directories followed, its own link not; None where nothing is run."""
        above, _, name = path.rpartition(b"/")
        if name in (b"", b".", b"..") or b"\0" in path:
            return None
        directory = self._files.directory(above)
        if directory is None:
            return None
        below = joined(directory, name)
        real = self._files.file(below)
        if real is None or not self._files.stat(real).mode & 0o111:
            return None
        return below


def _version_key(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", name))
