from __future__ import annotations

import pytest

from fakes.images.python_roots import cataloged, distribution_files, python_files, python_root, run_config
from images.catalogers.catalog import Catalog
from images.reports.records import Interpreter

_BASE = "usr/local/bin/python3.11"
_SITE = "opt/venv/lib/python3.11/site-packages"


def _tree(configuration: str, version: str = "3.11.7") -> dict[bytes, bytes]:
    return python_files("usr/local", version) | {
        b"opt/venv/pyvenv.cfg": configuration.encode(),
        **distribution_files(_SITE, "a", "1"),
    }


def _environment(known: Catalog) -> Interpreter:
    return next(one for one in known.interpreters if one.prefix == "/opt/venv")


_VENV = (
    "home = /usr/local/bin\ninclude-system-site-packages = false\nversion = 3.11.7\n"
    "executable = /usr/local/bin/python3.11\ncommand = /usr/local/bin/python3.11 -m venv /opt/venv\n"
)
_UV = "home = /usr/local/bin\nimplementation = CPython\nuv = 0.5.1\nversion_info = 3.11.7\n"
_VIRTUALENV = (
    "home = /usr/local/bin\nimplementation = CPython\nversion_info = 3.11.7.final.0\nvirtualenv = 20.25.0\n"
    "base-prefix = /usr/local\nbase-executable = /usr/local/bin/python3.11\n"
)


@pytest.mark.parametrize(
    ("configuration", "kind"), [(_VENV, "venv"), (_UV, "venv"), (_VIRTUALENV, "virtualenv")]
)
def test_environments_of_every_maker(configuration: str, kind: str) -> None:
    links = {"opt/venv/bin/python": f"/{_BASE}", "opt/venv/bin/python3": "python", "opt/venv/lib64": "lib"}
    files = python_root(_tree(configuration), [_BASE], links, {"opt/venv/pyvenv.cfg": 2})
    known = cataloged(files, run_config("PATH=/opt/venv/bin:/usr/local/bin"))
    found = _environment(known)
    assert (found.path, found.kind, found.base) == ("/opt/venv/bin/python", kind, f"/{_BASE}")
    assert (found.version, found.abi, found.has_headers) == ("3.11.7", "cp311", True)
    assert (found.search_path, found.is_default, found.layer) == ((f"/{_SITE}",), True, 2)
    assert [one.is_default for one in known.interpreters] == [False, True]
    assert [(one.name, one.interpreter) for one in known.distributions] == [("a", "/opt/venv/bin/python")]
    assert known.findings == ()


def test_a_copied_executable_is_part_of_its_environment() -> None:
    files = python_root(_tree(_VENV), [_BASE, "opt/venv/bin/python", "opt/venv/bin/python3.11"])
    known = cataloged(files, run_config("PATH=/opt/venv/bin"))
    assert [one.path for one in known.interpreters] == [f"/{_BASE}", "/opt/venv/bin/python"]
    assert _environment(known).base == f"/{_BASE}"
    assert "/opt/venv/bin/python" in known.facts["python.version"].source
    assert known.findings == ()


def test_an_environment_of_an_environment_has_the_same_base() -> None:
    tree = _tree(_VENV) | {b"srv/inner/pyvenv.cfg": b"home = /opt/venv/bin\nversion = 3.11.7\n"}
    links = {"opt/venv/bin/python": f"/{_BASE}", "srv/inner/bin/python": "/opt/venv/bin/python"}
    known = cataloged(python_root(tree, [_BASE], links))
    assert {one.path: one.base for one in known.interpreters} == {
        f"/{_BASE}": None,
        "/opt/venv/bin/python": f"/{_BASE}",
        "/srv/inner/bin/python": f"/{_BASE}",
    }


def test_system_sites_follow_those_of_the_environment() -> None:
    tree = _tree(_VENV.replace("packages = false", "packages = TRUE"))
    tree |= distribution_files("usr/local/lib/python3.11/site-packages", "b", "1")
    known = cataloged(python_root(tree, [_BASE], {"opt/venv/bin/python": f"/{_BASE}"}))
    assert _environment(known).search_path == (f"/{_SITE}", "/usr/local/lib/python3.11/site-packages")
    assert {one.name: one.interpreter for one in known.distributions} == {
        "a": "/opt/venv/bin/python",
        "b": f"/{_BASE}",
    }


@pytest.mark.parametrize(
    ("links", "programs", "said"),
    [
        (
            {"opt/venv/bin/python": "/usr/bin/python3.11"},
            [_BASE],
            "leads to /usr/bin/python3.11, which is not there",
        ),
        ({"opt/venv/bin/python": "python3", "opt/venv/bin/python3": "python"}, [_BASE], "leads to python3"),
        ({}, [_BASE], "has no bin/python"),
        ({"opt/venv/bin/python": "/opt/other"}, ["opt/other"], "there is no /usr/local/bin"),
    ],
)
def test_broken_environments(links: dict[str, str], programs: list[str], said: str) -> None:
    tree = _tree(_VENV)
    if programs != [_BASE]:
        tree = {path: content for path, content in tree.items() if not path.startswith(b"usr/")}
    known = cataloged(python_root(tree, programs, links))
    (finding,) = known.findings
    assert (finding.id, finding.subject) == ("broken-environment", "/opt/venv")
    assert said in finding.message
    assert "make /opt/venv again" in finding.message
    assert finding.location is not None
    assert finding.location.path == "/opt/venv/pyvenv.cfg"


def test_a_base_of_another_series_is_broken_and_another_release_is_remarked() -> None:
    newer = python_files("usr/local", "3.12.1") | {
        path: content for path, content in _tree(_VENV).items() if path.startswith(b"opt/")
    }
    links = {"opt/venv/bin/python": "/usr/local/bin/python3", "usr/local/bin/python3": "python3.12"}
    known = cataloged(python_root(newer, ["usr/local/bin/python3.12"], links))
    (finding,) = known.findings
    assert finding.id == "broken-environment"
    assert "made with Python 3.11.7" in finding.message
    assert "is Python 3.12" in finding.message
    patched = cataloged(python_root(_tree(_VENV, "3.11.9"), [_BASE], {"opt/venv/bin/python": f"/{_BASE}"}))
    (remark,) = patched.findings
    assert remark.id == "environment-base-changed"
    assert _environment(patched).version == "3.11.9"


def test_what_is_no_environment() -> None:
    tree = python_files("usr/local", "3.11.7") | {b"etc/pyvenv.cfg": b"nothing\n", b"x/pyvenv.cfg/y": b""}
    known = cataloged(python_root(tree, [_BASE]))
    assert [one.path for one in known.interpreters] == [f"/{_BASE}"]
    assert known.findings == ()
