"""The rules: id, how severe, how sure, what to say; where severity or confidence vary, the usual ones."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

LOW, MEDIUM, HIGH = "low", "medium", "high"


class Rule(msgspec.Struct, frozen=True):
    """A rule.

    Attributes:
        id: that of the rule of bandit that means the same.
        severity: ``low``, ``medium`` or ``high``: how bad it is where it is true.
        confidence: likewise: how often it is true.
        message: one sentence.
    """

    id: str
    severity: str
    confidence: str
    message: str


_ALL = (
    Rule("B101", LOW, HIGH, "assert is gone under python -O"),
    Rule("B102", MEDIUM, HIGH, "exec runs whatever text reaches it"),
    Rule("B103", MEDIUM, HIGH, "file mode lets others than its owner write or execute"),
    Rule("B104", MEDIUM, MEDIUM, "listens on every network interface"),
    Rule("B105", LOW, MEDIUM, "password or token written into the code"),
    Rule("B106", LOW, MEDIUM, "password or token passed as a literal"),
    Rule("B107", LOW, MEDIUM, "password or token as the default of a parameter"),
    Rule("B108", MEDIUM, MEDIUM, "fixed name in a directory that everybody can write to"),
    Rule("B110", LOW, HIGH, "every error is swallowed"),
    Rule("B112", LOW, HIGH, "every error is skipped over"),
    Rule("B113", MEDIUM, LOW, "request without a timeout may wait for ever"),
    Rule("B201", HIGH, MEDIUM, "Flask's debugger runs code for who reaches it"),
    Rule("B202", HIGH, HIGH, "archive is extracted without a filter of its members"),
    Rule("B301", MEDIUM, HIGH, "unpickling runs code that the data choose"),
    Rule("B302", MEDIUM, HIGH, "marshal is not safe against made-up data"),
    Rule("B303", MEDIUM, HIGH, "hash that is broken"),
    Rule("B304", HIGH, HIGH, "cipher that is broken"),
    Rule("B305", MEDIUM, HIGH, "cipher mode that shows patterns"),
    Rule("B306", MEDIUM, HIGH, "mktemp's name may be taken before it is used"),
    Rule("B307", MEDIUM, HIGH, "eval runs whatever text reaches it"),
    Rule("B308", MEDIUM, HIGH, "text is marked safe for HTML"),
    Rule("B310", MEDIUM, HIGH, "opens any scheme, file: too"),
    Rule("B311", LOW, HIGH, "random numbers that can be foretold"),
    Rule("B312", HIGH, HIGH, "Telnet sends everything in clear"),
    Rule("B313", MEDIUM, HIGH, "XML parser that made-up input can exhaust (cElementTree)"),
    Rule("B314", MEDIUM, HIGH, "XML parser that made-up input can exhaust (ElementTree)"),
    Rule("B315", MEDIUM, HIGH, "XML parser that made-up input can exhaust (expatreader)"),
    Rule("B316", MEDIUM, HIGH, "XML parser that made-up input can exhaust (expatbuilder)"),
    Rule("B317", MEDIUM, HIGH, "XML parser that made-up input can exhaust (sax)"),
    Rule("B318", MEDIUM, HIGH, "XML parser that made-up input can exhaust (minidom)"),
    Rule("B319", MEDIUM, HIGH, "XML parser that made-up input can exhaust (pulldom)"),
    Rule("B321", HIGH, HIGH, "FTP sends everything in clear"),
    Rule("B323", MEDIUM, HIGH, "TLS context that verifies nobody"),
    Rule("B324", HIGH, HIGH, "hash that is broken, used as if for security"),
    Rule("B401", HIGH, HIGH, "imports telnetlib"),
    Rule("B402", HIGH, HIGH, "imports ftplib"),
    Rule("B403", LOW, HIGH, "imports a module that unpickles"),
    Rule("B404", LOW, HIGH, "imports subprocess"),
    Rule("B405", LOW, HIGH, "imports xml.etree"),
    Rule("B406", LOW, HIGH, "imports xml.sax"),
    Rule("B407", LOW, HIGH, "imports xml.dom.expatbuilder"),
    Rule("B408", LOW, HIGH, "imports xml.dom.minidom"),
    Rule("B409", LOW, HIGH, "imports xml.dom.pulldom"),
    Rule("B411", HIGH, HIGH, "imports xmlrpc"),
    Rule("B412", HIGH, HIGH, "imports a CGI handler, whose proxy the client can set"),
    Rule("B413", HIGH, HIGH, "imports pycrypto, which nobody maintains"),
    Rule("B415", HIGH, HIGH, "imports pyghmi; IPMI is insecure"),
    Rule("B501", HIGH, HIGH, "certificate is not verified"),
    Rule("B502", HIGH, HIGH, "TLS version that is broken"),
    Rule("B504", LOW, MEDIUM, "TLS version is left to an old default"),
    Rule("B505", MEDIUM, HIGH, "key is too short"),
    Rule("B506", MEDIUM, HIGH, "YAML loader that makes any object"),
    Rule("B507", HIGH, MEDIUM, "host key is trusted unseen"),
    Rule("B601", MEDIUM, MEDIUM, "runs a command on another host's shell"),
    Rule("B602", HIGH, HIGH, "subprocess with a shell"),
    Rule("B603", LOW, HIGH, "starts a process"),
    Rule("B604", MEDIUM, LOW, "call with shell=True"),
    Rule("B605", HIGH, HIGH, "starts a shell"),
    Rule("B606", LOW, MEDIUM, "starts a process in place of this one"),
    Rule("B607", LOW, HIGH, "program is looked up in PATH"),
    Rule("B608", MEDIUM, LOW, "SQL is put together from text"),
    Rule("B614", MEDIUM, HIGH, "torch.load unpickles where weights_only is not set"),
    Rule("B701", HIGH, HIGH, "jinja2 without autoescape"),
    Rule("B702", MEDIUM, HIGH, "mako escapes nothing by default"),
    Rule("B704", MEDIUM, HIGH, "Markup of what is no literal"),
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ALL})


def _symbols(pairs: Mapping[str, str]) -> Mapping[str, str]:
    """``module: name name`` by id, as id by dotted name."""
    found: dict[str, str] = {}
    for identifier, text in pairs.items():
        for line in filter(None, map(str.strip, text.splitlines())):
            modules, _, names = line.partition(": ")
            found |= {f"{module}.{name}": identifier for module in modules.split() for name in names.split()}
    return MappingProxyType(found)


_PYCRYPTO = ("Crypto", "Cryptodome")
_ALGORITHMS = "cryptography.hazmat.primitives.ciphers.algorithms"
CALLS = _symbols(
    {
        "B301": """
            pickle dill: load loads Unpickler
            cPickle: load loads Unpickler
            shelve: open DbfilenameShelf
            jsonpickle: decode
            jsonpickle.unpickler: decode Unpickler
            pandas: read_pickle""",
        "B302": "marshal: load loads",
        "B303": "".join(
            f"\n{root}.Hash.{name}: new" for root in _PYCRYPTO for name in ("MD2", "MD4", "MD5", "SHA")
        )
        + "\ncryptography.hazmat.primitives.hashes: MD5 SHA1",
        "B304": "".join(
            f"\n{root}.Cipher.{name}: new"
            for root in _PYCRYPTO
            for name in ("ARC2", "ARC4", "Blowfish", "DES", "XOR")
        )
        + f"\n{_ALGORITHMS}: ARC4 Blowfish CAST5 IDEA SEED TripleDES",
        "B305": "cryptography.hazmat.primitives.ciphers.modes: ECB",
        "B306": "tempfile: mktemp",
        "B308": "django.utils.safestring: mark_safe",
        "B310": "urllib.request six.moves.urllib.request: urlopen urlretrieve URLopener FancyURLopener",
        "B311": "random: Random random randrange randint choice choices uniform triangular randbytes "
        "sample getrandbits",
        "B312": "telnetlib: Telnet",
        "B313": "xml.etree.cElementTree: parse iterparse fromstring XMLParser",
        "B314": "xml.etree.ElementTree: parse iterparse fromstring XMLParser",
        "B315": "xml.sax.expatreader: create_parser",
        "B316": "xml.dom.expatbuilder: parse parseString",
        "B317": "xml.sax: parse parseString make_parser",
        "B318": "xml.dom.minidom: parse parseString",
        "B319": "xml.dom.pulldom: parse parseString",
        "B321": "ftplib: FTP",
        "B323": "ssl: _create_unverified_context",
        "B606": "os: execl execle execlp execlpe execv execve execvp execvpe spawnl spawnle spawnlp spawnlpe "
        "spawnv spawnve spawnvp spawnvpe startfile",
    }
)
"""Dotted name of a callable whose every call counts, to id."""

IMPORTS: tuple[tuple[str, str], ...] = tuple(
    (prefix, identifier)
    for identifier, prefixes in {
        "B401": ["telnetlib"],
        "B402": ["ftplib"],
        "B403": ["pickle", "cPickle", "dill", "shelve"],
        "B404": ["subprocess"],
        "B405": ["xml.etree.cElementTree", "xml.etree.ElementTree"],
        "B406": ["xml.sax"],
        "B407": ["xml.dom.expatbuilder"],
        "B408": ["xml.dom.minidom"],
        "B409": ["xml.dom.pulldom"],
        "B411": ["xmlrpc"],
        "B412": [
            "wsgiref.handlers.CGIHandler",
            "twisted.web.twcgi.CGIScript",
            "twisted.web.twcgi.CGIDirectory",
        ],
        "B413": [
            f"Crypto.{name}"
            for name in ("Cipher", "Hash", "IO", "Protocol", "PublicKey", "Random", "Signature", "Util")
        ],
        "B415": ["pyghmi"],
    }.items()
    for prefix in prefixes
)
"""Dotted name whose import counts, with all below it, and id."""

RUN = frozenset(f"subprocess.{name}" for name in ("Popen", "call", "check_call", "check_output", "run"))
SHELL = frozenset(
    [
        *(f"os.{name}" for name in ("system", "popen", "popen2", "popen3", "popen4")),
        *(f"popen2.{name}" for name in ("popen2", "popen3", "popen4", "Popen3", "Popen4")),
        *(
            f"{module}.{name}"
            for module in ("commands", "subprocess")
            for name in ("getoutput", "getstatusoutput")
        ),
    ]
)
REPLACE = frozenset(name for name, identifier in CALLS.items() if identifier == "B606")
