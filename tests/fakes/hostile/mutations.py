"""Makes bad inputs of good ones: by bits, by bytes, by tokens, by size and by depth."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_TOKEN = re.compile(rb"[A-Za-z_]+|\d+|[^\sA-Za-z_\d]|\s+")
_ODD = (
    b"", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b[2J", b"-1", b"0", b"1e999", b"NaN", b"9" * 25,
    b"a" * 5000, b">=1,<1", b"\xe2\x80\xae",
    b"../../../../etc/passwd", b"/", b"//", b"${HOME}", b"{{", b"}}", b"'", b'"', b"\'\'\'", b"\\",
    b"\r", b"\n\n", b"\t", b"#", b"[", b"]", b"{", b"}", b"(", b")", b"null", b"true",
    b"!!python/object:os", b"&a [*a, *a]", b"file:///dev/zero", b"http://127.0.0.1:9/x",
    b"1!2.3.post4.dev5+6", b";python_version<'3'", b"[extra]", b"@", b"==", b"%s%n",
)  # fmt: skip
_OPENING = (b"[", b"{", b"(", b"<a>", b"x=[", b'{"a":', b"- ", b"if x:\n ", b"-")


def mutated(chance: random.Random, seeds: tuple[bytes, ...]) -> bytes:
    """A few changes of one of several inputs."""
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        data = chance.choice(_CHANGES)(chance, data, seeds)
    return data[: 1 << 20]


def _place(chance: random.Random, data: bytes) -> int:
    return chance.randrange(len(data) + 1)


def _flip(chance: random.Random, data: bytes, seeds: tuple[bytes, ...]) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(changed), chance.choice((1, 1, 4, 32)))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(chance: random.Random, data: bytes, seeds: tuple[bytes, ...]) -> bytes:
    first, last = sorted((_place(chance, data), _place(chance, data)))
    return data[:first] if chance.random() < 0.3 else data[:first] + data[last:]


def _repeat(chance: random.Random, data: bytes, seeds: tuple[bytes, ...]) -> bytes:
    first, last = sorted((_place(chance, data), _place(chance, data)))
    return data[:last] + data[first:last] * chance.choice((1, 2, 50)) + data[last:]


def _splice(chance: random.Random, data: bytes, seeds: tuple[bytes, ...]) -> bytes:
    other = chance.choice(seeds)
    return data[: _place(chance, data)] + other[_place(chance, other) :]


def _swap(chance: random.Random, data: bytes, seeds: tuple[bytes, ...]) -> bytes:
    tokens = _TOKEN.findall(data)
    if len(tokens) < 2:
        return data
    first, second = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    tokens[first], tokens[second] = tokens[second], tokens[first]
    return b"".join(tokens)


def _replace(chance: random.Random, data: bytes, seeds: tuple[bytes, ...]) -> bytes:
    tokens = _TOKEN.findall(data)
    if tokens:
        tokens[chance.randrange(len(tokens))] = chance.choice((*_ODD, chance.choice(tokens)))
    return b"".join(tokens)


def _insert(chance: random.Random, data: bytes, seeds: tuple[bytes, ...]) -> bytes:
    place = _place(chance, data)
    return data[:place] + chance.choice(_ODD) + data[place:]


def _deepen(chance: random.Random, data: bytes, seeds: tuple[bytes, ...]) -> bytes:
    place = _place(chance, data)
    return data[:place] + chance.choice(_OPENING) * chance.choice((3, 200, 20_000)) + data[place:]


_CHANGES: tuple[Callable[[random.Random, bytes, tuple[bytes, ...]], bytes], ...] = (
    _flip, _cut, _repeat, _splice, _swap, _replace, _replace, _insert, _insert, _deepen,
)  # fmt: skip
