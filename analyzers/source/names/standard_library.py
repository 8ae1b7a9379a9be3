"""Which module names belong to the standard library of which Pythons, Python 2 included.

What modules hold, and since when, is told by `signals.python_versions`, whose table has the same spans.

Source: the "What's New" pages, PEP 594 and PEP 632; the rest is what the running Python says of itself.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

PythonVersion = tuple[int, int]

_NEVER = (9999, 0)
_ADDED = {
    (3, 3): "faulthandler ipaddress lzma venv",
    (3, 4): "asyncio ensurepip enum pathlib selectors statistics tracemalloc",
    (3, 5): "typing zipapp",
    (3, 6): "secrets",
    (3, 7): "contextvars dataclasses importlib.resources",
    (3, 8): "importlib.metadata",
    (3, 9): "graphlib zoneinfo",
    (3, 11): "tomllib",
    (3, 14): "annotationlib compression concurrent.interpreters string.templatelib",
    (3, 15): "profiling",
}
_PYTHON_2 = """
    BaseHTTPServer Bastion CGIHTTPServer ConfigParser Cookie DocXMLRPCServer HTMLParser MimeWriter Queue
    ScrolledText SimpleHTTPServer SimpleXMLRPCServer SocketServer StringIO Tkconstants Tkdnd Tkinter Tix
    UserDict UserList UserString __builtin__ _winreg anydbm bsddb cPickle cStringIO commands compiler
    cookielib copy_reg dbhash dircache dumbdbm dummy_thread exceptions future_builtins gdbm hotshot
    htmlentitydefs htmllib httplib ihooks imputil md5 mhlib mimetools mimify multifile mutex new os2emxpath
    popen2 posixfile repr rexec rfc822 robotparser sets sgmllib sha statvfs thread tkColorChooser
    tkCommonDialog tkFileDialog tkFont tkMessageBox tkSimpleDialog toaiff ttk urllib2 urlparse user whichdb
    xmlrpclib
"""
_REMOVED = {
    (3, 0): _PYTHON_2,
    (3, 8): "macpath",
    (3, 9): "_dummy_thread dummy_threading",
    (3, 10): "formatter parser symbol",
    (3, 11): "binhex",
    (3, 12): "asynchat asyncore distutils imp smtpd",
    (3, 13): "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes "
    "sndhdr spwd sunau telnetlib uu xdrlib",
    (3, 15): "sre_compile sre_constants sre_parse",
}
_ALWAYS = frozenset({"__main__", "__pypy__", "_typeshed", "test", "idlelib", "turtledemo"})


def _by_name(table: Mapping[PythonVersion, str]) -> Mapping[str, PythonVersion]:
    return MappingProxyType({name: since for since, names in table.items() for name in names.split()})


@cache
def _since() -> Mapping[str, PythonVersion]:
    return _by_name(_ADDED)


@cache
def _until() -> Mapping[str, PythonVersion]:
    return _by_name(_REMOVED)


@cache
def _ever() -> frozenset[str]:
    return frozenset(sys.stdlib_module_names) | _ALWAYS | {*_since(), *_until()}


def is_standard(module: str, python: PythonVersion | None = None) -> bool:
    """Whether a dotted module belongs to the standard library.

    Args:
        module: its name.
        python: of this Python; None asks for any Python there ever was.
    """
    root = module.partition(".")[0]
    if root not in _ever():
        return False
    return python is None or available_since(module) <= python < available_until(module)


def available_since(module: str) -> PythonVersion:
    """The first Python that has a standard module; (0, 0) for one that has long been there."""
    return _longest(_since(), module, (0, 0))


def available_until(module: str) -> PythonVersion:
    """The first Python that no longer has a standard module, later than any for one that stays."""
    return _longest(_until(), module, _NEVER)


def _longest(table: Mapping[str, PythonVersion], module: str, default: PythonVersion) -> PythonVersion:
    name = module
    while name:
        if name in table:
            return table[name]
        name = name.rpartition(".")[0]
    return default
