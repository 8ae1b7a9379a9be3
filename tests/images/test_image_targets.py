from __future__ import annotations

import pytest

from fakes.images.image_reports import DEBIAN, PYTHON, image_report, interpreter
from images.errors import (
    ContradictedTargetError,
    TargetError,
    UndecidedPythonError,
    UnknownPlatformError,
    UnknownPythonError,
    UnservedTargetError,
)
from images.facts.environment import FactValue
from images.facts.image_targets import ImageTarget, image_target, wanted_platform
from images.reports.records import Interpreter
from images.reports.report import ImageReport


def values(target: ImageTarget) -> dict[str, FactValue]:
    return {name: target.environment[name] for name in target.environment}


def test_without_options_the_target_is_what_the_image_is() -> None:
    found = image_target(image_report())
    assert values(found) == {**DEBIAN, **PYTHON}
    assert found.interpreter == interpreter()


@pytest.mark.parametrize(
    ("platform", "wanted"),
    [
        (None, None),
        ("linux", None),
        ("linux/arm64", "linux/arm64"),
        ("LINUX/arm/v7", "linux/arm/v7"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("aarch64-manylinux_2_28", "linux/arm64"),
        ("musllinux_1_2_x86_64", "linux/amd64"),
        ("win_amd64", "windows/amd64"),
        ("armv7l-unknown-linux-gnueabihf", "linux/arm/v7"),
    ],
)
def test_which_image_of_one_for_several_platforms_is_meant(platform: str | None, wanted: str | None) -> None:
    assert wanted_platform(platform) == wanted


def test_a_platform_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownPlatformError):
        wanted_platform("solaris")
    with pytest.raises(UnknownPlatformError):
        image_target(image_report(), platform="solaris")


@pytest.mark.parametrize("platform", ["linux", "linux/amd64", "x86_64-manylinux_2_36", "linux_x86_64"])
def test_a_platform_that_agrees_changes_nothing(platform: str) -> None:
    assert values(image_target(image_report(), platform=platform)) == {**DEBIAN, **PYTHON}


@pytest.mark.parametrize(
    ("platform", "fact"),
    [
        ("linux/arm64", "arch x86_64"),
        ("win_arm64", "arch x86_64"),
        ("windows", "os.kernel linux"),
        ("musllinux_1_2_x86_64", "libc.name glibc"),
        ("x86_64-manylinux_2_28", "libc.version 2.36"),
    ],
)
def test_a_platform_that_contradicts_is_refused(platform: str, fact: str) -> None:
    with pytest.raises(ContradictedTargetError) as error:
        image_target(image_report(), platform=platform)
    assert error.value.known == f"{fact} (/usr/bin/python3.11)"
    assert f"--platform {platform}" in str(error.value)


def test_a_platform_adds_what_the_image_does_not_tell_and_no_defaults() -> None:
    facts = {**PYTHON, "os.kernel": "linux"}
    report = image_report(facts=facts, platform=None)
    assert values(image_target(report, platform="linux/arm64")) == {**facts, "arch": "aarch64"}
    told = values(image_target(report, platform="aarch64-manylinux_2_28"))
    assert told == {**facts, "arch": "aarch64", "libc.name": "glibc", "libc.version": "2.28"}


def test_the_configuration_says_what_files_do_not() -> None:
    found = values(image_target(image_report(facts=dict(PYTHON), platform="linux/arm64")))
    assert found == {**PYTHON, "os.kernel": "linux", "arch": "aarch64"}
    assert values(image_target(image_report(platform="plan9/amd64"))) == {**DEBIAN, **PYTHON}


@pytest.mark.parametrize("version", ["3.11", "3.11.2", "cpython3.11"])
def test_a_version_that_agrees_leaves_what_the_image_knows(version: str) -> None:
    found = image_target(image_report(), python_version=version)
    assert (values(found), found.interpreter) == ({**DEBIAN, **PYTHON}, interpreter())


NEWER = interpreter("/usr/local/bin/python3.13t", "3.13.1", abi="cp313t", is_default=False, has_headers=True)
PYPY = interpreter(
    "/opt/pypy/bin/pypy3", "3.10.14", implementation="pypy", abi="pypy310_pp73", is_default=False
)
VENV = interpreter("/opt/venv/bin/python", "3.13.1", kind="venv", base=NEWER.path, is_default=False)
SEVERAL = image_report(interpreters=(VENV, interpreter(), PYPY, NEWER))


