"""Whether other releases of a project meet a failure that one met, asked of as few modules as may be.

Answers are kept by the failure and the content of the file that was asked.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from analyzers.api.conditions import Target as SurfaceTarget
from analyzers.api.recurrence import (
    asked_for,
    asking,
    asks,
    function_at,
    lacks,
    module_path,
    narrowed,
    parsed,
    refuses,
    statement_at,
)
from analyzers.files import FileReader, FileReaderError
from analyzers.importing.failures import BudgetSpentError, FailureKind, ImportFailure, SimulatedError, Site
from analyzers.importing.interpreter import Interpreter
from analyzers.importing.machine import Target
from analyzers.importing.native import NativeRules
from analyzers.importing.stack import LIMIT_SOURCE_BYTES, Part, StackFiles
from analyzers.importing.values import Module
from analyzers.source.reading.decoding import NotTextError, decoded
from knowledge.errors import KnowledgeError
from knowledge.imports.stack_files import Pinned, PinnedFiles, module_directories
from knowledge.stores.derivations import Derivations

_NOT_KNOWN = b"?"
_ANSWERS: Mapping[bytes, bool | None] = {b"1": True, b"0": False, _NOT_KNOWN: None}


class Recurrences:
    """Asks releases whether they meet a failure.

    Args:
        files: of releases.
        target: the Python that imports.
        answers: those of earlier runs.
        code: the directory of the user's code, where there is some.
    """

    def __init__(
        self, files: PinnedFiles, target: Target, answers: Derivations, code: FileReader | None
    ) -> None:
        self._files, self._target, self._answers, self._code = files, target, answers, code
        self._surfaces = SurfaceTarget(python=target.python[:2], platform=target.platform)
        self._known: dict[str, bool | None] = {}
        self._trees: dict[tuple[str | None, str], ast.Module | None] = {}

    def recurs(
        self, failure: ImportFailure, name: str, pin: Pinned, pins: Mapping[str, Pinned]
    ) -> bool | None:
        """Whether a stack with another release of one project probably meets the same failure.

        Args:
            failure: that the stack meets.
            name: normalised, the provider or the one that asks.
            pin: the other release.
            pins: of the stack.

        Returns:
            None where that is not known.
        """
        key = self._key(failure, name, pin, pins)
        if not self._is_known(key):
            try:
                self._known[key] = self._asked(failure, name, pin, pins)
            except (KnowledgeError, FileReaderError, BudgetSpentError):
                return None
            finally:
                self._files.count()
            self._answers.keep({key: _payload(self._known[key])})
        return self._known[key]

    def prepare(
        self, failure: ImportFailure, name: str, asked: Iterable[Pinned], pins: Mapping[str, Pinned]
    ) -> None:
        """Ask early for what `recurs` will read of some releases; of none where the first one is known."""
        if failure.kind not in (FailureKind.NATIVE, FailureKind.GENERATED):
            for number, pin in enumerate(asked):
                if not self._is_known(self._key(failure, name, pin, pins)):
                    self._files.begin(pin, is_question=True)
                elif not number:
                    return

    def _is_known(self, key: str) -> bool:
        if key not in self._known:
            kept = self._answers.known([key]).get(key)
            if kept is None or kept not in _ANSWERS:
                return False
            self._known[key] = _ANSWERS[kept]
        return True

    def _key(self, failure: ImportFailure, name: str, pin: Pinned, pins: Mapping[str, Pinned]) -> str:
        sides = [failure.provider, failure.consumer.distribution]
        told = msgspec.json.encode(
            [
                (failure.kind, failure.message, failure.where, asking(failure), name == failure.provider),
                (pin.version, pin.file.hashes.get("sha256") or pin.file.url),
                [pins[side].version for side in sides if side is not None and side in pins],
                (self._target.python, self._target.platform),
            ]
        )
        return hashlib.sha256(told).hexdigest()

    def _asked(
        self, failure: ImportFailure, name: str, pin: Pinned, pins: Mapping[str, Pinned]
    ) -> bool | None:
        if failure.kind in (FailureKind.NATIVE, FailureKind.GENERATED):
            return self._is_refused(failure, {**pins, name: pin})
        self._files.begin(pin, is_question=True)
        reader = self._files.reader(name, pin)
        if reader is None:
            return None
        directories = module_directories(reader, pin)
        if name == failure.provider:
            answers = [self._lacks(failure, reader, each, pins) for each in directories]
            # Of the places where modules may be in an sdist, one has the package.
            return False if False in answers else True if True in answers else None
        return self._asks(failure, reader, directories, pins)

    def _lacks(
        self, failure: ImportFailure, reader: FileReader, directory: bytes, pins: Mapping[str, Pinned]
    ) -> bool | None:
        if failure.kind is FailureKind.ARGUMENTS:
            return self._refuses(failure, reader, directory, pins)
        if asked_for(failure):
            return lacks(failure, reader, directory, self._surfaces)
        statement = self._statement(asking(failure), pins)
        symbols = asked_for(failure, statement)
        if not symbols:
            return None
        said = msgspec.structs.replace(failure, message="")
        answers = [
            lacks(
                msgspec.structs.replace(said, message=f"cannot import name '{last}' from '{module}'")
                if module
                else msgspec.structs.replace(said, message=f"No module named '{last}'"),
                reader,
                directory,
                self._surfaces,
            )
            for module, _, last in (symbol.rpartition(".") for symbol in symbols)
        ]
        return None if not answers or None in answers else any(answers)

    def _refuses(
        self, failure: ImportFailure, reader: FileReader, directory: bytes, pins: Mapping[str, Pinned]
    ) -> bool | None:
        module, _, line = (failure.where or "").rpartition(":")
        provider = failure.provider
        if not module or not line.isdigit() or provider is None or provider not in pins:
            return None
        tree = self._tree(provider, module, pins)
        function = None if tree is None else function_at(tree, int(line))
        path = module_path(module, directory, lambda each: _exists(reader, each))
        if function is None or path is None:
            return None
        return refuses(failure, reader, function, path)

    def _asks(
        self,
        failure: ImportFailure,
        reader: FileReader,
        directories: list[bytes],
        pins: Mapping[str, Pinned],
    ) -> bool | None:
        site = asking(failure)
        statement = self._statement(site, pins)
        if statement is None:
            return None
        for directory in directories:
            path = module_path(site.module, directory, lambda each: _exists(reader, each))
            if path is not None:
                tree = parsed(reader, path)
                return None if tree is None else asks(narrowed(statement, failure), tree)
        return False

    def _statement(self, site: Site, pins: Mapping[str, Pinned]) -> ast.stmt | None:
        tree = self._tree(site.distribution, site.module, pins, site.path)
        return None if tree is None else statement_at(tree, site.line)

    def _tree(
        self, name: str | None, module: str, pins: Mapping[str, Pinned], path: str = ""
    ) -> ast.Module | None:
        """The tree of a module of the stack."""
        if name is None:
            return None if self._code is None else parsed(self._code, path.encode())
        pin = pins[name]
        key = (pin.file.url, module)
        if key not in self._trees:
            reader = self._files.reader(name, pin)
            found = None
            for directory in () if reader is None else module_directories(reader, pin):
                assert reader is not None
                place = module_path(module, directory, lambda each: _exists(reader, each))
                found = parsed(reader, place) if place is not None else None
                if found is not None:
                    break
            self._trees[key] = found
        return self._trees[key]

    def _is_refused(self, failure: ImportFailure, pins: Mapping[str, Pinned]) -> bool | None:
        """Whether a compiled or generated module cannot work with what is pinned, by the rules for those."""
        name, module = failure.consumer.distribution, failure.consumer.module
        if name is None or name not in pins:
            return None
        reader = self._files.reader(name, pins[name])
        if reader is None:
            return None
        parts = [Part(reader, directory, name) for directory in module_directories(reader, pins[name])]
        files = StackFiles(parts, {each: pin.version for each, pin in pins.items()})
        file = files.find(module)
        if file is None:
            return None
        machine = Interpreter(files, self._target)
        subject, rules = Module(module, file), NativeRules(machine)
        machine.sites.append((subject, 0))
        try:
            if failure.kind is FailureKind.NATIVE:
                rules.check_extension(subject)
            elif file.source is not None:
                rules.check_source(subject, decoded(files.read(file, file.source, LIMIT_SOURCE_BYTES)).text)
        except SimulatedError:
            return True
        except NotTextError:
            return None
        return False


def _exists(reader: FileReader, path: bytes) -> bool:
    try:
        reader.stat(path)
    except FileReaderError:
        return False
    return True


def _payload(answer: bool | None) -> bytes:
    return _NOT_KNOWN if answer is None else b"1" if answer else b"0"
