"""Whether a lock on disk is what would be advised: its text and that of the advice in, differences out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from analyzers.digests import sha256_of
from analyzers.evidence import Finding, Level, Location
from analyzers.manifests.declared import Format
from analyzers.manifests.discovery import read_manifest
from analyzers.manifests.errors import ManifestError
from analyzers.reports import Report
from resolver.comparing.locked import Locked, of_manifest
from resolver.comparing.pin_changes import file_changes, marker_changes, pin_changes
from resolver.comparing.records import FileChange, MarkerChange, PinChange

STALE = "stale-lock"
STALE_FINDINGS: Mapping[str, str] = {STALE: "a lock is not what is advised for its requirements"}
"""The kind of finding, with what it means."""
_MOST_SHOWN = 60


_Change = TypeVar("_Change", PinChange, FileChange, MarkerChange)


class LockCurrency(Report, frozen=True, kw_only=True):
    """What ``stackwright advise --check`` answers.

    Attributes:
        lock: as the user named it.
        target: in words.
        is_current: whether it pins what is advised, with files that are there.
        reason: why it cannot be held against the advice, where it is not there or no lock.
        pins: what the advice changes; lines are those of the lock that is there.
        files: of releases that stay, those of which no file is the one that is locked.
        markers: what holds elsewhere than it did.
        others: what else differs, such as the Python that it is for.
    """

    lock: str
    target: str
    is_current: bool
    reason: str | None = None
    pins: tuple[PinChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    markers: tuple[MarkerChange, ...] = ()
    others: tuple[str, ...] = ()


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """What an advice changes of a lock; see `LockCurrency`."""

    reason: str | None = None
    pins: tuple[PinChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    markers: tuple[MarkerChange, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether nothing differs."""
        return not (self.reason or self.pins or self.files or self.markers or self.others)


def differences(
    there: bytes | None, advised: bytes, path: str, form: Format, is_live: Callable[[str], bool]
) -> Differences:
    """What differs between a lock and the one that would take its place.

    That an index has more files of a locked release by now is no difference; nor is how the lock is laid out.

    Args:
        there: the content of the lock; None where there is none.
        advised: what would be written.
        path: of both.
        form: of both.
        is_live: whether a marker holds on the target.
    """
    new = _locked(advised, path, form, is_live)
    if there is None:
        empty = Locked(path=path, format=new.format, digest="", pins={})
        return Differences(reason="there is no such file", pins=tuple(pin_changes(empty, new)))
    try:
        old = _locked(there, path, form, is_live)
    except ManifestError as error:
        return Differences(reason=str(error).partition("\n")[0])
    return Differences(
        pins=tuple(_at_old(change, old) for change in pin_changes(old, new)),
        files=tuple(_at_old(change, old) for change in _files(old, new)),
        markers=tuple(_at_old(change, old) for change in marker_changes(old, new)),
        others=tuple(_others(there, advised, form)),
    )


def findings(told: LockCurrency) -> Iterator[Finding]:
    """A finding for each difference, at its line."""
    if told.reason is not None:
        yield _finding(told, f"{told.lock}: {told.reason}", None, None)
    for pin in told.pins:
        yield _finding(told, change_told(pin), pin.name, pin.line)
    for one in told.files:
        yield _finding(told, files_told(one), one.name, one.line)
    for changed in told.markers:
        yield _finding(told, f"{changed.name} holds under other markers", changed.name, changed.line)
    for text in told.others:
        yield _finding(told, text, None, None)


def change_told(pin: PinChange) -> str:
    """A change of a pin, in a sentence."""
    where = "" if pin.is_live else " elsewhere"
    if pin.before is None:
        return f"{pin.name} {pin.after} is advised{where} and not locked"
    if pin.after is None:
        return f"{pin.name} {pin.before} is locked{where} and not advised"
    return f"{pin.name} {pin.before} is locked{where}, and {pin.after} is advised"


def files_told(change: FileChange) -> str:
    """What is wrong with the files of a release that stays."""
    release = f"{change.name} {change.version}"
    if not change.gone:
        return f"{release} is locked without hashes"
    return f"{release} has other files than are locked"


def _finding(told: LockCurrency, message: str, subject: str | None, line: int | None) -> Finding:
    location = Location(path=told.lock, line=line)
    return Finding(id=STALE, level=Level.ERROR, message=message, subject=subject, location=location)


def _locked(content: bytes, path: str, form: Format, is_live: Callable[[str], bool]) -> Locked:
    manifest = read_manifest(lambda _: content, path, as_format=form)
    return of_manifest(manifest, sha256_of(content), is_live)


def _at_old(change: _Change, old: Locked) -> _Change:
    """A change with its line in the lock that is there."""
    pins = old.pins.get(change.name, ())
    return msgspec.structs.replace(change, line=pins[0].location.line if pins else None)


def _files(old: Locked, new: Locked) -> Iterator[FileChange]:
    """Releases that stay and of which no locked file is there any more, or none was locked by its hash."""
    yield from (one for one in file_changes(old, new) if not one.kept)
    for name in sorted(old.pins.keys() & new.pins.keys()):
        before, after = old.live(name), new.live(name)
        if before and after and before.version == after.version and after.hashes and not before.hashes:
            yield FileChange(name=name, version=after.text, kept=0, new=tuple(sorted(after.hashes)))


def _others(there: bytes, advised: bytes, form: Format) -> Iterator[str]:
    old, new = _frame(there, form), _frame(advised, form)
    for name in new:
        if old and old.get(name) != new[name]:
            yield f"{name} is {_shown(old.get(name))}, and would be {_shown(new[name])}"


def _frame(content: bytes, form: Format) -> dict[str, object]:
    """What a lock states besides pins; nothing where another program made it."""
    text = content.decode("utf-8", "replace")
    if form is Format.PYLOCK:
        document = tomllib.loads(text)
        if document.get("created-by") != "stackwright":
            return {}
        tool = document.get("tool", {}).get("stackwright", {})
        stated = {name: document.get(name) for name in ("environments", "requires-python")}
        return {**stated, **{name: tool.get(name) for name in ("type", "requirements")}}
    if form is Format.PIPFILE_LOCK:
        meta = json.loads(text).get("_meta", {})
        return {"the hash of the Pipfile": meta.get("hash"), "requires": meta.get("requires")}
    return {}


def _shown(value: object) -> str:
    if value is None:
        return "not stated"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
