"""Policy gradient: a small policy is trained while it searches, so that what improves stacks gets likelier.

Algorithm: an episode is a run of moves from the best stack. For each move some are drawn, and one of them is
made with the probability that a softmax gives it: of a weighted sum of features (what it would gain, its
rank, whether it is newer) and of a bias of its own. The return of an episode is the best score on the way
above where it began, in shares of the usual return; the mean of earlier returns is the baseline. After some
episodes weights and biases follow the gradient of the expected return, and of the entropy of the choices, so
that these do not become certain too early. Parameters: the constants below. Cost: `DRAWN` estimates and a few
operations on small arrays for every move, several times what the move itself costs. Memory: one number for
each release that was tried. Source: REINFORCE (Williams, 1992); entropy bonus (Williams and Peng, 1991).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from resolver.landscapes.search import Search
from resolver.predictors.choices import Choices

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

DRAWN = 12
"""Moves among which the policy chooses."""
EPISODE = 12
"""Moves of an episode."""
BATCH = 8
"""Episodes from which one step of the gradient is made."""
RATE = 0.1
ENTROPY = 0.01
"""Weight of the entropy beside the return."""
FORGETTING = 0.05
"""What the newest return counts in the baseline."""
FIRST_WEIGHTS = (1.0, 0.0, 0.0)

_Move = tuple[int, int]


class PolicyGradient:
    """Learns a policy for one run; that it is trained from nothing each time is what it costs."""

    name = "policy-gradient"
    improves = True

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        walk, policy = search.walk, _Policy(search)
        while policy.choices.project() >= 0:
            walk.settle()
            walk.go(search.best)
            begun, scores = walk.score, list[int]()
            for _ in range(EPISODE):
                move = policy.chosen()
                if move is None:
                    break
                walk.settle()
                if search.move(*move) and not search.stands():
                    walk.undo()
                scores.append(walk.score)
                yield
            policy.learn(max(scores, default=begun) - begun)


class _Policy:
    def __init__(self, search: Search) -> None:
        import numpy as np

        self._np = np
        self._search = search
        self.choices = Choices(search, optimistic=0.5)
        self._weights: Numbers = np.array(FIRST_WEIGHTS)
        self._biases: Numbers = np.zeros(256)
        self._numbers: dict[_Move, int] = {}
        self._scale = 1.0
        self._baseline = 0.0
        self._returns = 0.0
        self._made: list[tuple[Numbers, list[int], Numbers, int]] = []
        self._batch: list[tuple[float, list[tuple[Numbers, list[int], Numbers, int]]]] = []

    def chosen(self) -> _Move | None:
        """A move, drawn by the policy; None where there is none."""
        np, walk = self._np, self._search.walk
        moves: list[_Move] = []
        rows: list[tuple[float, float, float]] = []
        for _ in range(DRAWN):
            project = self.choices.project()
            if project < 0:
                return None
            releases = self.choices.releases(project)
            rank = int(self._search.chance.random() * len(releases))
            at = releases[rank]
            if at == walk.at[project]:
                continue
            gain = walk.hope(project, at) - walk.involved(project)
            self._scale += 0.01 * (abs(gain) - self._scale)
            scaled = max(-5.0, min(5.0, gain / max(1.0, self._scale)))
            moves.append((project, at))
            rows.append((scaled, rank / len(releases), float(at > walk.at[project])))
        if not moves:
            return (project, self.choices.release(project))
        features = np.array(rows)
        numbers = [self._number(move) for move in moves]
        logits = features @ self._weights + self._biases[numbers]
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        chosen = int(np.searchsorted(np.cumsum(shares), self._search.chance.random()))
        chosen = min(chosen, len(moves) - 1)
        self._made.append((features, numbers, shares, chosen))
        return moves[chosen]

    def learn(self, gain: int) -> None:
        """End an episode with what it gained."""
        self._returns += FORGETTING * (abs(gain) - self._returns)
        reward = gain / max(1.0, self._returns)
        self._batch.append((reward - self._baseline, self._made))
        self._baseline += FORGETTING * (reward - self._baseline)
        self._made = []
        self._search.signals["reward"] = reward
        if len(self._batch) == BATCH:
            self._step()
            self._batch = []

    def _step(self) -> None:
        np = self._np
        weights = np.zeros_like(self._weights)
        biases: dict[int, float] = {}
        for advantage, made in self._batch:
            for features, numbers, shares, chosen in made:
                logs = np.log(shares + 1e-12)
                entropy = -shares * (logs - (shares * logs).sum())
                direction = -advantage * shares + ENTROPY * entropy
                direction[chosen] += advantage
                weights += direction @ features
                for number, part in zip(numbers, direction.tolist(), strict=True):
                    biases[number] = biases.get(number, 0.0) + part
        self._weights += RATE / BATCH * np.clip(weights, -10, 10)
        for number, part in biases.items():
            self._biases[number] += RATE * part

    def _number(self, move: _Move) -> int:
        number = self._numbers.setdefault(move, len(self._numbers))
        if number == len(self._biases):
            self._biases = self._np.concatenate([self._biases, self._np.zeros(number)])
        return number
