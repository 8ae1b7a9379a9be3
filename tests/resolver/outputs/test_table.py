"""The table for a person: what it says, and that it fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.evidence import Justification, Level
from analyzers.reports import Unknown
from fakes.searching.advices import TARGET, advice, pin, rejection
from resolver.outputs.texts.table import table
from resolver.reports.advice import Requests, Status
from resolver.search.budget import StoppedBy


def test_pins_with_who_asked_and_why_not_newer() -> None:
    pins = [
        pin("click", "8.1", direct=False, dependents=("flask", "typer")),
        pin("flask", "3.0", extras=("async", "dotenv"), rejected=(rejection("3.1", "was yanked: bad"),)),
    ]
    assert table(advice(pins), TARGET, 100).splitlines() == [
        f"Advised for {TARGET}:",
        "",
        "  package              version  asked for by  why not newer",
        "  click                8.1      flask, typer  it is the newest",
        "  flask[async,dotenv]  3.0      you           3.1 was yanked: bad",
        "",
        "2 packages; type stable; score 0.000 (optimal)",
        "3 releases read in 0.50 s with 5 requests (2 listings, 1.5 MB)",
    ]


def test_what_is_not_proven_is_not_claimed() -> None:
    feasible = advice([pin("flask", "3.0")], status=Status.FEASIBLE, score=-2_074_000, bound=-1_509_000)
    told = "1 package; type stable; score -2.074 (bound -1.509: at most 0.565 better)"
    assert told in table(feasible, TARGET, 100).splitlines()


def test_what_the_search_did_is_told_in_the_line_of_the_score() -> None:
    searched = advice(
        [pin("flask", "3.0")],
        status=Status.FEASIBLE, score=-32_000, bound=0, predictor="annealing", stopped_by=StoppedBy.MEMORY,
    )  # fmt: skip
    told = "score -0.032 (bound 0.000: at most 0.032 better); annealing, 0 moves, stopped by: memory limit"
    assert f"1 package; type stable; {told}" in table(searched, TARGET, 200).splitlines()


def test_warnings_and_unknowns_are_told() -> None:
    warning = Justification(unit="yanked", level=Level.WARNING, message="flask 3.0 was yanked")
    error = Justification(unit="licences", level=Level.ERROR, message="nobody may use this")
    info = Justification(unit="resolver", message="you require flask")
    unknown = Unknown(what="marker", where="flask", reason="the target does not say")
    told = advice([pin("flask", "3.0", reasons=(info, warning))], remarks=(error,), unknowns=(unknown,))
    lines = table(told, TARGET, 100).splitlines()
    assert lines[-4:-1] == [
        "error: nobody may use this",
        "warning: flask 3.0 was yanked",
        "unknown: marker (flask): the target does not say",
    ]


def test_what_is_said_of_several_pins_is_said_once() -> None:
    def warned(name: str) -> Justification:
        return Justification(unit="rule", level=Level.WARNING, message=f"{name} 1.0: is of no use here")

    pins = [pin(name, "1.0", reasons=(warned(name),)) for name in ("a", "b", "c", "d", "e")]
    lines = table(advice([*pins, pin("f", "1.0")]), TARGET, 100).splitlines()
    assert [line for line in lines if "warning" in line] == [
        "warning: a 1.0, b 1.0, c 1.0 and 2 more: is of no use here"
    ]


def test_explanation_stands_in_for_pins() -> None:
    sentences = ("Because a depends on b, a cannot be used.", "And because you require a, nothing fits.")
    assert table(advice(explanation=sentences), TARGET, 100).splitlines()[:4] == [
        f"No stack for {TARGET} meets these requirements.",
        "",
        *sentences,
    ]


def test_warm_run_says_so() -> None:
    cold = advice([pin("flask", "3.0")])
    warm = advice(
        [pin("flask", "3.0")],
        statistics=type(cold.statistics)(
            requests=Requests(), releases_read=1, bytes=0, decisions=1, conflicts=0, stacks=1, elapsed_s=0.1
        ),
    )
    assert (
        table(warm, TARGET, 100).splitlines()[-1]
        == "1 release read from the store in 0.10 s, no request made"
    )


WORDS = st.text("ab -\x1b\n\r\u200e…", max_size=60)
NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?", fullmatch=True)


@given(NAMES, NAMES, st.lists(NAMES, max_size=3), WORDS, st.integers(40, 200))
def test_rows_fit_and_steer_no_terminal(
    name: str, version: str, dependents: list[str], message: str, width: int
) -> None:
    made = pin(name, version, dependents=tuple(dependents), rejected=(rejection("2", message),))
    text = table(advice([made]), "somewhere", width)
    assert all(line.isprintable() for line in text.splitlines())
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("width", [0, 1, 39])
def test_there_is_a_narrowest_table(width: int) -> None:
    made = advice([pin("flask", "3.0")])
    assert table(made, TARGET, width) == table(made, TARGET, 40)
