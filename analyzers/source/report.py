"""What a scan says of one tree: `SourceReport`."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzers.evidence import Finding
from analyzers.manifests.declared import Declared
from analyzers.reports import Report
from analyzers.source.records import FileFact, Import, Use
from analyzers.source.signals.demand import ApiDemand
from analyzers.source.signals.hardware import HardwareHint
from analyzers.source.signals.native import NativeLibrary
from analyzers.source.signals.python_bounds import PythonBounds


class SecurityIndicator(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a reviewer of security would look at; see `analyzers.source.security`.

    Attributes:
        id: of the rule, as bandit numbers them.
        severity: ``low``, ``medium`` or ``high``.
        confidence: likewise.
    """

    id: str
    severity: str
    confidence: str
    message: str
    file: str
    line: int
    cell: int | None = None


class Security(msgspec.Struct, frozen=True, kw_only=True):
    """Indicators of main code; `counts` by ``severity/confidence``."""

    counts: Mapping[str, int]
    indicators: tuple[SecurityIndicator, ...] = ()


class SourceReport(Report, frozen=True, kw_only=True):
    """Everything that a scan found.

    Attributes:
        root: what was scanned, as the user named it.
        files: every file that passes for Python source, those that failed included.
        imports: of every kind and origin.
        uses: of what neither the project nor the standard library has.
        declared: what manifests, inline metadata and notebooks state, without credentials.
        demands: what main code asks of each distribution.
    """

    root: str
    files: tuple[FileFact, ...] = ()
    imports: tuple[Import, ...] = ()
    uses: tuple[Use, ...] = ()
    declared: tuple[Declared, ...] = ()
    findings: tuple[Finding, ...] = ()
    python: PythonBounds = PythonBounds()
    hardware: tuple[HardwareHint, ...] = ()
    native: tuple[NativeLibrary, ...] = ()
    security: Security
    demands: tuple[ApiDemand, ...] = ()
