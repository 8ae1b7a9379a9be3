from __future__ import annotations

from typing import Any

import pytest
from ast_grep_py import SgRoot
from hypothesis import given
from hypothesis import strategies as st

from analyzers.source.module_facts import DeviceMention
from analyzers.source.records import Guard, Role, Use, UseKind
from analyzers.source.signals.hardware import HardwareHint, devices, hints, summary
from analyzers.source.signals.hardware_signals import (
    DEVICE_ARGUMENTS,
    DEVICE_CALLS,
    ENVIRONMENT,
    MOVES,
    SYMBOLS,
    Accelerator,
    Strength,
    device,
)


def used(symbol: str, line: int = 1, file: str = "a.py", kind: UseKind = UseKind.CALL, **more: Any) -> Use:
    return Use(file=file, line=line, column=1, end_line=line, end_column=2, symbol=symbol, kind=kind, **more)


def told(*uses: Use) -> list[tuple[str, str]]:
    return [(hint.accelerator.value, hint.strength.value) for hint in hints(uses)]


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_each_row_speaks_for_itself_and_for_what_is_below(symbol: str) -> None:
    accelerator, strength = SYMBOLS[symbol]
    assert told(used(symbol)) == [(accelerator, strength)]
    below = SYMBOLS.get(f"{symbol}.unheard_of", SYMBOLS[symbol])
    assert told(used(f"{symbol}.unheard_of().more[]")) == [tuple(below)]


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_no_row_speaks_for_its_neighbours(symbol: str) -> None:
    parent, _, _ = symbol.rpartition(".")
    other = SYMBOLS.get(parent)
    while other is None and parent:
        parent, _, _ = parent.rpartition(".")
        other = SYMBOLS.get(parent)
    assert told(used(f"{symbol}_of_another_name")) == ([] if other is None else [tuple(other)])


@pytest.mark.parametrize("name", MOVES["torch"])
def test_an_object_is_moved_by_a_method(name: str) -> None:
    assert told(used(f"torch.nn.Module.{name}")) == [(name, "requires")]
    assert told(used(f"torch.load().{name}")) == [(name, "requires")]
    assert told(used(f"torch.nn.Module.{name}", kind=UseKind.ATTRIBUTE)) == []
    assert told(used(f"elsewhere.Module.{name}")) == []


