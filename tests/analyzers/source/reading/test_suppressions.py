from __future__ import annotations

import pytest

from analyzers.source.reading.suppressions import Suppressed, Suppression, read_suppressions


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("import a  # stackwright: ignore", ()),
        ("import a  #stackwright:ignore[unused-dependency]", ("unused-dependency",)),
        ("import a  # stackwright: ignore[ a , b ]", ("a", "b")),
        ("import a  # noqa: F401  # stackwright: ignore[a]  # other", ("a",)),
        ("import a  # deptry: ignore[DEP001,DEP004]", ("undeclared-dependency", "misplaced-dev-dependency")),
        ("import a  # deptry: ignore", ()),
        ("requests==1  # stackwright: ignore", ()),
    ],
)
def test_forms(line: str, ids: tuple[str, ...]) -> None:
    assert read_suppressions(f"\n{line}\n") == (Suppression(2, ids),)


@pytest.mark.parametrize(
    "line",
    [
        "import a",
        "import a  # ignore",
        "import a  # stackwright: ignored",
        "import a  # deptry: ignore[DEP999]",
        "import a  # stackwright: ignore[]",
        "stackwright: ignore",
    ],
)
def test_what_is_no_suppression(line: str) -> None:
    assert read_suppressions(line) == ()


def test_lines_of_a_statement_count() -> None:
    suppressed = Suppressed({("a.py", None): (Suppression(3, ("x",)), Suppression(9))})
    assert suppressed.covers("x", ("a.py", None), 2, 4)
    assert suppressed.covers("x", ("a.py", None), 3)
    assert not suppressed.covers("y", ("a.py", None), 3)
    assert suppressed.covers("y", ("a.py", None), 9)
    assert not suppressed.covers("x", ("a.py", None), 4, 8)
    assert not suppressed.covers("x", ("a.py", 0), 3)
    assert not suppressed.covers("x", ("b.py", None), 3)
    assert not suppressed.covers("x", ("a.py", None), None)


def test_many_are_counted_in_one_pass() -> None:
    text = "import a  # stackwright: ignore\n" * 20_000
    found = read_suppressions(text)
    assert [one.line for one in found] == list(range(1, 10_001))
