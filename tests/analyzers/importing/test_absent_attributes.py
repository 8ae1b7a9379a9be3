"""Attributes that objects of a class of another distribution surely lack, and what they may have."""

from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from analyzers.importing.failures import FailureKind
from fakes.sources.simulated_imports import assert_clean, failure

_LIBRARY = """
    class Base:
        def kept(self): ...
    class Client(Base):
        def __init__(self, address):
            self.address = address
    def connect(address):
        return Client(address)
    """


@pytest.mark.parametrize(
    "code",
    ["lib.Client(1).gone()", "client = lib.connect(1)\nclient.kept()\nclient.gone", "lib.connect(1).gone"],
)
def test_what_no_class_above_it_has(code: str) -> None:
    found = failure(f"import lib\n{code}", {"lib.py": _LIBRARY})
    assert (found.kind, found.message, found.provider, found.confidence) == (
        FailureKind.ATTRIBUTE, "'Client' object has no attribute 'gone'", "lib", Confidence.CERTAIN,
    )  # fmt: skip
    assert_clean(f"import lib\n{code}".replace("gone", "kept"), {"lib.py": _LIBRARY})


def test_a_library_that_calls_what_another_one_lost() -> None:
    files = {"user.py": "def use(client):\n    return client.gone()\n", "lib.py": _LIBRARY}
    found = failure("import lib, user\nuser.use(lib.connect(1))", files)
    assert (str(found.consumer), found.provider) == ("user.py:2", "lib")


@pytest.mark.parametrize(
    "code",
    [
        "client.gone = 1\nclient.gone",
        "opaque(client)\nclient.gone",
        "class Holder: ...\nheld = Holder()\nheld.one = client\nopaque(held)\nclient.gone",
        "setattr(client, name(), 1)\nclient.gone",
        "client.__dict__.update(x)\nclient.gone",
        "vars(client).update(x)\nclient.gone",
        "client.__class__ = other()\nclient.gone",
        "lib.Base.gone = 1\nclient.gone",
        "def later():\n    lib.Base.gone = 1\nopaque(later)\nclient.gone",
        "opaque(lib, 'gone')\nclient.gone",
        "if opaque():\n    client.gone",
        "try:\n    client.gone\nexcept AttributeError:\n    pass",
        "if hasattr(client, 'gone'):\n    client.gone",
        "def later():\n    client.gone",
    ],
)
def test_what_may_be_given_to_it(code: str) -> None:
    assert_clean(f"import lib\nclient = lib.connect(1)\n{code}", {"lib.py": _LIBRARY})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("class Base:", "class Base(opaque()):"),
        ("class Base:", "class Base(metaclass=opaque()):"),
        ("class Base:", "class Base(dict):"),
        ("class Base:", "class Base:\n        gone: int"),
        ("class Base:", "class Base:\n        __slots__ = ('gone',)"),
        ("class Base:", "class Base:\n        def __getattr__(self, name): ..."),
        ("class Base:", "class Base:\n        locals().update(opaque())"),
        ("class Base:", "class Base:\n        def __new__(cls, *given): ..."),
        ("class Base:", "class Base:\n        def fill(self): self.gone = 1"),
        ("class Base:", "class Base:\n        def fill(self): self.other, self.gone = 1, 2"),
        ("class Base:", "class Base:\n        def fill(self, name): setattr(self, name, 1)"),
        ("class Client", "@opaque\n    class Client"),
        ("def __init__", "@opaque\n        def __init__"),
        ("self.address = address", "self.__dict__.update(address)"),
        ("return Client(address)", "return Client(address) if address else None"),
    ],
)
def test_classes_that_are_not_known_in_full(before: str, after: str) -> None:
    assert _LIBRARY.count(before) == 1
    code = "import lib\nclient = lib.connect(opaque())\nclient.gone"
    library = _LIBRARY.replace(before, after)
    assert_clean(code, {"lib.py": library})
