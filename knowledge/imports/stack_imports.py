"""What happens when a stack is imported: simulated over its files on the index, kept by what it depended on.

Each answer is kept with the releases that the simulation looked at, so that a stack that differs in others
has the same answer without being imported again.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping

import msgspec
from packaging.utils import canonicalize_name

from analyzers.api.recurrence import asked_for, asking
from analyzers.evidence import Confidence
from analyzers.files import FileReader, FileReaderError
from analyzers.importing.failures import FailureKind, ImportFailure
from analyzers.importing.machine import Target
from analyzers.importing.simulation import LIMIT_STEPS, Code, simulated
from analyzers.importing.stack import Part
from analyzers.undecodable import UNDECODABLE
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError
from knowledge.imports.evidence_budget import EvidenceBudget, EvidenceLimits
from knowledge.imports.recurrences import Recurrences
from knowledge.imports.stack_files import Pinned, PinnedFiles, Reached

_INSTRUMENT = "stack-imports/3"
_MOST_KEPT = 24
_WHAT = "what importing the stack meets"


class ProjectCode(msgspec.Struct, frozen=True, kw_only=True):
    """The user's code.

    Attributes:
        reader: its directory.
        digest: of all of its files.
        modules: that are imported, by dotted name.
        scripts: that are run: path and text.
        directories: where its modules are found.
    """

    reader: FileReader
    digest: str
    modules: tuple[str, ...] = ()
    scripts: tuple[tuple[str, str], ...] = ()
    directories: tuple[bytes, ...] = (b"",)


class Examined(msgspec.Struct, frozen=True):
    """What importing a stack meets.

    Attributes:
        failures: that are certain.
        doubtful: that may be.
        is_complete: the simulation came to its end.
        reached: normalised names of the distributions that it had to do with.
    """

    failures: tuple[ImportFailure, ...]
    doubtful: tuple[ImportFailure, ...] = ()
    is_complete: bool = True
    reached: frozenset[str] = frozenset()


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """An answer, and what it depended on.

    Attributes:
        releases: distribution to what tells its file apart.
        others: distributions that were in the stack and did not matter.
        absent: outermost modules and distributions that were looked for in vain.
        steps: that it took.
        size_bytes: of what was read for it.
        limits: that cut it short; None for a whole one.
    """

    examined: Examined
    releases: dict[str, str]
    others: frozenset[str]
    absent: frozenset[str]
    steps: int
    size_bytes: int
    limits: EvidenceLimits | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[_Kept]).decode


class StackImports:
    """Simulates imports for one target.

    Args:
        knowledge: opens files of indexes, keeps answers, and is told what could not be known.
        target: the Python that imports.
        now: seconds since the epoch.
        code: of the user; None where only the requirements are known.
        budget: what may be spent in all.
        told: called when a simulation begins, with the number of releases in the stack.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        target: Target,
        now: Callable[[], float],
        *,
        code: ProjectCode | None = None,
        budget: EvidenceBudget | None = None,
        told: Callable[[int], object] = lambda releases: None,
    ) -> None:
        self._target, self._code, self._told = target, code, told
        self._answers = knowledge.derivations(_INSTRUMENT, now)
        self._known: dict[str, list[_Kept]] = {}
        self._paid: list[_Kept] = []
        self._budget = budget or EvidenceBudget()
        self._files = PinnedFiles(knowledge, self._budget)
        self.recurrences = Recurrences(
            self._files, target, knowledge.derivations("recurrences/2", now), code.reader if code else None
        )

    def examined(self, pins: Mapping[str, Pinned], roots: Iterable[str]) -> Examined | None:
        """What importing a stack meets; None where that cannot be known, which is then doubted.

        Args:
            pins: normalised name to release.
            roots: normalised names of the distributions whose modules are imported; beside the user's code,
                where there is some, nothing else is.
        """
        names = () if self._code is not None else tuple(sorted(roots))
        return self._answered(pins, names, None)

    def repeats(
        self, failure: ImportFailure, pins: Mapping[str, Pinned], roots: Iterable[str]
    ) -> bool | None:
        """Whether importing another stack meets a failure, too; None where that cannot be known.

        Args:
            failure: that a stack met.
            pins: of the other stack.
            roots: see `examined`.
        """
        statement = _statement(failure)
        if statement is None:
            again = self.examined(pins, roots)
        else:
            again = self._answered(pins, (), statement)
        if again is None:
            return None
        found = any(_is_alike(failure, other, is_question=statement is not None) for other in again.failures)
        return found or (False if again.is_complete else None)

    def _answered(
        self, pins: Mapping[str, Pinned], names: tuple[str, ...], statement: str | None
    ) -> Examined | None:
        key = self._key(names, statement)
        with self._budget:
            kept = self._kept(key, pins)
            if kept is None:
                kept = self._read(pins, names, statement, key)
            else:
                self._pay(kept)
                if kept.limits is not None and statement is None:
                    self._files.doubt(_WHAT, _short(kept.limits))
        return None if kept is None else kept.examined

    def recurs(
        self, failure: ImportFailure, name: str, pin: Pinned, pins: Mapping[str, Pinned]
    ) -> bool | None:
        """See `Recurrences.recurs`."""
        with self._budget:
            return self.recurrences.recurs(failure, name, pin, pins)

    def prepare(
        self, failure: ImportFailure, name: str, asked: Iterable[Pinned], pins: Mapping[str, Pinned]
    ) -> None:
        """See `Recurrences.prepare`."""
        with self._budget:
            self.recurrences.prepare(failure, name, asked, pins)

    def _kept(self, key: str, pins: Mapping[str, Pinned]) -> _Kept | None:
        if key not in self._known:
            payload = self._answers.known([key]).get(key)
            try:
                self._known[key] = _decode(payload) if payload is not None else []
            except UNDECODABLE:
                self._known[key] = []
        return next((kept for kept in self._known[key] if self._holds(kept, pins)), None)

    def _pay(self, kept: _Kept) -> None:
        """Count what an answer of an earlier run took: what else is examined does not depend on it."""
        if not any(kept is paid for paid in self._paid):
            self._paid.append(kept)
            self._budget.spent_steps += kept.steps
            self._budget.spent_bytes += kept.size_bytes

    def _holds(self, kept: _Kept, pins: Mapping[str, Pinned]) -> bool:
        """Whether an answer is that of a stack, too: whatever it depended on is the same."""
        if any(name not in pins or identity(pins[name]) != file for name, file in kept.releases.items()):
            return False
        if kept.limits is not None and self._budget.limits.exceeds(kept.limits):
            return self._budget.is_stored_only
        if not kept.absent:
            return True
        new = [name for name in pins if name not in kept.releases and name not in kept.others]
        if any(name in kept.absent for name in new):
            return False
        # What comes to a stack may bring what was looked for in vain.
        return not any(kept.absent & set(self._files.roots(name, pins[name])) for name in new)

    def _roots(self, names: Iterable[str], pins: Mapping[str, Pinned]) -> tuple[list[str], list[str]]:
        """The outermost modules of distributions; and those that lie beside one that is named like it.

        What has the name of its distribution is what is meant by it. What lies beside it may be for those
        alone who have installed something else as well.
        """
        asked: list[str] = []
        beside: list[str] = []
        for name in names:
            found = self._files.roots(name, pins[name]) if name in pins else ()
            meant = [root for root in found if canonicalize_name(root) == name] or list(found)
            asked += meant
            beside += [root for root in found if root not in meant]
        return asked, beside

    def _key(self, names: Iterable[str], statement: str | None) -> str:
        target = (self._target.python, self._target.platform, self._target.implementation)
        code = self._code.digest if self._code is not None and statement is None else None
        told = msgspec.json.encode([target, list(names), statement, code])
        return hashlib.sha256(told).hexdigest()

    def _read(
        self, pins: Mapping[str, Pinned], names: Iterable[str], statement: str | None, key: str
    ) -> _Kept | None:
        spent = self._budget.spent()
        if spent is not None or self._budget.is_stored_only:
            self._files.doubt(_WHAT, spent or "no answer is stored, and files must not be read")
            return None
        self._told(len(pins))
        limit_steps, before_bytes = self._budget.left_steps, self._budget.spent_bytes
        try:
            own = self._code if statement is None else None
            before = [Part(own.reader, directory) for directory in own.directories] if own else []
            files = self._files.stack(pins, before)
            roots, unasked = self._roots(names, pins)
            code = [Code("<question>", statement)] if statement is not None else []
            if own is not None:
                roots, unasked = list(own.modules), []
                code = [Code(path, text) for path, text in own.scripts]
            found = simulated(
                files,
                self._target,
                roots=roots,
                unasked=unasked,
                code=code,
                limit_steps=min(LIMIT_STEPS, limit_steps),
            )
        except (KnowledgeError, FileReaderError) as error:
            self._files.doubt(_WHAT, str(error))
            return None
        finally:
            self._files.count()
        self._budget.spent_steps += found.steps
        limits = None
        for reason in (*([] if files.trouble is None else [files.trouble]), *found.faults):
            self._files.doubt(_WHAT, reason)
        if files.was_short or (found.is_spent and limit_steps < LIMIT_STEPS):
            limits = self._budget.limits
            self._files.doubt(_WHAT, _short(limits))
        elif not found.is_complete and not found.faults:
            self._files.doubt(_WHAT, "the simulation was broken off; the rest is not known")
        reached = files.reached()
        vague = [each for each in found.failures if _is_vague(each, files.vague)]
        examined = Examined(
            tuple(each for each in found.failures if each not in vague),
            (
                # Of a file that could not be had it is told that nothing is known.
                *(
                    msgspec.structs.replace(each, confidence=Confidence.POSSIBLE)
                    for each in vague
                    if each.provider not in files.missing
                ),
                *found.doubtful,
            ),
            found.is_complete and limits is None and files.trouble is None and not files.missing,
            reached.distributions & pins.keys(),
        )
        kept = _Kept(
            examined,
            {name: identity(pins[name]) for name in sorted(reached.distributions & pins.keys())},
            frozenset(pins.keys() - reached.distributions),
            _outside(reached),
            found.steps,
            self._budget.spent_bytes - before_bytes,
            limits,
        )
        self._paid.append(kept)
        self._known[key] = [kept, *self._known.get(key, [])][:_MOST_KEPT]
        is_had = files.trouble is None and (not files.missing or limits is not None)
        if is_had and not found.faults:
            self._answers.keep({key: _encode(self._known[key])})
        return kept


