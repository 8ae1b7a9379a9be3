"""What the benchmark of bare code runs of a source: its imports at module level, and nothing else."""

from __future__ import annotations

import pytest

from benchmarks.import_statements import import_blocks

GUARDED = "try:\n    import a\n    go()\nexcept ImportError:\n    a = None"
ENDING = "try:\n    import a\nexcept ImportError:\n    exit()"
VERSIONS = "if sys.version_info[0] == 2:\n    import a\nelse:\n    import b"


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("import a, b.c\nlaunch()", ["import a", "import b.c"]),
        ("from a import b as c, d", ["from a import b as c", "from a import d"]),
        ("from __future__ import division", []),
        ("def f():\n    import a", []),
        ("if __name__ == '__main__':\n    import a", []),
        (GUARDED, ["try:\n    import a\nexcept ImportError:\n    pass"]),
        (ENDING, ["try:\n    import a\nexcept ImportError:\n    raise"]),
        (VERSIONS, [VERSIONS]),
    ],
)
def test_imports_and_their_guards(source: str, texts: list[str]) -> None:
    assert [text for _, text in import_blocks(source.encode())] == texts
