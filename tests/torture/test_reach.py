"""Which modules that parse are reached by the good inputs from which the fuzzers start."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import cli
from fakes.commands import Commands
from fakes.hostile.seeds import image_archives, inputs, write_root
from fakes.hostile.surviving import ran

ROOT = Path(cli.__file__).parent
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


def test_every_parser_is_reached_or_has_a_reason(stackwright: Commands, tmp_path: Path) -> None:
    entered: set[str] = set()

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            entered.add(frame.f_code.co_filename)

    write_root(stackwright.folder)
    stackwright.write("script.py", "import numpy as np\nnp.product([1])\n")
    stackwright.write("base.txt", "flask==2.0.0\nwerkzeug==2.0\nclick==8.1.7\n")
    for number, content in enumerate(image_archives(tmp_path)):
        stackwright.write(f"image-{number}.tar", content)
    cases = [(name, case.commands, case.environ) for name, case in inputs().items()]
    cases += [(f"image-{number}.tar", [["inspect", "{file}"]], {}) for number in range(2)]
    for name, case in inputs().items():
        stackwright.write(name, case.seeds[0])
    before = threading.getprofile()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        for name, commands, environ in cases:
            for command in commands:
                ran(stackwright, command, name, environ)
    finally:
        sys.setprofile(None)
        threading.setprofile(before)
    reached = {str(Path(name).relative_to(ROOT)) for name in entered if Path(name).is_relative_to(ROOT)}
    missing = sorted((parsers() - reached) ^ set(ELSEWHERE))
    assert not missing, "\n".join(missing)