def _is_vague(failure: ImportFailure, vague: frozenset[str]) -> bool:
    """Whether an outermost module is missing that a file which is not known in full may have."""
    return (
        failure.kind is FailureKind.MODULE and failure.provider in vague and "." not in (failure.where or ".")
    )


def _statement(failure: ImportFailure) -> str | None:
    """The smallest code that meets a failure alone, where it is about a name or a module."""
    symbols = asked_for(failure)
    if not symbols:
        return None
    module, _, name = symbols[0].rpartition(".")
    match failure.kind:
        case FailureKind.NAME:
            return f"from {module} import {name}"
        case FailureKind.MODULE:
            return f"import {symbols[0]}"
        case FailureKind.ATTRIBUTE:
            return f"import {module}\n{symbols[0]}"
    return None


def _is_alike(failure: ImportFailure, other: ImportFailure, *, is_question: bool) -> bool:
    if is_question:
        return failure.kind is other.kind and failure.message == other.message
    return (failure.kind, asking(failure).module, asking(failure).line) == (
        other.kind,
        asking(other).module,
        asking(other).line,
    )


def _outside(reached: Reached) -> frozenset[str]:
    """What was looked for in vain and does not belong to the language."""
    return frozenset(name for name in reached.absent if name not in sys.stdlib_module_names)


def _short(limits: EvidenceLimits) -> str:
    return (
        f"the evidence budget of {limits} was spent before the end; a larger --evidence-budget looks further"
    )


def identity(pin: Pinned) -> str:
    """What tells the file of a release apart, with its version."""
    return f"{pin.version} {pin.file.hashes.get('sha256') or pin.file.url}"
