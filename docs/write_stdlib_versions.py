"""Writes the table of when parts of the standard library came and went, for `python_versions`.

Usage: python docs/write_stdlib_versions.py STDLIB... -- PYTHON...

Each argument is the folder ``stdlib`` of a snapshot of typeshed (Apache-2.0 and MIT), as it lies in mypy's
wheel under ``mypy/typeshed``, the oldest first. A snapshot tells only of the Pythons that were supported when
it was made, so several are needed; where two tell of one name, the later is believed. Only facts are taken:
names, and the versions between which they exist. Nothing of a snapshot is imported or run.

After ``--`` stand interpreters of several versions. What one of them has although by a snapshot it should not
is left out: stubs lack bases and aliases that exist, and signatures that a class inherits or C code takes.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "analyzers" / "source" / "signals" / "stdlib_versions.txt"
HEAD = """\
# Since which Python a part of the standard library exists, and until which: "name: first-last".
# A module, or what is written after it; "name(keyword" is a keyword argument of a function or class.
# What has always been there and still is stands here not at all; "3.0" is "before what is known".
# Facts from typeshed (Apache-2.0 and MIT): stdlib/VERSIONS and the tests of sys.version_info in its stubs,
# without those that interpreters from 3.7 on refute.
# Written by docs/write_stdlib_versions.py from the typeshed of mypy {versions}.
"""
# Stubs that are no module of the standard library, or whose names no import brings in.
SKIPPED = ("_typeshed", "typing_extensions", "builtins")
# Run by an interpreter with names on its input: those that it has on its output, with ``**`` behind those of
# keywords that it takes as it takes any.
ASKED = """
import importlib, inspect, sys, warnings
warnings.simplefilter("ignore")

def takes(found, keyword):
    if keyword in (getattr(found, "_fields", None) or ()):  # the classes of ast take their fields
        return ""
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return None
    named = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    if any(one.name == keyword and one.kind in named for one in parameters):
        return ""
    return "**" if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters) else None

for name in sys.stdin.read().split():
    owner, _, keyword = name.partition("(")
    parts, found = owner.split("."), None
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
            for part in parts[end:]:
                found = getattr(found, part)
            how = takes(found, keyword) if keyword else ""
            if how is not None:
                print(name + how)
            break
        except ImportError:
            continue
        except Exception:
            break
