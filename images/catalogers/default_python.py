"""The Python that a container of the image would run, as facts: by entry point and command, then by PATH."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Iterator

import msgspec

from analyzers.evidence import Confidence, Evidence
from images.catalogers.catalog import Catalog
from images.facts.environment import Fact, FactValue
from images.facts.pythons import is_free_threaded
from images.installations.program_lookup import LIMIT_SCRIPT_BYTES, ProgramLookup
from images.installations.seen_places import SeenPlaces, seen_places
from images.installations.variables import ProcessVariables, process_variables
from images.installations.versions import implementation_version, include_directories
from images.reports.image_config import ImageConfig
from images.reports.records import Interpreter
from images.roots.links import path_of_shown, shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

WANTED = Wanted(
    names=frozenset({b".python-version"}),
    suffixes=(b"pyenv/version",),
    parents=(b"bin", b"shims"),
    limit_bytes=LIMIT_SCRIPT_BYTES,
)
_LIMIT_WORDS = 64
_LIMIT_SCRIPTS = 4
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})
_PROJECT_RUNNERS = frozenset({"uv", "poetry", "pdm", "hatch", "pipenv", "rye"})
_CONDA_RUNNERS = frozenset({"conda", "mamba", "micromamba"})


class _Choice(msgspec.Struct, frozen=True):
    """An interpreter and why it is the one."""

    interpreter: Interpreter
    reason: str
    confidence: Confidence = Confidence.CERTAIN


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Facts about Python; none where the image has no interpreter."""
    if not known.interpreters:
        return Catalog()
    seen = seen_places(files)
    chosen = _Choosing(seen, config, known.interpreters).choice()
    return Catalog(facts=_facts(seen, chosen, known.interpreters))


class _Choosing:
    """The ways to tell, the surest first."""

    def __init__(self, seen: SeenPlaces, config: ImageConfig, interpreters: tuple[Interpreter, ...]) -> None:
        self._seen, self._config = seen, config
        self._variables: ProcessVariables = process_variables(seen.files, config)
        self._lookup = ProgramLookup(seen.files, self._variables)
        self._interpreters = {one.path: one for one in interpreters}
        self._prefixes = {one.prefix: one for one in interpreters if one.base is not None or _is_venv(one)}
        self._names = {
            path: self._interpreters[shown_path(one.path)]
            for one in seen.installations
            for path in (*one.names, one.path)
            if shown_path(one.path) in self._interpreters
        }

    def choice(self) -> _Choice:
        """The interpreter; the first of all where nothing tells."""
        for found in (self._by_command(), self._by_path(), self._by_versioned_name()):
            if found is not None:
                return found
        ordered = sorted(self._interpreters.values(), key=lambda one: (_is_venv(one), one.path))
        reason = "the only interpreter" if len(ordered) == 1 else "the first of those that are not on PATH"
        return _Choice(ordered[0], reason, Confidence.LIKELY if len(ordered) == 1 else Confidence.POSSIBLE)

    def _by_command(self) -> _Choice | None:
        run = self._config.config
        if run is None:
            return None
        entrypoint, command = tuple(run.entrypoint or ()), tuple(run.cmd or ())
        for name, line in (("entry point", (*entrypoint, *command)), ("command", command)):
            words = list(_words(line))
            for position, word in enumerate(words[:_LIMIT_WORDS]):
                if (found := self._by_runner(word, words[position + 1 :])) is not None:
                    confidence = Confidence.CERTAIN if position == 0 else Confidence.LIKELY
                    said = f"{name if entrypoint else 'command'} {word}"
                    return _Choice(found, f"run by the {said}", confidence)
        return None

    def _by_runner(self, word: str, rest: list[str]) -> Interpreter | None:
        """What a word of a command line runs, if that is Python."""
        if word.startswith("-") or len(word) > 4096:
            return None
        name = word.rpartition("/")[2]
        if name in _PROJECT_RUNNERS and rest[:1] == ["run"]:
            for project in (".venv",):
                prefix = self._seen.files.directory(self._variables.directory + b"/" + project.encode())
                if prefix is not None and (found := self._prefixes.get(shown_path(prefix))) is not None:
                    return found
        if name in _CONDA_RUNNERS and rest[:1] == ["run"]:
            return self._conda_environment(rest[1:])
        program = self._lookup.program(word)
        return None if program is None else self._of_program(program)

    def _conda_environment(self, options: list[str]) -> Interpreter | None:
        for flag, value in itertools.pairwise(options):
            if flag in ("-n", "--name", "-p", "--prefix"):
                for one in self._interpreters.values():
                    if one.kind == "conda" and (one.prefix == value or one.prefix.endswith(f"/envs/{value}")):
                        return one
        return None

    def _by_path(self) -> _Choice | None:
        default = self._lookup.default()
        found = self._of_program(default[1]) if default is not None else None
        if default is None or found is None:
            return None
        return _Choice(found, f"{default[0]} on PATH ({shown_path(default[1])})")

    def _by_versioned_name(self) -> _Choice | None:
        for name, program in self._lookup.versioned():
            if (found := self._of_program(program)) is not None:
                return _Choice(found, f"{name} on PATH", Confidence.LIKELY)
        return None

    def _of_program(self, program: bytes) -> Interpreter | None:
        """The interpreter that a program is, or that the script it is starts with."""
        for _ in range(_LIMIT_SCRIPTS):
            prefix = self._lookup.environment(program, frozenset(self._seen.places.environments))
            real = self._seen.files.file(program)
            if real is None:
                return None
            if real in self._names:
                if prefix is not None and (found := self._prefixes.get(shown_path(prefix))) is not None:
                    return found
                return self._names[real]
            if (
                prefix is not None
                and (found := self._prefixes.get(shown_path(prefix))) is not None
                and self._seen.files.found(path_of_shown(found.path)) == real
            ):
                return found  # a copy of its base, as some environments have
            if (shim := self._lookup.pyenv(program)) is not None:
                program = shim
                continue
            words = self._lookup.shebang(program)
            following = self._lookup.program(words[0]) if words else None
            if following is None or words[0].rpartition("/")[2] in _SHELLS:
                return None
            program = following
        return None


