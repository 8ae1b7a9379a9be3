"""Advices made by hand, for what writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from analyzers.evidence import Justification
from analyzers.reports import Input, Tool
from images.facts.environment import Fact, RuntimeEnvironment
from knowledge.releases import FileKind
from resolver.reports.advice import Advice, Artifact, Pin, Rejection, Requests, Statistics, Status

TARGET = "cpython 3.11.7 on linux x86_64 with glibc 2.36"
MARKERS = {
    "implementation_name": "cpython",
    "platform_machine": "x86_64",
    "python_full_version": "3.11.7",
    "python_version": "3.11",
    "sys_platform": "linux",
}


def artifact(filename: str, **fields: Any) -> Artifact:
    """A file with the SHA-256 of its name."""
    sha256 = hashlib.sha256(filename.encode()).hexdigest()
    stated: dict[str, Any] = {
        "kind": FileKind.WHEEL if filename.endswith(".whl") else FileKind.SDIST,
        "url": f"https://files.example/{filename}",
        "hashes": {"sha256": sha256},
        "size_bytes": 1000,
        "uploaded_at": "2024-05-01T10:00:00.5Z",
        **fields,
    }
    return Artifact(filename=filename, sha256=stated["hashes"].get("sha256"), **stated)


def pin(name: str, version: str, **fields: Any) -> Pin:
    """A direct pin with one wheel."""
    stated: dict[str, Any] = {
        "extras": (),
        "direct": True,
        "dependents": (),
        "requires_python": ">=3.8",
        "artifacts": (artifact(f"{name.replace('-', '_')}-{version}-py3-none-any.whl"),),
        "reasons": (),
        "rejected": (),
        **fields,
    }
    return Pin(name=name, version=version, **stated)


def rejection(version: str, message: str, unit: str = "resolver") -> Rejection:
    return Rejection(version=version, unit=unit, reason=Justification(unit=unit, message=message))


def advice(pins: Iterable[Pin] = (), **fields: Any) -> Advice:
    """An advice that is optimal; without pins, one that found nothing."""
    pins = tuple(pins)
    stated: dict[str, Any] = {
        "status": Status.OPTIMAL if pins else Status.UNSATISFIABLE,
        "score": 0 if pins else None,
        "bound": 0 if pins else None,
        "requirements": tuple(pin.name for pin in pins if pin.direct),
        "statistics": Statistics(
            requests=Requests(listing=2, metadata=3),
            releases_read=3,
            bytes=1_500_000,
            decisions=1,
            conflicts=0,
            stacks=1,
            elapsed_s=0.5,
        ),
        **fields,
    }
    return Advice(
        tool=Tool(name="stackwright", version="1.2.3"),
        input=Input(what="requirements", digest="sha256:00"),
        created_at="2024-05-01T10:00:00Z",
        recommendation="stable",
        pins=pins,
        environment=RuntimeEnvironment(facts={"python.version": Fact(value="3.11.7", source="test")}),
        **stated,
    )
