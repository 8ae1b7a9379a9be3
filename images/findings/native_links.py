"""Native modules that cannot be loaded: libraries, symbol versions, or the machine are not there.

Careful with false alarms: a library that is anywhere in the image may have been loaded before by the package
that brings it, and those of a graphics driver are put into containers when they start.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator

from analyzers.evidence import Confidence, Evidence, Finding, Level
from images.catalogers.catalog import Catalog
from images.catalogers.libc import highest_version
from images.elf_file import ElfFile
from images.findings.python_modules import NativeModule, native_modules
from images.image_config import ImageConfig
from images.links import shown_path
from images.loading import LibrarySearch
from images.root_files import RootFiles

_LIMIT_FINDINGS = 200
_LIMIT_EVIDENCE = 5

# Source: NVIDIA's container toolkit, the libraries that it mounts.
_OF_DRIVERS = re.compile(
    r"lib(?:cuda|cudadebugger|nvcuvid|nvoptix|nvidia-.+|(?:vdpau|EGL|GLX|GLESv1_CM|GLESv2)_nvidia)\.so(?:\..*)?"
)
# Parts of the C library that musl answers itself, by whatever number. Source: musl, ldso/dynlink.c.
_MUSL_ANSWERS = re.compile(r"lib(?:c|pthread|rt|m|dl|util|xnet)\..*")

Key = tuple[str, str, str]


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """``library-missing``, ``symbol-version-missing``, ``libc-mismatch`` and ``wrong-architecture``."""
    modules = list(native_modules(files, known))
    if not modules:
        return ()
    search = LibrarySearch(files, config)
    present = _names(files)
    musl = known.facts["libc.name"].value == "musl" if "libc.name" in known.facts else False
    wrong = _of_other_machines(modules, known)
    grouped: dict[Key, list[tuple[Evidence, str]]] = {}
    for module in modules:
        if shown_path(module.path) in wrong:
            continue
        for key, said, where in _problems(files, search, module, present, musl):
            grouped.setdefault(key, []).append((Evidence(what=said, where=where), said))
        if search.exhausted:
            grouped = {}
            break
    findings = [_finding(key, [evidence for evidence, _ in seen]) for key, seen in sorted(grouped.items())]
    return (*_wrong_architecture(modules, wrong, known), *findings)[:_LIMIT_FINDINGS]


def _names(files: RootFiles) -> set[str]:
    """File names and sonames of all libraries of the image."""
    names = set()
    for path in files.elf_paths():
        names.add(path.rpartition(b"/")[2].decode("utf-8", "backslashreplace"))
        elf = files.elf(path)
        if elf is not None and elf.soname is not None:
            names.add(elf.soname)
    return names


def _problems(
    files: RootFiles, search: LibrarySearch, module: NativeModule, present: set[str], musl: bool
) -> Iterator[tuple[Key, str, str]]:
    where, elf = shown_path(module.path), module.elf
    if musl and any(version.startswith("GLIBC_") for of in elf.requires.values() for version in of):
        yield ("libc-mismatch", module.owner, "glibc"), "it needs symbol versions of glibc", where
        return
    for soname in elf.needed:
        if (musl and _MUSL_ANSWERS.fullmatch(soname)) or _OF_DRIVERS.fullmatch(soname):
            continue
        candidates = list(search.candidates(soname, module.path, elf, module.programs))
        if not candidates:
            if soname.rpartition("/")[2] not in present:
                yield ("library-missing", module.owner, soname), f"it needs {soname}", where
            continue
        yield from _versions(files, module, soname, candidates)


def _versions(
    files: RootFiles, module: NativeModule, soname: str, candidates: list[bytes]
) -> Iterator[tuple[Key, str, str]]:
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
        yield ("symbol-version-missing", module.owner, soname), said, shown_path(module.path)


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


def _wrong_architecture(
    modules: list[NativeModule], wrong: dict[str, str], known: Catalog
) -> Iterator[Finding]:
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


def _finding(key: Key, evidence: list[Evidence]) -> Finding:
    kind, owner, what = key
    messages = {
        "library-missing": f"{owner} needs {what}, which nothing in the image provides",
        "symbol-version-missing": f"{owner} was built for a newer {what} than the image has",
        "libc-mismatch": f"{owner} was built for glibc; the image has musl",
    }
    certain = kind == "symbol-version-missing"
    # Small images leave out what modules of the standard library need that few programs use.
    lesser = Level.INFO if owner.startswith("/") else Level.WARNING
    return Finding(
        id=kind,
        level=Level.ERROR if certain else lesser,
        message=messages[kind],
        subject=owner.partition(" ")[0],
        evidence=tuple(
            Evidence(
                what=one.what,
                where=one.where,
                confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
            )
            for one in evidence[:_LIMIT_EVIDENCE]
        ),
    )