"""
# What is as old as all Pythons in use says nothing.
OLDEST = 6
Minor = int
Names = frozenset[str]


class Snapshot:
    """One typeshed, whose modules can be asked what they offer in one version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: dict[str, tuple[Minor, Minor | None]] = {}
        for line in (folder / "VERSIONS").read_text().splitlines():
            match = re.match(r"([\w.]+): (\d)\.(\d+)-(?:(\d)\.(\d+))?", line)
            is_public = match and not re.search(r"(^|\.)_(?!_)", match[1])
            if match and is_public and match[1] not in SKIPPED and match[4] != "2":
                first = int(match[3]) if match[2] == "3" and int(match[3]) >= OLDEST else 0
                self.modules[match[1]] = (first, int(match[5]) if match[5] else None)
        tested = {
            int(minor)
            for path in folder.rglob("*.pyi")
            for minor in re.findall(r"sys\.version_info (?:>=|<) \(3, (\d+)", path.read_text())
        }
        lowest = max(min(tested), 7)
        self.minors = range(lowest - 1, max(tested) + 1)
        self._trees: dict[str, ast.Module | None] = {}
        self._names: dict[tuple[str, Minor], Names] = {}

    def span(self, module: str) -> tuple[Minor, Minor | None]:
        """The versions of a module; it lives as long as its package where nothing else is said."""
        while module not in self.modules and "." in module:
            module = module.rpartition(".")[0]
        return self.modules.get(module, (0, None))

    def names(self, module: str, minor: Minor) -> Names:
        """What a module offers: ``name``, ``Class.member``, ``function(keyword``, ``function(**``."""
        key = (module, minor)
        if key not in self._names:
            self._names[key] = frozenset()  # in a circle of imports: nothing
            self._names[key] = frozenset(self._read(module, minor))
        return self._names[key]

    def _tree(self, module: str) -> ast.Module | None:
        if module not in self._trees:
            path = self.folder.joinpath(*module.split("."))
            paths = [path.with_suffix(".pyi"), path / "__init__.pyi"]
            found = next((path for path in paths if path.is_file()), None)
            self._trees[module] = ast.parse(found.read_text()) if found else None
        return self._trees[module]

    def _is_package(self, module: str) -> bool:
        return self.folder.joinpath(*module.split("."), "__init__.pyi").is_file()

    def _read(self, module: str, minor: Minor) -> Iterator[str]:
        first, last = self.span(module)
        tree = self._tree(module)
        if tree is None or minor < first or (last is not None and minor > last):
            return
        statements = list(taken(tree.body, minor))
        exported = set(exports(statements))
        bound: dict[str, set[str]] = {}  # what follows each name here: ".member", "(keyword"
        for statement in statements:
            match statement:
                case ast.ImportFrom(names=names):
                    source = self._absolute(statement, module)
                    for alias in names:
                        for name in self._imported(alias, source, minor):
                            head, rest = split(name)
                            bound.setdefault(head, set()).update(rest)
                            if alias.name == "*" or alias.asname == alias.name:
                                exported.add(head)
                case ast.ClassDef(name=name, bases=bases):
                    for base in map(dotted, bases):
                        inherited = bound.get(base) or self._elsewhere(base, minor)
                        bound.setdefault(name, set()).update(inherited)
                    bound.setdefault(name, set()).update(members(statement, minor))
                    exported.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    bound.setdefault(name, set()).update(keywords(statement))
                    exported.add(name)
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    bound.setdefault(name, set())
                    exported.add(name)
        for name, parts in bound.items():
            if name in exported:
                yield name
                yield from (name + part for part in parts)

    def _elsewhere(self, name: str, minor: Minor) -> set[str]:
        """What follows a name of another module or a built-in one."""
        module, _, rest = name.rpartition(".")
        offered = self.names(module or "builtins", minor)
        return {part for each in offered for head, parts in [split(each)] if head == rest for part in parts}

    def _imported(self, alias: ast.alias, source: str, minor: Minor) -> Iterator[str]:
        offered = self.names(source, minor)
        if alias.name != "*":
            shown = alias.asname or alias.name
            yield shown
            yield from (shown + part for part in self._elsewhere(f"{source}.{alias.name}", minor))
            return
        tree = self._tree(source)
        named = set(exports(list(taken(tree.body, minor)))) if tree else set()
        for name in offered:
            head = split(name)[0]
            if head in named if named else not head.startswith("_"):
                yield name

    def _absolute(self, statement: ast.ImportFrom, module: str) -> str:
        if not statement.level:
            return statement.module or ""
        parts = module.split(".")
        kept = len(parts) - statement.level + self._is_package(module)
        return ".".join([*parts[:kept], *filter(None, [statement.module])])

    def every_module(self) -> Iterator[str]:
        """Public modules, by dotted name."""
        for path in sorted(self.folder.rglob("*.pyi")):
            parts = path.relative_to(self.folder).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            if parts[0] not in SKIPPED and not any(part.startswith(("_", "@")) for part in name.split(".")):
                yield name


def split(name: str) -> tuple[str, list[str]]:
    """A name of a module, and in a list what follows it."""
    match = re.match(r"(\w+)(.*)", name)
    return (match[1], [match[2]] if match[2] else []) if match else (name, [])


def dotted(base: ast.expr) -> str:
    """A base class as it is written, without what stands in brackets."""
    match base:
        case ast.Subscript(value=value):
            return dotted(value)
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case ast.Name(id=name):
            return name
    return ""


def holds(test: ast.expr, minor: Minor) -> bool | None:
    """Whether a condition of a stub holds; None is "may be"."""
    match test:
        case ast.BoolOp(op=op, values=values):
            results = [holds(value, minor) for value in values]
            decisive = isinstance(op, ast.Or)
            if decisive in results:
                return decisive
            return None if None in results else not decisive
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            result = holds(operand, minor)
            return None if result is None else not result
        case ast.Compare(
            left=ast.Attribute(value=ast.Name(id="sys"), attr="version_info"),
            ops=[op],
            comparators=[ast.Tuple(elts=[ast.Constant(value=int(major)), *rest])],
        ):
            bound = rest[0].value if rest and isinstance(rest[0], ast.Constant) else 0
            wanted = (major, bound if isinstance(bound, int) else 0)
            return (3, minor) >= wanted if isinstance(op, ast.GtE) else (3, minor) < wanted
    return None


def taken(body: Iterable[ast.stmt], minor: Minor) -> Iterator[ast.stmt]:
    """The statements that count in a version, on any platform."""
    for statement in body:
        if isinstance(statement, ast.If):
            result = holds(statement.test, minor)
            if result is not False:
                yield from taken(statement.body, minor)
            if result is not True:
                yield from taken(statement.orelse, minor)
        else:
            yield statement


def exports(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """What ``__all__`` names."""
    for statement in statements:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names))
                | ast.AugAssign(target=ast.Name(id="__all__"), value=ast.List(elts=names))
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.List(elts=names))
            ):
                yield from (str(name.value) for name in names if isinstance(name, ast.Constant))


