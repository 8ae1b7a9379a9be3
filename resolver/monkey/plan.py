"""What a run is going to probe: stacks by their hash, and the options that led to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from analyzers.reports import Input, Tool, Unknown
from images.facts.environment import RuntimeEnvironment
from knowledge.observations.record import ReleaseIdentity
from knowledge.probing.records import PinnedFile, ProbeTask

FORMAT = 1


class Demand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every stack of a run must be able to do; see `ProbeTask`."""

    roots: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    script: str = ""
    script_name: str = "script"

    def task(self, pins: tuple[PinnedFile, ...]) -> ProbeTask:
        """The task for one stack."""
        return ProbeTask(
            pins=pins,
            roots=self.roots,
            modules=self.modules,
            script=self.script,
            script_name=self.script_name,
        )


class PlannedStack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stack that is to be probed.

    Attributes:
        id: 16 hexadecimal digits of a hash of what is probed.
        new_pairs: that it was the first to have.
        shrinks: what it is made from, where it is to isolate what that failed of; empty for a sample.
        swapped: the projects that differ from it.
    """

    id: str
    pins: tuple[PinnedFile, ...]
    new_pairs: int = 0
    shrinks: str = ""
    swapped: tuple[str, ...] = ()

    @property
    def releases(self) -> frozenset[ReleaseIdentity]:
        """What is in it."""
        return frozenset(pin.release for pin in self.pins)


class Head(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of a plan.

    Attributes:
        options: those that decide what is probed, by name, as texts.
        python: the interpreter that probes.
        possible_pairs: see `resolver.monkey.coverage`.
        shrink: so many stacks may be added to isolate what failed.
        terrain: digest of the file beside the plan; empty before it was written.
    """

    format: int = FORMAT
    tool: Tool
    input: Input
    created_at: str
    environment: RuntimeEnvironment
    options: Mapping[str, str]
    requirements: tuple[str, ...]
    demand: Demand
    python: str = ""
    decision: str = "random"
    seed: int = 0
    possible_pairs: int = 0
    shrink: int = 0
    terrain: str = ""
    unknowns: tuple[Unknown, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The whole: its head, and the stacks in the order in which they are probed."""

    head: Head
    stacks: tuple[PlannedStack, ...]

    def lines(self) -> bytes:
        """As it is written: one JSON object a line."""
        rows: Iterable[msgspec.Struct] = (self.head, *self.stacks)
        return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)

    @classmethod
    def read(cls, data: bytes) -> Plan:
        """From what `lines` gave.

        Raises:
            ValueError: it is something else.
        """
        first, _, rest = data.partition(b"\n")
        head = read_head(first)
        if head.format != FORMAT:
            raise ValueError(f"it has format {head.format}, of another release of this program")
        decoder = msgspec.json.Decoder(PlannedStack)
        stacks = tuple(decoder.decode(line) for line in rest.splitlines())
        for stack in stacks:
            # The id names files, and a result tells by it what was probed.
            if stack.id != stack_id(head.demand.task(stack.pins)):
                raise ValueError(f"the stack {stack.id[:32]!r} is not the one that was planned")
        return cls(head=head, stacks=stacks)


def read_head(line: bytes) -> Head:
    """The first line of a plan.

    Raises:
        ValueError: it is something else.
    """
    return msgspec.json.decode(line, type=Head)


def stack_id(task: ProbeTask) -> str:
    """What tells a stack and what is demanded of it from every other, wherever its files lie."""
    files = [(pin.project, pin.version, pin.filename) for pin in task.pins]
    demanded = (task.roots, task.modules, task.script)
    told = msgspec.json.encode((files, demanded), order="deterministic")
    return hashlib.sha256(told).hexdigest()[:16]
