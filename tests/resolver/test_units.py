"""What every unit that ships promises, whatever it does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

import pytest
from msgspec.structs import fields, replace

from fakes.about.topics import TableTopics
from fakes.images.image_reports import distribution, image_report
from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.probing.observed import Seen, failed
from fakes.searching.rules import active_rules, rule_text
from fakes.searching.runs import context, target
from images.native.elf_file import ElfFile
from knowledge.releases import File
from resolver.context import Context, PrereleasePolicy
from resolver.observed.failures import Observed
from resolver.pipeline import Pipeline
from resolver.recommendation import LATEST, STABLE
from resolver.states.projects import Project
from resolver.states.universe import Universe
from resolver.targets.cutoff import Cutoff
from resolver.targets.formats import FormatPolicy
from resolver.targets.target_image import target_image
from resolver.units.kinds import VERBS, by_kind
from resolver.units.registry import UNITS
from resolver.units.verbs import PERFECT, WORST, Boot, Sieve, Step, Unit

ALL: list[Unit] = [unit for _, units in by_kind(UNITS) for unit in units]


def with_hashes(requirement: str, filename: str) -> Context:
    """A requirement of which a single file may be used."""
    asked = context([requirement])
    hashes = (f"sha256:{hashlib.sha256(filename.encode()).hexdigest()}",)
    return replace(asked, requirements=(replace(asked.requirements[0], hashes=hashes),))


def on_image(requirement: str) -> Context:
    """An image that ships both projects, and something that needs the one that is not asked for."""
    shipped = (distribution("a", "2.0"), distribution("b", "2.0"), distribution("c", "1", "a", "b"))
    report, asked = image_report(shipped), context([requirement])
    moving = [one.dependency.project for one in asked.requirements]
    image = target_image(
        "image.tar", report, report.interpreters[0], asked.target, moving=moving, upgraded=()
    )
    return replace(asked, image=image)


class NewNatives:
    """Of every wheel one file, which newer releases have built against a newer C++ library."""

    def files(self, file: File) -> Mapping[str, ElfFile]:
        version = "3.4.29" if file.filename.startswith("native-2") else "3.4.9"
        library = "libstdc++.so.6"
        requires: dict[str, tuple[str, ...]] = {library: (f"GLIBCXX_{version}",)}
        return {"x.so": ElfFile(machine="x86_64", bits=64, needed=(library,), requires=requires)}


def on_old_library(requirement: str) -> Context:
    """A target whose C++ library is older than the policies of its libc."""
    return replace(context([requirement], on=target(libstdcxx_glibcxx="3.4.20")), natives=NewNatives())


def strictly_named(requirement: str) -> Context:
    """Names are judged, and what packages say is known."""
    topics = TableTopics(summaries={"requests": "Python HTTP for Humans."})
    return replace(context([requirement]), strict_names=True, topics=topics, today="2026-01-01")


def on_gpu(requirement: str) -> Context:
    """A stack about deep learning, on a GPU."""
    topics = TableTopics({requirement: {"deep-learning": 0.9}})
    return replace(context([requirement], on=target(gpu_vendor="nvidia")), topics=topics)


def with_rules(requirement: str) -> Context:
    """Under rules of several kinds about b, and none about a."""
    rules = active_rules(
        rule_text("no-second", "{project: b, specifier: '>=2,<3'}", "{refuse: true}", "b"),
        rule_text("slow-fourth", "{project: b, specifier: '>=4'}", "{score: -0.5}", "b"),
        rule_text("mind-it", "{facts: {gpu.vendor: none}}", "{message: warning}"),
        facts={"gpu.vendor": "none"},
    )
    return replace(context([requirement]), rules=rules)


def observing(requirement: str) -> Context:
    """Somebody saw releases of b fail, alone and beside one of a."""
    asked = context([requirement])
    seen = Seen(
        failed("b==2.0", "b==2.0", origin="them"),
        failed("b==3.0", "b==3.0"),
        failed("a==1.0 b==1.0", "a==1.0 b==1.0"),
    )
    return replace(asked, observed=Observed(seen, asked.target))


def speaks(unit: Unit, who: str, asked: Context) -> bool:
    """Whether a name is that of a unit, or of a rule that it applies."""
    return who == unit.name or (unit.name.startswith("rule-") and asked.rules.has(who))


CONTEXTS = [
    context(["a"]),
    context(["a==1.0", "b>=2.0a1"], prereleases=PrereleasePolicy.EXPLICIT, recommendation=LATEST),
    context(["b"], prereleases=PrereleasePolicy.DISALLOW, recommendation=STABLE),
    context(["a"], prereleases=PrereleasePolicy.ALLOW, formats=FormatPolicy(no_build=frozenset("a"))),
    context(["a"], formats=FormatPolicy(no_binary=frozenset("a"))),
    context(["a"], cutoff=Cutoff(moment="2025-01-01T00:00:00"), today="2026-01-01", offline=True),
    with_hashes("a>=2.0", "a-2.0-py3-none-any.whl"),
    on_image("a"),
    on_old_library("native"),
    strictly_named("reqeusts"),
    on_gpu("a"),
    with_rules("b"),
    observing("b"),
]


def by_name(units: Iterable[Unit]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("unit", [pytest.param(unit, id=unit.name) for unit in units])


every_context = pytest.mark.parametrize("asked", CONTEXTS, ids=lambda asked: asked.prereleases.value)


def troubled() -> FakeIndex:
    """Each project has releases that some unit could take exception to."""
    index = FakeIndex()
    for name in ("a", "b"):
        index.add(name, "0.1", wheel=False, sdist=True)
        index.add(name, "0.2", tags=["cp27-none-win32"])
        index.add(name, "0.3", requires_python=">=4")
        index.add(name, "0.4", requires_python="<3.9")
        index.add(name, "1.0", yanked="broken")
        index.add(name, "1.1", yanked=True)
        index.add(name, "2.0a1")
        index.add(name, "2.0")
        index.add(name, "3.0.dev1")
        index.add(name, "4.0", uploaded_at="2025-06-01T00:00:00Z")
    for version in ("1.0", "2.0"):
        index.add("reqeusts", version)
        index.add("native", version, tags=["cp311-cp311-manylinux_2_34_x86_64"])
    index.add_project("empty")
    return index


def fine() -> FakeIndex:
    index = FakeIndex()
    for version in ("1.0", "1.1", "2.0"):
        index.add("a", version, requires_python=">=3.8", sdist=True)
    return index


def project(index: FakeIndex, name: str, asked: Context) -> Project:
    return Universe(MemoryKnowledge(index), asked).project(name)


def test_names_are_unique_and_in_kebab_case() -> None:
    names = [unit.name for unit in ALL]
    assert len(names) == len(set(names)) > 0
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) for name in names)


@by_name(ALL)
def test_a_unit_says_what_it_does_and_when(unit: Unit) -> None:
    assert type(unit).__doc__
    assert type(unit).applies.__doc__


@by_name(ALL)
@every_context
def test_whether_a_unit_applies_is_a_matter_of_the_context_alone(unit: Unit, asked: Context) -> None:
    first = unit.applies(asked)
    assert isinstance(first, bool)
    assert unit.applies(asked) is first
    assert type(unit)().applies(asked) is first


def test_every_kind_has_its_verb() -> None:
    assert list(VERBS) == [field.name for field in fields(Pipeline)]


@by_name(UNITS.boots)
@every_context
def test_a_boot_remarks_under_its_name_and_the_same_again(unit: Boot, asked: Context) -> None:
    remarks = list(unit.prepare(asked))
    assert list(unit.prepare(asked)) == remarks
    assert all(
        speaks(unit, remark.unit, asked) and remark.message and remark.score is None for remark in remarks
    )


@by_name(UNITS.sieves)
@every_context
@pytest.mark.parametrize("name", ["a", "b", "empty", "missing"])
def test_a_sieve_refuses_releases_that_exist_and_says_why(unit: Sieve, asked: Context, name: str) -> None:
    judged = project(troubled(), name, asked)
    refusals = list(unit.refuse(judged, asked))
    for refusal in refusals:
        assert refusal.releases
        assert not refusal.releases & ~judged.versions.everything
        assert speaks(unit, refusal.reason.unit, asked)
        assert refusal.reason.message
        assert refusal.reason.score is None
    assert list(unit.refuse(judged, asked)) == refusals
    assert list(unit.refuse(project(troubled(), name, asked), asked)) == refusals


@by_name(UNITS.sieves)
def test_every_sieve_that_applies_refuses_something_somewhere(unit: Sieve) -> None:
    assert any(
        list(unit.refuse(project(troubled(), name, asked), asked))
        for asked in CONTEXTS
        if unit.applies(asked)
        for name in ("a", "b", "native", "reqeusts")
    )


@by_name(UNITS.sieves)
@every_context
def test_a_sieve_refuses_nothing_where_nothing_is_wrong(unit: Sieve, asked: Context) -> None:
    assert list(unit.refuse(project(fine(), "a", asked), asked)) == []


@by_name(UNITS.steps)
@every_context
@pytest.mark.parametrize("index", [troubled(), fine()], ids=["troubled", "fine"])
def test_a_step_scores_within_bounds_and_the_same_again(unit: Step, asked: Context, index: FakeIndex) -> None:
    judged, again = project(index, "a", asked), project(index, "a", asked)
    for position in range(len(judged.versions)):
        factor = unit.score(judged, position, asked)
        assert unit.score(judged, position, asked) == factor
        assert unit.score(again, position, asked) == factor
        if factor is not None:
            assert factor.score is not None
            assert WORST <= factor.score <= PERFECT
            assert speaks(unit, factor.unit, asked)
            assert factor.message


@by_name(UNITS.steps)
@every_context
def test_the_release_tried_first_is_perfect_where_nothing_is_wrong(unit: Step, asked: Context) -> None:
    judged = project(fine(), "a", asked)
    best = judged.best(judged.usable)
    assert best is not None
    factor = unit.score(judged, best, asked)
    assert factor is None or factor.score == PERFECT


@every_context
def test_a_pipeline_keeps_the_units_that_apply_in_their_order(asked: Context) -> None:
    kept = UNITS.applying(asked)
    assert list(kept.sieves) == [unit for unit in UNITS.sieves if unit.applies(asked)]
    assert list(kept.steps) == [unit for unit in UNITS.steps if unit.applies(asked)]
    if not asked.recommendation.strides:
        assert kept.strides == ()
