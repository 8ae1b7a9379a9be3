from __future__ import annotations

import pytest

from analyzers.manifests.declared import GroupKind, Manifest
from analyzers.manifests.discovery import read_manifest
from analyzers.manifests.errors import ManifestError
from fakes.texts import Texts

NATIVE = """\
requires = ["tox>=4.21", "tox-uv"]
env_list = ["3.12", "lint"]
[env_run_base]
deps = ["pytest>=8", "-r more.txt", { replace = "ref", of = ["env", "x"] }]
commands = [["pytest"]]
[env.lint]
deps = ["ruff"]
[env.docs]
skip_install = true
"""


def _read(path: str, text: str) -> Manifest:
    return read_manifest(Texts({path: text, "more.txt": "extra-one\n"}), path)


def _told(manifest: Manifest) -> list[tuple[str | None, str, str]]:
    return [(one.name, one.group.name, str(one.location)) for one in manifest.declared]


def test_tox_toml() -> None:
    manifest = _read("tox.toml", NATIVE)
    assert _told(manifest) == [
        ("tox", "build", "tox.toml:1:13"),
        ("tox-uv", "build", "tox.toml:1:26"),
        ("pytest", "testenv", "tox.toml:4:9"),
        ("extra-one", "testenv", "more.txt:1:1"),
        ("ruff", "lint", "tox.toml:7:9"),
    ]
    assert [one.reason for one in manifest.unknowns] == ["tox fills it in"]


def test_tox_in_a_pyproject() -> None:
    text = "".join(
        f"[tool.tox.{line[1:]}" if line.startswith("[") else line for line in NATIVE.splitlines(True)[2:]
    )
    assert [name for name, _, _ in _told(_read("pyproject.toml", text))] == ["pytest", "extra-one", "ruff"]


def test_an_old_tox_ini_in_a_pyproject() -> None:
    ini = "[testenv]\ndeps =\n  pytest\n  -rmore.txt\n[testenv:x]\ndeps = a\n"
    text = f'[tool.tox]\nlegacy_tox_ini = """\n{ini}"""\n'
    assert _told(_read("pyproject.toml", text)) == [
        ("pytest", "testenv", "pyproject.toml:2:1"),
        ("extra-one", "testenv", "more.txt:1:1"),
        ("a", "x", "pyproject.toml:2:1"),
    ]


def test_an_old_tox_ini_that_is_none_does_not_spoil_the_rest() -> None:
    text = '[project]\nname = "p"\ndependencies = ["a"]\n[tool.tox]\nlegacy_tox_ini = "deps"\n'
    manifest = _read("pyproject.toml", text)
    assert [one.name for one in manifest.declared] == ["a"]
    assert [one.what for one in manifest.unknowns] == ["tool.tox.legacy_tox_ini"]


def test_a_mistake_in_an_old_tox_ini_is_named_and_the_rest_of_it_counts() -> None:
    ini = "[testenv]\ndeps =\n  pytest\n  -rabsent.txt\n[testenv:x]\ndeps = a\n"
    manifest = _read("pyproject.toml", f'[tool.tox]\nlegacy_tox_ini = """\n{ini}"""\n')
    assert [one.name for one in manifest.declared] == ["pytest", "a"]
    (unknown,) = manifest.unknowns
    assert (unknown.what, unknown.where) == ("tool.tox.legacy_tox_ini", "pyproject.toml:2:1")
    assert unknown.reason.startswith("absent.txt: cannot be read")


@pytest.mark.parametrize("text", ["env = 1\n", "[env.x]\ndeps = 'a'\n", "requires = [1]\n", "= 1\n"])
def test_mistakes_in_tox_toml(text: str) -> None:
    with pytest.raises(ManifestError):
        _read("tox.toml", text)


def test_old_metadata_of_flit() -> None:
    text = """\
[tool.flit.metadata]
module = "ours"
requires-python = ">=3.6"
requires = ["a>=1", "b ; sys_platform == 'win32'"]
dev-requires = ["d"]
[tool.flit.metadata.requires-extra]
Test_It = ["c"]
"""
    manifest = _read("pyproject.toml", text)
    assert [(one.name, one.group.kind, one.group.name) for one in manifest.declared] == [
        ("a", GroupKind.MAIN, "main"),
        ("b", GroupKind.MAIN, "main"),
        ("c", GroupKind.EXTRA, "test-it"),
        ("d", GroupKind.EXTRA, "dev"),
    ]
    assert (manifest.project and manifest.project.name, manifest.requires_python) == ("ours", ">=3.6")
