from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from analyzers.source.linking.module_names import ModuleNames


@pytest.mark.parametrize(
    ("paths", "path", "names"),
    [
        (["app/__init__.py", "app/models.py"], "app/models.py", ("app.models",)),
        (["app/__init__.py"], "app/__init__.py", ("app",)),
        (["src/app/__init__.py", "src/app/m.py"], "src/app/m.py", ("app.m", "src.app.m")),
        (["src/ns/pkg/__init__.py"], "src/ns/pkg/__init__.py", ("ns.pkg", "pkg", "src.ns.pkg")),
        (["src/ns/pkg/mod.py"], "src/ns/pkg/mod.py", ("ns.pkg.mod", "mod", "src.ns.pkg.mod")),
        (["src/__init__.py", "src/a.py"], "src/a.py", ("src.a",)),
        (["ns/sub/m.py"], "ns/sub/m.py", ("ns.sub.m", "m")),
        (["script.py"], "script.py", ("script",)),
        (["run-it.py"], "run-it.py", ()),
        (["my-app/main.py"], "my-app/main.py", ("main",)),
        (["class/x.py"], "class/x.py", ("x",)),
        (["tests/test_a.py"], "tests/test_a.py", ("tests.test_a", "test_a")),
        (["lib/app/__init__.py"], "lib/app/__init__.py", ("app", "lib.app")),
        (["one/setup.py", "one/src/a/__init__.py"], "one/src/a/__init__.py", ("a", "src.a", "one.src.a")),
        (["backend/app/__init__.py"], "backend/app/__init__.py", ("backend.app", "app")),
        (["a/b.pyi", "a/__init__.pyi"], "a/b.pyi", ("a.b",)),
        (["x-1.data/purelib/x/__init__.py"], "x-1.data/purelib/x/__init__.py", ("x",)),
        (["a.ipynb"], "a.ipynb", ()),
    ],
)
def test_gives_every_plausible_name_the_likeliest_first(
    paths: list[str], path: str, names: tuple[str, ...]
) -> None:
    assert ModuleNames(paths).names(path) == names


def test_follows_what_packaging_says() -> None:
    names = ModuleNames(["code/app/__init__.py"], roots=["./code/"])
    assert names.names("code/app/__init__.py")[0] == "app"
    assert names.top_levels == {"app", "code"}


def test_top_levels_are_what_can_be_imported() -> None:
    paths = ["src/app/__init__.py", "setup.py", "requests/a.ipynb", "typings/yaml/__init__.pyi", "ns/x/m.py"]
    assert ModuleNames(paths).top_levels == {"app", "src", "setup", "ns"}


TREE = ModuleNames(
    [
        *(
            "src/app/__init__.py",
            "src/app/yaml.py",
            "src/ns/part/__init__.py",
            "tools/helper.py",
            "tools/run.py",
        ),
        *("tools/sub/x.py", "docker/entry.py", "tests/util.py", "tests/test_a.py", "backend/api/__init__.py"),
        *("third_party/six/__init__.py", "backend/api/views.py", "run.py", "stubs/toml.pyi"),
    ]
)


@pytest.mark.parametrize(
    ("module", "name", "importer", "expected"),
    [
        ("app", None, "run.py", Confidence.CERTAIN),
        ("app.not_there", "x", "run.py", Confidence.CERTAIN),
        ("yaml", None, "run.py", None),
        ("yaml", None, "src/app/__init__.py", Confidence.POSSIBLE),
        ("helper", None, "tools/run.py", Confidence.CERTAIN),
        ("helper", None, "tools/sub/x.py", Confidence.CERTAIN),
        ("helper", None, "run.py", None),
        ("docker", None, "run.py", None),
        ("docker", "from_env", "run.py", None),
        ("docker", "entry", "run.py", Confidence.LIKELY),
        ("docker.entry", "main", "run.py", Confidence.LIKELY),
        ("ns.part.gone", None, "run.py", Confidence.LIKELY),
        ("ns", "part", "run.py", Confidence.LIKELY),
        ("ns.other", None, "run.py", None),
        ("util", None, "tests/test_a.py", Confidence.CERTAIN),
        ("util", None, "src/app/__init__.py", None),
        ("api.views", None, "tests/test_a.py", Confidence.LIKELY),
        ("six", None, "run.py", None),
        ("toml", None, "run.py", None),
        ("numpy", None, "run.py", None),
    ],
)
def test_own_modules_come_before_others_where_python_finds_them(
    module: str, name: str | None, importer: str, expected: Confidence | None
) -> None:
    assert TREE.first_party(module, name, importer=importer) is expected


def test_finds_the_file_that_an_import_means() -> None:
    assert TREE.path("app.yaml", importer="run.py") == "src/app/yaml.py"
    assert TREE.path("app", importer="run.py") == "src/app/__init__.py"
    assert TREE.path("helper", importer="tools/run.py") == "tools/helper.py"
    assert TREE.path("ns", importer="run.py") is None
    assert TREE.path("numpy", importer="run.py") is None


def test_ten_thousand_folders_below_each_other_come_to_an_end() -> None:
    deep = "/".join(["a"] * 3000) + "/m.py"
    assert ModuleNames([deep]).names(deep)[-1] == "m"