def _words(line: tuple[str, ...]) -> Iterator[str]:
    """The words of a command line, those that a shell would be given taken apart."""
    for position, word in enumerate(line[:_LIMIT_WORDS]):
        before = line[position - 1] if position else ""
        if before.startswith("-") and before.endswith("c") and line[0].rpartition("/")[2] in _SHELLS:
            try:
                yield from shlex.split(word[:65_536], comments=True)
            except ValueError:
                yield from word[:65_536].split()
        else:
            yield word


def _facts(seen: SeenPlaces, choice: _Choice, known: tuple[Interpreter, ...]) -> dict[str, Fact]:
    one = choice.interpreter
    others = f"; {len(known) - 1} more in the image" if len(known) > 1 else ""
    why = f"of {one.path}, {choice.reason}{others}"
    # What is known of an environment's Python is known of its base.
    described = next((each for each in known if each.path == one.base), one)
    surest = list(Confidence)

    def fact(value: FactValue, evidence: Evidence) -> Fact:
        confidence = max(choice.confidence, evidence.confidence, key=surest.index)
        return Fact(value=value, source=f"{evidence.where} ({why})", confidence=confidence)

    itself = Evidence(what="", where=described.path)
    first, last = (described.evidence or (itself,))[0], (described.evidence or (itself,))[-1]
    facts = {"python.implementation": fact(one.implementation, itself)}
    if one.version is not None:
        facts["python.version"] = fact(one.version, first)
    if one.abi is not None:
        facts["python.abi"] = fact(one.abi, last)
        facts["python.gil"] = fact(not is_free_threaded(one.abi), last)
    for installation in seen.installations:
        if shown_path(installation.path) == described.path:
            include = shown_path(next(include_directories(installation)))
            facts["headers.python"] = fact(one.has_headers, Evidence(what="", where=include))
            own = implementation_version(seen.files, installation)
            if own is not None:
                facts["python.implementation.version"] = fact(own[0], Evidence(what="", where=own[1]))
    return facts


def _is_venv(interpreter: Interpreter) -> bool:
    return interpreter.kind in ("venv", "virtualenv")
