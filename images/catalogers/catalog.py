"""What the catalogers of one kind find: records, facts, findings, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzers.evidence import Finding
from analyzers.reports import Unknown
from images.facts.environment import Fact
from images.reports.records import Interpreter, NativeLibrary, PythonDistribution, SystemPackage


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a report that one cataloger, or all of them together, found."""

    facts: Mapping[str, Fact] = {}
    interpreters: tuple[Interpreter, ...] = ()
    distributions: tuple[PythonDistribution, ...] = ()
    packages: tuple[SystemPackage, ...] = ()
    libraries: tuple[NativeLibrary, ...] = ()
    findings: tuple[Finding, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
