"""Which libraries of the system code loads by itself: ctypes, cffi, and loaders of frameworks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

import msgspec

from analyzers.evidence import Confidence, Location
from analyzers.source.records import Guard, Role, Use, UseKind
from analyzers.source.signals.constants import strings


class NativeLibrary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A library that code loads, links to, or looks for.

    Attributes:
        name: as it is written: ``libssl.so.3``, ``ssl``, a path; None where it is no constant.
        by: the symbol that loads it.
        links: whether it is needed to build rather than to run.
    """

    name: str | None
    by: str
    location: Location
    links: bool = False
    guard: tuple[Guard, ...] = ()
    role: Role = Role.MAIN
    confidence: Confidence = Confidence.CERTAIN


_DLLS = ("CDLL", "WinDLL", "OleDLL", "PyDLL")
_LOADERS = ("cdll", "windll", "oledll", "pydll")
# Symbol of a call to the arguments that may name a library: position, keyword.
_CALLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{f"ctypes.{name}": ("0", "name") for name in _DLLS},
        **{f"ctypes.{name}.LoadLibrary": ("0", "name") for name in _LOADERS},
        "ctypes.util.find_library": ("0", "name"),
        "ctypes.LibraryLoader.LoadLibrary": ("0", "name"),
        "numpy.ctypeslib.load_library": ("0", "libname"),
        "cffi.FFI.dlopen": ("0", "name"),
        "torch.ops.load_library": ("0", "path"),
        "torch.classes.load_library": ("0", "path"),
        "tensorflow.load_op_library": ("0", "library_filename"),
        "tensorflow.load_library": ("0", "library_location"),
    }
)
_LINKS: Mapping[str, str] = MappingProxyType(
    {"cffi.FFI.set_source": "libraries", "cffi.FFI.verify": "libraries"}
)
# ``ctypes.cdll.name`` and ``ctypes.windll.name`` load by attribute.
_ATTRIBUTE = re.compile(rf"ctypes\.(?:{'|'.join(_LOADERS)})(?:\.(\w+)|\[\])")
_NO_LIBRARY = ("LoadLibrary",)


def libraries(uses: Iterable[Use]) -> tuple[NativeLibrary, ...]:
    """In the order of the uses; one that a loader is asked for twice stands twice."""
    return tuple(found for use in uses if loads(use.symbol) for found in _of(use))


@lru_cache(1 << 13)
def loads(symbol: str) -> bool:
    """Whether uses of a symbol may load a library."""
    plain = symbol.replace("()", "")
    return plain in _CALLS or plain in _LINKS or _ATTRIBUTE.match(plain) is not None


def _of(use: Use) -> Iterator[NativeLibrary]:
    symbol = use.symbol.replace("()", "")  # an instance, whether its class is known or not
    if use.kind is UseKind.CALL and symbol in _CALLS:
        given = dict(use.literals)
        texts = [given[key] for key in _CALLS[symbol] if key in given]
        names = [name for text in texts for name in strings(text)]
        # ``CDLL(None)`` is the program itself.
        if names or texts != ["None"]:
            found: list[str | None] = [*names] or [None]
            yield from (_library(use, name, symbol) for name in found)
    elif use.kind is UseKind.CALL and symbol in _LINKS:
        given = dict(use.literals)
        for name in strings(given.get(_LINKS[symbol], "")):
            yield msgspec.structs.replace(_library(use, name, symbol), links=True)
    else:
        match = _ATTRIBUTE.match(symbol)
        if match and match[1] not in _NO_LIBRARY:
            yield _library(use, match[1], symbol[: match.end()])


def _library(use: Use, name: str | None, by: str) -> NativeLibrary:
    return NativeLibrary(
        name=name,
        by=by,
        location=Location(path=use.file, line=use.line, column=use.column),
        guard=use.guard,
        role=use.role,
        confidence=use.confidence,
    )
