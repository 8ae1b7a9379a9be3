from __future__ import annotations

from textwrap import dedent

import pytest

from analyzers.api.missing import missing
from analyzers.api.modules import Root
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.evidence import Confidence, Evidence, Finding, Level, Location
from analyzers.source.records import UseKind
from analyzers.source.signals.demand import ApiDemand, DemandSite, SymbolDemand
from analyzers.trees import MemoryReader

FILES = {
    "p/__init__.py": """
        from p.sub import f, C
        from p.compiled import g
        from q import elsewhere
        from q import absent
        late = 1
        """,
    "p/sub.py": """
        import functools
        def f(a, b=1, *, c=2): ...
        def any(*args, **kwargs): ...
        def strict(a, b, *, c): ...
        @unknown
        def hidden(a): ...
        @functools.lru_cache
        def cached(a): ...
        if q:
            def either(a): ...
        else:
            def either(a, b): ...
        class C:
            def __init__(self, x, y=1):
                self.x = x
            def m(self, a, *, k=1): ...
            @classmethod
            def make(cls, a): ...
            @staticmethod
            def s(a): ...
            def other(self) -> "C": ...
        class New:
            def __new__(cls, *args): ...
            def __init__(self, x): ...
        class Plain: ...
        class Open(Elsewhere):
            def __init__(self, x): ...
        @dataclass
        class Data:
            a: int
        """,
    "p/compiled.so": "",
    "p/lazy.py": "def __getattr__(name): return load(name)",
    "p/set.py": "from . import sub\nsub.added = 1",
    "q.py": "elsewhere = 1",
    "space/a.py": "",
    "space/pack/__init__.py": "from . import inner",
    "space/pack/inner.py": "",
}


@pytest.fixture
def surfaces() -> DistributionSurfaces:
    reader = MemoryReader({path.encode(): dedent(text).encode() for path, text in FILES.items()})
    return DistributionSurfaces([Root(reader)])


def _found(
    surfaces: DistributionSurfaces, symbol: str, kind: UseKind = UseKind.ATTRIBUTE, **arguments: object
) -> list[Finding]:
    wanted = SymbolDemand(symbol=symbol, kind=kind, **arguments)  # type: ignore[arg-type]
    return missing(ApiDemand(distribution="p", required=(wanted,)), surfaces, "p 1.0")


@pytest.mark.parametrize(
    "symbol",
    [
        "p",
        "p.f",
        "p.sub",
        "p.sub.f",
        "p.late",
        "p.C.m",
        "p.C().m",
        "p.C().x",
        "p.C().x.anything",
        "p.C().other().m",
        "p.C.__name__",
        "p.C.mro",
        "p.__version__",
        "p.g",
        "p.g.anything",
        "p.compiled.anything",
        "p.lazy.anything",
        "p.sub.added",
        "p.sub.Open.anything",
        "p.elsewhere",
        "p.absent",
        "p.f().anything",
        "space.anything",
        "space.pack.inner",
        "nowhere.thing",
    ],
)
def test_what_is_there_or_not_known_is_not_missing(surfaces: DistributionSurfaces, symbol: str) -> None:
    assert _found(surfaces, symbol) == []


@pytest.mark.parametrize(
    ("symbol", "confidence"),
    [
        ("p.gone", Confidence.LIKELY),
        ("p.sub.gone", Confidence.LIKELY),
        ("p.gone.deeper", Confidence.LIKELY),
        ("p.sub.gone().deeper", Confidence.LIKELY),
        ("q.gone", Confidence.LIKELY),
        ("space.pack.gone", Confidence.LIKELY),
        ("space.pack.inner.gone", Confidence.LIKELY),
        ("p.C.gone", Confidence.POSSIBLE),
        ("p.C().gone", Confidence.POSSIBLE),
        ("p.C().other().gone", Confidence.POSSIBLE),
    ],
)
def test_what_is_missing(surfaces: DistributionSurfaces, symbol: str, confidence: Confidence) -> None:
    (finding,) = _found(surfaces, symbol, sites=(DemandSite("a.py", 3, 7), DemandSite("b.ipynb", 1, 2, 4)))
    assert finding.id == "missing-api"
    assert finding.level is (Level.ERROR if confidence is Confidence.LIKELY else Level.WARNING)
    assert finding.message.startswith(f"p 1.0 has no {symbol}: nothing ")
    assert finding.location == Location(path="a.py", line=3, column=7)
    assert finding.evidence == (
        Evidence(what=f"attribute of {symbol}", where="a.py:3:7", confidence=confidence),
        Evidence(what=f"attribute of {symbol}", where="b.ipynb[4]:1:2", confidence=confidence),
    )


