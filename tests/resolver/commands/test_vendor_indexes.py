"""Rules that choose an index: the builds of vendors, from local indexes that are laid out as theirs are."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from uv import find_uv_bin

from fakes.commands import Commands, Ran
from fakes.indexes.faults import Fault
from fakes.indexes.server import IndexServer
from fakes.indexes.vendor_runs import (
    AMD,
    DRIVER_535,
    DRIVER_580,
    INTEL,
    NO_GPU,
    VOLTA,
    advised,
    image,
    moved,
    pin,
    pins,
    warnings,
)
from fakes.indexes.vendor_site import LINUX, usual_index, vendor_site
from images.facts.environment import FactValue


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


FAMILY = ("torch", "torchvision", "torchaudio")


@pytest.mark.parametrize(
    ("facts", "asked", "label"),
    [
        (NO_GPU, FAMILY, "+cpu"),
        (NO_GPU, ("torchvision",), "+cpu"),
        (NO_GPU, ("trainer", "torchaudio"), "+cpu"),
        (NO_GPU, ("torch==2.14.0", "torchvision"), "+cpu"),
        (DRIVER_535, FAMILY, "+cu126"),
        (AMD, FAMILY, "+rocm7.2"),
        (INTEL, FAMILY, "+xpu"),
        (DRIVER_580, FAMILY, ""),
    ],
)
def test_what_belongs_together_has_one_label(
    stackwright: Commands,
    bare_vendor: IndexServer,
    facts: dict[str, FactValue],
    asked: tuple[str, ...],
    label: str,
) -> None:
    ran = advised(stackwright, facts, *asked)
    labels = {name: version.partition("+")[2] for name, version in pins(ran).items() if name in FAMILY}
    assert {f"+{one}" if one else "" for one in labels.values()} == {label}
    if "torch==2.14.0" in asked:
        assert pins(ran)["torch"] == "2.14.0+cpu"
        assert pins(ran)["torchvision"] == "0.29.0+cpu"


def test_the_advice_says_which_rule_chose_the_index_and_what_that_saves(
    stackwright: Commands, vendor: IndexServer
) -> None:
    ran = advised(stackwright, NO_GPU, "torch")
    found = pin(ran, "torch")
    url = f"{vendor.url}cpu/"
    assert found["index"] == url
    assert all(artifact["url"].startswith(f"{vendor.origin}/files/cpu/") for artifact in found["artifacts"])
    (reason,) = [reason for reason in found["reasons"] if reason["unit"] == "torch-without-gpu"]
    assert reason["message"].startswith(f"torch comes from the index {url} (pytorch-cpu): the default wheels")
    assert reason["link"] == "https://pytorch.org/get-started/previous-versions/"
    assert "checked 2026-11-26" in [seen["what"] for seen in reason["evidence"]]
    assert "MB in place of 11.0 MB, of which 6.0 MB are of nvidia-cudnn-cu13, " in reason["message"]
    assert 9_900_000 < found["saved_bytes"] < 10_100_000
    assert pin(ran, "filelock")["index"] is None
    assert not warnings(ran)
    text = stackwright.advise("torch", "--image", "machine.json").out
    assert f"note: torch comes from the index {url}" in " ".join(text.split())


def test_a_warm_run_asks_nothing_and_says_the_same(stackwright: Commands, vendor: IndexServer) -> None:
    first = advised(stackwright, NO_GPU, *FAMILY)
    asked = len(vendor.requests)
    again = advised(stackwright, NO_GPU, *FAMILY)
    assert len(vendor.requests) == asked
    assert again.json["pins"] == first.json["pins"]
    offline = stackwright.advise(*FAMILY, "--image", "machine.json", "--offline", "--format", "json")
    assert offline.json["pins"] == first.json["pins"]


# The user has the say


def usual(ran: Ran) -> bool:
    return pins(ran)["torch"] == "2.15.0" and pin(ran, "torch")["index"] is None


def test_rules_that_are_off_choose_no_index(stackwright: Commands, bare_vendor: IndexServer) -> None:
    machine = image(stackwright, NO_GPU)
    asked = ("torch", "--image", machine, "--format", "json")
    for options in (["--no-rule", "torch-without-gpu"], ["--no-rules"], ["--type", "latest"]):
        assert usual(stackwright.advise(*asked, *options)), options
    assert not bare_vendor.requests


def test_a_project_that_the_user_assigns_is_left_alone(
    stackwright: Commands, bare_vendor: IndexServer
) -> None:
    moved(stackwright, bare_vendor, '[tool.stackwright.sources]\ntorch = "default"\n')
    assert usual(advised(stackwright, NO_GPU, "torch"))
    with IndexServer(usual_index()) as other:
        moved(stackwright, bare_vendor)
        machine = image(stackwright, NO_GPU)
        ran = stackwright.advise(
            "torch", "--image", machine, "--index", f"own={other.url}", "--format", "json"
        )
        assert usual(ran)
    digest = usual_index().file("torch-2.15.0-cp311-cp311-manylinux_2_17_x86_64.whl").hashes["sha256"]
    stackwright.write("hashed.txt", f"torch==2.15.0 --hash=sha256:{digest}\n")
    ran = stackwright.advise("torch", "-c", "hashed.txt", "--image", machine, "--format", "json")
    assert usual(ran)
    assert not bare_vendor.requests


def test_without_an_index_there_is_none_of_a_rule(stackwright: Commands, bare_vendor: IndexServer) -> None:
    ran = stackwright.advise("torch", "--image", image(stackwright, NO_GPU), "--no-index")
    assert ran.code == 1
    assert not bare_vendor.requests


def test_what_is_likely_is_told_and_not_done(stackwright: Commands, bare_vendor: IndexServer) -> None:
    report = json.loads(stackwright.path(image(stackwright, NO_GPU)).read_text())
    report["environment"]["facts"]["gpu.vendor"]["confidence"] = "likely"
    stackwright.write("likely.json", json.dumps(report))
    ran = stackwright.advise("torch", "--image", "likely.json", "--format", "json")
    assert usual(ran)
    told = f"use the index {bare_vendor.url}cpu/; that is likely and not certain, so it is not taken unasked"
    assert any(message.endswith(told) for message in warnings(ran))
    assert not bare_vendor.requests


@pytest.mark.parametrize("form", ["name", "address", "beginning"])
def test_the_user_has_mirrors_of_vendors(stackwright: Commands, bare_vendor: IndexServer, form: str) -> None:
    key, value = {
        "name": ("pytorch-cpu", f"{bare_vendor.url}cpu"),
        "address": ("https://download.pytorch.org/whl/cpu", f"{bare_vendor.url}cpu/"),
        "beginning": ("https://download.pytorch.org", f"{bare_vendor.origin}/"),
    }[form]
    stackwright.write("pyproject.toml", f'[tool.stackwright.vendor-indexes]\n"{key}" = "{value}"\n')
    found = pins(advised(stackwright, NO_GPU, "torch"))["torch"]
    assert found == ("2.15.0" if form == "beginning" else "2.15.0+cpu")  # there is no /whl/ on that host


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('pytorch-cuda = "https://a.example/"', "there is no index of a vendor of that name"),
        ("pytorch-cpu = 1", "must be the address of an index"),
        ('pytorch-cpu = "ftp://a.example/"', "is no web address"),
    ],
)
def test_mirrors_that_are_none(stackwright: Commands, entry: str, told: str) -> None:
    stackwright.write("pyproject.toml", f"[tool.stackwright.vendor-indexes]\n{entry}\n")
    ran = stackwright.advise("filelock")
    assert ran.code == 2
    assert told in ran.err


# What is written


def test_a_pylock_has_the_files_of_the_index_of_the_rule(
    stackwright: Commands, bare_vendor: IndexServer
) -> None:
    machine = image(stackwright, NO_GPU)
    ran = stackwright.advise("torch", "--image", machine, "--format", "pylock")
    assert ran.code == 0
    packages = {package["name"]: package for package in tomllib.loads(ran.out)["packages"]}
    (wheel,) = packages["torch"]["wheels"]
    assert packages["torch"]["version"] == "2.15.0+cpu"
    assert packages["torch"]["index"] == f"{bare_vendor.url}cpu/"
    assert wheel["url"] == f"{bare_vendor.origin}/files/cpu/torch-2.15.0%2Bcpu-{LINUX}.whl"
    true = vendor_site().backend("cpu").file(f"torch-2.15.0+cpu-{LINUX}.whl").hashes["sha256"]
    assert wheel["hashes"] == {"sha256": true}
    assert "index" not in packages["filelock"]


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_requirements_install_although_the_vendor_has_old_copies_of_other_projects(
    stackwright: Commands, server: IndexServer, bare_vendor: IndexServer, tmp_path: Path, installer: str
) -> None:
    machine = image(stackwright, NO_GPU)
    ran = stackwright.advise("torch", "torchvision", "--image", machine, "-o", "requirements.txt")
    assert ran.code == 0, ran.err
    text = stackwright.path("requirements.txt").read_text()
    assert (
        f"--find-links {bare_vendor.url}cpu/torch/\n--find-links {bare_vendor.url}cpu/torchvision/\n" in text
    )
    assert "\ntorch==2.15.0+cpu \\\n    --hash=sha256:" in text
    options = ["--require-hashes", "--index-url", server.url, "-r", str(stackwright.path("requirements.txt"))]
    for_linux = ["--only-binary=:all:", "--target", str(tmp_path / "there")]
    if installer == "uv":
        command = [find_uv_bin(), "pip", "install", "--no-cache", "--python-version", "3.11", *for_linux]
        command += ["--python-platform", "x86_64-manylinux_2_28"]
    else:
        subprocess.run(
            [find_uv_bin(), "venv", "--seed", "-q", str(tmp_path / "venv")], check=True, timeout=100
        )
        command = [str(tmp_path / "venv/bin/python"), "-m", "pip", "install", "--no-cache-dir", *for_linux]
        command += ["--python-version", "3.11", "--platform", "manylinux_2_17_x86_64"]
    environ = {**stackwright.environ, "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [*command, *options], env=environ, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    installed = {path.name for path in (tmp_path / "there").glob("*.dist-info")}
    assert {"torch-2.15.0+cpu.dist-info", "filelock-2.0.dist-info", "numpy-2.0.dist-info"} <= installed


def test_a_pipfile_lock_names_the_index_of_the_rule(stackwright: Commands, bare_vendor: IndexServer) -> None:
    machine = image(stackwright, NO_GPU)
    lock = stackwright.advise("torch", "--image", machine, "--format", "pipfile-lock").json
    further = {"name": "vendor-1", "url": f"{bare_vendor.url}cpu", "verify_ssl": True}
    assert lock["_meta"]["sources"][1:] == [further]
    assert lock["default"]["torch"]["index"] == "vendor-1"
    assert lock["default"]["torch"]["version"] == "==2.15.0+cpu"
    assert "index" not in lock["default"]["filelock"]


def test_a_lock_with_local_labels_is_checked_at_the_index_of_the_rule(
    stackwright: Commands, bare_vendor: IndexServer
) -> None:
    machine = image(stackwright, NO_GPU)
    assert stackwright.advise("torch", "--image", machine, "-o", "pylock.toml").code == 0
    machine_facts = ("--fact", "gpu.vendor=none", "--python-version", "3.11", "--platform", "linux")
    ran = stackwright.main("check", "pylock.toml", *machine_facts, "--format", "json")
    assert ran.code == 0, ran.err + ran.out
    assert ran.json["releases"]["torch"] == "2.15.0+cpu"
    assert not [unknown for unknown in ran.json["unknowns"] if "torch" in unknown["what"]]
    bare_vendor.fault("/simple/*", Fault.status(403))
    unknown = stackwright.main("check", "pylock.toml", *machine_facts, "--format", "json", "--refresh").json[
        "unknowns"
    ]
    assert ["the release of torch", "no index has it"] in [[each["what"], each["reason"]] for each in unknown]


def test_environments_get_the_builds_of_their_hardware(
    stackwright: Commands, bare_vendor: IndexServer
) -> None:
    linux = 'python-version = "3.11"\nplatform = "x86_64-manylinux_2_28"\n'
    table = "[tool.stackwright.environments"
    moved(
        stackwright,
        bare_vendor,
        f'{table}.small]\n{linux}gpu.vendor = "none"\n'
        f'{table}.old]\n{linux}gpu.vendor = "nvidia"\ncuda.max = "12.2"\n'
        f'{table}.new]\n{linux}gpu.vendor = "nvidia"\ncuda.max = "13.0"\n',
    )
    names = ("small", "old", "new")
    ran = stackwright.advise(
        "torch", *(option for name in names for option in ("--environment", name)), "--format", "json"
    )
    assert ran.code == 0, ran.err + ran.out
    found = {
        name: {package["name"]: package for package in locked(stackwright, name)}["torch"] for name in names
    }
    labels = {name: torch["version"].partition("+")[2] for name, torch in found.items()}
    assert labels == {"small": "cpu", "old": "cu126", "new": ""}
    assert [torch["version"].partition("+")[0] for torch in found.values()] == ["2.14.0", "2.14.0", "2.14.0"]
    (told,) = [each for each in ran.json["differences"] if each["project"] == "torch"]
    reasons = {each["environment"]: each["message"] for each in told["obstacles"]}
    assert reasons["small"].startswith(f"torch comes from the index {bare_vendor.url}cpu/ (pytorch-cpu): ")
    assert reasons["new"] == "no rule chooses another index than the usual one"
    shared = [(each["project"], each["environment"], each["wanted_by"]) for each in ran.json["concessions"]]
    assert ("torch", "small", "old") in shared


def locked(commands: Commands, environment: str) -> list[dict[str, str]]:
    packages: list[dict[str, str]] = tomllib.loads(commands.path(f"pylock.{environment}.toml").read_text())[
        "packages"
    ]
    return packages