@pytest.mark.parametrize(
    ("version", "expected"),
    [("3.13t", NEWER), ("3.13.1t", NEWER), ("pypy3.10", PYPY), ("3.11", interpreter())],
)
def test_another_interpreter_of_the_image_can_be_meant(version: str, expected: Interpreter) -> None:
    found = image_target(SEVERAL, python_version=version)
    assert found.interpreter == expected
    assert found.environment["python.version"] == expected.version
    assert found.environment["python.implementation"] == expected.implementation
    assert found.environment.text("python.abi") == (expected.abi or "cp311")


@pytest.mark.parametrize("expected", [VENV, interpreter(), PYPY, NEWER], ids=lambda one: one.path)
def test_an_interpreter_can_be_named_by_its_path(expected: Interpreter) -> None:
    found = image_target(SEVERAL, python_version=expected.path)
    assert found.interpreter == expected
    assert found.environment["python.version"] == expected.version
    assert found.environment.text("python.abi") == (expected.abi or found.environment.text("python.abi"))


@pytest.mark.parametrize(
    ("report", "known"),
    [
        (image_report(), "Python 3.11.2 (/usr/bin/python3.11)"),
        (image_report(facts=dict(DEBIAN), interpreters=()), "no Python"),
    ],
)
def test_a_path_without_an_interpreter_is_refused(report: ImageReport, known: str) -> None:
    with pytest.raises(ContradictedTargetError) as error:
        image_target(report, python_version="/opt/python")
    assert error.value.known == known


def test_facts_of_another_interpreter_replace_those_of_the_default_one() -> None:
    report = image_report(facts={**DEBIAN, **PYTHON, "headers.python": False}, interpreters=(NEWER,))
    found = values(image_target(report, python_version="3.13t"))
    assert found == {
        **DEBIAN,
        "python.version": "3.13.1",
        "python.implementation": "cpython",
        "python.abi": "cp313t",
        "python.gil": False,
        "headers.python": True,
    }


@pytest.mark.parametrize("version", ["3.9", "3.11.3", "3.11rc1", "3.13", "pypy3.11", "3.14t"])
def test_a_version_that_the_image_has_not_is_refused(version: str) -> None:
    with pytest.raises(ContradictedTargetError) as error:
        image_target(SEVERAL, python_version=version)
    assert error.value.known == (
        "Python 3.13.1 (/usr/local/bin/python3.13t), Python 3.11.2 (/usr/bin/python3.11), "
        "Python 3.10.14 (/opt/pypy/bin/pypy3)"
    )


def test_a_default_that_is_known_by_its_facts_alone_is_named_by_them() -> None:
    with pytest.raises(ContradictedTargetError) as error:
        image_target(image_report(interpreters=()), python_version="3.9")
    assert error.value.known == "Python 3.11.2"


@pytest.mark.parametrize(
    ("version", "error"),
    [("three", UnknownPythonError), ("2.7", UnknownPythonError), (None, UndecidedPythonError)],
)
def test_an_image_without_python_needs_a_version(version: str | None, error: type[TargetError]) -> None:
    with pytest.raises(error):
        image_target(image_report(facts=dict(DEBIAN), interpreters=()), python_version=version)


def test_a_python_that_will_be_added() -> None:
    found = image_target(image_report(facts=dict(DEBIAN), interpreters=()), python_version="3.12")
    assert found.interpreter is None
    assert found.environment["python.abi"] == "cp312"
    assert found.environment.facts["python.version"].source == "--python-version"


def test_the_only_interpreter_is_meant_even_where_it_is_no_default() -> None:
    report = image_report(facts=dict(DEBIAN), interpreters=(NEWER, VENV))
    assert image_target(report).interpreter == NEWER


def test_of_several_without_a_default_one_has_to_be_named() -> None:
    report = image_report(facts=dict(DEBIAN), interpreters=(NEWER, PYPY))
    with pytest.raises(UndecidedPythonError) as error:
        image_target(report)
    assert error.value.candidates == (
        "Python 3.13.1 (/usr/local/bin/python3.13t)",
        "Python 3.10.14 (/opt/pypy/bin/pypy3)",
    )
    assert image_target(report, python_version="pypy3.10").interpreter == PYPY


def test_an_interpreter_of_unknown_version_is_the_one_that_is_named() -> None:
    nameless = interpreter(version=None)
    found = image_target(image_report(facts=dict(DEBIAN), interpreters=(nameless,)), python_version="3.10")
    assert (found.interpreter, found.environment["python.version"]) == (nameless, "3.10.0")


def test_a_version_that_is_none_is_refused() -> None:
    facts: dict[str, FactValue] = {**DEBIAN, **PYTHON, "python.version": "three"}
    report: ImageReport = image_report(facts=facts)
    with pytest.raises(UnservedTargetError):
        image_target(report)
