from __future__ import annotations

import io
import random
import time
import zipfile
import zlib
from textwrap import dedent

import pytest

from analyzers.api.conditions import Target
from analyzers.api.modules import Modules, Root, source_roots
from analyzers.api.surface import ModuleKey, ModuleSurface
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.api.things import Definition
from analyzers.files import UnreadableError
from analyzers.ranges import BytesReader
from analyzers.source.protocols import Surfaces
from analyzers.trees import MemoryReader
from analyzers.wheels import WheelReader


def _reader(files: dict[str, str]) -> MemoryReader:
    return MemoryReader({path.encode(): dedent(text).encode() for path, text in files.items()})


def _surfaces(files: dict[str, str]) -> DistributionSurfaces:
    return DistributionSurfaces([Root(_reader(files))], Target(python=(3, 11), platform="linux"))


FRAME = {
    "pd/__init__.py": """
        from pd.core.api import *
        from pd.io import read, read_many as many
        from . import core as engine
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from pd.core.group import Grouped
            from pd.types import OnlyTyped
        options = Options()
        alias = read
        """,
    "pd/core/__init__.py": "",
    "pd/core/api.py": "from pd.core.frame import Frame, Series\n__all__ = ['Frame', 'Series']",
    "pd/core/frame.py": """
        from __future__ import annotations
        from other.base import Shared, Missing
        if TYPE_CHECKING:
            from pd.core.group import Grouped
        class Series(Shared):
            def to_frame(self): return Frame(self)
        class Frame(Shared):
            def __init__(self, data=None): self.index = Index(data)
            def __getitem__(self, key) -> Series: ...
            def group(self, by) -> Grouped: ...
            @property
            def first(self) -> Series: ...
            @classmethod
            def make(cls): return cls()
            def find(self) -> Series | None: ...
        class Index: ...
        """,
    "pd/core/group.py": "from pd.core.frame import Frame\nclass Grouped:\n    def mean(self) -> Frame: ...",
    "pd/io.py": """
        from pd.core.frame import Frame as _F, Series
        import contextlib
        def read(path):
            frame = _F(path)
            return frame
        def read_many(path) -> list[_F]: ...
        @contextlib.contextmanager
        def opened(path) -> Iterator[_F]: ...
        async def fetched() -> _F: ...
        def typed() -> 'pathlib.Path': ...
        def untyped(): return other()
        def either(x) -> Series | _F: ...
        """,
    "other/base.py": """
        import abc
        class Root(abc.ABC):
            def me(self): return self
        class Shared(Root):
            def head(self, n=5) -> Self: ...
            def tail(self): return self.head()
        """,
}


def test_is_a_surfaces() -> None:
    surfaces: Surfaces = _surfaces(FRAME)
    assert surfaces.returned("pd.Frame") == "pd.Frame"


@pytest.mark.parametrize(
    ("symbol", "place"),
    [
        ("pd", "pd"),
        ("pd.Frame", "pd.core.frame.Frame"),
        ("pd.many", "pd.io.read_many"),
        ("pd.alias", "pd.io.read"),
        ("pd.engine.frame.Series", "pd.core.frame.Series"),
        ("pd.Frame.head", "other.base.Shared.head"),
        ("pd.Frame().me", "other.base.Root.me"),
        ("pd.read().group", "pd.core.frame.Frame.group"),
        ("pd.options", "pd.options"),
        ("pd.core.frame.Missing", "pd.core.frame.Missing"),
        ("pd.nothing", None),
        ("pd.Frame.nothing", None),
        ("pd.OnlyTyped", None),
        ("nowhere.at.all", None),
        ("pd..x", None),
        ("", None),
    ],
)
def test_canonical(symbol: str, place: str | None) -> None:
    assert _surfaces(FRAME).canonical(symbol) == place


@pytest.mark.parametrize(
    ("symbol", "result"),
    [
        ("pd.Frame", "pd.Frame"),
        ("pd.core.frame.Frame", "pd.core.frame.Frame"),
        ("pd.read", "pd.Frame"),
        ("pd.alias", "pd.Frame"),
        ("pd.many", "builtins.list"),
        ("pd.io.opened", "pd.Frame"),
        ("pd.io.fetched", "pd.Frame"),
        ("pd.Frame.make", "pd.Frame"),
        ("pd.Frame.head", "pd.Frame"),
        ("pd.Frame().tail", "pd.Frame"),
        ("pd.Series.tail", "pd.Series"),
        ("pd.Frame().me", "pd.Frame"),
        ("pd.Frame.find", "pd.Series"),
        ("pd.Series.to_frame", "pd.Frame"),
        ("pd.Frame.group", "pd.core.group.Grouped"),
        ("pd.Frame().group().mean", "pd.Frame"),
        ("pd.Frame()[].head", "pd.Series"),
        ("pd.Frame().first.head", "pd.Series"),
        ("pd.io.untyped", None),
        ("pd.io.either", None),
        ("pd.io.typed", None),
        ("pd.core", None),
        ("pd.nothing", None),
    ],
)
def test_returned(symbol: str, result: str | None) -> None:
    assert _surfaces(FRAME).returned(symbol) == result


