"""Stacks of made-up modules, and what a simulation of their import says."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from analyzers.importing.failures import ImportFailure
from analyzers.importing.machine import Target
from analyzers.importing.simulation import Code, Simulated, simulated
from analyzers.importing.stack import Part, StackFiles
from analyzers.trees import MemoryReader

PYTHON = (3, 11, 7)


def stack(files: Mapping[str, str | bytes], versions: Mapping[str, str] | None = None) -> StackFiles:
    """Modules by path; the first part of a path, without its suffix, is the distribution."""
    content = {
        path.encode(): dedent(text).encode() if isinstance(text, str) else text
        for path, text in files.items()
    }
    owners = {path: path.split(b"/")[0].split(b".")[0].decode() for path in content}
    found = dict.fromkeys(owners.values(), "1.0") | dict(versions or {})
    return StackFiles([Part(MemoryReader(content), b"", None, owners)], found)


def run(
    code: str,
    files: Mapping[str, str | bytes] | None = None,
    *,
    python: tuple[int, int, int] = PYTHON,
    versions: Mapping[str, str] | None = None,
) -> Simulated:
    """What running code of the user in a stack meets."""
    return simulated(stack(files or {}, versions), Target(python), code=[Code("check.py", dedent(code))])


def failure(
    code: str,
    files: Mapping[str, str | bytes] | None = None,
    *,
    python: tuple[int, int, int] = PYTHON,
    versions: Mapping[str, str] | None = None,
) -> ImportFailure:
    """The one failure that is certain."""
    found = run(code, files, python=python, versions=versions)
    assert found.is_complete
    (one,) = found.failures
    return one


def assert_clean(
    code: str,
    files: Mapping[str, str | bytes] | None = None,
    *,
    python: tuple[int, int, int] = PYTHON,
    versions: Mapping[str, str] | None = None,
) -> None:
    """Nothing fails, not even perhaps."""
    found = run(code, files, python=python, versions=versions)
    assert found.is_complete
    assert [*found.failures, *found.doubtful] == []
