"""Rules about calls: one function for each that needs a look at the arguments, by the last name called."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from analyzers.source.security.calls import Call, line_of, literal, symbol
from analyzers.source.security.rules import CALLS, HIGH, IMPORTS, LOW, MEDIUM, REPLACE, RUN, SHELL

if TYPE_CHECKING:
    from ast_grep_py import SgNode


class Context(NamedTuple):
    """What a rule may ask of the file.

    Attributes:
        aliases: name in the file to dotted name.
        imported: dotted names of all that is imported.
        by_keyword: whether any call may have a keyword that a rule is about, whatever is called.
    """

    aliases: Mapping[str, str]
    imported: Collection[str]
    by_keyword: bool = True

    def has(self, module: str) -> bool:
        """Whether the file imports a module or something from it."""
        return any(name == module or name.startswith(f"{module}.") for name in self.imported)


class Verdict(NamedTuple):
    """That a rule applies; the other fields where they differ from the rule's or the call's."""

    id: str
    severity: str | None = None
    confidence: str | None = None
    line: int | None = None


_Check = Callable[[Call, Context], Verdict | None]
_VERBS = ("get", "options", "head", "post", "put", "patch", "delete")
_HTTPX = (*_VERBS, "request", "stream", "Client", "AsyncClient")
_WEAK_HASHES = ("md4", "md5", "sha", "sha1")
_OLD_TLS = re.compile(r"(PROTOCOL_|)(SSLv2|SSLv3|TLSv1|TLSv1_1|SSLv23(?=_METHOD))(_METHOD|)$")
_ABSOLUTE = re.compile(r"[/\\.]|[A-Za-z]:")
_OTHERS_WRITE, _DANGEROUS = 0o002, 0o033
_KEY_SIZES = {
    f"{module}.{kind}.{function}": position
    for module, function, positions in (
        ("cryptography.hazmat.primitives.asymmetric", "generate_private_key", {"dsa": 0, "rsa": 1}),
        ("Crypto.PublicKey", "generate", {"DSA": 0, "RSA": 0}),
        ("Cryptodome.PublicKey", "generate", {"DSA": 0, "RSA": 0}),
    )
    for kind, position in positions.items()
}


def _is(node: SgNode | None, text: str) -> bool:
    return node is not None and node.text() == text


def _is_string(node: SgNode | None) -> bool:
    return isinstance(literal(node), str)


def _shell(call: Call) -> SgNode | None:
    """The argument ``shell``, where it is not surely false."""
    value = call.keywords.get("shell")
    if value is None or value.text() in ("False", "None", "0", "[]", "{}", '""', "''"):
        return None
    return value


def _run(call: Call, context: Context) -> Verdict | None:
    if call.symbol not in RUN:
        return None
    shell = _shell(call)
    if shell is None:
        value = call.keywords.get("shell")
        return Verdict("B603", line=None if value is None else line_of(value))
    if not call.positional:
        return None
    return Verdict("B602", LOW if _is_string(call.positional[0]) else HIGH, line=line_of(shell))


def _other_shell(call: Call, context: Context) -> Verdict | None:
    shell = None if call.symbol in RUN else _shell(call)
    return None if shell is None else Verdict("B604", line=line_of(shell))


def _start_shell(call: Call, context: Context) -> Verdict | None:
    if call.symbol not in SHELL or not call.positional:
        return None
    return Verdict("B605", LOW if _is_string(call.positional[0]) else HIGH)


def _partial_path(call: Call, context: Context) -> Verdict | None:
    if not call.positional or not (call.symbol in RUN or call.symbol in SHELL or call.symbol in REPLACE):
        return None
    program: SgNode | None = call.positional[0]
    if program is not None and program.kind() == "list":
        program = next((child for child in program.children() if child.is_named()), None)
    value = literal(program)
    return Verdict("B607") if isinstance(value, str) and not _ABSOLUTE.match(value) else None


def _built_in(call: Call, context: Context) -> Verdict | None:
    return Verdict("B102" if call.name == "exec" else "B307") if call.symbol == call.name else None


def _chmod(call: Call, context: Context) -> Verdict | None:
    mode = literal(call.positional[1]) if len(call.positional) == 2 else None
    if not isinstance(mode, int) or not mode & _DANGEROUS:
        return None
    return Verdict("B103", HIGH if mode & _OTHERS_WRITE else MEDIUM)


def _sends(call: Call) -> bool:
    return (call.root == "requests" and call.name in _VERBS) or (call.root == "httpx" and call.name in _HTTPX)


def _timeout(call: Call, context: Context) -> Verdict | None:
    timeout = call.keywords.get("timeout")
    unset = timeout is None and call.root == "requests"
    return Verdict("B113") if _sends(call) and (unset or _is(timeout, "None")) else None


def _verify(call: Call, context: Context) -> Verdict | None:
    verify = call.keywords.get("verify")
    if verify is None or not _is(verify, "False") or not _sends(call):
        return None
    return Verdict("B501", line=line_of(verify))


def _flask(call: Call, context: Context) -> Verdict | None:
    debug = call.keywords.get("debug")
    if debug is None or not _is(debug, "True") or "." not in call.symbol or not context.has("flask"):
        return None
    return Verdict("B201", line=line_of(debug))


def _extract(call: Call, context: Context) -> Verdict | None:
    if not context.has("tarfile") or literal(call.keywords.get("filter")) == "data":
        return None
    members = call.keywords.get("members")
    if members is None:
        return Verdict("B202")
    level = LOW if members.kind() == "call" else MEDIUM
    return Verdict("B202", level, level)


def _hash(call: Call, context: Context) -> Verdict | None:
    if "hashlib" not in call.symbol.split(".") or _is(call.keywords.get("usedforsecurity"), "False"):
        return None
    name = call.name if call.name != "new" else literal(call.argument(0, "name"))
    return Verdict("B324") if isinstance(name, str) and name.lower() in _WEAK_HASHES else None


def _tls(call: Call, context: Context) -> Verdict | None:
    for keyword in ("ssl_version", "method"):
        value = call.keywords.get(keyword)
        if value is not None and _OLD_TLS.match(symbol(value, {}).rpartition(".")[2]):
            levels = (HIGH, HIGH) if call.symbol == "ssl.wrap_socket" else (MEDIUM, MEDIUM)
            return Verdict("B502", *levels, line=line_of(value))
    if call.symbol == "ssl.wrap_socket" and "ssl_version" not in call.keywords:
        return Verdict("B504")
    return None


def _key(call: Call, context: Context) -> Verdict | None:
    position = _KEY_SIZES.get(call.symbol)
    size = (
        None
        if position is None
        else literal(call.argument(position, "key_size") or call.keywords.get("bits"))
    )
    if not isinstance(size, int) or size >= 2048:
        return None
    return Verdict("B505", HIGH if size < 1024 else MEDIUM)


def _yaml(call: Call, context: Context) -> Verdict | None:
    loader = call.argument(1, "Loader")
    name = symbol(loader, context.aliases).rpartition(".")[2]
    is_yaml = "yaml" in call.symbol.split(".") and context.has("yaml")
    return Verdict("B506") if is_yaml and name not in ("SafeLoader", "CSafeLoader") else None


def _host_key(call: Call, context: Context) -> Verdict | None:
    policy = call.positional[0] if call.positional else None
    if policy is not None and policy.kind() == "call":
        policy = policy.field("function")
    name = symbol(policy, {}).rpartition(".")[2]
    is_trusting = name in ("AutoAddPolicy", "WarningPolicy") and context.has("paramiko")
    return Verdict("B507") if is_trusting else None


def _remote_command(call: Call, context: Context) -> Verdict | None:
    return Verdict("B601") if context.has("paramiko") else None


def _torch(call: Call, context: Context) -> Verdict | None:
    is_torch = call.symbol in ("torch.load", "torch.serialization.load")
    return Verdict("B614") if is_torch and not _is(call.keywords.get("weights_only"), "True") else None


def _templates(call: Call, context: Context) -> Verdict | None:
    if call.name == "Template":
        return Verdict("B702") if "mako" in call.symbol.split(".") else None
    if "jinja2" not in call.symbol.split("."):
        return None
    escape = call.keywords.get("autoescape")
    if escape is None or _is(escape, "False"):
        return Verdict("B701")
    function = escape.field("function") if escape.kind() == "call" else None
    if _is(escape, "True") or symbol(function, {}).rpartition(".")[2] == "select_autoescape":
        return None
    return Verdict("B701", confidence=MEDIUM)


def _markup(call: Call, context: Context) -> Verdict | None:
    is_markup = call.symbol in ("markupsafe.Markup", "flask.Markup") and bool(call.positional)
    return Verdict("B704") if is_markup and literal(call.positional[0]) is None else None


def _dynamic_import(call: Call, context: Context) -> Verdict | None:
    if call.symbol not in ("__import__", "importlib.import_module", "importlib.__import__"):
        return None
    module = literal(call.argument(0, "name"))
    return next((Verdict(identifier) for name, identifier in IMPORTS if name == module), None)


def _listed(call: Call, context: Context) -> Verdict | None:
    identifier = CALLS.get(call.symbol)
    return None if identifier is None else Verdict(identifier)


def _by_name() -> Mapping[str, tuple[_Check, ...]]:
    checks: dict[str, list[_Check]] = {}

    def add(check: _Check, *names: str) -> None:
        for name in names:
            checks.setdefault(name, []).append(check)

    def last(names: Collection[str]) -> list[str]:
        return sorted({name.rpartition(".")[2] for name in names})

    add(_listed, *last(CALLS))
    add(_run, *last(RUN))
    add(_start_shell, *last(SHELL))
    add(_partial_path, *last(RUN | SHELL | REPLACE))
    add(_built_in, "exec", "eval")
    add(_timeout, *_HTTPX)
    add(_verify, *_HTTPX)
    add(_flask, "run")
    add(_extract, "extractall")
    add(_hash, *_WEAK_HASHES, "new")
    add(_key, *last(_KEY_SIZES))
    add(_yaml, "load")
    add(_torch, "load")
    add(_host_key, "set_missing_host_key_policy")
    add(_remote_command, "exec_command")
    add(_templates, "Environment", "Template")
    add(_markup, "Markup")
    add(_dynamic_import, "__import__", "import_module")
    return MappingProxyType({name: tuple(found) for name, found in checks.items()})


_BY_NAME = _by_name()


_BY_KEYWORD = ("shell", "ssl_version", "method")


def may_matter(node: SgNode, context: Context) -> bool:
    """Whether a call may be one that a rule is about: a quick look, for most are not."""
    function = node.field("function")
    name = "" if function is None else function.text().rpartition(".")[2]
    if name in _BY_NAME or name in context.aliases or "chmod" in name or name == "wrap_socket":
        return True
    if not context.by_keyword or (arguments := node.field("arguments")) is None:
        return False
    text = arguments.text()
    return any(each in text for each in _BY_KEYWORD)


def verdicts(call: Call, context: Context) -> list[Verdict]:
    """What the rules say of a call, each once."""
    checks: list[_Check] = list(_BY_NAME.get(call.name, ()))
    if "chmod" in call.name:
        checks.append(_chmod)
    if "shell" in call.keywords:
        checks.append(_other_shell)
    if "ssl_version" in call.keywords or "method" in call.keywords or call.name == "wrap_socket":
        checks.append(_tls)
    return [verdict for check in checks if (verdict := check(call, context)) is not None]
