"""Rules as the command applies, checks, tests and explains them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.commands import Commands, Ran
from fakes.image_reports import DEBIAN, PYTHON, image_report, saved
from fakes.index import FakeIndex
from fakes.server import IndexServer
from images.environment import FactValue

LINUX_WHEEL = "cp311-cp311-manylinux_2_17_x86_64"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    for version in ("2.20.0", "2.21.0"):
        index.add("tensorflow", version, tags=[LINUX_WHEEL], requires=["numpy"])
        index.add("tensorflow-cpu", version, tags=[LINUX_WHEEL], requires=["numpy"])
    index.add("tensorflow", "2.22.0", tags=[LINUX_WHEEL], requires=["numpy"])
    index.add("tensorflow-cpu", "2.22.0", tags=["cp311-cp311-macosx_12_0_arm64"], requires=["numpy"])
    index.add("numpy", "2.3.5", tags=[LINUX_WHEEL])
    index.add("numpy", "2.4.6", tags=[LINUX_WHEEL])
    index.add("model", "1.0", requires=["tensorflow>=2.20"])
    for name in ("onnxruntime", "onnxruntime-gpu"):
        index.add(name, "1.31.1", tags=[LINUX_WHEEL])
    for name in ("opencv-python", "opencv-python-headless"):
        index.add(name, "4.12.0.88", tags=[LINUX_WHEEL], requires=["numpy"])
    index.add("psycopg2", "2.9.11", wheel=False, sdist=True)
    index.add("psycopg2-binary", "2.9.11", tags=[LINUX_WHEEL])
    index.add("jax", "0.12.0", extras={"cuda12": ["jax-cuda12-plugin"], "cuda13": ["jax-cuda13-plugin"]})
    index.add("jax-cuda12-plugin", "0.12.0", tags=[LINUX_WHEEL])
    index.add("jax-cuda13-plugin", "0.12.0")
    index.add("native", "1.0", tags=["cp311-cp311-win_amd64"], sdist=True)
    index.add("native", "0.9", tags=[LINUX_WHEEL])
    index.add("nvidia-cublas-cu12", "12.9.1")
    index.add("built-only", "1.0", wheel=False, sdist=True)
    index.add("lib", "1.0", requires=["nvidia-cublas-cu12"])
    index.add("small-cpu", "1.0")
    for version, tools in (("1.0", ["tool", "gauge"]), ("1.1", ["tool<2", "gauge<2"])):
        index.add("framework", version)
        index.add("framework-cpu", version, requires=tools)
        for name in ("tool", "gauge"):
            index.add(name, version.replace("1.1", "2.0"))
    noise = random.Random(1).randbytes(3_000_000)
    index.add("big-gpu", "1.0", contents={"big.bin": noise})
    with IndexServer(index) as running:
        yield running


def machine(commands: Commands, **facts: FactValue) -> str:
    """The name of a report of an image with these facts, ``_`` for ``.``."""
    more = {name.replace("_", "."): value for name, value in facts.items()}
    commands.write("machine.json", saved(image_report(facts={**DEBIAN, **PYTHON, **more})))
    return "machine.json"


def pins(ran: Ran) -> dict[str, str]:
    assert ran.code == 0, ran.err
    return {pin["name"]: pin["version"] for pin in ran.json["pins"]}


def said(ran: Ran, unit: str) -> list[Any]:
    """What a unit says in an advice."""
    reasons = [reason for pin in ran.json["pins"] for reason in pin["reasons"]] + ran.json["remarks"]
    return [reason for reason in reasons if reason["unit"] == unit]


@pytest.mark.parametrize(
    ("asked", "gpu", "expected"),
    [
        ("tensorflow", "none", {"tensorflow-cpu": "2.21.0"}),
        ("tensorflow<2.21", "none", {"tensorflow-cpu": "2.20.0"}),
        ("tensorflow==2.20.0", "none", {"tensorflow-cpu": "2.20.0"}),
        ("model", "none", {"model": "1.0", "tensorflow-cpu": "2.21.0"}),
        ("tensorflow==2.22.0", "none", {"tensorflow": "2.22.0"}),
        ("tensorflow", "nvidia", {"tensorflow": "2.22.0"}),
    ],
)
def test_a_project_is_replaced_where_the_target_has_no_use_for_it(
    stackwright: Commands, asked: str, gpu: str, expected: dict[str, str]
) -> None:
    ran = stackwright.advise(asked, "--image", machine(stackwright, gpu_vendor=gpu), "--format", "json")
    assert pins(ran) == {**expected, "numpy": "2.4.6"}


ALL_FOUR = ("onnxruntime", "onnxruntime-gpu", "opencv-python", "opencv-python-headless")


def test_projects_that_bring_the_same_files_are_replaced_by_one_of_them(stackwright: Commands) -> None:
    image = machine(stackwright, gpu_vendor="none", display=False)
    ran = stackwright.advise(*ALL_FOUR, "--image", image, "--format", "json")
    found = {"numpy": "2.4.6", "onnxruntime": "1.31.1", "opencv-python-headless": "4.12.0.88"}
    assert pins(ran) == found
    (reason,) = said(ran, "onnxruntime-gpu-without-gpu")
    assert reason["link"] == "https://onnxruntime.ai/docs/install/"
    assert reason["evidence"][0]["what"] == "gpu.vendor is none"


def test_a_conflict_that_nothing_solves_is_explained(stackwright: Commands) -> None:
    ran = stackwright.advise("onnxruntime", "onnxruntime-gpu", "--image", machine(stackwright))
    assert ran.code == 1
    told = " ".join(ran.out.split())
    assert (
        "onnxruntime 1.31.1 and onnxruntime-gpu 1.31.1 cannot be in one stack (each of them brings the "
        "package onnxruntime, and the files of one overwrite those of the other; ask for one of them, or "
        "lift this with --no-rule=onnxruntime-variants)" in told
    )
    assert (
        "In short: you require onnxruntime and you require onnxruntime-gpu, but onnxruntime 1.31.1 and"
        in told
    )
    assert (
        stackwright.advise(
            "onnxruntime", "onnxruntime-gpu", "--image", "machine.json", "--no-rule=onnxruntime-variants"
        ).code
        == 0
    )


def test_of_all_four_the_conflict_is_explained_where_the_hardware_is_not_known(stackwright: Commands) -> None:
    ran = stackwright.advise(*ALL_FOUR, "--image", machine(stackwright))
    assert ran.code == 1
    told = " ".join(ran.out.split())
    assert "onnxruntime 1.31.1 and onnxruntime-gpu 1.31.1 cannot be in one stack" in told
    assert re.search(r"not known of the target: gpu\.vendor; [^:]*: [^:]*onnxruntime-gpu \(", told)


def test_what_is_not_known_lets_no_rule_fire_and_is_told(stackwright: Commands) -> None:
    ran = stackwright.advise("tensorflow", "--image", machine(stackwright), "--format", "json")
    assert pins(ran)["tensorflow"] == "2.22.0"
    told = [reason["message"] for reason in said(ran, "rule-wrap")]
    assert any(text.startswith("not known of the target: gpu.vendor; ") for text in told)
    assert not any("numpy" in text and "gpu.vendor" in text for text in told)


def test_a_replacement_that_cannot_be_had_is_told(stackwright: Commands) -> None:
    image = machine(stackwright, gpu_vendor="none")
    ran = stackwright.advise("tensorflow==2.22.0", "--image", image, "--format", "json")
    (reason,) = said(ran, "tensorflow-without-gpu")
    assert reason["level"] == "warning"
    assert "no release of tensorflow-cpu could be taken" in reason["message"]


def test_nothing_that_must_be_built_replaces_what_has_a_wheel(stackwright: Commands) -> None:
    image = machine(stackwright)
    house = own(stackwright, "{project: numpy}", "{replace: {by: built-only, same_versions: false}}")
    ran = stackwright.advise("numpy", "--image", image, "--rules", house, "--format", "json")
    assert pins(ran) == {"numpy": "2.4.6"}
    (reason,) = said(ran, "house")
    assert "no release of built-only could be taken in its place" in reason["message"]
    ran = stackwright.advise("numpy>5", "--image", image, "--rules", house, "--format", "json")
    assert pins(ran) == {"built-only": "1.0"}


def test_releases_that_the_processor_cannot_run_are_refused(stackwright: Commands) -> None:
    image = machine(stackwright, cpu_level=1)
    ran = stackwright.advise("numpy", "--image", image, "--format", "json")
    assert pins(ran) == {"numpy": "2.3.5"}
    (pin,) = ran.json["pins"]
    assert pin["rejected"][0]["unit"] == "numpy-needs-x86-64-v2"
    assert pins(stackwright.advise("numpy", "--image", image, "--format", "json", "--type", "latest")) == {
        "numpy": "2.4.6"
    }
    refused = stackwright.advise("numpy>=2.4", "--image", image)
    assert refused.code == 1
    assert "--no-rule=numpy-needs-x86-64-v2" in refused.out
    admitted = stackwright.advise("numpy>=2.4", "--image", image, "--no-rule", "numpy-needs-x86-64-v2")
    assert admitted.code == 0


@pytest.mark.parametrize(
    ("cuda", "plugin"), [("12.9", "jax-cuda12-plugin"), ("13.1", "jax-cuda13-plugin"), ("11.8", None)]
)
def test_extras_follow_from_the_driver(stackwright: Commands, cuda: str, plugin: str | None) -> None:
    image = machine(stackwright, gpu_vendor="nvidia", cuda_max=cuda)
    ran = stackwright.advise("jax", "--image", image, "--format", "json")
    assert pins(ran) == {"jax": "0.12.0", **({plugin: "0.12.0"} if plugin else {})}


def test_an_extra_that_cannot_be_had_is_not_asked_for(stackwright: Commands) -> None:
    image = machine(stackwright, gpu_vendor="nvidia", cuda_max="12.9", arch="aarch64")
    ran = stackwright.advise("jax", "--image", image, "--format", "json")
    assert pins(ran) == {"jax": "0.12.0"}
    (reason,) = said(ran, "jax-with-cuda-12")
    assert reason["level"] == "warning"
    assert (
        "its extra cuda12 is not asked for, for this release does not have it, or what" in reason["message"]
    )


def test_what_a_rule_adds_and_nobody_has_is_not_added(stackwright: Commands) -> None:
    for what in ("nothing-of-the-kind", "lib>=2"):
        ran = stackwright.advise(
            "numpy", "--rules", own(stackwright, "{project: numpy}", f"{{add: '{what}'}}"), "--format", "json"
        )
        assert pins(ran) == {"numpy": "2.4.6"}
        (reason,) = said(ran, "house")
        assert f"{what} is not added, for it has no usable release here" in reason["message"]


def test_without_a_compiler_nothing_is_compiled(stackwright: Commands) -> None:
    image = machine(stackwright, compiler_c="none")
    ran = stackwright.advise("native", "psycopg2", "--image", image, "--format", "json")
    assert pins(ran) == {"native": "0.9", "psycopg2-binary": "2.9.11"}
    image = machine(stackwright, compiler_c="gcc")
    ran = stackwright.advise("native", "psycopg2", "--image", image, "--format", "json")
    assert pins(ran) == {"native": "1.0", "psycopg2": "2.9.11"}


def test_libraries_for_what_is_not_there_are_told(stackwright: Commands) -> None:
    ran = stackwright.advise("lib", "--image", machine(stackwright, gpu_vendor="none"), "--format", "json")
    (reason,) = said(ran, "nvidia-without-gpu")
    assert reason["level"] == "warning"


def test_rules_are_switched_off_by_options_settings_and_files(stackwright: Commands) -> None:
    image = machine(stackwright, gpu_vendor="none")
    asked = ("tensorflow", "--image", image, "--format", "json")
    name = "tensorflow-without-gpu"
    assert "tensorflow" in pins(stackwright.advise(*asked, "--no-rule", name))
    assert "tensorflow" in pins(stackwright.advise(*asked, "--no-rules"))
    stackwright.write("units.toml", f"[{name}]\nenabled = false\n")
    assert "tensorflow" in pins(stackwright.advise(*asked, "--pipeline", "units.toml"))
    stackwright.write("units.toml", "[rule-pseudonym]\nenabled = false\n")
    assert "tensorflow" in pins(stackwright.advise(*asked, "--pipeline", "units.toml"))
    assert "tensorflow-cpu" in pins(stackwright.advise(*asked))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("[tensorflow-without-gpu]\nsize = 1\n", "rules have no parameters"),
        ("[tensorflow-without-gpu]\nweight = 1\n", "only a rule that scores has a weight"),
        ('order = ["tensorflow-without-gpu"]\n', "rules have the order of their files"),
    ],
)
def test_settings_that_a_rule_does_not_have(stackwright: Commands, table: str, told: str) -> None:
    stackwright.write("units.toml", table)
    ran = stackwright.advise("numpy", "--pipeline", "units.toml")
    assert ran.code == 2
    assert told in ran.err


def test_a_rule_that_does_not_exist(stackwright: Commands) -> None:
    ran = stackwright.advise("numpy", "--no-rule", "tensorflow-without-gpus")
    assert ran.code == 2
    assert "did you mean: tensorflow-without-gpu" in ran.err


OWN = """\
rules:
  - name: {name}
    match: {match}
    do: {do}
    because: it is the rule of the house
    link: https://peps.python.org/pep-0508/
    checked: 2026-01-31
    examples:
      - {{fires: true, project: {project}, version: "2.4.6"}}
      - {{fires: false, project: other}}
