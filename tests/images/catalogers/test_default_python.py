from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from fakes.images.python_roots import cataloged, python_files, python_root, run_config
from fakes.images.roots import MemoryRoot
from images.facts.environment import Fact

_SYSTEM, _LOCAL = "usr/bin/python3.9", "usr/local/bin/python3.11"
_LINKS = {
    "usr/bin/python3": "python3.9",
    "usr/local/bin/python3": "python3.11",
    "usr/local/bin/python": "python3",
    "opt/venv/bin/python": "/usr/local/bin/python3.11",
    "app/.venv/bin/python": "/usr/bin/python3.9",
    "usr/bin/python-of-venv": "/opt/venv/bin/python",
}


def _root(more: dict[bytes, bytes] | None = None, links: dict[str, str] | None = None) -> MemoryRoot:
    tree = python_files("usr", "3.9.2", headers=True) | python_files("usr/local", "3.11.7")
    tree |= {
        b"opt/venv/pyvenv.cfg": b"home = /usr/local/bin\nversion = 3.11.7\n",
        b"app/.venv/pyvenv.cfg": b"home = /usr/bin\nversion = 3.9.2\n",
        b"opt/venv/bin/gunicorn": b"#!/opt/venv/bin/python\nimport x\n",
        b"usr/bin/env-script": b"#!/usr/bin/env -S python3 -I\n",
        b"usr/local/bin/long": b"#!/bin/sh\n'''exec' /opt/venv/bin/python \"$0\" \"$@\"\n' '''\n",
        b"usr/bin/tini": b"\x7fELF",
        b"bin/sh": b"\x7fELF",
        b"entrypoint.sh": b'#!/bin/sh\nexec "$@"\n',
    }
    return python_root(tree | (more or {}), [_SYSTEM, _LOCAL], {**_LINKS, **(links or {})})


def _version(entrypoint: list[str], command: list[str], *environ: str) -> Fact:
    config = run_config(*environ, entrypoint=entrypoint, command=command, directory="/app")
    return cataloged(_root(), config).facts["python.version"]


@pytest.mark.parametrize(
    ("entrypoint", "command", "program"),
    [
        ([], ["python3"], "/usr/local/bin/python3.11"),
        ([], ["/usr/bin/python3", "-m", "x"], "/usr/bin/python3.9"),
        (["/opt/venv/bin/gunicorn"], ["app:app"], "/opt/venv/bin/python"),
        (["tini", "--"], ["/usr/bin/python3", "x.py"], "/usr/bin/python3.9"),
        (["/entrypoint.sh"], ["/opt/venv/bin/python"], "/opt/venv/bin/python"),
        ([], ["/bin/sh", "-c", "exec /opt/venv/bin/gunicorn 'a b'"], "/opt/venv/bin/python"),
        ([], ["/bin/sh", "-c", "unclosed ' /usr/bin/python3"], "/usr/bin/python3.9"),
        (["long"], [], "/opt/venv/bin/python"),
        (["env-script"], [], "/usr/local/bin/python3.11"),
        (["uv", "run", "x"], [], "/app/.venv/bin/python"),
        ([".venv/bin/python"], [], "/app/.venv/bin/python"),
        # An environment is found by the path that is called, so that a link to its python is the base.
        (["python-of-venv"], [], "/usr/local/bin/python3.11"),
        ([], ["sleep", "infinity"], "/usr/local/bin/python3.11"),
    ],
)
def test_what_a_container_would_run(entrypoint: list[str], command: list[str], program: str) -> None:
    fact = _version(entrypoint, command)
    assert f"(of {program}, " in fact.source
    assert fact.value == {"/usr/bin/python3.9": "3.9.2", "/app/.venv/bin/python": "3.9.2"}.get(
        program, "3.11.7"
    )


def test_says_why_and_what_else_there_is() -> None:
    fact = _version(["/usr/bin/tini"], ["/usr/bin/python3"])
    assert fact.source == (
        "/usr/include/python3.9/patchlevel.h "
        "(of /usr/bin/python3.9, run by the entry point /usr/bin/python3; 3 more in the image)"
    )
    assert fact.confidence is Confidence.LIKELY
    assert _version([], ["/usr/bin/python3"]).confidence is Confidence.CERTAIN


