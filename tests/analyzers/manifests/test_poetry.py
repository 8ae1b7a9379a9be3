from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from analyzers.manifests.declared import DeclaredKind, GroupKind, IndexKind, Manifest
from analyzers.manifests.errors import MalformedManifestError
from analyzers.manifests.pyproject import parse_pyproject
from analyzers.manifests.tools.poetry_versions import VersionConstraintError, specifier_of


@pytest.mark.parametrize(
    ("constraint", "specifier"),
    [
        # the tables of the documentation
        ("^1.2.3", ">=1.2.3,<2.0.0"),
        ("^1.2", ">=1.2,<2.0"),
        ("^1", ">=1,<2"),
        ("^0.2.3", ">=0.2.3,<0.3.0"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3.0"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("*", ""),
        ("1.*", "==1.*"),
        ("1.2.*", "==1.2.*"),
        ("1.x", "==1.*"),
        ("!=1.2.*", "!=1.2.*"),
        # everything else
        ("1.2.3", "==1.2.3"),
        ("=1.2", "==1.2"),
        ("==1.2", "==1.2"),
        ("~=1.2", "~=1.2"),
        (">= 1.2, < 1.5", ">=1.2,<1.5"),
        (">=1.2 <1.5", ">=1.2,<1.5"),
        (">1 !=1.5", ">1,!=1.5"),
        ("^2.0a1", ">=2.0a1,<3.0"),
        ("^1!2.0", ">=1!2.0,<1!3.0"),
        ("^0.0.0.4", ">=0.0.0.4,<0.0.1.0"),
        (">=3.8.*", ">=3.8"),
        ("* || ^1", ""),
        ("^1.0 || ^1.0", ">=1.0,<2.0"),
        ("1.0+cpu", "==1.0+cpu"),
    ],
)
def test_constraints_become_specifiers(constraint: str, specifier: str) -> None:
    assert specifier_of(constraint) == str(SpecifierSet(specifier))


@pytest.mark.parametrize("constraint", ["^1 || ^3", "nonsense", "^", ">", "1.2.3.x.y", "=>1", ">2.*", "^a"])
def test_constraints_that_are_refused(constraint: str) -> None:
    with pytest.raises(VersionConstraintError):
        specifier_of(constraint)


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=4), st.lists(st.integers(0, 4), min_size=1, max_size=4)
)
def test_a_caret_keeps_the_leftmost_part_that_is_not_zero(stated: list[int], other: list[int]) -> None:
    text, candidate = ".".join(map(str, stated)), Version(".".join(map(str, other)))
    leftmost = next((at for at, part in enumerate(stated[:3]) if part), min(len(stated), 3) - 1)
    padded = [*candidate.release, 0, 0, 0, 0]
    expected = candidate >= Version(text) and padded[: leftmost + 1] == stated[: leftmost + 1]
    assert SpecifierSet(specifier_of(f"^{text}")).contains(candidate) == expected


@given(st.text(st.sampled_from("^~=<>!*|, .0123abx+")))
def test_any_constraint_is_converted_or_refused(text: str) -> None:
    try:
        converted = specifier_of(text)
    except VersionConstraintError:
        return
    assert SpecifierSet(converted) is not None


def _parsed(text: str) -> Manifest:
    return parse_pyproject(text.encode(), "pyproject.toml")


def test_dependencies_groups_extras_and_sources() -> None:
    manifest = _parsed(
        """
[tool.poetry]
name = "Demo"
version = "1.0"
[tool.poetry.dependencies]
python = "^3.9"
plain = "^1.0"
many = [
    { version = "1.0", python = "<3.10" },
    { version = "^2.0", python = ">=3.10", source = "private" },
]
vcs = { git = "https://forge.example/v.git", tag = "v1", subdirectory = "s", optional = true }
local = { path = "../local", develop = true }
lonely = { version = "*", optional = true }
[tool.poetry.extras]
Speed_Up = ["VCS"]
[tool.poetry.group.Test.dependencies]
pytest = "*"
[tool.poetry.dev-dependencies]
old = ">=1"
[[tool.poetry.source]]
name = "private"
url = "https://index.example/simple/"
priority = "explicit"
[tool.poetry.dependencies.table]
version = "~2.1"
extras = ["X_y"]
python = ">=3.8.1,<3.12"
platform = "linux|darwin"
markers = "os_name == 'posix' or extra == 'x'"
"""
    )
    found = {(one.name, one.location.line): one for one in manifest.declared}
    assert manifest.requires_python == "<4.0,>=3.9"
    assert manifest.project is not None
    assert (manifest.project.name, manifest.project.version) == ("Demo", "1.0")
    assert found["plain", 7].specifier == "<2.0,>=1.0"
    table = found["table", 25]
    assert (table.extras, table.specifier) == (("x-y",), "<2.2,>=2.1")
    assert table.marker == (
        '(os_name == "posix" or extra == "x") and '
        '(python_version < "3.12" and python_full_version >= "3.8.1") and '
        '(sys_platform == "linux" or sys_platform == "darwin")'
    )
    assert found["many", 9].marker == 'python_version < "3.10"'
    assert (found["many", 10].index, found["many", 10].specifier) == ("private", "<3.0,>=2.0")
    vcs = found["vcs", 12]
    assert (vcs.group.kind, vcs.group.name) == (GroupKind.EXTRA, "speed-up")
    assert vcs.reference is not None
    assert (vcs.reference.revision, vcs.reference.subdirectory) == ("v1", "s")
    assert found["local", 13].editable
    assert found["pytest", 18].group.name == "test"
    assert found["old", 20].group.name == "dev"
    assert [unknown.what for unknown in manifest.unknowns] == ["lonely"]
    assert [(index.name, index.kind, index.explicit) for index in manifest.indexes] == [
        ("private", IndexKind.EXTRA, True)
    ]


def test_beside_a_project_table_poetry_only_refines() -> None:
    manifest = _parsed(
        '[project]\nname="x"\nversion="1"\ndependencies=["a>=1"]\n'
        '[tool.poetry.dependencies]\nA = "^1.5"\nother = "*"\n'
    )
    assert [(one.name, one.kind, one.specifier) for one in manifest.declared] == [
        ("a", DeclaredKind.REQUIREMENT, ">=1"),
        ("a", DeclaredKind.CONSTRAINT, "<2.0,>=1.5"),
    ]
    assert [unknown.what for unknown in manifest.unknowns] == ["other"]


def test_problems_have_their_place() -> None:
    with pytest.raises(MalformedManifestError) as caught:
        _parsed('[tool.poetry.dependencies]\npython="~2.7 || ^3.6"\na = "^1 || ^3"\nb = 1\nc = {version=2}\n')
    assert [(str(one.location), one.reason) for one in caught.value.problems] == [
        ("pyproject.toml:3:1", "alternatives (||) have no form in PEP 440"),
        ("pyproject.toml:4:1", "tool.poetry.dependencies.b must be a string or a table, not a number"),
        ("pyproject.toml:5:6", "tool.poetry.dependencies.c.version must be a string, not a number"),
    ]
    assert caught.value.readable.requires_python is None
