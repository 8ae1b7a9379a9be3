from __future__ import annotations

from typing import Any

import pytest

from analyzers.evidence import Location
from analyzers.source.records import Guard, Role, Use, UseKind
from analyzers.source.signals.native import libraries


def used(symbol: str, *literals: tuple[str, str], kind: UseKind = UseKind.CALL, **more: Any) -> Use:
    place = {"file": "a.py", "line": 2, "column": 3, "end_line": 2, "end_column": 9}
    return Use(**{**place, "symbol": symbol, "kind": kind, "literals": literals, **more})


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (used("ctypes.CDLL", ("0", "'libssl.so.3'")), [("libssl.so.3", "ctypes.CDLL")]),
        (used("ctypes.CDLL", ("name", '"./libx.so"')), [("./libx.so", "ctypes.CDLL")]),
        (used("ctypes.CDLL"), [(None, "ctypes.CDLL")]),
        (used("ctypes.CDLL", ("0", "None")), []),
        (used("ctypes.CDLL", ("mode", "3")), [(None, "ctypes.CDLL")]),
        (used("ctypes.WinDLL", ("0", "'kernel32'")), [("kernel32", "ctypes.WinDLL")]),
        (used("ctypes.cdll.LoadLibrary", ("0", "'libc.so.6'")), [("libc.so.6", "ctypes.cdll.LoadLibrary")]),
        (used("ctypes.windll.kernel32.GetTickCount"), [("kernel32", "ctypes.windll.kernel32")]),
        (used("ctypes.util.find_library", ("0", "'gomp'")), [("gomp", "ctypes.util.find_library")]),
        (used("cffi.FFI().dlopen", ("0", "'libffi.so'")), [("libffi.so", "cffi.FFI.dlopen")]),
        (used("cffi.FFI.dlopen", ("0", "None")), []),
        (
            used("numpy.ctypeslib.load_library", ("0", "'_x'"), ("1", "'.'")),
            [("_x", "numpy.ctypeslib.load_library")],
        ),
        (used("torch.ops.load_library", ("0", "'x.so'")), [("x.so", "torch.ops.load_library")]),
        (used("tensorflow.load_op_library", ("0", "'y.so'")), [("y.so", "tensorflow.load_op_library")]),
        (used("ctypes.c_int", ("0", "'3'")), []),
        (used("ctypes.CDLL", ("0", "'x'"), kind=UseKind.ATTRIBUTE), []),
        (used("cffi.FFI.cdef", ("0", "'int f();'")), []),
        (used("numpy.load", ("0", "'x.npy'")), []),
    ],
)
def test_libraries(use: Use, expected: list[tuple[str | None, str]]) -> None:
    assert [(found.name, found.by) for found in libraries([use])] == expected


def test_what_is_linked() -> None:
    use = used("cffi.FFI.set_source", ("0", "'_x'"), ("libraries", "['ssl', 'crypto']"))
    assert [(found.name, found.links) for found in libraries([use])] == [("ssl", True), ("crypto", True)]
    assert libraries([used("cffi.FFI.verify", ("0", "'_x'"))]) == ()
    assert libraries([used("cffi.FFI.verify", ("libraries", "names()"))]) == ()


def test_place_guard_and_role_are_those_of_the_use() -> None:
    use = used("ctypes.CDLL", ("0", "'x'"), guard=(Guard.PLATFORM,), role=Role.TEST)
    (found,) = libraries([use])
    assert found.location == Location(path="a.py", line=2, column=3)
    assert (found.guard, found.role, found.links) == ((Guard.PLATFORM,), Role.TEST, False)
