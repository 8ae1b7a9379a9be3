"""Which kinds of nodes are worth a look, by what the text holds: most files have next to none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from analyzers.source.security.rules import IMPORTS

IMPORT_KINDS = ("import_statement", "import_from_statement")
# Root module to words of which one must stand in the text for a call to matter; none where any call may.
_MODULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("subprocess", "popen2", "commands", "random", "requests", "httpx", "paramiko"), ()),
        **dict.fromkeys(
            ("marshal", "telnetlib", "ftplib", "ssl", "xml", "mako", "markupsafe", "tarfile"), ()
        ),
        **dict.fromkeys(("pickle", "cPickle", "dill", "shelve", "jsonpickle", "Crypto", "Cryptodome"), ()),
        "os": ("system", "popen", "exec", "spawn", "startfile"),
        "pandas": ("read_pickle",),
        "tempfile": ("mktemp",),
        "django": ("mark_safe",),
        "urllib": ("urlopen", "urlretrieve", "URLopener"),
        "six": ("urlopen", "urlretrieve", "URLopener"),
        "hashlib": ("md5", "md4", "sha1", "sha(", "new"),
        "cryptography": ("MD5", "SHA1", "algorithms", "ECB", "generate_private_key"),
        "yaml": ("load",),
        "torch": ("load",),
        "jinja2": ("Environment",),
        "flask": ("debug", "Markup"),
        "importlib": ("import_module", "__import__"),
    }
)
# Words that make calls matter whatever is imported; what other names begin with must be called.
_WORDS = ("chmod", "extractall", "exec_command", "__import__")
_CALLED = (("exec", re.compile(r"exec[\s\\]*\(")), ("eval", re.compile(r"eval[\s\\]*\(")))
_IMPORTED = frozenset(name.partition(".")[0] for name, _ in IMPORTS)
_IMPORT_LINES = re.compile(r"\n[ \t]*(?:import|from)[ \t]+([^\n#(]*)")
_FURTHER_IMPORTS = re.compile(r";[ \t]*(?:import|from)[ \t]+([^\n#(]*)")
# Possessive: a line of many `#` could be taken apart into comments in countless ways.
_SWALLOWS = re.compile(r":\s*+(?:#[^\n]*+\s*+){0,9}+(?:pass|continue)\b")
_SECRETS = tuple(
    (word, re.compile(rf"{word}\w{{0,40}}[\"']?[ \t]*(?:[:=\]]|!=)"))
    for word in ("pass", "paswd", "pasword", "pwd", "token", "secret")
)
_STATEMENTS = tuple((word, re.compile(rf"{word}[\s{{]")) for word in ("select", "insert", "delete", "update"))


def by_keyword(text: str) -> bool:
    """Whether a call may have a keyword that a rule is about, whatever is called."""
    return "shell" in text or "ssl_version" in text or "method=" in text


def kinds(text: str) -> Iterator[str]:
    """The kinds of nodes to look for."""
    roots = _roots(text)
    triggers = [_MODULES[root] for root in roots if root in _MODULES]
    has_calls = (
        # What needs no further word, or else what is found fastest.
        () in triggers
        or any(word in text for word in _WORDS)
        or any(word in text and pattern.search(text) for word, pattern in _CALLED)
        or by_keyword(text)
        or any(word in text for words in triggers for word in words)
    )
    if has_calls:
        yield "call"
    if has_calls or roots & _IMPORTED:
        yield from IMPORT_KINDS
    if "assert" in text:
        yield "assert_statement"
    if "except" in text and _SWALLOWS.search(text):
        yield "except_clause"
    lowered = text.lower()
    # A word alone is found several times faster than a pattern that starts with it.
    has_secrets = any(word in lowered and pattern.search(lowered) for word, pattern in _SECRETS)
    if has_secrets:
        yield from ("assignment", "comparison_operator", "keyword_argument", "function_definition")
    has_places = "0.0.0.0" in text or "/tmp" in text or "/dev/shm" in text or "/var/tmp" in text
    if (
        has_secrets
        or has_places
        or any(word in lowered and pattern.search(lowered) for word, pattern in _STATEMENTS)
    ):
        yield "string"


def _roots(text: str) -> set[str]:
    """First parts of all that import statements name, and more: it does not matter."""
    lines = [*_IMPORT_LINES.findall(f"\n{text}"), *_FURTHER_IMPORTS.findall(text)]
    return {word.partition(".")[0] for line in lines for word in line.replace(",", " ").split()}
