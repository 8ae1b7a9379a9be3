"""Looking projects up once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.read_once import ReadOnce


def test_each_project_is_looked_up_once_and_many_in_one_go() -> None:
    asked: list[list[str]] = []

    def read(projects: Sequence[str]) -> Mapping[str, Sequence[int]]:
        asked.append(list(projects))
        return {"a": (1, 2)}

    known = ReadOnce(read)
    assert known.of(iter(["a", "b"])) == {"a": (1, 2), "b": ()}
    assert known.of(["b", "a", "c"]) == {"b": (), "a": (1, 2), "c": ()}
    assert known.of(["c"]) == {"c": ()}
    assert known.of([]) == {}
    assert asked == [["a", "b"], ["c"]]
