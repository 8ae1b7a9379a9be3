"""Which wheels fit which target, and which is best, asked of uv over wheels that hold metadata only."""

from __future__ import annotations

import os
import random
import re
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from uv import find_uv_bin

from images.facts.environment import RuntimeEnvironment
from images.facts.tags import TagSet, supported_tags
from images.facts.targets import target_environment

ARCHITECTURES = ("x86_64", "aarch64")
PLATFORM_TAGS = [
    *(f"manylinux_2_{minor}_{arch}" for minor in (5, 12, 17, 27, 28, 29, 34, 35) for arch in ARCHITECTURES),
    *(f"manylinux{year}_{arch}" for year in ("2014", "2010", "1") for arch in ARCHITECTURES),
    *(f"musllinux_1_{minor}_{arch}" for minor in (0, 1, 2, 3) for arch in ARCHITECTURES),
    *("manylinux_2_31_riscv64", "manylinux_2_39_riscv64", "manylinux_2_40_riscv64"),
    *("linux_x86_64", "linux_aarch64", "linux_i686", "win32", "win_amd64", "win_arm64"),
    *(f"macosx_{major}_0_{arch}" for major in (11, 13, 14) for arch in ("arm64", "x86_64", "universal2")),
    *("macosx_10_9_x86_64", "macosx_10_9_universal2", "macosx_10_12_intel", "any"),
]
INTERPRETER_TAGS = [
    *("py3-none", "py2.py3-none", "py39-none", "py312-none", "py2-none", "cp3-none"),
    *(f"cp3{minor}-{abi}" for minor in (6, 9, 11, 12, 14) for abi in ("abi3", "none")),
    *("cp37-cp37m", "cp39-cp39", "cp311-cp311", "cp312-cp312", "cp314-cp314", "cp314-cp314t", "cp39-cp39m"),
    *("pp39-pypy39_pp73", "pp311-none", "cp32-abi3", "cp33-abi3", "cp311-cp312"),
]
TAGS = [
    *(f"py3-none-{platform}" for platform in PLATFORM_TAGS),
    *(f"{pair}-{platform}" for pair in INTERPRETER_TAGS for platform in ("any", "manylinux_2_17_x86_64")),
]
QUICK = [
    *(("3.11", "linux"), ("3.12", "macos"), ("3.14", "windows"), ("3.9", "x86_64-unknown-linux-musl")),
]
SLOW = [
    *(("3.9", "aarch64-unknown-linux-gnu"), ("3.9", "x86_64-apple-darwin"), ("3.9", "riscv64-unknown-linux")),
    *(("3.12.4", "x86_64-manylinux_2_28"), ("3.12.4", "aarch64-unknown-linux-musl")),
    *(
        ("3.14", "x86_64-manylinux2014"),
        ("3.14", "aarch64-pc-windows-msvc"),
        ("3.14", "aarch64-manylinux_2_34"),
    ),
    *(("3.8", "x86_64-manylinux_2_34"), ("3.8", "i686-pc-windows-msvc"), ("3.8", "aarch64-apple-darwin")),
]
TARGETS = [*QUICK, *(pytest.param(*target, marks=pytest.mark.slow) for target in SLOW)]


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each tag has a project whose release 2 is a wheel of that tag only; release 1 installs anywhere."""
    directory = tmp_path_factory.mktemp("links")
    for position, tag in enumerate(TAGS):
        write_wheel(directory, f"tag{position}", "1", "py2.py3-none-any")
        write_wheel(directory, f"tag{position}", "2", tag)
    return directory


@pytest.mark.parametrize(("python_version", "platform"), TARGETS)
def test_uv_takes_the_same_wheels(links: Path, tmp_path: Path, python_version: str, platform: str) -> None:
    requirements = tmp_path / "requirements.in"
    requirements.write_text("".join(f"tag{position}\n" for position in range(len(TAGS))))
    output = run_uv(
        *("compile", str(requirements), "--no-header", "--no-annotate"),
        *("--find-links", str(links), "--python-version", python_version, "--python-platform", platform),
    )
    pins = dict(re.findall(r"^tag(\d+)==(\d)$", output, re.MULTILINE))

    tags = tags_of(python_version, platform)

    assert len(pins) == len(TAGS)
    taken = {tag for position, tag in enumerate(TAGS) if pins[str(position)] == "2"}
    assert {tag for tag in TAGS if tags.rank(tag) is not None} == taken


@pytest.mark.parametrize(("python_version", "platform"), TARGETS)
def test_uv_prefers_the_same_wheel_of_a_release(tmp_path: Path, python_version: str, platform: str) -> None:
    # uv tries linux_<arch> last (packaging: first), does not know fat3, and begins riscv64 with glibc 2.31;
    # the first two may not stand on the index, and nothing was ever built for an older riscv64.
    tags = tags_of(python_version, platform)
    unlike = re.compile(r"-linux_|_fat3$|manylinux(2014|_2_(1.|2.|30))_riscv64$")
    pool = [tag for tag in tags if not unlike.search(tag)]
    random_ = random.Random(f"{python_version} {platform}")
    choices = {f"project{number}": random_.sample(pool, 3) for number in range(40)}
    for project, choice in choices.items():
        for tag in choice:
            write_wheel(tmp_path, project, "1", tag)

    run_uv(
        *("install", *choices, "--target", str(tmp_path / "target")),
        *("--find-links", str(tmp_path), "--python-version", python_version, "--python-platform", platform),
    )

    installed = {project: installed_tag(tmp_path / "target", project) for project in choices}
    assert installed == {project: best(tags, choice) for project, choice in choices.items()}


def tags_of(python_version: str, platform: str) -> TagSet:
    nothing = RuntimeEnvironment()
    return supported_tags(target_environment(nothing, python_version=python_version, platform=platform))


def best(tags: TagSet, choice: Iterable[str]) -> str:
    ranks = {rank: tag for tag in choice if (rank := tags.rank(tag)) is not None}
    return ranks[min(ranks)]


def write_wheel(directory: Path, project: str, version: str, tag: str) -> None:
    folder = f"{project}-{version}.dist-info"
    members = {
        "METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n",
        "WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
        "RECORD": "".join(f"{folder}/{member},,\n" for member in ("METADATA", "WHEEL", "RECORD")),
    }
    with zipfile.ZipFile(directory / f"{project}-{version}-{tag}.whl", "w") as wheel:
        for member, text in members.items():
            wheel.writestr(f"{folder}/{member}", text)


def installed_tag(target: Path, project: str) -> str:
    match = re.search(r"^Tag: (.*)$", (target / f"{project}-1.dist-info/WHEEL").read_text(), re.MULTILINE)
    assert match is not None
    return match[1]


def run_uv(*arguments: str) -> str:
    settings = ("--no-index", "--offline", "--no-config", "--no-cache", "--link-mode", "copy")
    process = subprocess.run(
        [find_uv_bin(), "pip", *arguments, *settings],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))},
    )
    assert process.returncode == 0, process.stderr
    return process.stdout
