"""The libraries that programs of an image can load: which of those that a wheel does not bring are there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.files import FileReaderError
from images.catalogers.catalog import Catalog
from images.catalogers.completeness import saw_everything
from images.catalogers.loaders import interpreter_program
from images.facts.environment import Fact
from images.native.loading import LibrarySearch, run_path_directories
from images.reports.image_config import ImageConfig
from images.roots.links import led_to, shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

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
    places = dict.fromkeys((*LibrarySearch(files, config).directories(arch), *_of_python(files, known)))
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


def _of_python(files: RootFiles, known: Catalog) -> Iterator[bytes]:
    """Where the interpreter's own search path leads: what is there is loaded for its modules as well."""
    chosen = interpreter_program(files, known)
    for directory in run_path_directories(*chosen) if chosen is not None else ():
        real = led_to(files, directory)
        if real is not None:
            yield real
