"""Scripts that state their requirements in a comment block.

Source: PEP 723 (https://packaging.python.org/en/latest/specifications/inline-script-metadata/)
"""

from __future__ import annotations

import re

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.declared import Format, Manifest
from analyzers.manifests.documents.decoding import decoded_source
from analyzers.manifests.documents.toml_documents import toml_node
from analyzers.manifests.draft import Draft
from analyzers.manifests.tools import uv

SCRIPT_LIMIT_BYTES = 16 << 20

_START = re.compile(r"# /// ([a-zA-Z0-9-]+)")
_END = "# ///"


class Block(msgspec.Struct, frozen=True):
    """One comment block.

    Attributes:
        line: where its first line stands; the content starts one line below, in column 3.
        content: without the comment signs.
    """

    type: str
    line: int
    content: str


def blocks(text: str) -> list[Block]:
    """The blocks of a script, as the regular expression of PEP 723 finds them, in linear time.

    Args:
        text: with universal newlines.
    """
    lines = text.split("\n")
    closing = _closing_lines(lines)
    found: list[Block] = []
    position = 0
    while position < len(lines) - 1:
        start, end = _START.fullmatch(lines[position]), closing[position + 1]
        if start and end > position + 1:
            content = (line.removeprefix("#").removeprefix(" ") for line in lines[position + 1 : end])
            found.append(Block(start[1], position + 1, "".join(f"{line}\n" for line in content)))
            position = end
        position += 1
    return found


def parse_script(data: bytes, path: str) -> Manifest:
    """What a script requires; nothing where it has no metadata.

    Raises:
        ManifestError: it cannot be decoded, has several ``script`` blocks, or its block is not accepted.
    """
    draft = Draft(path, Format.SCRIPT)
    text = decoded_source(data, path, SCRIPT_LIMIT_BYTES).replace("\r\n", "\n").replace("\r", "\n")
    found = [block for block in blocks(text) if block.type == "script"]
    if len(found) > 1:
        place = Location(path=path, line=found[1].line)
        draft.problem(place, "# /// script", "a second block of script metadata", "remove one of them")
    if not found:
        _note_open_block(text, draft)
        return draft.finish()
    document = toml_node(found[0].content, draft, first_line=found[0].line + 1, first_column=3)
    python = document.at("requires-python")
    if python and (specifier := python.text()) is not None:
        draft.python(specifier, python.location)
    for requirement, location in document.strings_at("dependencies"):
        draft.require(requirement, location)
    if tool := document.at("tool", "uv"):
        uv.read_uv(tool, draft)
    return draft.finish()


def _note_open_block(text: str, draft: Draft) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if line == "# /// script":
            place = Location(path=draft.path, line=number)
            draft.unknown("# /// script", place, "the block is never closed, so it counts as a comment")


def _closing_lines(lines: list[str]) -> list[int]:
    """For each line the last closing line of the run of comment lines it is in; -1 where there is none."""
    closing = [-1] * len(lines)
    last = -1
    for position in range(len(lines) - 1, -1, -1):
        if lines[position] != "#" and not lines[position].startswith("# "):
            last = -1
        elif last < 0 and lines[position] == _END:
            last = position
        closing[position] = last
    return closing
