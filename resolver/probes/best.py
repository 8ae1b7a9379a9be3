"""From the best stack on paper to the best one that passes: try it, learn, search again."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from resolver.probes.records import ProbeOutcome
from resolver.probes.trials import Trials
from resolver.score import Scorer
from resolver.search.budget import SearchStoppedError
from resolver.search.interruption import Interruption, SearchInterruptedError
from resolver.search.solution import Solution
from resolver.states.propagation import UnsatisfiableError
from resolver.units.verbs import PERFECT


def best_that_passes(
    solution: Solution,
    trials: Trials,
    again: Callable[[], Solution],
    interruption: Interruption,
    is_end_wished: Callable[[], bool],
    scorer: Scorer,
) -> tuple[Solution, ProbeOutcome]:
    """The stack that passed; else one that nothing is known of; else the best of those that failed.

    Args:
        solution: the first stack.
        trials: have stacks tried and learn from them.
        again: searches with what was learned.
        interruption: through which the end can be wished.
        is_end_wished: whether it is, or the time is up.
        scorer: of the run.

    Raises:
        UnsatisfiableError: what was tried is certain to leave no stack.
    """
    passed: Solution | None = None
    bound, outcome = solution.bound, ProbeOutcome.NOT_PROBED
    try:
        while True:
            outcome = ProbeOutcome.NOT_PROBED
            if is_end_wished():
                trials.stop("the run was to end")
                break
            with interruption.breakable():
                outcome = trials.examine(solution.stack)
            if outcome is ProbeOutcome.PASSED:
                passed = solution
            elif outcome is not ProbeOutcome.FAILED or trials.is_given_up():
                break
            is_another = passed is not solution or trials.narrow(solution.stack)
            while is_another or trials.check():
                if not is_another:
                    bound = PERFECT  # what was proven before rests on what was lifted
                solution = again()
                bound = min(bound, solution.bound)
                if passed is None or solution.score > passed.score:
                    break
                is_another = False
            else:
                break
    except SearchInterruptedError:
        trials.stop("the run was to end")
    except SearchStoppedError as error:
        trials.stop(f"the search was stopped: {error.reason.value}")
    except UnsatisfiableError as error:
        if passed is None and not trials.is_conjectured(error):
            raise
    if passed is not None:
        return msgspec.structs.replace(passed, bound=bound), ProbeOutcome.PASSED
    if outcome is ProbeOutcome.FAILED:
        stack = max(trials.failed, key=scorer.stack_score)
        solution = msgspec.structs.replace(solution, stack=stack, score=scorer.stack_score(stack))
    return solution, outcome
