"""What counts as asked for: what nobody asks for refutes nothing."""

from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from analyzers.importing.machine import Target
from analyzers.importing.simulation import simulated
from fakes.sources.simulated_imports import PYTHON, run, stack

REFUSING = """
    try:
        import nothing
    except ImportError as error:
        raise ImportError('install it with lib[more]') from error
    """


def test_a_module_that_nothing_asks_for_refutes_nothing() -> None:
    files = stack({"lib.py": "kept = 1", "beside.py": "from lib import gone"})
    found = simulated(files, Target(PYTHON), roots=["lib"], unasked=["beside"])
    assert (found.failures, [each.confidence for each in found.doubtful]) == ((), [Confidence.LIKELY])
    assert simulated(files, Target(PYTHON), roots=["lib", "beside"]).failures


def test_what_a_root_refuses_for_want_of_a_distribution_is_a_matter_of_metadata() -> None:
    files = stack({"lib.py": REFUSING})
    found = simulated(files, Target(PYTHON), roots=["lib"])
    assert (found.failures, [each.confidence for each in found.doubtful]) == ((), [Confidence.POSSIBLE])


@pytest.mark.parametrize("code", ["import lib", "import user"])
def test_who_asks_for_what_a_distribution_refuses_is_refused(code: str) -> None:
    found = run(code, {"lib.py": REFUSING, "user.py": "import lib"})
    assert [each.exception for each in found.failures] == ["ImportError"]
