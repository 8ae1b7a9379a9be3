"""The reference names everything that there is, and its examples are what the command prints."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import fields

import cli
from analyzers.evidence import Confidence
from fakes.commands import Commands
from fakes.images.image_files import write_docker_archive
from fakes.images.image_reports import DEBIAN, PYTHON, distribution, image_report, interpreter, saved
from fakes.images.web_images import second_web_image, web_image
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.probing.observed import MOMENT, TOOL, failed, passed, release
from images.facts.environment import FACT_NAMES
from images.findings.remedies import REMEDIES
from images.reports.report import ImageReport
from knowledge.observations.known import keep_observations, keep_verdicts
from knowledge.observations.verdicts import VerdictCheck
from knowledge.stores.locations import open_store
from resolver.context import PrereleasePolicy
from resolver.recommendation import RECOMMENDATIONS
from resolver.rules.records import (
    Artifact,
    Change,
    Effect,
    Example,
    FactTest,
    Match,
    Replacement,
    Rule,
)
from resolver.units.assembly import parameters
from resolver.units.kinds import by_kind
from resolver.units.registry import UNITS

USUAL = {"-o", "--output", "-q", "--quiet"}
"""Options that every command has, told once in the reference of ``advise``."""
REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
PAGES = sorted(REFERENCE.glob("*.md"))
EXAMPLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)

MODEL = """import numpy as np
from sklearn.externals import joblib

total = np.product(shape)  # elements
value = np.find_common_type([], [total])
joblib.dump(value, "value.pkl")
"""
SCRIPT = """\
import urllib2

import flask
import gi
import settings
from collections import Mapping
"""
SHOP = """\
import numpy as np
from flask import Flask, escape

app = Flask(__name__)

@app.route("/total")
def total() -> str:
    return escape(np.product([6, 7], dtype="int64"))
"""

WEB_RULES = """\
rules:
  - name: flask-loses
    match: {project: flask}
    do: {score: much}
    because: it is only an example
    link: https://flask.palletsprojects.com
    checked: 2026-11-22
"""
TOOLBOX = {
    "toolbox/__init__.py": b"""from toolbox._saws import Saw
from toolbox.nails import drive

LIMIT = 3
""",
    "toolbox/_saws.py": b"""class Saw:
    def __init__(self, teeth, *, sharp=True):
        self.teeth = teeth

    def cut(self, wood, depth=1):
        return wood

    def oil(self):
        pass
""",
    "toolbox/nails.py": b"""def drive(nail, hammer=None, strength=1):
    return nail
""",
}
NEWER_TOOLBOX = {
    **TOOLBOX,
    "toolbox/_saws.py": TOOLBOX["toolbox/_saws.py"].replace(b"def oil(self)", b"def file(self)"),
    "toolbox/nails.py": b"""def drive(nail, *, strength=2):
    return nail
""",
}
CABIN = """\
from toolbox import Saw, drive

saw = Saw(24)
saw.oil()
drive(saw.cut("oak"), None)
"""

ENVIRONMENTS = """\
[tool.stackwright.environments.server]
python-version = "3.13"
platform = "x86_64-manylinux_2_28"

