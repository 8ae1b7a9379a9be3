"""Secrets in configuration: which names and values are some, and texts without their values.

Values never leave this module: what is found is told by its name or its kind. A false alarm costs a person's
trust, so a name counts by its last word, and a value by a form that nothing else has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LEFT_OUT = "[left out]"
"""What stands in the place of a secret's value within a text."""

_LONGEST_TEXT = 1 << 20
_ENDINGS = (
    *("password", "passwd", "passphrase", "secret", "token", "credentials"),
    *("apikey", "accesskey", "secretkey", "privatekey", "encryptionkey", "signingkey", "authkey"),
    "secretkeybase",
)  # fmt: skip
_SWITCHES = frozenset({"", "0", "1", "true", "false", "yes", "no", "on", "off", "none", "null"})
_PLACEHOLDER = re.compile(r"[$<{/%*].*|[x*.]+|\[.*\]|file:.*", re.DOTALL | re.IGNORECASE)
"""What stands for a value that comes later, or says where it is kept."""
_SHORT_NUMBER = re.compile(r"[0-9]{1,7}")

_FORMS = {
    "a private key": r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
    r"[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)",
    "a password in a URL": r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,20}://[^\s/:@'\"<>$]{0,200}"
    r":(?![$<{%*\[])[^\s/@'\"]{1,400}(?=@)",
    "a token of AWS": r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    "a token of GitHub": r"(?<![A-Za-z0-9_-])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})",
    "a token of GitLab": r"(?<![A-Za-z0-9_-])gl(?:pat|dt|rt|cbt)-[A-Za-z0-9_-]{20,255}",
    "a token of Slack": r"(?<![A-Za-z0-9_-])xox[abeoprs]-[A-Za-z0-9-]{10,255}",
    "a token of a Python index": r"(?<![A-Za-z0-9_-])pypi-AgE[A-Za-z0-9_-]{50,1000}",
    "a token of npm": r"(?<![A-Za-z0-9_-])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])",
    "a key of Google": r"(?<![A-Za-z0-9_-])AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])",
    "a key of Stripe": r"(?<![A-Za-z0-9_-])[rs]k_live_[0-9a-zA-Z]{16,255}",
    "a key of OpenAI": r"(?<![A-Za-z0-9_-])sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,255}",
    "a key of Anthropic": r"(?<![A-Za-z0-9_-])sk-ant-[A-Za-z0-9_-]{40,255}",
    "a token of Hugging Face": r"(?<![A-Za-z0-9_-])hf_[A-Za-z0-9]{30,255}",
    "a token of Docker": r"(?<![A-Za-z0-9_-])dckr_[po]at_[A-Za-z0-9_-]{20,255}",
    "a token of DigitalOcean": r"(?<![A-Za-z0-9_-])do[opr]_v1_[0-9a-f]{64}",
    "a key of SendGrid": r"(?<![A-Za-z0-9_-])SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}",
    "a JSON web token": r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,4000}"
    r"\.[A-Za-z0-9_-]{8,1000}",
}  # fmt: skip
"""Forms of values that are secret whatever they are called. Each run of characters is tried once."""
_FORM = re.compile("|".join(f"(?P<f{n}>{form})" for n, form in enumerate(_FORMS.values())))
_KINDS = tuple(_FORMS)

_VALUE = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s;&|]+"
_ASSIGNMENT = re.compile(rf"(?<![\w.-])(?P<name>[A-Za-z_][\w.-]{{1,100}})=(?P<value>{_VALUE})")
_OPTION = re.compile(
    rf"(?<![\w-])--?(?P<name>[a-z][\w-]{{1,60}})(?:=|[ \t]+)(?P<value>(?!-)(?:{_VALUE}))", re.I
)
_INSTRUCTION = re.compile(
    rf"\A(?:ENV|ARG|LABEL)[ \t]+(?P<name>[A-Za-z_][\w.-]{{1,100}})[ \t]+(?P<value>{_VALUE})\Z", re.I
)
_HEADER = re.compile(r"(?P<name>authorization):[ \t]*(?:bearer|basic|token)[ \t]+(?P<value>[^\s\"']+)", re.I)
_USER = re.compile(
    r"(?P<name>curl|wget)\b[^;&|]{0,400}?\s(?:-u|--user)[ =]?[^\s:'\"$]{1,100}:(?P<value>[^\s'\"$]+)"
)
_NAMED = (_INSTRUCTION, _ASSIGNMENT, _OPTION, _HEADER, _USER)


def is_secret_name(name: str) -> bool:
    """Whether what has this name is a secret: ``NPM_TOKEN``, ``db.password``, ``apiKey``; not ``GPG_KEY``."""
    words = [word for word in re.split(r"[^A-Za-z]+", name[:200]) if word]
    if not words:
        return False
    if words[-1].lower() == "pwd":
        return len(words) > 1 and words[-2].lower() != "old"
    return "".join(words).lower().endswith(_ENDINGS)


def secret_of(name: str, value: str) -> str | None:
    """What is secret about a named value, in words for people; None where nothing is."""
    kind = secret_form(value)
    if kind is None and is_secret_name(name) and _is_value(value):
        kind = "a secret, by its name"
    return kind


def secret_form(text: str) -> str | None:
    """The kind of the first secret in a text that its form gives away."""
    match = _FORM.search(text, 0, _LONGEST_TEXT)
    return None if match is None or match.lastgroup is None else _KINDS[int(match.lastgroup[1:])]


def without_secrets(text: str) -> tuple[str, tuple[str, ...]]:
    """A line of a shell or of a build file without the values of secrets, and what they are called.

    What lies behind the first mebibyte is left out.
    """
    text, names = text[:_LONGEST_TEXT], list[str]()

    def of_form(match: re.Match[str]) -> str:
        names.append(_KINDS[int((match.lastgroup or "f0")[1:])])
        scheme = re.match(r"[a-z][a-z0-9+.-]*://[^:]*:", match[0])
        return f"{scheme[0] if scheme else ''}{LEFT_OUT}"

    def of_name(match: re.Match[str]) -> str:
        value = match["value"].strip("\"'")
        fixed = match.re in (_HEADER, _USER)
        if LEFT_OUT in value or not (fixed or is_secret_name(match["name"])) or not _is_value(value):
            return match[0]
        names.append(f"credentials for {match['name']}" if match.re is _USER else match["name"])
        start = match.start("value") - match.start()
        return f"{match[0][:start]}{LEFT_OUT}{match[0][match.end('value') - match.start() :]}"

    for pattern in _NAMED:
        text = pattern.sub(of_name, text)
    text = _FORM.sub(of_form, text)
    return text, tuple(dict.fromkeys(names))


def arguments_without_secrets(arguments: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same for arguments of a command, where a value may follow its option."""
    told, names = list[str](), list[str]()
    before = ""
    for argument in arguments:
        text, found = without_secrets(argument)
        option = before.lstrip("-")
        if before.startswith("-") and not found and is_secret_name(option) and _is_value(argument):
            text, found = LEFT_OUT, (option,)
        told.append(text)
        names.extend(found)
        before = argument if "=" not in argument else ""
    return tuple(told), tuple(dict.fromkeys(names))


def _is_value(value: str) -> bool:
    stripped = value.strip()
    return not (
        stripped.lower() in _SWITCHES or _PLACEHOLDER.fullmatch(stripped) or _SHORT_NUMBER.fullmatch(stripped)
    )
