"""``advise --check`` as a user runs it: whether a lock is what would be advised, with nothing written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex

SERVERS = """\
[tool.stackwright.environments.one]
python-version = "3.12"
platform = "x86_64-manylinux_2_28"

[tool.stackwright.environments.two]
python-version = "3.11"
platform = "x86_64-manylinux_2_28"
"""


def checked(commands: Commands, *arguments: str, code: int, lock: str = "pylock.toml") -> Any:
    ran = commands.advise(*arguments, "-o", lock, "--check", "--format", "json")
    assert ran.code == code, ran.err
    return ran.json


@pytest.mark.parametrize("lock", ["pylock.toml", "requirements.lock.txt", "Pipfile.lock"])
def test_a_lock_that_was_just_written_is_current(stackwright: Commands, lock: str) -> None:
    assert stackwright.advise("flask", "-o", lock, "-q").code == 0
    before = stackwright.path(lock).read_bytes()
    ran = stackwright.advise("flask", "-o", lock, "--check")
    assert (ran.code, ran.out.startswith(f"{lock} is what is advised for ")) == (0, True), ran.out + ran.err
    assert stackwright.path(lock).read_bytes() == before


def test_what_is_kept_while_it_fits_is_current(stackwright: Commands) -> None:
    stackwright.advise("flask==2.0.0", "-o", "pylock.toml", "-q")
    told = checked(stackwright, "flask", code=1)
    assert (told["pins"], told["others"]) == (
        [],
        ['requirements is ["flask==2.0.0"], and would be ["flask"]'],
    )
    told = checked(stackwright, "flask", "--upgrade", code=1)
    assert [(pin["name"], pin["before"], pin["after"]) for pin in told["pins"][1:]] == [
        ("flask", "2.0.0", "3.0.0"),
        ("werkzeug", "2.0", "3.1"),
    ]


def test_what_does_not_fit_any_more_is_told_and_nothing_is_written(stackwright: Commands) -> None:
    lock = stackwright.write("requirements.lock.txt", "flask==2.0.0\nwerkzeug==2.0\nextra==1.0\n")
    before = lock.read_bytes()
    ran = stackwright.advise("flask>=3", "-o", "requirements.lock.txt", "--no-hashes", "--check")
    assert (ran.code, lock.read_bytes()) == (1, before)
    assert "requirements.lock.txt is not what is advised for" in ran.out
    for line in (
        "click 8.1.7 is advised and not locked",
        "extra 1.0 is locked and not advised",
        "flask 2.0.0 is locked, and 3.0.0 is advised",
    ):
        assert f"  {line}\n" in ran.out


def test_a_lock_that_is_not_there_is_not_current(stackwright: Commands) -> None:
    told = checked(stackwright, "click", code=1)
    assert (told["reason"], len(told["pins"])) == ("there is no such file", 1)
    assert not stackwright.path("pylock.toml").exists()


def test_a_lock_that_cannot_be_read_is_refused(stackwright: Commands) -> None:
    stackwright.write("pylock.toml", "packages = 1\n")
    assert stackwright.advise("click", "-o", "pylock.toml", "--check").code in (1, 2)


def test_other_files_of_the_same_release_are_told(stackwright: Commands) -> None:
    stackwright.advise("click==8.1.7", "-o", "requirements.lock.txt", "-q")
    text = stackwright.path("requirements.lock.txt").read_text()
    start = text.index("sha256:") + len("sha256:")
    stackwright.write("requirements.lock.txt", text[:start] + "0" * 64 + text[start + 64 :])
    told = checked(stackwright, "click==8.1.7", code=1, lock="requirements.lock.txt")
    assert [(one["name"], one["kept"]) for one in told["files"]] == [("click", 0)]
    stackwright.write("requirements.lock.txt", "click==8.1.7\n")
    told = checked(stackwright, "click==8.1.7", code=1, lock="requirements.lock.txt")
    assert [one["name"] for one in told["files"]] == ["click"]


def test_a_file_more_on_the_index_is_no_difference(stackwright: Commands, small_index: FakeIndex) -> None:
    stackwright.advise("flask==3.0.0", "-o", "requirements.lock.txt", "-q")
    small_index.add("werkzeug", "3.1", tags=["cp311-cp311-manylinux_2_17_x86_64"], requires_python=">=3.9")
    told = checked(stackwright, "flask==3.0.0", "--refresh", code=0, lock="requirements.lock.txt")
    assert told["is_current"] is True


def test_a_lock_for_another_python_is_not_current(stackwright: Commands) -> None:
    linux = ("--platform", "x86_64-manylinux_2_28", "--python-version")
    stackwright.advise("click", "-o", "pylock.toml", "-q", *linux, "3.12")
    told = checked(stackwright, "click", *linux, "3.11", code=1)
    assert any(text.startswith("requires-python is") for text in told["others"])


def test_findings_have_the_lines_of_the_lock(stackwright: Commands) -> None:
    stackwright.write("requirements.lock.txt", "# pins\nwerkzeug==2.0\nclick==7.0\nflask==2.0.0\n")
    ran = stackwright.advise(
        "flask>=3", "-o", "requirements.lock.txt", "--no-hashes", "--check", "--format", "sarif"
    )
    assert ran.code == 1
    results = ran.json["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"stale-lock"}
    lines = {
        result["message"]["text"].partition(" ")[0]: result["locations"][0]["physicalLocation"]["region"]
        for result in results
    }
    assert {name: region["startLine"] for name, region in lines.items()} == {
        "click": 3,
        "flask": 4,
        "werkzeug": 2,
    }


def test_each_of_several_environments_is_looked_at(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", SERVERS)
    both = ("click", "--environment", "one", "--environment", "two")
    assert stackwright.advise(*both, "-q").code == 0
    ran = stackwright.advise(*both, "--check")
    assert (ran.code, ran.out.count("is what is advised")) == (0, 2), ran.err
    stackwright.path("pylock.two.toml").unlink()
    ran = stackwright.advise(*both, "--check", "--format", "json")
    assert (ran.code, [one["is_current"] for one in ran.json]) == (1, [True, False])
    assert not stackwright.path("pylock.two.toml").exists()


def test_no_stack_is_no_current_lock(stackwright: Commands) -> None:
    stackwright.advise("click", "-o", "pylock.toml", "-q")
    ran = stackwright.advise("click>=99", "-o", "pylock.toml", "--check")
    assert (ran.code, ran.out) == (1, "")
    assert "No stack" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--check",), "--check looks at a lock, and none is named"),
        (("--check", "-o", "report.json"), "report.json is none"),
        (("--format", "sarif"), "--format sarif goes with --check"),
    ],
)
def test_mistakes_are_told(stackwright: Commands, arguments: tuple[str, ...], said: str) -> None:
    ran = stackwright.advise("click", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_the_text_keeps_to_the_terminal(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "-o", "pylock.toml", "--check", COLUMNS="80")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert json.dumps(ran.out)
