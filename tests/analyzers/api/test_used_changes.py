"""Which changes concern what code uses, by path, definition and arguments."""

from __future__ import annotations

from analyzers.api.changes import ApiChange, UsedAt, Weight
from analyzers.api.comparison import compared
from analyzers.api.used_changes import told, with_uses
from analyzers.source.records import UseKind
from analyzers.source.signals.demand import ApiDemand, DemandSite, SymbolDemand
from fakes.indexes.packages import offered, surfaces_of

SITE = DemandSite(file="app.py", line=3, column=1)
BEFORE = {
    "lib/__init__.py": "from lib.a import C, f\nfrom os import path\n",
    "lib/a.py": "class C:\n    def m(self, a, b=1): ...\ndef f(a, b=1, c=2): ...\n",
}


def use(symbol: str, kind: UseKind = UseKind.CALL, positional: int = 0, *keywords: str) -> SymbolDemand:
    return SymbolDemand(symbol=symbol, kind=kind, positional=positional, keywords=keywords, sites=(SITE,))


def used(after: dict[str, str], *wanted: SymbolDemand, guarded: bool = False) -> list[ApiChange]:
    demand = ApiDemand(distribution="lib", required=wanted)
    if guarded:
        demand = ApiDemand(distribution="lib", optional=wanted)
    changes = compared(offered(BEFORE), offered(after))
    return [each for each in with_uses(changes, demand, surfaces_of(BEFORE)) if each.used]


def test_methods_of_instances_are_found_by_their_definition() -> None:
    after = {**BEFORE, "lib/a.py": "class C: ...\ndef f(a, b=1, c=2): ...\n"}
    (change,) = used(after, use("lib.C().m"))
    assert (change.path, change.used) == ("lib.C.m", (UsedAt(where="app.py:3"),))


def test_parameters_concern_calls_that_pass_them() -> None:
    after = {**BEFORE, "lib/a.py": BEFORE["lib/a.py"].replace(", b=1, c=2", "")}
    assert {each.parameter for each in used(after, use("lib.f", UseKind.CALL, 2))} == {"b"}
    assert {each.parameter for each in used(after, use("lib.f", UseKind.CALL, 1, "c"))} == {"c"}
    assert used(after, use("lib.f", UseKind.CALL, 1)) == []
    assert used(after, use("lib.f", UseKind.ATTRIBUTE)) == []


def test_required_parameters_and_defaults_concern_calls_that_do_not_pass_them() -> None:
    after = {**BEFORE, "lib/a.py": BEFORE["lib/a.py"].replace("c=2", "c=3").replace("f(a, b=1", "f(a, b")}
    found = used(after, use("lib.f", UseKind.CALL, 1, "c"))
    assert [each.parameter for each in found] == ["b"]
    assert [each.parameter for each in used(after, use("lib.f", UseKind.CALL, 2))] == ["c"]


def test_what_is_used_and_gone_breaks_whether_or_not_it_was_meant_for_others() -> None:
    after = {**BEFORE, "lib/__init__.py": "from lib.a import C, f\n"}
    (change,) = used(after, use("lib.path", UseKind.ATTRIBUTE))
    assert (change.weight, change.what) == (Weight.BREAKING, "outside")
    (guarded,) = used(after, use("lib.path", UseKind.ATTRIBUTE), guarded=True)
    assert (guarded.weight, guarded.used[0].is_guarded) == (Weight.NOTABLE, True)
    assert told(compared(offered(BEFORE), offered(after))) == ()
    assert told([change]) == (change,)


def test_a_module_that_is_gone_concerns_everything_below_it() -> None:
    found = used({"lib/__init__.py": ""}, use("lib.a.f"), use("lib.b"))
    assert {(each.path, each.what) for each in found} == {("lib.a", "module"), ("lib.f", "function")}
