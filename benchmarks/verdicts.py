"""How often static verdicts are right: what importing a stack on paper says, beside what running it does.

Two sets of stacks, each found by a rule and not picked:

* *collected*: for every project that a collected broken stack changes, the release of the broken lock and the
  one before it, the release of the fixed lock and the one after it. The other projects that the case changes
  have the releases of its fixed lock, where that can be; all else is as the metadata then gives it. The check
  of the case is the code and the script.
* *aged*: much used projects in the order of the SHA-256 of their names, each in its newest release that is
  two years old, and in that of four years, beside the newest of all else that its metadata admits; only
  imported. Looked at are the release, it with each that it asks for, and whatever a verdict names.

Of several verdicts on a pair the surest counts. It is right where the failure is traced to that pair; a stack
that fails for another reason decides nothing. Importing on paper (`imports`) and what code asks for in vain
(`api-demand`) are counted apart.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import machine, record
from benchmarks.verdict_stacks import LEVELS, aged_rows, case_rows
from fakes.cases import case_files
from knowledge.observations.verdicts import wilson

SETS = ("collected", "aged")
AGES = ("730d", "1461d")
_LOWEST_RANK = 1_000


def run(arguments: Sequence[str]) -> None:
    """Print a row for each pair, then the table of each set, and record both."""
    options = _options(arguments)
    began_s = time.monotonic()
    for kind in options.set or SETS:
        rows: list[dict[str, Any]] = []
        for stack, found in _rows(kind, options):
            if time.monotonic() - began_s > options.time_limit_s:
                break
            for row in found:
                rows.append({"stack": stack, **row})
                print(_line(rows[-1]), flush=True)
            named = {f"{one['stack']} {one['instrument']} {one['pair']}": one for one in rows}
            record("verdicts", (kind, "rows"), named)
        for instrument in dict.fromkeys(row["instrument"] for row in rows):
            table = _table([row for row in rows if row["instrument"] == instrument])
            for level, line in table.items():
                print(f"{kind:9} {instrument:10} {level:9} {line}")
            record("verdicts", (kind, "table", instrument), table)
        record("verdicts", (kind, "machine"), machine())


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks verdicts", description=__doc__)
    found = case_files("broken-stacks", "*.json")
    known = case_files("topics", "package-metadata-*.jsonl.gz")
    parser.add_argument("--set", choices=SETS, action="append", help="default: both")
    parser.add_argument("--cases", type=Path, action="append", help="default: the collected ones")
    parser.add_argument("--case", action="append", metavar="ID", help="default: all")
    parser.add_argument("--names", type=Path, default=next(iter(known), None), help="much used projects")
    parser.add_argument("--count", type=int, default=40, help="of those projects (default: 40)")
    parser.add_argument("--age", action="append", help="of their releases (default: 730d and 1461d)")
    parser.add_argument("--time-limit-s", type=float, default=7200.0, help="begin no stack after so long")
    options = parser.parse_args(arguments)
    options.cases, options.age = options.cases or found, options.age or AGES
    return options


def _rows(kind: str, options: argparse.Namespace) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Stacks by name, with the rows of each."""
    if kind == "aged":
        for name, age in itertools.product(_names(options)[: options.count], options.age):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                yield f"{name} of {age}", aged_rows(name, age, Path(folder))
        return
    cases = [
        case
        for path in options.cases
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
        if not options.case or case["id"] in options.case
    ]
    for case in sorted(cases, key=lambda case: len(case["broken_lock"])):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield case["id"], case_rows(case, Path(folder))


def _names(options: argparse.Namespace) -> list[str]:
    if options.names is None:
        return []
    with gzip.open(options.names, "rt", encoding="utf-8") as lines:
        known = [json.loads(line) for line in lines]
    names = {each["name"] for each in known if (each["rank"] or _LOWEST_RANK + 1) <= _LOWEST_RANK}
    return sorted(names, key=lambda each: hashlib.sha256(each.encode()).hexdigest())


def _line(row: Mapping[str, Any]) -> str:
    return f"{row['stack']:28} {row['instrument']:10} {row['pair']:50} {row['verdict']:9} {row['probe']}"


def _table(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """How often what each level spoke of failed, with the interval of 95%."""
    counts = Counter((row["verdict"], row["probe"]) for row in rows)
    table = {}
    for level in LEVELS:
        failed, passed = counts[level, "failed"], counts[level, "passed"]
        low, high = wilson(failed, failed + passed)
        table[level] = {
            "failed": failed,
            "passed": passed,
            "failed_otherwise": counts[level, "failed otherwise"],
            "not_known": counts[level, "not known"],
            "share_failed": round(failed / (failed + passed), 3) if failed + passed else None,
            "interval": [round(low, 3), round(high, 3)],
        }
    return table
