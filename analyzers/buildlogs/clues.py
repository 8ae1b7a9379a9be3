"""Lines that tell why something failed, in the words of compilers, linkers, Python, pip, uv and build tools.

A pattern is tried where one of its words stands in the line; none has two repetitions that could share a
character, so that a line is read in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzers.buildlogs.records import Cause

SURE, TOLD, HINTED, GENERAL = 4, 3, 2, 1
"""How much a clue says: the thing that is missing, the kind of failure, what lies near it, that it failed."""

_COMPILERS = re.compile(
    r"(?:[\w.]+-)*(?:gcc|g\+\+|cc|c\+\+|cc1|cc1plus|clang|clang\+\+|cl|gfortran|f77|f90|f95|flang|ifort|"
    r"icc|icx|rustc|cargo|nvcc|hipcc)(?:-\d[\d.]*)?(?:\.exe)?"
)
_LONGEST = 1_000
_LONGEST_MESSAGE = 300
_QUOTED = re.compile(r" {2,8}[|\u2502] ")
_CHILD = "_execute_child"
_CHILD_LINES = 8


class Clue(NamedTuple):
    """What one line tells.

    Attributes:
        weight: one of the constants of this module.
        thing: that is missing; empty where the line names none.
    """

    weight: int
    cause: Cause
    thing: str
    message: str
    where: str
    number: int


class _Pattern(NamedTuple):
    words: tuple[str, ...]
    expression: re.Pattern[str]
    cause: Cause
    weight: int


def _rows(weight: int, cause: Cause, rows: Sequence[tuple[str, str]]) -> list[_Pattern]:
    return [_Pattern(tuple(words.split("|")), re.compile(text), cause, weight) for words, text in rows]


# In each, the group `thing` is what is missing, and `where` the place in the sources.
_PATTERNS: tuple[_Pattern, ...] = (
    *_rows(
        SURE,
        Cause.MISSING_HEADER,
        [
            (
                "fatal error: ",
                (
                    r"(?<!\S)(?P<where>[^\s:]++:\d+)(?::\d+)?: fatal error: '?"
                    r"(?P<thing>[^\s:']+\.(?:h|hh|hpp|hxx|H|inc|inl|cuh))'?(?::| file|$)"
                ),
            ),
            (
                "fatal error: ",
                (
                    r"(?<!\S)(?P<where>[^\s:]++:\d+)(?::\d+)?: fatal error: '?(?P<thing>[^\s:']+)'?"
                    r"(?:: No such file| file not found)"
                ),
            ),
            ("C1083", r"C1083: Cannot open include file: '(?P<thing>[^']+)'"),
            (
                " error: ",
                r"(?<!\S)(?P<where>[^\s:]++:\d+)(?::\d+)?: error: (?P<thing>[^\s:]+\.h\w*): No such file",
            ),
            ("not found", r"^(?:\w*Error: |error: )?(?P<thing>[\w./+-]+\.h) (?:was )?not found$"),
        ],
    ),
    *_rows(
        SURE,
        Cause.MISSING_COMPILER,
        [
            ("Microsoft Visual C++", r"(?P<thing>Microsoft Visual C\+\+ [\d.]+) (?:or greater )?is required"),
            ("find Rust compiler", r"can't find (?P<thing>Rust compiler)"),
            ("Cargo, the Rust", r"(?P<thing>Cargo), the Rust package manager, is not installed"),
            ("Unknown compiler", r"Unknown compiler\(s\): \[\[?'(?P<thing>[^']+)'"),
            ("No CMAKE_", r"No CMAKE_(?P<thing>C|CXX|Fortran|CUDA)_COMPILER could be found"),
            ("no acceptable", r"no acceptable (?P<thing>C\+*|Fortran) compiler found"),
            ("o Fortran compiler", r"no (?P<thing>Fortran compiler) found"),
            ("linker `", r"linker `(?P<thing>[^`]+)` not found"),
            ("failed to find tool", r"failed to find tool \"(?P<thing>[^\"]+)\""),
            ("error trying to exec", r"error trying to exec '(?P<thing>[^']+)'"),
            ("no C compiler", r"(?i:no (?P<thing>C\+*) compiler (?:was )?found)"),
        ],
    ),
    *_rows(
        SURE,
        Cause.MISSING_PROGRAM,
        [
            ("failed: No such file|failed: [Errno 2]", r"error: command '(?P<thing>[^']+)' failed: "),
            ("unable to execute", r"unable to execute '(?P<thing>[^']+)': No such file"),
            (
                "sh: ",
                r"(?:^|[/ ])\w{0,4}sh: (?:line )?(?:\d+: )?(?P<thing>[\w./+-]+): (?:command )?not found",
            ),
            ("xecutable not found", r"(?<![\w./+-])(?P<thing>[\w./+-]++) executable not found"),
            ("not found", r"^(?:\w*Error|Exception|error): (?P<thing>\w[\w.+]*[_-][\w.+-]*) not found\b"),
            ("must be installed to", r"(?P<thing>CMake|Ninja|SWIG|Meson|Make) must be installed to"),
            ("find a build program", r"build program corresponding to \"(?P<thing>[^\"]+)\""),
            ("Cannot find command '", r"Cannot find command '(?P<thing>[^']+)'"),
            ("Git executable", r"(?P<thing>Git) executable not found"),
            ("ERROR: Program", r"ERROR: Program(?:\(s\))? \[?'(?P<thing>[^']+)'\]? not found"),
            ("Could not find `", r"Could not find `(?P<thing>[^`]+)`(?: installation)?"),
            ("is `", r"is `(?P<thing>[^`]+)` not installed\?"),
            ("nable to find", r"nable to find (?:the )?(?P<thing>[\w.+-]+) (?:executable|program|binary)\b"),
            ("ould not find", r"ould not find (?:the )?(?P<thing>[\w.+-]+) (?:executable|program|binary)\b"),
            ("Failed to execute", r"Failed to execute (?P<thing>[\w.+-]+)\. Is it installed"),
        ],
    ),
    *_rows(
        SURE,
        Cause.MISSING_LIBRARY,
        [
            ("cannot find -l", r"cannot find (?P<thing>-l[^\s:]+)"),
            ("library not found for", r"library not found for (?P<thing>-l\S+)"),
            ("ld: library '", r"ld: library '(?P<thing>[^']+)' not found"),
            ("unable to find library", r"unable to find library (?P<thing>-l\S+)"),
            ("cannot open shared", r"(?<!\S)(?P<thing>lib[^\s:]++): cannot open shared object file"),
            ("pkg-config search", r"Package (?P<thing>\S+) was not found in the pkg-config search path"),
            ("No package '", r"No package '(?P<thing>[^']+)' found"),
            ("required by '", r"Package '(?P<thing>[^']+)', required by '[^']*', not found"),
            ("ERROR: Dependency", r"ERROR: Dependency (?:lookup for )?\"?(?P<thing>[\w.+-]+)\"? "),
            (
                "system library `",
                r"system library `(?P<thing>[^`]+)` required by crate `[^`]*` was not found",
            ),
            ("OpenSSL installation", r"Could not find (?:directory of )?(?P<thing>OpenSSL) installation"),
            ("could not be found for", r"library files could not be found for (?P<thing>[\w.+-]+)"),
            ('provided by "', r"package configuration file provided by \"(?P<thing>[^\"]+)\""),
            ("LNK1181", r"LNK1181: cannot open input file '(?P<thing>[^']+)'"),
        ],
    ),
    *_rows(
        TOLD,
        Cause.MISSING_LIBRARY,
        [
            ("pkg-config --exists", r"'pkg-config --exists (?P<thing>[\w.+-]+)' returned non-zero"),
            ("Could NOT find", r"Could NOT find (?P<thing>\w[\w.+-]*)"),
            ("ould not find lib|annot find lib", r"(?:ould not|annot) find (?P<thing>lib[\w+.-]*\w)"),
            (
                "development packages",
                r"make sure the (?P<thing>[\w.+-]+)(?: and [\w.+-]+)? development packages",
            ),
        ],
    ),
    *_rows(
        SURE,
        Cause.MISSING_MODULE,
        [
            ("ModuleNotFoundError", r"ModuleNotFoundError: No module named '?(?P<thing>[\w.]+)"),
            ("ImportError: No module", r"ImportError: No module named '?(?P<thing>[\w.]+)"),
            ("BackendUnavailable: ", r"BackendUnavailable: Cannot import '(?P<thing>[\w.:]+)'"),
            ("Cannot import '", r"Cannot import '(?P<thing>[\w.:]+)'$"),
            ("Backend '", r"Backend '(?P<thing>[\w.:]+)' is not available"),
        ],
    ),
    *_rows(
        TOLD,
        Cause.MISSING_MODULE,
        [("cannot import name '", r"ImportError: (?P<thing>cannot import name '\w+' from '[\w.]+')")],
    ),
    *_rows(
        SURE,
        Cause.CERTIFICATE,
        [("CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|invalid peer certificate|SSLError(", r"")],
    ),
    *_rows(
        SURE,
        Cause.DISK_FULL,
        [("No space left on device|Disk quota exceeded|os error 28", r"")],
    ),
    *_rows(
        SURE,
        Cause.OUT_OF_MEMORY,
        [
            ("Killed", r"(?:^|[ :])Killed(?:$| signal terminated| +\S)"),
            ("SIGKILL|OOMKilled|virtual memory exhausted|Cannot allocate memory|os error 12", r""),
            ("MemoryError", r"^(?:\w+\.)*MemoryError\b"),
            (
                "exit code: -9|exit status -9|exit code 137|exit code: 137|exit status: 137|exit status 137",
                r"(?:-9|137)\b",
            ),
            ("out of memory", r"(?i:(?:compiler|ran|virtual|process) (?:is )?out of (?:memory|heap))"),
        ],
    ),
    *_rows(
        TOLD,
        Cause.PERMISSION,
        [
            ("Permission denied", r"(?:Errno 13\]|os error 13|: )? ?Permission denied"),
            ("ead-only file system|Read-only file system|externally-managed-environment", r""),
            ("externally managed", r"environment is externally managed|is externally managed"),
            ("401 |403 ", r"\b(?P<thing>40[13]) (?:Client Error|Unauthorized|Forbidden|Error)"),
        ],
    ),
    *_rows(
        TOLD,
        Cause.TIMEOUT,
        [
            (
                "imed out|imeoutError|imeout",
                r"(?:[Tt]imed out|TimeoutError|TimeoutExpired|[Cc]onnectTimeout)",
            ),
        ],
    ),
    *_rows(
        TOLD,
        Cause.NETWORK,
        [
            (
                "NewConnectionError|NameResolutionError|Max retries exceeded|ProxyError|ConnectionResetError",
                r"",
            ),
            ("Connection refused|Connection reset|onnection aborted|Network is unreachable", r""),
            ("ailure in name resolution|Name or service not known|Could not resolve host|dns error", r""),
            (
                "error sending request|tcp connect error|Failed to fetch: |ConnectionError(|IncompleteRead(",
                r"",
            ),
            ("HTTP error |HTTPError", r"HTTP (?:error|Error) ?(?P<thing>\d{3})"),
            ("Client Error|Server Error", r"\b(?P<thing>[45]\d\d) (?:Client|Server) Error"),
            ("nodename nor servname|URLError|urlopen error", r""),
        ],
    ),
    *_rows(
        SURE,
        Cause.HASH_MISMATCH,
        [
            ("DO NOT MATCH THE HASHES|Hash mismatch for|Hashes are required in --require-hashes", r""),
            ("--require-hashes", r"In `--require-hashes` mode"),
        ],
    ),
    *_rows(
        SURE,
        Cause.WRONG_PYTHON,
        [
            ("requires a different Python", r"requires a different Python: \S+ not in '(?P<thing>[^']+)'"),
            ("Requires-Python ", r"different python version: \S+ Requires-Python (?P<thing>[<>=!~][^;\s]*)"),
            ("does not satisfy Python", r"does not satisfy Python(?P<thing>[<>=!~][^\s]*)"),
            ("are supported", r"only versions (?P<thing>[<>=!~][\d.,<>=!~ ]*\d) are supported"),
            ("requires Python", r"requires Python '?(?P<thing>[<>=!~]=? ?\d[\d.,<>=!~]*)"),
            (
                "required|needed",
                (
                    r"(?i:python (?:version )?(?:at least )?(?P<thing>(?:>=? ?)?\d\.\d+(?:\.\d+)?)\+?"
                    r"(?: or (?:later|newer|higher|greater|above))? (?:is )?(?:required|needed))"
                ),
            ),
        ],
    ),
    *_rows(
        SURE,
        Cause.SYNTAX_OF_SETUP,
        [
            (
                "SyntaxError: |IndentationError: |TabError: ",
                r"^\s*(?:SyntaxError|IndentationError|TabError): ",
            ),
            ("TOMLDecodeError|use_2to3 is invalid|configuration error: `", r""),
            ("InvalidPyProject|invalid pyproject.toml|Invalid pyproject.toml|TOML parse error", r""),
        ],
    ),
    *_rows(
        TOLD,
        Cause.COMPILE_ERROR,
        [
            (
                " error: ",
                (
                    r"(?<!\S)(?P<where>[^\s:]+\.(?:c|cc|cpp|cxx|C|h|hh|hpp|cu|m|mm|pyx|pxd|f|f90|F90)"
                    r"(?::\d+)+): (?:fatal )?error: "
                ),
            ),
            ("Error compiling Cython file", r""),
            ("could not compile", r"^error: could not compile `(?P<thing>[^`]+)`"),
            ("error C", r"(?<!\S)(?P<where>[^\s(]++\(\d+\)): (?:fatal )?error C\d{4}: "),
            ("CompileError: ", r"Cython\.Compiler\.Errors\.CompileError: "),
            ("undefined reference", r"undefined reference to "),
        ],
    ),
    *_rows(
        HINTED,
        Cause.NO_MATCHING_DISTRIBUTION,
        [
            (
                "No matching distribution",
                r"No matching distribution found for (?P<thing>[^(]+?)(?: \(from|$)",
            ),
            ("that satisfies the requ", r"satisfies the requirement (?P<thing>[^(]+?)(?: \(from|$)"),
        ],
    ),
    *_rows(
        HINTED,
        Cause.BUILD_BACKEND,
        [
            (
                "Error: |Exception: |Exit: ",
                r"^\s*(?:[A-Za-z_]\w*\.)*(?:[A-Z]\w*)?(?:Error|Exception|Exit): \S",
            ),
            ("CMake Error|configure: error: ", r""),
        ],
    ),
    *_rows(
        GENERAL,
        Cause.BUILD_BACKEND,
        [
            ("error: |ERROR: |Error: ", r"^\s*(?:error|ERROR|Error): \S"),
            ("AssertionError|NotImplementedError", r"^\s*(?:AssertionError|NotImplementedError)$"),
        ],
    ),
)
_OWN = (
    "error: subprocess-exited",
    "ERROR: Failed building",
    "ERROR: Failed to build",
    "ERROR: Could not build wheels",
    "error: failed-wheel-build",
    "error: metadata-generation",
    "error: Failed to ",
    "error: No solution found",
)
"""What installers say whatever the cause is."""


def clues(lines: Sequence[tuple[int, str]]) -> Iterator[Clue]:
    """What the lines of a part of a log tell of a cause, in their order.

    Args:
        lines: their numbers, and their texts without what stands before them.
    """
    child = -_CHILD_LINES
    for place, (number, whole) in enumerate(lines):
        text = whole[:_LONGEST]
        if text.startswith("  ") and (quoted := _QUOTED.match(text)):
            text = text[quoted.end() :]
        if _CHILD in text:
            child = place
        found = _clue(number, text, place - child < _CHILD_LINES)
        if found is not None:
            yield found


def best(found: Sequence[Clue]) -> Clue | None:
    """The one that tells most; of those that tell as much, the last: what came before was got over."""
    return max(enumerate(found), key=lambda one: (one[1].weight, one[0]), default=(0, None))[1]


def _clue(number: int, text: str, in_child: bool) -> Clue | None:
    if in_child and "No such file" in text and (match := _NO_PROGRAM.search(text)):
        return _made(SURE, Cause.MISSING_PROGRAM, match, text, number)
    for pattern in _PATTERNS:
        if any(word in text for word in pattern.words):
            match = pattern.expression.search(text)
            if match is not None and not (pattern.weight == GENERAL and text.lstrip().startswith(_OWN)):
                return _made(pattern.weight, pattern.cause, match, text, number)
    return None


_NO_PROGRAM = re.compile(r"(?:Error: )?(?:\[Errno 2\] )?No such file or directory: '(?P<thing>[^']+)'")


def _made(weight: int, cause: Cause, match: re.Match[str], text: str, number: int) -> Clue:
    groups = match.groupdict()
    thing = (groups.get("thing") or "").strip()
    if cause is Cause.MISSING_PROGRAM:
        thing = thing.rpartition("/")[2] or thing
        if _COMPILERS.fullmatch(thing):
            cause = Cause.MISSING_COMPILER
    elif cause is Cause.WRONG_PYTHON and thing:
        thing = f"Python {thing.rstrip(',.')}"
    return Clue(
        weight, cause, thing[:200], text.strip()[:_LONGEST_MESSAGE], _place(groups.get("where")), number
    )


def _place(text: str | None) -> str:
    """The place in the sources, without the temporary directory in which they were."""
    if not text:
        return ""
    parts = text.replace("\\", "/").split("/")
    return "/".join(parts[-2:] if text.startswith("/") else parts)[-200:]
