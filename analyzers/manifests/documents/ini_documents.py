"""Files in the dialect of the standard library's `configparser`, with the line of every value.

Source: https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.documents.decoding import decoded_utf8
from analyzers.manifests.errors import UnreadableManifestError

_LIMIT_BYTES = 1 << 20
_SECTION = re.compile(r"\[([^\]]+)\]")
_OPTION = re.compile(r"([^\s:=#;][^:=]*)[:=]")
_LONG_BLANK = re.compile(r"(?<=\S)\s{16,}")  # the standard parser's time grows with their square


class IniValue(msgspec.Struct, frozen=True):
    """The value of an option; its further lines keep their order but not their indentation."""

    text: str
    location: Location

    def lines(self) -> Iterator[tuple[str, Location]]:
        """The lines that are not blank and no comments; a comment may also end a line."""
        for offset, line in enumerate(self.text.split("\n")):
            content = re.sub(r"(?:^|\s)#.*$", "", line).strip()
            if content:
                first = self.location.line
                line_number = first + offset if first is not None else None
                column = self.location.column if offset == 0 else None
                yield content, Location(path=self.location.path, line=line_number, column=column)


class IniDocument:
    """The sections of a file; option names are in lower case and may be written with dashes.

    Raises:
        UnreadableManifestError: it is no UTF-8, or not of this dialect.
    """

    def __init__(self, data: bytes, path: str) -> None:
        self._path = path
        text = decoded_utf8(data, path, _LIMIT_BYTES)
        # Comments within values would shift lines; they are taken out by `IniValue.lines`.
        self._parser = configparser.ConfigParser(
            interpolation=None, strict=False, default_section="", comment_prefixes=()
        )
        try:
            self._parser.read_string(_with_indented_comments(text))
        except (configparser.Error, ValueError) as error:
            line = getattr(error, "lineno", None) or next(
                (at for at, _ in getattr(error, "errors", ())), None
            )
            reason = f"is no valid configuration file: {type(error).__name__}"
            raise UnreadableManifestError(path, reason, "correct the file", line=line) from error
        self._lines = _option_lines(text)

    def sections(self) -> list[str]:
        """The names of the sections."""
        return self._parser.sections()

    def section(self, name: str) -> Iterator[tuple[str, IniValue]]:
        """The options of a section; none where there is no such section."""
        if self._parser.has_section(name):
            for option in self._parser[name]:
                if value := self.value(name, option):
                    yield option, value

    def value(self, section: str, option: str) -> IniValue | None:
        """The value of an option that is present and not empty."""
        for spelling in (option, option.replace("_", "-")):
            text = self._parser.get(section, spelling, fallback=None)
            if text is not None and text.strip():
                line = self._lines.get((section, spelling))
                return IniValue(text, Location(path=self._path, line=line))
        return None


def _with_indented_comments(text: str) -> str:
    """Comment lines made parts of the value before them, so that values keep their count of lines.

    Before the first option of a section there is no value: such lines are made blank.
    """
    lines: list[str] = []
    in_value = False
    for written in text.splitlines():
        line = _LONG_BLANK.sub(" ", written)
        if line.lstrip().startswith(("#", ";")):
            lines.append(f"  #{line.lstrip()[1:]}" if in_value else "")
            continue
        if _SECTION.match(line):
            in_value = False
        elif line.strip() and not line[0].isspace():
            in_value = True
        lines.append(line)
    return "\n".join(lines)


def _option_lines(text: str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _SECTION.match(line):
            section = header[1]
        elif option := _OPTION.match(line):
            found[section, option[1].strip().lower()] = number
    return found
