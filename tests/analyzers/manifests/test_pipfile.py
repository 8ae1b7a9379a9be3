from __future__ import annotations

import json

import pytest

from analyzers.manifests.declared import IndexKind, ReferenceKind
from analyzers.manifests.errors import ManifestError
from analyzers.manifests.locks.pipfile_lock import parse_pipfile_lock
from analyzers.manifests.pipfile import parse_pipfile

PIPFILE = b"""\
[[source]]
name = "pypi"
url = "https://index.example/simple/"
verify_ssl = true
[[source]]
name = "private"
url = "https://private.example/simple/"

[requires]
python_version = "3.11"

[packages]
flask = "*"
vcs = {git = "https://forge.example/vcs.git", ref = "v1", editable = true}
private-one = {version = "==1.0", index = "private"}
local = {path = "./local"}

[packages.Requests]
version = ">=2,<3"
extras = ["Socks"]
markers = "os_name == 'posix'"
sys_platform = "== 'linux'"

[dev-packages]
pytest = "~=8.0"

[docs_and-more]
sphinx = "*"

[scripts]
run = "flask run"

[pipenv]
allow_prereleases = true
"""


def test_pipfile() -> None:
    manifest = parse_pipfile(PIPFILE, "Pipfile")
    found = {one.name: one for one in manifest.declared}
    assert list(found) == ["flask", "vcs", "private-one", "local", "requests", "pytest", "sphinx"]
    assert found["requests"].extras == ("socks",)
    assert found["requests"].specifier == "<3,>=2"
    assert found["requests"].marker == 'os_name == "posix" and sys_platform == "linux"'
    assert found["vcs"].editable
    assert found["vcs"].reference is not None
    assert found["vcs"].reference.revision == "v1"
    assert found["private-one"].index == "private"
    assert found["local"].reference is not None
    assert found["local"].reference.kind is ReferenceKind.PATH
    assert (found["pytest"].group.name, found["pytest"].location.line) == ("dev", 25)
    assert found["sphinx"].group.name == "docs-and-more"
    assert manifest.requires_python == "==3.11.*"
    assert manifest.options.pre
    assert [(one.kind, one.explicit) for one in manifest.indexes] == [
        (IndexKind.DEFAULT, False),
        (IndexKind.EXTRA, True),
    ]


@pytest.mark.parametrize(
    ("requires", "specifier"),
    [
        ('python_version = "3"', "==3.*"),
        ('python_full_version = "3.11.4"', "==3.11.4"),
        ('python_version = "3.11.4"', "==3.11.4"),
        ('python_version = "*"', None),
    ],
)
def test_the_required_python(requires: str, specifier: str | None) -> None:
    assert parse_pipfile(f"[requires]\n{requires}\n".encode(), "Pipfile").requires_python == specifier


def test_problems_of_a_pipfile() -> None:
    with pytest.raises(ManifestError) as caught:
        parse_pipfile(b"[packages]\na = 1\nb = '2.0'\nc = {version = ''}\n'-' = '*'\n", "Pipfile")
    assert [problem.location.line for problem in caught.value.problems] == [2, 3, 5]


LOCK = json.dumps(
    {
        "_meta": {
            "pipfile-spec": 6,
            "sources": [{"name": "pypi", "url": "https://index.example/simple/", "verify_ssl": True}],
        },
        "default": {
            "Flask": {
                "hashes": ["sha256:ab"],
                "index": "pypi",
                "markers": "os_name == 'nt'",
                "version": "==3.0",
            },
            "loose": {"version": ">=1"},
            "vcs": {"git": "https://forge.example/v.git", "ref": "abc"},
            "empty": {},
        },
        "develop": {"pytest": {"version": "==8.0.0"}},
    },
    indent=4,
)


def test_pipfile_lock() -> None:
    manifest = parse_pipfile_lock(LOCK.encode(), "Pipfile.lock")
    assert [(pin.name, pin.version) for pin in manifest.pins] == [
        ("flask", "3.0"),
        ("vcs", None),
        ("pytest", "8.0.0"),
    ]
    flask = manifest.pins[0]
    assert (flask.hashes, flask.marker, flask.index) == (("sha256:ab",), "os_name == 'nt'", "pypi")
    lines = LOCK.split("\n")
    assert all(f'"{pin.name}"' in lines[(pin.location.line or 0) - 1].lower() for pin in manifest.pins)
    assert [unknown.what for unknown in manifest.unknowns] == ["loose >=1", "empty"]


def test_a_lock_that_is_laid_out_in_another_way_has_no_lines() -> None:
    manifest = parse_pipfile_lock(json.dumps(json.loads(LOCK)).encode(), "Pipfile.lock")
    assert {str(pin.location) for pin in manifest.pins} == {"Pipfile.lock"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "no valid JSON"),
        (b"[" * 100_000, "no valid JSON"),
        (b"[]", "must be a table"),
        (b'{"default": []}', "default must be a table, not an array"),
        (b'{"default": {"a": 1}}', "default.a must be a table, not a number"),
    ],
)
def test_what_is_no_pipfile_lock(data: bytes, reason: str) -> None:
    with pytest.raises(ManifestError, match=reason):
        parse_pipfile_lock(data, "Pipfile.lock")