[tool.stackwright.environments.board]
python-version = "3.12"
os.id = "alpine"
arch = "aarch64"
"""

BUILD_LOG = """\
#9 [3/4] RUN pip install -r requirements.txt
#9 1.104 Collecting shop==1.0 (from -r requirements.txt (line 1))
#9 1.310   Downloading shop-1.0-py3-none-any.whl (12 kB)
#9 1.422 Collecting scales>=2 (from shop==1.0->-r requirements.txt (line 1))
#9 1.598   Downloading scales-2.1.tar.gz (48 kB)
#9 2.871   Preparing metadata (pyproject.toml): finished with status 'done'
#9 2.902 Building wheels for collected packages: scales
#9 2.911   Building wheel for scales (pyproject.toml): started
#9 4.203   Building wheel for scales (pyproject.toml): finished with status 'error'
#9 4.204   error: subprocess-exited-with-error
#9 4.204   \xd7 Building wheel for scales (pyproject.toml) did not run successfully.
#9 4.204   │ exit code: 1
#9 4.204   ╰─> [5 lines of output]
#9 4.204       running build_ext
#9 4.204       gcc -fPIC -c src/weigh.c -o build/temp.linux-x86_64-cpython-312/src/weigh.o
#9 4.204       src/weigh.c:4:10: fatal error: usb.h: No such file or directory
#9 4.204       compilation terminated.
#9 4.204       error: command '/usr/bin/gcc' failed with exit code 1
#9 4.204       [end of output]
#9 4.204   ERROR: Failed building wheel for scales
#9 4.204 Failed to build scales
"""

ADVISORY = """\
{"id": "PYSEC-2024-1", "aliases": ["CVE-2024-0001"], "modified": "2024-05-01T00:00:00Z",
 "summary": "Debugger reachable by anyone",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [{"package": {"ecosystem": "PyPI", "name": "Werkzeug"},
               "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "3.0"}, {"fixed": "3.0.7"}]}]}]}
"""

EFFORT = re.compile(r"^\d+ releases? read .*$", re.MULTILINE)


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text()


def commands() -> dict[str, argparse.ArgumentParser]:
    for action in cli.parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("the parser has no commands")


def actions(command: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """What a command takes, with what its own commands take."""
    for action in command._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from actions(below)


def documented_options(name: str) -> set[str]:
    cells = re.findall(r"^\| (`-.*?) \|", page(name), re.MULTILINE)
    return {option for cell in cells for option in re.findall(r"`(-[\w-]+)", cell)}


@pytest.mark.parametrize("name", commands())
def test_every_option_is_documented_and_no_other(name: str) -> None:
    """Options that a command shares with ``advise`` are told there, and its page says so."""
    told = documented_options(name)
    options = {text for action in actions(commands()[name]) for text in action.option_strings}
    options -= {"-h", "--help"}
    assert told <= options
    shared = (
        documented_options("advise") if "options" in page(name) and "(advise.md)" in page(name) else set()
    )
    assert options - told <= shared | USUAL


@pytest.mark.parametrize("name", commands())
def test_every_choice_is_documented(name: str) -> None:
    for action in actions(commands()[name]):
        own = not action.option_strings or documented_options(name) & set(action.option_strings)
        for choice in action.choices or ():
            told = page(name if own else "advise")
            assert re.search(rf"`(?:[^`]*[ |])?{choice}(?:[ |][^`]*)?`", told), f"{action.dest} {choice}"


def test_every_exit_code_is_documented() -> None:
    codes = {cli.DONE, cli.NO_SOLUTION, cli.BAD_INPUT, cli.NO_ACCESS, cli.BUG}
    codes |= {cli.INTERRUPTED, cli.TERMINATED}
    rows = page("advise").partition("## Exit codes")[2]
    assert set(map(int, re.findall(r"^\| (\d+) \|", rows, re.MULTILINE))) == codes
    for name in commands().keys() - {"advise"}:
        assert "(advise.md#exit-codes)" in page(name)


def sections(text: str) -> dict[str, set[str]]:
    """Second-level headings to the names that third-level headings below them give."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return {
        title: set(re.findall(r"^### `([\w.-]+)`$", body, re.MULTILINE))
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.mark.parametrize("kind", [field.name for field in fields(UNITS)])
def test_every_unit_is_documented_and_no_other(kind: str) -> None:
    units = {unit.name for unit in getattr(UNITS, kind)}
    assert sections(page("units")).get(kind.replace("_", " ").capitalize(), set()) == units


def test_every_parameter_of_a_unit_is_documented() -> None:
    for _, units in by_kind(UNITS):
        for unit in units:
            told = page("units").partition(f"### `{unit.name}`")[2].partition("\n##")[0]
            assert all(f"`{name}`" in told for name in parameters(unit))


def test_every_type_of_recommendation_is_documented() -> None:
    assert sections(page("units"))["Types"] == set(RECOMMENDATIONS)
    for name in RECOMMENDATIONS:
        assert f"`{name}`" in page("advise")


def test_every_policy_is_documented() -> None:
    for policy in PrereleasePolicy:
        assert f"`{policy.value}`" in page("advise")


def test_facts_are_documented_in_the_words_of_the_code() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (.*) \|$", page("facts"), re.MULTILINE)
    assert dict(rows) == dict(FACT_NAMES)


@pytest.mark.parametrize("record", [Rule, Match, FactTest, Effect, Replacement, Change, Example])
def test_every_field_of_a_rule_is_documented(record: type[Struct]) -> None:
    told = set(re.findall(r"`([\w]+)`", page("rules")))
    assert {field.name for field in fields(record)} <= told


def test_every_kind_of_file_that_a_rule_may_mean_is_documented() -> None:
    assert all(f"`{artifact.value}`" in page("rules") for artifact in Artifact)


def test_every_finding_about_images_is_documented_and_has_a_remedy() -> None:
    documented = re.findall(r"^\| `([\w-]+)` \|", page("image-findings"), re.MULTILINE)
    assert documented == sorted(REMEDIES)
    folder = Path(__file__).parents[1] / "images"
    made = {
        identity
        for path in folder.rglob("*.py")
        for identity in re.findall(r"""\bid=\"([a-z-]+)\"""", path.read_text())
    }
    assert made
    assert made <= set(documented)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / target).exists(), target


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("flask", "3.0.3", requires=["werkzeug>=3.0.0", "click>=8.1.3"], sdist=True)
    index.add("flask", "3.1.0", requires=["werkzeug>=3.1", "click>=8.1.3"], yanked="breaks sessions")
    index.add("werkzeug", "3.0.6", requires=["markupsafe>=2.1.1"])
    index.add("werkzeug", "2.3.8", requires=["markupsafe>=2.1.1"])
    index.add("click", "8.1.7")
    index.add("click", "8.2.0", requires_python=">=3.13")
    tags = [f"cp312-cp312-{platform}" for platform in ("manylinux_2_17_x86_64", "macosx_11_0_arm64")]
    index.add("markupsafe", "2.1.5", tags=tags, sdist=True)
    for version, contents in (("1.4", TOOLBOX), ("2.0", NEWER_TOOLBOX)):
        index.add("toolbox", version, contents=contents)
    with IndexServer(index) as running:
        yield running


def shop_image() -> ImageReport:
    """An image of CPython 3.12.4 with werkzeug, which a shop of its own needs."""
    here = {"location": "/usr/lib/python3/dist-packages", "interpreter": "/usr/bin/python3.12"}
    return image_report(
        [distribution("shop", "1.0", "werkzeug<3.0.6", **here), distribution("werkzeug", "2.3.8", **here)],
        facts={**DEBIAN, **PYTHON, "python.version": "3.12.4", "python.abi": "cp312"},
        interpreters=[interpreter("/usr/bin/python3.12", "3.12.4")],
    )


def keep_seen(stackwright: Commands) -> None:
    """Somebody has probed two stacks."""
    store = open_store(str(stackwright.store))
    pair = "gensim==4.3.2 scipy==1.13.0"
    keep_observations([failed(pair, pair), passed("gensim==4.3.2 scipy==1.12.0")], store)
    check = VerdictCheck(
        dependent=release("gensim==4.3.2"),
        dependency=release("scipy==1.13.0"),
        instrument="imports",
        confidence=Confidence.LIKELY,
        confirmed=True,
        created_at=MOMENT,
        tool=TOOL,
    )
    keep_verdicts([check], store)
    store.close()


def transcript(block: str, stackwright: Commands, server: IndexServer) -> str:
    """A block of commands as a terminal would show it, with what the command prints now."""
    shown, code = [], 0
    for line in re.findall(r"^\$ .*$", block, re.MULTILINE):
        match shlex.split(line.removeprefix("$ ")):
            case ["stackwright", *arguments]:
                ran = stackwright.main(*arguments, COLUMNS="110")
                code, output = ran.code, ran.err + ran.out
            case ["cat", name]:
                output = stackwright.path(name).read_text()
            case ["echo", "$?"]:
                output = f"{code}\n"
            case other:
                raise AssertionError(f"an example with another command: {other}")
        shown.append(f"{line}\n{output}")
    text = "".join(shown).replace(server.origin, "https://index.example")
    text = text.replace(str(stackwright.store), "~/.local/share/stackwright/store.sqlite3")
    return re.sub(r"(sha256:)[0-9a-f]{64}", r"\1…", text)  # archives differ where zlib does


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_examples_are_what_the_command_prints(path: Path, stackwright: Commands, server: IndexServer) -> None:
    stackwright.write("shop/app.py", SHOP)
    stackwright.write("shop/requirements.txt", "flask>=2\n")
    stackwright.write("build.log", BUILD_LOG)
    stackwright.write("web.in", "flask>=3\ngunicorn >\n-e .\n")
    stackwright.write("limits.txt", "werkzeug!=3.0.6\n")
    stackwright.write("old.txt", "click==8.1.7\nflask==3.0.3\nmarkupsafe==2.1.5\nwerkzeug==2.3.8\n")
    stackwright.write("before.txt", "click==8.1.7\ntoolbox==1.4\nwerkzeug==2.3.8\nmarkupsafe==2.1.5\n")
    stackwright.write("after.txt", "toolbox==2.0\nwerkzeug==3.0.6\nmarkupsafe==2.1.5\n")
    stackwright.write("overrides.txt", "flask: werkzeug>=2.3\n")
    stackwright.write("pipeline.toml", "[freshnes]\nweight = 2.0\n")
    stackwright.write("our-rules/web.yaml", WEB_RULES)
    stackwright.write("model.py", MODEL)
    stackwright.write("cabin/build.py", CABIN)
    stackwright.write("script.py", SCRIPT)
    stackwright.write("pyproject.toml", ENVIRONMENTS)
    stackwright.write("advisories/CVE-2024-0001.json", ADVISORY)
    write_docker_archive(stackwright.path("web.tar"), web_image())
    write_docker_archive(stackwright.path("web-2.tar"), second_web_image())
    stackwright.write("shop.json", saved(shop_image()))
    if path.stem == "knowledge":
        keep_seen(stackwright)
    text = path.read_text()
    made = EXAMPLE.sub(lambda block: f"```console\n{transcript(block[1], stackwright, server)}```", text)
    assert EFFORT.sub("", made) == EFFORT.sub("", text)
