"""Modules that a framework imports because a list names them."""

from __future__ import annotations

import pytest

from analyzers.source.extraction import extracted
from analyzers.source.records import Guard, ImportKind


def named(text: str) -> list[tuple[int, str]]:
    facts = [fact for fact in extracted(text).imports if fact.kind is ImportKind.DYNAMIC]
    return [
        (fact.site.line, fact.module if fact.name is None else f"{fact.module}:{fact.name}") for fact in facts
    ]


def test_apps_of_django() -> None:
    assert named(
        """
THIRD_PARTY = ["rest_framework", "debug_toolbar.apps.ToolbarConfig"]
INSTALLED_APPS = [
    "django.contrib.admin",  # "silk"
    *THIRD_PARTY,
] + ("polls",) \\
  + OTHERS
if DEBUG:
    INSTALLED_APPS += ["silk", f"no{x}", "no such name", r"raw"]
MIDDLEWARE: list[str] = ["whitenoise.middleware.WhiteNoiseMiddleware"]
AUTHENTICATION_BACKENDS = "axes.backends.AxesBackend",
"""
    ) == [
        (2, "rest_framework"),
        (2, "debug_toolbar.apps:ToolbarConfig"),
        (4, "django.contrib.admin"),
        (6, "polls"),
        (9, "silk"),
        (9, "raw"),
        (10, "whitenoise.middleware:WhiteNoiseMiddleware"),
        (11, "axes.backends:AxesBackend"),
    ]


def test_plugins_of_pytest_have_dots() -> None:
    assert named('pytest_plugins = "pytester"\n') == []
    assert named('pytest_plugins = ["tests.fixtures", "pytester"]\n') == [(1, "tests.fixtures")]


def test_extensions_are_sphinx_s_where_one_of_its_own_is_among_them() -> None:
    assert named('extensions = ["py", "txt"]\n') == []
    assert named('extensions = ["sphinx.ext.autodoc", "myst_parser"]\n') == [(1, "myst_parser")]


def test_each_name_counts_once() -> None:
    assert named('A = ["a"]\nINSTALLED_APPS = A\nINSTALLED_APPS = A + A\n') == [(1, "a")]


@pytest.mark.parametrize(
    "text",
    [
        "INSTALLED_APPS = ",
        "INSTALLED_APPS = [",
        "INSTALLED_APPS = INSTALLED_APPS + INSTALLED_APPS",
        "A = B\nB = A\nINSTALLED_APPS = A",
        "INSTALLED_APPS == ['a']",
        "x.INSTALLED_APPS = ['a']",
        "INSTALLED_APPS = " + "[" * 5000 + "'a'" + "]" * 5000,
        "INSTALLED_APPS = " + "+".join(["X"] * 5000),
        "# INSTALLED_APPS = ['a']",
    ],
)
def test_what_names_nothing(text: str) -> None:
    assert named(text + "\n") == []


def test_a_guard_holds_for_names_too() -> None:
    facts = extracted("try:\n    import a\nexcept ImportError:\n    INSTALLED_APPS = ['b']\n").imports
    assert [fact.guard for fact in facts] == [(Guard.IMPORT_ERROR,)] * 2
