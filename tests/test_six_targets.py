"""One project, six targets: a lockfile for each, every difference justified, and each one checked by uv."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from uv import find_uv_bin

from fakes.commands import Commands
from fakes.images.image_files import write_oci_layout
from fakes.images.machines import EPYC_FLAGS, memory, nvidia_device, nvidia_driver, pci, recorded, x86
from fakes.images.runtime_images import UBUNTU, glibc_image, musl_image
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.searching.justified import unjustified
from images.hardware.probing import hardware_environment

PROJECT = """
[project]
name = "shop"
version = "1.0"
dependencies = ["numpy", "pandas", "xgboost", "jax", "psycopg2", "opencv-python"]

[tool.stackwright.environments.plain]
image = "debian"
gpu.vendor = "none"
display = false

[tool.stackwright.environments.nvidia]
image = "nvidia"
gpu.driver = "535.104.05"
display = false

[tool.stackwright.environments.workstation]
python-version = "3.11.9"
platform = "x86_64-manylinux_2_39"
{workstation}

[tool.stackwright.environments.alpine]
image = "alpine"
gpu.vendor = "none"
display = false

[tool.stackwright.environments.old]
python-version = "3.11.9"
os.id = "centos"
os.version = "7"
arch = "x86_64"
cpu.level = 1
gpu.vendor = "none"
compiler.c = "gcc 4.8"
display = false

