"""Attributes that an object of a class of the stack is sure not to have.

Its class, and all above it, are known in full; it was made by a call of its class that was followed to its
end, and nothing that is not followed got hold of it; and no code that was read sets such an attribute on
anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzers.importing.calls import followed_body
from analyzers.importing.classes import ABSENT, looked_up
from analyzers.importing.values import Class, Function, Instance

_ANSWERING = ("__getattr__", "__getattribute__", "__setattr__", "__new__", "__init_subclass__")
_WRITES = re.compile(r"\b(?:locals|vars)[ \t]*\(|\b__dict__\b|\bsetattr[ \t]*\(|\b__setattr__\b")


class AbsentAttributes:
    """Tells what objects do not have.

    Args:
        texts: of the modules that were executed, by name.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def lacks(self, instance: Instance, name: str) -> bool:
        """Whether ``instance.name`` fails for certain."""
        cls = instance.of
        if name.startswith("_") or instance.is_open or cls.is_open or "__class__" in instance.attributes:
            return False
        if name in instance.attributes or looked_up(cls.lineage, name, is_open=False) is not ABSENT:
            return False
        for each in cls.lineage:
            if isinstance(each, Class) and not self._is_plain(each):
                return False
        return not any(_may_set(text, name) for text in self._texts.values())

    def _is_plain(self, cls: Class) -> bool:
        """Whether nothing gives objects of a class attributes that are not spelled."""
        if cls.is_open or cls.module.is_broken_off or any(each in cls.namespace for each in _ANSWERING):
            return False
        starting = cls.namespace.get("__init__")
        if starting is not None and (not isinstance(starting, Function) or followed_body(starting) is None):
            return False
        return _WRITES.search(self._texts.get(cls.module.name, "")) is None


def _may_set(text: str, name: str) -> bool:
    """Whether code may give an object an attribute, which it must spell for that."""
    if name not in text:
        return False
    told = re.escape(name)
    # As the target of any assignment, as text, or as what a class declares.
    spelled = (
        rf"\.{told}\s*(?:[=:,\)\]]|[-+*/%@&|^<>]+=|\bin\b)|['\"]{told}['\"]|^\s*{told}\s*:|\bdef\s+{told}\b"
    )
    return re.search(spelled, text.replace(f".{name} ==", ""), re.MULTILINE) is not None
