"""Constraints and overrides: what each of them does to an advice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.web_index import advised, web_index


@pytest.fixture
def index() -> FakeIndex:
    return web_index()


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


def test_constraints_limit_and_bring_nothing_in(stackwright: Commands, server: IndexServer) -> None:
    stackwright.write(
        "limits.txt", "werkzeug<3.1\nclick==1.0\ndjango<2\nnowhere==1 ; sys_platform == 'win32'\n"
    )
    assert advised(stackwright, "flask", "-c", "limits.txt") == ["click==1.0", "flask==3.0", "werkzeug==3.0"]
    assert not any("django" in request.path for request in server.requests)


def test_constraints_of_requirements_files_and_locks(stackwright: Commands) -> None:
    stackwright.write("limits.txt", "werkzeug<3.1\n")
    stackwright.write("some.in", "-c limits.txt\nflask\n")
    assert "werkzeug==3.0" in advised(stackwright, "-r", "some.in")
    assert stackwright.advise("-r", "some.in", "-o", "pylock.toml").code == 0
    assert "werkzeug==3.0" in advised(stackwright, "quart", "-c", "pylock.toml")


def test_a_constraint_is_named_in_the_explanation(stackwright: Commands) -> None:
    stackwright.write("limits.txt", "# limits\nwerkzeug<2\n")
    ran = stackwright.advise("flask", "-c", "limits.txt")
    assert ran.code == 1
    assert "the constraint werkzeug<2 (limits.txt:2:1) admits no release" in ran.out


def test_a_constraint_in_the_way_is_named(stackwright: Commands) -> None:
    stackwright.write("limits.txt", "werkzeug<3\n")
    ran = stackwright.advise("quart", "-c", "limits.txt")
    assert ran.code == 1
    assert "quart depends on werkzeug>=3 and the constraint werkzeug<3 (limits.txt:1:1) holds" in ran.out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("flask[async]<3", "a constraint with extras"),
        ("flask @ https://index.example/flask-1.0.tar.gz", "a constraint by URL or path"),
        ("./flask", "a constraint by URL or path"),
    ],
)
def test_constraints_that_are_none(stackwright: Commands, server: IndexServer, line: str, told: str) -> None:
    stackwright.write("limits.txt", f"click\n{line}\n")
    ran = stackwright.advise("flask", "-c", "limits.txt")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"stackwright: error: limits.txt:2:1: {told}: {line!r}")
    assert server.requests == []


def test_overrides_replace_what_dependencies_ask(stackwright: Commands) -> None:
    stackwright.write("overrides.txt", "werkzeug==2.0  # for all\n")
    assert advised(stackwright, "flask", "quart", "--override", "overrides.txt") == [
        "click==2.0",
        "flask==3.0",
        "quart==1.0",
        "werkzeug==2.0",
    ]


def test_an_override_for_one_dependent_leaves_the_others(stackwright: Commands) -> None:
    stackwright.write("overrides.txt", "flask: werkzeug==2.0\n")
    assert "werkzeug==2.0" in advised(stackwright, "flask", "--override", "overrides.txt")
    ran = stackwright.advise("flask", "quart", "--override", "overrides.txt", COLUMNS="400")
    assert ran.code == 1
    assert "flask depends on werkzeug==2.0 (an override: overrides.txt:1:8)" in ran.out


def test_an_override_that_is_not_live_drops_the_dependency(stackwright: Commands) -> None:
    stackwright.write("overrides.txt", "flask: click ; python_version < '3'\n")
    assert advised(stackwright, "flask", "--override", "overrides.txt") == ["flask==3.0", "werkzeug==3.1"]


def test_what_the_user_requires_is_not_overridden(stackwright: Commands) -> None:
    stackwright.write("overrides.txt", "werkzeug\n")
    assert advised(stackwright, "flask==3.0", "werkzeug<3", "--override", "overrides.txt") == [
        "click==2.0",
        "flask==3.0",
        "werkzeug==2.0",
    ]


def test_overrides_of_the_project_here(stackwright: Commands) -> None:
    stackwright.write(
        "pyproject.toml", '[tool.stackwright]\noverrides = ["flask: werkzeug==2.0", "click<2"]\n'
    )
    assert advised(stackwright, "flask") == ["click==1.0", "flask==3.0", "werkzeug==2.0"]


@pytest.mark.parametrize(
    ("line", "place", "told"),
    [
        ("flask: werkzeug >", "overrides.txt:2:17", "Expected"),
        ("-r other.txt", "overrides.txt:2:1", "an option, where only overrides may stand"),
        ("./here", "overrides.txt:2:1", "an override by URL or path"),
        ("flask: https://index.example/x.whl", "overrides.txt:2:8", "an override by URL or path"),
    ],
)
def test_overrides_that_are_none(
    stackwright: Commands, server: IndexServer, line: str, place: str, told: str
) -> None:
    stackwright.write("overrides.txt", f"click\n{line}\n")
    ran = stackwright.advise("flask", "--override", "overrides.txt")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"stackwright: error: {place}: {told}")
    assert server.requests == []


def test_what_constraints_and_overrides_say_is_part_of_the_digest(stackwright: Commands) -> None:
    stackwright.write("limits.txt", "click<9\n")

    def digest(*arguments: str) -> str:
        report = stackwright.advise("flask", *arguments, "--format", "json").json
        return str(report["input"]["digest"])

    options = [(), ("-c", "limits.txt"), ("--override", "limits.txt")]
    assert len({digest(*arguments) for arguments in options}) == 3
