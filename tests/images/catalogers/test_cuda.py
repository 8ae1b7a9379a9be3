from __future__ import annotations

import json

import pytest

from analyzers.evidence import Confidence
from analyzers.reports import Unknown
from fakes.images.elf_files import shared
from fakes.images.roots import MemoryRoot
from images.catalogers import native_libraries
from images.catalogers.catalog import Catalog
from images.catalogers.cuda import WANTED, catalog, gpu_libraries
from images.native.elf_file import ElfFile
from images.reports.image_config import ImageConfig, RunConfig
from images.reports.records import NativeLibrary, PythonDistribution, SystemPackage

SITE = "/opt/venv/lib/python3.12/site-packages"
CUDART = b"usr/local/cuda-12.4/targets/x86_64-linux/lib/libcudart.so.12.4.127"
CUDNN_HEADER = b"""#ifndef CUDNN_VERSION_H_
#define CUDNN_MAJOR 8
#define CUDNN_MINOR 9
 #define CUDNN_PATCHLEVEL 7
"""


def cataloged(
    files: dict[bytes, bytes] | None = None,
    elves: dict[bytes, ElfFile] | None = None,
    known: Catalog | None = None,
    env: tuple[str, ...] = (),
    links: dict[bytes, bytes] | None = None,
) -> Catalog:
    """The catalog after the native libraries were found, as the order of catalogers has it."""
    root = MemoryRoot(files or {}, links, elves=elves)
    before, config = known or Catalog(), ImageConfig(config=RunConfig(env=env))
    libraries = native_libraries.catalog(root, config, before).libraries
    both = Catalog(
        libraries=libraries,
        distributions=before.distributions,
        packages=before.packages,
        unknowns=before.unknowns,
    )
    return catalog(root, config, both)


def values(found: Catalog) -> dict[str, object]:
    return {name: fact.value for name, fact in found.facts.items()}


def distribution(name: str, version: str) -> PythonDistribution:
    where = f"{SITE}/{name}-{version}.dist-info"
    return PythonDistribution(name=name, version=version, interpreter=None, location=SITE, where=where)


def test_a_toolkit_with_a_version_file() -> None:
    content = json.dumps(
        {"cuda": {"name": "CUDA SDK", "version": "12.4.20240405"}, "nvcc": {"version": "12.4.131"}}
    )
    found = cataloged(
        {b"usr/local/cuda-12.4/version.json": content.encode()}, {CUDART: shared("libcudart.so.12")}
    )
    assert values(found) == {"cuda.runtime": "12.4", "cudnn.version": "none", "rocm.version": "none"}
    assert found.facts["cuda.runtime"].source == "/usr/local/cuda-12.4/version.json"
    assert found.libraries == (
        NativeLibrary(
            name="cuda-toolkit",
            path="/usr/local/cuda-12.4",
            version="12.4.20240405",
            evidence=found.libraries[0].evidence,
        ),
    )


@pytest.mark.parametrize(
    ("files", "version", "confidence"),
    [
        ({b"usr/local/cuda-10.2/version.txt": b"CUDA Version 10.2.89\n"}, "10.2", Confidence.CERTAIN),
        (
            {b"usr/local/cuda-13.0/include/cuda.h": b"/* */\n#define CUDA_VERSION 13000\n"},
            "13.0",
            Confidence.CERTAIN,
        ),
        ({b"usr/local/cuda-12.6/bin/nvcc": b""}, "12.6", Confidence.LIKELY),
        (
            {b"usr/local/cuda-11.8/version.json": b'{"cuda": [', b"usr/local/cuda-11.8/a": b""},
            "11.8",
            Confidence.LIKELY,
        ),
        ({b"usr/local/cuda-11.8/version.json": b"[" * 100_000}, "11.8", Confidence.LIKELY),
        (
            {b"usr/local/cuda/version.json": b'{"cuda": {"version": "as you like"}}'},
            "none",
            Confidence.CERTAIN,
        ),
    ],
)
def test_a_toolkit_by_what_else_tells_its_version(
    files: dict[bytes, bytes], version: str, confidence: Confidence
) -> None:
    fact = cataloged(files).facts["cuda.runtime"]
    assert (fact.value, fact.confidence) == (version, confidence)


def test_links_to_a_toolkit_are_not_more_toolkits() -> None:
    files = {b"usr/local/cuda-12.4/include/cuda.h": b"#define CUDA_VERSION 12040\n"}
    links = {b"usr/local/cuda": b"/etc/alternatives/cuda", b"etc/alternatives/cuda": b"/usr/local/cuda-12.4"}
    found = cataloged(files, links={**links, b"usr/local/cuda-12": b"cuda-12.4", b"opt/cuda": b"nowhere"})
    assert [library.path for library in found.libraries] == ["/usr/local/cuda-12.4"]


def test_the_wheels_of_nvidia() -> None:
    known = Catalog(
        distributions=(
            distribution("nvidia-cuda-runtime-cu12", "12.4.127"),
            distribution("nvidia-cudnn-cu12", "9.1.0.70"),
        )
    )
    site = SITE.lstrip("/").encode()
    elves = {
        site + b"/nvidia/cuda_runtime/lib/libcudart.so.12": shared("libcudart.so.12"),
        site + b"/nvidia/cudnn/lib/libcudnn.so.9": shared("libcudnn.so.9"),
    }
    found = cataloged(elves=elves, known=known)
    assert values(found) == {"cuda.runtime": "12.4", "cudnn.version": "9.1.0", "rocm.version": "none"}
    assert found.facts["cuda.runtime"].source == f"{SITE}/nvidia-cuda-runtime-cu12-12.4.127.dist-info"


