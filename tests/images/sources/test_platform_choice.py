"""Platforms as users and indexes name them, and which of them is read."""

from __future__ import annotations

import pytest

from images.errors import ImageReferenceError
from images.sources.platform_choice import Wish, host_platform, normalised, parse_platform, rank
from images.sources.source import Platform


def offers(*names: str) -> list[tuple[Platform | None, str]]:
    return [(parse_platform(name) if name != "?" else None, name) for name in names]


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("linux/amd64", "linux/amd64"),
        ("linux/x86_64", "linux/amd64"),
        ("x86_64", "linux/amd64"),
        ("amd64", "linux/amd64"),
        ("Linux/ARM64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("aarch64", "linux/arm64"),
        ("linux/arm", "linux/arm"),
        ("linux/arm/v7", "linux/arm"),
        ("linux/arm/7", "linux/arm"),
        ("linux/arm/v6", "linux/arm/v6"),
        ("armel", "linux/arm/v6"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("windows/amd64", "windows/amd64"),
        ("i686", "linux/386"),
    ],
)
def test_names(text: str, platform: str) -> None:
    assert str(parse_platform(text)) == platform


@pytest.mark.parametrize("text", ["", "linux", "linux/", "a/b/c/d", "linux/a b", "/amd64", "x" * 50])
def test_what_is_no_platform(text: str) -> None:
    with pytest.raises(ImageReferenceError, match="is no platform of an image"):
        parse_platform(text)


@pytest.mark.parametrize(
    ("wanted", "offered", "chosen"),
    [
        ("linux/amd64", ["linux/arm64", "linux/amd64"], "linux/amd64"),
        ("linux/arm64", ["linux/arm64/v8", "linux/amd64"], "linux/arm64/v8"),
        ("linux/arm/v7", ["linux/arm/v5", "linux/arm/v6"], "linux/arm/v6"),
        ("linux/arm/v6", ["linux/arm/v7", "linux/arm/v5"], "linux/arm/v5"),
        ("linux/amd64/v3", ["linux/amd64", "linux/amd64/v2", "linux/amd64/v4"], "linux/amd64/v2"),
        ("linux/amd64", ["linux/amd64/v3", "linux/amd64/v2"], "linux/amd64/v2"),
        ("linux/amd64", ["windows/amd64", "linux/amd64", "linux/amd64"], "linux/amd64"),
        ("linux/arm64", ["?"], "?"),
    ],
)
def test_the_best_is_chosen(wanted: str, offered: list[str], chosen: str) -> None:
    wish = Wish(stated=parse_platform(wanted), host=parse_platform("linux/s390x"))
    assert wish.chosen("image", offers(*offered)) == chosen


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ("linux/arm/v6", ["linux/arm/v7"]),
        ("linux/amd64/v2", ["linux/amd64/v3"]),
        ("linux/amd64", ["linux/arm64"]),
        ("linux/amd64", ["linux/arm64", "?"]),
        ("windows/amd64", ["linux/amd64", "linux/arm64"]),
    ],
)
def test_none_serves(wanted: str, offered: list[str]) -> None:
    wish = Wish(stated=parse_platform(wanted), host=host_platform())
    with pytest.raises(ImageReferenceError, match=f"not there for {wanted}") as caught:
        wish.chosen("image", offers(*offered))
    known = [name for name in sorted(offered) if name != "?"]
    assert caught.value.__notes__ == [
        f"choose by --platform: {', '.join(str(parse_platform(name)) for name in known)}"
    ]


def test_without_a_wish_the_only_one_is_taken() -> None:
    wish = Wish(stated=None, host=parse_platform("linux/amd64"))
    said: list[str] = []
    assert wish.chosen("image", offers("linux/arm64")) == "linux/arm64"
    wish.check("image", parse_platform("linux/arm64"), said.append)
    wish.check("image", parse_platform("linux/amd64"), said.append)
    wish.check("image", None, said.append)
    assert said == ["image is there for linux/arm64 only, which is taken"]
    with pytest.raises(ImageReferenceError):
        wish.chosen("image", offers("linux/arm64", "linux/s390x"))


def test_this_machine_serves_itself() -> None:
    assert rank(host_platform(), host_platform()) == 0
    assert normalised(host_platform()) == host_platform()
