"""Work shared out among forks, each case in an interpreter of its own: a runner of tests has threads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[4]
_BEGINNING = """
import os, signal, sys, threading
from analyzers.source.linking.forks import shared_out
FIRST = os.getpid()
HEAVY = [1 << 20] * 10
def numbers(share):
    return os.getpid(), list(range(*share.indices(10)))
def no_children():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False
"""
_CASES = {
    "each works on its part, in order": """
found = shared_out(numbers, HEAVY, 3)
assert [number for _, part in found for number in part] == list(range(10))
assert [len(part) for _, part in found] == [4, 3, 3], found
assert found[0][0] == FIRST and len({process for process, _ in found}) == 3
""",
    "parts weigh the same": """
found = shared_out(numbers, [9 << 20] + [1 << 20] * 9, 2)
assert [part for _, part in found] == [[0], list(range(1, 10))], found
""",
    "one job needs no other process": """
assert shared_out(numbers, HEAVY, 1) == [(FIRST, list(range(10)))]
""",
    "little work needs no other process": """
assert shared_out(numbers, [1] * 10, 4) == [(FIRST, list(range(10)))]
""",
    "nothing is shared among none": """
assert shared_out(lambda share: len([][share]), [], 4) == [0]
""",
    "more processes than things": """
found = shared_out(numbers, [1 << 20], 4)
assert found == [(FIRST, [0])]
""",
    "with threads it works alone": """
ready = threading.Event()
other = threading.Thread(target=ready.wait)
other.start()
assert shared_out(numbers, HEAVY, 3) == [(FIRST, list(range(10)))]
ready.set()
""",
    "the work of a fork that dies is done here": """
def dies(share):
    if os.getpid() != FIRST:
        os.kill(os.getpid(), signal.SIGKILL)
    return numbers(share)
found = shared_out(dies, HEAVY, 2)
assert found == [(FIRST, list(range(5))), (FIRST, list(range(5, 10)))], found
""",
    "where there is no room for a fork its work is done here": """
def refused():
    raise BlockingIOError(11, "Resource temporarily unavailable")
os.fork = refused
found = shared_out(numbers, HEAVY, 2)
assert found == [(FIRST, list(range(5))), (FIRST, list(range(5, 10)))], found
""",
    "an error is that of the work": """
def fails(share):
    if share.start:
        raise LookupError(share.start)
try:
    shared_out(fails, HEAVY, 2)
except LookupError as error:
    assert error.args == (5,)
else:
    raise AssertionError
""",
    "forks end with what they work for": """
def interrupted(share):
    if os.getpid() == FIRST:
        raise KeyboardInterrupt
    signal.pause()
try:
    shared_out(interrupted, HEAVY, 3)
except KeyboardInterrupt:
    pass
""",
    "answers may be larger than a pipe": """
found = shared_out(lambda share: bytes(5 << 20), HEAVY, 3)
assert [len(each) for each in found] == [5 << 20] * 3
""",
}


@pytest.mark.slow
@pytest.mark.parametrize("case", _CASES)
def test_forks(case: str) -> None:
    program = f"{_BEGINNING}{_CASES[case]}\nassert no_children()\nassert os.getpid() == FIRST\nprint('done')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=_ROOT, timeout=60, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 0)
