"""One small case for every rule: what is pinned, how many releases were read and how many decisions made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from fakes.indexes.index import FakeIndex
from fakes.searching.runs import Run, context, run, target
from resolver.context import PrereleasePolicy
from resolver.targets.formats import FormatPolicy

WINDOWS = ("cp311-cp311-win_amd64",)
WHEELS_ONLY = FormatPolicy(no_build=frozenset("ab"))
SDISTS_ONLY = FormatPolicy(no_binary=frozenset("ab"))

Releases = Mapping[str, Sequence[str] | Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is on the index, what is asked for, and what must come of it.

    Attributes:
        projects: project to version to requirements, or to the arguments of `FakeIndex.add`.
        pins: None where there is no stack.
        read: releases whose metadata was read.
    """

    projects: Mapping[str, Releases]
    asked: Sequence[str] = ("a",)
    pins: str | None
    read: int
    decisions: int
    options: Mapping[str, Any] = field(default_factory=dict)
    python: str | None = None

    def run(self) -> Run:
        index = FakeIndex()
        for name, releases in self.projects.items():
            index.add_project(name)
            for version, fields in releases.items():
                index.add(name, version, **(fields if isinstance(fields, Mapping) else {"requires": fields}))
        return run(index, context(self.asked, on=target(self.python), **self.options))


def needing(count: int, requirement: str) -> dict[str, list[str]]:
    """Releases 1 to `count` with one requirement, in which ``{}`` is the number of the release."""
    return {str(number): [requirement.format(number)] for number in range(1, count + 1)}


PLAIN: Mapping[str, Sequence[str]] = {"1.0": (), "2.0": ()}

