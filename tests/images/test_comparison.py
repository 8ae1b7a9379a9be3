"""What differs between two reports."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from analyzers.evidence import Finding, Level
from analyzers.reports import Input, Tool
from images.facts.environment import Fact, RuntimeEnvironment
from images.reports.comparison import Change, ImageComparison, compare
from images.reports.records import Configuration, Interpreter, Layer, PythonDistribution, SystemPackage
from images.reports.report import ImageOrigin, ImageReport

TOOL = Tool(name="stackwright", version="1")
PYTHON = Interpreter(path="/usr/bin/python3.11", kind="distribution", prefix="/usr", version="3.11.2")


def report(**parts: Any) -> ImageReport:
    given: dict[str, Any] = {
        "tool": TOOL,
        "input": Input(what="image", digest="sha256:0"),
        "created_at": "2026-01-01T00:00:00Z",
        "origin": ImageOrigin(kind="docker-archive", reference="a.tar"),
        "platform": "linux/amd64",
        "environment": RuntimeEnvironment(),
        "configuration": Configuration(),
    }
    return ImageReport(**{**given, **parts})


def compared(before: ImageReport, after: ImageReport) -> ImageComparison:
    return compare(before, after, tool=TOOL, created_at="2026-01-02T00:00:00Z")


def distribution(name: str, version: str, interpreter: str | None = PYTHON.path, **more: Any) -> Any:
    return PythonDistribution(
        name=name, version=version, interpreter=interpreter, location="/l", where=f"/l/{name}", **more
    )


def package(name: str, version: str, kind: str = "deb", arch: str = "amd64", **more: Any) -> SystemPackage:
    return SystemPackage(name=name, version=version, type=kind, arch=arch, where="/db", **more)


def test_a_report_differs_from_itself_in_nothing() -> None:
    one = report(
        interpreters=(PYTHON,),
        distributions=(distribution("a", "1"),),
        packages=(package("a", "1"),),
        layers=(Layer(index=0, diff_id="x", size_bytes=1, entries=1),),
    )
    told = compared(one, msgspec.structs.replace(one, created_at="2027-01-01T00:00:00Z"))
    assert told.is_same
    assert told.shared_layers == 1


def test_where_things_lie_is_no_difference() -> None:
    one = report(
        interpreters=(PYTHON,), distributions=(distribution("a", "1"),), packages=(package("a", "1"),)
    )
    other = report(
        interpreters=(msgspec.structs.replace(PYTHON, layer=3),),
        distributions=(distribution("a", "1", layer=4),),
        packages=(package("a", "1", layer=5),),
        layers=(Layer(index=0, diff_id="x", size_bytes=1, entries=1),),
    )
    assert compared(one, other).is_same


def test_distributions_by_interpreter() -> None:
    venv = Interpreter(path="/v/bin/python", kind="venv", prefix="/v", version="3.11.2", base=PYTHON.path)
    before = report(
        interpreters=(PYTHON, venv),
        distributions=(
            *(distribution("up", "1.2"), distribution("down", "2"), distribution("gone", "1")),
            distribution("same", "1"),
            distribution("up", "1.9", venv.path),
        ),
    )
    after = report(
        interpreters=(PYTHON, venv),
        distributions=(
            *(distribution("up", "1.10"), distribution("down", "1.5"), distribution("new", "1")),
            distribution("same", "1", url="git+https://a.example/x"),
            distribution("up", "1.9", venv.path),
        ),
    )
    told = compared(before, after)
    assert {one.interpreter for one in told.distributions} == {PYTHON.path}
    assert {one.name: one.change for one in told.distributions} == {
        "up": Change.UPGRADE,
        "down": Change.DOWNGRADE,
        "gone": Change.REMOVED,
        "new": Change.ADDED,
        "same": Change.CHANGED,
    }
    assert not told.is_same


def test_an_interpreter_of_another_release_stands_for_the_one_before() -> None:
    newer = msgspec.structs.replace(PYTHON, path="/usr/bin/python3.13", version="3.13.5")
    before = report(interpreters=(PYTHON,), distributions=(distribution("a", "1"),))
    after = report(interpreters=(newer,), distributions=(distribution("a", "2", newer.path),))
    told = compared(before, after)
    assert [(one.change, one.before, one.after) for one in told.interpreters] == [
        (Change.UPGRADE, PYTHON, newer)
    ]
    assert [(one.name, one.change, one.interpreter) for one in told.distributions] == [
        ("a", Change.UPGRADE, newer.path)
    ]


def test_an_interpreter_that_stands_for_none() -> None:
    venv = Interpreter(path="/v/bin/python", kind="venv", prefix="/v", version="3.11.2")
    told = compared(report(interpreters=(PYTHON,)), report(interpreters=(PYTHON, venv)))
    assert [(one.change, one.before, one.after) for one in told.interpreters] == [(Change.ADDED, None, venv)]
    back = compared(report(interpreters=(PYTHON, venv)), report(interpreters=(PYTHON,)))
    assert [(one.change, one.before) for one in back.interpreters] == [(Change.REMOVED, venv)]


def test_distributions_that_no_interpreter_imports() -> None:
    told = compared(report(), report(distributions=(distribution("a", "1", None),)))
    assert [(one.name, one.interpreter, one.change) for one in told.distributions] == [
        ("a", None, Change.ADDED)
    ]


@pytest.mark.parametrize(
    ("kind", "before", "after", "change"),
    [
        ("deb", "1.0-1", "1.0-1+deb12u1", Change.UPGRADE),
        ("deb", "1:0.9-1", "1.0-1", Change.DOWNGRADE),
        ("rpm", "1.0-1.el8", "1.0-2.el8", Change.UPGRADE),
        ("apk", "1.0_rc1-r0", "1.0-r0", Change.UPGRADE),
        ("conda", "1.9", "1.10", Change.UPGRADE),
        ("conda", "a", "b", Change.CHANGED),
    ],
)
def test_packages_in_the_order_of_their_tool(kind: str, before: str, after: str, change: Change) -> None:
    told = compared(
        report(packages=(package("a", before, kind),)), report(packages=(package("a", after, kind),))
    )
    assert [(one.name, one.type, one.before, one.after, one.change) for one in told.packages] == [
        ("a", kind, before, after, change)
    ]


def test_several_packages_of_one_name_come_and_go() -> None:
    keys = [package("gpg-pubkey", version, "rpm") for version in ("a-1", "b-1", "c-1")]
    told = compared(report(packages=(keys[0], keys[1])), report(packages=(keys[1], keys[2], keys[0])))
    assert [(one.change, one.after) for one in told.packages] == [(Change.ADDED, "c-1")]
    both = compared(report(packages=tuple(keys)), report(packages=(package("gpg-pubkey", "d-1", "rpm"),)))
    assert [one.change for one in both.packages] == [Change.REMOVED] * 3 + [Change.ADDED]


def test_facts_configuration_findings_and_layers() -> None:
    finding = Finding(id="a", level=Level.WARNING, message="m", subject="s")
    other = msgspec.structs.replace(finding, message="n")
    layers = [Layer(index=i, diff_id=str(i), size_bytes=10, entries=1) for i in range(3)]
    before = report(
        environment=RuntimeEnvironment(facts={"libc.version": Fact(value="2.31", source="x")}),
        configuration=Configuration(environment={"A": "1", "B": "2"}, user="app", command=("a",)),
        findings=(finding,),
        layers=tuple(layers[:2]),
    )
    after = report(
        environment=RuntimeEnvironment(
            facts={"libc.version": Fact(value="2.36", source="y"), "arch": Fact(value="x86_64", source="z")}
        ),
        configuration=Configuration(environment={"A": "1", "B": "3"}, command=("b",), labels={"l": "v"}),
        findings=(other,),
        layers=(layers[0], layers[2]),
    )
    told = compared(before, after)
    assert [(one.name, one.before, one.after) for one in told.facts] == [
        ("arch", None, "x86_64"),
        ("libc.version", "2.31", "2.36"),
    ]
    assert [(one.name, one.before, one.after) for one in told.configuration] == [
        ("command", ("a",), ("b",)),
        ("environment B", "2", "3"),
        ("label l", None, "v"),
        ("user", "app", None),
    ]
    assert (told.new_findings, told.gone_findings) == ((other,), (finding,))
    assert (told.shared_layers, told.before.size_bytes, told.after.layers) == (1, 20, 2)


def test_another_platform_is_a_difference() -> None:
    assert not compared(report(), report(platform="linux/arm64")).is_same
