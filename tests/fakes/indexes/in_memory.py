"""Packages in memory, imported for real: what reading them on paper is held against."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def _path(self, name: str) -> str | None:
        stem = name.replace(".", "/")
        return next((path for path in (f"{stem}/__init__.py", f"{stem}.py") if path in self._files), None)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if self._path(fullname) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=self.is_package(fullname))

    def is_package(self, fullname: str) -> bool:
        return str(self._path(fullname)).endswith("/__init__.py")

    def get_source(self, fullname: str) -> str:
        return self._files[str(self._path(fullname))]


def names_when_imported(files: Mapping[str, str]) -> dict[str, set[str]]:
    """The public names of each module once all are imported in the order in which they are listed."""
    finder = _Finder(files)
    modules = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files]
    sys.meta_path.insert(0, finder)
    try:
        found = {name: importlib.import_module(name) for name in modules}
        return {name: set(_public(dir(module))) for name, module in found.items()}
    finally:
        sys.meta_path.remove(finder)
        for name in modules:
            sys.modules.pop(name, None)


def _public(names: Sequence[str]) -> Iterator[str]:
    return (name for name in names if not name.startswith("_"))
