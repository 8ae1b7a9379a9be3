"""Requirements files that setuptools takes dependencies from (``file:`` and ``{file = …}``).

Source: https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata
"""

from __future__ import annotations

from collections.abc import Mapping

from analyzers.evidence import Location
from analyzers.manifests.declared import DeclaredKind, Group
from analyzers.manifests.draft import Draft
from analyzers.manifests.reading import ReadFile
from analyzers.manifests.requirements import RequirementsReading


def requirements_in_file(
    draft: Draft,
    written: str,
    including: Location,
    group: Group,
    read: ReadFile | None,
    environ: Mapping[str, str],
) -> None:
    """Declares what a file named by another manifest states; a file that cannot be had is an unknown."""
    if read is None:
        draft.unknown(written, including, "the file cannot be read from here")
        return
    RequirementsReading(draft, read, environ, group).include(written, including, DeclaredKind.REQUIREMENT)
