"""``advise --image`` as a user runs it: the facts of an image, and what it ships and others there need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.images.elves import elf
from fakes.images.image_reports import (
    DEBIAN,
    DIGEST,
    DIST_PACKAGES,
    PYTHON,
    distribution,
    image_report,
    interpreter,
    saved,
)
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from images.reports.records import NativeLibrary

MUSL, GLIBC = "cp311-cp311-musllinux_1_2_x86_64", "cp311-cp311-manylinux_2_28_x86_64"
URLLIB3 = f"{DIST_PACKAGES}/urllib3-1.26.12.dist-info (layer 0)"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("client", "1.0", requires=["urllib3>=1.21"])
    index.add("modern", "1.0", requires=["urllib3>=2"])
    for version in ("1.26.12", "1.26.20", "2.2.1"):
        index.add("urllib3", version)
    index.add("requests", "2.28.1", requires=["urllib3<1.27"])
    index.add("requests", "2.32.3", requires=["urllib3<3"])
    index.add("native", "1.0", tags=[MUSL, GLIBC])
    index.add("native", "2.0", tags=[GLIBC])
    index.add("arm", "1.0", tags=["cp311-cp311-manylinux_2_28_aarch64"])
    index.add("fresh", "1.0")
    index.add("fresh", "2.0", requires_python=">=3.12")
    for version, symbol in (("1.0", "3.4.19"), ("1.1", "3.4.22"), ("2.0", "3.4.29")):
        needs = {"libstdc++.so.6": [f"GLIBCXX_{symbol}"]}
        native = {"fast/_fast.cpython-311-x86_64-linux-gnu.so": elf(needed=list(needs), requires=needs)}
        index.add("fast", version, tags=["cp311-cp311-manylinux_2_34_x86_64"], contents=native)
    index.add("kernel", "1.0", requires=["fresh ; platform_release == '5.10'"])
    with IndexServer(index) as running:
        yield running


REQUESTS = (
    distribution("requests", "2.28.1", "urllib3<1.27,>=1.21.1"),
    distribution("urllib3", "1.26.12"),
)


@pytest.fixture
def commands(stackwright: Commands) -> Commands:
    """With a Debian image that has requests, its twin without, and one for musl."""
    stackwright.write("with.json", saved(image_report(REQUESTS)))
    stackwright.write("without.json", saved(image_report()))
    musl = {**DEBIAN, **PYTHON, "os.id": "alpine", "libc.name": "musl", "libc.version": "1.2.5"}
    stackwright.write("musl.json", saved(image_report(facts=musl)))
    stackwright.write("empty.json", saved(image_report(facts=dict(DEBIAN), interpreters=())))
    return stackwright


def report(commands: Commands, *arguments: str) -> Any:
    ran = commands.advise(*arguments, "--format", "json")
    assert ran.code in (0, 1), ran.err
    return ran.json


def pins(found: Any) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin in found["pins"]}


def pin(found: Any, name: str) -> Any:
    return next(pin for pin in found["pins"] if pin["name"] == name)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_what_others_in_the_image_need_keeps_its_version(commands: Commands) -> None:
    found = report(commands, "client", "--image", "with.json")
    assert pins(found) == {"client": "1.0", "urllib3": "1.26.12"}
    assert pins(report(commands, "client", "--image", "without.json"))["urllib3"] == "2.2.1"
    rejected = pin(found, "urllib3")["rejected"]
    assert [each["unit"] for each in rejected] == ["image-packages"] * 2
    reason = rejected[0]["reason"]
    assert reason["evidence"] == [
        {"what": "urllib3 1.26.12 is installed", "where": URLLIB3},
        {
            "what": "requests 2.28.1 needs urllib3<1.27,>=1.21.1",
            "where": f"{DIST_PACKAGES}/requests-2.28.1.dist-info (layer 0)",
        },
    ]
    reasons = pin(found, "urllib3")["reasons"]
    told = [each["message"] for each in reasons if each["unit"] == "image-pins"]
    assert told == [f"the image already has it at {URLLIB3}"]


def test_the_table_says_why(commands: Commands) -> None:
    ran = commands.advise("client", "--image", "with.json", COLUMNS="250")
    told = f"is not the release of the image: 1.26.12 in {URLLIB3}, which requests 2.28.1 needs"
    assert f"2.2.1 {told} (--upgrade=urllib3 lets it move)" in ran.out


@pytest.mark.parametrize(
    "options",
    [
        ["--upgrade=urllib3"],
        ["--upgrade"],
        ["--no-image-packages"],
        ["--pipeline", "off.toml"],
        ["--pipeline", "moves.toml"],
        ["-c", "limits.txt"],
    ],
)
def test_what_the_user_says_otherwise_counts(commands: Commands, options: list[str]) -> None:
    commands.write("off.toml", "[image-packages]\nenabled = false\n")
    commands.write("moves.toml", '[image-packages]\nmay_move = ["URLlib3"]\n')
    commands.write("limits.txt", "urllib3>=2\n")
    assert pins(report(commands, "client", "--image", "with.json", *options))["urllib3"] == "2.2.1"


def test_a_constraint_that_admits_it_changes_nothing(commands: Commands) -> None:
    commands.write("limits.txt", "urllib3>=1.26\n")
    found = report(commands, "client", "--image", "with.json", "-c", "limits.txt")
    assert pins(found)["urllib3"] == "1.26.12"


def test_what_is_asked_for_is_kept_while_it_fits(commands: Commands) -> None:
    found = report(commands, "urllib3", "--image", "with.json")
    assert pins(found) == {"urllib3": "1.26.12"}
    kept = [each["message"] for each in pin(found, "urllib3")["reasons"] if "kept from" in each["message"]]
    assert kept == [f"kept from the image, where requests 2.28.1 needs it: {URLLIB3}"]
    assert pins(report(commands, "urllib3", "--image", "with.json", "--upgrade=urllib3")) == {
        "urllib3": "2.2.1"
    }


def test_a_requirement_that_contradicts_moves_it_and_is_warned_of(commands: Commands) -> None:
    found = report(commands, "urllib3>=2", "--image", "with.json")
    assert pins(found) == {"urllib3": "2.2.1"}
    (remark,) = [each for each in pin(found, "urllib3")["reasons"] if each["unit"] == "image-pins"]
    assert remark["level"] == "warning"
    assert remark["message"] == (
        f"urllib3 2.2.1 replaces urllib3 1.26.12, which the image has in {URLLIB3}: "
        "requests 2.28.1 needs urllib3<1.27,>=1.21.1 there"
    )
    ran = commands.advise("urllib3>=2", "--image", "with.json", COLUMNS="250")
    assert f"warning: {remark['message']}" in ran.out


def test_what_only_that_needs_which_is_replaced_moves_along(commands: Commands) -> None:
    found = report(commands, "requests", "--image", "with.json")
    assert pins(found) == {"requests": "2.32.3", "urllib3": "2.2.1"}
    told = [each["message"] for each in pin(found, "urllib3")["reasons"] if each["unit"] == "image-pins"]
    assert told == [f"replaces urllib3 1.26.12, which the image has in {URLLIB3}"]


def test_the_project_itself_is_replaced(commands: Commands) -> None:
    """An image of the project's last release has it, with what it needed then."""
    own = distribution("shop", "1.0", "urllib3<2")
    commands.write("last.json", saved(image_report([own, distribution("urllib3", "1.26.12")])))
    commands.write("project/pyproject.toml", '[project]\nname = "Shop"\ndependencies = ["client"]\n')
    found = report(commands, "-r", "project/pyproject.toml", "--image", "last.json")
    assert pins(found)["urllib3"] == "2.2.1"
    assert pins(report(commands, "client", "--image", "last.json"))["urllib3"] == "1.26.12"


