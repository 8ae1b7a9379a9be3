"""What is read from the files of installed packages, against what Python says after importing them."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from analyzers.api.conditions import Target
from analyzers.api.modules import Root
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.directories import DirectoryReader

PACKAGES = (
    "packaging",
    "msgspec",
    "sqlalchemy",
    "hypothesis",
    "pytest",
    "_pytest",
    "pluggy",
    "rich",
    "requests",
)

# Imports every module of the packages that can be imported; prints the names of each.
NAMES = """
import importlib, json, pkgutil, sys, warnings
warnings.simplefilter("ignore")
for package in sys.argv[1:]:
    module = importlib.import_module(package)
    path = getattr(module, "__path__", [])
    for found in pkgutil.walk_packages(path, package + ".", onerror=lambda name: None):
        if "__main__" not in found.name:
            try:
                importlib.import_module(found.name)
            except Exception:
                pass
names = {name: sorted(vars(module)) for name, module in sys.modules.items() if name.split(".")[0] in sys.argv}
json.dump({name: found for name, found in names.items() if found}, sys.stdout)
"""

# Calls; prints for each the place of definition of the class that it gave.
RETURNED = {
    "packaging.version.parse": "packaging.version.parse('1')",
    "packaging.version.Version": "packaging.version.Version('1')",
    "packaging.specifiers.SpecifierSet.__and__": "packaging.specifiers.SpecifierSet('') & ''",
    "packaging.requirements.Requirement": "packaging.requirements.Requirement('a')",
    "sqlalchemy.create_engine": "sqlalchemy.create_engine('sqlite://')",
    "sqlalchemy.create_engine().connect": "sqlalchemy.create_engine('sqlite://').connect()",
    "sqlalchemy.create_engine().connect().execute": (
        "sqlalchemy.create_engine('sqlite://').connect().execute(sqlalchemy.text('select 1'))"
    ),
    "sqlalchemy.select": "sqlalchemy.select(sqlalchemy.text('1'))",
    "sqlalchemy.text": "sqlalchemy.text('1')",
    "sqlalchemy.orm.Session": "sqlalchemy.orm.Session()",
    "sqlalchemy.orm.Session().query": "sqlalchemy.orm.Session().query()",
    "sqlalchemy.MetaData": "sqlalchemy.MetaData()",
    "hypothesis.settings": "hypothesis.settings()",
    "requests.Session": "requests.Session()",
    "requests.session": "requests.session()",
    "requests.session().prepare_request": (
        "requests.session().prepare_request(requests.Request('GET', 'http://localhost'))"
    ),
    "rich.console.Console": "rich.console.Console()",
    "rich.get_console": "rich.get_console()",
    "rich.text.Text().append": "rich.text.Text().append('a')",
    "rich.text.Text().copy": "rich.text.Text().copy()",
    "pluggy.PluginManager": "pluggy.PluginManager('x')",
}
TYPES = """
import importlib, json, sys, warnings
warnings.simplefilter("ignore")
calls = json.load(sys.stdin)
import packaging.version, packaging.requirements, packaging.specifiers, sqlalchemy.orm, hypothesis, requests
import rich, rich.console, rich.text, pluggy
found = {}
for symbol, code in calls.items():
    found[symbol] = [f"{each.__module__}.{each.__qualname__}" for each in type(eval(code)).__mro__]
json.dump(found, sys.stdout)
"""


def _run(code: str, *arguments: str, given: str = "") -> object:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], input=given, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def surfaces() -> DistributionSurfaces:
    python = (sys.version_info.major, sys.version_info.minor)
    directories = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    roots = [Root(DirectoryReader(Path(directory))) for directory in directories]
    return DistributionSurfaces(roots, Target(python=python, platform=sys.platform))


# What the interpreter, the compiler or another module puts there.
_INTERPRETER = frozenset(
    {"__builtins__", "__cached__", "__doc__", "__file__", "__loader__", "__name__", "__package__", "__path__"}
    | {"__spec__", "__annotations__", "__warningregistry__", "__conditional_annotations__"}
)


@pytest.mark.slow
def test_no_closed_module_has_a_name_that_is_not_seen(surfaces: DistributionSurfaces) -> None:
    truth = _run(NAMES, *PACKAGES)
    assert isinstance(truth, dict)
    unseen: list[str] = []
    closed = names = 0
    for module, bound in truth.items():
        if surfaces.modules.get(module) is None or surfaces.open_reason(module) is not None:
            continue
        closed += 1
        for name in filter(str.isidentifier, set(bound) - _INTERPRETER):
            if name.startswith(("__pyx_", "__test__", "__reduce_cython__", "__setstate_cython__")):
                continue
            names += 1
            if not surfaces.resolved(f"{module}.{name}") and not surfaces.may_be_set(module, name):
                unseen.append(f"{module}.{name}")
    assert closed > 400
    assert names > 10_000
    assert "\n".join(sorted(unseen)) == ""


@pytest.mark.slow
def test_what_calls_give(surfaces: DistributionSurfaces) -> None:
    truth = _run(TYPES, given=json.dumps(RETURNED))
    assert isinstance(truth, dict)
    wrong, unknown = {}, []
    for symbol, lineage in truth.items():
        found = surfaces.returned(symbol)
        place = surfaces.canonical(found) if found else None
        if place is None:
            unknown.append(symbol)
        elif place not in lineage:
            wrong[symbol] = (place, lineage[0])
    assert wrong == {}
    assert unknown == []
