"""Predictors of other distributions, by their entry points."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

GREEDY = '''
from resolver.predictors.choices import Choices

class Greedy:
    """Keeps what scores no worse."""
    name = "greedy"
    improves = True
    def steps(self, search):
        walk, choices = search.walk, Choices(search)
        while (project := choices.project()) >= 0:
            walk.settle()
            before = walk.score
            if search.move(project, choices.release(project)):
                if walk.score < before or not search.stands():
                    walk.undo()
            yield
'''


@pytest.fixture
def server() -> IndexServer:
    index = FakeIndex()
    index.add("lib", "1.0")
    index.add("lib", "2.0")
    return IndexServer(index)


def installed(folder: Path, code: str) -> str:
    about = folder / "greedy-1.0.dist-info"
    about.mkdir(parents=True)
    (folder / "greedy_moves.py").write_text(code)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: greedy\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[stackwright.predictors]\ngreedy = greedy_moves:Greedy\n")
    return str(folder)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_predictor_of_another_distribution_is_listed_and_acts_where_it_is_named(
    stackwright: Commands, server: IndexServer, tmp_path: Path, jobs: str
) -> None:
    site = installed(tmp_path / "site", GREEDY)
    with server:
        listed = stackwright.run("units", "list", PYTHONPATH=site)
        assert (
            "greedy (of greedy 1.0): takes no part (--predictor greedy)\n    Keeps what scores" in listed.out
        )
        asked = ("advise", "lib", "--index-url", f"{server.origin}/simple/", "--jobs", jobs)
        ran = stackwright.run(*asked, "--predictor", "greedy", "--format", "json", PYTHONPATH=site)
    assert (ran.code, ran.json["predictor"]) == (0, "greedy")
    assert [pin["version"] for pin in ran.json["pins"]] == ["2.0"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise OSError('no')", "cannot be loaded: OSError: no"),
        ("class Greedy:\n    name = 'greedy'\n", "needs name, improves and steps"),
        (GREEDY.replace('"greedy"', '"other"'), "calls itself 'other'"),
    ],
)
def test_one_that_is_none_is_told(stackwright: Commands, tmp_path: Path, code: str, told: str) -> None:
    site = installed(tmp_path / "site", code)
    ran = stackwright.run("advise", "lib", "--predictor", "greedy", PYTHONPATH=site)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err and "upgrade or uninstall greedy 1.0" in ran.err
