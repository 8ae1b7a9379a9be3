"""Pythons and operating systems that get no security fixes any more."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from analyzers.evidence import Evidence, Finding, Level, Location
from images.catalogers.catalog import Catalog
from images.facts.environment import RuntimeEnvironment
from images.facts.lifecycles import Lifecycle, os_lifecycle, python_lifecycle
from images.reports.image_config import ImageConfig
from images.roots.root_files import RootFiles


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """``end-of-life-os`` and ``end-of-life-python``; of a virtual environment only that of its base."""
    return (*_system(known, today), *_pythons(known, today))


def _system(known: Catalog, today: datetime.date) -> Iterator[Finding]:
    environment = RuntimeEnvironment(facts=dict(known.facts))
    os_id, version = environment.text("os.id"), environment.text("os.version")
    lifecycle = os_lifecycle(os_id, version) if os_id and version else None
    if lifecycle is not None and lifecycle.is_over(today.isoformat()):
        where = known.facts["os.version"].source
        yield _finding("end-of-life-os", lifecycle, f"os.version is {version}", where)


def _pythons(known: Catalog, today: datetime.date) -> Iterator[Finding]:
    paths = {interpreter.path for interpreter in known.interpreters}
    for interpreter in known.interpreters:
        if interpreter.version is None or interpreter.base in paths:
            continue
        lifecycle = python_lifecycle(interpreter.version)
        if lifecycle is not None and lifecycle.is_over(today.isoformat()):
            what = f"{interpreter.implementation} {interpreter.version}"
            yield _finding("end-of-life-python", lifecycle, what, interpreter.path, interpreter.path)


def _finding(identity: str, lifecycle: Lifecycle, what: str, where: str, path: str | None = None) -> Finding:
    name = f"{lifecycle.product} {lifecycle.release}"
    return Finding(
        id=identity,
        level=Level.WARNING,
        message=f"{name} has had no security fixes since {lifecycle.until}",
        subject=name,
        location=None if path is None else Location(path=path),
        evidence=(
            Evidence(what=what, where=where),
            Evidence(what=f"its support ended on {lifecycle.until}", where=lifecycle.source),
        ),
    )
