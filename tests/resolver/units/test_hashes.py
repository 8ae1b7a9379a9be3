"""Which releases and files stated hashes let through."""

from __future__ import annotations

from msgspec.structs import replace

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import file_record
from fakes.searching.runs import Run, context, run
from resolver.context import Constraint, Context


def index() -> FakeIndex:
    made = FakeIndex()
    for version in ("1.0", "2.0", "3.0"):
        made.add("a", version, sdist=True)
    return made


def digest(filename: str, algorithm: str = "sha256") -> str:
    made = index()
    return f"{algorithm}:{file_record(made, 'a', made.file(filename)).hashes['sha256']}"


def stating(*hashes: str, text: str = "a", limit: tuple[str, ...] = ()) -> Context:
    asked = context([text])
    requirement = replace(asked.requirements[0], hashes=hashes, where="x.in:1")
    constraints = (Constraint("a", "", "a", "c.txt:1", limit),) if limit else ()
    return replace(asked, requirements=(requirement,), constraints=constraints)


def refused(result: Run) -> list[str]:
    project = result.resolver.universe.projects["a"]
    return [r.reason.message for r in project.refusals if r.reason.unit == "hashes"]


def files(result: Run) -> list[str]:
    assert result.pins is not None
    project = result.resolver.universe.projects["a"]
    at = project.versions.texts.index(result.pins["a"])
    return [file.filename for file in project.files(at, result.resolver.context.target)]


def test_one_of_the_hashes_suffices() -> None:
    result = run(index(), stating(digest("a-1.0.tar.gz"), digest("a-2.0-py3-none-any.whl")))
    assert result.pins == {"a": "2.0"}
    assert files(result) == ["a-2.0-py3-none-any.whl"]
    assert refused(result) == ["has no file for the target with a hash that you state (x.in:1)"]


def test_releases_that_the_requirement_leaves_out_are_not_looked_at() -> None:
    result = run(index(), stating(digest("a-2.0.tar.gz"), text="a==2.0"))
    assert result.pins == {"a": "2.0"}
    assert refused(result) == []


def test_every_statement_must_be_met() -> None:
    both = digest("a-1.0.tar.gz"), digest("a-2.0.tar.gz")
    assert run(index(), stating(*both, limit=both[:1])).pins == {"a": "1.0"}
    assert run(index(), stating(both[1], limit=both[:1])).pins is None


def test_another_algorithm_than_the_index_states_matches_nothing() -> None:
    result = run(index(), stating(digest("a-2.0.tar.gz", "sha512"), text="a==2.0"))
    assert result.pins is None


def test_without_hashes_nothing_is_refused() -> None:
    result = run(index(), stating())
    assert result.pins == {"a": "3.0"}
    assert refused(result) == []