[tool.stackwright.environments.arm]
image = "arm"
gpu.vendor = "none"
display = false
"""
NAMES = ("plain", "nvidia", "workstation", "alpine", "old", "arm")
UV_PLATFORMS = {
    "plain": "x86_64-manylinux_2_36",
    "nvidia": "x86_64-manylinux_2_35",
    "workstation": "x86_64-manylinux_2_39",
    "alpine": "x86_64-unknown-linux-musl",
    "old": "x86_64-manylinux2014",
    "arm": "aarch64-manylinux_2_36",
}
"""As uv names the targets; it knows neither their processors nor their drivers."""


def wheels(*platforms: str) -> list[str]:
    return [f"cp311-cp311-{platform}" for platform in platforms]


OLD, NEW = "manylinux_2_17_x86_64", "manylinux_2_28_x86_64"
MUSL, ARM = "musllinux_1_2_x86_64", "manylinux_2_28_aarch64"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """Projects whose wheels and dependencies are like those of the real ones of these names."""
    index = FakeIndex()
    index.add("numpy", "2.2.6", tags=wheels(OLD, MUSL, ARM))
    index.add("numpy", "2.4.6", tags=wheels(OLD, NEW, MUSL, ARM))
    index.add("pandas", "2.3.3", requires=["numpy>=2", "pytz"], tags=wheels(OLD, MUSL, ARM))
    index.add("pandas", "3.1.1", requires=["numpy>=2", "tzdata"], tags=wheels(NEW, MUSL, ARM))
    for name in ("pytz", "tzdata"):
        index.add(name, "2026.1")
    nccl = "nvidia-nccl-cu12; platform_system == 'Linux' and platform_machine != 'aarch64'"
    index.add("nvidia-nccl-cu12", "2.32.3", tags=["py3-none-manylinux_2_17_x86_64"])
    everywhere = [f"py3-none-{platform}" for platform in (OLD, MUSL, ARM)]
    index.add("xgboost", "3.2.0", requires=["numpy", nccl], tags=everywhere)
    index.add("xgboost-cpu", "3.2.0", requires=["numpy"], tags=everywhere)
    plugins = {f"cuda{major}": [f"jax-cuda{major}-plugin==0.9.0"] for major in (12, 13)}
    index.add("jax", "0.9.0", requires=["numpy>=2"], extras=plugins)
    for major in (12, 13):
        index.add(f"jax-cuda{major}-plugin", "0.9.0", tags=wheels("manylinux_2_27_x86_64"))
    index.add("psycopg2", "2.9.11", tags=["cp311-cp311-win_amd64"], sdist=True)
    index.add("psycopg2-binary", "2.9.11", tags=wheels(OLD, MUSL, ARM))
    index.add("opencv-python", "4.13.0.92", tags=everywhere)
    index.add("opencv-python-headless", "4.13.0.92", tags=everywhere)
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def project(stackwright: Commands, tmp_path: Path) -> Commands:
    """With the images and the project that names them."""
    write_oci_layout(stackwright.path("debian"), glibc_image())
    cuda = ["CUDA_VERSION=12.2.2", "NVIDIA_REQUIRE_CUDA=cuda>=12.2"]
    write_oci_layout(stackwright.path("nvidia"), glibc_image(UBUNTU, minor=35, environ=cuda))
    write_oci_layout(stackwright.path("alpine"), musl_image())
    write_oci_layout(stackwright.path("arm"), glibc_image(architecture="arm64"))
    stackwright.write("pyproject.toml", PROJECT.format(workstation=workstation(tmp_path / "recorded")))
    return stackwright


def advised(project: Commands, *options: str) -> Any:
    """The report of one run for all of them, of which the lockfiles lie beside it."""
    named = [argument for name in NAMES for argument in ("--environment", name)]
    ran = project.advise(*named, *options, "--format", "json")
    assert ran.code == 0, ran.err
    return ran.json


def workstation(folder: Path) -> str:
    """The facts of a recorded machine with driver 580, as a project states them."""
    root = recorded(
        folder,
        x86("AuthenticAMD", EPYC_FLAGS, 8),
        memory(64_000_000),
        pci("0000:07:00.0", 0x030000, 0x10DE, 0x20B0),
        nvidia_driver("580.82.07", open_module=True),
        nvidia_device("0000:07:00.0", "NVIDIA A100-SXM4-40GB"),
    )
    environment = hardware_environment("x86_64", {"DISPLAY": ":0"}, root, 8)
    facts = {name: environment[name] for name in environment} | {"compiler.c": "gcc 14"}
    return "\n".join(f"{name} = {toml(value)}" for name, value in facts.items())


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else repr(value)


def stacks(report: Any) -> dict[str, dict[str, str]]:
    return {
        one["name"]: {pin["name"]: pin["version"] for pin in one["advice"]["pins"]}
        for one in report["environments"]
    }


def test_each_target_gets_what_serves_it(project: Commands) -> None:
    everywhere = {"numpy": "2.2.6", "jax": "0.9.0"}
    cpu = {"xgboost-cpu": "3.2.0"}
    gpu = {"xgboost": "3.2.0", "nvidia-nccl-cu12": "2.32.3"}
    older = {"pandas": "2.3.3", "pytz": "2026.1"}
    compiled, binary = {"psycopg2": "2.9.11"}, {"psycopg2-binary": "2.9.11"}
    window, headless = {"opencv-python": "4.13.0.92"}, {"opencv-python-headless": "4.13.0.92"}
    assert stacks(advised(project)) == {
        "plain": {**everywhere, **cpu, **older, **binary, **headless},
        "nvidia": {**everywhere, **gpu, **older, **binary, **headless, "jax-cuda12-plugin": "0.9.0"},
        "workstation": {**everywhere, **gpu, **older, **compiled, **window, "jax-cuda13-plugin": "0.9.0"},
        "alpine": {**everywhere, **cpu, **older, **binary, **headless},
        "old": {**everywhere, **cpu, **older, **compiled, **headless},
        "arm": {**everywhere, **cpu, **older, **binary, **headless},
    }


@pytest.mark.parametrize("options", [[], ["--independent"]])
def test_every_difference_rests_on_a_fact_that_differs(project: Commands, options: list[str]) -> None:
    report = advised(project, *options)
    differing = {difference["project"] for difference in report["differences"]}
    assert {"xgboost", "nvidia-nccl-cu12", "jax-cuda12-plugin", "psycopg2", "opencv-python"} <= differing
    assert ({"numpy", "pandas", "pytz"} <= differing) is bool(options)
    assert unjustified(report) == []


def test_what_is_not_justified_is_found(project: Commands) -> None:
    report = advised(project)
    (numbers,) = (one for one in report["differences"] if one["project"] == "psycopg2-binary")
    for obstacle in numbers["obstacles"]:
        obstacle["evidence"] = [{"what": "compiler.c is none", "where": "an image"}]
        obstacle["through"] = []
    assert "psycopg2-binary in workstation and arm: None and 2.9.11" in unjustified(report)


def test_differences_are_told_by_their_facts(project: Commands) -> None:
    named = [argument for name in NAMES for argument in ("--environment", name)]
    told = " ".join(project.advise(*named, "--independent").out.split())
    assert (
        "numpy 2.4.6 not for old: is refused by rule numpy-needs-x86-64-v2: since 2.4 numpy's wheels need a "
        "processor of level x86-64-v2 (arch is x86_64, cpu.level is 1)" in told
    )
    assert (
        "pandas 3.1.1 not for old: has no wheel and no source distribution for cpython 3.11.9 on linux "
        "x86_64 with glibc 2.17 (libc.version is 2.17)" in told
    )
    assert "jax-cuda12-plugin 0.9.0 not for workstation: jax[cuda12] asks for it" in told
    assert "xgboost 3.2.0 not for plain, alpine, old and arm: xgboost-cpu stands in for it" in told


@pytest.mark.parametrize("options", [[], ["--independent"]])
def test_uv_installs_the_same_files(project: Commands, server: IndexServer, options: list[str]) -> None:
    """uv's resolver comes to the same stack from the pins, for the platform; its installer takes them."""
    for name, stack in stacks(advised(project, *options)).items():
        lock = tomllib.loads(project.path(f"pylock.{name}.toml").read_text())
        assert {one["name"]: one["version"] for one in lock["packages"]} == stack
        platform = UV_PLATFORMS[name]
        asked = project.write(f"{name}.in", "".join(f"{one}=={version}\n" for one, version in stack.items()))
        compiled = run_uv(
            "compile", asked, "--no-header", "--no-annotate", platform=platform, index=server.url
        )
        assert dict(re.findall(r"^([a-z0-9-]+)==(\S+)$", compiled, re.MULTILINE)) == stack
        target = project.path(f"{name}-target")
        installed = run_uv(
            *("sync", project.path(f"pylock.{name}.toml"), "--dry-run", "--target", target),
            platform=platform,
        )
        assert dict(re.findall(r"^ \+ ([a-z0-9-]+)==(\S+)", installed, re.MULTILINE)) == stack


def run_uv(*arguments: str | Path, platform: str, index: str | None = None) -> str:
    where = ["--default-index", index] if index else []
    process = subprocess.run(
        [
            *(find_uv_bin(), "pip", *map(str, arguments), "--no-config", "--no-cache"),
            *("--python-platform", platform, "--python-version", "3.11", *where),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))},
    )
    assert process.returncode == 0, process.stderr
    return process.stdout + process.stderr
