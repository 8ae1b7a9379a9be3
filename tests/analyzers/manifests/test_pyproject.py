from __future__ import annotations

import pytest

from analyzers.manifests.declared import (
    Declared,
    DeclaredKind,
    Ecosystem,
    GroupKind,
    IndexKind,
    Manifest,
    Project,
    ReferenceKind,
)
from analyzers.manifests.errors import MalformedManifestError
from analyzers.manifests.pyproject import parse_pyproject
from analyzers.manifests.tools.hatch import parse_hatch
from fakes.texts import Texts


def _parsed(text: str, **files: str) -> Manifest:
    read = Texts({f"{name}.txt": content for name, content in files.items()})
    return parse_pyproject(text.encode(), "pyproject.toml", read=read)


def _reasons(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(MalformedManifestError) as caught:
        _parsed(text)
    return [(problem.location.line, problem.reason) for problem in caught.value.problems]


def _groups(found: Manifest) -> list[tuple[str, str, str | None, int | None]]:
    return [(one.group.kind.value, one.group.name, one.name, one.location.line) for one in found.declared]


def test_the_standard_tables() -> None:
    manifest = _parsed(
        """\
[project]
name = "Demo.Project"
version = "1.0"
requires-python = ">=3.9"
dependencies = [
  "a>=1",
  "b[x] @ https://files.example/b.whl ; os_name == 'posix'",
]
[project.optional-dependencies]
Fast_Path = ["c"]
[build-system]
requires = ["hatchling>=1"]
[dependency-groups]
Test.Group = ["pytest"]
""".replace("Test.Group", '"Test.Group"')
    )
    assert manifest.project == Project(name="Demo.Project", version="1.0")
    assert manifest.requires_python == ">=3.9"
    assert _groups(manifest) == [
        ("main", "main", "a", 6),
        ("main", "main", "b", 7),
        ("extra", "fast-path", "c", 10),
        ("build", "build", "hatchling", 12),
        ("dependency-group", "test-group", "pytest", 14),
    ]
    assert manifest.declared[1].marker == 'os_name == "posix"'


def test_included_groups_count_for_the_including_one_once() -> None:
    manifest = _parsed(
        """\
[dependency-groups]
all = [{include-group = "One"}, {include-group = "two"}, "c"]
one = ["a"]
two = [{include-group = "one"}, "b"]
"""
    )
    assert _groups(manifest) == [
        ("dependency-group", "all", "a", 3),
        ("dependency-group", "all", "b", 4),
        ("dependency-group", "all", "c", 2),
        ("dependency-group", "one", "a", 3),
        ("dependency-group", "two", "a", 3),
        ("dependency-group", "two", "b", 4),
    ]


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ('a = [{include-group = "b"}]\nb = [{include-group = "a"}]', "circle: a -> b -> a"),
        ('a = [{include-group = "a"}]', "circle: a -> a"),
        ('a = [{include-group = "x"}]', "includes an unknown group"),
        ('a = [{include = "x"}]', "is a requirement or {include-group = NAME}"),
        ("a = [1]", "is a requirement or {include-group = NAME}"),
        ('a = "b"', "dependency-groups.a must be an array, not a string"),
        ('a_b = []\nA-B = ["x"]', "defined twice"),
        ('a = ["?"]', "Expected"),
    ],
)
def test_groups_that_are_refused(groups: str, reason: str) -> None:
    assert reason in _reasons(f"[dependency-groups]\n{groups}\n")[0][1]


def test_many_levels_of_includes_are_bounded() -> None:
    levels = "\n".join(
        f"g{number} = [{{include-group='g{number + 1}'}}, {{include-group='g{number + 1}'}}]"
        for number in range(60)
    )
    manifest = _parsed(f"[dependency-groups]\n{levels}\ng60 = ['a']\n")
    assert [one.name for one in manifest.declared] == ["a"] * 61


