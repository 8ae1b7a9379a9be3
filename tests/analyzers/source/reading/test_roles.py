from __future__ import annotations

import pytest

from analyzers.source.reading.roles import role
from analyzers.source.records import Role

ROLES = {
    Role.MAIN: [
        *(
            "a.py",
            "src/pkg/a.py",
            "pkg/migrations/0001_initial.py",
            "pkg/testing/asserts.py",
            "scripts/run.py",
        ),
        *("notebooks/model.ipynb", "pkg/examples/a.py", "pkg/latest.py", "pkg/contest.py", "pkg/tasks.py"),
        *(
            "packages/one/src/one/a.py",
            "pkg/docs/router.py",
            "pkg/conf.py",
            "attest/a.py",
            "my_example/x.py",
            "ab_test/x.py",
            "test.py",
        ),
    ],
    Role.TEST: [
        *("tests/a.py", "test/a.py", "src/pkg/tests/helper.py", "test_a.py", "pkg/a_test.py", "conftest.py"),
        *("pkg/tests.py", "pkg/test_x.ipynb", "integration-tests/a.py", "Tests/Data.py", "benchmarks/a.py"),
        *("packages/one/tests/a.py", "docs/test_docs.py", "tests/conftest.py", "tests_integration/x.py"),
    ],
    Role.DOCS: [
        *("docs/conf.py", "doc/source/conf.py", "examples/a.py", "docs/a.ipynb", "packages/one/docs/conf.py"),
        *(
            "sub/docs/conf.py",
            "docs_src/../docs/x.py",
            "tutorials/a.ipynb",
            "samples/x.py",
            "demo/app.py",
        ),
    ],
    Role.BUILD: ["setup.py", "noxfile.py", "tasks.py", "fabfile.py", "sub/setup.py", "packages/one/setup.py"],
}


@pytest.mark.parametrize(
    ("expected", "path"), [(kind, path) for kind, paths in ROLES.items() for path in paths]
)
def test_tells_the_role_by_convention(expected: Role, path: str) -> None:
    assert role(path.replace("docs_src/../", "")) is expected


@pytest.mark.parametrize(
    "path", ["homeassistant/setup.py", "pkg/fabfile.py", "pkg/noxfile.py", "demo/app.py", "example/x.py"]
)
def test_what_stands_in_a_package_is_a_module(path: str) -> None:
    assert role(path, is_packaged=True) is Role.MAIN
