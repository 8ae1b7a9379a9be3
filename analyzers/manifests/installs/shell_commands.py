"""A line of shell as the simple commands it consists of; nothing in it is expanded."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from analyzers.evidence import Location
from analyzers.manifests.draft import Draft

COMMAND_LIMIT_CHARACTERS = 64 << 10
_OPERATORS = frozenset({"&&", "||", ";", "|", "&", "(", ")", "{", "}", "then", "do", "else"})


def simple_commands(command: str, place: Location, draft: Draft) -> Iterator[list[str]]:
    """The words of each command; what cannot be divided is an unknown of the draft."""
    if len(command) > COMMAND_LIMIT_CHARACTERS:
        draft.unknown(command[:50], place, "the instruction is too long")
        return
    lexer = shlex.shlex(command, posix=True, punctuation_chars="();&|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    simple: list[str] = []
    try:
        for word in lexer:
            if word in _OPERATORS:
                yield simple
                simple = []
            else:
                simple.append(word)
    except ValueError:
        draft.unknown(command[:100], place, "its quotes are not closed")
        return
    yield simple
