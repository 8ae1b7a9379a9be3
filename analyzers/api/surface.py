"""What one module's text offers, as records that are kept by the content of its file.

Where a value comes from is written as an *expression*, as in `analyzers.source.module_facts`: a root (a
dotted absolute name; ``:name`` for a name of the same module; leading dots for a relative import) and steps
(``.attribute``, ``()`` for the result of a call, ``[]`` for an item). A further root, ``@``, is the object
through which a method or an attribute was reached. A name that the module does not bind itself, such as a
builtin or one that a star import brings, is ``:name`` too.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

SELF = "@"
ANY_NAME = "*"
"""In place of a name that is set: one that is not spelled out."""
LITERAL = "'"
"""What a text that is spelled out begins with, among expressions."""


class ParameterKind(enum.StrEnum):
    """How an argument may be given."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL = "positional"
    VAR_POSITIONAL = "var-positional"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "var-keyword"


class Parameter(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One parameter of a function."""

    name: str
    kind: ParameterKind = ParameterKind.POSITIONAL
    has_default: bool = False


class SymbolKind(enum.StrEnum):
    """What a name stands for."""

    VALUE = "value"
    FUNCTION = "function"
    PROPERTY = "property"
    CLASS = "class"
    ALIAS = "alias"


class Symbol(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One meaning of a name; a name has several where conditions or handlers give it alternatives.

    Attributes:
        values: expressions: of what an alias stands for; of what a function returns; of what a value or a
            property is; of the bases of a class.
        parameters: of a function, ``self`` and ``cls`` included; None where they are not known.
        members: of a class, what its methods set on their first parameter included.
        open: why the absence of a member, or of a parameter, proves nothing.
        is_type_only: bound for type checkers alone.
        is_static: a method without ``self`` or ``cls``.
        is_class_method: a method whose first parameter is the class.
        text: as the source spells it: parameters and what is returned; a value; the bases of a class. What is
            long is cut, with a checksum of the whole.
    """

    kind: SymbolKind
    line: int
    values: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] | None = None
    members: Mapping[str, tuple[Symbol, ...]] = {}
    open: str | None = None
    is_type_only: bool = False
    is_static: bool = False
    is_class_method: bool = False
    text: str = ""


class Maker(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A function that writes a name into its module which it makes of what it is given.

    Attributes:
        function: qualified name.
        parameter: position of the one that the name is made of, ``cls`` counted.
        prefix: what precedes the name of the class, or the text, that is given.
        suffix: what follows it.
        is_text: it is given a text, not a class.
        below: it makes names of subclasses of what it is given: the function that walks over them as an
            expression, `DIRECTLY_BELOW` for ``__subclasses__``.
        but_not: expressions of classes whose subclasses it leaves alone.
    """

    function: str
    parameter: int
    prefix: str = ""
    suffix: str = ""
    is_text: bool = False
    below: str = ""
    but_not: tuple[str, ...] = ()


DIRECTLY_BELOW = "<"


class Walker(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A function that gives subclasses of its first parameter.

    Attributes:
        is_deep: those of subclasses, too.
        has_root: the class itself, too.
    """

    function: str
    is_deep: bool = False
    has_root: bool = False


class Run(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A call that is made as a module is imported.

    Attributes:
        function: expression.
        given: to each parameter by position, expressions; a text that is spelled out begins with `LITERAL`.
    """

    function: str
    given: tuple[tuple[str, ...], ...] = ()


class ModuleSurface(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one file says that its module offers.

    Attributes:
        symbols: every name bound at module level, private ones and imports included.
        stars: modules whose public names are bound by ``from module import *``.
        delegates: modules whose names its ``__getattr__`` answers for.
        exports: the names in ``__all__``; None where there is none.
        exports_of: modules whose ``__all__`` is part of ``__all__``.
        are_exports_open: ``__all__`` holds more than could be read.
        open: why a name may exist that is not listed; empty for a closed module.
        open_submodules: why a submodule may exist that has no file.
        sets: what it sets on other things as it is imported: on what, which attribute (`ANY_NAME` for one
            that is not spelled out), at which line.
        makers: functions that write computed names into it.
        walkers: functions that give subclasses.
        runs: calls of what may be makers.
        is_completed_by_stub: the stub beside it states what it makes on request.
    """

    symbols: Mapping[str, tuple[Symbol, ...]] = {}
    stars: tuple[str, ...] = ()
    delegates: tuple[str, ...] = ()
    exports: tuple[str, ...] | None = None
    exports_of: tuple[str, ...] = ()
    are_exports_open: bool = False
    open: tuple[str, ...] = ()
    open_submodules: tuple[str, ...] = ()
    sets: tuple[tuple[str, str, int], ...] = ()
    makers: tuple[Maker, ...] = ()
    walkers: tuple[Walker, ...] = ()
    runs: tuple[Run, ...] = ()
    is_completed_by_stub: bool = False


class ModuleKey(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What a file is recognised by, without its content where an archive's directory states the rest."""

    path: str
    crc32: int
    size_bytes: int


class ApiSurface(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The modules of one release; the surface of each file is kept once, by its key.

    Attributes:
        modules: by dotted name: the files of the module, source before stub.
        extensions: modules that are compiled.
        unreadable: files that could not be read, with the reason.
    """

    modules: Mapping[str, tuple[ModuleKey, ...]] = {}
    extensions: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
