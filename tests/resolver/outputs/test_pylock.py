"""``pylock.toml`` from an advice: what PEP 751 asks for, and nothing that an index should not say."""

from __future__ import annotations

import datetime
import tomllib
from typing import Any

import pytest
from packaging.pylock import Pylock

from fakes.searching.advices import MARKERS, advice, artifact, pin
from resolver.outputs.errors import HashesMissingError
from resolver.outputs.locks.pylock import pylock
from resolver.reports.advice import Pin


def written(*pins: Pin, markers: dict[str, str] = MARKERS) -> dict[str, Any]:
    """The document, which `packaging` finds valid."""
    document = tomllib.loads(pylock(advice(pins), markers))
    Pylock.from_dict(document).validate()
    return document


def test_head_names_the_target_and_the_tool() -> None:
    document = written(pin("flask", "3.0"), pin("click", "8.1", direct=False))
    assert {key: value for key, value in document.items() if key not in ("packages", "tool")} == {
        "lock-version": "1.0",
        "environments": [
            (
                'implementation_name == "cpython" and python_version == "3.11" '
                'and sys_platform == "linux" and platform_machine == "x86_64"'
            )
        ],
        "requires-python": "==3.11.*",
        "created-by": "stackwright",
    }
    assert document["tool"] == {"stackwright": {"type": "stable", "requirements": ["flask"]}}


def test_variables_that_the_target_does_not_fix_are_not_demanded() -> None:
    markers = {name: value for name, value in MARKERS.items() if name != "platform_machine"}
    assert "platform_machine" not in written(pin("flask", "3.0"), markers=markers)["environments"][0]


def test_package_holds_every_usable_wheel_and_one_sdist() -> None:
    names = ["flask-3.0-cp311-cp311-linux_x86_64.whl", "flask-3.0-py3-none-any.whl"]
    files = tuple(map(artifact, [*names, "flask-3.0.tar.gz", "flask-3.0.zip"]))
    (package,) = written(pin("flask", "3.0", artifacts=files))["packages"]
    assert [wheel["name"] for wheel in package["wheels"]] == names
    assert package["sdist"]["name"] == "flask-3.0.tar.gz"
    assert package["wheels"][0] == {
        "name": names[0],
        "upload-time": datetime.datetime(2024, 5, 1, 10, 0, 0, 500_000, datetime.UTC),
        "url": f"https://files.example/{names[0]}",
        "size": 1000,
        "hashes": files[0].hashes,
    }


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (None, None),
        ("", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("2024-05-01T12:00:00+02:00", datetime.datetime(2024, 5, 1, 10, tzinfo=datetime.UTC)),
        ("2024-05-01T10:00:00", datetime.datetime(2024, 5, 1, 10, tzinfo=datetime.UTC)),
    ],
)
def test_times_are_in_utc_or_left_out(text: str | None, time: datetime.datetime | None) -> None:
    file = artifact("flask-3.0-py3-none-any.whl", uploaded_at=text)
    (package,) = written(pin("flask", "3.0", artifacts=(file,)))["packages"]
    assert package["wheels"][0].get("upload-time") == time


@pytest.mark.parametrize(("size", "stated"), [(0, 0), (None, None), (-1, None), (1 << 64, None)])
def test_sizes_that_no_file_has_are_left_out(size: int | None, stated: int | None) -> None:
    file = artifact("flask-3.0-py3-none-any.whl", size_bytes=size)
    (package,) = written(pin("flask", "3.0", artifacts=(file,)))["packages"]
    assert package["wheels"][0].get("size") == stated


@pytest.mark.parametrize(("text", "stated"), [(">=3.8", ">=3.8"), (None, None), (">=3.6.*", None)])
def test_malformed_requires_python_is_left_out(text: str | None, stated: str | None) -> None:
    (package,) = written(pin("flask", "3.0", requires_python=text))["packages"]
    assert package.get("requires-python") == stated


def test_file_without_hash_is_refused_by_name() -> None:
    files = (artifact("flask-3.0-py3-none-any.whl"), artifact("flask-3.0.tar.gz", hashes={}))
    with pytest.raises(HashesMissingError) as refused:
        pylock(advice([pin("flask", "3.0", artifacts=files)]), MARKERS)
    assert (refused.value.project, refused.value.filename) == ("flask", "flask-3.0.tar.gz")


def test_neither_time_nor_effort_changes_a_byte() -> None:
    pins = [pin("flask", "3.0"), pin("click", "8.1")]
    later = advice(pins, score=-5, bound=-1)
    assert pylock(advice(pins), MARKERS) == pylock(later, MARKERS)
