"""Locks of pixi and conda-lock: pins of the Python index, conda packages by name."""

from __future__ import annotations

import pytest

from analyzers.manifests.declared import Ecosystem, Manifest
from analyzers.manifests.errors import ManifestError
from analyzers.manifests.locks.conda_locks import parse_conda_lock, parse_pixi_lock
from analyzers.manifests.locks.pins import pins_of
from analyzers.source.dependencies.declared import dependencies

CONDA, PYPI = Ecosystem.CONDA, Ecosystem.PYPI

NEW_PIXI = """\
version: 6
environments:
  default:
    channels:
    - url: https://conda.example/conda-forge/
    packages:
      linux-64:
      - conda: https://conda.example/conda-forge/linux-64/zlib-1.3.1-hb9d3cd8_2.conda
      - pypi: https://files.example/click-8.1.7-py3-none-any.whl
packages:
- conda: https://conda.example/conda-forge/noarch/ruamel-yaml-0.18.0-pyhd8ed1ab_0.conda
  sha256: aa
  depends:
  - python >=3.9
  purls:
  - pkg:pypi/ruamel.yaml?source=hash-mapping
- conda: https://conda.example/conda-forge/linux-64/zlib-1.3.1-hb9d3cd8_2.conda
  purls: []
- conda: https://conda.example/conda-forge/linux-64/pytorch-gpu-2.5.1-cuda126_0.conda
- pypi: https://files.example/click-8.1.7-py3-none-any.whl
  name: click
  version: 8.1.7
  sha256: bb
- pypi: https://files.example/Some_Thing-2.0.tar.gz#sha256=cc
- pypi: ./
  name: own
  version: 0.1.0
  editable: true
- conda: .
  name: own-conda
"""

OLD_PIXI = """\
version: 4
packages:
- kind: conda
  name: bzip2
  version: 1.0.8
  build: hd590300_5
  url: https://conda.example/conda-forge/linux-64/bzip2-1.0.8-hd590300_5.conda
- kind: pypi
  name: requests
  version: 2.31.0
  url: https://files.example/requests-2.31.0-py3-none-any.whl
  sha256: dd
"""

CONDA_LOCK = """\
version: 1
metadata:
  platforms: [linux-64, osx-arm64]
package:
- name: tzdata
  version: 2024a
  manager: conda
  platform: linux-64
- name: tzdata
  version: 2024a
  manager: conda
  platform: osx-arm64
- name: certifi
  version: 2023.5.7
  manager: pip
  platform: linux-64
  hash:
    sha256: ee
- name: certifi
  version: 2023.5.7
  manager: pip
  platform: osx-arm64
  hash:
    sha256: ee
"""


def told(manifest: Manifest) -> list[tuple[Ecosystem, str, str | None, tuple[str, ...], int | None]]:
    return [(pin.ecosystem, pin.name, pin.version, pin.hashes, pin.location.line) for pin in manifest.pins]


def test_a_pixi_lock() -> None:
    manifest = parse_pixi_lock(NEW_PIXI.encode(), "pixi.lock")
    assert told(manifest) == [
        (CONDA, "ruamel.yaml", None, (), 11),
        (CONDA, "pytorch-gpu", None, (), 19),
        (PYPI, "click", "8.1.7", ("sha256:bb",), 20),
        (PYPI, "some-thing", "2.0", (), 24),
        (CONDA, "own-conda", None, (), 29),
    ]
    assert [pin.name for pin in pins_of(manifest)] == ["click", "some-thing"]


def test_an_older_pixi_lock() -> None:
    assert told(parse_pixi_lock(OLD_PIXI.encode(), "pixi.lock")) == [
        (CONDA, "bzip2", None, (), 3),
        (PYPI, "requests", "2.31.0", ("sha256:dd",), 8),
    ]


def test_a_conda_lock_states_each_release_once() -> None:
    assert told(parse_conda_lock(CONDA_LOCK.encode(), "conda-lock.yml")) == [
        (CONDA, "tzdata", None, (), 5),
        (PYPI, "certifi", "2023.5.7", ("sha256:ee",), 13),
    ]


def test_what_is_locked_is_known_by_the_names_of_distributions() -> None:
    found = dependencies([parse_pixi_lock(NEW_PIXI.replace("pytorch-gpu", "pytorch").encode(), "pixi.lock")])
    assert {"ruamel-yaml", "torch", "click"} <= found.locked
    assert found.by_name == {}


@pytest.mark.parametrize("parse", [parse_pixi_lock, parse_conda_lock])
@pytest.mark.parametrize(
    ("text", "reason"),
    [("packages: [", "no valid YAML"), ("- a\n", "has no list"), ("a: b\n", "has no list"), ("\t", "YAML")],
)
def test_what_is_no_lock(parse: type, text: str, reason: str) -> None:
    with pytest.raises(ManifestError, match=reason):
        parse(text.encode(), "x.lock")


def test_an_empty_environment_locks_nothing() -> None:
    assert parse_pixi_lock(b"version: 6\nenvironments: {}\n", "pixi.lock").pins == ()


def test_a_lock_of_many_packages_is_read() -> None:
    lines = [f"- name: p{n}\n  version: 1.{n}\n  manager: pip\n  platform: linux-64\n" for n in range(5_000)]
    manifest = parse_conda_lock(("version: 1\npackage:\n" + "".join(lines)).encode(), "conda-lock.yml")
    assert len(manifest.pins) == 5_000
