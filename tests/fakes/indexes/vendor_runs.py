"""Advice for machines with different hardware, where the addresses of vendors are moved to local sites."""

from __future__ import annotations

from typing import Any

from fakes.commands import Commands, Ran
from fakes.images.image_reports import DEBIAN, PYTHON, image_report, saved
from fakes.indexes.server import IndexServer
from images.facts.environment import FactValue

NO_GPU: dict[str, FactValue] = {"gpu_vendor": "none"}
DRIVER_535: dict[str, FactValue] = {
    "gpu_vendor": "nvidia",
    "gpu_driver": "535.183.01",
    "cuda_max": "12.2",
    "gpu_sm": "8.6",
}
DRIVER_580: dict[str, FactValue] = {
    "gpu_vendor": "nvidia",
    "gpu_driver": "580.95.05",
    "cuda_max": "13.0",
    "gpu_sm": "8.6",
}
VOLTA: dict[str, FactValue] = {**DRIVER_580, "gpu_sm": "7.0"}
AMD: dict[str, FactValue] = {"gpu_vendor": "amd", "gpu_gfx": "gfx90a", "rocm_version": "7.2.1"}
INTEL: dict[str, FactValue] = {"gpu_vendor": "intel"}


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
    return [reason["message"] for reason in reasons if "level" in reason]
