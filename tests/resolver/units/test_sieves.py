from __future__ import annotations

import pytest

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context
from resolver.context import Context, PrereleasePolicy
from resolver.states.projects import Project
from resolver.states.universe import Universe
from resolver.states.versions import positions
from resolver.targets.cutoff import Cutoff
from resolver.targets.formats import FormatPolicy
from resolver.units.sieves.exclude_newer import ExcludeNewerSieve
from resolver.units.sieves.no_binary import NoBinarySieve
from resolver.units.sieves.no_build import NoBuildSieve
from resolver.units.sieves.prereleases import PrereleasesSieve
from resolver.units.sieves.requires_python import RequiresPythonSieve
from resolver.units.sieves.tags import TagsSieve
from resolver.units.sieves.yanked import YankedSieve
from resolver.units.verbs import Sieve


def refused(sieve: Sieve, index: FakeIndex, asked: Context) -> dict[str, str]:
    """Version to message."""
    judged: Project = Universe(MemoryKnowledge(index), asked).project("a")
    return {
        judged.version(position): refusal.reason.message
        for refusal in sieve.refuse(judged, asked)
        for position in positions(refusal.releases)
    }


@pytest.mark.parametrize(
    ("requirement", "left_out"),
    [
        ("a", {"1.0", "2.0"}),
        ("a==1.0", {"2.0"}),
        ("a===1.0", {"2.0"}),
        ("a==1.*", {"1.0", "2.0"}),
        ("a>=1.0,<=1.0", {"1.0", "2.0"}),
        ("b==1.0", {"1.0", "2.0"}),
    ],
)
def test_only_a_requirement_that_names_a_yanked_release_may_have_it(
    requirement: str, left_out: set[str]
) -> None:
    index = FakeIndex()
    index.add("a", "1.0", yanked="eats data")
    index.add("a", "1.1")
    index.add("a", "2.0", yanked=True)
    found = refused(YankedSieve(), index, context([requirement]))
    assert found.keys() == left_out
    assert found["2.0"] == "was yanked"
    assert found.get("1.0", "was yanked: eats data") == "was yanked: eats data"


def test_a_release_is_yanked_when_all_its_files_are() -> None:
    index = FakeIndex()
    index.add_file("a", "a-1.0-py3-none-any.whl", b"", yanked="")
    index.add_file("a", "a-1.0.tar.gz", b"")
    assert refused(YankedSieve(), index, context(["a"])) == {}


def names_both_pythons(message: str, wanted: str) -> bool:
    return f"Python {wanted}" in message and "3.11.7" in message


@pytest.mark.parametrize(
    ("requires_python", "refused_for"),
    [
        (">=3.12", ">=3.12"),
        ("!=3.11.*", "!=3.11.*"),
        (">=3.12,<3.14", ">=3.12,<3.14"),
        ("<3.8", None),
        (">=3.6,<=3.10", None),
        (">=3.11", None),
        ("==3.11.*", None),
        ("no specifier", None),
        ("", None),
    ],
)
def test_upper_bounds_alone_refuse_no_python(requires_python: str, refused_for: str | None) -> None:
    index = FakeIndex()
    index.add("a", "1.0", requires_python=requires_python)
    messages = list(refused(RequiresPythonSieve(), index, context(["a"])).values())
    assert [names_both_pythons(message, refused_for or "") for message in messages] == [True] * bool(
        refused_for
    )


def test_one_file_for_the_python_keeps_a_release() -> None:
    index = FakeIndex()
    index.add_file("a", "a-1.0-py3-none-any.whl", b"", requires_python=">=3.12")
    index.add_file("a", "a-1.0.tar.gz", b"", requires_python=">=3.8")
    index.add_file("a", "a-1.1-py3-none-any.whl", b"", requires_python=">=3.12")
    index.add_file("a", "a-1.1.tar.gz", b"", requires_python=">=3.13")
    found = refused(RequiresPythonSieve(), index, context(["a"]))
    assert found.keys() == {"1.1"}
    assert names_both_pythons(found["1.1"], ">=3.12 or >=3.13")


def formats(**names: str) -> FormatPolicy:
    return FormatPolicy(**{kind: frozenset(text) for kind, text in names.items()})


KINDS = {"1.0": "windows", "2.0": "source", "3.0": "wheel", "4.0": "both"}


def of_all_kinds() -> FakeIndex:
    index = FakeIndex()
    index.add("a", "1.0", tags=["cp311-cp311-win_amd64"])
    index.add("a", "2.0", tags=["cp311-cp311-win_amd64"], sdist=True)
    index.add("a", "3.0", tags=["cp311-cp311-win_amd64", "cp311-cp311-manylinux_2_17_x86_64"])
    index.add("a", "4.0", sdist=True)
    return index


@pytest.mark.parametrize("policy", [formats(), formats(no_build="a"), formats(no_build="a", no_binary="a")])
def test_a_release_needs_a_file_that_the_target_can_install(policy: FormatPolicy) -> None:
    found = refused(TagsSieve(), of_all_kinds(), context(["a"], formats=policy))
    assert {KINDS[version] for version in found} == {"windows"}
    assert all("for cpython 3.11.7 on linux x86_64 with glibc 2.36" in message for message in found.values())