def test_what_cannot_be_is_explained_with_what_would_help(commands: Commands) -> None:
    ran = commands.advise("modern", "--image", "with.json", COLUMNS="250")
    assert ran.code == 1
    assert f" is not the release of the image: 1.26.12 in {URLLIB3}" in one_line(ran.out)
    change = "change urllib3 1.26.12 of the image to urllib3 2.2.1 (--upgrade=urllib3)"
    assert f" 1. {change}: gives modern 1.0 (score " in one_line(ran.out)
    assert pins(report(commands, "modern", "--image", "with.json", "--upgrade=urllib3"))["urllib3"] == "2.2.1"


def test_a_release_that_no_index_has_is_not_replaced_silently(commands: Commands) -> None:
    patched = (distribution("client", "1.0", "urllib3"), distribution("urllib3", "2.0a0+vendor"))
    commands.write("patched.json", saved(image_report([*patched, distribution("top", "1.0", "client")])))
    ran = commands.advise("modern", "--image", "patched.json", COLUMNS="250")
    assert ran.code == 1
    assert "needs; no index lists that release (--upgrade=urllib3 lets it move)" in one_line(ran.out)


def test_a_local_label_of_the_image_is_the_same_release(commands: Commands) -> None:
    labelled = (REQUESTS[0], distribution("urllib3", "1.26.12+cu121"))
    commands.write("labelled.json", saved(image_report(labelled)))
    assert pins(report(commands, "client", "--image", "labelled.json"))["urllib3"] == "1.26.12"