def test_members_and_bases() -> None:
    surfaces = _surfaces(FRAME)
    assert surfaces.bases("pd.Frame") == ("other.base.Shared", "other.base.Root")
    assert {"head", "me", "group", "index"} <= set(surfaces.members("pd.Frame") or ())
    assert "Frame" in (surfaces.members("pd") or ())
    assert "OnlyTyped" not in (surfaces.members("pd") or ())
    assert surfaces.members("pd.read") is None


def test_what_lies_outside_is_named() -> None:
    surfaces = _surfaces({"m.py": "import pathlib\nfrom pathlib import Path as P\ndef f() -> P: ..."})
    assert surfaces.returned("m.f") == "pathlib.Path"
    assert surfaces.canonical("m.P") == "pathlib.Path"


def test_star_names() -> None:
    surfaces = _surfaces(
        {
            "a.py": "from b import *\nfrom c import *\nx = _y = 1\nimport os",
            "b.py": "__all__ = ['one', '_two']\none = _two = three = 1",
            "c/__init__.py": "from . import d\nfrom .d import *\n__all__ = ['own', *d.__all__]\nown = 1",
            "c/d.py": "__all__ = ['deep']\ndeep = 1",
        }
    )
    assert set(surfaces.star_names("a") or ()) == {"one", "_two", "own", "deep", "x", "os"}
    assert set(surfaces.star_names("c") or ()) == {"own", "deep"}
    assert surfaces.star_names("nowhere") is None


def test_stubs_tell_types_and_sources_existence() -> None:
    surfaces = _surfaces(
        {
            "m.py": "def f(x, hidden=1): return make()\nclass C:\n    def g(self): ...\n",
            "m.pyi": "from n import D\ndef f(x) -> C: ...\nclass C:\n    def g(self) -> C: ...\nonly: C\n",
            "n.py": "",
        }
    )
    assert surfaces.returned("m.f") == "m.C"
    assert surfaces.returned("m.C.g") == "m.C"
    assert surfaces.canonical("m.only") == "m.only"
    (found,) = surfaces.resolved("m.f")[:1]
    assert isinstance(found, Definition)
    assert [parameter.name for parameter in found.symbol.parameters or ()] == ["x", "hidden"]


def test_stub_distributions_tell_types_alone() -> None:
    surfaces = _surfaces(
        {"m/__init__.py": "def f(): ...", "m-stubs/__init__.pyi": "class C: ...\ndef f() -> C: ...\nonly: C"}
    )
    assert surfaces.returned("m.f") == "m.C"
    assert surfaces.canonical("m.only") is None


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"m.py": "x = 1"}, None),
        ({}, "it is not at hand"),
        ({"m/sub.py": ""}, "it is a namespace package"),
        ({"m.cpython-311-x86_64-linux-gnu.so": ""}, "it is compiled"),
        ({"m.abi3.so": "", "m.pyi": "x: int"}, "it is compiled"),
        ({"m.cp311-win_amd64.pyd": "", "m.py": "x = 1"}, None),
        ({"m.pyi": "x: int"}, "it has a stub alone"),
        ({"m.py": "from n import *"}, "star import of n"),
        ({"m.py": "from n import *", "n.so": ""}, "star import of n: it is compiled"),
        ({"m.py": "from n import *", "n.py": "from m import *"}, None),
        ({"m.py": "from n import *", "n.py": "__all__ = ['a']\nglobals()[k] = 1"}, None),
        ({"m.py": "from n import *", "n.py": "__all__ = ['a'] + f()"}, None),
        ({"m.py": "globals()[k] = 1"}, "globals()[...]"),
        (
            {"m.py": "__getattr__, __dir__, _ = attach_stub(__name__, __file__)"},
            "the stub that completes it is missing",
        ),
        (
            {"m.py": "__getattr__, __dir__, _ = attach_stub(__name__, __file__)", "m.pyi": "from n import x"},
            None,
        ),
    ],
)
def test_open_reason(files: dict[str, str], reason: str | None) -> None:
    assert _surfaces(files).open_reason("m") == reason


def test_the_package_of_a_name_that_is_also_a_submodule() -> None:
    surfaces = _surfaces(
        {
            "p/__init__.py": "from .run import run\nfrom . import util",
            "p/run/__init__.py": "from .run import *",
            "p/run/run.py": "def run() -> Result: ...\nclass Result: ...",
            "p/util.py": "x = 1",
        }
    )
    assert surfaces.canonical("p.run") == "p.run.run.run"
    assert surfaces.canonical("p.run.Result") == "p.run.run.Result"
    assert surfaces.canonical("p.util.x") == "p.util.x"


def test_what_modules_set_on_their_neighbours() -> None:
    surfaces = _surfaces(
        {
            "p/__init__.py": "from . import a\na.late = 1\nsetattr(a, 'later', 2)",
            "p/a.py": "class C:\n    def f(self): self.own = a == 1",
            "q.py": "a.other = 1",
        }
    )
    assert [name for name in ("late", "later", "own", "other", "a") if surfaces.may_be_set("p.a", name)] == [
        "late",
        "later",
    ]


