from __future__ import annotations

from fakes.indexes.index import FakeIndex
from fakes.searching.runs import context, run, target
from resolver.context import Context
from resolver.units.verbs import Wrap
from resolver.units.wraps.held_back import HeldBackWrap
from resolver.units.wraps.python_holds_back import PythonHoldsBackWrap


def explained(wrap: Wrap, index: FakeIndex, asked: Context) -> dict[str, list[str]]:
    ran = run(index, asked)
    assert ran.solution is not None
    found = wrap.explain(ran.solution.stack, asked)
    return {name: [reason.message for reason in reasons] for name, reasons in found.items()}


def test_members_and_requirements_that_hold_back_are_named() -> None:
    index = FakeIndex()
    index.add("tensorflow", "2.21.0", requires=["h5py<3.15", "numpy"])
    index.add("other", "1.0", requires=["h5py!=3.15.1,!=3.16"])
    for version in ("3.14", "3.15.1", "3.16"):
        index.add("h5py", version)
    for version in ("1.26", "2.0", "2.1rc1"):
        index.add("numpy", version)
    found = explained(HeldBackWrap(), index, context(["tensorflow", "other", "numpy<2"]))
    holders = "other 1.0 (h5py!=3.15.1,!=3.16) and tensorflow 2.21.0 (h5py<3.15)"
    assert found == {
        "h5py": [f"h5py is held back by {holders}; 3.16 is the newest usable release"],
        "numpy": ["numpy is held back by your requirement (numpy<2); 2.0 is the newest usable release"],
    }


def test_nobody_holds_back_what_is_newest_or_cannot_be_used() -> None:
    index = FakeIndex()
    index.add("a", "1.0", requires=["b<3"])
    index.add("b", "1.0")
    index.add("b", "2.0", yanked=True)
    index.add("b", "3.0", requires_python=">=3.12")
    assert explained(HeldBackWrap(), index, context(["a"])) == {}


def test_a_release_that_its_own_dependencies_exclude_is_held_back_by_nobody() -> None:
    index = FakeIndex()
    index.add("a", "1.0", requires=["c<2"])
    index.add("b", "1.0")
    index.add("b", "2.0", requires=["c>=2"])
    index.add("c", "1.0")
    index.add("c", "2.0")
    assert explained(HeldBackWrap(), index, context(["a", "b"])).keys() == {"c"}


def test_the_python_that_would_allow_more_is_told_once() -> None:
    index = FakeIndex()
    for name in ("numpy", "scipy"):
        index.add(name, "1.0")
        index.add(name, "2.0", requires_python=">=3.12")
        index.add(name, "3.0", requires_python=">=3.13,<3.15")
        index.add(name, "4.0rc1", requires_python=">=3.14")
        index.add(name, "5.0", requires_python=">=3.14", yanked=True)
    index.add("fine", "1.0", requires_python=">=3.8")
    found = explained(PythonHoldsBackWrap(), index, context(["numpy", "scipy", "fine"]))
    better = "1.0 (Python 3.13 would allow 3.0)"
    assert found == {
        "": [f"Python 3.11 holds back numpy at {better}; scipy at {better}"],
    }
    on = target("3.13")
    assert explained(PythonHoldsBackWrap(), index, context(["numpy", "scipy", "fine"], on=on)) == {}


def test_an_older_python_is_no_advice() -> None:
    index = FakeIndex()
    index.add("a", "1.0")
    index.add("a", "2.0", requires_python="<3.9,!=3.11.*")
    assert explained(PythonHoldsBackWrap(), index, context(["a"])) == {}


def test_many_projects_are_counted() -> None:
    index = FakeIndex()
    names = [f"p{number}" for number in range(8)]
    for name in names:
        index.add(name, "1.0")
        index.add(name, "2.0", requires_python=">=3.12")
    (message,) = explained(PythonHoldsBackWrap(), index, context(names))[""]
    assert message.endswith("; and 3 more")
