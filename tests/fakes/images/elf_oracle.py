"""pyelftools as the oracle for `images.native.elf`: the same record, by way of another reader."""

from __future__ import annotations

from pathlib import Path

from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerNeedSection
from elftools.elf.segments import InterpSegment, NoteSegment

from images.native.elf_file import ElfFile

_MACHINES = {"EM_X86_64": "x86_64", "EM_386": "i686", "EM_AARCH64": "aarch64"}
_STRINGS = {"DT_NEEDED": "needed", "DT_SONAME": "soname", "DT_RPATH": "rpath", "DT_RUNPATH": "runpath"}


def described(path: Path) -> ElfFile:
    """What pyelftools says of a file; the versions come from sections, which stripped headers lack."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        machine = _MACHINES[elf["e_machine"]]
        strings: dict[str, list[str]] = {attribute: [] for attribute in _STRINGS.values()}
        interpreter, isa_bits = None, 0
        requires: dict[str, tuple[str, ...]] = {}
        provides: list[str] = []
        if elf["e_type"] not in ("ET_EXEC", "ET_DYN"):
            return ElfFile(machine=machine, bits=elf.elfclass)
        for segment in elf.iter_segments():
            if isinstance(segment, InterpSegment):
                interpreter = segment.get_interp_name()
            elif isinstance(segment, DynamicSegment):
                for tag in segment.iter_tags():
                    if attribute := _STRINGS.get(tag.entry.d_tag):
                        strings[attribute].append(str(getattr(tag, attribute)))
            elif isinstance(segment, NoteSegment):
                for note in segment.iter_notes():
                    for entry in note["n_desc"] if note["n_type"] == "NT_GNU_PROPERTY_TYPE_0" else ():
                        if entry.pr_type in ("GNU_PROPERTY_X86_ISA_1_NEEDED", 0xC0008002):
                            isa_bits |= entry.pr_data
        for section in elf.iter_sections():
            if isinstance(section, GNUVerNeedSection):
                for library, versions in section.iter_versions():
                    requires[str(library.name)] = tuple(v.name for v in versions if not v["vna_flags"] & 2)
            elif isinstance(section, GNUVerDefSection):
                for version, names in section.iter_versions():
                    first = next(iter(names)).name
                    provides += [] if version["vd_flags"] & 1 else [first]
    return ElfFile(
        machine=machine,
        bits=elf.elfclass,
        soname=next(iter(strings["soname"]), None),
        interpreter=interpreter,
        needed=tuple(strings["needed"]),
        requires=requires,
        provides=tuple(provides),
        run_path=tuple(strings["rpath"] + strings["runpath"]),
        isa_level=(isa_bits & 15).bit_length() or None,
    )
