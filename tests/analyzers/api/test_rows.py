"""Names computed from tables that are spelled out, against what Python makes of the same text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.api.export import exported

pytestmark = pytest.mark.slow

WORDS = st.lists(st.from_regex(r"[a-z]{1,4}", fullmatch=True), min_size=1, max_size=5, unique=True)
KEYS = (
    "name",
    "'A' + name",
    "'A%s' % name",
    "'%sB' % (name,)",
    "'A{}B'.format(name)",
    "f'A{name}B'",
    "f'A' 'B' f'{name}'",
    "name.upper()",
    "name.title() + 'X'",
    "name.replace('a', 'b')",
    "('p' + name).removeprefix('p')",
)
LOOPS = (
    "for name in {words!r}:",
    "for name in TABLE:",
    "for name in sorted(TABLE):",
    "for name in dict.fromkeys(TABLE) if 0 else list(TABLE):",
    "for name, _n in PAIRS:",
    "for _i, name in enumerate(TABLE):",
    "for name, _o in MAPPING.items():",
    "for name in MAPPING:",
    "for name in MAPPING.keys():",
    "for name in MAPPING.values():",
    "for name, _z in zip(TABLE, range(3)):",
    "for name in '{text}'.split():",
    "for _r in PAIRS:\n  for name in (_r[0], 'w'):",
)
WRITES = (
    "globals()[{key}] = 1",
    "globals().setdefault({key}, 1)",
    "vars()[{key}] = 1",
    "setattr(_sys.modules[__name__], {key}, 1)",
)


def _text(words: Sequence[str]) -> str:
    pairs = tuple((word, number) for number, word in enumerate(words))
    return (
        f"import sys as _sys\nTABLE = {list(words)!r}\nPAIRS = {pairs!r}\n"
        f"MAPPING = { ({word: word + 'v' for word in words})!r}\n"
    )


def _bound(text: str) -> set[str]:
    """What running a text binds in its module."""
    import sys
    import types

    module = types.ModuleType("made_of_rows")
    sys.modules["made_of_rows"] = module
    try:
        exec(text, module.__dict__)  # the text is made above
    finally:
        del sys.modules["made_of_rows"]
    return {name for name in vars(module) if not name.startswith("__")}


@given(WORDS, st.sampled_from(LOOPS), st.sampled_from(KEYS), st.sampled_from(WRITES))
def test_loops_bind_what_python_binds(words: list[str], loop: str, key: str, write: str) -> None:
    head = loop.format(words=words, text=" ".join(words))
    text = _text(words) + f"{head}\n    {write.format(key=key)}\n"
    found = exported(text)
    if found.open:
        assert " if 0 else " in head, text
    else:
        assert set(found.symbols) == _bound(text), text


@given(WORDS, st.sampled_from(KEYS), st.sampled_from(("[{}]", "({})", "{{{}}}", "list({})", "['q'] + [{}]")))
def test_all_of_a_comprehension(words: list[str], key: str, brackets: str) -> None:
    made = brackets.format(f"{key} for name in TABLE")
    text = _text(words) + f"__all__ = {made}\n"
    names: dict[str, list[str]] = {}
    exec(text, names)  # the text is made above
    found = exported(text)
    assert found.exports is not None
    assert set(found.exports) == set(names["__all__"])
    assert not found.are_exports_open


@given(WORDS, st.sampled_from(KEYS))
def test_update_with_a_comprehension(words: list[str], key: str) -> None:
    for made in (f"{{{key}: 1 for name in TABLE}}", f"(({key}, 1) for name in TABLE)"):
        text = _text(words) + f"globals().update({made})\n"
        found = exported(text)
        assert not found.open
        assert set(found.symbols) == _bound(text)


@pytest.mark.parametrize(
    "text",
    [
        "for name in (a, 'b'): globals()[name] = 1",
        "for name in ('a', 'b'): globals()[name + other] = 1",
        "for name in ('a', 'b'): globals()[f'{name!r}'] = 1",
        "for name in ('a', 'b'): globals()['%d' % name] = 1",
        "for name in [*others, 'b']: globals()[name] = 1",
        "T = ['a']\nT.extend(more())\nfor name in T: globals()[name] = 1",
        "T = ['a']\nT = make()\nfor name in T: globals()[name] = 1",
        "for n in range(10 ** 9): globals()[f'x{n}'] = 1",
        "for n in range(999999999): globals()[f'x{n}'] = 1",
        "for n in range(4000):\n  for m in range(4000): globals()[f'x{n}{m}'] = 1",
        "globals().update({f'{n}': 1 for n in T if n})",
        "globals().update({n: 1 for n in thing.names})",
    ],
)
def test_what_is_not_spelled_out_leaves_open(text: str) -> None:
    assert exported(text).open


def test_a_comprehension_with_a_condition_leaves_all_open() -> None:
    assert exported("T = ['a', 'b']\n__all__ = [n for n in T if n > 'a']\n").are_exports_open
