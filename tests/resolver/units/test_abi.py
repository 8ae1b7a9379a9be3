from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context, run, target
from images.native.elf_file import ElfFile
from knowledge.releases import File
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.universe import Universe
from resolver.states.versions import positions
from resolver.units.sieves.abi import AbiSieve
from resolver.units.wraps.unloadable import UnloadableWrap

CXX = "libstdc++.so.6"


class Natives:
    """Of every wheel one file, which needs the GLIBCXX that a table gives for its version."""

    def __init__(self, needs: Mapping[str, str | None]) -> None:
        self.needs, self.read = needs, [""]

    def files(self, file: File) -> Mapping[str, ElfFile] | None:
        version = file.filename.split("-")[1]
        self.read.append(version)
        needed = self.needs[version]
        if needed is None:
            return None
        return {"a/_x.so": ElfFile(machine="x86_64", bits=64, needed=(CXX,), requires={CXX: (needed,)})}


def index(tags: str) -> FakeIndex:
    made = FakeIndex()
    for version in ("1.0", "1.1", "1.2", "2.0", "2.1", "3.0"):
        made.add("a", version, tags=[f"cp311-cp311-{tags}"])
    return made


NEEDS = dict.fromkeys(("1.0", "1.1", "1.2"), "GLIBCXX_3.4.9") | dict.fromkeys(
    ("2.0", "2.1", "3.0"), "GLIBCXX_3.4.29"
)


def asked(natives: Natives, glibcxx: str = "3.4.25", requirement: str = "a") -> Context:
    return replace(context([requirement], on=target(libstdcxx_glibcxx=glibcxx)), natives=natives)


def refused(tags: str, on: Context) -> dict[str, str]:
    judged: Project = Universe(MemoryKnowledge(index(tags)), on).project("a")
    return {
        judged.version(position): refusal.reason.message
        for refusal in AbiSieve().refuse(judged, on)
        for position in positions(refusal.releases)
    }


def test_what_the_image_cannot_load_is_refused_with_the_file_that_says_so() -> None:
    natives = Natives(NEEDS)
    found = refused("manylinux_2_34_x86_64", asked(natives))
    told = (
        "needs GLIBCXX_3.4.29 of libstdc++.so.6 (a/_x.so), and the target has libstdcxx.glibcxx 3.4.25 "
        "(test); 1.2 can be loaded"
    )
    assert found == dict.fromkeys(("2.0", "2.1", "3.0"), told)
    assert len(natives.read) - 1 <= 4  # the newest, and a bisection of five


@pytest.mark.parametrize(
    ("tags", "glibcxx"),
    [("manylinux_2_34_x86_64", "3.4.29"), ("manylinux_2_17_x86_64", "3.4.19")],
)
def test_what_tags_promise_is_not_looked_into(tags: str, glibcxx: str) -> None:
    natives = Natives({})
    assert refused(tags, asked(natives, glibcxx)) == {}
    assert natives.read == [""]


def test_a_newest_release_that_can_be_loaded_ends_it() -> None:
    natives = Natives({"3.0": "GLIBCXX_3.4.9"})
    assert refused("manylinux_2_34_x86_64", asked(natives)) == {}
    assert natives.read == ["", "3.0"]


def test_only_what_is_asked_for_is_looked_into() -> None:
    natives = Natives(NEEDS)
    found = refused("manylinux_2_34_x86_64", asked(natives, requirement="a>=1.1,<2.1"))
    assert set(found) == {"2.0"}
    assert "1.0" not in natives.read and "3.0" not in natives.read


def test_where_nothing_can_be_loaded_nothing_is_refused_and_the_pin_is_warned_of() -> None:
    on = asked(Natives(dict.fromkeys(NEEDS, "GLIBCXX_3.4.29")))
    assert refused("manylinux_2_34_x86_64", on) == {}
    ran = run(index("manylinux_2_34_x86_64"), on)
    assert ran.solution is not None and ran.pins == {"a": "3.0"}
    (warning,) = UnloadableWrap().explain(ran.solution.stack, on)["a"]
    assert warning.message == (
        "a 3.0 needs GLIBCXX_3.4.29 of libstdc++.so.6 (a/_x.so), and the target has libstdcxx.glibcxx 3.4.25 "
        "(test); it cannot be loaded there"
    )


def test_what_is_not_known_refuses_nothing() -> None:
    on = asked(Natives(dict.fromkeys(NEEDS)))
    assert refused("manylinux_2_34_x86_64", on) == {}


def test_the_search_takes_the_newest_that_can_be_loaded() -> None:
    on = asked(Natives(NEEDS))
    ran = run(index("manylinux_2_34_x86_64"), on)
    assert ran.solution is not None and ran.pins == {"a": "1.2"}
    assert UnloadableWrap().explain(ran.solution.stack, on) == {}
    assert not AbiSieve().applies(replace(on, natives=None))