def test_the_target_is_the_image(commands: Commands) -> None:
    found = report(commands, "native", "--image", "musl.json")
    assert pins(found) == {"native": "1.0"}
    facts = found["environment"]["facts"]
    assert facts["libc.name"]["value"] == "musl"
    assert not {"os.kernel.release", "os.kernel.version", "cores", "memory_bytes"} & facts.keys()
    assert pins(report(commands, "native", "--image", "with.json")) == {"native": "2.0"}
    ran = commands.advise("fresh", "--image", "with.json")
    assert ran.out.startswith("Advised for cpython 3.11.2 on linux x86_64 with glibc 2.36:\n")
    assert pins(report(commands, "fresh", "--image", "with.json")) == {"fresh": "1.0"}


def test_a_marker_about_the_kernel_is_undecided(commands: Commands) -> None:
    found = report(commands, "kernel", "--image", "with.json")
    assert pins(found) == {"fresh": "1.0", "kernel": "1.0"}
    assert [each["what"] for each in found["unknowns"]] == ["marker"]


def test_what_could_not_be_read_in_the_image_is_told(commands: Commands) -> None:
    from analyzers.reports import Unknown

    unknown = Unknown(what="distribution", where="/usr/lib/x.dist-info", reason="it has no version")
    commands.write("partly.json", saved(image_report(unknowns=(unknown,))))
    found = report(commands, "fresh", "--image", "partly.json")
    assert found["unknowns"] == [
        {"what": "distribution", "where": "/usr/lib/x.dist-info", "reason": "it has no version"}
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--image", "with.json", "--python-version", "3.9"],
            (
                "--python-version 3.9 contradicts the image, which has Python 3.11.2 (/usr/bin/python3.11)\n"
                "  leave --python-version out, or name an image with that Python\n"
            ),
        ),
        (
            ["--image", "with.json", "--platform", "linux/arm64"],
            (
                "--platform linux/arm64 contradicts the image, which has arch x86_64 (/usr/bin/python3.11)\n"
                "  leave --platform out, or name an image for that platform\n"
            ),
        ),
        (
            ["--image", "with.json", "--platform", "x86_64-manylinux_2_17"],
            (
                "--platform x86_64-manylinux_2_17 contradicts the image, which has libc.version 2.36 "
                "(/usr/bin/python3.11)\n  leave --platform out, or name an image for that platform\n"
            ),
        ),
        (
            ["--image", "empty.json"],
            (
                "the image has no Python\n  name the one that will be installed in it with --python-version, "
                "such as --python-version 3.12\n"
            ),
        ),
        (
            ["--image", "scan.json"],
            (
                "scan.json: is JSON, but no report of an image: Object missing required field `tool`\n"
                "  save one with: stackwright inspect REFERENCE --format json\n"
            ),
        ),
        (
            ["--image", "half.json"],
            (
                "half.json: is JSON, but no report of an image: Input data was truncated\n"
                "  save one with: stackwright inspect REFERENCE --format json\n"
            ),
        ),
    ],
)
def test_contradictions_and_what_is_missing(
    commands: Commands, server: IndexServer, arguments: list[str], message: str
) -> None:
    commands.write("scan.json", "{}")
    commands.write("half.json", saved(image_report())[:1000])
    ran = commands.advise("fresh", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"stackwright: error: {message}"
    assert server.requests == []


def test_options_may_say_what_the_image_says(commands: Commands) -> None:
    agreeing = ["--python-version", "3.11", "--platform", "linux/amd64"]
    ran = commands.advise("fresh", "--image", "with.json", *agreeing)
    assert ran.out.startswith("Advised for cpython 3.11.2 on linux x86_64 with glibc 2.36:\n")


def test_a_python_can_be_named_where_the_image_has_none(commands: Commands) -> None:
    found = report(commands, "fresh", "--image", "empty.json", "--python-version", "3.12")
    assert pins(found) == {"fresh": "2.0"}
    assert found["environment"]["facts"]["os.id"]["value"] == "debian"


def test_another_interpreter_of_the_image_can_be_chosen(commands: Commands) -> None:
    local = "/usr/local/lib/python3.12/site-packages"
    newer = interpreter("/usr/local/bin/python3.12", "3.12.4", search_path=(local,), is_default=False)
    both = image_report(REQUESTS, interpreters=(interpreter(), newer))
    commands.write("both.json", saved(both))
    assert pins(report(commands, "fresh", "--image", "both.json")) == {"fresh": "1.0"}
    found = report(commands, "fresh", "client", "--image", "both.json", "--python-version", "3.12")
    assert pins(found) == {"client": "1.0", "fresh": "2.0", "urllib3": "2.2.1"}
    assert found["environment"]["facts"]["python.version"] == {
        "value": "3.12.4",
        "source": "/usr/local/bin/python3.12",
    }


OLD, BARE, NEW = {"libstdcxx.glibcxx": "3.4.25"}, dict[str, str](), {"libstdcxx.glibcxx": "3.4.30"}


@pytest.mark.parametrize(
    ("facts", "version", "has"),
    [
        (OLD, "1.1", "libstdcxx.glibcxx 3.4.25 (/usr/bin/python3.11)"),
        (NEW, "2.0", None),
        (BARE, "2.0", "no libstdc++.so.6 in the image"),
    ],
)
def test_what_the_image_cannot_load(
    commands: Commands, facts: dict[str, str], version: str, has: str | None
) -> None:
    """By the symbol versions of the C++ library; where nothing can be loaded, the pin is warned of."""
    libc = NativeLibrary(name="glibc", path="/lib/x86_64-linux-gnu/libc.so.6", soname="libc.so.6")
    commands.write("native.json", saved(image_report(facts={**DEBIAN, **PYTHON, **facts}, libraries=(libc,))))
    found = report(commands, "fast", "--image", "native.json")
    assert pins(found) == {"fast": version}
    told = [each["reason"] for each in pin(found, "fast")["rejected"]] + pin(found, "fast")["reasons"]
    messages = [each["message"] for each in told if each["unit"] in ("abi", "unloadable")]
    path = "fast/_fast.cpython-311-x86_64-linux-gnu.so"
    if has is None:
        assert messages == []
    else:
        (message,) = messages
        needs = "libstdc++.so.6" if not facts else "GLIBCXX_3.4.29 of libstdc++.so.6"
        assert f"needs {needs} ({path}), and the target has {has}" in message
    again = commands.advise("fast", "--image", "native.json", "--offline", "--format", "json").json
    assert pins(again) == {"fast": version}


def test_the_project_can_name_its_image(commands: Commands) -> None:
    commands.write("pyproject.toml", '[tool.stackwright]\nimage = "with.json"\n')
    assert pins(report(commands, "client"))["urllib3"] == "1.26.12"
    assert pins(report(commands, "client", "--image", "without.json"))["urllib3"] == "2.2.1"
    commands.write("pyproject.toml", "[tool.stackwright]\nimage = 3\n")
    ran = commands.advise("client")
    assert (ran.code, ran.err) == (2, "stackwright: error: pyproject.toml: image is no text\n")


@pytest.mark.parametrize("form", ["pylock", "requirements"])
def test_the_lock_is_the_same_wherever_the_image_was_read_from(commands: Commands, form: str) -> None:
    commands.write("registry.json", saved(image_report(REQUESTS, kind="registry")))
    locks = [
        commands.advise("client", "--image", name, "--format", form).out
        for name in ("with.json", "registry.json")
    ]
    assert locks[0] == locks[1] != ""


def test_the_input_names_the_image_by_its_digest(commands: Commands) -> None:
    found = report(commands, "client", "--image", "with.json")["input"]
    assert found["files"] == [{"path": "with.json", "digest": DIGEST}]
    assert found["digest"] != report(commands, "client", "--image", "without.json")["input"]["digest"]
    commands.write("again.json", saved(image_report(REQUESTS, kind="registry")))
    assert found["digest"] == report(commands, "client", "--image", "again.json")["input"]["digest"]


def test_other_commands_take_images(commands: Commands) -> None:
    ran = commands.main("explain", "urllib3", "client", "--image", "with.json", COLUMNS="250")
    assert f"the image already has it at {URLLIB3} (image-pins)" in ran.out
    ran = commands.main("explain", "urllib3==2.2.1", "client", "--image", "with.json", COLUMNS="250")
    assert "(--upgrade=urllib3 lets it move) (image-packages)" in ran.out
    ran = commands.main("space", "client", "--image", "with.json")
    assert "urllib3  " in ran.out and "1 of 3 releases" in ran.out
    ran = commands.main("units", "list", "--image", "with.json", "--format", "json")
    applies = {unit["name"]: unit["applies"] for unit in json.loads(ran.out)}
    assert applies["image-packages"] and applies["image-pins"]
