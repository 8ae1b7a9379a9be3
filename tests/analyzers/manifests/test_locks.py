from __future__ import annotations

import json

import pytest
from packaging.version import Version

from analyzers.manifests.conda_environment import parse_conda_environment
from analyzers.manifests.declared import Manifest, ReferenceKind
from analyzers.manifests.errors import ManifestError
from analyzers.manifests.locks.pins import pins_of
from analyzers.manifests.locks.pipfile_lock import parse_pipfile_lock
from analyzers.manifests.locks.pylock import parse_pylock
from analyzers.manifests.locks.tool_locks import parse_pdm_lock, parse_poetry_lock, parse_uv_lock
from analyzers.manifests.requirements import parse_requirements

PYLOCK = b"""\
lock-version = "1.0"
created-by = "x"
requires-python = ">=3.9"
[[packages]]
name = "a"
version = "1.0"
marker = "os_name == 'nt'"
index = "https://index.example/simple/"
[[packages.wheels]]
name = "a-1.0-py3-none-any.whl"
url = "https://files.example/a-1.0-py3-none-any.whl"
hashes = {sha256 = "ab"}
[[packages]]
name = "b"
vcs = {type = "git", url = "https://forge.example/b", commit-id = "abc"}
"""


def test_pylock() -> None:
    manifest = parse_pylock(PYLOCK, "pylock.toml")
    first, second = manifest.pins
    assert (first.name, first.version, first.hashes, first.location.line) == ("a", "1.0", ("sha256:ab",), 4)
    assert first.marker == 'os_name == "nt"'
    assert second.reference is not None
    assert second.reference.revision == "abc"
    assert manifest.requires_python == ">=3.9"
    assert [pin.name for pin in pins_of(manifest)] == ["a"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Missing required value"),
        (PYLOCK.replace(b'"1.0"', b'"2.0"', 1), "version"),
        (PYLOCK.replace(b'name = "a"', b'name = "A"'), "not normalized"),
    ],
)
def test_what_is_no_pylock(data: bytes, reason: str) -> None:
    with pytest.raises(ManifestError, match=reason):
        parse_pylock(data, "pylock.toml")


UV_LOCK = b"""\
version = 1
requires-python = ">=3.10"
[[package]]
name = "root"
version = "0"
source = { editable = "." }
[[package]]
name = "Some.Name"
version = "1.0.0"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_version < '3.11'"]
sdist = { url = "https://files.example/x.tar.gz", hash = "sha256:01", size = 1 }
wheels = [{ url = "https://files.example/x.whl", hash = "sha256:02" }]
[[package]]
name = "some-name"
version = "2.0.0"
source = { registry = "https://index.example/simple" }
[[package]]
name = "vcs"
version = "1.0"
source = { git = "https://forge.example/vcs?rev=main#0123" }
"""

POETRY_LOCK = b"""\
[[package]]
name = "a"
version = "1.0"
markers = "os_name == 'nt'"
files = [{file = "a.whl", hash = "sha256:01"}]
[[package]]
name = "old"
version = "2.0"
[[package]]
name = "vcs"
version = "3.0"
[package.source]
type = "git"
url = "https://forge.example/vcs"
reference = "main"
resolved_reference = "0123"
[[package]]
name = "private"
version = "4.0"
[package.source]
type = "legacy"
url = "https://private.example/simple"
reference = "private"
[metadata]
lock-version = "1.1"
[metadata.files]
old = [{file = "old.whl", hash = "sha256:02"}]
"""

PDM_LOCK = b"""\
[[package]]
name = "a"
version = "1.0"
files = [{file = "a.whl", hash = "sha256:01"}]
[[package]]
name = "a"
version = "1.0"
extras = ["x"]
[[package]]
name = "local"
version = "1"
path = "./local"
[[package]]
name = "strange"
version = "not a version"
"""


def _rows(manifest: Manifest) -> list[tuple[str, str | None, tuple[str, ...], int | None]]:
    return [(pin.name, pin.version, pin.hashes, pin.location.line) for pin in manifest.pins]


def test_uv_lock() -> None:
    manifest = parse_uv_lock(UV_LOCK, "uv.lock")
    assert _rows(manifest) == [
        ("some-name", "1.0.0", ("sha256:01", "sha256:02"), 7),
        ("some-name", "2.0.0", (), 14),
        ("vcs", "1.0", (), 18),
    ]
    assert manifest.pins[0].marker == "(python_version < '3.11')"
    assert [(pin.name, pin.version) for pin in pins_of(manifest)] == [
        ("some-name", Version("1.0.0")),
        ("some-name", Version("2.0.0")),
    ]


def test_poetry_lock() -> None:
    manifest = parse_poetry_lock(POETRY_LOCK, "poetry.lock")
    assert _rows(manifest) == [
        ("a", "1.0", ("sha256:01",), 1),
        ("old", "2.0", ("sha256:02",), 6),
        ("vcs", "3.0", (), 9),
        ("private", "4.0", (), 17),
    ]
    assert manifest.pins[2].reference is not None
    assert manifest.pins[2].reference.kind is ReferenceKind.VCS
    assert manifest.pins[3].index == "https://private.example/simple"
    assert [pin.name for pin in pins_of(manifest)] == ["a", "old", "private"]


def test_pdm_lock() -> None:
    manifest = parse_pdm_lock(PDM_LOCK, "pdm.lock")
    assert _rows(manifest) == [("a", "1.0", ("sha256:01",), 1), ("local", "1", (), 9)]
    assert [unknown.what for unknown in manifest.unknowns] == ["strange"]


def test_pins_of_requirements_are_their_exact_lines() -> None:
    text = "A==1.0 ; os_name == 'nt'\nb>=1\nc==1.*\nd==1,<2\ne===1.5\nf @ https://files.example/f\n-c c.txt\n"
    manifest = parse_requirements(text, "requirements.txt", read=lambda path: b"g==2\n")
    assert [(pin.name, str(pin.version), str(pin.location)) for pin in pins_of(manifest)] == [
        ("a", "1.0", "requirements.txt:1:1"),
        ("e", "1.5", "requirements.txt:5:1"),
        ("g", "2", "c.txt:1:1"),
    ]
    assert pins_of(manifest)[0].marker == 'os_name == "nt"'


def test_conda_versions_are_no_pins() -> None:
    pytest.importorskip("yaml")
    manifest = parse_conda_environment(b"dependencies: [numpy==1.0, {pip: [a==2]}]\n", "environment.yml")
    assert [pin.name for pin in pins_of(manifest)] == ["a"]


def test_a_pin_whose_marker_is_none_is_unknown() -> None:
    pin = {"version": "==1.0", "markers": "pythersion >= '3.8'"}
    lock = {"_meta": {}, "default": {"flask": pin, "click": {"version": "==8.0"}}}
    manifest = parse_pipfile_lock(json.dumps(lock).encode(), "Pipfile.lock")
    assert [one.name for one in manifest.pins] == ["click"]
    assert [one.what for one in manifest.unknowns] == ["flask"]
