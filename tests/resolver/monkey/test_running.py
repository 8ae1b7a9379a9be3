from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzers.reports import Input, Tool
from fakes.probing.probers import FACTORY, RuledProber, Rules
from fakes.searching.terrains import Projects, terrain
from images.facts.environment import RuntimeEnvironment
from knowledge.probing.records import Verdict
from resolver.errors import InputError
from resolver.monkey.blaming import Sureness
from resolver.monkey.decisions import Decision, planned, sampled
from resolver.monkey.executor import Assignment, Done
from resolver.monkey.journal import PLAN, RESULTS, Journal
from resolver.monkey.plan import Demand, Head, Plan
from resolver.monkey.processes import Processes
from resolver.monkey.recipes import Recipe
from resolver.monkey.report import monkey_report
from resolver.monkey.running import Run
from resolver.monkey.terrain import Terrain
from resolver.monkey.worker import probed

VERSIONS = ("1", "2", "3", "4")
SPACE: Projects = {
    "app": {v: {"web": "", "lib": ""} for v in VERSIONS},
    "web": {v: {"lib": ""} for v in VERSIONS},
    "lib": {v: {} for v in VERSIONS},
}
WIDE: Projects = {
    **SPACE,
    "app": {v: {"web": "", "lib": "", "one": "", "other": ""} for v in VERSIONS},
    "one": {v: {} for v in VERSIONS},
    "other": {v: {} for v in VERSIONS},
}
PAIR = ("web==2", "lib==3")


class Here:
    """Probes in this process; ends early where it is told to."""

    def __init__(self, rules: Rules, breaks_after: int | None = None) -> None:
        self.prober, self.left = RuledProber(rules), breaks_after
        self.asked: list[str] = []

    def run(self, assignments: Iterable[Assignment]) -> Iterator[Done]:
        for one in assignments:
            if self.left == 0:
                raise KeyboardInterrupt
            self.left = None if self.left is None else self.left - 1
            self.asked.append(one.id)
            yield probed(self.prober, one)


def plan_of(space: Terrain, count: int, shrink: int = 0) -> Plan:
    demand = Demand(roots=("app",))
    stacks = planned(space, sampled(space, Decision.RANDOM, 0), demand, count)
    head = Head(
        tool=Tool(name="stackwright", version="0"),
        input=Input(what="requirements", digest="sha256:0"),
        created_at="2026-01-31T00:00:00Z",
        environment=RuntimeEnvironment(facts={}),
        options={},
        requirements=("app",),
        demand=demand,
        shrink=shrink,
    )
    return Plan(head=head, stacks=stacks)


def begun(folder: Path, count: int, shrink: int = 0, projects: Projects = SPACE) -> Terrain:
    space = terrain(projects, "app")
    with Journal(folder) as journal:
        journal.begin(plan_of(space, count, shrink), space)
    return space


def run(journal: Journal, executor: object) -> Run:
    return Run(
        journal,
        journal.terrain(),
        executor,  # type: ignore[arg-type]
        lambda: "2026-01-31T00:00:00Z",
        lambda done, count, latest: None,
    )


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    space = begun(tmp_path / "m", 12)
    with Journal(tmp_path / "m") as journal:
        assert journal.terrain() == space
        planned, read = plan_of(space, 12), journal.plan()
        assert read == replace(planned, head=replace(planned.head, terrain=read.head.terrain))
        assert not journal.results(one.id for one in journal.plan().stacks)
        path = tmp_path / "m" / "terrain.json"
        path.write_bytes(path.read_bytes().replace(b'"first":[', b'"first":[[99,0],'))
        with pytest.raises(InputError, match="not what the plan was made of"):
            journal.terrain()


def test_a_run_that_is_broken_off_goes_on_and_probes_nothing_twice(tmp_path: Path) -> None:
    begun(tmp_path / "m", 12)
    first, second = Here(Rules(fails=(PAIR,)), breaks_after=5), Here(Rules(fails=(PAIR,)))
    with Journal(tmp_path / "m") as journal, pytest.raises(KeyboardInterrupt):
        run(journal, first).work()
    with Journal(tmp_path / "m") as journal:
        rest = run(journal, second)
        assert len(rest.open) == 7
        rest.work()
        assert not rest.open
    assert len(first.asked) == 5
    assert not set(first.asked) & set(second.asked)
    assert {*first.asked, *second.asked} == {one.id for one in rest.plan.stacks}


def test_only_what_is_not_known_is_tried_again(tmp_path: Path) -> None:
    begun(tmp_path / "m", 6)
    with Journal(tmp_path / "m") as journal:
        work = run(journal, Here(Rules()))
        work.work()
        lost = work.plan.stacks[2].id
        path = tmp_path / "m" / RESULTS / f"{lost}.json"
        path.write_bytes(path.read_bytes().replace(b'"passed"', b'"not-known"'))
        again = Here(Rules())
        retried = run(journal, again)
        assert retried.retried == 1
        retried.work()
        assert again.asked == [lost]
        assert retried.results[lost].attempts == 2


@pytest.mark.parametrize("damage", [b"", b"{", b'{"id": "x"}', b"\xff"])
def test_a_damaged_result_counts_as_not_there(tmp_path: Path, damage: bytes) -> None:
    begun(tmp_path / "m", 4)
    with Journal(tmp_path / "m") as journal:
        work = run(journal, Here(Rules()))
        work.work()
        lost = work.plan.stacks[1].id
        (tmp_path / "m" / RESULTS / f"{lost}.json").write_bytes(damage)
        assert [one.id for one in run(journal, Here(Rules())).open] == [lost]


