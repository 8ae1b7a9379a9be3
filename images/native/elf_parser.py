"""`ElfParser`: how ELF files are read, for those who come by them: layers and directories."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from images.native.elf_file import ElfFile

ELF_MAGIC = b"\x7fELF"
HEAD_BYTES = 64 << 10
"""How much of a file `ElfParser.dynamic_range` needs to see."""

ReadAt = Callable[[int, int], bytes]
"""What is there from an offset on, up to a length: shorter at the end, or in a gap of what was kept."""


class ElfParser(NamedTuple):
    """The two functions of the parser.

    Attributes:
        parse: None for what is no ELF file; ValueError for what is damaged.
        dynamic_range: from a file's first bytes (`HEAD_BYTES`), offset and length of its dynamic section.
    """

    parse: Callable[[ReadAt], ElfFile | None]
    dynamic_range: Callable[[bytes], tuple[int, int] | None]
