"""What two locks pin differently, told without any index: releases, files, markers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from images.reports.comparison import Change
from resolver.comparing.locked import Locked, LockedPin
from resolver.comparing.records import FileChange, MarkerChange, PinChange


def pin_changes(before: Locked, after: Locked) -> Iterator[PinChange]:
    """Projects of which another release is pinned, by name; on the target first, then elsewhere.

    Versions are ordered as PEP 440 does.
    """
    for name in _names(before, after):
        old, new = before.live(name), after.live(name)
        if (old is not None or new is not None) and not _is_same(old, new):
            yield _change(name, old, new)
        olds, news = _elsewhere(before, name), _elsewhere(after, name)
        if set(olds) != set(news):
            yield PinChange(
                change=Change.ADDED if not olds else Change.REMOVED if not news else Change.CHANGED,
                name=name,
                before=", ".join(olds) or None,
                after=", ".join(news) or None,
                is_live=False,
                line=_line(after, name),
            )


def file_changes(before: Locked, after: Locked) -> Iterator[FileChange]:
    """Releases that both pin with hashes, of which those differ."""
    for name in _names(before, after):
        olds = {pin.version for pin in before.pins.get(name, ()) if pin.version is not None}
        news = {pin.version for pin in after.pins.get(name, ()) if pin.version is not None}
        for version in sorted(olds & news):
            old, new = before.hashes(name, version), after.hashes(name, version)
            algorithms = _algorithms(old) & _algorithms(new)
            old, new = (_of(side, algorithms) for side in (old, new))
            if old != new:
                yield FileChange(
                    name=name,
                    version=str(version),
                    kept=len(old & new),
                    gone=tuple(sorted(old - new)),
                    new=tuple(sorted(new - old)),
                    line=_line(after, name),
                )


def marker_changes(before: Locked, after: Locked) -> Iterator[MarkerChange]:
    """Projects that both pin, under other markers; each format has its own, which are not compared."""
    if before.format != after.format:
        return
    for name in sorted(before.pins.keys() & after.pins.keys()):
        old, new = _markers(before.pins[name]), _markers(after.pins[name])
        if old != new:
            yield MarkerChange(name=name, before=old, after=new, line=_line(after, name))


def _names(before: Locked, after: Locked) -> list[str]:
    return sorted(before.pins.keys() | after.pins.keys())


def _is_same(old: LockedPin | None, new: LockedPin | None) -> bool:
    if old is None or new is None:
        return False
    return old.version == new.version if old.version is not None else old.text == new.text


def _change(name: str, old: LockedPin | None, new: LockedPin | None) -> PinChange:
    if old is None or new is None:
        change = Change.ADDED if old is None else Change.REMOVED
    elif old.version is None or new.version is None:
        change = Change.CHANGED
    else:
        change = Change.UPGRADE if old.version < new.version else Change.DOWNGRADE
    return PinChange(
        change=change,
        name=name,
        before=None if old is None else old.text,
        after=None if new is None else new.text,
        line=None if new is None else new.location.line,
    )


def _elsewhere(side: Locked, name: str) -> list[str]:
    return list(dict.fromkeys(pin.text for pin in side.pins.get(name, ()) if not pin.is_live))


def _line(side: Locked, name: str) -> int | None:
    pins = side.pins.get(name, ())
    return pins[0].location.line if pins else None


def _algorithms(hashes: Iterable[str]) -> set[str]:
    return {text.partition(":")[0] for text in hashes}


def _of(hashes: Iterable[str], algorithms: set[str]) -> frozenset[str]:
    """What can be held against each other: hashes of algorithms that both sides have."""
    return frozenset(text for text in hashes if text.partition(":")[0] in algorithms)


def _markers(pins: Iterable[LockedPin]) -> tuple[str, ...]:
    return tuple(sorted({pin.marker for pin in pins if pin.marker}))
