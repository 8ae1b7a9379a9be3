"""Rules as the command applies, checks, tests and explains them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.images.hardware import OWN, hardware_index, machine, own, pins, said
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(hardware_index()) as running:
        yield running


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
