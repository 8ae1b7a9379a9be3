"""What a person can do about a failure of an installation; packages of systems come from a table."""

from __future__ import annotations

from analyzers.buildlogs.records import BuildFailure, Cause, Step
from images.facts.environment import Fact, RuntimeEnvironment
from images.native.library_packages import installer_of, package_of

_SYSTEMS = ("debian", "fedora", "alpine")
_PYTHON_HEADER = "Python.h"

_GONE_IN = {
    "3.10": (
        "Python-ast",
        "asdl",
        "ast",
        "bitset",
        "graminit",
        "grammar",
        "node",
        "parsetok",
        "pyarena",
        "symtable",
    ),
    "3.11": (
        "cellobject",
        "classobject",
        "code",
        "context",
        "eval",
        "funcobject",
        "genobject",
        "longintrepr",
    ),
}
"""Headers, without ``.h``, that CPython had, by the release that has them no more where they were.

Source: the headers of CPython 3.6 to 3.13.
"""

CAUSES = {
    Cause.MISSING_HEADER: "A header that a build needs is not there.",
    Cause.MISSING_COMPILER: "A compiler that a build needs is not there.",
    Cause.MISSING_LIBRARY: "A library of the system that is needed is not there.",
    Cause.MISSING_PROGRAM: "A program that a build needs is not there.",
    Cause.MISSING_MODULE: "A module that a build imports is not in its environment.",
    Cause.NO_MATCHING_DISTRIBUTION: "No release, or no file of one, is what was asked for.",
    Cause.CONFLICT: "Requirements cannot be satisfied together.",
    Cause.HASH_MISMATCH: "A file is not the one whose hash was stated.",
    Cause.NETWORK: "An index, or another server, could not be reached or did not answer as it should.",
    Cause.CERTIFICATE: "The certificate of a server is not trusted.",
    Cause.DISK_FULL: "There was no room on a disk.",
    Cause.PERMISSION: "Something may not be read or written.",
    Cause.OUT_OF_MEMORY: "There was not enough memory.",
    Cause.TIMEOUT: "Something took too long.",
    Cause.WRONG_PYTHON: "A release is for another Python.",
    Cause.SYNTAX_OF_SETUP: "The description of how to build a release is not valid.",
    Cause.COMPILE_ERROR: "The sources of a release do not compile here.",
    Cause.BUILD_BACKEND: "The program that builds a release ended with an error.",
    Cause.UNKNOWN: "Something failed, and the log does not tell why.",
}
"""Every cause in one sentence."""

_REMEDIES = {
    Cause.MISSING_COMPILER: "install it, or take a release that has a wheel for this platform",
    Cause.MISSING_PROGRAM: "install what brings it, or take a release that has a wheel for this platform",
    Cause.MISSING_MODULE: "the release does not declare that its build needs it: take a later release, or "
    "install it first and build without isolation",
    Cause.NO_MATCHING_DISTRIBUTION: "look at the name, the versions, the index, and whether there is a "
    "file for this platform and Python",
    Cause.CONFLICT: "loosen one of the requirements; stackwright advise tells which",
    Cause.HASH_MISMATCH: "lock anew if the index is to be trusted; otherwise find out who changed the file",
    Cause.NETWORK: "look at the address of the index and at proxies, then try again",
    Cause.CERTIFICATE: "let the installer trust the certificate: pip --cert FILE, SSL_CERT_FILE for uv",
    Cause.DISK_FULL: "make room, or let TMPDIR name another disk",
    Cause.PERMISSION: "install into a virtual environment of your own",
    Cause.OUT_OF_MEMORY: "give it more memory, build in fewer processes, or take a release that has a wheel",
    Cause.TIMEOUT: "try again, with a longer limit",
    Cause.WRONG_PYTHON: "use such a Python, or take a release for this one; stackwright advise finds it",
    Cause.SYNTAX_OF_SETUP: "the release is too old for this Python or its build tools: take a later one",
    Cause.COMPILE_ERROR: "the sources are for another Python or compiler: take a release that has a wheel",
    Cause.BUILD_BACKEND: "look at the lines named here, or take a release that has a wheel for this platform",
    Cause.UNKNOWN: "look at the lines named here; with -v installers tell more",
}


def reason(failure: BuildFailure) -> str:
    """Why it failed, to be read after a colon."""
    thing = failure.missing
    match failure.cause:
        case Cause.MISSING_HEADER:
            return f"the header {thing} is missing"
        case Cause.MISSING_COMPILER:
            return f"there is no {thing}" if "compiler" in thing else f"there is no compiler {thing}".rstrip()
        case Cause.MISSING_LIBRARY:
            return f"the library {thing} is missing"
        case Cause.MISSING_PROGRAM:
            return f"the program {thing} is missing"
        case Cause.MISSING_MODULE:
            return thing if " " in thing else f"its build needs the module {thing}, which is not there"
        case Cause.NO_MATCHING_DISTRIBUTION:
            return f"nothing satisfies {thing}" if thing else "nothing satisfies it"
        case Cause.WRONG_PYTHON:
            return f"it needs {thing}" if thing else "it needs another Python"
        case Cause.CONFLICT:
            told = "; ".join(failure.conflicting)
            return f"these cannot be together: {told}" if told else "requirements contradict each other"
        case Cause.COMPILE_ERROR:
            return "its sources do not compile"
        case Cause.UNKNOWN:
            return "the log does not tell why"
    return _SHORT[failure.cause]


_SHORT = {
    Cause.HASH_MISMATCH: "the file is not the one whose hash was stated",
    Cause.NETWORK: "a server could not be reached, or did not answer as it should",
    Cause.CERTIFICATE: "the certificate of the server is not trusted",
    Cause.DISK_FULL: "the disk is full",
    Cause.PERMISSION: "it may not be done",
    Cause.OUT_OF_MEMORY: "there was not enough memory",
    Cause.TIMEOUT: "it took too long",
    Cause.SYNTAX_OF_SETUP: "the description of its build is not valid",
    Cause.BUILD_BACKEND: "its build ended with an error",
}


def remedies(failure: BuildFailure) -> list[str]:
    """What can be done about it, a line each."""
    if failure.cause is Cause.MISSING_HEADER:
        if failure.missing.rpartition("/")[2] == _PYTHON_HEADER:
            return ["install Python's C headers, or take a release that has a wheel for this platform"]
        name = failure.missing.removesuffix(".h")
        gone = next((version for version, names in _GONE_IN.items() if name in names), None)
        if gone is not None:
            return [f"Python {gone} has no such header any more: take a later release, or an older Python"]
        brings = f"install the development files of the library that brings {failure.missing}"
        return [f"{brings}, or take a release that has a wheel for this platform"]
    if failure.cause is Cause.MISSING_LIBRARY:
        packages = _packages(failure.missing)
        if packages:
            return packages
        return ["install the library with its development files, or take a release that has a wheel"]
    if failure.cause is Cause.BUILD_BACKEND and failure.step is Step.RESOLVE:
        return [_REMEDIES[Cause.UNKNOWN]]
    return [_REMEDIES[failure.cause]]


def _packages(soname: str) -> list[str]:
    """How a shared library is installed, where the table of libraries has it."""
    found = []
    for system in _SYSTEMS:
        environment = RuntimeEnvironment(facts={"os.id": Fact(value=system, source="table of libraries")})
        package = package_of(soname, environment)
        if package is not None:
            found.append(f"{system}: {installer_of(environment)} {package}")
    return found
