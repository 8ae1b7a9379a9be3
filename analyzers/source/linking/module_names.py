"""Under which names a tree's own files are imported, and which imports therefore mean them: `ModuleNames`.

A path on which Python looks is not written in the tree, so that a file may have several names. Known are the
*source roots*: the root itself, ``src`` and its like, what packaging says, the folder of each ``setup.py``;
and the folder above a package that has an ``__init__.py``.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator

from analyzers.evidence import Confidence

_CONVENTIONAL = ("src", "lib", "python", "source")
_INIT = "__init__"
_STUB = ".pyi"
_SUFFIXES = (".py", _STUB, ".pyw")
# A package below one of these is a copy of somebody else's, or is there to be tested with.
_SET_APART = frozenset(
    {"vendor", "_vendor", "vendored", "third_party", "external", "extern", "test", "tests"}
)


class ModuleNames:
    """The modules that the files of one tree make.

    Args:
        paths: of the source files, relative to the root, with slashes.
        roots: folders that packaging states as source roots.

    Attributes:
        top_levels: names that are first-party wherever they are imported: modules and regular packages in a
            source root, and namespace packages there that hold a module.
    """

    def __init__(self, paths: Iterable[str], roots: Iterable[str] = ()) -> None:
        self._files = sorted(path for path in paths if path.endswith(_SUFFIXES))
        # What is importable: stubs alone are not.
        self._modules = {path.rpartition(".")[0]: path for path in self._files if not path.endswith(_STUB)}
        self._packages = {
            stem.rpartition("/")[0] for stem in self._modules if stem.rpartition("/")[2] == _INIT
        } - {""}
        self._stub_packages = self._packages | {
            path.rpartition("/")[0] for path in self._files if path.rpartition("/")[2] == f"{_INIT}{_STUB}"
        }
        self._folders = {folder for stem in self._modules for folder in _above(stem)}
        self._elsewhere = self._packaged_elsewhere()
        self._roots = self._source_roots(roots)
        self.top_levels = frozenset(
            name
            for root in self._roots
            for stem in self._modules
            if (name := _first_below(root, stem)) and (name != _INIT)
        )

    def _source_roots(self, stated: Iterable[str]) -> list[str]:
        """The likeliest first; a package is none, and neither is anything below it."""
        found = [folder.strip("/").removeprefix("./") for folder in stated]
        found = ["" if folder == "." else folder for folder in found]
        projects = [""] + [
            folder
            for stem in self._modules
            if stem.endswith("/setup") and (folder := stem.rpartition("/")[0]) not in self._packages
        ]
        for project in projects:
            found += [f"{project}/{name}" if project else name for name in _CONVENTIONAL]
        found += projects
        return [
            root
            for root in dict.fromkeys(found)
            if root == "" or (root in self._folders and not self._in_package(root))
        ]

    def _in_package(self, folder: str) -> bool:
        return folder in self._packages

    def names(self, path: str) -> tuple[str, ...]:
        """Every plausible dotted name of a file, the likeliest first; none where none can be imported."""
        if not path.endswith(_SUFFIXES):
            return ()
        stem = path.rpartition(".")[0].removesuffix(f"/{_INIT}")
        stem = _without_data(stem)
        above = [root for root in self._roots if root == "" or stem.startswith(f"{root}/")]
        nearest = sorted(above, key=len, reverse=True)
        regular = self._above_package(path)
        if regular not in nearest:
            # Above a regular package, yet no source root: behind the nearest one, where it may be a part of a
            # namespace package, unless that is the root of everything.
            nearest.insert(1 if len(nearest) > 1 else len(nearest), regular)
        dotted = (_dotted(stem.removeprefix(f"{root}/" if root else "")) for root in nearest)
        return tuple(dict.fromkeys(name for name in dotted if name))

    def _above_package(self, path: str) -> str:
        """The folder that holds the outermost regular package the file is in, or the file itself."""
        folder = path.rpartition("/")[0]
        while folder in self._stub_packages:
            folder = folder.rpartition("/")[0]
        return folder

    def first_party(self, module: str, name: str | None = None, *, importer: str) -> Confidence | None:
        """How sure an absolute import means a file of the tree; None where it does not.

        Python prefers what stands beside the script and then the rest of its path in order, but an installed
        regular package to a folder without ``__init__.py``: such a folder counts only for what it holds.

        Args:
            module: dotted.
            name: what is taken from it, which may be a module.
            importer: path of the importing file.
        """
        top = module.partition(".")[0]
        beside = importer.rpartition("/")[0]
        places = [(root, Confidence.CERTAIN) for root in self._roots]
        for folder in (beside, *_above(beside)):
            # Inside of a package the folder is on Python's path only when a file of it is run as a script.
            inside = folder in self._packages
            places.append((folder, Confidence.POSSIBLE if inside else Confidence.CERTAIN))
        for folder, confidence in places:
            if found := self._in_folder(folder, top, module, name):
                return _weaker(found, confidence)
        return Confidence.LIKELY if top in self._elsewhere else None

    def path(self, module: str, *, importer: str) -> str | None:
        """The file that an absolute import of a module means; None for namespace packages and strangers."""
        beside = importer.rpartition("/")[0]
        relative = module.replace(".", "/")
        for folder in dict.fromkeys((*self._roots, beside, *_above(beside))):
            stem = f"{folder}/{relative}" if folder else relative
            for candidate in (f"{stem}/{_INIT}", stem):
                if candidate in self._modules:
                    return self._modules[candidate]
        return None

    def _in_folder(self, folder: str, top: str, module: str, name: str | None) -> Confidence | None:
        stem = f"{folder}/{top}" if folder else top
        if stem in self._modules or stem in self._packages:
            return Confidence.CERTAIN
        if stem not in self._folders:
            return None
        whole = f"{folder}/{module.replace('.', '/')}" if folder else module.replace(".", "/")
        wanted = [whole] if name is None or name == "*" else [whole, f"{whole}/{name}"]
        if any(place in self._modules or place in self._packages for place in wanted):
            return Confidence.LIKELY
        return Confidence.LIKELY if module != top and self._has_regular_part(stem, whole) else None

    def _has_regular_part(self, stem: str, whole: str) -> bool:
        """Whether a regular package stands on the way, whose modules are then all of the tree."""
        return any(folder in self._packages for folder in _above(whole) if folder.startswith(f"{stem}/"))

    def _packaged_elsewhere(self) -> frozenset[str]:
        """Regular packages that stand neither in a package nor in a source root, apart from copies."""
        found = set()
        for package in self._packages:
            folder, _, name = package.rpartition("/")
            if folder not in self._packages and _SET_APART.isdisjoint(folder.split("/")):
                found.add(name)
        return frozenset(found)


def _above(path: str) -> Iterator[str]:
    """The folders above a path, the nearest first, the root as an empty string."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _first_below(root: str, stem: str) -> str | None:
    if root and not stem.startswith(f"{root}/"):
        return None
    name = stem[len(root) + 1 if root else 0 :].partition("/")[0]
    return name if _is_name(name) else None


def _dotted(relative: str) -> str | None:
    parts = relative.split("/")
    return ".".join(parts) if all(map(_is_name, parts)) else None


def _is_name(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)


def _without_data(stem: str) -> str:
    """Without the folder of a wheel whose content is installed beside the packages."""
    parts = stem.split("/")
    if len(parts) > 2 and parts[0].endswith(".data") and parts[1] in ("purelib", "platlib"):
        return "/".join(parts[2:])
    return stem


def _weaker(one: Confidence, other: Confidence) -> Confidence:
    order = list(Confidence)
    return max(one, other, key=order.index)
