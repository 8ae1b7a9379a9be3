"""Rules of one's own: from directories and checkouts, checked, tested, explained."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.images.hardware import OWN, hardware_index, machine, own, pins, said
from fakes.indexes.server import IndexServer


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(hardware_index()) as running:
        yield running


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
