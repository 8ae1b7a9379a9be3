"""Override files: what dependencies ask of a project is replaced by what a line states.

A line is a requirement, for every dependent, or ``DEPENDENT: REQUIREMENT`` for one. The form is our own; the
lines are joined and commented as in requirements files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.utils import canonicalize_name

from analyzers.evidence import Location
from analyzers.manifests.declared import DeclaredKind, Format, Manifest
from analyzers.manifests.documents.decoding import decoded_source
from analyzers.manifests.draft import Draft, Manner
from analyzers.manifests.requirement_lines import logical_lines

OVERRIDES_LIMIT_BYTES = 4 << 20
_SCOPE = re.compile(r"([A-Za-z0-9](?:[\w.-]{0,200}[A-Za-z0-9])?)\s*:(?!/)\s*", re.ASCII)


def parse_overrides(data: bytes, path: str, environ: Mapping[str, str] | None = None) -> Manifest:
    """The overrides of a file, in the order of its lines.

    Args:
        data: the file.
        path: names it.
        environ: for ``${NAME}``.

    Raises:
        ManifestError: the file cannot be decoded, or lines are not accepted.
    """
    draft = Draft(path, Format.REQUIREMENTS)
    text = decoded_source(data, path, OVERRIDES_LIMIT_BYTES)
    for line in logical_lines(text.removeprefix("\ufeff"), path, environ or {}):
        if line.content.startswith("-"):
            reason = "an option, where only overrides may stand"
            draft.problem(line.location, line.content, reason, "write it on the command line")
        else:
            declare_override(line.content, line.location, draft)
    return draft.finish()


def declare_override(text: str, location: Location, draft: Draft) -> None:
    """One override, for one dependent where the text names it."""
    scope = _SCOPE.match(text)
    if scope is None:
        draft.require(text, location, Manner(kind=DeclaredKind.OVERRIDE))
        return
    if location.line is not None and location.column is not None:
        column = location.column + scope.end()
        location = Location(path=location.path, line=location.line, column=column)
    dependent = canonicalize_name(scope[1])
    draft.require(text[scope.end() :], location, Manner(kind=DeclaredKind.OVERRIDE, dependent=dependent))
