from __future__ import annotations

from collections.abc import Mapping

import pytest

from analyzers.evidence import Confidence
from analyzers.source.records import DistributionMatch, Guard, Import, ImportKind, Role, Use, UseKind
from analyzers.source.signals.demand import ApiDemand, DemandSite, SymbolDemand, demands

DISTRIBUTIONS: Mapping[str, str] = {
    "np": "numpy",
    "g.storage": "g-storage",
    "g.auth": "g-auth",
    "yaml": "pyyaml",
}


def _import(
    module: str,
    name: str | None = None,
    *,
    file: str = "a.py",
    line: int = 1,
    guard: tuple[Guard, ...] = (),
    role: Role = Role.MAIN,
    kind: ImportKind = ImportKind.STATIC,
) -> Import:
    found = next(
        (each for prefix, each in DISTRIBUTIONS.items() if f"{module}.".startswith(f"{prefix}.")), None
    )
    match = (
        (DistributionMatch(name=found, confidence=Confidence.CERTAIN, source="installed"),) if found else ()
    )
    return Import(
        file=file,
        line=line,
        column=1,
        end_line=line,
        end_column=2,
        module=module,
        name=name,
        guard=guard,
        role=role,
        kind=kind,
        distributions=match,
    )


def _use(
    symbol: str,
    kind: UseKind = UseKind.ATTRIBUTE,
    *,
    file: str = "a.py",
    line: int = 5,
    guard: tuple[Guard, ...] = (),
    role: Role = Role.MAIN,
    positional: int = 0,
    keywords: tuple[str, ...] = (),
) -> Use:
    return Use(
        file=file,
        line=line,
        column=1,
        end_line=line,
        end_column=9,
        symbol=symbol,
        kind=kind,
        positional=positional,
        keywords=keywords,
        guard=guard,
        role=role,
    )


def _symbols(found: tuple[ApiDemand, ...]) -> dict[str, tuple[list[str], list[str]]]:
    return {
        each.distribution: (
            sorted({wanted.symbol for wanted in each.required}),
            sorted({wanted.symbol for wanted in each.optional}),
        )
        for each in found
    }


def test_what_is_set_is_not_demanded() -> None:
    found = demands([_use("np.a", UseKind.STORE), _use("np.b")], [_import("np")])
    assert _symbols(found) == {"numpy": (["np", "np.b"], [])}


def test_groups_by_distribution_symbol_and_arguments() -> None:
    call = UseKind.CALL
    found = demands(
        [
            _use("np.zeros", call, line=7, positional=1, keywords=("order", "dtype")),
            _use("np.zeros", call, line=5, positional=1, keywords=("dtype", "order")),
            _use("np.zeros", call, line=9, positional=1),
            _use("yaml.load().get", call),
            _use("unknown.thing"),
        ],
        [_import("np"), _import("yaml", "load")],
    )
    assert [each.distribution for each in found] == ["numpy", "pyyaml"]
    assert found[0].required[1:] == (
        SymbolDemand(symbol="np.zeros", kind=call, positional=1, sites=(DemandSite("a.py", 9, 1),)),
        SymbolDemand(
            symbol="np.zeros",
            kind=call,
            positional=1,
            keywords=("dtype", "order"),
            count=2,
            sites=(DemandSite("a.py", 5, 1), DemandSite("a.py", 7, 1)),
        ),
    )
    assert [wanted.symbol for wanted in found[1].required] == ["yaml.load", "yaml.load().get"]


def test_the_longest_path_tells_the_distribution() -> None:
    found = demands(
        [_use("g.storage.Client"), _use("g.auth.default"), _use("g.other.thing")],
        [_import("g.storage", "Client"), _import("g.auth"), _import("g.other")],
    )
    assert _symbols(found) == {
        "g-auth": (["g.auth", "g.auth.default"], []),
        "g-storage": (["g.storage.Client"], []),
    }


@pytest.mark.parametrize("guard", [Guard.IMPORT_ERROR, Guard.HASATTR, Guard.VERSION, Guard.PLATFORM])
def test_what_is_guarded_is_optional(guard: Guard) -> None:
    found = demands([_use("np.a", guard=(guard,)), _use("np.b")], [_import("np")])
    assert _symbols(found) == {"numpy": (["np", "np.b"], ["np.a"])}


def test_what_is_reached_through_guarded_imports_is_optional() -> None:
    guarded = _import("np", guard=(Guard.IMPORT_ERROR,))
    elsewhere = _import("np", file="b.py")
    found = demands([_use("np.a"), _use("np.b", file="b.py")], [guarded, elsewhere])
    assert _symbols(found) == {"numpy": (["np", "np.b"], ["np", "np.a"])}


def test_one_import_without_a_guard_is_enough() -> None:
    imports = [_import("np", guard=(Guard.IMPORT_ERROR,)), _import("np", line=3)]
    assert _symbols(demands([_use("np.a")], imports))["numpy"][0] == ["np", "np.a"]
    assert _symbols(demands([_use("np.a")], imports[::-1]))["numpy"][0] == ["np", "np.a"]


def test_what_type_checkers_see_is_no_demand() -> None:
    found = demands(
        [_use("np.a"), _use("yaml.b", guard=(Guard.TYPE_CHECKING,))],
        [_import("np", guard=(Guard.TYPE_CHECKING,)), _import("yaml")],
    )
    assert _symbols(found) == {"pyyaml": (["yaml"], [])}


@pytest.mark.parametrize("role", [Role.TEST, Role.DOCS, Role.BUILD])
def test_only_main_code_demands(role: Role) -> None:
    assert demands([_use("np.a", role=role)], [_import("np", role=role)]) == ()


def test_a_star_import_demands_the_module() -> None:
    found = demands([], [_import("np.linalg", "*", kind=ImportKind.STAR)])
    assert _symbols(found) == {"numpy": (["np.linalg"], [])}


def test_a_use_through_another_file() -> None:
    found = demands([_use("np.array", file="b.py")], [_import("np.linalg", "norm")])
    assert _symbols(found) == {"numpy": (["np.array", "np.linalg.norm"], [])}


def test_sites_are_the_first_few() -> None:
    (found,) = demands([_use("np.a", line=line) for line in range(50, 0, -1)], [_import("np")])
    wanted = next(each for each in found.required if each.symbol == "np.a")
    assert wanted.count == 50
    assert [site.line for site in wanted.sites] == [1, 2, 3, 4, 5]
