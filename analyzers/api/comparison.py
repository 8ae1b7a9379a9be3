"""What differs between what two releases offer, each change told once, breaking ones first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from analyzers.api.changes import ApiChange, ChangeKind, Weight
from analyzers.api.offers import ModuleOffers, Offer, OfferKind, ReleaseOffers
from analyzers.api.signature_changes import signature_changes

_WEIGHTS = tuple(Weight)
_KINDS = tuple(ChangeKind)
_DATA = frozenset({OfferKind.VALUE, OfferKind.PROPERTY})
_SAYS_LITTLE = frozenset({OfferKind.VALUE, OfferKind.OUTSIDE})


def compared(before: ReleaseOffers, after: ReleaseOffers) -> tuple[ApiChange, ...]:
    """What is other in `after`, sorted by weight, kind and path."""
    changes = [*_Comparison(_Index(before), _Index(after)).changes()]
    return tuple(sorted(changes, key=_rank))


def _rank(change: ApiChange) -> tuple[int, int, str, int, str]:
    depth = change.path.count(".")
    return (
        _WEIGHTS.index(change.weight),
        depth,
        change.path,
        _KINDS.index(change.kind),
        change.parameter or "",
    )


class _Place(NamedTuple):
    """An offer under one of its paths."""

    path: str
    module: ModuleOffers
    offer: Offer

    @property
    def defined(self) -> str:
        """Place of definition."""
        return self.offer.defined or self.path

    @property
    def at(self) -> str | None:
        """``file:line``."""
        file = self.offer.file or self.module.file
        return file if self.offer.line is None or file is None else f"{file}:{self.offer.line}"

    @property
    def plainness(self) -> tuple[bool, int, int, str]:
        """The smallest first."""
        return not self.offer.is_exported, self.path.count("."), len(self.path), self.path


def _member_of(place: _Place, member: Offer) -> _Place:
    """A member under the path of its class, defined where the class is unless it is inherited."""
    defined = member.defined or f"{place.defined}.{member.name}"
    member = msgspec.structs.replace(member, defined=defined, file=member.file or place.offer.file)
    return _Place(f"{place.path}.{member.name}", place.module, member)


class _Index:
    """The names of modules of one release, by path and by place of definition."""

    def __init__(self, offers: ReleaseOffers) -> None:
        self.modules = {module.name: module for module in offers.modules}
        self.places: dict[str, _Place] = {}
        for module in offers.modules:
            for offer in module.offers:
                path = f"{module.name}.{offer.name}"
                self.places[path] = _Place(path, module, offer)
        self.by_definition: dict[str, list[_Place]] = {}
        self.by_name: dict[tuple[str, OfferKind], list[_Place]] = {}
        for place in sorted(self.places.values(), key=lambda each: each.plainness):
            self.by_definition.setdefault(place.defined, []).append(place)
            self.by_name.setdefault((place.offer.name, place.offer.kind), []).append(place)

    def full(self, place: _Place) -> Offer:
        """The offer with its members and signature, wherever they are told."""
        told = self.places.get(place.offer.told_at or "")
        return place.offer if told is None else told.offer


class _Comparison:
    def __init__(self, before: _Index, after: _Index) -> None:
        self._before, self._after = before, after
        self._seen: set[tuple[str, str]] = set()
        self._inherited: dict[tuple[ChangeKind, str | None], list[ApiChange]] = {}

    def changes(self) -> Iterator[ApiChange]:
        yield from self._modules()
        for places in self._before.by_definition.values():
            yield from self._gone(places)
            for place in places:
                new = self._after.places.get(place.path)
                if new is not None:
                    yield from self._differs(place, new)
        for first, *others in self._inherited.values():
            also = {change.path for change in others} - {first.path}
            yield msgspec.structs.replace(first, also=tuple(sorted(also)))
        yield from self._new()

    # Modules.

    def _modules(self) -> Iterator[ApiChange]:
        for weight, kind, these, others in (
            (Weight.BREAKING, ChangeKind.GONE, self._before, self._after),
            (Weight.NEW, ChangeKind.NEW, self._after, self._before),
        ):
            for name, module in these.modules.items():
                parent = name.rpartition(".")[0]
                if name in others.modules or (parent in these.modules and parent not in others.modules):
                    continue
                if f"{parent}.{name.rpartition('.')[2]}" in others.places:
                    continue
                yield ApiChange(
                    weight=weight,
                    kind=kind,
                    path=name,
                    what="module",
                    told="is gone" if kind is ChangeKind.GONE else "is new",
                    defined=name,
                    before_at=module.file if kind is ChangeKind.GONE else None,
                    after_at=None if kind is ChangeKind.GONE else module.file,
                )

    # Names of modules.

    def _gone(self, places: list[_Place]) -> Iterator[ApiChange]:
        """One change for all the paths to one thing that are gone while their modules are not."""
        gone = [
            place
            for place in places
            if place.path not in self._after.places
            and place.module.name in self._after.modules
            and place.offer.kind is not OfferKind.MODULE
        ]
        if not gone:
            return
        first = gone[0]
        left = next((place.path for place in places if place.path in self._after.places), None)
        elsewhere = left or self._elsewhere(first)
        if first.offer.kind is OfferKind.OUTSIDE:
            elsewhere = None
        module = self._after.modules[first.module.name]
        is_proof = module.open is None and first.offer.is_exported
        told = "is gone"
        if first.offer.kind is OfferKind.OUTSIDE and first.defined != first.path:
            told = f"is gone, but was {first.defined} all along"
        if elsewhere is not None:
            told = f"is {'still' if left else 'now'} at {elsewhere} alone"
        yield ApiChange(
            weight=Weight.BREAKING if is_proof else Weight.NOTABLE,
            doubt=None if module.open is None else f"the module may make it as it runs: {module.open}",
            kind=ChangeKind.GONE if elsewhere is None else ChangeKind.PATH_GONE,
            path=first.path,
            what=first.offer.kind.value,
            told=told,
            defined=first.defined,
            before_at=first.at,
            also=tuple(place.path for place in gone[1:]),
        )

    def _elsewhere(self, place: _Place) -> str | None:
        """Where the later release has what seems to be the same thing, under a path that was not there."""
        for found in self._after.by_name.get((place.offer.name, place.offer.kind), ()):
            if found.path not in self._before.places and found.offer.kind is not OfferKind.VALUE:
                return found.path
        return None

    def _new(self) -> Iterator[ApiChange]:
        for definition, places in self._after.by_definition.items():
            first = places[0]
            if not first.offer.is_exported or first.offer.kind is OfferKind.MODULE:
                continue
            if definition in self._before.by_definition or first.path in self._before.places:
                continue
            if first.module.name not in self._before.modules:
                continue
            yield ApiChange(
                weight=Weight.NEW,
                kind=ChangeKind.NEW,
                path=first.path,
                what=first.offer.kind.value,
                told="is new",
                after_at=first.at,
                also=tuple(place.path for place in places[1:] if place.offer.is_exported),
            )

    # What both have.

    def _differs(self, old: _Place, new: _Place) -> Iterator[ApiChange]:
        if (old.defined, new.defined) in self._seen:
            return
        self._seen.add((old.defined, new.defined))
        before, after = self._before.full(old), self._after.full(new)
        if (changed := self._kind(old, new, before, after)) is not None:
            yield changed
            return
        if before.kind is OfferKind.CLASS:
            yield from self._bases(old, new, before, after)
            yield from self._members(old, new, before, after)
        elif before.kind is OfferKind.FUNCTION:
            yield from self._signature(old, new, before, after, is_bound=False)
        elif before.kind is OfferKind.VALUE:
            yield from self._value(old, new, before, after)

    def _kind(self, old: _Place, new: _Place, before: Offer, after: Offer) -> ApiChange | None:
        if before.kind is after.kind or {before.kind, after.kind} <= _DATA:
            return None
        says_little = bool({before.kind, after.kind} & _SAYS_LITTLE)
        return self._made(
            Weight.NOTABLE if says_little or not old.offer.is_exported else Weight.BREAKING,
            ChangeKind.KIND,
            old,
            new,
            f"is a {after.kind.value} now, it was a {before.kind.value}",
        )

    def _bases(self, old: _Place, new: _Place, before: Offer, after: Offer) -> Iterator[ApiChange]:
        ancestors = {base.rpartition(".")[2] for base in after.bases}
        gone = [base for base in before.bases if base.rpartition(".")[2] not in ancestors]
        known = {base.rpartition(".")[2] for base in before.bases}
        added = [base for base in after.bases if base.rpartition(".")[2] not in known]
        if gone:
            # A base that is exchanged for another one may be an ancestor still.
            weight = Weight.BREAKING if len(after.bases) < len(before.bases) else Weight.NOTABLE
            told = f"no longer has base {', '.join(gone)}"
            if added:
                told = f"{told}, but {', '.join(added)}"
            yield self._made(weight, ChangeKind.BASE_GONE, old, new, told)
        elif added:
            told = f"has base {', '.join(added)} as well"
            yield self._made(Weight.NEW, ChangeKind.BASE_NEW, old, new, told)

    def _members(self, old: _Place, new: _Place, before: Offer, after: Offer) -> Iterator[ApiChange]:
        theirs = {member.name: member for member in after.members}
        for member in before.members:
            place = _member_of(old, member)
            other = theirs.pop(member.name, None)
            if other is not None:
                yield from self._member(place, _member_of(new, other))
                continue
            doubt = _doubt_of_absence(member.name, before, after)
            weight = Weight.BREAKING if doubt is None and old.offer.is_exported else Weight.NOTABLE
            change = self._made(weight, ChangeKind.GONE, place, None, "is gone")
            self._gather(msgspec.structs.replace(change, doubt=doubt))
        for member in theirs.values():
            if member.name.startswith("__"):
                continue
            place = _member_of(new, member)
            change = ApiChange(
                weight=Weight.NEW,
                kind=ChangeKind.NEW,
                path=f"{old.path}.{member.name}",
                what=_member_kind(member),
                told="is new",
                defined=place.defined,
                after_at=place.at,
            )
            self._gather(change)

    def _gather(self, change: ApiChange) -> None:
        """Members that several classes inherit are told once, at the end."""
        self._inherited.setdefault((change.kind, change.defined), []).append(change)

    def _member(self, old: _Place, new: _Place) -> Iterator[ApiChange]:
        key = f"{old.defined}.", f"{new.defined}."
        if key in self._seen:
            return
        self._seen.add(key)
        before, after = old.offer, new.offer
        if (changed := self._kind(old, new, before, after)) is not None:
            yield msgspec.structs.replace(changed, what=_member_kind(before))
        elif before.kind is OfferKind.CLASS:
            yield from self._bases(old, new, before, after)
            yield from self._members(old, new, before, after)
        elif before.kind is OfferKind.FUNCTION:
            yield from self._signature(old, new, before, after, is_bound=True)
        elif before.kind is OfferKind.VALUE:
            yield from self._value(old, new, before, after)

    def _signature(
        self, old: _Place, new: _Place, before: Offer, after: Offer, *, is_bound: bool
    ) -> Iterator[ApiChange]:
        if (before.is_static, before.is_class_method) != (after.is_static, after.is_class_method):
            told = f"is {_called_on(after)} now, it was {_called_on(before)}"
            yield self._made(Weight.NOTABLE, ChangeKind.KIND, old, new, told)
            return
        for found in signature_changes(
            before.signature or "", after.signature or "", is_bound=is_bound and not before.is_static
        ):
            # What wraps both releases' functions alike was there when the old one was called, too.
            doubt = None if after.open == before.open else after.open
            is_sure = doubt is None or found.weight is Weight.NEW
            change = self._made(found.weight if is_sure else Weight.NOTABLE, found.kind, old, new, found.told)
            yield msgspec.structs.replace(
                change,
                doubt=doubt,
                parameter=found.parameter,
                position=found.position,
                before=before.signature,
                after=after.signature,
            )

    def _value(self, old: _Place, new: _Place, before: Offer, after: Offer) -> Iterator[ApiChange]:
        if before.value and after.value and before.value != after.value:
            change = self._made(Weight.NOTABLE, ChangeKind.VALUE, old, new, "has another value")
            yield msgspec.structs.replace(change, before=before.value, after=after.value)

    def _made(
        self, weight: Weight, kind: ChangeKind, old: _Place, new: _Place | None, told: str
    ) -> ApiChange:
        is_member = old.path not in self._before.places
        return ApiChange(
            weight=weight,
            kind=kind,
            path=old.path,
            what=_member_kind(old.offer) if is_member else old.offer.kind.value,
            told=told,
            defined=old.defined,
            before_at=old.at,
            after_at=new.at if new is not None else None,
            also=()
            if is_member
            else tuple(
                place.path for place in self._before.by_definition[old.defined] if place.path != old.path
            ),
        )


def _doubt_of_absence(name: str, before: Offer, after: Offer) -> str | None:
    """Why a class may have a member that it is not seen to have."""
    if hasattr(object, name):
        return "every object has one"
    if after.open is None:
        return None
    # A class that answers for any name did so before, and spelled this one out nevertheless.
    if after.open == before.open == "__getattr__":
        return None
    return f"it may be inherited or made as the program runs: {after.open}"


def _called_on(offer: Offer) -> str:
    if offer.is_static:
        return "a static method"
    return "a class method" if offer.is_class_method else "a method"


def _member_kind(offer: Offer) -> str:
    names = {OfferKind.FUNCTION: "method", OfferKind.VALUE: "attribute"}
    return names.get(offer.kind, offer.kind.value)


def by_weight(changes: Iterable[ApiChange]) -> dict[Weight, list[ApiChange]]:
    """The changes of each weight."""
    found: dict[Weight, list[ApiChange]] = {weight: [] for weight in Weight}
    for change in changes:
        found[change.weight].append(change)
    return found