@pytest.mark.parametrize(
    ("symbol", "literals", "expected"),
    [
        ("torch.nn.Module.to", [("0", '"cuda"')], [("cuda", "requires")]),
        ("torch.nn.Module.to", [("0", "'cuda:1'")], [("cuda", "requires")]),
        ("torch.nn.Module.to", [("0", "'cpu'")], []),
        ("torch.nn.Module.eval", [("0", "'cuda'")], []),
        ("torch.zeros", [("0", "3"), ("device", "'mps'")], [("mps", "requires")]),
        ("torch.load", [("map_location", "'cpu'")], []),
        ("torch.distributed.init_process_group", [("backend", '"nccl"')], [("cuda", "requires")]),
        ("torch.distributed.init_process_group", [("backend", '"gloo"')], []),
        ("transformers.AutoModel.from_pretrained", [("device_map", '"auto"')], [("gpu", "optional")]),
        ("transformers.AutoModel.from_pretrained", [("device_map", '"cuda:0"')], [("cuda", "requires")]),
        ("sentence_transformers.SentenceTransformer", [("0", "'cuda'")], []),
        ("sentence_transformers.SentenceTransformer", [("device", "'cuda'")], [("cuda", "requires")]),
        ("xgboost.XGBClassifier", [("tree_method", "'gpu_hist'")], [("cuda", "requires")]),
        ("catboost.CatBoost", [("task_type", "'GPU'")], [("gpu", "requires")]),
        ("lightning.Trainer", [("accelerator", "'tpu'")], [("tpu", "requires")]),
        ("lightning.Trainer", [("accelerator", "'auto'")], []),
        ("jax.devices", [("0", "'tpu'")], [("gpu", "probe"), ("tpu", "probe")]),
        ("tensorflow.device", [("0", "'/GPU:0'")], [("gpu", "requires")]),
        ("tensorflow.device", [("0", "'/CPU:0'")], []),
        ("tensorflow.config.list_physical_devices", [("0", "'GPU'")], [("gpu", "probe")]),
        (
            "onnxruntime.InferenceSession",
            [("providers", "['CUDAExecutionProvider', 'CPUExecutionProvider']")],
            [("cuda", "optional")],
        ),
        ("onnxruntime.InferenceSession", [("providers", "['CPUExecutionProvider']")], []),
        ("os.getenv", [("0", "'CUDA_VISIBLE_DEVICES'")], [("cuda", "optional")]),
        ("os.environ.get", [("0", "'HOME'")], []),
        ("os.environ.get", [("0", "open('x')")], []),
    ],
)
def test_constants_of_calls(
    symbol: str, literals: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    assert told(used(symbol, literals=tuple(literals))) == expected


@pytest.mark.parametrize("guard", Guard)
def test_what_is_guarded_is_optional(guard: Guard) -> None:
    assert told(used("cupy.array", guard=(guard,))) == [("cuda", "optional")]


def test_a_probe_makes_optional_what_its_file_requires() -> None:
    uses = [
        used("torch.cuda.is_available", 1),
        used("torch.cuda.synchronize", 2),
        used("cupy.array", 3, "b.py"),
    ]
    assert told(*uses) == [("cuda", "probe"), ("cuda", "optional"), ("cuda", "requires")]
    assert told(used("jax.devices", 1), used("cupy.array", 2)) == [("gpu", "probe"), ("cuda", "optional")]
    assert told(used("torch.xpu.is_available", 1), used("cupy.array", 2)) == [
        ("xpu", "probe"),
        ("cuda", "requires"),
    ]


def test_summary_is_the_strongest_of_main_code() -> None:
    uses = [
        used("torch.cuda.is_available", 1),
        used("cupy.array", 1, "b.py"),
        used("torch.mps.synchronize", 2, "test.py", role=Role.TEST),
    ]
    assert summary(hints(uses)) == {Accelerator.CUDA: Strength.REQUIRES}
    assert summary(()) == {}


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_variables(name: str) -> None:
    text = f'import os\nos.environ["{name}"] = "0"\nx = "{name}s"\n# "{name}"\n'
    found = devices(SgRoot(text, "python").root(), text)
    assert [(each.line, each.name) for each in found] == [(2, name)]
    assert [hint.accelerator for hint in hints([], {"a.py": found})] == [ENVIRONMENT[name].accelerator]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('model.to("cuda")', [("cuda", "requires")]),
        ("x = f(y).to('cuda:0', copy=True)", [("cuda", "requires")]),
        ('d = torch.device("cuda" if torch.cuda.is_available() else "cpu")', [("cuda", "optional")]),
        ('pipeline(task, device_map=("auto"))', []),
        ('pipeline(task, device="mps")', [("mps", "requires")]),
        ('f(providers=["CUDAExecutionProvider"])', [("cuda", "optional")]),
        ('with tf.device("/GPU:0"): pass', [("gpu", "requires")]),
        ('model.to("cpu")', []),
        ('x = "cuda"', []),
        ('if device == "cuda": pass', []),
        ('print("cuda")', []),
        ('f(name="cuda")', []),
        ('x.to(y, "cuda")', []),
        ("# x.to('cuda')", []),
        ('"""\nmodel.to("cuda")\n"""', []),
    ],
)
def test_devices_in_a_tree(text: str, expected: list[tuple[str, str]]) -> None:
    found = devices(SgRoot(text, "python").root(), text)
    assert [(hint.accelerator, hint.strength) for hint in hints([], {"a.py": found})] == expected


def test_a_line_that_a_use_and_a_device_speak_of_is_told_once() -> None:
    use = used("torch.nn.Module.to", literals=(("0", "'cuda'"),))
    found = hints([use], {"a.py": [DeviceMention(1, 9, "cuda", "to()")]})
    assert [hint.signal for hint in found] == ["torch.nn.Module.to('cuda')"]


@given(
    st.sampled_from(sorted(DEVICE_CALLS)),
    st.sampled_from(["cuda", "xpu:3", "mps"]),
    st.text("abc ", max_size=3),
)
def test_calls_by_any_receiver(call: str, name: str, before: str) -> None:
    receiver = before.strip().replace(" ", "_") or "x"
    text = f"{receiver}.{call}(\n    '{name}',\n)"
    assert [(each.line, each.name, each.how) for each in devices(SgRoot(text, "python").root(), text)] == [
        (2, name, f"{call}()")
    ]


@given(st.sampled_from(sorted(DEVICE_ARGUMENTS)), st.sampled_from(["cuda", "xpu:3", "mps"]))
def test_keywords_of_any_call(keyword: str, name: str) -> None:
    text = f"f(1, {keyword}=(['{name}']))"
    assert [(each.name, each.how) for each in devices(SgRoot(text, "python").root(), text)] == [
        (name, f"{keyword}=")
    ]


@pytest.mark.parametrize("name", ["", "cpu", "cuda:x", "xcuda", "CPUExecutionProvider", "/CPU:0"])
def test_no_device(name: str) -> None:
    assert device(name) is None


def test_order_is_that_of_places() -> None:
    uses = [used("cupy.array", line, file) for file in ("b.py", "a.py") for line in (3, 1)]
    places = [(hint.location.path, hint.location.line) for hint in hints(uses)]
    assert places == [("a.py", 1), ("a.py", 3), ("b.py", 1), ("b.py", 3)]
    assert all(isinstance(hint, HardwareHint) for hint in hints(uses))
