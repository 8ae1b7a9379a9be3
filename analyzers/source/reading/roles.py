"""What a file is for, by the conventions of its path: `role`."""

from __future__ import annotations

import re

from analyzers.source.records import Role

_ONE_OF_SEVERAL = frozenset({"packages", "projects", "libs", "services", "plugins", "components"})
_TESTS = frozenset({"test", "tests"})
_TEST_FOLDER = re.compile(
    r"tests?(?:[-_].+)?|(?:unit|integration|functional|system|acceptance|regression|smoke|load|perf)[-_]?tests?"
    r"|testing|e2e|bench(?:marks?)?|asv_bench"
)
_TEST_FILE = re.compile(r"test_.*|.*_tests?|tests|conftest")
_DOCS_FOLDER = re.compile(r"docs?|documentation|examples?|samples?|demos?|tutorials?|sphinx")
_MAY_BE_THE_PROJECT = frozenset({"example", "sample", "demo", "tutorial", "testing"})
_DOCS = frozenset({"doc", "docs", "documentation"})
_BUILD_FILES = frozenset(
    {"setup", "noxfile", "tasks", "fabfile", "dodo", "pavement", "toxfile", "hatch_build"}
)


def role(path: str, *, is_packaged: bool = False) -> Role:
    """The role of a source file.

    Files of tests are known by their own names or by a folder ``tests`` anywhere; what other folders and
    build files mean holds outermost in a project alone, since a package may ship ``examples``, ``testing``,
    ``setup.py`` or ``tasks.py`` as code that others import. Examples are documentation.

    Args:
        path: relative to the root, with slashes; one of several projects may be two folders below it.
        is_packaged: an ``__init__.py`` stands beside the file.
    """
    *folders, name = path.lower().split("/")
    stem = name.partition(".")[0]
    if len(folders) > 1 and folders[0] in _ONE_OF_SEVERAL:
        folders = folders[2:]
    outermost = folders[0] if folders else ""
    if is_packaged and outermost in _MAY_BE_THE_PROJECT:
        outermost = ""
    if _TEST_FILE.fullmatch(stem) or not _TESTS.isdisjoint(folders) or _TEST_FOLDER.fullmatch(outermost):
        return Role.TEST
    if _DOCS_FOLDER.fullmatch(outermost) or (stem == "conf" and not _DOCS.isdisjoint(folders)):
        return Role.DOCS
    if stem in _BUILD_FILES and not is_packaged and (stem != "tasks" or not folders):
        return Role.BUILD
    return Role.MAIN
