"""Files of the project under scan, as linking sees them."""

from __future__ import annotations

import msgspec

from analyzers.source.module_facts import ModuleFacts
from analyzers.source.reading.notebooks import Cells
from analyzers.source.records import Role


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its place in the project.

    Attributes:
        names: dotted names under which it is imported, the likeliest first; none for scripts and notebooks.
        is_package: whether relative imports start at the name itself.
        cells: of a notebook.
    """

    facts: ModuleFacts
    names: tuple[str, ...] = ()
    is_package: bool = False
    role: Role = Role.MAIN
    cells: Cells | None = None
