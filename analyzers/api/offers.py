"""What a release offers to those who import it, as records that can be printed, kept and compared."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import msgspec


class OfferKind(enum.StrEnum):
    """What a name stands for; `OUTSIDE` is something of another distribution or of the standard library."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    PROPERTY = "property"
    VALUE = "value"
    OUTSIDE = "outside"


class Offer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A name of a module or of a class.

    Attributes:
        signature: of a function, as the source spells it; of a class what its constructor takes.
        value: as the source spells it; what is long is cut, with a checksum of the whole.
        bases: of a class, by place of definition where that is at hand.
        members: of a class, what it inherits within the release included.
        defined: place of definition, where it is another than this one.
        told_at: the path under which the release offers the same thing most plainly, where its members and
            signature are told; None where that is here.
        line: of the definition, in `file`.
        file: path within the wheel, where it is another than that of the module.
        is_exported: meant for others: in ``__all__`` or, without one, defined here or brought to a package.
        is_static: called without an object or a class.
        is_class_method: called on the class.
        alternatives: how many further meanings conditions give it.
        open: why it may have members, or take arguments, that are not told.
    """

    name: str
    kind: OfferKind
    signature: str | None = None
    value: str | None = None
    bases: tuple[str, ...] = ()
    members: tuple[Offer, ...] = ()
    defined: str | None = None
    told_at: str | None = None
    line: int | None = None
    file: str | None = None
    is_exported: bool = True
    is_static: bool = False
    is_class_method: bool = False
    alternatives: int = 0
    open: str | None = None


class ModuleOffers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A module.

    Attributes:
        name: dotted.
        file: path within the wheel; None for a directory without one.
        has_exports: it says in ``__all__`` what it exports.
        open: why names may exist that are not told: absence proves nothing.
    """

    name: str
    file: str | None = None
    has_exports: bool = False
    open: str | None = None
    offers: tuple[Offer, ...] = ()


class ReleaseOffers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A release.

    Attributes:
        modules: the public ones, sorted by name.
        unreadable: files that could not be read, with the reason.
    """

    modules: tuple[ModuleOffers, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()

    def paths(self) -> Iterator[tuple[ModuleOffers, str, Offer]]:
        """Every offer under every path, members after their class."""
        for module in self.modules:
            for offer in module.offers:
                path = f"{module.name}.{offer.name}"
                yield module, path, offer
                for member in offer.members:
                    yield module, f"{path}.{member.name}", member
