"""What a worker tells of an exception, and what is written of one in a trace, as records."""

from __future__ import annotations

import re

import msgspec

_LONGEST = 2000
_MOST_FRAMES = 60
_FRAME = re.compile(r'^\s*File "([^"\n]{1,1000})", line (\d{1,9})(?:, in (\S.*)| in (\S.*))?$')
_LAST = re.compile(r"^(?P<type>[A-Za-z_][\w.]{0,200})(?:: (?P<text>.*))?$")
_HEAD = "Traceback (most recent call last):"
_FATAL = re.compile(r"^Fatal Python error: (.*)$", re.MULTILINE)
_NO_NAME = re.compile(
    r"cannot import name '([^']+)' from (?:partially initialized module )?'([^']+)' \(([^()]*)\)"
)
_NO_MODULE = re.compile(r"No module named '([^']+)'")


class Frame(msgspec.Struct, frozen=True):
    """One call that was under way."""

    file: str = ""
    line: int = 0
    function: str = ""


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """An exception.

    Attributes:
        type: its name; `types` those of it and its bases.
        text: what it says.
        name: the module (of an import) or the attribute that it is about; None where it does not say.
        path: the file of that module, or that cannot be parsed (`line` then says where).
        of: files and modules of the object that lacks an attribute, or else of what was called where it was
            raised; the closest first.
        frames: the outermost first.
        before: the exception that led to this one.
    """

    type: str
    types: tuple[str, ...] = ()
    text: str = ""
    name: str | None = None
    path: str | None = None
    line: int = 0
    errno: int | None = None
    of: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    before: Raised | None = None

    @property
    def message(self) -> str:
        """The first line of what it says that is not empty."""
        return next((line.strip() for line in self.text.splitlines() if line.strip()), "")[:500]

    def chain(self) -> tuple[Raised, ...]:
        """It, what led to it, and so on."""
        found: list[Raised] = []
        at: Raised | None = self
        while at is not None and len(found) < 10:
            found.append(at)
            at = at.before
        return tuple(found)

    def is_kind(self, name: str) -> bool:
        """Whether it is of a type of the standard library, by name."""
        return name == self.type or name in self.types


def written_trace(text: str) -> Raised | None:
    """The last trace in what a program wrote; None where there is none."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.strip() == _HEAD]
    if not starts:
        return None
    frames: list[Frame] = []
    for number in range(starts[-1] + 1, len(lines)):
        line = lines[number]
        if matched := _FRAME.match(line):
            frames.append(Frame(matched[1], int(matched[2]), (matched[3] or matched[4] or "").strip()))
        elif line and not line[0].isspace() and (ended := _LAST.match(line)):
            more = [each for each in lines[number + 1 : number + 4] if each.strip()]
            told = "\n".join([ended["text"] or "", *more])[:_LONGEST]
            return _with_names(ended["type"].rpartition(".")[2], told, tuple(frames[-_MOST_FRAMES:]))
    return None


def _with_names(kind: str, text: str, frames: tuple[Frame, ...]) -> Raised:
    types: tuple[str, ...] = (kind,)
    if kind == "ModuleNotFoundError":
        types = (kind, "ImportError")
    if matched := _NO_NAME.search(text):
        return Raised(
            type=kind, types=("ImportError",), text=text, name=matched[2], path=matched[3], frames=frames
        )
    if matched := _NO_MODULE.search(text):
        types = ("ModuleNotFoundError", "ImportError")
        return Raised(type=kind, types=types, text=text, name=matched[1], frames=frames)
    return Raised(type=kind, types=types, text=text, frames=frames)


def crash_trace(text: str) -> tuple[Frame, ...]:
    """The frames that Python writes when it crashes, the outermost first; empty where there are none."""
    found = list(_FATAL.finditer(text))
    if not found:
        return ()
    frames = [
        Frame(matched[1], int(matched[2]), (matched[3] or matched[4] or "").strip())
        for line in text[found[-1].end() :].splitlines()
        if (matched := _FRAME.match(line))
    ]
    return tuple(reversed(frames[:_MOST_FRAMES]))
