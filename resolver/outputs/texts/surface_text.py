"""What a release offers, for the terminal: an overview of its modules, then each with its names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzers.api.offers import ModuleOffers, Offer, OfferKind
from resolver.outputs.texts.columns import counted, cut, flowed
from resolver.outputs.texts.lines import NARROWEST, fitted
from resolver.reports.api_reports import SurfaceReport

_MOST_MODULES = 12
"""So many modules are told with their names; of more only what each has."""
_MOST_MEMBERS = 12
_HANG = 6


def surface_text(told: SurfaceReport, width: int, *, whole: bool = False) -> str:
    """The lines of a surface, each at most so wide where words allow."""
    width = max(width, NARROWEST)
    modules = [module for module in told.modules if whole or _shown(module, whole=False) or module.open]
    lines = list(_head(told))
    if len(modules) > _MOST_MODULES and not whole:
        lines += ["", *_overview(modules, width), "", "--module NAME tells what is in one, --all everything."]
    else:
        for module in modules:
            lines += ["", *_module(module, width, whole=whole)]
    return "".join(f"{line}\n" for text in lines for line in fitted(text, width, " " * _HANG))


def _head(told: SurfaceReport) -> Iterator[str]:
    release = told.release
    kinds = dict.fromkeys(OfferKind, 0)
    for module in told.modules:
        for offer in module.offers:
            if offer.is_exported and offer.told_at is None:
                kinds[offer.kind] += 1
    yield (
        f"{release.name} {release.version}: {counted(len(told.modules), 'module')}, "
        f"{counted(kinds[OfferKind.CLASS], 'class', 'classes')}, "
        f"{counted(kinds[OfferKind.FUNCTION], 'function')}, {counted(kinds[OfferKind.VALUE], 'value')}"
    )
    suffix = "" if release.is_for_target else f", which is not for {told.target}"
    yield f"read from {release.filename}{suffix}"
    if told.unknowns:
        yield f"{counted(len(told.unknowns), 'file')} could not be read, such as {told.unknowns[0].where}"


def _shown(module: ModuleOffers, *, whole: bool) -> list[Offer]:
    if whole:
        return list(module.offers)
    return [offer for offer in module.offers if offer.is_exported and offer.kind is not OfferKind.MODULE]


def _overview(modules: Sequence[ModuleOffers], width: int) -> Iterator[str]:
    size = min(max(len(module.name) for module in modules), width // 2)
    for module in modules:
        offers = _shown(module, whole=False)
        counts = [
            counted(count, kind.value, "classes" if kind is OfferKind.CLASS else None)
            for kind in (OfferKind.CLASS, OfferKind.FUNCTION, OfferKind.VALUE)
            if (count := sum(offer.kind is kind for offer in offers))
        ]
        mark = f"open: {module.open}" if module.open else ""
        told = "; ".join(part for part in (", ".join(counts), mark) if part)
        yield cut(f"  {module.name.ljust(size)}  {told}".rstrip(), width)


def _module(module: ModuleOffers, width: int, *, whole: bool) -> Iterator[str]:
    yield f"{module.name}  ({module.file})" if module.file else module.name
    if module.open:
        yield f"  may have more than is told here: {module.open}"
    offers = _shown(module, whole=whole)
    here = [offer for offer in offers if offer.told_at is None]
    for kind in (OfferKind.CLASS, OfferKind.FUNCTION, OfferKind.VALUE, OfferKind.PROPERTY):
        for offer in here:
            if offer.kind is kind:
                yield from _offer(offer, width, whole=whole)
    elsewhere = [f"{offer.name} = {offer.told_at}" for offer in offers if offer.told_at is not None]
    yield from _list("told elsewhere", elsewhere, width, whole=whole)
    for kind, title in ((OfferKind.MODULE, "modules"), (OfferKind.OUTSIDE, "from outside")):
        names = [offer.name for offer in here if offer.kind is kind]
        yield from _list(title, names, width, whole=whole)


def _list(title: str, names: Sequence[str], width: int, *, whole: bool) -> Iterator[str]:
    if not names:
        return
    yield f"  {title}:"
    shown = names if whole else names[: 3 * _MOST_MEMBERS]
    yield from flowed([cut(name, width - 4) for name in shown], width)
    if len(shown) < len(names):
        yield f"    and {len(names) - len(shown)} more (--all)"


def _offer(offer: Offer, width: int, *, whole: bool) -> Iterator[str]:
    match offer.kind:
        case OfferKind.CLASS:
            yield f"  class {offer.name}{_bases(offer)}"
            if offer.signature:
                yield f"    {offer.name}{without_receiver(offer)}"
            yield from _members(offer, width, whole=whole)
        case OfferKind.FUNCTION:
            yield f"  {offer.name}{offer.signature or '(…)'}"
        case _:
            value = f" = {offer.value}" if offer.value else ""
            yield cut(f"  {offer.name}{value}", width)


def _bases(offer: Offer) -> str:
    names = [base.rpartition(".")[2] for base in offer.bases]
    return f"({', '.join(names)})" if names else ""


def _members(offer: Offer, width: int, *, whole: bool) -> Iterator[str]:
    own = [member for member in offer.members if not member.name.startswith("__")]
    if whole:
        for member in own:
            match member.kind:
                case OfferKind.FUNCTION:
                    yield f"    .{member.name}{without_receiver(member)}"
                case _:
                    yield cut(f"    .{member.name}{f' = {member.value}' if member.value else ''}", width)
        return
    names = [f"{member.name}()" if member.kind is OfferKind.FUNCTION else member.name for member in own]
    shown = names[: 2 * _MOST_MEMBERS]
    yield from flowed(shown, width, "      ")
    if len(shown) < len(names):
        yield f"      and {len(names) - len(shown)} more (--all)"


def without_receiver(offer: Offer) -> str:
    """A signature without the object or class that it is called on."""
    signature = offer.signature or "(…)"
    if offer.is_static:
        return signature
    head, comma, rest = signature[1:].partition(", ")
    first = head.partition(")")[0]
    if comma and first == head and first.isidentifier():
        return f"({rest}"
    return f"(){signature[1 + len(first) + 1 :]}" if first.isidentifier() and not comma else signature