CASES = {
    "newest": Case(
        projects={"a": {"1.0": ["b<2"], "2.0": ["b"]}, "b": PLAIN}, pins="a==2.0 b==2.0", read=2, decisions=2
    ),
    "nothing asked for": Case(projects={}, asked=(), pins="", read=0, decisions=0),
    "upper bound": Case(projects={"a": PLAIN}, asked=["a<2"], pins="a==1.0", read=1, decisions=0),
    "missing project": Case(projects={}, pins=None, read=0, decisions=0),
    "project without releases": Case(projects={"a": {}}, pins=None, read=0, decisions=0),
    "missing dependency": Case(projects={"a": {"1.0": [], "2.0": ["b"]}}, pins="a==1.0", read=2, decisions=0),
    "names are normalised": Case(
        projects={"Foo.Bar": {"1.0": ["SIX_six>=1"]}, "six-six": PLAIN},
        asked=["foo_bar"],
        pins="foo-bar==1.0 six-six==2.0",
        read=2,
        decisions=1,
    ),
    "yanked is passed over": Case(
        projects={"a": {"1.0": [], "2.0": {"yanked": True}}}, pins="a==1.0", read=1, decisions=0
    ),
    "yanked when named": Case(
        projects={"a": {"1.0": [], "2.0": {"yanked": True}}},
        asked=["a==2.0"],
        pins="a==2.0",
        read=1,
        decisions=0,
    ),
    "yanked when only a dependency names it": Case(
        projects={"a": {"1.0": ["b==2.0"]}, "b": {"1.0": [], "2.0": {"yanked": True}}},
        pins=None,
        read=1,
        decisions=0,
    ),
    "pre-release comes last": Case(
        projects={"a": {"1.0": [], "2.0rc1": []}}, pins="a==1.0", read=1, decisions=1
    ),
    "pre-release named but not needed": Case(
        projects={"a": {"1.0": [], "2.0rc1": []}}, asked=["a>=1.0rc1"], pins="a==1.0", read=1, decisions=1
    ),
    "pre-release if necessary": Case(
        projects={"a": {"1.0": [], "2.0rc1": []}}, asked=["a>1.0"], pins="a==2.0rc1", read=1, decisions=0
    ),
    "pre-release of a dependency if necessary": Case(
        projects={"a": {"1.0": ["b>=2.0a1"]}, "b": {"1.0": [], "2.0a1": [], "2.0a2": []}},
        pins="a==1.0 b==2.0a2",
        read=2,
        decisions=1,
    ),
    "pre-release allowed": Case(
        projects={"a": {"1.0": [], "2.0rc1": []}},
        options={"prereleases": PrereleasePolicy.ALLOW},
        pins="a==2.0rc1",
        read=1,
        decisions=1,
    ),
    "pre-release disallowed": Case(
        projects={"a": {"2.0rc1": []}},
        options={"prereleases": PrereleasePolicy.DISALLOW},
        pins=None,
        read=0,
        decisions=0,
    ),
    "pre-release only where asked for": Case(
        projects={"a": {"1.0": ["b>=1.0a1"], "2.0a1": []}, "b": {"1.0a1": []}},
        asked=["a>=1.0a1"],
        options={"prereleases": PrereleasePolicy.EXPLICIT},
        pins="a==2.0a1",
        read=2,
        decisions=0,
    ),
    "extra": Case(
        projects={"a": {"1.0": {"requires": ["c"], "extras": {"x": ["b<2"]}}}, "b": PLAIN, "c": PLAIN},
        asked=["a[x]"],
        pins="a==1.0 b==1.0 c==2.0",
        read=3,
        decisions=1,
    ),
    "extra that nobody asks for": Case(
        projects={"a": {"1.0": {"extras": {"x": ["missing"]}}}}, pins="a==1.0", read=1, decisions=0
    ),
    "extra that is missing": Case(
        projects={"a": {"1.0": {"extras": {"x": ["b"]}}, "2.0": []}, "b": PLAIN},
        asked=["a[x]"],
        pins="a==2.0",
        read=1,
        decisions=1,
    ),
    "extra asked for later": Case(
        projects={"a": {"1.0": {"extras": {"x": ["c"]}}}, "b": {"1.0": ["a[x]"]}, "c": PLAIN},
        asked=["a", "b"],
        pins="a==1.0 b==1.0 c==2.0",
        read=3,
        decisions=1,
    ),
    "extra made of extras": Case(
        projects={
            "a": {"1.0": {"extras": {"all": ["a[x,y]"], "x": ["b"], "y": ["c<2"]}}},
            "b": PLAIN,
            "c": PLAIN,
        },
        asked=["a[all]"],
        pins="a==1.0 b==2.0 c==1.0",
        read=3,
        decisions=1,
    ),
    "extra that asks for another release of its own": Case(
        projects={"a": {"1.0": [], "2.0": {"extras": {"x": ["a<2"]}}}},
        asked=["a[x]"],
        pins="a==1.0",
        read=2,
        decisions=0,
    ),
    "cycle": Case(
        projects={"a": {"1.0": ["b==1.0"], "2.0": ["b==2.0"]}, "b": {"1.0": ["a==1.0"], "2.0": ["a==1.0"]}},
        pins="a==1.0 b==1.0",
        read=4,
        decisions=1,
    ),
    "local version": Case(
        projects={"a": {"1.0": [], "1.0+cpu": []}}, asked=["a==1.0"], pins="a==1.0+cpu", read=1, decisions=1
    ),
    "local version is not greater": Case(
        projects={"a": {"1.0": [], "1.0+cpu": []}}, asked=["a>1.0"], pins=None, read=0, decisions=0
    ),
    "post-release": Case(
        projects={"a": {"1.0": [], "1.0.post1": []}},
        asked=["a>=1.0"],
        pins="a==1.0.post1",
        read=1,
        decisions=1,
    ),
    "post-release is not greater": Case(
        projects={"a": {"1.0": [], "1.0.post1": []}}, asked=["a>1.0"], pins=None, read=0, decisions=0
    ),
    "Python too old": Case(
        projects={"a": {"1.0": [], "2.0": {"requires_python": ">=3.12"}}}, pins="a==1.0", read=1, decisions=0
    ),
    "Python new enough": Case(
        projects={"a": {"1.0": [], "2.0": {"requires_python": ">=3.12"}}},
        python="3.12",
        pins="a==2.0",
        read=1,
        decisions=1,
    ),
    "Python beyond the cap comes last": Case(
        projects={"a": {"1.0": [], "2.0": {"requires_python": "<3.11"}}}, pins="a==1.0", read=1, decisions=1
    ),
    "Python beyond the cap of all": Case(
        projects={"a": {"2.0": {"requires_python": "<3.11"}}}, pins="a==2.0", read=1, decisions=0
    ),
    "wheel for another platform": Case(
        projects={"a": {"1.0": [], "2.0": {"tags": WINDOWS}}}, pins="a==1.0", read=1, decisions=0
    ),
    "source beside a wheel for another platform": Case(
        projects={"a": {"1.0": [], "2.0": {"tags": WINDOWS, "sdist": True}}},
        pins="a==2.0",
        read=1,
        decisions=1,
    ),
    "no build": Case(
        projects={"a": {"1.0": [], "2.0": {"wheel": False, "sdist": True}}},
        options={"formats": WHEELS_ONLY},
        pins="a==1.0",
        read=1,
        decisions=0,
    ),
    "no binary": Case(
        projects={"a": {"1.0": {"sdist": True}, "2.0": []}},
        options={"formats": SDISTS_ONLY},
        pins="a==1.0",
        read=1,
        decisions=0,
    ),
    "marker of a dependency": Case(
        projects={"a": {"1.0": ["b; sys_platform == 'win32'", "c; sys_platform == 'linux'"]}, "c": PLAIN},
        pins="a==1.0 c==2.0",
        read=2,
        decisions=1,
    ),
    "marker of a requirement": Case(
        projects={"a": PLAIN},
        asked=["a; python_version < '3'", "a<2; python_version > '3'"],
        pins="a==1.0",
        read=1,
        decisions=0,
    ),
    "invalid dependency": Case(
        projects={
            "a": {
                "1.0": [],
                "2.0": ["b; nonsense"],
                "3.0": ["b>=one"],
                "4.0": ["b@https://index.example/b.whl"],
            },
            "b": PLAIN,
        },
        pins="a==1.0",
        read=4,
        decisions=0,
    ),
    "dependency by address behind an extra": Case(
        projects={"a": {"1.0": [], "2.0": {"extras": {"x": ["b@https://index.example/b.whl"]}}}, "b": PLAIN},
        asked=["a[x]"],
        pins="a==1.0",
        read=2,
        decisions=0,
    ),
    "jump back over what has nothing to do with it": Case(
        # d 2 cannot be, which refutes c 2; of a and b, decided in between, no other is tried.
        projects={
            "a": PLAIN,
            "b": needing(6, "e"),
            "c": {"1": ["d<2"], "2": ["d>=2"]},
            "d": {"1": [], "2": ["f"]},
            "e": PLAIN,
        },
        asked=["c", "a", "b"],
        pins="a==2.0 b==6 c==1 d==1 e==2.0",
        read=7,
        decisions=6,
    ),
    "settle what is refuted again and again first": Case(
        # Each b wants another a; without the rule a 20 would be kept, with the oldest b, which has no bound.
        projects={"a": needing(20, "c"), "b": {"0": [], **needing(12, "a<={}")}, "c": PLAIN},
        asked=["a", "b"],
        pins="a==12 b==12 c==2.0",
        read=8,
        decisions=4,
    ),
    "named by == is read first": Case(
        projects={"a": {"1": ["b", "d==1"]}, "b": {"1": [], "2": []}, "d": {"1": ["b<2"], "2": []}},
        pins="a==1 b==1 d==1",
        read=3,
        decisions=0,
    ),
    "refuted when read, not when decided": Case(
        projects={"a": needing(5, "c=={}"), "b": PLAIN, "c": needing(5, "b")},
        asked=["a", "b", "c==2"],
        pins="a==2 b==2.0 c==2",
        read=6,
        decisions=2,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_case(case: Case) -> None:
    result = case.run()
    pins = (
        None
        if result.pins is None
        else " ".join(f"{name}=={version}" for name, version in result.pins.items())
    )
    assert (pins, result.releases_read, result.decisions) == (case.pins, case.read, case.decisions)
