"""On the real index: the newest stack is the one uv finds beside us, and conflicts cost few releases."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.commands import Commands

UV = Path(sys.executable).parent / "uv"

pytestmark = [pytest.mark.index, pytest.mark.slow]


def uv_pins(folder: Path, requirements: list[str]) -> dict[str, str]:
    source = folder / "in.txt"
    source.write_text("\n".join(requirements), encoding="utf-8")
    options = ["--python-version", platform.python_version(), "--cache-dir", str(folder / "uv-cache")]
    plain = ["--quiet", "--no-header", "--no-annotate", "--no-config"]
    done = subprocess.run(
        [str(UV), "pip", "compile", str(source), *plain, *options],
        env={**os.environ, "UV_SYSTEM_CERTS": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.partition(";")[0] for line in done.stdout.splitlines())
    return {name.partition("[")[0]: version for name, _, version in (line.partition("==") for line in lines)}


def advised(folder: Path, requirements: list[str]) -> tuple[dict[str, str], int]:
    ran = Commands(folder).advise(*requirements, "--type", "latest", "--format", "json")
    assert ran.code == 0, ran.err
    report = json.loads(ran.out)
    pins = {pin["name"]: pin["version"] for pin in report["pins"]}
    return pins, report["statistics"]["releases_read"]


@pytest.mark.parametrize(
    "requirements", [["flask"], ["tensorflow", "flask"], ["fastapi", "sqlalchemy", "alembic"]], ids=" ".join
)
def test_the_newest_stack_is_that_of_uv(tmp_path: Path, requirements: list[str]) -> None:
    pins, read = advised(tmp_path, requirements)
    assert pins == uv_pins(tmp_path, requirements)
    assert read <= 1.2 * len(pins)


@pytest.mark.parametrize(
    "requirements", [["boto3", "urllib3<1.25"], ["boto3", "botocore<1.30"]], ids=" ".join
)
def test_a_conflict_along_a_long_series_costs_few_releases(tmp_path: Path, requirements: list[str]) -> None:
    pins, read = advised(tmp_path, requirements)
    assert pins == uv_pins(tmp_path, requirements)
    assert read <= 60
