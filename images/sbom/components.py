"""What a bill of materials lists, the same for every format: `components`, `dependencies`."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping

import msgspec

from images.reports.records import Interpreter, PythonDistribution, SystemPackage
from images.reports.report import ImageReport
from images.sbom.purls import distribution_purl, package_purl

_NAMESPACE = uuid.UUID("5d1d3d2e-6f0b-5e0b-9d5c-0f4b6b9f3c11")
"""Of the identifiers of documents, so that equal reports have equal ones."""


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is installed.

    Attributes:
        ref: names it within the document, and nothing else.
        purl: a package URL; None for what has none.
        license: as its metadata has it: an expression, or any text.
        properties: in the order of their names.
    """

    ref: str
    name: str
    version: str | None
    is_application: bool
    purl: str | None = None
    license: str | None = None
    properties: tuple[tuple[str, str], ...] = ()


def components(report: ImageReport) -> Iterator[Component]:
    """Interpreters, distributions and packages, each with the layer that it came with."""
    for interpreter in report.interpreters:
        yield _interpreter(interpreter)
    for distribution in report.distributions:
        yield _distribution(distribution)
    for package in report.packages:
        yield _package(package, report)


def dependencies(report: ImageReport) -> Mapping[str, tuple[str, ...]]:
    """By reference of an interpreter or environment those of what is installed for it."""
    installed: dict[str, list[str]] = {_interpreter_ref(one.path): [] for one in report.interpreters}
    for distribution in report.distributions:
        ref = _interpreter_ref(distribution.interpreter or "")
        if ref in installed:
            installed[ref].append(_distribution_ref(distribution))
    return {ref: tuple(dict.fromkeys(refs)) for ref, refs in installed.items() if refs}


def document_id(report: ImageReport) -> uuid.UUID:
    """The same for reports that say the same, whenever they were made."""
    same = msgspec.structs.replace(report, created_at="")
    digest = hashlib.sha256(msgspec.json.encode(same, order="deterministic")).hexdigest()
    return uuid.uuid5(_NAMESPACE, digest)


def _interpreter_ref(path: str) -> str:
    return f"interpreter:{path}"


def _distribution_ref(one: PythonDistribution) -> str:
    return f"distribution:{one.where}"


def _interpreter(one: Interpreter) -> Component:
    return Component(
        ref=_interpreter_ref(one.path),
        name=one.implementation,
        version=one.version,
        is_application=True,
        properties=_properties(layer=one.layer, location=one.path, kind=one.kind, base=one.base),
    )


def _distribution(one: PythonDistribution) -> Component:
    return Component(
        ref=_distribution_ref(one),
        name=one.name,
        version=one.version,
        is_application=False,
        purl=distribution_purl(one),
        license=one.license,
        properties=_properties(
            layer=one.layer, location=one.where, interpreter=one.interpreter, installer=one.installer
        ),
    )


def _package(one: SystemPackage, report: ImageReport) -> Component:
    return Component(
        ref=f"{one.type}:{one.name}:{one.arch or ''}:{one.version}:{one.where}",
        name=one.name,
        version=one.version,
        is_application=False,
        purl=package_purl(one, report.environment),
        license=one.license,
        properties=_properties(layer=one.layer, location=one.where, source=one.source),
    )


def _properties(**values: str | int | None) -> tuple[tuple[str, str], ...]:
    told = {name: str(value) for name, value in values.items() if value is not None}
    return tuple((f"stackwright:{name}", told[name]) for name in sorted(told))
