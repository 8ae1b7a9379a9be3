"""Rules that choose an index: the builds of vendors, from local indexes that are laid out as theirs are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands, Ran
from fakes.image_reports import DEBIAN, PYTHON, image_report, saved
from fakes.server import IndexServer
from fakes.vendor_site import usual_index, vendor_site
from images.environment import FactValue

NO_GPU = {"gpu_vendor": "none"}
DRIVER_535 = {"gpu_vendor": "nvidia", "gpu_driver": "535.183.01", "cuda_max": "12.2", "gpu_sm": "8.6"}
DRIVER_580 = {"gpu_vendor": "nvidia", "gpu_driver": "580.95.05", "cuda_max": "13.0", "gpu_sm": "8.6"}
VOLTA = {**DRIVER_580, "gpu_sm": "7.0"}
AMD = {"gpu_vendor": "amd", "gpu_gfx": "gfx90a", "rocm_version": "7.2.1"}
INTEL = {"gpu_vendor": "intel"}


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(usual_index()) as running:
        yield running


@pytest.fixture(params=[False, True], ids=["bare wheels", "metadata files"])
def vendor(request: pytest.FixtureRequest, stackwright: Commands) -> Iterator[IndexServer]:
    """The vendor's site, to which the project moves its address."""
    with IndexServer(vendor_site(metadata_files=request.param), html_only=True) as running:
        moved(stackwright, running)
        yield running


@pytest.fixture
def bare_vendor(stackwright: Commands) -> Iterator[IndexServer]:
    with IndexServer(vendor_site(), html_only=True) as running:
        moved(stackwright, running)
        yield running


def moved(commands: Commands, vendor: IndexServer, more: str = "") -> None:
    table = f'"https://download.pytorch.org/whl/" = "{vendor.url}"'
    commands.write("pyproject.toml", f"[tool.stackwright.vendor-indexes]\n{table}\n{more}")


def image(commands: Commands, facts: dict[str, FactValue], arch: str = "x86_64") -> str:
    more = {name.replace("_", "."): value for name, value in facts.items()}
    known = {**DEBIAN, **PYTHON, **more, "arch": arch}
    commands.write("machine.json", saved(image_report(facts=known)))
    return "machine.json"


def advised(commands: Commands, facts: dict[str, FactValue], *asked: str, arch: str = "x86_64") -> Ran:
    return commands.advise(*asked, "--image", image(commands, facts, arch), "--format", "json")


def pins(ran: Ran) -> dict[str, str]:
    assert ran.code == 0, ran.err + ran.out
    return {pin["name"]: pin["version"] for pin in ran.json["pins"]}


def pin(ran: Ran, name: str) -> Any:
    return next(each for each in ran.json["pins"] if each["name"] == name)


def warnings(ran: Ran) -> list[str]:
    reasons = [reason for each in ran.json["pins"] for reason in each["reasons"]] + ran.json["remarks"]
    return [reason["message"] for reason in reasons if reason["level"] != "info"]


ALONE = {"filelock": "2.0"}
CUDA_13 = {
    "cuda-toolkit": "13.2",
    "filelock": "2.0",
    "nvidia-cublas": "13.2",
    "nvidia-cudnn-cu13": "9.1",
    "triton": "3.7",
}


@pytest.mark.parametrize(
    ("facts", "arch", "expected"),
    [
        (NO_GPU, "x86_64", {"torch": "2.15.0+cpu", **ALONE}),
        (NO_GPU, "aarch64", {"torch": "2.15.0+cpu", **ALONE}),
        (
            DRIVER_535,
            "x86_64",
            {"torch": "2.14.0+cu126", "nvidia-cudnn-cu12": "9.1", "triton": "3.7", **ALONE},
        ),
        (VOLTA, "x86_64", {"torch": "2.14.0+cu126", "nvidia-cudnn-cu12": "9.1", "triton": "3.7", **ALONE}),
        (DRIVER_580, "x86_64", {"torch": "2.15.0", **CUDA_13}),
        (AMD, "x86_64", {"torch": "2.15.0+rocm7.2", "triton-rocm": "3.7", **ALONE}),
        (INTEL, "x86_64", {"torch": "2.15.0+xpu", "triton-xpu": "3.7", **ALONE}),
        ({}, "x86_64", {"torch": "2.15.0", **CUDA_13}),
    ],
    ids=["no GPU", "aarch64", "driver 535", "Volta", "driver 580", "AMD", "Intel", "nothing known"],
)
def test_the_build_follows_from_the_hardware(
    stackwright: Commands,
    vendor: IndexServer,
    facts: dict[str, FactValue],
    arch: str,
    expected: dict[str, str],
) -> None:
    assert pins(advised(stackwright, facts, "torch", arch=arch)) == expected