def test_a_chain_of_includes_has_an_end() -> None:
    chain = "\n".join(f"g{number} = [{{include-group='g{number + 1}'}}]" for number in range(90))
    reasons = {reason for _, reason in _reasons(f"[dependency-groups]\n{chain}\ng90 = []\n")}
    assert reasons == {"groups include one another more than 64 deep"}


def test_what_is_dynamic_is_unknown_or_read_from_its_files() -> None:
    manifest = _parsed(
        """\
[project]
name = "x"
dynamic = ["version", "dependencies", "optional-dependencies", "readme"]
[tool.setuptools.dynamic]
version = {attr = "x.v"}
dependencies = {file = ["one.txt", "two.txt"]}
[tool.setuptools.dynamic.optional-dependencies]
dev = {attr = "x.dev"}
""",
        one="a",
        two="b",
    )
    assert [(one.name, str(one.location)) for one in manifest.declared] == [
        ("a", "one.txt:1:1"),
        ("b", "two.txt:1:1"),
    ]
    assert [unknown.what for unknown in manifest.unknowns] == [
        "project.version",
        "tool.setuptools.dynamic.optional-dependencies.dev",
    ]
    other = _parsed('[project]\nname="x"\ndynamic=["dependencies"]\n')
    assert [(one.what, one.where) for one in other.unknowns] == [
        ("project.dependencies", "pyproject.toml:3:10")
    ]


def test_every_problem_is_told() -> None:
    text = """\
[project]
name = 1
requires-python = "3"
dependencies = ["a", "b==", 2]
optional-dependencies = ["c"]
[build-system]
requires = "x"
"""
    assert _reasons(text) == [
        (2, "project.name must be a string, not a number"),
        (3, "no valid specifier of Python versions"),
        (4, "Expected semicolon (after name with no version specifier) or end"),
        (4, "project.dependencies.2 must be a string, not a number"),
        (5, "project.optional-dependencies must be a table, not an array"),
        (7, "build-system.requires must be an array, not a string"),
    ]


@pytest.mark.parametrize("table", ["project", "tool", "dependency-groups", "build-system"])
@pytest.mark.parametrize("value", ["1", "[]", "'x'", "[{}]"])
def test_a_table_of_another_type_does_no_harm(table: str, value: str) -> None:
    try:
        _parsed(f"{table} = {value}\n")
    except MalformedManifestError as error:
        assert "must be" in error.problems[0].reason


def _one(manifest: Manifest, name: str) -> Declared:
    (found,) = [one for one in manifest.declared if one.name == name]
    return found


def test_uv() -> None:
    manifest = _parsed(
        """\
[tool.uv]
constraint-dependencies = ["a<2"]
override-dependencies = ["b==1"]
build-constraint-dependencies = ["setuptools<80"]
dev-dependencies = ["pytest"]
exclude-newer = "2024-01-01"
[[tool.uv.index]]
name = "private"
url = "https://index.example/simple/"
explicit = true
[[tool.uv.index]]
url = "https://default.example/simple/"
default = true
[tool.uv.sources]
My_Package = { workspace = true }
c = { git = "https://forge.example/c", rev = "abc", subdirectory = "s" }
d = [
  { index = "private", marker = "os_name == 'nt'" },
  { path = "../d", editable = true, extra = "Local" },
]
"""
    )
    assert [(one.name, one.kind, one.group.name) for one in manifest.declared] == [
        ("a", DeclaredKind.CONSTRAINT, "main"),
        ("b", DeclaredKind.OVERRIDE, "main"),
        ("setuptools", DeclaredKind.CONSTRAINT, "build"),
        ("pytest", DeclaredKind.REQUIREMENT, "dev"),
    ]
    assert [(one.name, one.kind, one.explicit, one.location.line) for one in manifest.indexes] == [
        ("private", IndexKind.EXTRA, True, 7),
        (None, IndexKind.DEFAULT, False, 11),
    ]
    workspace, vcs, index, path = manifest.sources
    assert workspace.name == "my-package"
    assert workspace.reference is not None
    assert workspace.reference.kind is ReferenceKind.WORKSPACE
    assert vcs.reference is not None
    assert (vcs.reference.target, vcs.reference.revision) == ("https://forge.example/c", "abc")
    assert (index.index, index.marker, index.location.line) == ("private", "os_name == 'nt'", 18)
    assert (path.editable, path.group.name, path.location.line) == (True, "local", 19)
    assert [unknown.what for unknown in manifest.unknowns] == ["tool.uv.exclude-newer"]


