"""Masked code agrees with Python's own tokenizer on what is code and what is not."""

from __future__ import annotations

import io
import token
import tokenize
from pathlib import Path

import pytest

from analyzers.source.extraction.masking import STRING, Source, masked

_SOURCES = sorted(Path(__file__).parents[4].joinpath("analyzers").rglob("*.py"))


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.name)
def test_agrees_with_tokenize(path: Path) -> None:
    text = path.read_text()
    source = Source(text)
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    assert len(source.code) == len(text)
    for each in tokenize.generate_tokens(io.StringIO(text).readline):
        start = starts[each.start[0] - 1] + each.start[1]
        end = starts[each.end[0] - 1] + each.end[1]
        kind = tokenize.tok_name[each.type]
        if each.type in (token.NAME, token.OP, token.NUMBER) and kind != "FSTRING_MIDDLE":
            assert source.code[start:end] == each.string
            assert source.line(start) == each.start[0]
        elif each.type == token.COMMENT:
            assert not source.code[start:end].strip()
        elif (
            each.type == token.STRING and "f" not in each.string[: each.string.index(each.string[-1])].lower()
        ):
            assert source.code[start:end] == STRING * (end - start)
    assert source.unpaired < 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x = 'a#b' # c", "x = _____    "),
        ("rb'a' u\"b\" br'''c'''", "_____ ____ _________"),
        ("f'a{b}c' + d", "___{b}__ + d"),
        ("f'{a!r:>{b}}'", "__{a____{b}}_"),
        ("f'{{a}} {b}'", "________{b}_"),
        ("f'{a['b']}'", "__{a[___]}_"),
        ("f'{f\"{a}\"}'", "__{__{a}_}_"),
        ("f'{a != b}' t'{c}'", "__{a != b}_ __{c}_"),
        ("f'{a:%d}' b", "__{a___}_ b"),
        ("f'\\N{DASH}{a}'", "__________{a}_"),
        ("xf'a'", "xf___"),
        ("'a\\'b' c", "______ c"),
        ("'a\nb", "__\nb"),
        ("'''a", "____"),
    ],
)
def test_literals(text: str, code: str) -> None:
    assert masked(text).replace(STRING, "_") == code
