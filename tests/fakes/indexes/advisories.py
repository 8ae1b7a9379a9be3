"""Documents in the OSV format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
"""A vector whose base score is 9.8."""


def osv(
    name: str,
    project: str,
    *events: Mapping[str, str],
    aliases: Sequence[str] = (),
    vector: str | None = None,
    **more: Any,
) -> bytes:
    """A document about one project; `more` replaces or adds what stands at its top."""
    affected = {
        "package": {"ecosystem": "PyPI", "name": project},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
    }
    severity = [] if vector is None else [{"type": "CVSS_V3", "score": vector}]
    return json.dumps(
        {
            "id": name,
            "modified": "2024-05-01T00:00:00Z",
            "aliases": list(aliases),
            "summary": f"something bad in {project}",
            "severity": severity,
            "affected": [affected],
            **more,
        }
    ).encode()
