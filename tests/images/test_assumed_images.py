"""What names and tags of images promise, and that nothing else is made of them."""

from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from images.facts.assumed_images import assumed_image


@pytest.mark.parametrize(
    ("reference", "python", "facts"),
    [
        (
            "python:3.12-slim-bookworm",
            "3.12",
            {"os.id": "debian", "os.version": "12", "libc.version": "2.36"},
        ),
        (
            "python:3.11.9-alpine3.20",
            "3.11.9",
            {"os.id": "alpine", "os.version": "3.20", "libc.name": "musl"},
        ),
        ("python:3.13-alpine", "3.13", {"os.id": "alpine", "libc.name": "musl"}),
        ("docker.io/library/python:3.14.0rc1-trixie", "3.14.0rc1", {"os.version": "13"}),
        ("python:3.12", "3.12", {}),
        ("python:3.12-slim@sha256:" + "a" * 64, "3.12", {}),
        ("pypy:3.11-bookworm", "pypy3.11", {"os.id": "debian"}),
        ("nvidia/cuda:12.4.1-runtime-ubuntu22.04", None, {"os.id": "ubuntu", "libc.version": "2.35"}),
        ("debian:12-slim", None, {"os.id": "debian", "libc.version": "2.36"}),
        ("debian:bookworm", None, {"os.id": "debian", "os.version": "12"}),
        ("amazonlinux:2023", None, {"os.id": "amzn", "libc.version": "2.34"}),
        ("alpine:3.19", None, {"os.id": "alpine", "libc.name": "musl"}),
    ],
)
def test_well_known_tags(reference: str, python: str | None, facts: dict[str, str]) -> None:
    found = assumed_image(reference)
    assert found.python_version == python
    assert {name: found.facts.text(name) for name in facts} == facts
    assert all(fact.confidence is not Confidence.CERTAIN for fact in found.facts.facts.values())


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "python",
        "python:latest",
        "python:3",
        "python:slim",
        "ours:3.12",
        "a/b/debian:12",
        "node:20",
        "X:Y:Z",
    ],
)
def test_what_a_tag_leaves_open_stays_open(reference: str) -> None:
    found = assumed_image(reference)
    assert (found.python_version, dict(found.facts.facts)) == (None, {})