def test_two_processes_do_not_work_in_one_directory(tmp_path: Path) -> None:
    begun(tmp_path / "m", 2)
    with Journal(tmp_path / "m"), pytest.raises(InputError, match="another process"):
        Journal(tmp_path / "m")
    with Journal(tmp_path / "m"):
        pass


def test_a_directory_without_a_plan_is_told(tmp_path: Path) -> None:
    with Journal(tmp_path / "m") as journal, pytest.raises(InputError, match="holds no plan"):
        journal.plan()
    (tmp_path / "m" / PLAN).write_text('{"format": 1}\n')
    with Journal(tmp_path / "m") as journal, pytest.raises(InputError, match=r"plan\.jsonl"):
        journal.plan()


def test_added_stacks_isolate_what_failed(tmp_path: Path) -> None:
    """One failing stack among few leaves several suspects; swapping them one by one leaves one."""
    begun(tmp_path / "m", 20, shrink=12, projects=WIDE)
    with Journal(tmp_path / "m") as journal:
        work = run(journal, Here(Rules(fails=(PAIR,))))
        work.work()
        assert {one.result.verdict for one in work.results.values()} == {Verdict.PASSED, Verdict.FAILED}
        (culprit,) = {one.releases for one in work.blame().culprits}
        assert {str(release) for release in culprit} == set(PAIR)
        assert any(one.sureness is Sureness.CERTAIN for one in work.blame().culprits)
        added = [one for one in work.plan.stacks if one.shrinks]
        assert 0 < len(added) <= 12
        assert journal.plan() == work.plan


def test_nothing_is_added_where_nothing_failed(tmp_path: Path) -> None:
    begun(tmp_path / "m", 5, shrink=9)
    with Journal(tmp_path / "m") as journal:
        work = run(journal, Here(Rules()))
        work.work()
        assert len(work.plan.stacks) == 5


def test_the_report_counts_what_there_is(tmp_path: Path) -> None:
    space = begun(tmp_path / "m", 10)
    with Journal(tmp_path / "m") as journal:
        work = run(journal, Here(Rules(fails=(PAIR,), is_blamed=True), breaks_after=7))
        with pytest.raises(KeyboardInterrupt):
            work.work()
        report = monkey_report(
            work.plan,
            work.results,
            space,
            tool=Tool(name="stackwright", version="0"),
            created_at="2026-01-31T00:00:00Z",
            stopped_by="interrupted",
        )
    assert (report.stacks, report.left, report.passed + report.failed) == (10, 3, 7)
    assert report.seconds is not None
    assert report.seen_pairs > 0


def processes(rules: Rules, jobs: int = 2, deadline_s: float = 60.0) -> Processes:
    import msgspec

    return Processes(jobs, Recipe(factory=FACTORY, settings=msgspec.to_builtins(rules)), deadline_s)


def test_processes_probe_everything_once(tmp_path: Path) -> None:
    begun(tmp_path / "m", 12)
    log = tmp_path / "log"
    with Journal(tmp_path / "m") as journal:
        work = run(journal, processes(Rules(fails=(PAIR,), log=str(log))))
        work.work()
        assert all(one.is_known for one in work.results.values())
    lines = log.read_text().splitlines()
    assert len(lines) == len(set(lines)) == 12


def test_a_process_that_dies_is_replaced_and_its_probe_is_not_known(tmp_path: Path) -> None:
    begun(tmp_path / "m", 12)
    with Journal(tmp_path / "m") as journal:
        work = run(journal, processes(Rules(kills=("lib==2",))))
        work.work()
    lost = {one.id for one in work.plan.stacks if any(str(r) == "lib==2" for r in one.releases)}
    assert lost
    assert {name for name, one in work.results.items() if not one.is_known} == lost
    failure = work.results[min(lost)].result.failure
    assert failure is not None
    assert "SIGKILL" in failure.message


def test_a_probe_that_hangs_is_given_up(tmp_path: Path) -> None:
    begun(tmp_path / "m", 6)
    with Journal(tmp_path / "m") as journal:
        work = run(journal, processes(Rules(hangs=("lib==1",)), deadline_s=1.5))
        work.work()
    hung = [one.id for one in work.plan.stacks if any(str(r) == "lib==1" for r in one.releases)]
    assert hung
    for name in hung:
        failure = work.results[name].result.failure
        assert failure is not None
        assert failure.error == "timeout"
    assert sum(one.is_known for one in work.results.values()) == len(work.plan.stacks) - len(hung)


_PROGRAM = """
import sys
from pathlib import Path
import test_running as t
from fakes.probing.probers import Rules
from resolver.monkey.journal import Journal
with Journal(Path(sys.argv[1])) as journal:
    t.run(journal, t.processes(Rules(takes_s=0.2, log=sys.argv[2]))).work()
"""


@pytest.mark.slow
def test_a_run_that_is_killed_loses_at_most_the_probes_under_way(tmp_path: Path) -> None:
    folder, log = tmp_path / "m", tmp_path / "log"
    begun(folder, 24)
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environ = {**os.environ, "PYTHONPATH": paths}
    command = [sys.executable, "-c", _PROGRAM, str(folder), str(log)]
    killed: list[int] = []
    for at in (4, 11):
        with subprocess.Popen(command, env=environ) as process:
            while len(list((folder / RESULTS).glob("*.json"))) < at:
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
        killed.append(len(list((folder / RESULTS).glob("*.json"))))
    subprocess.run(command, env=environ, check=True)
    with Journal(folder) as journal:
        finished = run(journal, Here(Rules()))
    assert not finished.open
    assert all(one.attempts == 1 for one in finished.results.values())
    probed_at_all = log.read_text().splitlines()
    assert len(set(probed_at_all)) == 24
    assert len(probed_at_all) <= 24 + 2 * 2  # two processes were at one probe each, twice
    assert not list(folder.rglob("*.part"))
