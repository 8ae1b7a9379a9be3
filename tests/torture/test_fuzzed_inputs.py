"""Whatever a file holds, a command that reads it ends soon, with an exit code that is no bug."""

from __future__ import annotations

from pathlib import Path

import pytest

import cli
from fakes.commands import Commands
from fakes.hostile.seeds import FILE, image_archives, inputs, write_root
from fakes.hostile.surviving import file_mutations, ran, survive

INPUTS = inputs()


@pytest.fixture
def place(stackwright: Commands) -> Commands:
    """The command beside what its inputs need."""
    write_root(stackwright.folder)
    stackwright.write("script.py", "import numpy as np\nnp.product([1])\n")
    stackwright.write("base.txt", "flask==2.0.0\nwerkzeug==2.0\nclick==8.1.7\n")
    return stackwright


@pytest.mark.parametrize("name", INPUTS)
def test_any_file(name: str, place: Commands, seconds: float) -> None:
    case = INPUTS[name]
    prepare = file_mutations(place, name, case.seeds)
    assert survive(place, name, prepare, case.commands, seconds, case.environ) > 0


def test_any_image(tmp_path: Path, stackwright: Commands, seconds: float) -> None:
    prepare = file_mutations(stackwright, "image.tar", image_archives(tmp_path))
    assert (
        survive(stackwright, "image.tar", prepare, [["inspect", FILE, "--format", "json"]], 2 * seconds) > 0
    )


@pytest.mark.parametrize("name", INPUTS)
def test_good_files_are_read(name: str, place: Commands) -> None:
    """Otherwise the fuzzers would fuzz a refusal."""
    case = INPUTS[name]
    place.write(name, case.seeds[0])
    codes = {tuple(command): ran(place, command, name, case.environ).code for command in case.commands}
    refused = {command for command, code in codes.items() if code == cli.BAD_INPUT}
    assert len(refused) < len(codes), refused
