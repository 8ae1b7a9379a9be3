"""From options, variables and what a project declares to the target of a run.

The command line counts most, then variables, then the project, then the image, then this machine.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from images.facts.environment import RuntimeEnvironment
    from images.facts.stated_facts import StatedFacts
    from resolver.commands.runs.declared_environments import DeclaredEnvironment
    from resolver.commands.runs.image_targets import ImageAsTarget
    from resolver.targets.target import Target

_OF_A_MACHINE = ("arch", "os.id", "os.kernel", "libc.name")
"""Facts that say which machine is meant: whoever states one does not mean this one."""
_VARIABLES = "STACKWRIGHT_FACT_"  # as in images.stated_facts, which most runs need not import


def read_target(
    options: argparse.Namespace, project: Mapping[str, object], path: Path
) -> tuple[Target, ImageAsTarget | None]:
    """The target, and the image that it is where it is one.

    Args:
        options: of `resolver.commands.options.arguments.add_target`.
        project: the table ``[tool.stackwright]``.
        path: of the file that holds it.

    Raises:
        TargetError: what is stated cannot be understood, contradicts itself or the image, or is not enough.
        InputError: no such environment is declared.
        SettingsError: what the project says of images or environments cannot be used.
        ImageError: the image cannot be read.
    """
    from resolver.targets.target import Target

    whole = getattr(options, "variants", False) or bool(getattr(options, "preferred_variants", ()))
    environment, image = read_environment(options, project, path, whole=whole)
    target = Target(environment)
    if image is None:
        return target, None
    import msgspec

    return target, msgspec.structs.replace(image, target=target)


def read_environment(
    options: argparse.Namespace, project: Mapping[str, object], path: Path, *, whole: bool = False
) -> tuple[RuntimeEnvironment, ImageAsTarget | None]:
    """The facts of the target; arguments and errors are those of `read_target`.

    Args:
        whole: whether of this machine all is told that can be, where it is the target.
    """
    declared = _declared(options, project, path)
    stated = argparse.Namespace(**vars(options))
    if declared is not None:
        stated.python_version = options.python_version or declared.python_version
        stated.platform = options.platform or declared.platform
    here = getattr(options, "found_image", None)  # of a repository; it was read to see whether it can be
    if here is not None:
        return _changed(here.target.environment, declared, {}, options), here
    reference = _reference(options, project, path, declared)
    if reference is None:
        base = _machine(stated, declared, whole=whole)
        return _changed(base, declared, _named(options), options), None
    from resolver.commands.runs.image_targets import read_image

    image = read_image(reference, stated)
    return _changed(image.target.environment, declared, {}, options), image


def _declared(
    options: argparse.Namespace, project: Mapping[str, object], path: Path
) -> DeclaredEnvironment | None:
    assumed: DeclaredEnvironment | None = getattr(options, "found_environment", None)  # of a repository
    names = getattr(options, "environments", [])
    if assumed is not None or not names:
        return assumed
    from resolver.commands.runs.declared_environments import declared_environment

    return declared_environment(names[0], project, path)


def _reference(
    options: argparse.Namespace,
    project: Mapping[str, object],
    path: Path,
    declared: DeclaredEnvironment | None,
) -> str | None:
    """The image that is the target, where one is named."""
    if options.image is not None:
        return str(options.image)
    if declared is not None:
        return declared.image
    reference = project.get("image")
    if reference is not None and not isinstance(reference, str):
        from knowledge.settings import SettingsError

        raise SettingsError(path, "image is no text")
    return reference


def _machine(
    stated: argparse.Namespace, declared: DeclaredEnvironment | None, *, whole: bool
) -> RuntimeEnvironment:
    """The facts of this machine, or of the one whose platform is stated."""
    from images.facts.targets import target_environment
    from images.host.facts import host_environment

    platform = stated.platform
    if platform is None and declared is not None and any(name in declared.facts for name in _OF_A_MACHINE):
        facts = declared.facts.known
        platform = f"{facts.text('os.kernel') or 'linux'}/{facts.text('arch') or 'amd64'}"
    machine = host_environment()
    if platform is None:
        machine = _with_hardware(machine, whole=whole, ask_driver=getattr(stated, "ask_driver", False))
    return target_environment(machine, python_version=stated.python_version, platform=platform)


def _with_hardware(machine: RuntimeEnvironment, *, whole: bool, ask_driver: bool) -> RuntimeEnvironment:
    from images.facts.environment import RuntimeEnvironment
    from images.hardware.probing import hardware_environment

    arch, cores = machine.text("arch"), machine.text("cores")
    if arch is None:
        return machine
    from images.host.builds import build_facts

    usable = int(cores) if cores and cores.isdigit() else None
    hardware = hardware_environment(
        arch, os.environ, usable_cores=usable, ask_driver=ask_driver, names_microarchitecture=whole
    )
    machine = RuntimeEnvironment(facts={**machine.facts, **hardware.facts, **build_facts(os.environ)})
    if not whole:
        return machine
    from images.host.system import system_facts

    return RuntimeEnvironment(facts={**machine.facts, **system_facts(machine, os.environ)})


def _changed(
    base: RuntimeEnvironment,
    declared: DeclaredEnvironment | None,
    named: Mapping[str, RuntimeEnvironment],
    options: argparse.Namespace,
) -> RuntimeEnvironment:
    """Facts as the project, variables and options change them, with what follows from them.

    Args:
        base: of the machine or the image.
        declared: None where no environment is named.
        named: what options other than ``--fact`` state; empty where the image has met them already.
        options: of the command.
    """
    texts = getattr(options, "facts", [])
    if declared is None and not texts and not any(name.startswith(_VARIABLES) for name in os.environ):
        return base
    from images.facts.consistency import completed, settled
    from images.facts.stated_facts import facts_of_variables

    environment = base
    if declared is not None:
        environment = settled(environment, _with_libc(declared.facts))
    environment = settled(environment, facts_of_variables(os.environ))
    return completed(settled(environment, _spoken(named, texts)))


def _with_libc(facts: StatedFacts) -> StatedFacts:
    """With the C library of the distribution that is stated, where nothing is said of it."""
    from images.facts.distribution_libcs import libc_of
    from images.facts.stated_facts import StatedFacts

    return facts if "libc.name" in facts else StatedFacts(known=libc_of(facts.known)).joined(facts)


def _named(options: argparse.Namespace) -> dict[str, RuntimeEnvironment]:
    """What options other than ``--fact`` state, by how they are written."""
    found: dict[str, RuntimeEnvironment] = {}
    if options.platform is not None:
        from images.facts.platforms import stated_target

        found[f"--platform {options.platform}"] = stated_target(options.platform, "--platform")
    if options.python_version is not None:
        from images.facts.pythons import python_target

        stated = python_target(options.python_version, "--python-version")
        found[f"--python-version {options.python_version}"] = stated
    return found


def _spoken(named: Mapping[str, RuntimeEnvironment], texts: list[str]) -> StatedFacts:
    """What the command line states.

    Raises:
        TargetError: it contradicts itself.
    """
    from images.errors import ContradictoryFactsError
    from images.facts.stated_facts import StatedFacts, stated_facts

    pairs = (text.partition("=") for text in texts)
    facts = stated_facts(((name, value) for name, _, value in pairs), "--fact")
    spoken = StatedFacts()
    for option, environment in named.items():
        for name in environment:
            if name in facts.known and facts.known[name] != environment[name]:
                told = f"--fact {name}={facts.known[name]}"
                raise ContradictoryFactsError(option, told, names=(name, name))
        spoken = spoken.joined(StatedFacts(known=environment))
    return spoken.joined(facts)
