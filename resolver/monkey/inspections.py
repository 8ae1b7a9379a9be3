"""What came of a stack as an inspection of Thoth's Amun has it: specification and result in one JSON object.

Fields that Amun has and that are not known here are null. Source: thoth-station/amun-api.
"""

from __future__ import annotations

import hashlib

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from images.facts.environment import RuntimeEnvironment
from knowledge.probing.records import ProbeResult, Verdict
from resolver.monkey.journal import StackResult
from resolver.monkey.plan import Head, PlannedStack

PIPFILE_SPEC = 6
_GIB = 1 << 30


class Requests(msgspec.Struct, frozen=True, kw_only=True):
    """What a step of an inspection may use, in the words of Kubernetes."""

    cpu: str
    memory: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Building or running."""

    requests: Requests


class Python(msgspec.Struct, frozen=True, kw_only=True):
    """A Pipfile and its lock, as JSON."""

    requirements: dict[str, object]
    requirements_locked: dict[str, object]


class Specification(msgspec.Struct, frozen=True, kw_only=True):
    """What was inspected."""

    identifier: str
    base: str
    packages: tuple[str, ...]
    package_manager: str
    python: Python
    build: Step
    run: Step
    script: str
    files: tuple[str, ...] = ()
    batch_size: int = 1


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How it ended.

    Attributes:
        exit_code: 0 where the stack passed, 1 where it failed, null where nothing is known.
        elapsed: seconds of the run; `build_elapsed` of the build.
        usage: of resources, in the names of getrusage.
    """

    datetime: str
    exit_code: int | None
    elapsed: float
    build_elapsed: float
    stdout: str | None
    stderr: str
    script_sha256: str | None
    usage: dict[str, float | None]
    hwinfo: dict[str, object]
    os_release: dict[str, object]
    runtime_environment: dict[str, object]


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """Both."""

    inspection_id: str
    specification: Specification
    result: Result


def inspection(head: Head, stack: PlannedStack, found: StackResult, memory_bytes: int) -> Inspection:
    """One stack.

    Args:
        memory_bytes: that the probe could use.
    """
    step = Step(requests=Requests(cpu="1", memory=f"{memory_bytes / _GIB:g}Gi"))
    environment, demand = head.environment, head.demand
    python = found.result.python or str(environment.text("python.version") or "")
    system = f"{environment.text('os.id') or 'unknown'}:{environment.text('os.version') or 'unknown'}"
    specification = Specification(
        identifier=stack.id,
        base=system,
        packages=(),
        package_manager="stackwright",
        python=Python(requirements=_pipfile(head, python), requirements_locked=_lock(head, stack, python)),
        build=step,
        run=step,
        script=demand.script,
    )
    return Inspection(
        inspection_id=f"inspection-{stack.id}",
        specification=specification,
        result=_result(found, demand.script, environment, python),
    )


def _result(found: StackResult, script: str, environment: RuntimeEnvironment, python: str) -> Result:
    result = found.result
    codes = {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.NOT_KNOWN: None}
    family = {"cpu_family": None, "cpu_model": environment.text("cpu.microarchitecture")}
    system = {"name": environment.text("os.id"), "version": environment.text("os.version")}
    return Result(
        datetime=found.created_at,
        exit_code=codes[result.verdict],
        elapsed=result.run_s,
        build_elapsed=result.build_s,
        stdout=None,
        stderr=_told(result),
        script_sha256=hashlib.sha256(script.encode()).hexdigest() if script else None,
        usage={"ru_maxrss": None if result.memory_bytes is None else result.memory_bytes // 1024},
        hwinfo={
            "cpu_features": {"flags": list(_flags(environment))},
            "cpu_info": {
                "arch": environment.text("arch"),
                "brand_raw": environment.text("cpu.microarchitecture"),
                "count": environment.text("cores"),
                "vendor_id_raw": environment.text("cpu.vendor"),
            },
            "platform": {"machine": environment.text("arch")},
        },
        os_release={"id": system["name"], "version_id": system["version"]},
        runtime_environment={
            "cuda_version": environment.text("cuda.runtime"),
            "hardware": family,
            "operating_system": system,
            "python_version": ".".join(python.split(".")[:2]),
        },
    )


def _flags(environment: RuntimeEnvironment) -> tuple[str, ...]:
    flags = environment.facts.get("cpu.flags")
    return flags.value if flags is not None and isinstance(flags.value, tuple) else ()


def _told(result: ProbeResult) -> str:
    failure = result.failure
    first = () if failure is None else (f"{failure.step}: {failure.error}: {failure.message}",)
    return "\n".join((*result.trace, *first))


def _pipfile(head: Head, python: str) -> dict[str, object]:
    packages: dict[str, object] = {}
    for text in head.requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        packages[canonicalize_name(requirement.name)] = {"version": str(requirement.specifier) or "*"}
    short = ".".join(python.split(".")[:2])
    return {"packages": packages, "dev-packages": {}, "requires": {"python_version": short}, "source": []}


def _lock(head: Head, stack: PlannedStack, python: str) -> dict[str, object]:
    requires = {"python_version": ".".join(python.split(".")[:2])}
    told = hashlib.sha256("\n".join(head.requirements).encode()).hexdigest()
    meta = {"hash": {"sha256": told}, "pipfile-spec": PIPFILE_SPEC, "requires": requires, "sources": []}
    default = {
        pin.project: {
            "version": f"=={pin.version}",
            **({"hashes": [f"sha256:{pin.sha256}"]} if pin.sha256 else {}),
        }
        for pin in stack.pins
    }
    return {"_meta": meta, "default": default, "develop": {}}
