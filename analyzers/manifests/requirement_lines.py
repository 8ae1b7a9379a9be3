"""Lines of a requirements file as pip reads them: continued, without comments, variables replaced, split.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from analyzers.evidence import Location

_COMMENT = re.compile(r"(?:^|\s)#.*$", re.DOTALL)
_COMMENT_LINE = re.compile(r"\s*#")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_OPTION = re.compile(r"(?:^|\s)--?(?=[A-Za-z])")
_EDITABLE = re.compile(r"(?:-e\s*|--editable(?:=|\s+))(?=[^\s=])")


class LogicalLine(msgspec.Struct, frozen=True):
    """A line with its continuations joined.

    Attributes:
        content: without comment and outer blanks, variables replaced; never empty.
        location: where the content starts.
        unset: the variables that the environment does not have; they stay as written.
    """

    content: str
    location: Location
    unset: tuple[str, ...] = ()

    def split(self) -> tuple[str, str, bool]:
        """The requirement, the options behind it (either may be empty), and whether ``-e`` stands before it.

        What ``-e`` marks may have extras and a marker, as uv reads it.
        """
        editable = _EDITABLE.match(self.content)
        start = editable.end() if editable else 0
        option = _OPTION.search(self.content, start)
        end = option.start() if option else len(self.content)
        text = self.content[start:end].strip()
        if editable and text[0] in "\"'" and text[-1] == text[0]:
            text = text[1:-1].strip()
        return text, self.content[end:].strip(), editable is not None


def logical_lines(text: str, path: str, environ: Mapping[str, str]) -> Iterator[LogicalLine]:
    """The lines of a file that say something.

    Args:
        text: the decoded file.
        path: names it in locations.
        environ: what ``${NAME}`` is replaced from; only upper-case names, and only values that are not empty.
    """
    for joined, starts in _joined_lines(text):
        bare = _COMMENT.sub("", joined)
        content = bare.strip()
        if not content:
            continue
        offset = len(bare) - len(bare.lstrip())
        number, start = next((number, start) for number, start in reversed(starts) if start <= offset)
        unset = tuple(name for name in _VARIABLE.findall(content) if not environ.get(name))
        yield LogicalLine(
            _VARIABLE.sub(lambda found: environ.get(found[1]) or found[0], content),
            Location(path=path, line=number, column=offset - start + 1),
            unset,
        )


def _joined_lines(text: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Joined text, and for each of its physical lines the number and the offset where it starts."""
    parts: list[str] = []
    starts: list[tuple[int, int]] = []
    length = 0
    for number, line in enumerate(text.splitlines(), 1):
        starts.append((number, length))
        comment = _COMMENT_LINE.match(line)
        if line.endswith("\\") and not comment:
            parts.append(line[:-1])
            length += len(line) - 1
            continue
        # A comment ends a continued line; the blank keeps it from joining the word before it.
        parts.append(" " + line if comment else line)
        yield "".join(parts), starts
        parts, starts, length = [], [], 0
    if parts:
        yield "".join(parts), starts