def keywords(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """``(name`` for each keyword that may be given or left out; ``(**`` where any may be given."""
    arguments = function.args
    optional = arguments.args[len(arguments.args) - len(arguments.defaults) :] if arguments.defaults else []
    yield from (f"({each.arg}" for each in (*optional, *arguments.kwonlyargs) if each.arg[:1] != "_")
    if arguments.kwarg:
        yield "(**"


def members(definition: ast.ClassDef, minor: Minor) -> Iterator[str]:
    """``.name`` for each public member, with the keywords of methods and, as ``(name``, of the class."""
    for statement in taken(definition.body, minor):
        match statement:
            case ast.FunctionDef(name="__init__" | "__new__"):
                yield from keywords(statement)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name[0] != "_":
                yield f".{name}"
                yield from (f".{name}{part}" for part in keywords(statement))
            case ast.AnnAssign(target=ast.Name(id=name)) if name[0] != "_":
                yield f".{name}"
            case ast.Assign(targets=[ast.Name(id=name)]) if name[0] != "_":
                yield f".{name}"


def spans(snapshot: Snapshot) -> Iterator[tuple[str, Minor | None, Minor | None]]:
    """Names that came or went while their owner was there: name, first, last."""
    for module in snapshot.every_module():
        offered = {minor: snapshot.names(module, minor) for minor in snapshot.minors}
        for name in sorted(set().union(*offered.values())):
            public = not name.startswith("_") and "(**" not in name
            owner = name.rpartition("(" if "(" in name else ".")[0]
            first = last = None
            for before, after in zip(snapshot.minors, snapshot.minors[1:], strict=False):
                old, new = offered[before], offered[after]
                both = bool(old and new) and (not owner or (owner in old and owner in new))
                open_ended = "(" in name and (f"{owner}(**" in old or f"{owner}(**" in new)
                if public and both and not open_ended and (name in old) != (name in new):
                    first, last = (after, last) if name in new else (first, before)
            if first is not None and last is not None and first > last:
                continue  # came back: no span
            if first is not None or last is not None:
                yield f"{module}.{name}", first, last


def table(snapshots: Iterable[Snapshot]) -> Mapping[str, tuple[Minor, Minor | None]]:
    """Every span that is known."""
    found: dict[str, tuple[Minor, Minor | None]] = {}
    for snapshot in snapshots:
        for name, first, last in spans(snapshot):
            known = found.get(name, (0, None))
            found[name] = (first if first is not None else known[0], last if last is not None else known[1])
    for snapshot in snapshots:
        # A later snapshot forgets modules that went before its time; the earlier ones keep them.
        found.update({module: span for module, span in snapshot.modules.items() if span != (0, None)})
    return found


def refuted(python: str, spans: Mapping[str, tuple[Minor, Minor | None]]) -> set[str]:
    """Names that an interpreter has, without those of other distributions, outside their span.

    What takes any keyword may still refuse one that is new to what it calls; but one that was taken by name
    before is not gone.
    """
    command = [python, "-I", "-S", "-c"]
    version = "import sys; print(sys.version_info[1])"
    minor = int(subprocess.run([*command, version], check=True, capture_output=True, text=True).stdout)
    doubtful = [
        name
        for name, (first, last) in spans.items()
        if not (first <= minor and (last is None or minor <= last))
    ]
    asked = subprocess.run(
        [*command, ASKED], input="\n".join(doubtful), check=True, capture_output=True, text=True
    )
    had = set(asked.stdout.split())
    gone = {name for name in doubtful if (last := spans[name][1]) is not None and last < minor}
    return had & set(doubtful) | {name for name in gone if f"{name}**" in had}


def main() -> None:
    """Write the file.

    Raises:
        SystemExit: without a snapshot.
    """
    arguments = sys.argv[1:]
    split_at = arguments.index("--") if "--" in arguments else len(arguments)
    folders = [Path(argument) for argument in arguments[:split_at]]
    if not folders:
        sys.exit(__doc__)
    versions = [path.parents[1].joinpath("version.py").read_text() for path in folders]
    named = ", ".join(re.findall(r"__version__.*?= ['\"]([\d.]+)", "\n".join(versions)))
    found = table([Snapshot(folder) for folder in folders])
    wrong = set().union(*(refuted(python, found) for python in arguments[split_at + 1 :]))
    lines = [
        f"{name}: 3.{first}-{'' if last is None else f'3.{last}'}"
        for name, (first, last) in sorted(found.items())
        if name not in wrong
    ]
    OUTPUT.write_text(HEAD.format(versions=named) + "\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"Wrote {len(lines)} names to {OUTPUT}\n")


if __name__ == "__main__":
    main()
