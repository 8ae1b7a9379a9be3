"""Single lines of compilers, linkers, interpreters and tools, and the cause that each tells."""

from __future__ import annotations

import pytest

from analyzers.buildlogs.clues import best, clues
from analyzers.buildlogs.records import Cause

TOLD: list[tuple[str, Cause, str]] = [
    ("a.c:1:10: fatal error: Python.h: No such file or directory", Cause.MISSING_HEADER, "Python.h"),
    ("a.c:1:10: fatal error: 'ffi/ffi.h' file not found", Cause.MISSING_HEADER, "ffi/ffi.h"),
    ("a.cpp:1:10: fatal error: Eigen/Core: No such file or directory", Cause.MISSING_HEADER, "Eigen/Core"),
    (
        "a.c(3): fatal error C1083: Cannot open include file: 'io.h': No such file",
        Cause.MISSING_HEADER,
        "io.h",
    ),
    ("error: command 'gcc' failed: No such file or directory", Cause.MISSING_COMPILER, "gcc"),
    (
        "unable to execute 'x86_64-linux-gnu-gcc-12': No such file or directory",
        Cause.MISSING_COMPILER,
        "x86_64-linux-gnu-gcc-12",
    ),
    (
        "error: Microsoft Visual C++ 14.0 or greater is required. Get it",
        Cause.MISSING_COMPILER,
        "Microsoft Visual C++ 14.0",
    ),
    ("/bin/sh: 1: cargo: not found", Cause.MISSING_COMPILER, "cargo"),
    ("error: linker `cc` not found", Cause.MISSING_COMPILER, "cc"),
    ("../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc']]", Cause.MISSING_COMPILER, "cc"),
    ("CMake Error: No CMAKE_CXX_COMPILER could be found.", Cause.MISSING_COMPILER, "CXX"),
    ("configure: error: no acceptable C compiler found in $PATH", Cause.MISSING_COMPILER, "C"),
    (
        "gcc: fatal error: error trying to exec 'cc1plus': execvp: No such file",
        Cause.MISSING_COMPILER,
        "cc1plus",
    ),
    ("/usr/bin/ld: cannot find -lxml2", Cause.MISSING_LIBRARY, "-lxml2"),
    ("ld: library not found for -lssl", Cause.MISSING_LIBRARY, "-lssl"),
    (
        "ImportError: libGL.so.1: cannot open shared object file: No such file",
        Cause.MISSING_LIBRARY,
        "libGL.so.1",
    ),
    ("No package 'libffi' found", Cause.MISSING_LIBRARY, "libffi"),
    (
        '../meson.build:9:0: ERROR: Dependency "openblas" not found, tried pkgconfig',
        Cause.MISSING_LIBRARY,
        "openblas",
    ),
    ("Error: pg_config executable not found.", Cause.MISSING_PROGRAM, "pg_config"),
    ("sh: line 1: swig: command not found", Cause.MISSING_PROGRAM, "swig"),
    ("OSError: mysql_config not found", Cause.MISSING_PROGRAM, "mysql_config"),
    ("ERROR: Cannot find command 'git' - do you have 'git' installed?", Cause.MISSING_PROGRAM, "git"),
    ("ModuleNotFoundError: No module named 'numpy'", Cause.MISSING_MODULE, "numpy"),
    ("ImportError: No module named Cython.Distutils", Cause.MISSING_MODULE, "Cython.Distutils"),
    (
        "ERROR: Package 'x' requires a different Python: 3.8.1 not in '>=3.9'",
        Cause.WRONG_PYTHON,
        "Python >=3.9",
    ),
    (
        "RuntimeError: Cannot install on Python version 3.12.1; only versions >=3.7,<3.11 are supported.",
        Cause.WRONG_PYTHON,
        "Python >=3.7,<3.11",
    ),
    ("RuntimeError: Python version >= 3.9 required.", Cause.WRONG_PYTHON, "Python >= 3.9"),
    ("OSError: [Errno 28] No space left on device", Cause.DISK_FULL, ""),
    ("cc1plus: fatal error: Killed signal terminated program cc1plus", Cause.OUT_OF_MEMORY, ""),
    ("PermissionError: [Errno 13] Permission denied: '/usr/lib/x'", Cause.PERMISSION, ""),
    ("pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.", Cause.TIMEOUT, ""),
    ("socket.gaierror: [Errno -2] Name or service not known", Cause.NETWORK, ""),
    ("SyntaxError: invalid syntax", Cause.SYNTAX_OF_SETUP, ""),
    ("error in x setup command: use_2to3 is invalid.", Cause.SYNTAX_OF_SETUP, ""),
    ("src/x.pyx:3:5: error: no such attribute", Cause.COMPILE_ERROR, ""),
    ("error: could not compile `serde` (lib) due to 2 previous errors", Cause.COMPILE_ERROR, "serde"),
    ("AttributeError: module 'pkgutil' has no attribute 'ImpImporter'", Cause.BUILD_BACKEND, ""),
    ("Exception: Can not find valid pkg-config name.", Cause.BUILD_BACKEND, ""),
]
SILENT = [
    "running build_ext",
    "x.c:10:5: warning: unused variable 'error'",
    "checking for Python.h... yes",
    "copying src/errors.py -> build/lib/errors.py",
    "  Downloading https://index.example/timeout-decorator-0.5.0.tar.gz",
    "-I/usr/include/killed -lfoo",
]


@pytest.mark.parametrize(("line", "cause", "thing"), TOLD, ids=[row[0][:40] for row in TOLD])
def test_one_line_tells(line: str, cause: Cause, thing: str) -> None:
    (found,) = clues([(7, line)])
    assert (found.cause, found.thing, found.number) == (cause, thing, 7)


@pytest.mark.parametrize("line", SILENT)
def test_lines_that_tell_nothing(line: str) -> None:
    assert list(clues([(1, line)])) == []


def test_what_names_the_thing_counts_more_than_what_follows_from_it() -> None:
    lines = [
        "a.c:1:1: fatal error: a.h: No such file or directory",
        "error: command 'gcc' failed with exit code 1",
    ]
    found = best(list(clues(list(enumerate(lines, 1)))))
    assert found is not None
    assert (found.cause, found.number) == (Cause.MISSING_HEADER, 1)


def test_of_two_that_say_as_much_the_last_counts() -> None:
    lines = ["No package 'x' found", "a.c:1:1: fatal error: x.h: No such file or directory"]
    found = best(list(clues(list(enumerate(lines, 1)))))
    assert found is not None
    assert found.thing == "x.h"


def test_a_file_that_is_missing_is_no_program_unless_it_was_to_be_run() -> None:
    missing = "FileNotFoundError: [Errno 2] No such file or directory: 'README'"
    assert [one.cause for one in clues([(1, missing)])] == [Cause.BUILD_BACKEND]
    child = '  File "/usr/lib/python3.11/subprocess.py", line 1950, in _execute_child'
    found = best(list(clues([(1, child), (2, "    raise child_exception_type("), (3, missing)])))
    assert found is not None
    assert (found.cause, found.thing) == (Cause.MISSING_PROGRAM, "README")


def test_nothing_told_is_no_clue() -> None:
    assert best([]) is None
