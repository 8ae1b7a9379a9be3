"""How deep a source text nests, told from its tokens alone, before a parser recurses into it.

libcst's parser recurses on the machine's stack, which hostile text can exhaust, and needs more than linear
time for deep nesting; what exceeds `LIMIT` is left to the tolerant parser.
"""

from __future__ import annotations

import re

BRACKETS_LIMIT = 100
"""Brackets within brackets; CPython itself refuses 200."""
CHAIN_LIMIT = 300
"""Operators, attributes and calls that a single expression strings together, or branches of one ``if``."""

_TOKEN = re.compile(
    r"""
      (?P<string> (?:\b[rRbBuUfFtT]{1,2})? (?: \"\"\".*?(?:\"\"\"|\Z) | '''.*?(?:'''|\Z)
                                           | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? ) )
    | (?P<comment> \#[^\n\r]*)
    | (?P<joined> \\\r?\n)
    | (?P<line> (?:\r\n|\n|\r) (?P<indent>[ \t\f]*) (?P<branch>(?:el)?if\b)?)
    | (?P<open> [(\[{])
    | (?P<close> [)\]}])
    | (?P<part> [,;:])
    | (?P<link> [-+*/%@&|^~.<>=!]+ | \b(?:and|or|not|if|else|in|is|lambda|await|for|yield)\b)
    """,
    re.VERBOSE | re.DOTALL,
)


def is_too_deep(text: str) -> bool:
    """Whether the text nests or strings together more than a recursive parser should be given."""
    links, total = [0], 0
    branches: dict[str, int] = {}
    after_string = False
    for token in _TOKEN.finditer(text):
        kind = "line" if token["line"] is not None else token.lastgroup
        added = 0
        if kind == "open":
            links.append(0)
            added = 1
        elif kind == "close":
            if len(links) > 1:
                total -= links.pop()
                added = 1  # what is called or subscripted is a link of the expression around it
        elif kind == "part":
            # The colon of a lambda ends no expression.
            if token[0] != ":":
                total, links[-1] = total - links[-1], 0
        elif kind == "link":
            added = 1 if token[0].isalpha() else len(token[0])
        elif kind == "string" and after_string:
            added = 1
        elif kind == "line" and len(links) == 1:
            total, links[0] = 0, 0
            if token["branch"] == "if":
                branches[token["indent"]] = 0
            elif token["branch"]:
                branches[token["indent"]] = branches.get(token["indent"], 0) + 1
                if branches[token["indent"]] > CHAIN_LIMIT:
                    return True
        links[-1] += added
        total += added
        after_string = kind == "string" or (after_string and kind in ("line", "comment", "joined"))
        if len(links) > BRACKETS_LIMIT or total > CHAIN_LIMIT:
            return True
    return False
