"""What one file says by itself, before anything is known of its place or of other files.

`ModuleFacts` depends on the content of the file alone, so that it can be kept by content hash. Where a value
comes from is written as an *expression*, a string:

* it starts with its root: a dotted absolute name as imported (``numpy``, ``google.cloud.storage``);
  ``:name`` for a definition of the same file, by qualified name (``:Net``, ``:outer.<locals>.Inner``); or
  leading dots for a relative import (``.sibling.name`` is ``from .sibling import name``, each further dot
  one package up);
* then follow steps: ``.attribute``, ``()`` for the result of a call, ``[]`` for an item or element, ``[2]``
  where its place is known, ``.*`` for whatever a star import binds.

``pd.read_csv(x).head`` is ``pandas.read_csv().head``; ``for row in df.iterrows()`` binds ``row`` to
``….iterrows()[]``; ``with f() as x`` and ``await f()`` bind what ``f()`` gives. What may be one of several
values has several expressions. A value may also begin with ``[]=`` or ``[2]=`` (a container, whose items, or
whose third item, are the expression behind it) or with ``()=`` (what gives that expression when called).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from analyzers.evidence import Confidence
from analyzers.source.records import Guard, ImportKind, UseKind, Via


class Site(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """A place in a file; in a notebook lines count over all its cells, see `notebooks`."""

    line: int
    column: int
    end_line: int
    end_column: int


class ImportFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One imported name.

    Attributes:
        module: dotted, with one leading dot for each level of a relative import.
        name: what is taken from it; None for ``import module``, ``*`` for everything.
        alternative: number of the group of imports of which one suffices.
        is_top_level: whether it runs when the module is imported.
    """

    site: Site
    module: str
    name: str | None = None
    asname: str | None = None
    kind: ImportKind = ImportKind.STATIC
    guard: tuple[Guard, ...] = ()
    alternative: int | None = None
    is_top_level: bool = True
    confidence: Confidence = Confidence.CERTAIN


class UseFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One use of something that comes from an import, or may, once other files are known.

    Attributes:
        targets: expressions of what is used, its last step included.
        literals: constant arguments, as (position as text or keyword, source text), for signals.
    """

    site: Site
    targets: tuple[str, ...]
    kind: UseKind
    positional: int = 0
    keywords: tuple[str, ...] = ()
    star_arguments: bool = False
    via: Via = Via.DIRECT
    guard: tuple[Guard, ...] = ()
    literals: tuple[tuple[str, str], ...] = ()
    confidence: Confidence = Confidence.CERTAIN


class DefinitionKind(enum.StrEnum):
    """What a name of a module, class or instance stands for."""

    VALUE = "value"
    FUNCTION = "function"
    PROPERTY = "property"
    CLASS = "class"


class Definition(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name that other code may reach through the module.

    Attributes:
        values: expressions: of a value itself; of what a function or property returns; of the bases of
            a class.
    """

    kind: DefinitionKind
    line: int
    values: tuple[str, ...] = ()


class Feature(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A trait of the syntax that some Pythons do not have, such as ``match-statement``."""

    name: str
    line: int


class Indicator(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something that a reviewer of security would look at.

    Attributes:
        id: of the rule.
        severity: ``low``, ``medium`` or ``high``.
        confidence: likewise.
    """

    id: str
    severity: str
    confidence: str
    line: int
    message: str


class DeviceMention(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The name of a device or of an environment variable in a file.

    Attributes:
        how: the call or keyword it is given to: ``to()``, ``device=``; empty for a variable.
        is_conditional: whether code decides at run time to use it.
    """

    line: int
    column: int
    name: str
    how: str
    is_conditional: bool = False


class ModuleFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that one file says.

    Attributes:
        definitions: by qualified name: ``name``, ``Class.member`` (what is set on ``self`` included),
            ``function.<locals>.name``; only those that lead to an import or to another file, and all classes
            and functions.
        exports: ``__all__`` where it is a literal.
        errors: line and reason of what the parser did not understand.
        failed: nothing of the file could be analysed.
    """

    imports: tuple[ImportFact, ...] = ()
    uses: tuple[UseFact, ...] = ()
    definitions: Mapping[str, Definition] = {}
    exports: tuple[str, ...] | None = None
    features: tuple[Feature, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    devices: tuple[DeviceMention, ...] = ()
    errors: tuple[tuple[int, str], ...] = ()
    failed: bool = False
