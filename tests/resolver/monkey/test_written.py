"""What is left of a run: observations, inspections, and texts without places of this machine."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from analyzers.reports import Input, Tool
from fakes.searching.terrains import pinned, release
from images.facts.environment import Fact, RuntimeEnvironment
from knowledge.observations.checked import checked
from knowledge.observations.record import Failure, ObservationKind, Outcome
from knowledge.probing.records import ImportedModule, ProbeResult, Verdict
from resolver.errors import InputError
from resolver.monkey.blaming import blamed
from resolver.monkey.cleaning import cleaned
from resolver.monkey.executor import not_known
from resolver.monkey.inspections import inspection
from resolver.monkey.journal import Journal, StackResult
from resolver.monkey.observed import observations
from resolver.monkey.plan import Demand, Head, Plan, PlannedStack, stack_id
from resolver.monkey.running import outcomes_of

TOOL = Tool(name="stackwright", version="0")
NOW = "2026-01-31T00:00:00Z"
FAILED = ProbeResult(
    verdict=Verdict.FAILED,
    failure=Failure(step="import app", error="ImportError", message="no name", where="app/__init__.py:1"),
    blame=(release("app==1"), release("lib==2")),
    trace=("Traceback", "ImportError: no name"),
    python="3.11.9",
    build_s=1.5,
    run_s=0.5,
    memory_bytes=64 << 20,
)


def facts(**values: str) -> RuntimeEnvironment:
    return RuntimeEnvironment(
        facts={name.replace("_", "."): Fact(value=value, source="test") for name, value in values.items()}
    )


def plan(*stacks: str, script: str = "") -> Plan:
    head = Head(
        tool=TOOL,
        input=Input(what="requirements", digest="sha256:0"),
        created_at=NOW,
        environment=facts(python_version="3.11.7", os_id="debian", os_version="12", arch="x86_64"),
        options={},
        requirements=("App>=1", "lib"),
        demand=Demand(roots=("app",), script=script),
    )
    planned = tuple(
        PlannedStack(id=f"{number:016x}", pins=tuple(map(pinned, one.split())))
        for number, one in enumerate(stacks)
    )
    return Plan(head=head, stacks=planned)


def results(made: Plan, *found: ProbeResult) -> dict[str, StackResult]:
    return {
        one.id: StackResult(id=one.id, result=result, wall_s=2.0, created_at=NOW)
        for one, result in zip(made.stacks, found, strict=True)
    }


def test_what_passed_or_failed_is_an_observation_that_can_be_kept() -> None:
    made = plan("app==1 lib==2", "app==1 lib==1", "app==2 lib==2", script="print()")
    found = results(made, FAILED, ProbeResult(verdict=Verdict.PASSED), not_known("worker-died", "x"))
    seen = list(observations(made, found, blamed(outcomes_of(made, found)), TOOL))
    assert [one.outcome for one in seen] == [Outcome.FAILED, Outcome.PASSED]
    failed, passed = (checked(one) for one in seen)
    assert [str(one) for one in failed.blame] == ["app==1", "lib==2"]
    assert (failed.kind, passed.kind) == (ObservationKind.IMPORT, ObservationKind.TEST)
    assert failed.environment.text("python.version") == "3.11.9"  # what ran it, not what was aimed at
    assert (failed.roots, failed.script) == (("app",), f"sha256:{hashlib.sha256(b'print()').hexdigest()}")
    assert passed.blame == ()


def test_a_blame_that_passed_elsewhere_is_not_kept() -> None:
    made = plan("app==1 lib==2 more==1", "app==1 lib==2 more==2")
    found = results(made, FAILED, ProbeResult(verdict=Verdict.PASSED))
    (failed, _) = observations(made, found, blamed(outcomes_of(made, found)), TOOL)
    assert [str(one) for one in failed.blame] in ([], ["more==1"])


def test_an_inspection_has_the_fields_of_amun() -> None:
    made = plan("app==1 lib==2")
    (found,) = results(made, FAILED).values()
    told = msgspec.to_builtins(inspection(made.head, made.stacks[0], found, 2 << 30))
    specification, result = told["specification"], told["result"]
    assert {"base", "packages", "python", "build", "run", "script", "files"} <= specification.keys()
    assert specification["base"] == "debian:12"
    assert specification["run"] == {"requests": {"cpu": "1", "memory": "2Gi"}}
    assert specification["python"]["requirements"]["packages"] == {
        "app": {"version": ">=1"},
        "lib": {"version": "*"},
    }
    assert specification["python"]["requirements_locked"]["default"]["lib"] == {"version": "==2"}
    assert (result["exit_code"], result["elapsed"], result["build_elapsed"]) == (1, 0.5, 1.5)
    assert result["usage"] == {"ru_maxrss": 65536}
    assert result["runtime_environment"]["python_version"] == "3.11"
    assert result["stderr"].endswith("import app: ImportError: no name")
    unknown = StackResult(id="0" * 16, result=not_known("x", "y"), wall_s=1.0)
    assert inspection(made.head, made.stacks[0], unknown, 1).result.exit_code is None


def test_places_of_this_machine_are_taken_out() -> None:
    place = "/home/me/m/work/stack-x1/venv/lib/python3.11/site-packages/lib/old.py"
    failure = Failure(step="import app", error="ImportError", message=f"no 'x' ({place})", where=f"{place}:3")
    module = ImportedModule(module="app", failure=failure)
    found = cleaned(
        ProbeResult(verdict=Verdict.FAILED, failure=failure, trace=(f'File "{place}"',), modules=(module,))
    )
    assert found.failure == Failure(
        step="import app", error="ImportError", message="no 'x' (lib/old.py)", where="lib/old.py:3"
    )
    assert found.trace == ('File "lib/old.py"',)
    assert found.modules[0].failure == found.failure
    assert "/home" not in msgspec.json.encode(found).decode()


def test_a_plan_whose_stacks_were_changed_is_refused() -> None:
    """The id of a stack names files: one that was not made of what is probed is not believed."""
    made = plan("app==1 lib==2")
    task = made.head.demand.task(made.stacks[0].pins)
    good = replace(made, stacks=(replace(made.stacks[0], id=stack_id(task)),))
    assert Plan.read(good.lines()) == good
    for bad in ("../../../evil", "0" * 16):
        with pytest.raises(ValueError, match="not the one that was planned"):
            Plan.read(replace(made, stacks=(replace(made.stacks[0], id=bad),)).lines())


def test_a_plan_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.jsonl").write_bytes(b'{"x":' + b"[" * 100_000)
    with Journal(tmp_path, resumes=True) as journal, pytest.raises(InputError, match=r"plan\.jsonl"):
        journal.plan()
