"""What makes stretches of a file conditional, and which imports are alternatives of each other."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from analyzers.source.extraction.masking import Source
from analyzers.source.extraction.reaching import block_end
from analyzers.source.extraction.structure import Structure
from analyzers.source.records import Guard

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_HASATTR_GUARD = Guard.HASATTR
_IMPORT_ERROR_GUARD = Guard.IMPORT_ERROR
_PLATFORM_GUARD = Guard.PLATFORM
_TYPE_CHECKING_GUARD = Guard.TYPE_CHECKING
_VERSION_GUARD = Guard.VERSION

_TYPE_CHECKING = re.compile(r"(?:\w+\s*\.\s*)?TYPE_CHECKING\Z")
_NOT_TYPE_CHECKING = re.compile(r"not\s+(?:\w+\s*\.\s*)?TYPE_CHECKING\Z")
_VERSION = re.compile(
    r"\b(?:version_info|hexversion|python_version(?:_tuple)?|__version__|PY\d+|IS_PY\d+|PY_?\d+_?\w*|parse_version|Version)\b"
)
_PLATFORM = re.compile(
    r"\b(?:sys\s*\.\s*(?:platform|implementation)|os\s*\.\s*name"
    r"|platform\s*\.\s*(?:system|machine|release|version|processor|win32_ver|mac_ver|uname|architecture"
    r"|platform|python_implementation|node))\b|\bplatform\s*(?:==|!=|in\b|\.\s*startswith)"
)
_HASATTR = re.compile(r"\bhasattr\s*\(")
_PROBE = re.compile(r"\bfind_spec\s*\(")
_TESTS = (
    (_VERSION, Guard.VERSION),
    (_PLATFORM, Guard.PLATFORM),
    (_HASATTR, Guard.HASATTR),
    (_PROBE, Guard.IMPORT_ERROR),
)
_WORDS = (
    "TYPE_CHECKING", "PY", "Version(", "platform", "os.name", "sys.implementation", "hasattr", "find_spec",
)  # fmt: skip
_VERSION_WORDS = ("version_info", "hexversion", "python_version", "__version__", "parse_version")
_FLAG = re.compile(r"([^\W\d]\w*)(?:\s*:\s*\w+)?\s*=(?!=)\s*([^\n]+)")
_MISSING = re.compile(r"\b(?:ImportError|ModuleNotFoundError)\b")
_ABSENT = re.compile(r"\bAttributeError\b")
_BROAD = re.compile(r"except\s*(?::|\(?\s*(?:Base)?Exception\b)")
_SUPPRESSED = re.compile(r"\bsuppress\s*\([^()\n]*\b(ImportError|ModuleNotFoundError|AttributeError)\b")
_LEAVES = re.compile(r"(?:return|raise|continue|break|sys\s*\.\s*exit|pytest\s*\.\s*skip)\b")
_ASSIGNED = re.compile(r"^[ \t]+([^\W\d]\w*)\s*=\s*(?:True|False|None)\b", re.MULTILINE)
_MAX_FLAGS = 64

Extent = tuple[int, int]


class Guards:
    """The guards of one file.

    Attributes:
        groups: arms of which one suffices.
    """

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._source: Source = structure.source
        self._ranges: list[tuple[int, int, Guard]] = []
        self.groups: list[list[Extent]] = []
        self._starts: list[int] = []
        self._segments: list[tuple[Guard, ...]] = []
        self._flags: dict[str, Guard] = {}
        self._marks: list[int] = []
        self._find()
        self._flatten()

    def at(self, offset: int) -> tuple[Guard, ...]:
        """The guards at an offset, each once, the outermost first."""
        if not self._starts:
            return ()
        index = bisect.bisect_right(self._starts, offset) - 1
        return self._segments[index] if index >= 0 else ()

    @property
    def is_any(self) -> bool:
        """Whether there is a guard anywhere."""
        return bool(self._starts)

    def _find(self) -> None:
        source = self._source
        for node in self._structure.handlers:
            self._handled(node)
        if "suppress" in source.code:
            for match in _SUPPRESSED.finditer(source.code):
                guard = _HASATTR_GUARD if match[1] == "AttributeError" else _IMPORT_ERROR_GUARD
                self._ranges.append((match.end(), block_end(source, match.start(), inside=True), guard))
        code = source.code
        words = (*_WORDS, *_VERSION_WORDS) if "version" in code else _WORDS
        self._marks = sorted(offset for word in words for offset in _occurrences(code, word))
        if not self._flags and not self._marks:
            return
        for mark in self._marks:
            flag = _FLAG.match(source.code, source.line_start(mark))
            test = _test(flag[2]) if flag else None
            if flag is not None and test is not None and len(self._flags) < _MAX_FLAGS:
                self._flags.setdefault(flag[1], test)
        flags = (
            re.compile(r"(?<![\w.])(" + "|".join(map(re.escape, self._flags)) + r")\b")
            if self._flags
            else None
        )
        if flags is not None:
            self._marks = sorted({*self._marks, *(match.start() for match in flags.finditer(source.code))})
        for start, end, node in self._structure.conditions:
            self._condition(start, end, node, flags)

    def _condition(self, start: int, end: int, node: SgNode, flags: re.Pattern[str] | None) -> None:
        index = bisect.bisect_left(self._marks, start)
        if index == len(self._marks) or self._marks[index] >= end:
            return
        if node.kind() == "conditional_expression":
            parts = [child for child in node.children() if child.is_named() and child.kind() != "comment"]
            if len(parts) == 3 and (guard := self._guard(_text(self._source, parts[1]), flags)) is not None:
                self._ranges += ((*_extent(parts[0]), guard), (*_extent(parts[2]), guard))
            return
        if node.kind() != "if_statement":
            return
        self._branches(node, start, flags)

    def _branches(self, node: SgNode, start: int, flags: re.Pattern[str] | None) -> None:
        guards: list[Guard] = []
        arms: list[Extent] = []
        pending: Guard | None = None
        is_typing = False
        first: SgNode | None = None
        has_else = False
        for clause in [
            node,
            *(child for child in node.children() if child.kind() in ("elif_clause", "else_clause")),
        ]:
            children = clause.children()
            block = next((child for child in children if child.kind() == "block"), None)
            if clause.kind() == "else_clause":
                has_else = True
            else:
                condition = next(child for child in children if child.is_named())
                text = _text(self._source, condition)
                if _TYPE_CHECKING.match(text):
                    is_typing = True
                    if block is not None:
                        self._ranges.append((*_extent(block), _TYPE_CHECKING_GUARD))
                    continue
                if _NOT_TYPE_CHECKING.match(text):
                    is_typing = True
                    pending = _TYPE_CHECKING_GUARD
                    continue
                found = self._guard(text, flags)
                if found is not None:
                    guards.append(found)
                if found is _HASATTR_GUARD:
                    self._ranges.append((*_extent(condition), found))
                first = first or block
            if block is None:
                continue
            if pending is not None:
                self._ranges.append((*_extent(block), pending))
            else:
                self._ranges += [(*_extent(block), each) for each in dict.fromkeys(guards)]
            arms.append(_extent(block))
        if (_VERSION_GUARD in guards or _PLATFORM_GUARD in guards) and not is_typing:
            self.groups.append(arms)
        if guards and first is not None and not has_else and len(arms) == 1:
            last = _extent(first)
            text = self._source.code[last[0] : last[1]].rstrip().rpartition("\n")[2].strip()
            if _LEAVES.match(text):
                self._ranges.append((last[1], block_end(self._source, start, inside=False), guards[0]))

    def _guard(self, text: str, flags: re.Pattern[str] | None) -> Guard | None:
        guard = _test(text)
        if guard is None and flags is not None and (match := flags.search(text)):
            guard = self._flags[match[1]]
        return guard

    def _handled(self, node: SgNode) -> None:
        """A ``try`` whose handler catches what a missing module or attribute raises."""
        start, end = _extent(node)
        code = self._source.code
        header = code[start : self._source.colon(start + 6, end)] + ":"
        guard: Guard | None = None
        if _MISSING.search(header):
            guard = _IMPORT_ERROR_GUARD
        elif _ABSENT.search(header):
            guard = _HASATTR_GUARD
        elif _BROAD.match(header):
            guard = _IMPORT_ERROR_GUARD
        if guard is None:
            return
        statement = node.parent()
        if statement is None or statement.kind() != "try_statement":
            return
        blocks: list[Extent] = []
        for child in statement.children():
            if child.kind() == "block":
                blocks.append(_extent(child))
            elif child.kind() in ("except_clause", "else_clause"):
                blocks += [_extent(inner) for inner in child.children() if inner.kind() == "block"]
        if not blocks:
            return
        if _BROAD.match(header) and not self._imports_in(blocks[0]):
            return
        self._ranges += [(*block, guard) for block in blocks]
        if guard is _IMPORT_ERROR_GUARD:
            self.groups.append(blocks)
            for block in blocks:
                for match in _ASSIGNED.finditer(code, code.rfind("\n", 0, block[0]) + 1, block[1]):
                    if len(self._flags) < _MAX_FLAGS:
                        self._flags.setdefault(match[1], guard)

    def _imports_in(self, extent: Extent) -> bool:
        offsets = self._structure.import_offsets
        index = bisect.bisect_left(offsets, extent[0])
        return index < len(offsets) and offsets[index] < extent[1]

    def _flatten(self) -> None:
        if not self._ranges:
            return
        bounds = sorted({bound for start, end, _ in self._ranges for bound in (start, end)})
        ranges = sorted(self._ranges, key=lambda entry: (entry[0], -entry[1]))
        active: list[tuple[int, Guard]] = []
        position = 0
        for bound in bounds:
            active = [entry for entry in active if entry[0] > bound]
            while position < len(ranges) and ranges[position][0] <= bound:
                active.append((ranges[position][1], ranges[position][2]))
                position += 1
            self._starts.append(bound)
            self._segments.append(tuple(dict.fromkeys(guard for end, guard in active if end > bound)))


def alternatives(groups: Iterable[list[Extent]], offsets: list[int]) -> dict[int, int]:
    """The number of the outermost group, from 0, by offset of an import.

    Args:
        groups: those with imports in one arm only have no number.
        offsets: of the imports, sorted.
    """
    found: dict[int, int] = {}
    number = 0
    for arms in sorted(groups, key=lambda arms: (arms[0][0], -arms[-1][1])):
        members: list[list[int]] = []
        for start, end in arms:
            inside = offsets[bisect.bisect_left(offsets, start) : bisect.bisect_left(offsets, end)]
            members.append([offset for offset in inside if offset not in found])
        if sum(1 for arm in members if arm) < 2:
            continue
        for arm in members:
            found.update(dict.fromkeys(arm, number))
        number += 1
    return found


def _occurrences(code: str, word: str) -> Iterator[int]:
    offset = code.find(word)
    while offset >= 0:
        yield offset
        offset = code.find(word, offset + len(word))


def _test(text: str) -> Guard | None:
    return next((guard for pattern, guard in _TESTS if pattern.search(text)), None)


def _extent(node: SgNode) -> Extent:
    extent = node.range()
    return extent.start.index, extent.end.index


def _text(source: Source, node: SgNode) -> str:
    start, end = _extent(node)
    return source.code[start:end].strip().removeprefix("(").removesuffix(")").strip()
