"""Wheels that lie are told of in ``check``, ``surface`` and ``advise``, and cost next to nothing."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.core_metadata import core_metadata
from fakes.indexes.index import FakeIndex
from fakes.indexes.odd_wheels import ODD_WHEELS
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel, wheel_filename

ENDS_WITHIN_S = 60
GUARDED = b"try:\n    from odd import bomb\nexcept ImportError:\n    pass\n"
MODULES = {"odd/__init__.py": GUARDED, "odd/more.py": b"x = 1\n"}
BY_RANGES = 1_300_000


@pytest.fixture
def index() -> FakeIndex:
    made = FakeIndex()
    made.add("app", "1.0", requires=["odd"], contents={"app/__init__.py": b"import odd\n"})
    return made


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


def put(index: FakeIndex, kind: str, padding_bytes: int) -> None:
    """Put a wheel that lies on the index."""
    sound = build_wheel("odd", "1.0", files=MODULES, padding_bytes=padding_bytes)
    filename, metadata = wheel_filename("odd", "1.0", "py3-none-any"), core_metadata("odd", "1.0")
    index.add_file("odd", filename, ODD_WHEELS[kind](sound), metadata=metadata)


def run(commands: Commands, *arguments: str) -> Ran:
    before = time.monotonic()
    ran = commands.main(*arguments)
    assert time.monotonic() - before < ENDS_WITHIN_S
    assert "Traceback" not in ran.err
    assert "bug" not in ran.err
    return ran


@pytest.mark.parametrize("padding_bytes", [0, BY_RANGES], ids=["whole", "by ranges"])
@pytest.mark.parametrize("kind", ODD_WHEELS)
def test_no_command_breaks_on_it(
    stackwright: Commands, index: FakeIndex, kind: str, padding_bytes: int
) -> None:
    put(index, kind, padding_bytes)
    stackwright.write("requirements.txt", "app==1.0\nodd==1.0\n")
    checked = run(stackwright, "check", "requirements.txt")
    assert checked.code == 0, checked.err + checked.out
    assert "2 releases of requirements.txt: nothing fails for certain" in checked.out
    told = run(stackwright, "surface", "odd==1.0")
    assert told.code in (0, 3), told.err
    assert told.code == 0 or len(told.err.splitlines()) <= 3
    advised = run(stackwright, "advise", "app", "--format", "json")
    assert advised.code == 0, advised.err
    assert {pin["name"] for pin in advised.json["pins"]} == {"app", "odd"}


@pytest.mark.parametrize("kind", ["count", "truncated", "no archive", "overlapping"])
def test_that_it_could_not_be_read_is_told(stackwright: Commands, index: FakeIndex, kind: str) -> None:
    put(index, kind, BY_RANGES)
    stackwright.write("requirements.txt", "app==1.0\nodd==1.0\n")
    checked = run(stackwright, "check", "requirements.txt", "--format", "json")
    assert any("odd" in unknown["what"] for unknown in checked.json["unknowns"]), checked.out + checked.err


def test_wheels_of_a_directory_lie_no_less(stackwright: Commands) -> None:
    sound = build_wheel("odd", "1.0", files=MODULES)
    stackwright.write("requirements.txt", "odd==1.0\n")
    for kind in ("overlapping", "lying bomb", "names that lead out"):
        path = stackwright.path("wheels") / wheel_filename("odd", "1.0", "py3-none-any")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(ODD_WHEELS[kind](sound))
        assert run(stackwright, "check", "requirements.txt", "--find-links", "wheels").code in (0, 3)
    with zipfile.ZipFile(path) as archive:
        assert "../evil.py" in archive.namelist()
    assert not stackwright.path("evil.py").exists()