@pytest.mark.parametrize(
    ("policy", "not_built", "no_wheel"),
    [
        (formats(), set(), set()),
        (formats(no_build="a"), {"source"}, set()),
        (formats(no_binary="a"), set(), {"wheel"}),
        (formats(no_build="a", no_binary="a"), {"source", "both"}, {"wheel", "both"}),
        (formats(no_build="b", no_binary="b"), set(), set()),
    ],
)
def test_kinds_of_files_may_be_forbidden(
    policy: FormatPolicy, not_built: set[str], no_wheel: set[str]
) -> None:
    asked = context(["a"], formats=policy)
    found = refused(NoBuildSieve(), of_all_kinds(), asked)
    assert {KINDS[version] for version in found} == not_built
    assert all(message.endswith("and builds are forbidden") for message in found.values())
    found = refused(NoBinarySieve(), of_all_kinds(), asked)
    assert {KINDS[version] for version in found} == no_wheel


def test_a_release_without_a_file_for_the_python_is_left_to_the_other_sieve() -> None:
    index = FakeIndex()
    index.add("a", "1.0", tags=["cp312-cp312-win_amd64"], requires_python=">=3.12")
    assert refused(TagsSieve(), index, context(["a"])) == {}
    assert refused(RequiresPythonSieve(), index, context(["a"])).keys() == {"1.0"}


@pytest.mark.parametrize(
    ("policy", "requirement", "left_out"),
    [
        (PrereleasePolicy.DISALLOW, "a", {"1.0a1", "2.0.dev1"}),
        (PrereleasePolicy.DISALLOW, "a>=1.0a1", {"1.0a1", "2.0.dev1"}),
        (PrereleasePolicy.EXPLICIT, "a", {"1.0a1", "2.0.dev1"}),
        (PrereleasePolicy.EXPLICIT, "a>=1.0a1", set()),
        (PrereleasePolicy.EXPLICIT, "a!=1.0a1", {"1.0a1", "2.0.dev1"}),
        (PrereleasePolicy.EXPLICIT, "b>=1.0a1", {"1.0a1", "2.0.dev1"}),
    ],
)
def test_prereleases_by_policy(policy: PrereleasePolicy, requirement: str, left_out: set[str]) -> None:
    index = FakeIndex()
    for version in ("1.0a1", "1.0", "1.0.post1", "2.0.dev1"):
        index.add("a", version)
    asked = context([requirement], prereleases=policy)
    assert PrereleasesSieve().applies(asked)
    assert refused(PrereleasesSieve(), index, asked).keys() == left_out


def test_prereleases_of_a_project_without_others_are_left() -> None:
    index = FakeIndex()
    for version in ("1.0a1", "2.0b1"):
        index.add("a", version)
    asked = context(["a"], prereleases=PrereleasePolicy.IF_ALONE)
    assert refused(PrereleasesSieve(), index, asked) == {}
    index.add("a", "1.0")
    assert refused(PrereleasesSieve(), index, asked).keys() == {"1.0a1", "2.0b1"}


@pytest.mark.parametrize("policy", [PrereleasePolicy.ALLOW, PrereleasePolicy.IF_NECESSARY])
def test_where_prereleases_may_be_used_nothing_is_sieved(policy: PrereleasePolicy) -> None:
    assert not PrereleasesSieve().applies(context(["a"], prereleases=policy))


def dated() -> FakeIndex:
    index = FakeIndex()
    index.add("a", "1.0", uploaded_at="2024-01-01T12:00:00Z")
    index.add("a", "2.0", uploaded_at="2024-03-01T00:00:00.000000Z")
    index.add("a", "3.0", uploaded_at=None)
    index.add_file("a", "a-4.0.tar.gz", b"", uploaded_at="2024-02-29T23:59:59.999999Z")
    index.add_file("a", "a-4.0-py3-none-any.whl", b"", uploaded_at="2024-04-01T00:00:00Z")
    return index


@pytest.mark.parametrize(
    ("cutoff", "left_out"),
    [
        (Cutoff(moment="2024-03-01T00:00:00"), {"2.0", "3.0"}),
        (Cutoff(moment="2024-03-01T00:00:01"), {"3.0"}),
        (Cutoff(moment="2023-01-01T00:00:00"), {"1.0", "2.0", "3.0", "4.0"}),
        (Cutoff(exceptions={"a": "2024-03-01T00:00:00"}), {"2.0", "3.0"}),
        (Cutoff(moment="2023-01-01T00:00:00", exceptions={"a": None}), set()),
        (Cutoff(exceptions={"b": "2023-01-01T00:00:00"}), set()),
    ],
)
def test_what_was_uploaded_after_the_cutoff_is_refused(cutoff: Cutoff, left_out: set[str]) -> None:
    found = refused(ExcludeNewerSieve(), dated(), context(["a"], cutoff=cutoff))
    assert found.keys() == left_out
    assert found.get("3.0", "index does not state").endswith("index does not state")
    assert found.get("2.0", "was not uploaded before").startswith("was not uploaded before")


def test_files_uploaded_after_the_cutoff_are_not_there() -> None:
    asked = context(["a"], cutoff=Cutoff(moment="2024-03-01T00:00:00"))
    judged = Universe(MemoryKnowledge(dated()), asked).project("a")
    named = [file.filename for file in judged.files(judged.versions.texts.index("4.0"), asked.target)]
    assert named == ["a-4.0.tar.gz"]
    assert refused(RequiresPythonSieve(), dated(), asked) == {}
    assert refused(TagsSieve(), dated(), asked) == {}
