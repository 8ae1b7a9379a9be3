"""The facts that decide what suits one interpreter of an image: its own, and those of the platform."""

from __future__ import annotations

from images.catalogers.catalog import Catalog
from images.facts.architectures import canonical_architecture
from images.facts.environment import Fact, FactValue, RuntimeEnvironment
from images.facts.pythons import is_free_threaded
from images.reports.image_config import ImageConfig
from images.reports.records import Interpreter
from images.roots.links import path_of_shown
from images.roots.root_files import RootFiles

_PLATFORM = ("os.", "libc.", "arch")


def interpreter_facts(
    files: RootFiles, config: ImageConfig, known: Catalog, interpreter: Interpreter
) -> RuntimeEnvironment:
    """What is known for markers and wheel tags; what other catalogers did not find is left to the image."""
    facts = {name: fact for name, fact in known.facts.items() if name.startswith(_PLATFORM)}
    values: dict[str, FactValue] = {"python.implementation": interpreter.implementation}
    if interpreter.version is not None:
        values["python.version"] = interpreter.version
    if interpreter.abi is not None:
        values |= {"python.abi": interpreter.abi, "python.gil": not is_free_threaded(interpreter.abi)}
    elf = files.elf(path_of_shown(interpreter.base or interpreter.path))
    if elf is not None:
        values["arch"] = elf.machine
    elif "arch" not in facts and config.architecture:
        values["arch"] = canonical_architecture(f"{config.architecture}{config.variant or ''}")
    if "os.kernel" not in facts:
        values["os.kernel"] = config.os or "linux"
    if interpreter.implementation != "cpython" and (own := known.facts.get("python.implementation.version")):
        facts["python.implementation.version"] = own
    stated = {name: Fact(value=value, source=interpreter.path) for name, value in values.items()}
    return RuntimeEnvironment(facts={**facts, **stated})
