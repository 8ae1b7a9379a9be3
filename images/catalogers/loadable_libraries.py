"""The libraries that programs of an image can load: which of those that a wheel does not bring are there."""

from __future__ import annotations

import re

from analyzers.files import FileReaderError
from images.catalogers.catalog import Catalog
from images.catalogers.completeness import saw_everything
from images.environment import Fact
from images.image_config import ImageConfig
from images.links import shown_path
from images.loading import LibrarySearch
from images.root_files import RootFiles
from images.wanted import Wanted

WANTED = Wanted()

_SONAME = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,100}\.so(?:\.[0-9]{1,8}){0,3}")
_LIMIT_NAMES = 20_000


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """``libraries``, where everything was seen: names in the directories in which the loader looks.

    Args:
        known: with ``arch``, which decides where that is, and ``libc.name``.
    """
    arch = str(known.facts["arch"].value) if "arch" in known.facts else ""
    if not saw_everything(known) or "libc.name" not in known.facts:
        return Catalog()
    names: set[str] = set()
    places = LibrarySearch(files, config).directories(arch)
    for place in places:
        try:
            children = files.list(place)
        except FileReaderError:
            continue
        names.update(child.name.decode() for child in children if _SONAME.fullmatch(child.name))
        if len(names) > _LIMIT_NAMES:
            return Catalog()
    source = ", ".join(map(shown_path, places))
    return Catalog(facts={"libraries": Fact(value=tuple(sorted(names)), source=source)} if names else {})
