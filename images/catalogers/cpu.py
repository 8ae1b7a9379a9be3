"""The machine that an image is for: its architecture, and the level of x86-64 that its files need."""

from __future__ import annotations

from collections import Counter

from analyzers.evidence import Confidence, Evidence, Finding, Level
from analyzers.files import FileKind, FileReaderError
from images.catalogers.catalog import Catalog
from images.catalogers.loaders import interpreter_program, usual_program
from images.facts.architectures import ARCHITECTURES, canonical_architecture
from images.facts.environment import Fact
from images.native.loading import default_directories
from images.reports.image_config import ImageConfig
from images.roots.links import led_to, shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

WANTED = Wanted()

_ARM_VARIANTS = {"v6": "armv6l", "v7": "armv7l", "v8": "armv8l"}
_ARM = frozenset({"armv6l", "armv7l", "armv8l"})
_NARROW = {"x86_64": frozenset({"i686"}), "aarch64": _ARM}
"""By architecture, those whose programs its processors run as well."""

_OF_SYSTEM = (b"usr/", b"lib/", b"lib32/", b"lib64/", b"bin/", b"sbin/")
_OF_PACKAGES = (b"/site-packages/", b"/dist-packages/", b"/glibc-hwcaps/")

# What distributions are built for, though their files do not say so. Source: release notes of RHEL 9 and 10.
_LEVEL_OF_SYSTEM = {
    **dict.fromkeys([(name, "9") for name in ("rhel", "centos", "rocky", "almalinux", "ol")], 2),
    **dict.fromkeys([(name, "10") for name in ("rhel", "centos", "rocky")], 3),
}


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """``arch``, ``cpu.level.needed`` and ``libc.hwcaps``; a contradiction is a finding."""
    stated, found = _configured(config), _of_files(files, known)
    facts: dict[str, Fact] = {}
    findings: tuple[Finding, ...] = ()
    if found is not None:
        machine, source = found
        if stated in _ARM and machine in _ARM:
            # All of them have the same number in ELF files.
            machine = stated
        facts["arch"] = Fact(value=machine, source=source)
        findings = _contradiction(stated, machine, source)
    elif stated is not None:
        facts["arch"] = Fact(value=stated, source="configuration of the image")
    arch = str(facts["arch"].value) if facts else ""
    if arch in ("x86_64", "i686"):
        facts |= _level(files, arch, known)
    facts |= _hwcaps(files, arch)
    return Catalog(facts=facts, findings=findings)


def _configured(config: ImageConfig) -> str | None:
    if not config.architecture:
        return None
    architecture = canonical_architecture(config.architecture)
    if architecture == "armv7l" and config.variant in _ARM_VARIANTS:
        return _ARM_VARIANTS[config.variant]
    return architecture


def _of_files(files: RootFiles, known: Catalog) -> tuple[str, str] | None:
    """The machine of the image's Python, else of its programs, else of most ELF files, and where."""
    chosen = interpreter_program(files, known) or usual_program(files)
    if chosen is not None:
        return chosen[1].machine, shown_path(chosen[0])
    counts: Counter[str] = Counter()
    first: dict[str, bytes] = {}
    for path in files.elf_paths():
        elf = files.elf(path)
        # Programs for graphics processors are ELF files as well.
        if elf is not None and elf.machine in ARCHITECTURES["linux"]:
            counts[elf.machine] += 1
            first.setdefault(elf.machine, path)
    if not counts:
        return None
    machine = max(counts, key=lambda name: (counts[name], name))
    return machine, shown_path(first[machine])


def _contradiction(stated: str | None, machine: str, source: str) -> tuple[Finding, ...]:
    if stated is None or stated == machine:
        return ()
    runs = machine in _NARROW.get(stated, ())
    return (
        Finding(
            id="architecture-contradiction",
            level=Level.WARNING if runs else Level.ERROR,
            message=f"the configuration says {stated}, but the programs of the image are for {machine}",
            subject=machine,
            evidence=(Evidence(what=f"an ELF file for {machine}", where=source),),
        ),
    )


def _level(files: RootFiles, arch: str, known: Catalog) -> dict[str, Fact]:
    """The highest level that a file of the system or of Python states, for programs need all of these.

    Modules of packages are left out: they may be one of several, of which the fitting one is loaded.
    """
    level, source, confidence = 0, "", Confidence.CERTAIN
    chosen = interpreter_program(files, known)
    prefix = chosen[0].rpartition(b"/")[0].rpartition(b"/")[0] + b"/" if chosen else b"usr/"
    for path in files.elf_paths():
        elf = files.elf(path)
        if elf is None or elf.machine != arch or (elf.isa_level or 0) <= level:
            continue
        if path.startswith((*_OF_SYSTEM, prefix)) and not any(part in path for part in _OF_PACKAGES):
            level, source = elf.isa_level or 0, shown_path(path)
    facts = known.facts
    system = tuple(str(facts[name].value) if name in facts else "" for name in ("os.id", "os.version"))
    of_system = _LEVEL_OF_SYSTEM.get((system[0], system[1].partition(".")[0]), 0)
    if of_system > level:
        level, source, confidence = of_system, f"{system[0]} {system[1]}", Confidence.LIKELY
    return {"cpu.level.needed": Fact(value=level, source=source, confidence=confidence)} if level else {}


def _hwcaps(files: RootFiles, arch: str) -> dict[str, Fact]:
    """Levels for which there are further copies of libraries, which the loader prefers where they run."""
    found: dict[str, str] = {}
    for directory in default_directories(arch):
        above = led_to(files, directory + b"/glibc-hwcaps")
        if above is None:
            continue
        try:
            children = files.list(above)
        except FileReaderError:
            continue
        for child in children:
            if child.kind is FileKind.DIRECTORY:
                found.setdefault(child.name.decode("utf-8", "backslashreplace"), shown_path(above))
    if not found:
        return {}
    return {"libc.hwcaps": Fact(value=tuple(sorted(found)), source=found[min(found)])}
