"""Native modules that cannot be loaded: libraries, symbol versions, or the machine are not there.

Careful with false alarms: a library that is anywhere in the image may have been loaded before by the package
that brings it, and those of a graphics driver are put into containers when they start.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from analyzers.evidence import Confidence, Evidence, Finding, Level
from images.catalogers.catalog import Catalog
from images.catalogers.libc import highest_version
from images.findings.python_modules import NativeModule, native_modules
from images.native.elf_file import ElfFile
from images.native.loading import LibrarySearch
from images.reports.image_config import ImageConfig
from images.roots.links import shown_path
from images.roots.root_files import RootFiles

_LIMIT_FINDINGS = 200
_LIMIT_EVIDENCE = 10
_LIMIT_NAMES = 8
_LONGEST_NAME = 255
_SHOWN_NAME = 80

# Source: NVIDIA's container toolkit, the libraries that it mounts.
_OF_DRIVERS = re.compile(
    r"lib(?:cuda|cudadebugger|nvcuvid|nvoptix|nvidia-.+|(?:vdpau|EGL|GLX|GLESv1_CM|GLESv2)_nvidia)\.so(?:\..*)?"
)
# Parts of the C library that musl answers itself, by whatever number. Source: musl, ldso/dynlink.c.
_MUSL_ANSWERS = re.compile(r"lib(?:c|pthread|rt|m|dl|util|xnet)\..*")

_C_LIBRARY = re.compile(r"libc\.so\.6|libc\.musl-.+|ld-musl-.+")

_INCOMPLETE = Finding(
    id="library-check-incomplete",
    level=Level.INFO,
    message="native modules were not checked to the end: they look for libraries in too many places",
)


class _Problem(msgspec.Struct, frozen=True):
    """Why a module cannot be loaded; `what` is the library, or what takes its place."""

    kind: str
    what: str
    said: str
    module: NativeModule


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """``library-missing``, ``symbol-version-missing``, ``libc-mismatch`` and ``wrong-architecture``.

    Where the search for libraries was ended by its limit, ``library-check-incomplete`` in place of these. A
    root without any C library, such as a prefix that was copied out of a system, is told once.
    """
    modules = list(native_modules(files, known))
    if not modules:
        return ()
    wrong, present = _of_other_machines(modules, known), _names(files)
    needing = [module for module in modules if any(map(_C_LIBRARY.fullmatch, module.elf.needed))]
    if needing and not any(map(_C_LIBRARY.fullmatch, present)):
        return (*_wrong_architecture(modules, wrong), _without_c_library(needing, known))
    search = LibrarySearch(files, config)
    checked = _Checked(files, search, musl=_is_musl(known), present=present)
    grouped: dict[tuple[str, str], list[_Problem]] = {}
    for module in modules:
        if shown_path(module.path) not in wrong:
            for problem in checked.problems(module):
                grouped.setdefault((problem.kind, module.owner), []).append(problem)
    if search.exhausted:
        return (*_wrong_architecture(modules, wrong), _INCOMPLETE)
    imported = checked.imported(modules)
    findings = [_finding(kind, owner, seen, imported) for (kind, owner), seen in sorted(grouped.items())]
    return (*_wrong_architecture(modules, wrong), *findings)[:_LIMIT_FINDINGS]


def _without_c_library(needing: Sequence[NativeModule], known: Catalog) -> Finding:
    """What has a system and no C library cannot run; what has neither is hardly meant to by itself."""
    return Finding(
        id="library-missing",
        level=Level.WARNING if "os.id" in known.facts else Level.INFO,
        message=f"there is no C library, and native modules need one ({len(needing):,}); what else they need "
        "and nothing provides is not told",
        evidence=tuple(
            Evidence(what="it needs a C library", where=shown_path(module.path))
            for module in needing[:_LIMIT_EVIDENCE]
        ),
    )


def _is_musl(known: Catalog) -> bool:
    return "libc.name" in known.facts and known.facts["libc.name"].value == "musl"


def _names(files: RootFiles) -> set[str]:
    """File names and sonames of all libraries of the image."""
    names = set()
    for path in files.elf_paths():
        names.add(path.rpartition(b"/")[2].decode("utf-8", "backslashreplace"))
        elf = files.elf(path)
        if elf is not None and elf.soname is not None:
            names.add(elf.soname)
    return names


class _Checked:
    """Checks modules one by one and keeps which of them load which."""

    def __init__(self, files: RootFiles, search: LibrarySearch, *, musl: bool, present: set[str]) -> None:
        self._files, self._search, self._musl, self._present = files, search, musl, present
        self._loads: dict[bytes, set[bytes]] = {}
        self._provided: dict[bytes, frozenset[str]] = {}

    def problems(self, module: NativeModule) -> Iterator[_Problem]:
        """All that is wrong with one."""
        elf = module.elf
        if self._musl and any(v.startswith("GLIBC_") for versions in elf.requires.values() for v in versions):
            yield _Problem("libc-mismatch", "glibc", "it needs symbol versions of glibc", module)
            return
        for soname in elf.needed:
            if len(soname) <= _LONGEST_NAME and self._is_there_anyhow(soname):
                continue
            candidates = self._search.candidates(soname, module.path, elf, module.programs)
            first = next(candidates, None)
            if first is not None:
                self._loads.setdefault(module.path, set()).add(first)
                if not self._serves(first, elf.requires.get(soname, ())):
                    yield from _versions(self._files, module, soname, [first, *candidates])
            elif soname.rpartition("/")[2] not in self._present:
                yield _Problem("library-missing", soname, f"it needs {soname[:_LONGEST_NAME]}", module)

    def _serves(self, path: bytes, versions: Sequence[str]) -> bool:
        if not versions:
            return True
        if path not in self._provided:
            elf = self._files.elf(path)
            self._provided[path] = frozenset(elf.provides if elf is not None else ())
        return self._provided[path].issuperset(versions)

    def _is_there_anyhow(self, soname: str) -> bool:
        if self._musl and _MUSL_ANSWERS.fullmatch(soname):
            return True
        return _OF_DRIVERS.fullmatch(soname) is not None

    def imported(self, modules: Iterable[NativeModule]) -> set[bytes]:
        """The extension modules and all that they load; the rest are plugins, or loaded by name."""
        pending = [module.path for module in modules if module.is_importable]
        found = set(pending)
        while pending:
            for path in self._loads.get(pending.pop(), ()):
                if path not in found:
                    found.add(path)
                    pending.append(path)
        return found


def _versions(
    files: RootFiles, module: NativeModule, soname: str, candidates: list[bytes]
) -> Iterator[_Problem]:
    """Versions that none of the libraries which could be taken provides; one without versions serves all."""
    wanted = module.elf.requires.get(soname, ())
    provided = [set(elf.provides) for path in candidates if (elf := files.elf(path)) is not None]
    if not wanted or not all(provided):
        return
    missing = [version for version in wanted if not any(version in versions for versions in provided)]
    if missing:
        library, first = shown_path(candidates[0]), files.elf(candidates[0])
        newest = _newest(missing)
        has = _newest_alike(first, newest)
        said = f"it needs {newest} of {soname}, {library} {f'ends at {has}' if has else 'has it not'}"
        yield _Problem("symbol-version-missing", soname, said, module)


def _newest(versions: Iterable[str]) -> str:
    return max(versions, key=lambda version: [int(n) for n in re.findall(r"[0-9]{1,9}", version)])


def _newest_alike(elf: ElfFile | None, version: str) -> str | None:
    name = version.rpartition("_")[0]
    if elf is None or name not in ("GLIBC", "GLIBCXX", "CXXABI"):
        return None
    highest = highest_version(elf.provides, name)
    return f"{name}_{highest}" if highest else None


def _of_other_machines(modules: list[NativeModule], known: Catalog) -> dict[str, str]:
    """Extension modules for another machine than their Python, by path: the machine."""
    arch = str(known.facts["arch"].value) if "arch" in known.facts else None
    found = {}
    for module in modules:
        expected = {elf.machine for _, elf in module.programs} or ({arch} if arch else set())
        machines = {"armv7l" if machine in ("armv6l", "armv8l") else machine for machine in expected}
        if module.is_extension and machines and module.elf.machine not in machines:
            found[shown_path(module.path)] = module.elf.machine
    return found


def _wrong_architecture(modules: list[NativeModule], wrong: dict[str, str]) -> Iterator[Finding]:
    """One for each distribution that has no extension module at all for the machine."""
    owners: dict[str, list[str]] = {}
    right = set()
    for module in modules:
        path = shown_path(module.path)
        if path in wrong:
            owners.setdefault(module.owner, []).append(path)
        elif module.is_extension:
            right.add(module.owner)
    for owner, paths in sorted(owners.items()):
        if owner not in right:
            machines = sorted({wrong[path] for path in paths})
            yield Finding(
                id="wrong-architecture",
                level=Level.ERROR,
                message=f"{owner} is built for {', '.join(machines)}: its modules cannot be loaded",
                subject=owner.partition(" ")[0],
                evidence=tuple(
                    Evidence(what=f"an ELF file for {wrong[path]}", where=path)
                    for path in paths[:_LIMIT_EVIDENCE]
                ),
            )


def _finding(kind: str, owner: str, problems: list[_Problem], imported: set[bytes]) -> Finding:
    # What is loaded when something is imported comes first; small images leave the rest out on purpose.
    vital = [
        problem for problem in problems if problem.module.path in imported and not problem.module.is_standard
    ]
    shown = vital or problems
    what = sorted({problem.what[:_SHOWN_NAME] for problem in shown})
    listed = ", ".join(what[:_LIMIT_NAMES]) + (
        f" and {len(what) - _LIMIT_NAMES} more" if len(what) > _LIMIT_NAMES else ""
    )
    messages = {
        "library-missing": f"{owner} needs {listed}, which nothing in the image provides",
        "symbol-version-missing": f"{owner} was built for a newer {listed} than the image has",
        "libc-mismatch": f"{owner} was built for glibc; the image has musl",
    }
    certain = kind == "symbol-version-missing"
    confidence = Confidence.CERTAIN if certain else Confidence.LIKELY
    by_library = {problem.what: problem for problem in reversed(shown)}
    evidence = [
        *by_library.values(),
        *(problem for problem in shown if by_library[problem.what] is not problem),
    ]
    serious = Level.ERROR if certain else Level.WARNING
    return Finding(
        id=kind,
        level=serious if vital else Level.INFO,
        message=messages[kind],
        subject=owner.partition(" ")[0],
        evidence=tuple(
            Evidence(what=one.said, where=shown_path(one.module.path), confidence=confidence)
            for one in evidence[:_LIMIT_EVIDENCE]
        ),
    )
