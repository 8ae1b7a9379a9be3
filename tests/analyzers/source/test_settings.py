from __future__ import annotations

import pytest

from analyzers.manifests.errors import ManifestError
from analyzers.source.dependencies.findings import DEPENDENCY_FINDINGS
from analyzers.source.settings import IgnoredFinding, ScanSettings, read_scan_settings

TABLE = """\
[tool.stackwright.scan]
exclude = ["build/", "*_pb2.py"]
ignore = ["possible-typosquat", "unused-dependency:Some_Thing"]
first-party = ["ours", "google.ours"]
used = ["Uvicorn"]
development-extras = ["dev"]
runtime-groups = ["serve"]
tools-count-as-used = false
[tool.stackwright.scan.names]
our-yaml = "yaml"
our-parts = ["a", "a.b"]
"""


def _read(text: str) -> ScanSettings:
    return read_scan_settings(text.encode(), "pyproject.toml", DEPENDENCY_FINDINGS)


def test_every_setting() -> None:
    assert _read(TABLE) == ScanSettings(
        exclude=("build/", "*_pb2.py"),
        ignore=(IgnoredFinding("possible-typosquat"), IgnoredFinding("unused-dependency", "some-thing")),
        first_party=frozenset({"ours", "google.ours"}),
        names={"yaml": ("our-yaml",), "a": ("our-parts",), "a.b": ("our-parts",)},
        used=frozenset({"uvicorn"}),
        development_extras=frozenset({"dev"}),
        runtime_groups=frozenset({"serve"}),
        tools_count_as_used=False,
    )


@pytest.mark.parametrize("text", ["", "[tool.stackwright]\noverrides = []\n", "[tool.stackwright.scan]\n"])
def test_defaults(text: str) -> None:
    assert _read(text) == ScanSettings()


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        (
            "unknown = 1",
            "2:1",
            ("scan.unknown is no setting", "use one of: exclude, ignore"),
        ),
        ("exclude = 1", "2:1", ("must be an array, not a number",)),
        ("exclude = [1]", "2:12", ("must be a string",)),
        ("ignore = ['nonsense']", "2:11", ("is no kind of finding", "use one of: misplaced-dev-dependency")),
        ("ignore = ['unused-dependency:']", "2:11", ("names nothing behind the colon",)),
        ("first-party = ['not-a-module']", "2:16", ("is no name of a module",)),
        ("used = ['no name']", "2:9", ("is no name of a project",)),
        ("names = { 'a b' = 'c' }", "2:", ("is no name of a project",)),
        ("names = { a = 'b-c' }", "2:", ("is no name of a module",)),
        ("names = { a = 3 }", "2:", ("must be an array",)),
        ("tools-count-as-used = 'no'", "2:1", ("must be true or false, not a string",)),
    ],
)
def test_mistakes_name_place_and_remedy(line: str, place: str, words: tuple[str, ...]) -> None:
    with pytest.raises(ManifestError) as caught:
        _read(f"[tool.stackwright.scan]\n{line}\n")
    message = str(caught.value)
    assert message.startswith(f"pyproject.toml:{place}")
    assert all(word in message for word in words), message


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ManifestError) as caught:
        _read("[tool.stackwright.scan]\na = 1\nb = 2\n")
    assert len(caught.value.problems) == 2
