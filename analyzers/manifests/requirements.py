"""Requirements and constraints files of pip, with the files they include: text in, `Manifest` out.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/ and PEP 508.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

import msgspec

from analyzers.evidence import Location
from analyzers.files import FileReaderError
from analyzers.manifests.declared import MAIN, DeclaredKind, Format, Group, Index, IndexKind, Manifest
from analyzers.manifests.documents.decoding import decoded_source
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.errors import UnreadableManifestError
from analyzers.manifests.reading import ReadFile
from analyzers.manifests.references import is_url
from analyzers.manifests.requirement_lines import LogicalLine, logical_lines
from analyzers.manifests.requirement_options import (
    OF_A_REQUIREMENT,
    OptionError,
    is_hash,
    parse_options,
)

REQUIREMENTS_LIMIT_BYTES = 4 << 20
_DEPTH_LIMIT = 16
_FILES_LIMIT = 200
_INCLUDES = ("--requirement", "--constraint")
_INDEXES = {
    "--index-url": IndexKind.DEFAULT,
    "--extra-index-url": IndexKind.EXTRA,
    "--find-links": IndexKind.FIND_LINKS,
}
_FLAGS = {
    "--no-index": "no_index",
    "--pre": "pre",
    "--prefer-binary": "prefer_binary",
    "--require-hashes": "require_hashes",
}
_LISTS = {"--no-binary": "no_binary", "--only-binary": "only_binary", "--trusted-host": "trusted_hosts"}


def parse_requirements(
    data: bytes | str,
    path: str,
    *,
    read: ReadFile | None = None,
    environ: Mapping[str, str] | None = None,
    kind: DeclaredKind = DeclaredKind.REQUIREMENT,
) -> Manifest:
    """What a requirements file and all that it includes state, in the order of the lines.

    Args:
        data: the file.
        path: names it; included files are found relative to it.
        read: gives included files; without it they are refused.
        environ: for ``${NAME}``; without it variables stay as written.
        kind: CONSTRAINT for a constraints file.

    Raises:
        ManifestError: the file cannot be decoded, or lines are not accepted.
    """
    draft = Draft(path, Format.REQUIREMENTS)
    reading = RequirementsReading(draft, read, environ or {})
    reading.file(data, path, kind)
    return draft.finish()


class RequirementsReading(msgspec.Struct):
    """Reads requirements files, each once per kind, into a draft (which may be that of another format).

    Attributes:
        group: what the requirements are declared for.
    """

    draft: Draft
    read: ReadFile | None
    environ: Mapping[str, str]
    group: Group = MAIN
    _seen: set[tuple[str, DeclaredKind]] = msgspec.field(default_factory=set)
    _chain: list[str] = msgspec.field(default_factory=list)

    def file(self, data: bytes | str, path: str, kind: DeclaredKind) -> None:
        """Reads the lines of one file.

        Raises:
            UnreadableManifestError: it cannot be decoded.
        """
        self._seen.add((path, kind))
        text = data if isinstance(data, str) else decoded_source(data, path, REQUIREMENTS_LIMIT_BYTES)
        self._chain.append(path)
        for line in logical_lines(text.removeprefix("\ufeff"), path, self.environ):
            if self.draft.full:
                break
            for name in line.unset:
                self.draft.unknown(f"${{{name}}}", line.location, "the environment variable is not set")
            self._line(line, kind)
        self._chain.pop()

    def include(self, written: str, including: Location, kind: DeclaredKind) -> None:
        """Reads a file that another one names."""
        problem = self.draft.problem
        if "\0" in written:
            problem(including, written, "no valid path", "correct the path")
            return
        if is_url(written):
            problem(including, written, "a file at a URL is not fetched", "save it beside this file")
            return
        path = posixpath.normpath(posixpath.join(posixpath.dirname(including.path), written))
        if path in self._chain:
            problem(including, written, "the files include one another in a circle", "remove a line")
        elif (path, kind) in self._seen:
            return
        elif len(self._chain) >= _DEPTH_LIMIT or len(self._seen) >= _FILES_LIMIT:
            problem(including, written, "too many files include one another", "put the lines into one file")
        elif self.read is None:
            problem(including, written, "an included file cannot be read from here", "give that file, too")
        else:
            try:
                self.file(self.read(path), path, kind)
            except (FileReaderError, OSError) as error:
                reason = error.reason if isinstance(error, FileReaderError) else error.strerror
                problem(including, written, f"cannot be read: {reason}", "correct the path")
            except UnreadableManifestError as error:
                self.draft.problems.extend(error.problems)

    def _line(self, line: LogicalLine, kind: DeclaredKind) -> None:
        text, option_text, editable = line.split()
        try:
            options = list(parse_options(option_text))
        except OptionError as error:
            self.draft.problem(line.location, line.content, str(error), "write it as pip reads it")
            return
        if text or editable:
            self._requirement(line, text, options, kind, editable=editable)
        elif sum(name in _INCLUDES for name, _ in options) > 1:
            self.draft.problem(line.location, line.content, "several files on a line", "write one a line")
        else:
            for name, value in options:
                self._option(name, value, line.location, kind)

    def _requirement(
        self,
        line: LogicalLine,
        text: str,
        options: list[tuple[str, str]],
        kind: DeclaredKind,
        *,
        editable: bool,
    ) -> None:
        if foreign := [name for name, _ in options if name not in OF_A_REQUIREMENT]:
            reason = f"the option {foreign[0]} cannot stand behind a requirement"
            self.draft.problem(line.location, line.content, reason, "write it on a line of its own")
            return
        hashes = [value for name, value in options if name == "--hash"]
        if bad := [value for value in hashes if not is_hash(value)]:
            reason = "no valid hash: sha256, sha384 or sha512, a colon and hexadecimal digits are expected"
            self.draft.problem(line.location, bad[0], reason, "correct the hash")
            return
        if editable and not is_url(text) and not text.startswith((".", "/", "~")) and "@" not in text:
            text = f"./{text}"  # what follows -e is a path even where it looks like a name
        manner = Manner(
            group=self.group,
            kind=kind,
            hashes=tuple(value.lower() for value in hashes),
            editable=editable,
            settings=tuple(value for name, value in options if name == "--config-settings"),
        )
        self.draft.require(text, line.location, manner)

    def _option(self, name: str, value: str, location: Location, kind: DeclaredKind) -> None:
        if name in _INCLUDES:
            self.include(value, location, DeclaredKind.CONSTRAINT if name == "--constraint" else kind)
        elif name in _INDEXES:
            self.draft.indexes.append(Index(url=value, location=location, kind=_INDEXES[name]))
        elif name in _FLAGS:
            self.draft.options = msgspec.structs.replace(self.draft.options, **{_FLAGS[name]: True})
        elif name in _LISTS:
            before: tuple[str, ...] = getattr(self.draft.options, _LISTS[name])
            more = (value,) if name == "--trusted-host" else tuple(filter(None, value.split(",")))
            self.draft.options = msgspec.structs.replace(self.draft.options, **{_LISTS[name]: before + more})
        elif name in OF_A_REQUIREMENT:
            reason = f"the option {name} stands without a requirement"
            self.draft.problem(location, value, reason, "write it behind one")
        # --use-feature tunes pip itself and says nothing about what is required
