"""Which modules that parse are reached by the good inputs from which the fuzzers start."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from fakes.hostile.reaching import ROOT
from fakes.indexes.server import IndexServer

FOLDERS = ("analyzers", "images", "knowledge", "resolver", "topics")
_PARSES = re.compile(r"^\s*def (?:_?(?:parse|read|load)(?:ed)?(?:_\w+)?)\(", re.MULTILINE)
ELSEWHERE: Mapping[str, str] = {
    "analyzers/api/bodies.py": "code of two releases: the files of an index, in test_fuzzed_insides",
    "analyzers/api/makers.py": "code of releases: the files of an index, in test_fuzzed_insides",
    "images/native/absent_libraries.py": "works on what was parsed",
    "knowledge/measuring/known.py": "reports of measurements that ship: those of users are not read",
    "knowledge/probing/linked_libraries.py": "libraries that an exception names: test_fuzzed_answers",
    "knowledge/variants/choice.py": "variants of wheels: test_fuzzed_learning",
    "knowledge/variants/documents.py": "variants of wheels: test_fuzzed_learning",
    "knowledge/variants/reading.py": "variants of wheels: test_fuzzed_learning",
    "resolver/commands/repositories/found_targets.py": "what a repository says: test_fuzzed_repositories",
    "resolver/predictors/extensions.py": "test_bad_plugins",
    "resolver/units/extensions.py": "test_bad_plugins",
    "topics/classifier/examples.py": "documents of which a model is trained: test_fuzzed_learning",
    "topics/modelling/store.py": "models that a user trained: test_fuzzed_learning",
}
"""Modules that parse what no file of a seed holds, and what feeds them instead, or why nothing does."""


def parsers() -> set[str]:
    """Every module with a function that is called after parsing, reading or loading."""
    return {
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if _PARSES.search(path.read_text(encoding="utf-8"))
    }


def test_every_parser_is_reached_or_has_a_reason(tmp_path: Path, server: IndexServer) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "fakes.hostile.reaching", tmp_path, server.url],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    missing = sorted((parsers() - set(json.loads(run.stdout))) ^ set(ELSEWHERE))
    assert not missing, "\n".join(missing)
