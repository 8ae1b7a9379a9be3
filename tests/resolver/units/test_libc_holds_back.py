from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from images.facts.distribution_libcs import distributions_with

Advised = Callable[..., list[str]]

OLD, NEW = "cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_28_x86_64"
ARM, MUSL_PLATFORM = "cp311-cp311-manylinux_2_28_aarch64", "x86_64-unknown-linux-musl"


@pytest.fixture
def advised(tmp_path: Path) -> Advised:
    """The remarks of this unit in an advice on an index."""

    def remarks(index: FakeIndex, *asked: str, platform: str = "x86_64-manylinux_2_17") -> list[str]:
        with IndexServer(index) as server:
            commands = Commands(tmp_path, server.url)
            ran = commands.advise(
                *(*asked, "--refresh", "--platform", platform, "--python-version", "3.11", "--format", "json")
            )
        return [one["message"] for one in ran.json["remarks"] if one["unit"] == "libc-holds-back"]

    return remarks


def test_an_older_release_is_there_for_the_libc(advised: Advised) -> None:
    index = FakeIndex()
    index.add("lib", "1.0", tags=[OLD])
    index.add("lib", "2.0", tags=[NEW, ARM])
    index.add("lib", "3.0", tags=["cp312-cp312-manylinux_2_17_x86_64"])
    (message,) = advised(index, "lib")
    assert message == (
        "glibc 2.17 serves lib at 1.0 (glibc 2.28 would serve 2.0); glibc 2.28 is in Amazon Linux 2023, "
        "Debian 10, RHEL 8, Ubuntu 20.04 and newer"
    )
    assert advised(index, "lib", platform="x86_64-manylinux_2_28") == []


def test_what_is_built_though_others_have_a_wheel_is_told(advised: Advised) -> None:
    index = FakeIndex()
    index.add("lib", "1.0", tags=["cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64"], sdist=True)
    index.add("pure", "1.0", wheel=False, sdist=True)
    (message,) = advised(index, "lib", "pure", platform=MUSL_PLATFORM)
    told = "musl 1.2 serves lib built from its sources (glibc 2.24 would serve 1.0); glibc 2.24 is in"
    assert message.startswith(told)


def test_what_something_else_holds_back_is_not_said(advised: Advised) -> None:
    index = FakeIndex()
    index.add("lib", "1.0", tags=[OLD])
    index.add("lib", "1.5", tags=[OLD])
    index.add("lib", "2.0", tags=[NEW])
    index.add("gone", "1.0", tags=[OLD])
    index.add("gone", "2.0", tags=[NEW], yanked=True)
    index.add("capped", "1.0", tags=[OLD])
    index.add("capped", "2.0", tags=[NEW])
    index.add("user", "1.0", requires=["capped<2"])
    assert advised(index, "lib<1.5", "gone", "user") == []


def test_where_there_is_no_stack_the_remedy_is_named(advised: Advised) -> None:
    index = FakeIndex()
    index.add("lib", "1.0", tags=[OLD])
    index.add("lib", "2.0", tags=[NEW])
    index.add("far", "1.0", tags=["cp311-cp311-win_amd64"])
    (message,) = advised(index, "lib", "far", platform=MUSL_PLATFORM)
    assert message.startswith("musl 1.2 serves lib not at all (glibc 2.28 would serve 2.0); glibc 2.28 is in")
    assert advised(index, "lib<2", platform=MUSL_PLATFORM)[0].startswith(
        "musl 1.2 serves lib not at all (glibc 2.17 would serve 1.0)"
    )


def test_the_oldest_of_each_family_of_distributions_is_named() -> None:
    assert distributions_with(35) == ("Debian 12", "RHEL 10", "Ubuntu 22.04")
    assert distributions_with(60) == ()
