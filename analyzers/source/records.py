"""What a scan reports: files, imports, uses, signals and demand, as frozen records.

Lines and columns count from 1, columns in characters; an end column is that after the last character. In a
notebook lines count within the cell, and cells from 0.
"""

from __future__ import annotations

import enum

import msgspec

from analyzers.evidence import Confidence


class Language(enum.StrEnum):
    """What a file is written in."""

    PYTHON = "python"
    STUB = "stub"
    NOTEBOOK = "notebook"


class Role(enum.StrEnum):
    """What a file is for: only main code makes demands on a stack that is deployed."""

    MAIN = "main"
    TEST = "test"
    DOCS = "docs"
    BUILD = "build"


class FileStatus(enum.StrEnum):
    """How far a file was understood."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"


class FileFact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One file that was looked at.

    Attributes:
        path: relative to the root of the scan.
        sha256: of its bytes, hexadecimal; empty where they could not be read.
        size_bytes: 0 where it is not known.
        module: dotted name under which it is imported; None for scripts, notebooks and what failed.
        errors: why it is not wholly understood.
    """

    path: str
    sha256: str
    size_bytes: int
    language: Language
    role: Role
    status: FileStatus = FileStatus.OK
    module: str | None = None
    errors: tuple[str, ...] = ()


class Guard(enum.StrEnum):
    """What makes a use conditional."""

    TYPE_CHECKING = "type-checking"
    IMPORT_ERROR = "import-error"
    HASATTR = "hasattr"
    VERSION = "version-test"
    PLATFORM = "platform-test"


class ImportKind(enum.StrEnum):
    """How something is imported."""

    STATIC = "static"
    STAR = "star"
    LAZY = "lazy"
    DYNAMIC = "dynamic"


class Origin(enum.StrEnum):
    """Where an imported module comes from."""

    STDLIB = "stdlib"
    FIRST_PARTY = "first-party"
    THIRD_PARTY = "third-party"
    UNKNOWN = "unknown"


class DistributionMatch(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A distribution that may provide an import name.

    Attributes:
        name: normalised.
        source: what says so: ``settings``, ``installed``, ``declared``, ``wheel``, ``curated``, ``known``
            or ``same-name``.
    """

    name: str
    confidence: Confidence
    source: str


class Import(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One imported name.

    Attributes:
        module: absolute dotted name.
        name: what is taken from it; None for ``import module``, ``*`` for everything.
        alternative: number, within the file, of the group of imports of which one suffices.
        is_top_level: whether it runs when the module is imported.
        distributions: the likeliest first; empty for what no distribution provides.
    """

    file: str
    cell: int | None = None
    line: int
    column: int
    end_line: int
    end_column: int
    module: str
    name: str | None = None
    asname: str | None = None
    kind: ImportKind = ImportKind.STATIC
    guard: tuple[Guard, ...] = ()
    role: Role = Role.MAIN
    alternative: int | None = None
    is_top_level: bool = True
    origin: Origin = Origin.UNKNOWN
    distributions: tuple[DistributionMatch, ...] = ()
    confidence: Confidence = Confidence.CERTAIN


class UseKind(enum.StrEnum):
    """What is done with a symbol."""

    IMPORT = "import"
    ATTRIBUTE = "attribute"
    CALL = "call"
    DECORATOR = "decorator"
    BASE = "base"
    ANNOTATION = "annotation"
    EXCEPT = "except"
    STORE = "store"


class Via(enum.StrEnum):
    """How the symbol was reached.

    ``direct`` is through the imported name; ``alias`` through another name bound to it; ``instance`` through
    an object made by a class; ``inherited`` through a class of the project that derives from it; ``chain``
    through what a call or a subscript gave.
    """

    DIRECT = "direct"
    ALIAS = "alias"
    INSTANCE = "instance"
    INHERITED = "inherited"
    CHAIN = "chain"


class Use(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One use of a third-party symbol; the place is that of the symbol's last name.

    Attributes:
        symbol: dotted, from the root module as imported; a call on the way whose result is not known to be
            of a certain class stands as ``()``, a subscript or an iteration as ``[]``:
            ``pandas.read_csv().head``.
        positional: number of positional arguments of a call.
        keywords: names of keyword arguments in the order written.
        star_arguments: whether ``*`` or ``**`` passes further ones.
        literals: constant arguments of a call, as (position as text or keyword, source text).
    """

    file: str
    cell: int | None = None
    line: int
    column: int
    end_line: int
    end_column: int
    symbol: str
    kind: UseKind
    positional: int = 0
    keywords: tuple[str, ...] = ()
    star_arguments: bool = False
    via: Via = Via.DIRECT
    guard: tuple[Guard, ...] = ()
    role: Role = Role.MAIN
    literals: tuple[tuple[str, str], ...] = ()
    confidence: Confidence = Confidence.CERTAIN
