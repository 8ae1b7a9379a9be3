"""Which classes take other arguments than their ``__init__`` says."""

from __future__ import annotations

import pytest

from analyzers.importing.failures import FailureKind
from fakes.sources.simulated_imports import assert_clean, failure


@pytest.mark.parametrize(
    "library",
    [
        "import enum\nclass A(enum.Enum):\n    ONE = (1, 2)\n    def __init__(self, a, b): ...",
        (
            "from dataclasses import dataclass\nclass B:\n    def __init__(self): ...\n"
            "@dataclass\nclass A(B):\n    x: int"
        ),
        (
            "from dataclasses import dataclass\nclass B:\n    def __init__(self): ...\n"
            "@dataclass(frozen=True)\nclass C(B):\n    x: int\nclass A(C): ..."
        ),
        (
            "class M(type):\n    def __call__(cls, *args):\n        return super().__call__()\n"
            "class A(metaclass=M):\n    def __init__(self): ..."
        ),
        (
            "class M(type):\n    def __call__(cls, *args):\n        return super().__call__()\n"
            "class B(metaclass=M): ...\nclass A(B):\n    def __init__(self): ..."
        ),
        "import lib2\nclass B:\n    def __init__(self): ...\nclass A(B, metaclass=lib2.M): ...",
        (
            "class B:\n    def __init__(self): ...\n    def __init_subclass__(cls):\n"
            "        cls.__init__ = lambda self, x: None\nclass A(B): ..."
        ),
        "class A:\n    def __new__(cls, x):\n        return object.__new__(cls)",
    ],
)
def test_classes_that_are_called_otherwise_than_their_base_says(library: str) -> None:
    other = "class M(type):\n    def __init__(cls, *_):\n        cls.__init__ = lambda self, x: None"
    assert_clean("import lib\nlib.A(1)", {"lib.py": library, "lib2.py": other})


def test_a_plain_metaclass_changes_no_call() -> None:
    library = "import abc\nclass A(metaclass=abc.ABCMeta):\n    def __init__(self): ..."
    assert failure("import lib\nlib.A(1)", {"lib.py": library}).kind is FailureKind.ARGUMENTS
