"""Names that functions make as modules are imported, against what `dir` says after importing them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.indexes.in_memory import names_when_imported
from fakes.indexes.packages import offered, surfaces_of

WALKERS = {
    "deep": "def below(cls):\n    stack = [cls]\n    while stack:\n        c = stack.pop()\n"
    "        stack.extend(c.__subclasses__())\n        yield c\n",
    "recursive": "def below(cls):\n    for c in cls.__subclasses__():\n        yield c\n"
    "        yield from below(c)\n",
    "direct": "def below(cls):\n    return cls.__subclasses__()\n",
}
KEYS = (
    "'Made' + cls.__name__",
    "'Made%s' % cls.__name__",
    "f'Made{cls.__name__}'",
    "'Made{}'.format(cls.__name__)",
    "type('Made%s' % cls.__name__, (), {}).__name__",
)
TREES = st.lists(st.integers(0, 6), max_size=6)
"""For each class the number of its base, among those before it."""


def _classes(tree: list[int], root: str = "Root") -> str:
    names = [root]
    lines = []
    for number, at in enumerate(tree):
        lines.append(f"class C{number}({names[at % len(names)]}): pass\n")
        names.append(f"C{number}")
    return "".join(lines)


def _told(files: dict[str, str]) -> dict[str, set[str]]:
    return {module.name: {offer.name for offer in module.offers} for module in offered(files).modules}


@settings(max_examples=40)
@given(TREES, TREES, st.sampled_from(sorted(WALKERS)), st.sampled_from(KEYS))
def test_names_of_subclasses_at_the_time_of_the_call(
    before: list[int], after: list[int], walker: str, key: str
) -> None:
    files = {
        "lib/__init__.py": "",
        "lib/walk.py": WALKERS[walker],
        "lib/making.py": "from .walk import below\n\ndef _make(cls):\n"
        f"    globals()[{key}] = type(cls)\n\ndef _all(root):\n    for cls in below(root):\n"
        "        _make(cls)\n",
        "lib/tree.py": "class Root: pass\n" + _classes(before),
        "lib/start.py": "from .tree import Root as Top\n\ndef _go():\n    from .making import _all\n"
        "    _all(Top)\n\n_go()\n",
        "lib/late.py": "from .tree import Root\n" + _classes(after).replace("C", "Late"),
    }
    assert _told(files) == names_when_imported(files)


@settings(max_examples=40)
@given(TREES, TREES, st.sampled_from(KEYS))
def test_names_of_classes_as_they_are_made(first: list[int], second: list[int], key: str) -> None:
    files = {
        "lib/__init__.py": "",
        "lib/base.py": "class Root:\n    def __init_subclass__(cls):\n        cls._note(cls.__name__)\n\n"
        "    @classmethod\n    def _note(cls, text):\n"
        f"        globals()[{key.replace('cls.__name__', 'text')}] = cls\n\n" + _classes(first),
        "lib/more.py": "from .base import Root\n\nclass Holder:\n    class Within(Root): pass\n\n"
        + _classes(second).replace("C", "D"),
    }
    assert _told(files) == names_when_imported(files)


@given(st.lists(st.from_regex(r"[a-z]{1,4}", fullmatch=True), min_size=1, max_size=4, unique=True))
def test_names_of_texts(words: list[str]) -> None:
    files = {
        "lib/__init__.py": "",
        "lib/making.py": "def make(name, value):\n    globals()[f'{name}_made'] = value\n"
        "def pair(name):\n    make('x' + name, 1)\n    make(name + 'y', 2)\nmake('one', 1)\n",
        "lib/start.py": f"from .making import make, pair\nfor word in {words!r}:\n    make(word, 1)\n"
        "    pair(word)\n",
    }
    assert _told(files)["lib.making"] == names_when_imported(files)["lib.making"]


def test_classes_that_a_function_leaves_alone() -> None:
    files = {
        "lib/__init__.py": "",
        "lib/a.py": "class Root: pass\nclass Plain(Root): pass\nclass Wrapped(Root): pass\n"
        "class Deep(Wrapped): pass\ndef make(cls):\n    if issubclass(cls, Wrapped):\n        return\n"
        "    globals()['Made' + cls.__name__] = cls\ndef go():\n    for c in Root.__subclasses__():\n"
        "        make(c)\nmake(Root)\nmake(Deep)\nmake(Plain)\n",
    }
    assert _told(files) == names_when_imported(files)


def test_a_module_with_such_names_stays_open() -> None:
    surfaces = surfaces_of({"lib.py": "def make(name):\n    globals()['a' + name] = 1\nmake('b')\n"})
    assert surfaces.open_reason("lib") is not None


SETTING = (
    "base.late = 1",
    "setattr(base, 'late', 1)",
    "vars(base)['late'] = 1",
    "base.__dict__['late'] = 1",
    "for name in ('late', 'later'): setattr(base, name, 1)",
    "for name in ('t', 'ter'): vars(base)[f'la{name}'] = 1",
    "base.__dict__.update({'late': 1, 'later': 2})",
    "base.late = base.later = 3",
)
PLACES = (
    "from . import base\n{0}\n",
    "import lib.base as base\nif True:\n    {0}\n",
    "def _go():\n    from . import base\n    {0}\n_go()\n",
    "from . import base\ndef _go(base):\n    {0}\n_go(base)\n",
    "from . import base\ndef _go():\n    {0}\ndef _first():\n    _go()\n_x = _first()\n",
    "def _go(base):\n    {0}\ndef _first():\n    from . import base as b\n    _go(b)\n_first()\n",
)


@pytest.mark.parametrize("statement", SETTING)
@pytest.mark.parametrize("place", PLACES)
def test_names_set_by_another_module(place: str, statement: str) -> None:
    if statement.startswith(("for", "base.__dict__.update")) and "if True" in place:
        place = place.replace("if True:\n    {0}", "{0}")
    files = {"lib/__init__.py": "", "lib/base.py": "x = 1\n", "lib/more.py": place.format(statement)}
    assert _told(files)["lib.base"] == names_when_imported(files)["lib.base"]
    assert next(each for each in offered(files).modules if each.name == "lib.base").open is None


@pytest.mark.parametrize(
    "statement",
    [
        "setattr(base, name(), 1)",
        "for key in load(): setattr(base, key, 1)",
        "vars(base).update(load())",
        "base.__dict__[load()] = 1",
    ],
)
@pytest.mark.parametrize("place", PLACES)
def test_computed_names_set_by_another_module_leave_it_open(place: str, statement: str) -> None:
    if statement.startswith("for"):
        place = place.replace("if True:\n    {0}", "{0}")
    files = {"lib/__init__.py": "", "lib/base.py": "x = 1\n", "lib/more.py": place.format(statement)}
    assert next(each for each in offered(files).modules if each.name == "lib.base").open is not None
    assert surfaces_of(files).may_be_set("lib.base", "anything")
    assert not surfaces_of(files).may_be_set("lib.more", "anything")


@pytest.mark.parametrize(
    "text",
    [
        "def _go():\n    from . import base\n    base.late = 1\n",
        "import typing\ndef _go():\n  from . import base\n  if typing.TYPE_CHECKING: base.late = 1\n_go()\n",
        "def _go():\n    from . import base\n    def inner():\n        base.late = 1\n_go()\n",
        "from . import base\ndef _go(base):\n    base.late = 1\n_go(object)\n",
        "def _go():\n    from . import base\n    base.late = 1\nif __name__ == '__main__':\n    _go()\n",
        "def _go():\n    from . import base\n    yield 1\n    base.late = 1\n_go()\n",
    ],
)
def test_what_does_not_run_sets_nothing(text: str) -> None:
    files = {"lib/__init__.py": "", "lib/base.py": "x = 1\n", "lib/more.py": text}
    assert _told(files)["lib.base"] == {"x"}


def test_functions_that_call_each_other_without_end() -> None:
    text = (
        "def a(x):\n    b(x)\n    a(x.y)\ndef b(x):\n    a(x)\n    x.late = 1\nfrom . import base\na(base)\n"
    )
    files = {"lib/__init__.py": "", "lib/base.py": "x = 1\n", "lib/more.py": text}
    assert "late" in _told(files)["lib.base"]
