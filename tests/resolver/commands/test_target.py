"""The target and the policies: Python, platform, pre-releases, kinds of files, type of recommendation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

LINUX, MACOS = "cp311-cp311-manylinux_2_28_x86_64", "cp312-cp312-macosx_11_0_arm64"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("native", "1.0", tags=[LINUX, MACOS])
    index.add("native", "2.0", tags=[LINUX])
    index.add("native", "3.0", requires_python=">=3.13", tags=["py3-none-any"])
    index.add("built", "1.0", wheel=False, sdist=True)
    index.add("built", "2.0", wheel=True)
    index.add("built", "3.0", wheel=False, sdist=True)
    index.add("dated", "1.0")
    index.add("dated", "2.0b1")
    index.add("early", "0.1a1", requires=["dated"])
    index.add("marked", "1.0", requires=["dated==1.0 ; sys_platform == 'darwin'"])
    with IndexServer(index) as running:
        yield running


def advised(stackwright: Commands, *arguments: str) -> dict[str, str]:
    ran = stackwright.advise(*arguments, "--format", "json")
    assert ran.code in (0, 1), ran.err
    return {pin["name"]: pin["version"] for pin in ran.json["pins"]}


def test_python_and_platform_decide_which_files_fit(stackwright: Commands) -> None:
    linux = ["native", "--platform", "x86_64-manylinux_2_28"]
    assert advised(stackwright, *linux, "--python-version", "3.11") == {"native": "2.0"}
    assert advised(stackwright, *linux, "--python-version", "3.13.1") == {"native": "3.0"}
    macos = ["native", "--platform", "macos", "--python-version", "3.12"]
    assert advised(stackwright, *macos) == {"native": "1.0"}
    old = ["native", "--platform", "x86_64-manylinux_2_17", "--python-version", "3.11"]
    assert advised(stackwright, *old) == {}


def test_markers_are_those_of_the_target(stackwright: Commands) -> None:
    assert advised(stackwright, "marked", "--platform", "linux") == {"marked": "1.0"}
    assert advised(stackwright, "marked", "--platform", "macos") == {"marked": "1.0", "dated": "1.0"}


def test_target_is_told_in_every_form(stackwright: Commands) -> None:
    target = ["dated", "--platform", "linux/arm64", "--python-version", "3.12.4"]
    told = "cpython 3.12.4 on linux aarch64 with glibc 2.28"
    assert stackwright.advise(*target).out.startswith(f"Advised for {told}:\n")
    assert told in stackwright.advise(*target, "--format", "requirements").out.splitlines()[0]
    assert 'platform_machine == \\"aarch64\\"' in stackwright.advise(*target, "--format", "pylock").out
    facts = stackwright.advise(*target, "--format", "json").json["environment"]["facts"]
    assert facts["arch"] == {"value": "aarch64", "source": "--platform"}
    assert facts["python.version"] == {"value": "3.12.4", "source": "--python-version"}


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("manylinux", "did you mean: "),
        ("x86_64-manylinux_2_1000", "did you mean: x86_64-manylinux_2_28"),
        ("", "write for example: linux, "),
        ("solaris\x1b[31m", "write for example: linux, "),
        ("x" * 10_000, "write for example: linux, "),
    ],
)
def test_bad_platform(stackwright: Commands, server: IndexServer, name: str, remedy: str) -> None:
    ran = stackwright.advise("dated", "--platform", name)
    assert (ran.code, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert first.startswith("stackwright: error: unknown platform '")
    assert second.startswith(f"  {remedy}")
    assert "\x1b" not in ran.err
    assert server.requests == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2.7", "only Python 3 is served"),
        ("three", "write it like 3.11, 3.11.7, 3.14t or pypy3.11"),
        ("3", "write it like 3.11, 3.11.7, 3.14t or pypy3.11"),
        ("3.12t", "free-threaded builds begin with CPython 3.13"),
    ],
)
def test_bad_python_version(stackwright: Commands, server: IndexServer, text: str, reason: str) -> None:
    ran = stackwright.advise("dated", "--python-version", text)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"stackwright: error: Python version {text!r}: {reason}\n"
    assert server.requests == []


@pytest.mark.parametrize(
    ("policy", "asked", "version"),
    [
        ("if-necessary", "dated", "1.0"),
        ("if-necessary", "dated>1", "2.0b1"),
        ("if-alone", "dated", "1.0"),
        ("if-alone", "dated>1", None),
        ("allow", "dated", "2.0b1"),
        ("disallow", "dated>1", None),
        ("explicit", "dated>1", None),
        ("explicit", "dated>=2.0b1", "2.0b1"),
    ],
)
def test_prereleases(stackwright: Commands, policy: str, asked: str, version: str | None) -> None:
    pins = advised(stackwright, asked, "--prerelease", policy)
    assert pins == ({"dated": version} if version else {})


def test_kinds_of_files_can_be_refused_by_project(stackwright: Commands) -> None:
    assert advised(stackwright, "built") == {"built": "3.0"}
    assert advised(stackwright, "built", "--no-build-package", "Built") == {"built": "2.0"}
    assert advised(stackwright, "built<3", "--no-binary-package", "built") == {"built": "1.0"}
    neither = ["built", "--no-binary-package", "built", "--no-build-package", "built"]
    ran = stackwright.advise(*neither)
    assert ran.code == 1
    assert "comes as a wheel only, and wheels are forbidden" in " ".join(ran.out.split())


@pytest.mark.parametrize("name", ["latest", "stable"])
def test_type_is_told(stackwright: Commands, name: str) -> None:
    ran = stackwright.advise("dated", "--type", name, "--format", "json")
    assert ran.json["recommendation"] == name
    assert f"type {name};" in stackwright.advise("dated", "--type", name).out
