"""One cell of a notebook as plain Python: what only IPython reads is replaced, line by line.

Lines stay where they are, and columns too wherever code is kept. What shells are told to do is handed back,
since it may install something.

Source: https://ipython.readthedocs.io/en/stable/interactive/magics.html and IPython's
``core/inputtransformer2.py``.
"""

from __future__ import annotations

import ast
import re

import msgspec

# Magics whose argument or body is Python that runs in, or beside, the kernel.
_RUNS_CODE = frozenset(
    {
        *(
            "time",
            "timeit",
            "prun",
            "memit",
            "mprun",
            "lprun",
            "pyinstrument",
            "snakeviz",
            "debug",
            "scalene",
        ),
        *("capture", "python", "python2", "python3", "pypy", "px", "heat", "local", "ipytest", "cudf.pandas"),
    }
)
_RUNS_ARGUMENT = frozenset({"time", "timeit", "prun", "memit", "lprun"})
_SHELLS = frozenset({"bash", "sh", "zsh", "ksh", "system", "sx", "!", "script", "cmd", "powershell"})
_OTHER_LANGUAGES = frozenset(
    {
        *("html", "HTML", "javascript", "js", "latex", "svg", "SVG", "markdown", "perl", "ruby", "writefile"),
        *("file", "R", "julia", "sql", "cython", "bigquery", "sparksql", "mermaid", "octave", "ai", "cpp"),
    }
)
_INSTALLERS = frozenset({"pip", "pip3", "conda", "mamba", "micromamba", "uv", "poetry", "pipenv", "pdm"})
_BUILTIN_EXTENSIONS = frozenset({"autoreload", "storemagic"})
_OPTIONS = re.compile(
    r"(?:[ \t]+-(?:[nrpl][ \t]*\d+|[lsTDf][ \t]+\S+|[A-Za-z]+)(?=\s|$)|[ \t]+--[\w-]+(?:=\S+)?)*[ \t]*"
)
_CELL_MAGIC = re.compile(r"%%([\w.!]+)(.*)")
_LINE_MAGIC = re.compile(r"%([\w.]+)(.*)", re.DOTALL)
_ASSIGNED = re.compile(r"[ \t]*[A-Za-z_][\w.\[\]'\", \t*()]*=[ \t]*(?=[!%][^=])")
_HELP = re.compile(r"[ \t]*(?:\?{1,2}.*|[^#'\"\n]*?\?{1,2}[ \t]*(?:#.*)?)")
_STRING = (
    r'"""(?>[^"\\]+|\\.|"(?!""))*+(?:"""|(?P<open1>\Z))'
    r"|'''(?>[^'\\]+|\\.|'(?!''))*+(?:'''|(?P<open2>\Z))"
    r'|"(?>[^"\\\n]+|\\.)*+"?'
    r"|'(?>[^'\\\n]+|\\.)*+'?"
)
_TOKEN = re.compile(
    rf"{_STRING}|#[^\n]*|(?P<up>[\[({{])|(?P<down>[\])}}])|\\\n|(?P<end>\n)|(?P<help>\?)", re.DOTALL
)
_TRIAL_CHARACTERS = 16 << 10


class CellCode(msgspec.Struct):
    """What a cell says.

    Attributes:
        text: Python of as many lines, ending in a line end.
        commands: what a shell or an installer is told, with the line in the cell, from 1.
        notes: what was left out, other than what is meant for IPython or a shell.
    """

    text: str
    commands: list[tuple[int, str]] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)


def cell_code(source: str) -> CellCode:
    """The Python of a cell, in linear time.

    Args:
        source: with line feeds as the only line ends.
    """
    lines = source.removesuffix("\n").split("\n")
    code = CellCode("")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    while (magic := _CELL_MAGIC.match(lines[first])) or lines[first].startswith("!!"):
        name, argument = (magic[1], magic[2]) if magic else ("!", lines[first][2:])
        if name in _SHELLS:
            commands = [argument, *lines[first + 1 :]] if name == "!" else lines[first + 1 :]
            code.commands += enumerate(_continued(commands), first + (1 if name == "!" else 2))
            return _blank(code, lines)
        if name not in _RUNS_CODE and not _passes_for_python(name, lines[first + 1 :]):
            if name not in _OTHER_LANGUAGES:
                code.notes.append(f"%%{name[:50]} is not known, and what it is given is no Python")
            return _blank(code, lines)
        lines[first] = _argument(name, argument, "%%") if name in _RUNS_ARGUMENT else ""
        if lines[first] or first + 1 == len(lines):
            break
        first += 1
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip(" \t"))]
    if indent and all(line.startswith(indent) or not line.strip() for line in lines):
        lines = [line.removeprefix(indent) for line in lines]
    return _plain("\n".join(lines) + "\n", code)


def _blank(code: CellCode, lines: list[str]) -> CellCode:
    code.text = "\n" * len(lines)
    return code