"""


def own(commands: Commands, match: str, do: str, *, name: str = "house", project: str = "numpy") -> str:
    commands.write("house/rules.yaml", OWN.format(name=name, match=match, do=do, project=project))
    return "house"


def test_rules_of_a_directory_and_of_the_project(stackwright: Commands) -> None:
    folder = own(stackwright, "{project: numpy, specifier: '>=2.4'}", "{refuse: true}")
    asked = ("numpy", "--image", machine(stackwright), "--format", "json")
    assert pins(stackwright.advise(*asked, "--rules", folder)) == {"numpy": "2.3.5"}
    stackwright.write("pyproject.toml", f'[tool.stackwright]\nrules = ["{folder}"]\n')
    assert pins(stackwright.advise(*asked)) == {"numpy": "2.3.5"}
    stackwright.write("pyproject.toml", "[tool.stackwright]\nrules = [1]\n")
    assert stackwright.advise(*asked).code == 2


def test_a_rule_of_ones_own_takes_the_place_of_one_that_ships(stackwright: Commands) -> None:
    folder = own(
        stackwright, "{project: numpy}", "{message: info}", name="tensorflow-without-gpu", project="numpy"
    )
    image = machine(stackwright, gpu_vendor="none")
    ran = stackwright.advise("tensorflow", "--image", image, "--rules", folder, "--format", "json")
    assert "tensorflow" in pins(ran)
    assert said(ran, "tensorflow-without-gpu")[0]["message"] == "numpy 2.4.6: it is the rule of the house"


@pytest.mark.parametrize(
    ("do", "more"),
    [
        ("{add: 'lib>=1'}", {"lib", "nvidia-cublas-cu12"}),
        ("{score: -0.9}", set()),
        ("{environment: {OMP_NUM_THREADS: '{cores}'}}", set()),
        ("{manifest: {file: Dockerfile, change: use another base}}", set()),
        ("{index: 'https://wheels.numpy.org/simple'}", set()),
        ("{message: warning}", set()),
    ],
)
def test_every_effect_on_a_release_has_its_reason(stackwright: Commands, do: str, more: set[str]) -> None:
    folder = own(stackwright, "{project: numpy}", do)
    image = machine(stackwright, cores=3)
    ran = stackwright.advise("numpy", "--image", image, "--rules", folder, "--format", "json")
    assert pins(ran).keys() == {"numpy", *more}
    (reason,) = said(ran, "house")
    assert "it is the rule of the house" in reason["message"]
    assert reason["link"] == "https://peps.python.org/pep-0508/"
    if "environment" in do:
        assert "OMP_NUM_THREADS=3" in reason["message"]


def test_a_dependency_that_is_skipped(stackwright: Commands) -> None:
    folder = own(stackwright, "{project: numpy}", "{skip: true}")
    image = machine(stackwright)
    ran = stackwright.advise("opencv-python", "--image", image, "--rules", folder, "--format", "json")
    assert pins(ran) == {"opencv-python": "4.12.0.88"}
    assert pins(stackwright.advise("numpy", "--image", image, "--rules", folder, "--format", "json"))


def test_releases_that_are_kept_apart(stackwright: Commands) -> None:
    folder = own(stackwright, "{project: numpy, specifier: '>=2.4', stack: {lib: '>=1'}}", "{refuse: true}")
    asked = ("--image", machine(stackwright), "--rules", folder, "--format", "json")
    assert pins(stackwright.advise("numpy", *asked)) == {"numpy": "2.4.6"}
    assert pins(stackwright.advise("numpy", "lib", *asked))["numpy"] == "2.3.5"


def test_a_target_that_cannot_serve(stackwright: Commands) -> None:
    rule = OWN.format(name="house", match="{facts: {libc.name: glibc}}", do="{message: error}", project="a")
    rule = rule.replace("{fires: true, project: a", "{fires: true, facts: {libc.name: glibc}, project: a")
    stackwright.write("house/rules.yaml", rule)
    ran = stackwright.advise("numpy", "--image", machine(stackwright), "--rules", "house")
    assert ran.code == 1
    assert "it is the rule of the house" in ran.err


def test_rules_of_a_checkout_are_told_with_its_commit(stackwright: Commands) -> None:
    own(stackwright, "{project: numpy}", "{message: info}")
    stackwright.write("house/.git/HEAD", "ref: refs/heads/main\n")
    stackwright.write("house/.git/packed-refs", f"# pack-refs\n{'a1' * 20} refs/heads/main\n")
    stackwright.write("house/.git/rules.yaml", "this is none")
    ran = stackwright.main("rules", "explain", "house", "--rules", "house", "--platform", "linux")
    assert ran.code == 0, ran.err
    assert f"house is a rule of house at commit {'a1' * 6} (house/rules.yaml:2:5)" in ran.out
    assert "It fires on this target." in ran.out


def test_rules_that_contradict_and_rules_that_never_fire(stackwright: Commands) -> None:
    folder = own(stackwright, "{project: onnxruntime, facts: {gpu.vendor: none}}", "{refuse: true}")
    ran = stackwright.main("rules", "check", folder)
    assert ran.code == 1
    assert "onnxruntime-gpu-without-gpu brings in onnxruntime, which house refuses" in ran.out
    own(stackwright, "{project: numpy, facts: {cuda.max: '>=13,<12'}}", "{refuse: true}")
    ran = stackwright.main("rules", "check", folder)
    assert (ran.code, "house has conditions that cannot hold together" in ran.out) == (1, True)
    assert ran.out.startswith("house/rules.yaml:2:5: error: ")
    own(stackwright, "{project: tensorflow, facts: {gpu.vendor: none}}", "{replace: {by: numpy}}")
    ran = stackwright.main("rules", "check", folder, "--format", "json")
    assert [finding["id"] for finding in ran.json["findings"]] == ["rule-comes-second"]
    assert stackwright.main("rules", "check", folder, "--no-rules").code == 0


def test_examples_that_are_not_as_they_say(stackwright: Commands) -> None:
    folder = own(stackwright, "{project: numpy, specifier: '<2'}", "{refuse: true}")
    ran = stackwright.main("rules", "test", folder)
    assert ran.code == 1
    assert "house/rules.yaml:2:5: error: house must fire and does not in example 1 (rule-example)" in ran.out


def test_explaining_a_rule(stackwright: Commands) -> None:
    image = machine(stackwright, gpu_vendor="none")
    name = "tensorflow-without-gpu"
    told = stackwright.main("rules", "explain", name, "--image", image)
    assert told.code == 0
    assert "It fires on this target:\n  gpu.vendor is none (/usr/bin/python3.11)" in told.out
    off = stackwright.main("rules", "explain", name, "--image", image, "--no-rule", name)
    assert off.out.endswith("It is switched off.\n")
    quiet = stackwright.main("rules", "explain", name, "--image", machine(stackwright, gpu_vendor="amd"))
    assert quiet.out.endswith("It does not fire on this target.\n")
    image = machine(stackwright, gpu_vendor="none")
    answer = stackwright.main("rules", "explain", name, "--image", image, "--format", "json").json
    assert (answer["fires"], answer["kind"]) == (True, "pseudonym")
    unknown = stackwright.main("rules", "explain", "tensorflow-without-gpus")
    assert (unknown.code, "did you mean" in unknown.err) == (2, True)
    assert stackwright.main("rules", "explain").code == 2


def test_rules_are_listed_beside_units(stackwright: Commands) -> None:
    image = machine(stackwright, gpu_vendor="none")
    listed = stackwright.main("units", "list", "--image", image, "--format", "json").json
    (rule,) = [unit for unit in listed if unit["name"] == "tensorflow-without-gpu"]
    assert (rule["kind"], rule["applies"], rule["enabled"]) == ("pseudonym rule", True, True)
    assert "tensorflow-without-gpu (of shipped" in stackwright.main("units", "list").out


def test_what_stands_in_counts_as_what_it_stands_in_for(stackwright: Commands) -> None:
    """An older release of it would let two dependencies be newer, which weigh less than it does."""
    image = machine(stackwright, gpu_vendor="none")
    rule = OWN.format(
        name="house", match="{project: framework}", do="{replace: {by: framework-cpu}}", project="framework"
    )
    stackwright.write("house/rules.yaml", rule)
    ran = stackwright.advise("framework", "--image", image, "--rules", "house", "--format", "json")
    assert pins(ran) == {"framework-cpu": "1.1", "gauge": "1.0", "tool": "1.0"}


def test_megabytes_that_a_replacement_saves_are_told(stackwright: Commands) -> None:
    image = machine(stackwright, gpu_vendor="none")
    ran = stackwright.advise("big-gpu", "--image", image, "--rules", "house", "--format", "json")
    assert ran.code == 2
    rule = OWN.format(
        name="house", match="{project: big-gpu}", do="{replace: {by: small-cpu}}", project="big-gpu"
    )
    stackwright.write("house/rules.yaml", rule)
    ran = stackwright.advise("big-gpu", "--image", image, "--rules", "house", "--format", "json")
    assert pins(ran) == {"small-cpu": "1.0"}
    (pin,) = ran.json["pins"]
    assert pin["stands_in_for"] == ["big-gpu"]
    (reason,) = said(ran, "house")
    saves = "saves 3.0 MB (0.0 MB in place of 3.0 MB)"
    told = f"small-cpu stands in for big-gpu: it is the rule of the house: {saves}"
    assert reason["message"] == told
    shown = stackwright.advise("big-gpu", "--image", image, "--rules", "house", COLUMNS="200")
    assert f"note: {told}" in shown.out


def test_requirements_cannot_express_what_installers_would_undo(stackwright: Commands) -> None:
    image = machine(stackwright, gpu_vendor="none")
    direct = stackwright.advise("tensorflow", "--image", image, "-o", "requirements.txt", "-q")
    assert direct.code == 0, direct.err
    assert "tensorflow-cpu==2.21.0" in stackwright.path("requirements.txt").read_text()
    ran = stackwright.advise("model", "--image", image, "-o", "requirements.txt", "-q")
    assert ran.code == 2
    assert "tensorflow-cpu stands in for tensorflow, which model asks for" in ran.err
    assert stackwright.advise("model", "--image", image, "-o", "pylock.toml", "-q").code == 0


def test_a_stack_is_explained_with_the_rule(stackwright: Commands) -> None:
    image = machine(stackwright, gpu_vendor="none")
    ran = stackwright.main("explain", "tensorflow-cpu", "tensorflow", "--image", image)
    assert ran.code == 0, ran.err
    assert "you require tensorflow, for which it stands in" in ran.out
    assert "(tensorflow-without-gpu)" in ran.out


def test_what_was_never_built_before_is_compiled_too(tmp_path: Path) -> None:
    """An old release without wheels is no way out where its project's newer ones must be compiled."""
    index = FakeIndex()
    index.add("grown", "0.1", wheel=False, sdist=True)
    index.add("grown", "1.0", tags=["cp311-cp311-win_amd64"], sdist=True)
    index.add("plain", "0.1", wheel=False, sdist=True)
    index.add("plain", "1.0", tags=["py3-none-any"], requires_python=">=3.12")
    with IndexServer(index) as server:
        commands = Commands(tmp_path, server.url)
        image = machine(commands, compiler_c="none")
        ran = commands.advise("grown", "--image", image, "--format", "json")
        assert ran.code == 1
        assert pins(commands.advise("plain", "--image", image, "--format", "json")) == {"plain": "0.1"}
        image = machine(commands, compiler_c="gcc 12")
        assert pins(commands.advise("grown", "--image", image, "--format", "json")) == {"grown": "1.0"}
