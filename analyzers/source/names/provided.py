"""Which import names a distribution provides, from the paths of its files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

_EXTENSION = re.compile(r"([^\W\d]\w*)(?:\.[\w-]+)*\.(?:so|pyd)", re.ASCII)
_LIMIT_NAMES = 2_000


def module_name(path: str) -> tuple[str, bool] | None:
    """The dotted name of a module by the path of its file, and whether it is a package's ``__init__``."""
    *above, filename = path.split("/")
    stem, _, suffix = filename.rpartition(".")
    if suffix not in ("py", "pyi"):
        found = _EXTENSION.fullmatch(filename)
        if found is None:
            return None
        stem = found[1]
    if above and above[0].endswith("-stubs"):
        return None
    is_package = stem == "__init__" and bool(above)
    parts = above if is_package else [*above, stem]
    if not all(part.isidentifier() for part in parts):
        return None
    return ".".join(parts), is_package


def provided(paths: Iterable[str]) -> tuple[str, ...]:
    """The outermost modules and packages; of a namespace package what is in it, such as ``google.auth``.

    Args:
        paths: relative to the directory that the import system searches.
    """
    modules: set[str] = set()
    packages: set[str] = set()
    for path in paths:
        found = module_name(path)
        if found is None:
            continue
        (packages if found[1] else modules).add(found[0])
    return tuple(sorted(outermost(packages, modules))[:_LIMIT_NAMES])


def outermost(packages: AbstractSet[str], modules: AbstractSet[str]) -> frozenset[str]:
    """Those that lie in no regular package.

    Args:
        packages: that have an ``__init__``.
        modules: others.
    """
    return frozenset(
        name for name in packages | modules if not any(above in packages for above in _above(name))
    )


def _above(name: str) -> Iterable[str]:
    while (name := name.rpartition(".")[0]) != "":
        yield name
