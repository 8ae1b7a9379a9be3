"""Override files, and the table of pyproject.toml that states overrides."""

from __future__ import annotations

import pytest

from analyzers.manifests.declared import DeclaredKind, Group, GroupKind, Manifest
from analyzers.manifests.errors import ManifestError
from analyzers.manifests.overrides import parse_overrides
from analyzers.manifests.pyproject import parse_pyproject
from analyzers.manifests.setup_cfg import parse_setup_cfg
from analyzers.manifests.tools.stackwright import parse_settings


def stated(manifest: Manifest) -> list[tuple[str | None, str]]:
    assert all(declared.kind is DeclaredKind.OVERRIDE for declared in manifest.declared)
    return [(declared.dependent, str(declared.requirement())) for declared in manifest.declared]


@pytest.mark.parametrize(
    ("line", "dependent", "requirement"),
    [
        ("werkzeug<3", None, "werkzeug<3"),
        ("Flask_Login: werkzeug < 3", "flask-login", "werkzeug<3"),
        ("flask :werkzeug[x] ; os_name == 'nt'", "flask", 'werkzeug[x]; os_name == "nt"'),
        ("a:\\\n  b==1  # why", "a", "b==1"),
        ("a: ${B}==1", "a", "b==1"),
    ],
)
def test_lines(line: str, dependent: str | None, requirement: str) -> None:
    manifest = parse_overrides(f"# first\n\n{line}\n".encode(), "x", {"B": "b"})
    assert stated(manifest) == [(dependent, requirement)]


def test_places_are_those_of_the_requirement() -> None:
    (declared,) = parse_overrides(b"\n flask:  werkzeug<3\n", "x").declared
    assert str(declared.location) == "x:2:10"


def test_a_url_is_no_scope() -> None:
    (declared,) = parse_overrides(b"https://index.example/x-1.0.tar.gz", "x").declared
    assert (declared.dependent, declared.reference is not None) == (None, True)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a: b: c", "x:1:5: "),
        ("a:", "x:1:3: "),
        ("-r other", "x:1:1: an option, where only overrides may stand"),
        (": b", "x:1:1: "),
    ],
)
def test_lines_that_are_none(line: str, told: str) -> None:
    with pytest.raises(ManifestError) as refused:
        parse_overrides(line.encode(), "x")
    assert str(refused.value).startswith(told)


PYPROJECT = b"""\
[project]
name = "x"
dependencies = ["click"]
[project.optional-dependencies]
Empty_One = []
[dependency-groups]
none = []
[tool.stackwright]
index-url = "https://index.example/simple/"
overrides = ["werkzeug<3", "flask: click==1.0"]
"""


def test_table_of_pyproject() -> None:
    manifest = parse_settings(PYPROJECT, "pyproject.toml")
    assert stated(manifest) == [(None, "werkzeug<3"), ("flask", "click==1.0")]
    assert str(manifest.declared[1].location).startswith("pyproject.toml:10:")
    whole = parse_pyproject(PYPROJECT, "pyproject.toml")
    assert [d for d in whole.declared if d.kind is DeclaredKind.OVERRIDE] == list(manifest.declared)


def test_a_table_of_another_type_is_a_mistake() -> None:
    with pytest.raises(ManifestError, match=r"tool\.stackwright\.overrides must be an array"):
        parse_settings(b"[tool.stackwright]\noverrides = 3\n", "x")


def test_groups_without_requirements_are_known() -> None:
    assert parse_pyproject(PYPROJECT, "x").groups == (
        Group(GroupKind.EXTRA, "empty-one"),
        Group(GroupKind.DEPENDENCY_GROUP, "none"),
    )
    setup = parse_setup_cfg(b"[options.extras_require]\nWeb = flask\n", "setup.cfg")
    assert setup.groups == (Group(GroupKind.EXTRA, "web"),)