def test_answers_do_not_depend_on_the_order_of_questions() -> None:
    files = {
        "p/__init__.py": "from p import b, a\nfrom p.a import *\nfrom p.b import *",
        "p/a.py": "from p.b import *\nfrom p import b\nclass A: ...\ndef fa() -> B: ...",
        "p/b.py": "from p.a import *\nfrom p import A\nclass B(A): ...\ndef fb() -> A: ...",
    }
    questions = [f"{module}.{name}" for module in ("p", "p.a", "p.b") for name in ("A", "B", "fa", "fb")]
    answers = []
    shuffler = random.Random(1)
    for _ in range(60):
        order = shuffler.sample(questions, len(questions))
        surfaces = _surfaces(files)
        found = {question: (surfaces.canonical(question), surfaces.returned(question)) for question in order}
        answers.append(sorted(found.items()))
    assert all(answer == answers[0] for answer in answers)
    assert dict(answers[0])["p.a.fb"] == ("p.b.fb", "p.A")


def test_namespace_packages_over_several_roots() -> None:
    first, second = _reader({"g/a/__init__.py": "x = 1"}), _reader({"g/b.py": "y = 1"})
    surfaces = DistributionSurfaces([Root(first), Root(second)])
    assert surfaces.canonical("g.a.x") == "g.a.x"
    assert surfaces.canonical("g.b.y") == "g.b.y"


@pytest.mark.slow
@pytest.mark.parametrize(
    "files",
    [
        {"m.py": "from m import x"},
        {"m.py": "from n import x", "n.py": "from m import x"},
        {"m.py": "from n import *", "n.py": "from m import *"},
        {"m.py": "class x(x): ..."},
        {"m.py": "class x(y): ...\nclass y(x): ..."},
        {"m.py": "x = x.x"},
        {"m.py": "def x(): return x()"},
        {"m.py": "def x(): return y()\ndef y(): return x()"},
        {"m.py": "class x:\n  @property\n  def a(self): return self.a\n  def __call__(self): return self()"},
        {"m.py": "x = a0\n" + "\n".join(f"a{n} = a{n + 1}.b if q else a{n + 2}" for n in range(3000))},
    ],
)
def test_circles_end(files: dict[str, str]) -> None:
    started_s = time.process_time()
    surfaces = _surfaces(files)
    for symbol in ("m.x", "m.x().a", "m.x()()", "m.x.x.x", "m.x" + "()" * 400, "m" + ".x" * 900):
        surfaces.canonical(symbol)
        surfaces.returned(symbol)
        surfaces.bases(symbol)
        surfaces.members(symbol)
    surfaces.star_names("m")
    surfaces.open_reason("m")
    assert time.process_time() - started_s < 20


class _Broken(MemoryReader):
    def open(self, path: bytes) -> io.BytesIO:
        raise UnreadableError(path, "refused")


def test_what_cannot_be_read_is_open() -> None:
    surfaces = DistributionSurfaces([Root(_Broken({b"m.py": b"x = 1"}))])
    assert surfaces.open_reason("m") == "it could not be read: refused"
    assert surfaces.canonical("m.x") is None


def _wheel(files: dict[str, str]) -> WheelReader:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return WheelReader(BytesReader(buffer.getvalue()))


def test_the_next_release_reuses_what_is_the_same() -> None:
    known: dict[ModuleKey, ModuleSurface] = {}
    first = Modules([Root(_wheel({"p/__init__.py": "x = 1", "p/a.py": "def f(): ..."}))], known=known).whole()
    assert sorted(first.modules) == ["p", "p.a"]
    assert len(known) == 2
    second = {"p/__init__.py": "x = 1\ny = 2", "p/a.py": "def f(): ...", "p/tests/b.py": "", "p/c.so": ""}
    whole = Modules([Root(_wheel(second))], known=known).whole()
    assert whole.modules["p.a"] == first.modules["p.a"]
    assert whole.modules["p"] != first.modules["p"]
    assert whole.extensions == ("p.c",)
    assert len(known) == 3


def test_a_member_of_a_wheel_with_a_known_checksum_is_not_read() -> None:
    told = ModuleSurface(open=("told before",))
    known = {ModuleKey("m.py", zlib.crc32(b"x = 1"), 5): told}
    surfaces = DistributionSurfaces([Root(_wheel({"m.py": "x = 1"}))], known=known)
    assert surfaces.open_reason("m") == "told before"


@pytest.mark.parametrize("path", ["p-1/src/p/__init__.py", "p-1/p/__init__.py", "src/p.py", "p.py"])
def test_source_roots(path: str) -> None:
    beside = f"{path.split('/')[0]}/setup.py" if path.startswith("p-1") else "setup.py"
    surfaces = DistributionSurfaces(source_roots(_reader({path: "x = 1", beside: ""})))
    assert surfaces.canonical("p.x") == "p.x"


def test_whole_survives_what_cannot_be_read() -> None:
    whole = Modules([Root(_Broken({b"m.py": b"x = 1", b"n.so": b""}))]).whole()
    assert whole.unreadable == (("m.py", "refused"),)
