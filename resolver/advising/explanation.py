"""Why there is no solution: the derivation of a proof, told as sentences.

Each sentence draws one conclusion from two facts; a conclusion that is used twice gets a number. Source: the
error reporting of PubGrub (https://github.com/dart-lang/pub/blob/master/doc/solver.md#error-reporting).
"""

from __future__ import annotations

from collections import Counter, deque

import msgspec

from resolver.states.incompatibilities import Depends, Derived, Incompatibility, Refuted, Required
from resolver.states.universe import Universe
from resolver.states.wording import incompatibility_in_words

MOST_SENTENCES = 30
_MOST_NAMED = 3


def explain(proof: Incompatibility, universe: Universe) -> list[str]:
    """Sentences that lead from what the index and the user say to the conclusion that nothing fits."""
    if not isinstance(proof.cause, Derived):
        words = incompatibility_in_words(proof, universe)
        return [f"Because {words}, your requirements cannot be met."]
    told = _Telling(universe, _uses(proof))
    told.tell(proof)
    if len(told.sentences) > MOST_SENTENCES:
        left_out = len(told.sentences) - MOST_SENTENCES
        half = MOST_SENTENCES // 2
        told.sentences[half:-half] = [f"… ({left_out} more steps of the same kind)"]
    return told.sentences


def diagnose(proof: Incompatibility, universe: Universe) -> str:
    """The conflict in one sentence: who asks for what that somebody else keeps out."""
    leaves = _leaves(proof)
    for asked in leaves:
        if not isinstance(asked.cause, Required) or not asked.masks:
            continue
        project = universe.owner(next(iter(asked.masks)))
        asking = [
            leaf
            for leaf in leaves
            if isinstance(leaf.cause, Depends) and leaf.cause.dependency == project.name
        ]
        if asking:
            words = dict.fromkeys(incompatibility_in_words(leaf, universe) for leaf in asking[:_MOST_NAMED])
            more = ", and others as well" if len(asking) > _MOST_NAMED else ""
            return f"{'; '.join(words)}{more}, but {incompatibility_in_words(asked, universe)}"
    named = sorted(leaves[:_MOST_NAMED], key=lambda leaf: isinstance(leaf.cause, Refuted))
    facts = list(dict.fromkeys(incompatibility_in_words(leaf, universe) for leaf in named))
    if len(facts) > 1 and isinstance(named[-1].cause, Refuted):
        return f"{' and '.join(facts[:-1])}, but {facts[-1]}"
    return " and ".join(facts)


def _leaves(proof: Incompatibility) -> list[Incompatibility]:
    """What a proof rests on, that nearest to its conclusion first, each once."""
    found: list[Incompatibility] = []
    seen: set[int] = set()
    queue = deque([proof])
    while queue:
        incompatibility = queue.popleft()
        if id(incompatibility) in seen:
            continue
        seen.add(id(incompatibility))
        if isinstance(incompatibility.cause, Derived):
            queue.extend((incompatibility.cause.left, incompatibility.cause.right))
        else:
            found.append(incompatibility)
    return found


def _uses(proof: Incompatibility) -> Counter[int]:
    """How often each derived incompatibility is used as a cause, by identity."""
    uses: Counter[int] = Counter()
    seen: set[int] = set()
    stack = [proof]
    while stack:
        cause = stack.pop().cause
        if isinstance(cause, Derived):
            for parent in (cause.left, cause.right):
                uses[id(parent)] += 1
                if id(parent) not in seen:
                    seen.add(id(parent))
                    stack.append(parent)
    return uses


class _Telling(msgspec.Struct):
    universe: Universe
    uses: Counter[int]
    sentences: list[str] = msgspec.field(default_factory=list)
    numbers: dict[int, int] = msgspec.field(default_factory=dict)
    _last: int = 0

    def tell(self, proof: Incompatibility) -> None:
        """Tell a derived incompatibility after everything that it rests on; no recursion, proofs are deep."""
        stack: list[tuple[Incompatibility, bool]] = [(proof, False)]
        done: set[int] = set()
        while stack:
            incompatibility, ready = stack.pop()
            cause = incompatibility.cause
            if not isinstance(cause, Derived) or id(incompatibility) in done:
                continue
            if ready:
                done.add(id(incompatibility))
                self._sentence(incompatibility, cause)
                continue
            stack.append((incompatibility, True))
            # What is told last can be referred to as "this": the longer branch.
            stack.extend((parent, False) for parent in (cause.left, cause.right))

    def _sentence(self, incompatibility: Incompatibility, cause: Derived) -> None:
        previous = self._last
        facts = []
        opening = "Because"
        for parent in (cause.left, cause.right):
            if id(parent) == previous:
                opening = "And because"
            else:
                facts.append(self._fact(parent))
        conclusion = incompatibility_in_words(incompatibility, self.universe)
        sentence = f"{opening} {' and '.join(facts)}, {conclusion}"
        if self.uses[id(incompatibility)] > 1:
            self.numbers[id(incompatibility)] = number = len(self.numbers) + 1
            sentence += f" ({number})"
        self.sentences.append(f"{sentence}.")
        self._last = id(incompatibility)

    def _fact(self, incompatibility: Incompatibility) -> str:
        words = incompatibility_in_words(incompatibility, self.universe)
        number = self.numbers.get(id(incompatibility))
        return f"{words} ({number})" if number else words
