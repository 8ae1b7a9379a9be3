"""Pipfile.lock from an advice; whether pipenv installs it is asked in tests/test_locks_install.py."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from analyzers.manifests.locks.pipfile_lock import parse_pipfile_lock
from fakes.searching.advices import advice, artifact, pin
from resolver.outputs.errors import HashesMissingError
from resolver.outputs.locks.pipfile_lock import pipfile_hash, pipfile_lock

PIPFILE = """\
[[source]]
url = "https://index.example/simple/"
name = "mine"
verify_ssl = false

[packages]
click = "<2"

[packages.flask]
version = ">=3"
extras = ["async"]

[dev-packages]
ruff = "*"

[docs]
sphinx = "*"

[requires]
python_version = "3.11"

[scripts]
run = "flask run"

[pipenv]
allow_prereleases = false
"""


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (PIPFILE, "6a73e9b75f959c32815f9fe387143cf5981b1f9970d99711fa3af35241a73c13"),
        ('[packages]\nflask = "*"\n', "f226f2c246fa4694a5658fd6793e384e9b5ea4b2502a4da2f7d0a795e3efb63f"),
    ],
)
def test_hash_is_that_of_pipenv(text: str, digest: str) -> None:
    """The digests are what pipenv (plette) says of these texts."""
    assert pipfile_hash(tomllib.loads(text)) == digest


def lock(pipfile: bytes | None = None, **options: Any) -> Any:
    files = (artifact("flask-3.0-py3-none-any.whl"), artifact("flask-3.0.tar.gz"))
    pins = [pin("click", "8.1", direct=False), pin("flask", "3.0", artifacts=files, extras=("async",))]
    made = advice(pins, requirements=("flask[async]>=3",))
    url = "https://index.example/simple/"
    return json.loads(pipfile_lock(made, python="3.11", index_url=url, pipfile=pipfile, **options))


def test_lock_of_a_pipfile_takes_its_sources_and_python_over() -> None:
    meta = lock(PIPFILE.encode())["_meta"]
    assert meta["hash"] == {"sha256": pipfile_hash(tomllib.loads(PIPFILE))}
    assert meta["pipfile-spec"] == 6
    assert meta["requires"] == {"python_version": "3.11"}
    assert meta["sources"] == [{"name": "mine", "url": "https://index.example/simple/", "verify_ssl": False}]


def test_lock_without_a_pipfile_names_the_index() -> None:
    meta = lock()["_meta"]
    assert meta["requires"] == {"python_version": "3.11"}
    assert meta["sources"] == [{"name": "pypi", "url": "https://index.example/simple", "verify_ssl": True}]
    stated = {"packages": {"flask": ">=3"}, "requires": {"python_version": "3.11"}}
    assert meta["hash"] == {"sha256": pipfile_hash(stated)}


def test_pins_stand_in_the_default_category_with_sorted_hashes() -> None:
    made = lock()
    hashes = [f"sha256:{artifact(f'flask-3.0{end}').sha256}" for end in ("-py3-none-any.whl", ".tar.gz")]
    assert made["develop"] == {}
    assert list(made["default"]) == ["click", "flask"]
    assert made["default"]["flask"] == {"hashes": sorted(hashes), "version": "==3.0"}
    assert lock(hashes=False)["default"]["flask"] == {"version": "==3.0"}


def test_what_is_written_is_read_again() -> None:
    manifest = parse_pipfile_lock(json.dumps(lock(), indent=4).encode(), "Pipfile.lock")
    assert [(pin.name, pin.version) for pin in manifest.pins] == [("click", "8.1"), ("flask", "3.0")]
    assert manifest.unknowns == ()


def test_a_file_without_hash_is_refused() -> None:
    bare = advice([pin("flask", "3.0", artifacts=(artifact("flask-3.0-py3-none-any.whl", hashes={}),))])
    with pytest.raises(HashesMissingError):
        pipfile_lock(bare, python="3.11", index_url="https://index.example/simple/")
