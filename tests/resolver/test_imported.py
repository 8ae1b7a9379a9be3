"""What a scan adds to what is asked for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from analyzers.source.report import SourceReport
from fakes.commands import Commands
from resolver.asked.imported import default_manifest, imported_requirements


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


def asked(commands: Commands, code: str, **files: str) -> tuple[list[str], list[str]]:
    """Names that are asked for, and those that are only mentioned, as a scan of the code gives them."""
    commands.write("src/app.py", code)
    for name, text in files.items():
        commands.write(f"src/{name.replace('__', '.').replace('_in_', '/')}", text)
    ran = commands.main("scan", "src", "--format", "json")
    report = msgspec.json.decode(ran.out.encode(), type=SourceReport)
    wanted, doubtful = imported_requirements(report)
    return [name for name, _ in wanted], [name for name, _ in doubtful]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import numpy", ["numpy"]),
        ("import yaml", ["pyyaml"]),
        ("import json, os", []),
        ("import numpy\nimport numpy.linalg", ["numpy"]),
        ("try:\n    import numpy\nexcept ImportError:\n    numpy = None", []),
        ("try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib", []),
        ("try:\n    import simplejson as json\nexcept ImportError:\n    import json", []),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy", []),
        ("import sys\nif sys.version_info < (3, 8):\n    import numpy", []),
        ("import sys\nif sys.platform == 'win32':\n    import numpy", []),
        ("from . import other", []),
        ("import app", []),
    ],
)
def test_what_is_imported_whatever_happens_is_wanted(
    commands: Commands, code: str, wanted: list[str]
) -> None:
    assert asked(commands, code) == (wanted, [])


def test_a_guess_is_mentioned_and_never_taken(commands: Commands) -> None:
    assert asked(commands, "import some_module_that_nobody_has_heard_of") == (
        [],
        ["some-module-that-nobody-has-heard-of"],
    )


def test_what_is_declared_is_not_asked_for_again(commands: Commands) -> None:
    code = "import numpy, yaml"
    assert asked(commands, code, requirements__txt="numpy\n") == (["pyyaml"], [])
    assert asked(commands, code, requirements__txt="numpy\nPyYAML\n") == ([], [])


def test_only_main_code_asks(commands: Commands) -> None:
    found = asked(commands, "", tests_in_test_app__py="import numpy\n", setup__py="import numpy\n")
    assert found == ([], [])


def test_a_project_has_a_default_manifest(commands: Commands) -> None:
    assert default_manifest(commands.folder) is None
    manifest = commands.write("requirements.txt", "")
    assert default_manifest(commands.folder) == manifest
    assert default_manifest(manifest) is None
