"""Reads what a user asks for: requirements given as arguments and in files."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from analyzers.evidence import Location
from analyzers.requirements import TEXT_LIMIT_CHARACTERS, RequirementLine, parse_requirements
from resolver.errors import InputError


def read_requirements(
    texts: Sequence[str], files: Sequence[str], standard_input: BinaryIO
) -> list[RequirementLine]:
    """Requirements given as arguments, then those of files, in their order.

    Args:
        texts: such as ``flask>=3``.
        files: names of requirements files; ``-`` is `standard_input`.
        standard_input: read when it is named.

    Raises:
        InputError: a file cannot be read, or nothing is asked for.
        RequirementsError: some lines are not accepted.
    """
    here = Location(path="command line")
    lines: list[RequirementLine] = []
    for text in texts:
        given = parse_requirements(text, "command line")
        lines.extend(dataclasses.replace(line, location=here) for line in given)
    for name in files:
        lines.extend(parse_requirements(_read(name, standard_input), _shown(name)))
    if not lines:
        remedy = "name requirements, such as: stackwright advise flask, or a file with -r FILE"
        raise InputError("there is nothing to advise on", remedy)
    return lines


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name


def _read(name: str, standard_input: BinaryIO) -> str:
    most_bytes = 4 * TEXT_LIMIT_CHARACTERS
    try:
        if name == "-":
            return standard_input.read(most_bytes).decode("utf-8-sig")
        with Path(name).open("rb") as file:
            return file.read(most_bytes).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"-r {name}: it is not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        remedy = "name a file of requirements, or - for standard input"
        raise InputError(f"-r {name}: {error.strerror}", remedy) from error
