"""Reports of images made by hand, for what advises on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from analyzers.reports import Input, Tool
from images.facts.environment import Fact, FactValue, RuntimeEnvironment
from images.reports.records import Configuration, Interpreter, Layer, PythonDistribution
from images.reports.report import ImageOrigin, ImageReport

DIST_PACKAGES = "/usr/lib/python3/dist-packages"
DIGEST = f"sha256:{'5' * 64}"

DEBIAN: dict[str, FactValue] = {
    "os.kernel": "linux",
    "os.id": "debian",
    "os.version": "12",
    "arch": "x86_64",
    "libc.name": "glibc",
    "libc.version": "2.36",
}
PYTHON: dict[str, FactValue] = {
    "python.version": "3.11.2",
    "python.implementation": "cpython",
    "python.abi": "cp311",
    "python.gil": True,
}


def interpreter(
    path: str = "/usr/bin/python3.11", version: str | None = "3.11.2", **fields: Any
) -> Interpreter:
    """One of a distribution, the default of its image."""
    stated: dict[str, Any] = {
        "kind": "distribution",
        "prefix": "/usr",
        "search_path": (DIST_PACKAGES,),
        "is_default": True,
        **fields,
    }
    return Interpreter(path=path, version=version, **stated)


def distribution(name: str, version: str | None, *requires: str, **fields: Any) -> PythonDistribution:
    """One that Debian installed, in the lowest layer."""
    stated: dict[str, Any] = {
        "interpreter": "/usr/bin/python3.11",
        "location": DIST_PACKAGES,
        "installer": "debian",
        "layer": 0,
        **fields,
    }
    where = f"{stated['location']}/{name}-{version}.dist-info"
    return PythonDistribution(name=name, version=version, where=where, requires=requires, **stated)


def image_report(
    distributions: Iterable[PythonDistribution] = (),
    *,
    facts: dict[str, FactValue] | None = None,
    interpreters: Iterable[Interpreter] | None = None,
    kind: str = "docker-archive",
    **fields: Any,
) -> ImageReport:
    """A report of a Debian image with Python 3.11.2, read from an archive."""
    known = {**DEBIAN, **PYTHON} if facts is None else facts
    stated: dict[str, Any] = {
        "input": Input(what="debian.tar", digest=DIGEST),
        "platform": "linux/amd64",
        "layers": (Layer(index=0, diff_id=DIGEST, size_bytes=100, entries=3, created_by="ADD file in /"),),
        **fields,
    }
    return ImageReport(
        tool=Tool(name="stackwright", version="1.2.3"),
        created_at="2024-05-01T10:00:00Z",
        origin=ImageOrigin(kind=kind, reference="debian.tar"),
        environment=RuntimeEnvironment(
            facts={name: Fact(value=value, source="/usr/bin/python3.11") for name, value in known.items()}
        ),
        configuration=Configuration(),
        interpreters=tuple((interpreter(),) if interpreters is None else interpreters),
        distributions=tuple(distributions),
        **stated,
    )


def saved(report: ImageReport) -> bytes:
    """As ``stackwright inspect --format json`` writes it."""
    return msgspec.json.format(msgspec.json.encode(report)) + b"\n"
