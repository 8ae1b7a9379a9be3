"""Dockerfile and Containerfile: the install commands of ``RUN`` lines; best effort, the rest is unknown.

Source: https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping

from analyzers.evidence import Location
from analyzers.manifests.declared import Format, Group, GroupKind, Manifest
from analyzers.manifests.documents.decoding import decoded_utf8
from analyzers.manifests.draft import Draft
from analyzers.manifests.installs.install_arguments import InstallArguments
from analyzers.manifests.installs.install_commands import inner_commands, read_command
from analyzers.manifests.installs.shell_commands import COMMAND_LIMIT_CHARACTERS, simple_commands
from analyzers.manifests.reading import ReadFile

_LIMIT_BYTES = 1 << 20
_RUN = re.compile(r"\s*(?:ONBUILD\s+)?RUN\s+", re.IGNORECASE)
_DEFINITION = re.compile(r"\s*(?:ARG|ENV)\s+(.*)", re.IGNORECASE | re.DOTALL)
_FLAG = re.compile(r"--[a-z]+=\S+\s+")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_HEREDOC = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")
_GROUP = Group(GroupKind.ENVIRONMENT, "image")


def parse_containerfile(
    data: bytes, path: str, *, read: ReadFile | None = None, environ: Mapping[str, str] | None = None
) -> Manifest:
    """What the ``RUN`` lines of a Containerfile install.

    Raises:
        ManifestError: it cannot be decoded.
    """
    draft = Draft(path, Format.CONTAINERFILE)
    arguments = InstallArguments(draft, _GROUP, read, environ or {})
    values: dict[str, str] = {}
    for line, instruction in instructions(decoded_utf8(data, path, _LIMIT_BYTES)):
        place = Location(path=path, line=line)
        if definition := _DEFINITION.match(instruction):
            _define(definition[1], values)
        elif run := _RUN.match(instruction):
            command = instruction[run.end() :]
            while flag := _FLAG.match(command):
                command = command[flag.end() :]
            for words in _commands(command, place, draft):
                known = [_substituted(word, values) for word in words]
                # A shell may be told to run a text of commands; what that runs in a shell of its own is not
                # looked at.
                inner = inner_commands(known)
                for simple in (known,) if inner is None else _commands(inner, place, draft):
                    read_command(simple, place, arguments, draft)
    return _finished(draft)


def _finished(draft: Draft) -> Manifest:
    """Words of a shell are not all what they seem: what is no requirement is an unknown here."""
    for problem in draft.problems:
        draft.unknown(problem.text, problem.location, problem.reason)
    draft.problems.clear()
    return draft.finish()


def instructions(text: str) -> Iterator[tuple[int, str]]:
    """Instructions with the line they start on, continuations joined, without comments and empty lines."""
    escape = "`" if re.match(r"\s*#\s*escape\s*=\s*`", text) else "\\"
    parts: list[str] = []
    first = 0
    ends: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if ends:  # inside of here-documents, whose lines are commands of their own
            if line.strip() == ends[0]:
                ends.pop(0)
            else:
                yield number, f"RUN {line}" if line.strip() else ""
            continue
        if line.lstrip().startswith("#") or (parts and not line.strip()):
            continue
        first = first if parts else number
        stripped = line.rstrip()
        if stripped.endswith(escape):
            parts.append(stripped[:-1])
            continue
        parts.append(stripped)
        instruction = " ".join(parts)
        parts = []
        ends = _HEREDOC.findall(instruction) if _RUN.match(instruction) else []
        yield first, instruction
    if parts:
        yield first, " ".join(parts)


def _define(text: str, values: dict[str, str]) -> None:
    """``ARG name=value``, ``ENV name=value …`` and the old ``ENV name value``."""
    try:
        words = shlex.split(text[:COMMAND_LIMIT_CHARACTERS])
    except ValueError:
        return
    if len(words) == 2 and "=" not in words[0]:
        words = [f"{words[0]}={words[1]}"]
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            values[name] = _substituted(value, values)[:1000]


def _substituted(word: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[2], found[0]), word)


def _commands(command: str, place: Location, draft: Draft) -> Iterator[list[str]]:
    """The simple commands of a ``RUN``, in the form of a shell or of a JSON list."""
    if command.startswith("[") and len(command) <= COMMAND_LIMIT_CHARACTERS:
        try:
            words = json.loads(command)
        except (ValueError, RecursionError):
            words = None
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            yield words
            return
    yield from simple_commands(command, place, draft)
