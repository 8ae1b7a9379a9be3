from __future__ import annotations

import datetime

import pytest

from analyzers.evidence import Finding, Level
from fakes.images.elf_files import shared
from fakes.images.roots import MemoryRoot
from images.catalogers import native_libraries
from images.catalogers.catalog import Catalog
from images.facts.environment import Fact
from images.findings.gpu import find
from images.native.elf_file import ElfFile
from images.reports.image_config import ImageConfig, RunConfig
from images.reports.records import PythonDistribution

TODAY = datetime.date(2026, 11, 26)
SITE = "/opt/venv/lib/python3.12/site-packages"
CUDART = {b"usr/local/cuda-12.4/lib64/libcudart.so.12.4.127": shared("libcudart.so.12")}


def distribution(name: str, version: str, *requires: str, location: str = SITE) -> PythonDistribution:
    where = f"{location}/{name}-{version}.dist-info"
    return PythonDistribution(
        name=name, version=version, interpreter=None, location=location, where=where, requires=requires
    )


def findings(
    elves: dict[bytes, ElfFile],
    *distributions: PythonDistribution,
    env: tuple[str, ...] = (),
    facts: dict[str, Fact] | None = None,
) -> tuple[Finding, ...]:
    root, config = MemoryRoot({}, elves=elves), ImageConfig(config=RunConfig(env=env))
    known = Catalog(distributions=distributions, facts=facts or {})
    libraries = native_libraries.catalog(root, config, known).libraries
    return find(
        root, config, Catalog(libraries=libraries, distributions=distributions, facts=facts or {}), TODAY
    )


def test_libraries_that_nothing_uses() -> None:
    (finding,) = findings(
        {**CUDART, b"usr/bin/app": shared(None, "libc.so.6")}, distribution("flask", "3.0.0")
    )
    assert (finding.id, finding.level) == ("gpu-libraries-unneeded", Level.WARNING)
    assert finding.message == "nothing in the image was found to use cudart (0 MB)"
    assert finding.evidence[0].where == "/usr/local/cuda-12.4/lib64/libcudart.so.12.4.127"


def test_an_image_that_compiles_for_them_may_be_there_for_that() -> None:
    (finding,) = findings(CUDART, facts={"compiler.cuda": Fact(value="nvcc 12.4", source="x")})
    assert finding.level is Level.INFO


@pytest.mark.parametrize(
    "user",
    [
        distribution("torch", "2.5.1"),
        distribution("torch", "2.5.1+cu124"),
        distribution("tensorflow", "2.17.0"),
        distribution("cupy-cuda12x", "13.3.0"),
        distribution("numba", "0.60.0"),
    ],
)
def test_distributions_that_load_them_while_they_run(user: PythonDistribution) -> None:
    assert findings(CUDART, user) == ()


def test_a_build_without_them_does_not_use_them() -> None:
    (finding,) = findings(CUDART, distribution("torch", "2.5.1+cpu"))
    assert finding.id == "gpu-libraries-unneeded"


def test_a_program_that_is_linked_to_them() -> None:
    assert findings({**CUDART, b"opt/app/solver": shared(None, "libcudart.so.12")}) == ()


def test_that_they_need_each_other_is_no_use() -> None:
    elves = {
        **CUDART,
        b"usr/local/cuda-12.4/lib64/libcublas.so.12.4.5.8": shared("libcublas.so.12", "libcudart.so.12"),
        b"usr/local/cuda-12.4/bin/tool": shared(None, "libcudart.so.12"),
        b"usr/lib/libcufile.so.1.9.1": shared("libcufile.so.0", "libcuda.so.1"),
    }
    (finding,) = findings(elves)
    assert finding.message.startswith("nothing in the image was found to use cublas, cudart")


def test_wheels_that_a_distribution_asks_for() -> None:
    site = SITE.lstrip("/").encode()
    elves = {site + b"/nvidia/nccl/lib/libnccl.so.2": shared("libnccl.so.2")}
    wheel = distribution("nvidia-nccl-cu12", "2.21.5")
    assert (
        findings(elves, wheel, distribution("app", "1", "NVIDIA_nccl.cu12>=2; platform_system == 'Linux'"))
        == ()
    )
    (finding,) = findings(elves, wheel, distribution("app", "1", "requests>=2", "-e nonsense"))
    assert finding.message == "nothing in the image was found to use nccl (0 MB)"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            [("nvidia-cublas-cu11", "11.11.3.6"), ("nvidia-cudnn-cu12", "9.1.0.70")],
            f"libraries of CUDA 11 and CUDA 12 are installed side by side in {SITE}",
        ),
        (
            [
                ("nvidia-cuda-runtime", "13.0.96"),
                ("nvidia-cuda-nvrtc-cu12", "12.8.93"),
                ("nvidia-cufft", "12.0.0.61"),
            ],
            f"libraries of CUDA 12 and CUDA 13 are installed side by side in {SITE}",
        ),
        (
            [("torch", "2.1.0+cu118"), ("torchvision", "0.16.0+cu121")],
            f"builds for cu118 and cu121 are installed in {SITE}",
        ),
    ],
)
def test_two_releases_of_cuda_in_one_place(names: list[tuple[str, str]], message: str) -> None:
    (finding,) = findings({}, *(distribution(*name) for name in names))
    assert (finding.id, finding.message) == ("cuda-versions-mixed", message)
    assert len(finding.evidence) == 2


@pytest.mark.parametrize(
    "distributions",
    [
        [distribution("nvidia-cublas-cu12", "12.4.5.8"), distribution("nvidia-cudnn-cu12", "9.1.0.70")],
        [distribution("nvidia-cuda-runtime", "13.0.96"), distribution("nvidia-cufft", "12.0.0.61")],
        [distribution("torch", "2.1.0+cu118"), distribution("torchvision", "0.16.0+cu118")],
        [distribution("nvidia-cublas-cu11", "1"), distribution("nvidia-cublas-cu12", "1", location="/b")],
        [distribution("nvidia-cublas", "0.0.1"), distribution("nvidia-cublas-cu12", "12.4.5.8")],
    ],
)
def test_what_goes_together_or_does_not_meet(distributions: list[PythonDistribution]) -> None:
    assert findings({}, *distributions) == ()


@pytest.mark.parametrize(
    ("driver", "told"),
    [("470.57.02", True), ("525.60.13", False), ("550.54.14", False), ("999.99.99", False)],
)
def test_a_runtime_that_the_driver_in_the_image_does_not_serve(driver: str, told: bool) -> None:
    elves = {**CUDART, f"usr/local/cuda/compat/libcuda.so.{driver}".encode(): shared("libcuda.so.1")}
    found = findings(elves, distribution("torch", "2.5.1"))
    assert [one.id for one in found] == (["cuda-newer-than-driver"] if told else [])
    if told:
        assert found[0].message == "the driver library 470.57.02 serves CUDA up to 11.8, not CUDA 12"


@pytest.mark.parametrize(
    ("required", "told"),
    [
        ("cuda>=11.8 brand=tesla,driver>=450,driver<451", True),
        ("cuda>=12.4 brand=tesla,driver>=470,driver<471,cuda>=11.0", False),
        ("cuda>=12.0", False),
        ("brand=tesla,cuda>=11.0", False),
        ("cuda>=" + "1" * 5000 + ".0", False),
        ("", False),
    ],
)
def test_a_requirement_that_admits_too_old_drivers(required: str, told: bool) -> None:
    found = findings(CUDART, distribution("torch", "2.5.1"), env=(f"NVIDIA_REQUIRE_CUDA={required}",))
    assert [one.id for one in found] == (["cuda-newer-than-required"] if told else [])