def _passes_for_python(name: str, lines: list[str]) -> bool:
    """Whether what an unknown magic is given can be Python: sparkmagic, pipelines and plots are many."""
    body = "\n".join(lines)
    if name in _OTHER_LANGUAGES or len(body) > _TRIAL_CHARACTERS:
        return False
    try:
        ast.parse(_plain(body + "\n", CellCode("")).text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _plain(text: str, code: CellCode) -> CellCode:
    """Replaces single lines; a cell that ends inside a string or bracket would swallow the cells after it."""
    parts: list[str] = []
    at, line, depth = 0, 1, 0
    while at < len(text):
        end = at
        if depth == 0 and (found := _special(text, at)):
            end, replaced = found
            parts.append(_noted(text[at:end], replaced, line, code))
            line += text.count("\n", at, end) + 1
            parts.append("\n")
            at = end + 1
            continue
        start, is_help = at, False
        while token := _TOKEN.search(text, end):
            end = token.end()
            kind = token.lastgroup
            depth = max(0, depth + (kind == "up") - (kind == "down"))
            is_help = is_help or kind == "help"
            if kind in ("open1", "open2"):
                code.notes.append(f"line {line} opens a string that its cell does not close")
                return _blank(code, text.removesuffix("\n").split("\n"))
            if kind == "end" and (depth == 0 or is_help):
                break
        at = end if token else len(text)
        piece = text[start:at]
        parts.append("\n" * piece.count("\n") if is_help else piece)
        line += piece.count("\n")
    if depth:
        code.notes.append("a bracket is opened that its cell does not close")
        return _blank(code, text.removesuffix("\n").split("\n"))
    code.text = "".join(parts)
    return code


def _special(text: str, at: int) -> tuple[int, str] | None:
    """Where a line that begins here and is IPython's ends, and what stands for it; None for Python."""
    end = text.find("\n", at)
    line = text[at:end]
    bare = line.lstrip(" \t")
    assigned = _ASSIGNED.match(line) if "%" in line or "!" in line else None
    if assigned or bare[:1] in ("!", "%", "?", ",", ";", "/"):
        indent = line[: len(line) - len(bare)]
        while text[end - 1] == "\\" and end + 1 < len(text):  # the command goes on
            end = text.find("\n", end + 1)
        line = text[at:end]
        if assigned:
            return end, line[: assigned.end()] + _value(line[assigned.end() :])
        return end, indent + _statement(line[len(indent) :])
    if line.rstrip().endswith("?") and _HELP.fullmatch(line):
        return end, ""
    return None


def _noted(line: str, replaced: str, number: int, code: CellCode) -> str:
    """Keeps what an installer is told, and as many lines as there were."""
    command = line.lstrip(" \t")
    if assigned := _ASSIGNED.match(line):
        command = line[assigned.end() :]
    if command.startswith("!"):
        code.commands.append((number, command.lstrip("!").replace("\\\n", " ")))
    elif (magic := _LINE_MAGIC.match(command)) and magic[1] in (*_INSTALLERS, "sx", "system"):
        told = magic[2] if magic[1] in ("sx", "system") else magic[1] + magic[2]
        code.commands.append((number, told.replace("\\\n", " ")))
    return replaced + "\n" * (line.count("\n") - replaced.count("\n"))


def _value(told: str) -> str:
    """What is assigned: the code of ``%time f()``, else a value of which nothing is known."""
    magic = _LINE_MAGIC.match(told)
    if magic and magic[1] in _RUNS_ARGUMENT and (code := _code_at(magic)) is not None:
        return " " * code + told[code:]
    return "..."


def _statement(told: str) -> str:
    """What a line magic does, as a statement: runs code, imports an extension, or nothing."""
    magic = _LINE_MAGIC.match(told)
    if magic is None:
        return "pass"
    if magic[1] in _RUNS_ARGUMENT:
        return _argument(magic[1], magic[2], "%")
    argument = magic[2].strip()
    if magic[1] == "load_ext" and re.fullmatch(r"[A-Za-z_][\w.]*", argument):
        return "pass" if argument in _BUILTIN_EXTENSIONS else f"import    {argument}"
    return "pass"


def _argument(name: str, argument: str, sign: str) -> str:
    """The code that a magic is given, behind a statement that fills its place; empty where there is none."""
    line = sign + name + argument
    options = _OPTIONS.match(argument)
    at = len(sign) + len(name) + (options.end() if options else 0)
    return "0;" + " " * (at - 2) + line[at:] if line[at:].strip() else ("" if sign == "%%" else "pass")


def _code_at(magic: re.Match[str]) -> int | None:
    options = _OPTIONS.match(magic[2])
    at = magic.start(2) + (options.end() if options else 0)
    return at if magic.string[at:].strip() else None


def _continued(lines: list[str]) -> list[str]:
    """Commands in the place of their first line; the places of those that continue it are empty."""
    joined: list[str] = []
    parts: list[str] = []
    first = 0
    for position, line in enumerate(lines):
        first = first if parts else position
        parts.append(line.removesuffix("\\"))
        joined.append("")
        if not line.endswith("\\") or position + 1 == len(lines):
            joined[first] = " ".join(parts)
            parts = []
    return joined
