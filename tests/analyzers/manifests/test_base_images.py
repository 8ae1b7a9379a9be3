"""What the last stage of a Dockerfile is built on."""

from __future__ import annotations

import pytest

from analyzers.manifests.errors import ManifestError
from analyzers.manifests.installs.base_images import base_image


@pytest.mark.parametrize(
    ("text", "reference", "line", "platform"),
    [
        ("FROM python:3.12\n", "python:3.12", 1, None),
        ("# x\nfrom python:3.11 as a\nRUN x\nFROM debian:12\n", "debian:12", 4, None),
        ("FROM python:3.11 AS a\nFROM alpine AS b\nFROM A AS c\nFROM c\n", "python:3.11", 1, None),
        ("ARG V=3.12\nARG T=${V}-slim\nFROM python:$T\n", "python:3.12-slim", 3, None),
        ("FROM python:${V:-3.10}\n", "python:3.10", 1, None),
        ("FROM --platform=linux/arm64 python:3.12\n", "python:3.12", 1, "linux/arm64"),
        ("FROM --platform=$BUILDPLATFORM python:3.12\n", "python:3.12", 1, None),
        ("FROM \\\n  python:3.12 \\\n  AS run\n", "python:3.12", 1, None),
        ("FROM python:3.12 AS python\nFROM python\n", "python:3.12", 1, None),
        ("FROM a AS a\nFROM a\n", "a", 1, None),
        ("RUN <<E\nFROM x\nE\nFROM y\n", "y", 4, None),
    ],
)
def test_the_image_below_the_last_stage(text: str, reference: str, line: int, platform: str | None) -> None:
    found = base_image(text.encode(), "Dockerfile")
    assert found is not None
    assert (found.reference, found.location.line, found.platform) == (reference, line, platform)


def test_what_is_not_stated_is_a_reason() -> None:
    unknown = base_image(b"ARG BASE\nFROM $BASE\n", "Dockerfile")
    assert unknown is not None and unknown.reference is None and "$BASE" in unknown.reason
    nothing = base_image(b"FROM scratch\n", "Dockerfile")
    assert nothing is not None and nothing.reference is None and "scratch" in nothing.reason
    assert base_image(b"RUN true\n", "Dockerfile") is None


def test_an_argument_that_stands_behind_a_stage_counts_for_no_stage() -> None:
    found = base_image(b"FROM a\nARG B=c\nFROM $B\n", "Dockerfile")
    assert found is not None and found.reference is None


def test_ten_thousand_stages_and_long_lines_are_no_trouble() -> None:
    text = "\n".join(f"FROM s{number} AS s{number + 1}" for number in range(10_000))
    assert base_image(text.encode(), "Dockerfile") is not None
    long = base_image(b"FROM " + b"${A:-" * 100_000, "Dockerfile")
    assert long is not None and long.reference is None and len(long.reason) < 200


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ManifestError):
        base_image(b"\xff\xfe\x00", "Dockerfile")
