"""Patterns of a ``.gitignore`` file, one by one: what a line means, and whether it names a path.

Globs become regular expressions whose stars never backtrack into each other, so that no pattern, however
hostile, costs more than the product of its length and the path's.

Source: https://git-scm.com/docs/gitignore, and git's ``dir.c`` and ``wildmatch.c`` where it says less.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SPECIAL = b"*?[\\"
_NEVER = b"(?!)"
_CLASSES = {
    b"alnum": rb"[A-Za-z0-9]",
    b"alpha": rb"[A-Za-z]",
    b"blank": rb"[ \t]",
    b"cntrl": rb"[\x00-\x1f\x7f]",
    b"digit": rb"[0-9]",
    b"graph": rb"[\x21-\x7e]",
    b"lower": rb"[a-z]",
    b"print": rb"[\x20-\x7e]",
    b"punct": rb"[!-/:-@\[-`{-~]",
    b"space": rb"[ \t\n\v\f\r]",
    b"upper": rb"[A-Z]",
    b"xdigit": rb"[A-Fa-f0-9]",
}


class IgnorePattern(NamedTuple):
    """One line.

    Attributes:
        is_negated: what matches is not ignored after all.
        directory_only: it names directories alone.
        by_name: it is held against the last component of a path; otherwise against all of it, counted from
            the directory of the file that has the line.
        literal: what a path must start with; all of it where `glob` is None.
        suffix: what a name must end with, where this is all that the pattern says.
        glob: what must follow the literal start.
    """

    is_negated: bool
    directory_only: bool
    by_name: bool
    literal: bytes
    suffix: bytes | None = None
    glob: re.Pattern[bytes] | None = None

    def matches(self, text: bytes) -> bool:
        """Whether it names this name or path."""
        if self.suffix is not None:
            return text.endswith(self.suffix)
        if self.glob is None:
            return text == self.literal
        return text.startswith(self.literal) and self.glob.fullmatch(text, len(self.literal)) is not None


def ignore_pattern(line: bytes) -> IgnorePattern | None:
    """What a line, without its end, means; None for comments, empty lines and what can match nothing."""
    if line.startswith(b"#"):
        return None
    pattern = _without_trailing_spaces(line).partition(b"\0")[0]
    is_negated = pattern.startswith(b"!")
    pattern = pattern[is_negated:]
    directory_only = pattern.endswith(b"/")
    pattern = pattern[: len(pattern) - directory_only]
    by_name = b"/" not in pattern
    pattern = pattern.removeprefix(b"/")
    if not pattern:
        return None
    plain = next((at for at, byte in enumerate(pattern) if byte in _SPECIAL), len(pattern))
    head = (is_negated, directory_only, by_name)
    if plain == len(pattern):
        return IgnorePattern(*head, pattern)
    if by_name and plain == 0 and pattern[:1] == b"*" and not any(byte in _SPECIAL for byte in pattern[1:]):
        return IgnorePattern(*head, b"", suffix=pattern[1:])
    if by_name:
        return IgnorePattern(*head, b"", glob=re.compile(_name_glob(pattern), re.DOTALL))
    # As in git, the glob starts anew behind its literal start: in ``foo**/bar`` the stars cross directories.
    return IgnorePattern(*head, pattern[:plain], glob=re.compile(_path_glob(pattern[plain:]), re.DOTALL))


def _without_trailing_spaces(line: bytes) -> bytes:
    """Unless a backslash stands before them."""
    at, end = 0, len(line)
    last_space = -1
    while at < end:
        if line[at : at + 1] == b" ":
            last_space = at if last_space < 0 else last_space
        else:
            at += line[at : at + 1] == b"\\"
            last_space = -1
        at += 1
    return line if last_space < 0 else line[:last_space]


def _name_glob(pattern: bytes) -> bytes:
    return _sequence([_atoms(chunk) for chunk in _split_at_stars(pattern)], rb"[^/]*")


def _path_glob(pattern: bytes) -> bytes:
    """A path in which ``**`` that fills a component stands for any number of directories."""
    parts: list[bytes] = []
    crossed: list[bytes] = []
    for position, component in enumerate(components := _components(pattern)):
        is_last = position == len(components) - 1
        if len(component) > 1 and not component.strip(b"*"):
            if is_last:
                parts.append(b".*")
            else:
                crossed.append(b"".join(parts))
                parts = []
            continue
        parts.append(_name_glob(component) + (b"" if is_last else b"/"))
    crossed.append(b"".join(parts))
    return _sequence(crossed, rb"(?:[^/]*/)*")


def _sequence(chunks: list[bytes], between: bytes) -> bytes:
    """Chunks with something repeated between them; the first place where a chunk fits is as good as any."""
    first, *others = chunks
    if not others:
        return first
    lazy = between + b"?"
    return b"".join([first, *(b"(?>%s%s)" % (lazy, chunk) for chunk in others[:-1]), between, others[-1]])


def _components(pattern: bytes) -> list[bytes]:
    """Split at slashes outside of brackets, since a bracket never matches a slash but may hold one."""
    components, start, at = [], 0, 0
    while at < len(pattern):
        byte = pattern[at : at + 1]
        if byte == b"/":
            components.append(pattern[start:at])
            start = at + 1
        if byte == b"\\" and pattern[at + 1 : at + 2] != b"/":
            at += 1
        elif byte == b"[":
            at = max(at, _bracket_end(pattern, at) - 1)
        at += 1
    components.append(pattern[start:])
    return components


def _split_at_stars(component: bytes) -> list[bytes]:
    chunks, start, at = [], 0, 0
    while at < len(component):
        byte = component[at : at + 1]
        if byte == b"*":
            chunks.append(component[start:at])
            while component[at : at + 1] == b"*":
                at += 1
            start = at
            continue
        if byte == b"\\":
            at += 1
        elif byte == b"[":
            at = max(at, _bracket_end(component, at) - 1)
        at += 1
    chunks.append(component[start:])
    return chunks


def _atoms(chunk: bytes) -> bytes:
    """The regular expression of a glob without stars."""
    atoms: list[bytes] = []
    at = 0
    while at < len(chunk):
        byte = chunk[at : at + 1]
        if byte == b"?":
            atoms.append(b"[^/]")
        elif byte == b"[":
            end = _bracket_end(chunk, at)
            if end < 0:
                return _NEVER
            atoms.append(_bracket(chunk[at + 1 : end - 1]))
            at = end - 1
        elif byte == b"\\":
            at += 1
            if at == len(chunk):
                return _NEVER
            atoms.append(re.escape(chunk[at : at + 1]))
        else:
            atoms.append(re.escape(byte))
        at += 1
    return b"".join(atoms)


def _bracket_end(pattern: bytes, start: int) -> int:
    """Behind the bracket that closes the one at `start`; -1 where none does."""
    if pattern.find(b"]", start + 1) < 0:
        return -1
    at = start + 1
    at += pattern[at : at + 1] in (b"!", b"^")
    first = at
    while at < len(pattern):
        byte = pattern[at : at + 1]
        if byte == b"]" and at > first:
            return at + 1
        if byte == b"\\":
            at += 1
        elif pattern[at : at + 2] == b"[:" and (close := pattern.find(b"]", at + 2)) >= 0:
            at = close if pattern[close - 1 : close] == b":" and close > at + 2 else at
        at += 1
    return -1


def _bracket(inside: bytes) -> bytes:
    """One byte of a set that may hold ranges and named classes; never a slash."""
    is_negated = inside[:1] in (b"!", b"^")
    inside = inside[is_negated:]
    members: set[int] = set()
    at, previous = 0, -1
    while at < len(inside):
        if inside[at : at + 2] == b"[:" and (close := inside.find(b":]", at + 2)) >= 0:
            known = _CLASSES.get(inside[at + 2 : close])
            if known is None:
                return _NEVER
            members.update(byte for byte in range(256) if re.match(known, bytes([byte])))
            at, previous = close + 2, -1
            continue
        if inside[at : at + 1] == b"-" and previous >= 0 and at + 1 < len(inside):
            at += 1
            at += inside[at : at + 1] == b"\\"
            members.update(range(previous, inside[at] + 1))
            previous = -1
        else:
            at += inside[at : at + 1] == b"\\"
            previous = inside[at]
            members.add(previous)
        at += 1
    if is_negated:
        members = set(range(256)) - members
    members.discard(ord("/"))
    return b"[%s]" % b"".join(re.escape(bytes([byte])) for byte in sorted(members)) if members else _NEVER
