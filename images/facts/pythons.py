"""Python interpreters as targets: the version a user asks for, and the ABI of its extension modules.

Facts made here state everything about an interpreter that follows from its name, so that they replace those
of another interpreter completely.
"""

from __future__ import annotations

import re

from images.errors import UnknownPythonError
from images.facts.environment import Fact, RuntimeEnvironment

_VERSION = re.compile(
    r"(?P<implementation>cpython|pypy)?-?(?P<major>[0-9]{1,2})\.(?P<minor>[0-9]{1,2})(?:\.(?P<micro>[0-9]{1,3}))?"
    r"(?P<pre>(?:a|b|rc)[0-9]{1,3})?(?P<threads>t)?"
)
_PYPY_ABI = "pp73"
_FIRST_FREE_THREADED = 13


def python_target(text: str, source: str = "command line") -> RuntimeEnvironment:
    """The facts of an interpreter named as ``3.9``, ``3.9.21``, ``3.15.0rc1``, ``3.14t`` or ``pypy3.11``.

    A missing last part is 0, as for uv: a stack for 3.9.0 also suits the later releases of 3.9. Without a
    name the interpreter is CPython.

    Raises:
        UnknownPythonError: no version, not Python 3, or a free-threaded build that does not exist.
    """
    match = _VERSION.fullmatch(text.strip().lower())
    if match is None:
        raise UnknownPythonError(text, "write it like 3.11, 3.11.7, 3.14t or pypy3.11")
    if match["major"] != "3":
        raise UnknownPythonError(text, "only Python 3 is served")
    implementation, minor = match["implementation"] or "cpython", int(match["minor"])
    free_threaded = match["threads"] is not None
    if free_threaded and (implementation != "cpython" or minor < _FIRST_FREE_THREADED):
        raise UnknownPythonError(text, f"free-threaded builds begin with CPython 3.{_FIRST_FREE_THREADED}")
    values = {
        "python.version": f"3.{minor}.{int(match['micro'] or 0)}{match['pre'] or ''}",
        "python.implementation": implementation,
        "python.abi": _abi(implementation, minor, free_threaded),
        "python.gil": not free_threaded,
    }
    return RuntimeEnvironment(
        facts={name: Fact(value=value, source=source) for name, value in values.items()}
    )


def abi_of_extension_suffix(suffix: str) -> str | None:
    """The ABI tag that an interpreter's first extension suffix names; None where it names none.

    ``.cpython-311-x86_64-linux-gnu.so`` is ``cp311``, ``.cp313t-win_amd64.pyd`` is ``cp313t``,
    ``.pypy310-pp73-x86_64-linux-gnu.so`` is ``pypy310_pp73``.

    Source: PEP 3149, PEP 425.
    """
    middle = suffix.split(".")[1:-1]
    parts = middle[0].split("-") if middle else []
    match parts:
        case ["cpython", abi, *_]:
            return f"cp{abi}"
        case [abi, _, *_] if re.fullmatch(r"cp[0-9]+[a-z]*", abi):
            return abi
        case [name, abi, *_] if name.startswith("pypy"):
            return f"{name}_{abi}"
        case [name, abi, kind, *_] if name.startswith("graalpy"):
            return f"{name}_{abi}_{kind}"
        case _:
            return None


def is_free_threaded(abi: str) -> bool:
    """Whether an ABI tag is that of a build without the global interpreter lock.

    Source: PEP 703, "Build Configuration Changes".
    """
    return re.fullmatch(r"cp[0-9]+td?", abi) is not None


def _abi(implementation: str, minor: int, free_threaded: bool) -> str:
    if implementation == "pypy":
        return f"pypy3{minor}_{_PYPY_ABI}"
    # Until 3.7 the ABI also named the allocator; every build that matters used pymalloc (PEP 3149).
    pymalloc = "m" if minor < 8 else ""
    return f"cp3{minor}{'t' if free_threaded else pymalloc}"
