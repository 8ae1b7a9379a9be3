"""Write the names of the most downloaded projects in the order of their downloads.

    python docs/write_popular_names.py NAMES.tsv

The file has a column ``name`` and one whose name begins with ``rank``; where a rank is empty the name is
passed over.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

TARGET = Path(__file__).parent.parent / "topics/impostors/popular_names.txt"
_HEADER = """\
# Names of the 15,000 most downloaded projects of the public index, the most downloaded first; read by
# popular_names.py. Bare facts: the download ranks that top-pypi-packages publishes, as of 2026-11.
# Written by docs/write_popular_names.py.
"""


def main(source: str) -> None:
    """Write the table."""
    with Path(source).open(encoding="utf-8") as file:
        columns = file.readline().rstrip("\n").split("\t")
        at = next(number for number, column in enumerate(columns) if column.startswith("rank"))
        rows = [line.rstrip("\n").split("\t") for line in file]
    named = columns.index("name")
    ranked = sorted((int(row[at]), _normalized(row[named])) for row in rows if len(row) > at and row[at])
    names = list(dict.fromkeys(name for _, name in ranked))
    lines = textwrap.wrap(" ".join(names), 110, break_long_words=False, break_on_hyphens=False)
    TARGET.write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main(sys.argv[1])
