"""Turns, noise, load, and what is told of what could not be measured; this interpreter is each candidate."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest

from knowledge.confinement.limits import Limits
from knowledge.measuring.benchmarks import Benchmark
from knowledge.measuring.sessions import Session, Settings
from knowledge.measuring.venvs import Venv
from knowledge.observations.record import ReleaseIdentity

ONCE = Settings(processes=1, most_load=2.0, limits=Limits(time_s=60.0))
"""For what is really timed here, where other things run as well."""
QUIET = Settings(processes=3, most_load=2.0, patience_s=5.0, limits=Limits(time_s=20.0))


def venv(version: str) -> Venv:
    release = ReleaseIdentity(project="lib", version=version)
    return Venv(candidate=release, python=Path(sys.executable), installed=(release,))


def script(program: str) -> Benchmark:
    return Benchmark(id="lib-script", project="lib", stands_for=("lib.work",), script=program)


class Counting:
    """A program that states one value after the other, whoever runs it; what it reads it cannot write.

    Args:
        folder: where the candidates' interpreters are, and the value beside them.
        values: that it states; the last one again and again.
    """

    def __init__(self, folder: Path, values: list[float]) -> None:
        self._place, self._values = folder / "candidate", values
        (self._place / "bin").mkdir(parents=True)
        (self._place / "bin" / "python").symlink_to(sys.executable)
        self.program = script(f"""