@pytest.mark.parametrize(
    ("symbol", "positional", "keywords"),
    [
        ("p.f", 1, ("b", "c")),
        ("p.f", 2, ()),
        ("p.sub.any", 9, ("z",)),
        ("p.sub.strict", 1, ("b", "c")),
        ("p.sub.hidden", 0, ("z",)),
        ("p.sub.cached", 1, ()),
        ("p.sub.either", 2, ()),
        ("p.C", 1, ("y",)),
        ("p.C().m", 1, ("k",)),
        ("p.C.m", 2, ()),
        ("p.C.m", 1, ()),
        ("p.C.make", 1, ()),
        ("p.C.s", 1, ()),
        ("p.C().s", 1, ()),
        ("p.sub.New", 3, ()),
        ("p.sub.Plain", 3, ()),
        ("p.sub.Open", 3, ()),
        ("p.sub.Data", 1, ("b",)),
        ("p.late", 1, ("z",)),
        ("p.g", 1, ("z",)),
    ],
)
def test_calls_that_may_work(
    surfaces: DistributionSurfaces, symbol: str, positional: int, keywords: tuple[str, ...]
) -> None:
    assert _found(surfaces, symbol, UseKind.CALL, positional=positional, keywords=keywords) == []


@pytest.mark.parametrize(
    ("symbol", "positional", "keywords", "reason", "confidence"),
    [
        ("p.f", 1, ("gone",), "takes no argument gone", Confidence.LIKELY),
        ("p.f", 3, (), "takes at most 2 positional arguments, not 3", Confidence.LIKELY),
        ("p.f", 0, (), "requires the argument a", Confidence.LIKELY),
        ("p.sub.strict", 1, (), "requires the argument b and c", Confidence.LIKELY),
        ("p.sub.cached", 0, ("z",), "takes no argument z", Confidence.LIKELY),
        ("p.sub.either", 3, (), "takes at most 1 positional arguments, not 3", Confidence.LIKELY),
        ("p.C", 1, ("z",), "takes no argument z", Confidence.LIKELY),
        ("p.C", 0, (), "requires the argument x", Confidence.LIKELY),
        ("p.C.make", 2, (), "takes at most 1 positional arguments, not 2", Confidence.LIKELY),
        ("p.C().m", 1, ("z",), "takes no argument z", Confidence.POSSIBLE),
        ("p.C().m", 2, (), "takes at most 1 positional arguments, not 2", Confidence.POSSIBLE),
        ("p.C().s", 2, (), "takes at most 1 positional arguments, not 2", Confidence.POSSIBLE),
    ],
)
def test_calls_that_cannot_work(
    surfaces: DistributionSurfaces,
    symbol: str,
    positional: int,
    keywords: tuple[str, ...],
    reason: str,
    confidence: Confidence,
) -> None:
    arguments = {"positional": positional, "keywords": keywords, "sites": (DemandSite("a.py", 1, 1),)}
    (finding,) = _found(surfaces, symbol, UseKind.CALL, **arguments)
    assert finding.message == f"{symbol} of p 1.0 {reason}"
    assert finding.evidence[0].confidence is confidence


def test_star_arguments_may_give_what_is_required(surfaces: DistributionSurfaces) -> None:
    assert _found(surfaces, "p.sub.strict", UseKind.CALL, star_arguments=True) == []
    assert _found(surfaces, "p.f", UseKind.CALL, star_arguments=True, keywords=("gone",)) != []


def test_a_decorator_that_is_not_called_is_no_call(surfaces: DistributionSurfaces) -> None:
    assert _found(surfaces, "p.sub.strict", UseKind.DECORATOR) == []


def test_optional_demands_are_never_missing(surfaces: DistributionSurfaces) -> None:
    wanted = SymbolDemand(symbol="p.gone", kind=UseKind.ATTRIBUTE)
    assert missing(ApiDemand(distribution="p", optional=(wanted,)), surfaces, "p 1.0") == []


def test_one_finding_for_one_lack(surfaces: DistributionSurfaces) -> None:
    required = tuple(SymbolDemand(symbol="p.gone", kind=kind) for kind in (UseKind.CALL, UseKind.IMPORT))
    assert len(missing(ApiDemand(distribution="p", required=required), surfaces, "p 1.0")) == 1
