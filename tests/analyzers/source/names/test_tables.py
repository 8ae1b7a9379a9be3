"""The tables of names: well-formed, without contradictions, and with a source per row."""

from __future__ import annotations

from importlib.resources import files

import pytest
from packaging.utils import canonicalize_name

from analyzers.source.names.known_names import known_names
from analyzers.source.names.standard_library import is_standard
from analyzers.source.names.unavailable_names import Provider, unavailable_name
from analyzers.source.names.undeclared_needs import undeclared_needs

FOLDER = files("analyzers.source.names")


def rows(name: str) -> list[list[str]]:
    lines = FOLDER.joinpath(name).read_text("utf-8").splitlines()
    return [line.split("|") for line in lines if line and not line.startswith("#")]


def test_every_unavailable_name_has_a_kind_a_reason_and_a_source() -> None:
    for kind, what, source, names, *others in rows("unavailable_names.txt"):
        assert Provider(kind)
        assert what
        assert source.startswith(("https://", "http://"))
        assert names.split()
        assert all(
            part.isidentifier() for name in " ".join([names, *others]).split() for part in name.split(".")
        )


def test_no_name_has_two_providers() -> None:
    names = [name for row in rows("unavailable_names.txt") for name in row[3].split()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("module", "beside", "provider"),
    [
        ("sublime_plugin", (), Provider.APPLICATION),
        ("maya.cmds.ls", (), Provider.APPLICATION),
        ("maya", (), None),
        ("ui", (), None),
        ("ui", ("objc_util",), Provider.APPLICATION),
        ("ui", ("ui", "console"), None),
        ("ui", ("ui", "console.clear", "editor"), Provider.APPLICATION),
        ("com.sun", ("java.lang",), Provider.APPLICATION),
        ("urllib.quote", (), Provider.PYTHON2),
        ("urllib.parse.quote", (), None),
        ("numpy", (), None),
    ],
)
def test_what_provides_a_name(module: str, beside: tuple[str, ...], provider: Provider | None) -> None:
    row = unavailable_name(module, beside)
    assert (row and row.provider) == provider


def test_every_need_names_projects_and_a_source() -> None:
    for project, needs, source in rows("undeclared_needs.txt"):
        assert source.startswith(("https://", "http://"))
        for name in (project, *needs.split(", ")):
            assert canonicalize_name(name) == name
    assert undeclared_needs()["keras"] == ("tensorflow",)


@pytest.mark.parametrize(
    ("module", "project"),
    [("numpy", "numpy"), ("geventwebsocket", "gevent-websocket"), ("requests_oauthlib", "requests-oauthlib")],
)
def test_modules_of_well_known_projects(module: str, project: str) -> None:
    assert known_names().projects[module] == project


def test_what_everybody_calls_a_module_is_nobodys() -> None:
    known = known_names()
    assert {"settings", "utils", "config", "lib"} <= known.nobodys
    assert not known.nobodys & {*known.projects, *known.sole}


def test_known_projects_are_normalised_and_modules_are_not_standard() -> None:
    known = known_names()
    for module, project in (*known.projects.items(), *known.sole.items()):
        assert canonicalize_name(project) == project, module
    assert not [module for module in known.projects if is_standard(module, (3, 11))]