import json
value = json.load(open({str(self._place / "value")!r}))
print(json.dumps({{"component": "lib", "@parameters": {{}}, "@result": {{"elapsed": value}}}}))
""")

    def venv(self, version: str) -> Venv:
        release = ReleaseIdentity(project="lib", version=version)
        return Venv(candidate=release, python=self._place / "bin" / "python", installed=(release,))

    def before(self, step: str) -> None:
        """Lay out what the next run states."""
        if ", round " in step:
            (self._place / "value").write_text(json.dumps(self._values[0]))
            self._values = self._values[1:] or self._values


def session(
    folder: Path,
    loads: Iterator[float] | None = None,
    settings: Settings = QUIET,
    counting: Counting | None = None,
) -> tuple[Session, list[str]]:
    (folder / "runs").mkdir()
    steps: list[str] = []
    given = repeat(1.0) if loads is None else loads

    def progress(step: str) -> None:
        steps.append(step)
        if counting is not None:
            counting.before(step)

    taking = Session(
        "s1", settings, folder / "runs", {}, progress, load=lambda: next(given), sleep=lambda s: None
    )
    return taking, steps


def test_a_statement_is_timed_and_repeated_until_it_can_be(tmp_path: Path) -> None:
    taking, _ = session(tmp_path, settings=ONCE)
    fast = Benchmark(id="fast", project="lib", stands_for=("lib.a",), setup="x = 1", statement="x + 1")
    slow = Benchmark(
        id="slow", project="lib", stands_for=("lib.b",), setup="import time", statement="time.sleep(0.02)"
    )
    (one,) = taking.figures(fast, [venv("1")])
    (other,) = taking.figures(slow, [venv("1")])
    assert 0 < one.measurement.minimum <= one.value < 0.02 <= other.measurement.minimum <= other.value
    assert (one.unit, one.measurement.processes, one.measurement.spread) == ("s", 1, 1.0)
    assert taking.unknowns == []


def test_candidates_take_turns_and_back(tmp_path: Path) -> None:
    counting = Counting(tmp_path, [1.0])
    taking, steps = session(tmp_path, counting=counting)
    found = taking.figures(counting.program, [counting.venv("1"), counting.venv("2")])
    assert [str(figure.subject[0]) for figure in found] == ["lib==1", "lib==2"]
    turns = [step.split(", ")[1] for step in steps]
    assert turns == ["lib==1", "lib==2", "lib==2", "lib==1", "lib==1", "lib==2"]


def test_disturbed_processes_are_made_up_for(tmp_path: Path) -> None:
    counting = Counting(tmp_path, [1.0, 9.0, 1.2, 7.0, 1.1])
    taking, _ = session(tmp_path, counting=counting)
    (figure,) = taking.figures(counting.program, [counting.venv("1")])
    assert (figure.value, figure.measurement.minimum, figure.measurement.spread) == (1.1, 1.0, 1.2)
    assert figure.unit == "elapsed"


def test_what_never_agrees_is_rejected_with_the_reason(tmp_path: Path) -> None:
    counting = Counting(tmp_path, [4.0**n for n in range(9)])
    taking, steps = session(tmp_path, counting=counting)
    assert taking.figures(counting.program, [counting.venv("1")]) == []
    assert len(steps) == 9
    (unknown,) = taking.unknowns
    assert (unknown.what, unknown.where) == ("lib-script", "lib==1")
    assert unknown.reason == "too noisy: the best 3 of 9 runs differ by 16.00 times"


def test_it_waits_for_the_load_to_fall(tmp_path: Path) -> None:
    counting = Counting(tmp_path, [1.0])
    taking, steps = session(tmp_path, iter([3.0, 2.5, 1.9, 0.5, 1.0]), counting=counting)
    (figure,) = taking.figures(counting.program, [counting.venv("1")])
    assert figure.measurement.load == 1.9
    assert steps.count("waiting: load 3.0") == steps.count("waiting: load 2.5") == 1


def test_patience_ends_and_nothing_more_is_measured(tmp_path: Path) -> None:
    counting = Counting(tmp_path, [1.0])
    taking, _ = session(tmp_path, repeat(4.25), counting=counting)
    for _ in range(2):
        assert taking.figures(counting.program, [counting.venv("1"), counting.venv("2")]) == []
    assert {unknown.reason for unknown in taking.unknowns} == {"the machine is busy: load 4.2 stays above 2"}
    assert len(taking.unknowns) == 4


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("print('garbage')", "its output is no JSON object with @result: JSON is malformed"),
        ("print('{}')", "its output is no JSON object with @result: Object missing required field `@result`"),
        ("print('[' * 100000)", "its output is no JSON object with @result"),
        ("""print('{"@result": {"elapsed": -1}}')""", "its @result has neither a positive elapsed nor"),
        ("""print('{"@result": {"elapsed": 1e999}}')""", "its output is no JSON"),
        ("import sys; sys.exit(4)", "it ended with exit code 4"),
        ("import lib_that_is_not_there", "it ended with exit code 1: ModuleNotFoundError"),
    ],
)
def test_what_cannot_be_measured_is_told_once(tmp_path: Path, program: str, reason: str) -> None:
    taking, steps = session(tmp_path)
    assert taking.figures(script(program), [venv("1")]) == []
    (unknown,) = taking.unknowns
    assert unknown.reason.startswith(reason)
    assert len(steps) == 1


def test_a_rate_counts_the_other_way_round(tmp_path: Path) -> None:
    taking, _ = session(tmp_path)
    program = """print('{"name": "n", "@result": {"rate": 4.0, "more": [1]}, "else": {}}')"""
    (figure,) = taking.figures(script(program), [venv("1")])
    assert (figure.value, figure.unit) == (0.25, "1/rate")


def test_a_silent_program_is_measured_as_a_whole(tmp_path: Path) -> None:
    taking, _ = session(tmp_path, settings=ONCE)
    (figure,) = taking.figures(script("import time; time.sleep(0.1)"), [venv("1")])
    assert figure.unit == "s"
    assert figure.value > 0.1


def test_a_statement_that_writes_or_ends_does_not_pass_for_a_figure(tmp_path: Path) -> None:
    taking, _ = session(tmp_path, settings=ONCE)
    writes = Benchmark(id="writes", project="lib", stands_for=("lib.a",), statement="print('x')")
    ends = Benchmark(id="ends", project="lib", stands_for=("lib.a",), statement="raise SystemExit(0)")
    assert len(taking.figures(writes, [venv("1")])) == 1
    assert taking.figures(ends, [venv("1")]) == []
    assert [unknown.reason for unknown in taking.unknowns] == ["it ended before it was measured"]
