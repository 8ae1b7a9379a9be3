"""What the files of this machine tell beyond kernel and hardware: toolchains, headers, libraries, runtimes.

Read by the catalogers of images, those of them that need not look through the whole disk.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from images.catalogers import build_tools, cuda, java, libc, loadable_libraries
from images.catalogers.catalog import Catalog
from images.cataloging import merged
from images.facts.environment import ABSENT, Fact, RuntimeEnvironment
from images.native.elf import dynamic_range, parse_elf
from images.native.elf_parser import ElfParser
from images.reports.image_config import ImageConfig, RunConfig
from images.reports.records import Interpreter
from images.roots.directory_root import DirectoryRoot

_VARIABLES = ("PATH", "JAVA_HOME", "LD_LIBRARY_PATH")
_NOT_THERE = (ABSENT, False)


def system_facts(
    machine: RuntimeEnvironment, environ: Mapping[str, str], root: Path = Path("/"), program: str = ""
) -> dict[str, Fact]:
    """``compiler.*`` with versions, ``build.*``, ``java.version``, ``libraries``, ``libstdcxx.*``, CUDA's.

    Args:
        machine: what is known of it already.
        environ: of the process that would run there.
        root: ``/``, or where a machine's files were copied.
        program: the interpreter that would run there; by default the one that runs.
    """
    if machine.text("os.kernel") != "linux":
        return {}
    stated = {name: value for name in _VARIABLES if (value := environ.get(name)) and value.isprintable()}
    config = ImageConfig(config=RunConfig(env=tuple(f"{name}={value}" for name, value in stated.items())))
    interpreter = Interpreter(
        path=program or sys.executable,
        kind="host",
        prefix=sys.prefix,
        version=machine.text("python.version"),
        is_default=True,
        has_headers=machine.facts.get("headers.python", Fact(value=False, source="")).value is True,
    )
    parser = ElfParser(parse=parse_elf, dynamic_range=dynamic_range)
    known = Catalog(facts=machine.facts, interpreters=(interpreter,))
    with DirectoryRoot(root, parser) as files:
        found = [build_tools.catalog(files, config, known), java.catalog(files, config, known)]
        found.append(loadable_libraries.catalog(files, config, known))
        found.append(Catalog(facts=libc.cxx_facts(files, config, known)))
        # Which versions wheels brought is not looked for, so that nothing tells that there is none.
        found.append(Catalog(facts=_there(cuda.catalog(files, config, known).facts)))
        facts = dict(merged(found).facts)
        # What could not be seen may be what was missed.
        return dict(_there(facts)) if files.unknowns else facts


def _there(facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    return {name: fact for name, fact in facts.items() if fact.value not in _NOT_THERE}
