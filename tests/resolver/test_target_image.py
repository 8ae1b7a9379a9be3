from __future__ import annotations

from collections.abc import Iterable

import pytest

from fakes.images.image_reports import DIST_PACKAGES, distribution, image_report, interpreter
from fakes.searching.runs import target
from images.reports.records import Interpreter, PythonDistribution, SystemPackage
from resolver.targets.target_image import TargetImage, target_image

LOCAL = "/usr/local/lib/python3.11/dist-packages"


def image(
    distributions: Iterable[PythonDistribution],
    *,
    moving: Iterable[str] = (),
    upgraded: Iterable[str] = (),
    python: Interpreter | None = None,
    packages: Iterable[SystemPackage] = (),
) -> TargetImage:
    report = image_report(distributions, packages=tuple(packages))
    return target_image(
        "image.tar", report, python or interpreter(), target(), moving=moving, upgraded=upgraded
    )


def needed(found: TargetImage) -> dict[str, list[str]]:
    """What is needed, by whom."""
    return {
        name: [need.who for need in shipped.needs] for name, shipped in found.shipped.items() if shipped.needs
    }


def test_what_another_distribution_needs() -> None:
    found = image([distribution("app", "2", "lib>=1"), distribution("lib", "1.0"), distribution("free", "3")])
    assert needed(found) == {"lib": ["app 2"]}
    assert found.needed("free") is None and found.needed("unknown") is None
    shipped = found.needed("lib")
    assert shipped is not None
    assert (shipped.version, shipped.where) == ("1.0", f"{DIST_PACKAGES}/lib-1.0.dist-info (layer 0)")
    (need,) = shipped.needs
    assert (need.specifiers, need.where) == (">=1", f"{DIST_PACKAGES}/app-2.dist-info (layer 0)")


@pytest.mark.parametrize(
    ("line", "is_needed"),
    [
        ("lib ; python_version >= '3.11'", True),
        ("lib ; python_version < '3.11'", False),
        ("lib ; sys_platform == 'win32'", False),
        ("lib ; extra == 'fast'", False),
        ("Lib", True),
        ("lib >", True),
        ("app[fast]", False),
    ],
)
def test_needs_are_those_that_are_live_on_the_target(line: str, is_needed: bool) -> None:
    found = image([distribution("app", "2", line, "broken ["), distribution("lib", "1.0")])
    assert bool(needed(found)) is is_needed


def test_extras_count_where_they_are_asked_for() -> None:
    app = distribution("app", "2", "web[fast]")
    web = distribution("web", "1", "speed ; extra == 'fast'", "slow ; extra == 'safe'")
    found = image([app, web, distribution("speed", "1"), distribution("slow", "1")])
    assert needed(found) == {"web": ["app 2"], "speed": ["web 1"]}


CHAIN = (
    distribution("app", "1", "web"),
    distribution("web", "1", "core"),
    distribution("core", "1", "leaf"),
    distribution("leaf", "1"),
    distribution("other", "1", "leaf"),
)


@pytest.mark.parametrize(
    ("moving", "upgraded", "kept"),
    [
        ([], [], {"web": ["app 1"], "core": ["web 1"], "leaf": ["core 1", "other 1"]}),
        (["app"], [], {"leaf": ["other 1"]}),
        (["core"], [], {"web": ["app 1"], "core": ["web 1"], "leaf": ["other 1"]}),
        (["app", "other"], [], {}),
        (["absent"], [], {"web": ["app 1"], "core": ["web 1"], "leaf": ["core 1", "other 1"]}),
        ([], ["web"], {"web": ["app 1"], "leaf": ["other 1"]}),
    ],
)
def test_what_only_that_needs_which_is_replaced_goes_along(
    moving: list[str], upgraded: list[str], kept: dict[str, list[str]]
) -> None:
    found = image(CHAIN, moving=moving, upgraded=upgraded)
    assert needed(found) == kept
    assert all(found.needed(name) is None for name in upgraded)


def test_circles_hold_together_and_go_together() -> None:
    circle = (distribution("a", "1", "b"), distribution("b", "1", "a"), distribution("c", "1", "c"))
    assert needed(image(circle)) == {"a": ["b 1"], "b": ["a 1"]}
    assert needed(image(circle, moving=["a"])) == {}


def test_an_interpreter_finds_the_first_on_its_search_path() -> None:
    python = interpreter(search_path=(LOCAL, DIST_PACKAGES))
    elsewhere = "/opt/venv/lib/python3.11/site-packages"
    found = image(
        [
            distribution("app", "1", "lib"),
            distribution("lib", "1.0"),
            distribution("lib", "2.0", location=LOCAL, layer=3),
            distribution("lib", "3.0", location=elsewhere, interpreter="/opt/venv/bin/python"),
            distribution("hidden", "1", "free", location=elsewhere, interpreter="/opt/venv/bin/python"),
            distribution("free", "1"),
        ],
        python=python,
    )
    shipped = found.needed("lib")
    assert shipped is not None and found.needed("free") is None
    assert (shipped.version, shipped.where) == ("2.0", f"{LOCAL}/lib-2.0.dist-info (layer 3)")
    assert "hidden" not in found.shipped


def test_of_two_in_one_place_the_newer_counts_and_what_has_no_version_does_not() -> None:
    found = image([*(distribution("lib", text) for text in ("9", "10", "old-style", None))])
    assert {name: shipped.version for name, shipped in found.shipped.items()} == {"lib": "10"}


def package(name: str, *depends: str) -> SystemPackage:
    return SystemPackage(name=name, version="1", type="deb", where="/var/lib/dpkg/status", depends=depends)


def test_packages_of_the_system_need_what_others_brought() -> None:
    packages = [
        package("tool", "python3", "python3-lib"),
        package("python3-app", "python3-lib", "python3-free"),
        package("python3-lib", "python3-lib"),
    ]
    distributions = [distribution("lib", "1.0"), distribution("app", "1.0"), distribution("free", "1.0")]
    found = image(distributions, packages=packages)
    assert needed(found) == {"lib": ["the deb package tool"]}
    shipped = found.needed("lib")
    assert shipped is not None and shipped.needs[0].where == "/var/lib/dpkg/status"
    assert needed(image(distributions, packages=packages, moving=["app", "tool"])) == needed(found)


def test_packages_of_the_system_do_not_need_what_pip_installed() -> None:
    packages = [package("tool", "python3-lib"), package("python3-lib")]
    assert needed(image([distribution("lib", "2.0", installer="pip")], packages=packages)) == {}


def test_who_needs_it_in_words() -> None:
    many = [distribution(f"app{n}", "1", "lib", "lib>=1") for n in range(4)]
    shipped = image([*many, distribution("lib", "1.0")]).needed("lib")
    assert shipped is not None and shipped.needed_by == "app0 1 and app1 1 and 2 more"
