"""Pins of a solved search: files, reasons, and why none of the newer releases."""

from __future__ import annotations

from analyzers.evidence import Level
from fakes.indexes.index import FakeIndex
from fakes.searching.runs import context, run, target
from resolver.advising.pins import pins
from resolver.context import Context, PrereleasePolicy
from resolver.reports.advice import MOST_REJECTED, Pin
from resolver.targets.formats import FormatPolicy


def pins_of(index: FakeIndex, asked: Context) -> dict[str, Pin]:
    done = run(index, asked)
    assert done.solution is not None
    return {pin.name: pin for pin in pins(done.solution.stack, done.resolver)}


def messages(pin: Pin, level: Level = Level.INFO) -> list[str]:
    return [reason.message for reason in pin.reasons if reason.level is level]


def rejected(pin: Pin) -> list[tuple[str, str, str]]:
    return [(r.version, r.unit, r.reason.message) for r in pin.rejected]


def test_pin_says_who_asks_and_that_it_is_the_newest() -> None:
    index = FakeIndex()
    index.add("app", "1", requires=["lib"])
    index.add("lib", "1", extras={"fast": []})
    found = pins_of(index, context(["app", "lib[fast]>=1"]))
    assert list(found) == ["app", "lib"]
    lib = found["lib"]
    assert (lib.direct, lib.dependents, lib.extras) == (True, ("app",), ("fast",))
    assert messages(lib)[:2] == [
        "you require lib[fast]>=1 and app depends on it",
        "the newest release that the target can use",
    ]
    assert found["app"].rejected == ()


def test_files_are_those_of_the_target_and_the_best_comes_first() -> None:
    index = FakeIndex()
    tags = ["py3-none-any", "cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_x86_64"]
    index.add("lib", "1", tags=tags, sdist=True, requires_python=">=3.8")
    (lib,) = pins_of(index, context(["lib"])).values()
    assert [file.filename for file in lib.artifacts] == [
        "lib-1-cp311-cp311-manylinux_2_17_x86_64.whl",
        "lib-1-py3-none-any.whl",
        "lib-1.tar.gz",
    ]
    assert lib.requires_python == ">=3.8"
    assert lib.artifacts[0].sha256 == lib.artifacts[0].hashes["sha256"]


def test_each_newer_release_has_its_reason() -> None:
    index = FakeIndex()
    index.add("app", "1", requires=["lib<6"])
    index.add("lib", "1")
    index.add("lib", "2", yanked="it deletes files")
    index.add("lib", "3", requires_python=">=3.12")
    index.add("lib", "4", tags=["cp311-cp311-win_amd64"])
    index.add("lib", "5", requires=["app>=2"])
    index.add("lib", "5.1b1")
    index.add("lib", "6")
    lib = pins_of(index, context(["app", "lib"]))["lib"]
    assert lib.version == "1"
    assert rejected(lib) == [
        ("6", "resolver", "app 1 depends on lib<6"),
        ("5.1b1", "prereleases", "is a pre-release, and a stable release serves"),
        ("5", "resolver", "depends on app>=2, and the stack has app 1"),
        (
            "4",
            "tags",
            "has no wheel and no source distribution for cpython 3.11.7 on linux x86_64 with glibc 2.36",
        ),
        ("3", "requires-python", "needs Python >=3.12 (the target has 3.11.7)"),
        ("2", "yanked", "was yanked: it deletes files"),
    ]


def test_reason_of_the_user_is_told_as_written() -> None:
    index = FakeIndex()
    index.add("lib", "1")
    index.add("lib", "2")
    (lib,) = pins_of(index, context(["lib<2,!=0"])).values()
    assert rejected(lib) == [("2", "resolver", "you require lib!=0,<2")]
    assert messages(lib)[0] == "you require lib!=0,<2"


def test_releases_that_cannot_be_read_say_so() -> None:
    index = FakeIndex()
    index.add("lib", "1")
    index.add("lib", "2", requires=["!"])
    (lib,) = pins_of(index, context(["lib"])).values()
    ((version, _, message),) = rejected(lib)
    assert version == "2"
    assert message.startswith("the metadata of lib 2 cannot be read (invalid dependency")


def test_only_so_many_rejections_are_told_the_newest_first() -> None:
    index = FakeIndex()
    for version in range(1, MOST_REJECTED + 5):
        index.add("lib", str(version))
    (lib,) = pins_of(index, context(["lib<2"])).values()
    assert [r.version for r in lib.rejected] == [str(v) for v in range(MOST_REJECTED + 4, 4, -1)]


def test_warnings_of_what_was_taken_though_it_is_doubtful() -> None:
    index = FakeIndex()
    index.add("lib", "1", yanked=True, requires_python=">=3.8,<3.11")
    (lib,) = pins_of(index, context(["lib[gone]==1"])).values()
    assert messages(lib, Level.WARNING) == [
        "lib 1 has no extra named gone",
        (
            "lib 1 states Requires-Python >=3.8,<3.11, whose upper bound excludes 3.11.7; nothing else fits, "
            "and some installers will refuse it"
        ),
        "lib 1 was yanked (no reason given); a requirement names it exactly",
    ]


def test_capped_release_comes_after_one_without_cap() -> None:
    index = FakeIndex()
    index.add("lib", "1")
    index.add("lib", "2", requires_python=">=3.8,<3.11")
    (lib,) = pins_of(index, context(["lib"])).values()
    assert rejected(lib) == [("2", "requires-python", "its Requires-Python has an upper bound below 3.11.7")]
    assert messages(lib)[1:] == ["the newest release that the target can use"]


def test_policies_are_told_as_reasons() -> None:
    index = FakeIndex()
    index.add("lib", "1")
    index.add("lib", "2", wheel=False, sdist=True)
    index.add("lib", "3b1")
    formats = FormatPolicy(no_build=frozenset({"lib"}))
    asked = context(["lib"], prereleases=PrereleasePolicy.DISALLOW, formats=formats, on=target("3.12"))
    (lib,) = pins_of(index, asked).values()
    assert rejected(lib) == [
        ("3b1", "prereleases", "is a pre-release, and the policy is disallow"),
        (
            "2",
            "no-build",
            "has no wheel for cpython 3.12.0 on linux x86_64 with glibc 2.36, and builds are forbidden",
        ),
    ]
