"""Prose from markdown, reStructuredText and HTML: code, badges, addresses and markup go, link texts stay.

Every pattern is bounded and the input is cut first, so that the time grows with the text and no further.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

TEXT_LIMIT_CHARACTERS = 20_000
"""How much of a text is cleaned; what a package is about is told at the start."""

_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_SKIPPED = re.compile(
    r"\s*(?:>>>|\.\.\.( |$)|\$ |\.\. \S|:[\w-]{1,40}:\s*\S+$|pip3? install|[-=~^*#+_|`'\"]{3,}\s*$)"
)
_DIRECTIVE = re.compile(r"(\s*)\.\. (?:code|code-block|sourcecode|image|figure|raw|math|contents)\b")
_INDENTED = re.compile(r"(?:    |\t)\s*(?![-*+•\d\s])\S")
_CODE = re.compile(r"[=(){}\[\];]|^\s*(?:import|from|def|class|return|@|#|\$|sudo|git|cd|python3?) ?")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\](?:\([^()\n]{0,500}\)|\[[^\[\]\n]{0,100}\])")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,500}\)|\[[^\[\]\n]{0,100}\])")
_LINK_TARGET = re.compile(r"^\s{0,3}\[[^\[\]\n]{1,200}\]:\s*\S+.{0,200}$", re.MULTILINE)
_RST_LINK = re.compile(r"`([^`<>\n]{1,300}?)\s*<[^<>`\n]{1,500}>`_{0,2}")
_ROLE = re.compile(r":[\w:+-]{1,40}:`~?([^`\n]{1,300})`")
_SUBSTITUTION = re.compile(r"\|[^|\n]{1,80}\|(?:_{1,2})?(?=\s|$)")
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_ADDRESS = re.compile(r"(?:https?|ftp|git\+\w{1,8})://[^\s<>\"')\]]{1,1000}|\bwww\.[^\s<>\"')\]]{1,500}")
_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
_LITERAL = re.compile(r"``?([^`\n]{1,200})``?_{0,2}")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")


def cleaned(text: str) -> str:
    """The prose of a text; words keep their order and their case.

    Args:
        text: of any length; only its first `TEXT_LIMIT_CHARACTERS` count.
    """
    text = text[:TEXT_LIMIT_CHARACTERS]
    if not _needs_cleaning(text):
        return text
    text = _COMMENT.sub(" ", text)
    text = "\n".join(_prose_lines(text.splitlines()))
    text = _LINK_TARGET.sub(" ", text)
    text = _IMAGE.sub(" ", text)
    text = _LINK.sub(r" \1 ", text)
    text = _LINK.sub(r" \1 ", text)  # a badge leaves a link without text
    text = _RST_LINK.sub(r" \1 ", text)
    text = _ROLE.sub(r" \1 ", text)
    text = _SUBSTITUTION.sub(" ", text)
    text = _ADDRESS.sub(" ", text)
    text = _MAIL.sub(" ", text)
    text = _TAG.sub(" ", text)
    text = _LITERAL.sub(r" \1 ", text)
    text = _EMPHASIS.sub("", text)
    return unescape(text) if "&" in text else text


def _needs_cleaning(text: str) -> bool:
    """Whether a text has any markup at all: most summaries have none."""
    return "\n" in text or any(mark in text for mark in "<[`*_&@|:")


def _prose_lines(lines: list[str]) -> Iterator[str]:
    """Lines that are no code, directive, rule or option."""
    fence, block = "", -1
    after_blank = True
    for line in lines:
        if fence:
            if line.lstrip().startswith(fence):
                fence = ""
            continue
        if opening := _FENCE.match(line):
            fence = opening[1]
            continue
        indent = len(line) - len(line.lstrip())
        if block >= 0:  # within a directive, until a line stands as far left as it
            if not line.strip() or indent > block:
                continue
            block = -1
        if directive := _DIRECTIVE.match(line):
            block = len(directive[1])
            continue
        is_code = after_blank and _INDENTED.match(line) and _CODE.search(line)
        after_blank = not line.strip() or bool(is_code)
        if not is_code and not _SKIPPED.match(line):
            yield line