def test_path_decides_where_no_command_does() -> None:
    fact = _version([], [], "PATH=/opt/venv/bin:/usr/bin")
    assert "(of /opt/venv/bin/python, python on PATH (/opt/venv/bin/python);" in fact.source
    assert fact.source.startswith("/usr/local/include/python3.11/patchlevel.h")


def test_a_versioned_name_and_the_only_interpreter_are_taken_for_want_of_better() -> None:
    tree = python_files("opt/py", "3.12.1")
    known = cataloged(python_root(tree, ["opt/py/bin/python3.12"]), run_config("PATH=/opt/py/bin"))
    assert "python3.12 on PATH" in known.facts["python.version"].source
    known = cataloged(python_root(tree, ["opt/py/bin/python3.12"]), run_config("PATH=/bin"))
    assert "the only interpreter" in known.facts["python.version"].source
    assert known.facts["python.version"].confidence is Confidence.LIKELY


def test_no_interpreter_no_facts() -> None:
    assert cataloged(MemoryRoot({b"etc/x": b""}), run_config(command=["python"])).facts == {}


@pytest.mark.parametrize(
    ("files", "environ", "version"),
    [
        ({b"srv/.pyenv/version": b"3.11.7\n"}, (), "3.11.7"),
        ({b"srv/.pyenv/version": b"3.11.7\n", b"app/.python-version": b"3.9\n"}, (), "3.9.18"),
        ({b"srv/.pyenv/version": b"3.9.18\n"}, ("PYENV_VERSION=3.11.7",), "3.11.7"),
    ],
)
def test_pyenvs_shims(files: dict[bytes, bytes], environ: tuple[str, ...], version: str) -> None:
    tree = python_files("srv/.pyenv/versions/3.9.18", "3.9.18")
    tree |= python_files("srv/.pyenv/versions/3.11.7", "3.11.7")
    tree |= files | {b"srv/.pyenv/shims/python": b"#!/usr/bin/env bash\n", b"bin/bash": b"\x7fELF"}
    links = {
        "srv/.pyenv/versions/3.9.18/bin/python": "python3.9",
        "srv/.pyenv/versions/3.11.7/bin/python": "python3.11",
    }
    programs = ["srv/.pyenv/versions/3.9.18/bin/python3.9", "srv/.pyenv/versions/3.11.7/bin/python3.11"]
    config = run_config("PATH=/srv/.pyenv/shims:/bin", *environ, command=["python"], directory="/app")
    known = cataloged(python_root(tree, programs, links), config)
    assert known.facts["python.version"].value == version
    assert [one.version for one in known.interpreters if one.is_default] == [version]


def test_conda_run() -> None:
    tree: dict[bytes, bytes] = {}
    for prefix in ("opt/conda", "opt/conda/envs/app"):
        tree |= python_files(prefix, "3.12.4" if prefix.endswith("app") else "3.11.7")
        tree[f"{prefix}/conda-meta/history".encode()] = b""
    programs = ["opt/conda/bin/python3.11", "opt/conda/envs/app/bin/python3.12"]
    config = run_config(
        "PATH=/opt/conda/bin", entrypoint=["conda", "run", "--no-capture-output", "-n", "app"]
    )
    assert cataloged(python_root(tree, programs), config).facts["python.version"].value == "3.12.4"


def test_facts_of_the_default() -> None:
    facts = cataloged(_root(), run_config()).facts
    assert {name: fact.value for name, fact in facts.items()} == {
        "python.version": "3.11.7",
        "python.implementation": "cpython",
        "python.abi": "cp311",
        "python.gil": True,
        "headers.python": True,
    }
    assert facts["headers.python"].source.startswith("/usr/local/include/python3.11 ")
    assert facts["python.abi"].source.startswith("/usr/local/lib/python3.11/lib-dynload ")