def test_the_systems_own_runtime_comes_before_that_of_a_wheel() -> None:
    known = Catalog(distributions=(distribution("nvidia-cuda-runtime-cu12", "12.8.90"),))
    wheel = SITE.lstrip("/").encode() + b"/nvidia/cuda_runtime/lib/libcudart.so.12"
    found = cataloged(
        elves={wheel: shared("libcudart.so.12"), CUDART: shared("libcudart.so.12")}, known=known
    )
    assert found.facts["cuda.runtime"].value == "12.4"


def test_the_label_of_a_build_tells_what_it_carries() -> None:
    known = Catalog(distributions=(distribution("torch", "2.1.0+cu118"),))
    path = SITE.lstrip("/").encode() + b"/torch/lib/libcudart-d0da41ae.so.11.0"
    found = cataloged(elves={path: shared("libcudart.so.11.0")}, known=known)
    assert (found.facts["cuda.runtime"].value, found.facts["cuda.runtime"].source) == (
        "11.8",
        f"{SITE}/torch-2.1.0+cu118.dist-info",
    )


def test_a_variable_makes_a_major_version_precise_but_is_no_runtime_itself() -> None:
    elves = {b"opt/app/libcudart.so.12": shared("libcudart.so.12")}
    fact = cataloged(elves=elves, env=("CUDA_VERSION=12.4.1",)).facts["cuda.runtime"]
    assert (fact.value, fact.source, fact.confidence) == (
        "12.4",
        "variable CUDA_VERSION of the image",
        Confidence.LIKELY,
    )
    assert cataloged(elves=elves, env=("CUDA_VERSION=11.8.0",)).facts["cuda.runtime"].value == "12"
    assert cataloged(env=("CUDA_VERSION=12.4.1",)).facts["cuda.runtime"].value == "none"


def test_cudnn_by_its_header() -> None:
    elves = {b"usr/lib/x86_64-linux-gnu/libcudnn.so.8": shared("libcudnn.so.8")}
    found = cataloged({b"usr/include/cudnn_version.h": CUDNN_HEADER}, elves)
    assert found.facts["cudnn.version"].value == "8.9.7"
    assert found.facts["cudnn.version"].source == "/usr/include/cudnn_version.h"
    assert {b"cudnn_version.h", b"version.json", b"cuda.h"} <= WANTED.names


def test_a_header_without_the_library_is_no_cudnn() -> None:
    assert cataloged({b"usr/include/cudnn_version.h": CUDNN_HEADER}).facts["cudnn.version"].value == "none"


@pytest.mark.parametrize(
    ("files", "elves", "version"),
    [
        ({b"opt/rocm-6.0.2/.info/version": b"6.0.2-115\n"}, {}, "6.0.2"),
        ({}, {b"opt/app/libamdhip64.so.6.1.60103": shared("libamdhip64.so.6")}, "6.1"),
    ],
)
def test_rocm(files: dict[bytes, bytes], elves: dict[bytes, ElfFile], version: str) -> None:
    assert cataloged(files, elves).facts["rocm.version"].value == version


def test_the_label_of_a_rocm_build() -> None:
    known = Catalog(distributions=(distribution("torch", "2.5.1+rocm6.2"),))
    path = SITE.lstrip("/").encode() + b"/torch/lib/libamdhip64.so"
    assert cataloged(elves={path: shared()}, known=known).facts["rocm.version"].value == "6.2"


def test_what_was_not_completely_read_is_not_known_to_be_without() -> None:
    known = Catalog(unknowns=(Unknown(what="layer", where="sha256:0", reason="truncated"),))
    assert values(cataloged(known=known)) == {}


def test_a_damaged_record_hides_no_library() -> None:
    known = Catalog(unknowns=(Unknown(what="distribution", where="/x.dist-info", reason="no name"),))
    assert cataloged(known=known).facts["cudnn.version"].value == "none"


def test_numbers_without_end_are_not_followed() -> None:
    known = Catalog(distributions=(distribution("nvidia-cuda-runtime-cu12", "9" * 10_000),))
    path = SITE.lstrip("/").encode() + b"/nvidia/cuda_runtime/lib/libcudart.so.12"
    assert (
        cataloged(elves={path: shared("libcudart.so.12")}, known=known).facts["cuda.runtime"].value == "9" * 9
    )


def test_libraries_for_graphics_processors_are_told_from_others() -> None:
    names = ("cudart", "openblas", "hip", "openssl")
    known = Catalog(libraries=tuple(NativeLibrary(name=name, path=f"/usr/lib/{name}") for name in names))
    assert [library.name for library in gpu_libraries(known)] == ["cudart", "hip"]
    stray = Catalog(libraries=(NativeLibrary(name="cudart", path="/var/cache/libcudart.so.12"),))
    assert gpu_libraries(stray) == ()


def test_what_lies_about_counts_least() -> None:
    elves = {
        b"var/cache/x/libcudart.so.13.0.96": shared("libcudart.so.13"),
        CUDART: shared("libcudart.so.12"),
    }
    assert cataloged(elves=elves).facts["cuda.runtime"].value == "12.4"


def test_a_package_tells_the_version_of_a_library_that_has_none_in_its_name() -> None:
    package = SystemPackage(
        name="cuda-cudart-12-4", version="12.4.127-1", type="deb", where="/var/lib/dpkg/status"
    )
    elves = {b"usr/lib/x86_64-linux-gnu/libcudart.so.12": shared("libcudart.so.12")}
    fact = cataloged(elves=elves, known=Catalog(packages=(package,))).facts["cuda.runtime"]
    assert (fact.value, fact.source) == ("12.4", "/var/lib/dpkg/status")