@pytest.mark.parametrize("source", ["{}", "{git='a', path='b'}", "{index='x', url='y'}"])
def test_a_source_is_exactly_one_place(source: str) -> None:
    assert _reasons(f"[tool.uv.sources]\na = {source}\n") == [
        (2, "a source is exactly one of index, git, url, path and workspace")
    ]


def test_pdm() -> None:
    manifest = _parsed(
        """\
[tool.pdm.dev-dependencies]
test = ["pytest>=7", "-e file:///${PROJECT_ROOT}/sub#egg=sub"]
[[tool.pdm.source]]
name = "pypi"
url = "https://index.example/simple/"
[[tool.pdm.source]]
name = "private"
url = "https://private.example/"
include_packages = ["corp-*"]
[tool.pdm.resolution.overrides]
a = "1.0"
b = ">=2"
c = "https://files.example/c.whl"
"""
    )
    assert [(one.name, one.kind, one.specifier, one.editable) for one in manifest.declared] == [
        ("pytest", DeclaredKind.REQUIREMENT, ">=7", False),
        ("sub", DeclaredKind.REQUIREMENT, "", True),
        ("a", DeclaredKind.OVERRIDE, "==1.0", False),
        ("b", DeclaredKind.OVERRIDE, ">=2", False),
        ("c", DeclaredKind.OVERRIDE, "", False),
    ]
    assert [(one.name, one.kind, one.explicit) for one in manifest.indexes] == [
        ("pypi", IndexKind.DEFAULT, False),
        ("private", IndexKind.EXTRA, True),
    ]


def test_hatch() -> None:
    manifest = _parsed(
        """\
[tool.hatch.envs.test]
dependencies = ["pytest", "x @ {root:uri}/x"]
extra-dependencies = ["cov"]
[tool.hatch.envs.test.overrides]
matrix.a = "b"
"""
    )
    assert [(one.name, one.group.kind, one.group.name) for one in manifest.declared] == [
        ("pytest", GroupKind.ENVIRONMENT, "test"),
        ("cov", GroupKind.ENVIRONMENT, "test"),
    ]
    assert len(manifest.unknowns) == 2


def test_hatch_in_a_file_of_its_own() -> None:
    manifest = parse_hatch(b'[envs.docs]\ndependencies = ["mkdocs>=1.6"]\n', "hatch.toml")
    (declared,) = manifest.declared
    assert (declared.name, declared.group.name, str(declared.location)) == (
        "mkdocs",
        "docs",
        "hatch.toml:2:17",
    )


def test_pixi() -> None:
    manifest = _parsed(
        """\
[tool.pixi.dependencies]
python = ">=3.11"
numpy = { version = "*", channel = "conda-forge" }
[tool.pixi.pypi-dependencies]
a = "*"
b = { version = ">=1", extras = ["x"], index = "i" }
c = { path = ".", editable = true }
[tool.pixi.feature.Test.pypi-dependencies]
pytest = "*"
[tool.pixi.target.win-64.dependencies]
pywin = "*"
"""
    )
    assert _one(manifest, "python").ecosystem is Ecosystem.CONDA
    assert _one(manifest, "numpy").specifier == ""
    assert _one(manifest, "b").index == "i"
    assert _one(manifest, "c").editable
    assert _one(manifest, "pytest").group.name == "test"
    assert "win-64" in manifest.unknowns[0].reason
    with pytest.raises(ValueError, match="names no project"):
        _one(manifest, "numpy").requirement()
