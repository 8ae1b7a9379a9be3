"""What installers really said of installations that failed for a known reason, as it was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzers.buildlogs import failures, read_build_log
from analyzers.buildlogs.records import BuildFailure, Cause, Step

LOGS = Path(__file__).with_name("logs")

# What was done: log, package, version, step, cause, what was missing.
EXPECTED = """
pip-20.3.4-hash                good       1.0 download           hash-mismatch            -
pip-20.3.4-header-legacy       legacyhdr  1.0 build              missing-header           libxml/xmlv.h
pip-20.3.4-oom                 oom        1.0 build-requirements out-of-memory            -
pip-20.3.4-requirement-missing noreq      1.0 build-requirements no-matching-distribution helper>=3
pip-20.3.4-verbose             noheader   1.0 build              missing-header           nonexistent.h
pip-22.3.1-certificate         good       -   resolve            certificate              -
pip-22.3.1-header              noheader   1.0 build              missing-header           nonexistent.h
pip-24.3.1-pkg-config          pkgconf    1.0 build-requirements missing-library          nonexistent-lib
pip-26.0-backend-missing       nobackend  1.0 build-requirements missing-module           absent_backend
pip-26.0-compile-error         cxxerr     1.0 build              compile-error            -
pip-26.0-compiler              goodext    1.0 build              missing-compiler         gcc
pip-26.0-conflict              wantsone   1.0 resolve            conflict                 -
pip-26.0-diskfull              -          -   install            disk-full                -
pip-26.0-hash                  good       1.0 download           hash-mismatch            -
pip-26.0-header-of-dependency  noheader   1.0 build              missing-header           nonexistent.h
pip-26.0-library               nolib      1.0 build              missing-library          -lnonexistent
pip-26.0-oom                   oom        1.0 build-requirements out-of-memory            -
pip-26.0-program               noprog     1.0 build-requirements missing-program          nonexistent_config
pip-26.0-python                newpython  -   resolve            wrong-python             Python_>=3.99
pip-26.0-raises                raises     1.0 build-requirements build-backend            -
pip-26.0-refused               good       -   resolve            network                  -
pip-26.0-requirement-missing   noreq      1.0 build-requirements no-matching-distribution helper>=3
pip-26.0-syntax                py2print   1.0 build-requirements syntax-of-setup          -
uv-0.4.30-header               noheader   1.0 build              missing-header           nonexistent.h
uv-0.4.30-syntax               py2print   1.0 build-requirements syntax-of-setup          -
uv-0.8.0-header                noheader   1.0 build              missing-header           nonexistent.h
poetry-header                  noheader   1.0 build              missing-header           nonexistent.h
pipenv-header                  noheader   1.0 build              missing-header           nonexistent.h
uv-0.8.0-program               noprog     1.0 build              missing-program          nonexistent_config
uv-0.13.9-certificate          good       -   download           certificate              -
uv-0.13.9-compiler             goodext    1.0 build              missing-compiler         gcc
uv-0.13.9-conflict             wantsone   -   resolve            conflict                 -
uv-0.13.9-diskfull             bigone     1.0 download           disk-full                -
uv-0.13.9-hash                 good       1.0 download           hash-mismatch            -
uv-0.13.9-header-of-dependency noheader   1.0 build              missing-header           nonexistent.h
uv-0.13.9-library              nolib      1.0 build              missing-library          -lnonexistent
uv-0.13.9-oom                  oom        1.0 build-requirements out-of-memory            -
uv-0.13.9-python               newpython  1.0 resolve            wrong-python             Python_>=3.99
uv-0.13.9-refused              good       -   download           network                  -
uv-0.13.9-requirement-missing  noreq      1.0 build-requirements no-matching-distribution helper>=3
uv-0.13.9-sync                 colorama   -   resolve            no-matching-distribution colorama
pdm-absent                     absentproject - resolve           no-matching-distribution absentproject
pdm-noversion                  shared     -   resolve            no-matching-distribution shared
pdm-conflict                   shared     -   resolve            conflict                 -
pdm-compiler                   compiler   1.0 build              missing-compiler         absent-gcc
pdm-header                     header     1.0 build              build-backend            -
pdm-header-verbose             header     1.0 build              missing-header           absent_header.h
pdm-leaving                    leaving    1.0 build              build-backend            -
pdm-hash                       shared     2.0 download           no-matching-distribution shared==2.0
pdm-winonly                    winonly    1.0 download           no-matching-distribution winonly==1.0
pdm-network                    -          -   resolve            network                  -
poetry-absent                  absentproject - resolve           no-matching-distribution absentproject
poetry-deepabsent              nothere    -   resolve            no-matching-distribution nothere>=3
poetry-conflict                -          -   resolve            conflict                 -
poetry-python                  later      1.0 resolve            wrong-python             Python_>=3.99
poetry-hash                    shared     2.0 download           hash-mismatch            -
poetry-winonly                 winonly    1.0 download           no-matching-distribution winonly==1.0
poetry-network                 -          -   resolve            network                  -
pipenv-conflict                -          -   resolve            conflict                 -
"""
ROWS = [line.split() for line in EXPECTED.strip().splitlines()]
INSTALLED = ["pip-26.0-installed", "uv-0.13.9-installed"]


def content(name: str) -> bytes:
    return (LOGS / f"{name}.log").read_bytes()


def only(name: str) -> BuildFailure:
    """The one failure that a log tells, or the last, where an installer tried twice."""
    log = read_build_log(content(name))
    assert log.is_build_log
    assert len({(one.package, one.cause) for one in log.failures}) == 1
    return log.failures[0]


def test_every_recorded_log_is_expected_to_say_something() -> None:
    assert {path.stem for path in LOGS.glob("*.log")} == {row[0] for row in ROWS} | {
        *INSTALLED,
        "pdm-installed",
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_release_step_cause_and_what_is_missing_are_told(row: list[str]) -> None:
    name, package, version, step, cause, missing = (("" if part == "-" else part) for part in row)
    found = only(name)
    told = (found.package, found.version, found.step, found.cause, found.missing)
    assert told == (package, version, Step(step), Cause(cause), missing.replace("_>", " >"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_lines_of_the_evidence_are_in_the_log(row: list[str]) -> None:
    lines = content(row[0]).decode().splitlines()
    found = only(row[0])
    assert found.lines == tuple(sorted(set(found.lines)))
    assert 1 <= found.lines[0] <= found.lines[-1] <= len(lines)
    said = " ".join(" ".join(lines).split())
    assert " ".join(found.message.split())[:60] in said


@pytest.mark.parametrize("name", INSTALLED)
def test_what_was_installed_is_told(name: str) -> None:
    log = read_build_log(content(name))
    assert log.failures == ()
    done = {one.package: (one.version, one.is_successful) for one in log.installation}
    assert done == {"click": ("8.1.7", True), "good": ("2.0", True)}


def test_pip_tells_files_and_their_sizes_and_the_index() -> None:
    click, good = read_build_log(content("pip-26.0-installed")).installation
    assert (click.artifact, click.is_wheel, click.size_bytes) == (
        "click-8.1.7-py3-none-any.whl",
        True,
        97_000,
    )
    assert (good.artifact, good.is_wheel, good.size_bytes) == ("good-2.0.tar.gz", False, 314)
    assert good.index == "https://index.example/simple/"


def test_who_asked_for_it_is_told() -> None:
    assert only("pip-26.0-header-of-dependency").requested_by == ("needsbad",)
    assert only("uv-0.13.9-header-of-dependency").requested_by == ("needsbad==1.0",)
    assert only("pip-26.0-hash").requested_by == ("-r req-hash.txt (line 1)",)


def test_what_cannot_be_together_is_told() -> None:
    assert only("pip-26.0-conflict").conflicting == ("wantsone==1.0", "wantstwo==1.0")
    told = only("uv-0.13.9-conflict").conflicting
    assert set(told) == {"wantsone needs good<2", "wantstwo needs good>=2"}


def test_the_place_in_the_sources_is_told() -> None:
    assert only("pip-26.0-header-of-dependency").where == "x.c:1"
    assert only("pip-26.0-compile-error").where == "x.cpp:2:18"


def test_pdm_tells_what_was_installed() -> None:
    log = read_build_log(content("pdm-installed"))
    assert (log.installer, log.failures) == ("pdm", ())
    assert [(one.package, one.version, one.is_successful) for one in log.installation] == [
        ("shared", "2.0", True)
    ]


@pytest.mark.parametrize("installer", ["pdm", "poetry", "pipenv"])
def test_what_resolvers_of_tools_cannot_put_together_is_told(installer: str) -> None:
    told = only(f"{installer}-conflict").conflicting
    assert sorted(told) == ["one==1.0 needs shared<2", "two==1.0 needs shared>=2"]


def test_what_looks_like_a_quotation_of_poetry_later_is_none() -> None:
    log = read_build_log(b"  - Installing lib (1.0)\nwarning: unused\n    | let x = 1;\n    | ^^^\n")
    assert (log.installer, log.failures) == ("poetry", ())


def test_words_of_pdm_in_a_log_of_pip_are_no_failure() -> None:
    log = read_build_log(b"Collecting lib\n  Downloading lib-1.0.tar.gz\nupdate cache failed:\n")
    assert (log.installer, log.failures) == ("pip", ())


def test_poetry_tells_who_asked_for_what_is_absent() -> None:
    assert only("poetry-deepabsent").requested_by == ("needsabsent==1.0",)


def test_python_and_platform_are_told_where_the_log_names_them() -> None:
    pip, uv = (read_build_log(content(f"{name}-library")) for name in ("pip-26.0", "uv-0.13.9"))
    assert (pip.installer, pip.python, pip.platform) == ("pip", "3.11", "linux_x86_64")
    assert (uv.installer, uv.python, uv.platform) == ("uv", "3.11.7", "linux_x86_64")
    assert read_build_log(content("pip-20.3.4-verbose")).installer_version == "20.3.4"


def test_steps_are_told_with_their_ends() -> None:
    log = read_build_log(content("pip-26.0-library"))
    assert [(one.step, one.is_successful) for one in log.steps] == [
        (Step.BUILD_REQUIREMENTS, True),
        (Step.BUILD_REQUIREMENTS, True),
        (Step.METADATA, True),
        (Step.BUILD, False),
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_failures_of_a_text_are_those_of_the_log(row: list[str]) -> None:
    told = failures(content(row[0]).decode())
    assert told == read_build_log(content(row[0])).lasting
    assert told
