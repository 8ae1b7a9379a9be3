"""Secrets in configuration: which names and values are some, and texts without their values.

Values never leave this module: what is found is told by its name or its kind. A false alarm costs a person's
trust, so a name counts by its last word, and a value by a form that nothing else has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LEFT_OUT = "[left out]"
"""What stands in the place of a secret's value within a text."""

_LEFT_OUT_BEGINS = LEFT_OUT.partition(" ")[0]
_LONGEST_TEXT = 1 << 20
_ENDINGS = (
    *("password", "passwd", "passphrase", "sshpass", "secret", "token", "credential", "credentials"),
    *("apikey", "accesskey", "accountkey", "secretkey", "privatekey", "masterkey", "encryptionkey"),
    *("signingkey", "authkey"),
)  # fmt: skip
_QUALIFIERS = frozenset({"v", "value", "base", "b", "hex", "old", "new"})
"""Words after a name that leave it what it is, numbers taken off: ``API_KEY_V2``, ``TOKEN_BASE64``."""
_SWITCHES = frozenset({"", "0", "1", "true", "false", "yes", "no", "on", "off", "none", "null"})
_PLACEHOLDER = re.compile(r"[$<{/%*].*|[x*.]+|\[.*\]|file:.*", re.DOTALL | re.IGNORECASE)
"""What stands for a value that comes later, or says where it is kept."""
_SHORT_NUMBER = re.compile(r"[0-9]{1,7}")

_FORMS = {
    "a private key": r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
    r"[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)",
    # Who signs in with a token alone writes it in the place of the user.
    "a token in a URL": r"(?<![A-Za-z0-9+.-])https?://(?:(?=[A-Za-z_-]{0,400}[0-9])"
    r"[A-Za-z0-9_-]{20,400}(?=:?@)|[^\s/:@'\"<>$]{1,400}(?=:x-oauth-basic@))",
    "a password in a URL": r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s/:@'\"<>$]{0,200}"
    r":(?![$<{%*\[])[^\s/'\"]{1,400}(?=@)",
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
    rf"(?<![\w-])--?(?P<name>[a-z][\w.-]{{1,60}})(?:=|[ \t]+)(?P<value>(?!-)(?:{_VALUE}))", re.I
)
_INSTRUCTION = re.compile(
    rf"\A(?:ENV|ARG|LABEL)[ \t]+(?P<name>[A-Za-z_][\w.-]{{1,100}})[ \t]+(?P<value>{_VALUE})\Z", re.I
)
_HEADER = re.compile(
    r"(?:-H|--header)[ =]?[\"']?(?P<name>[a-z][\w-]{1,60}):[ \t]*(?P<value>[^\s\"']+)(?=[\"'\s]|\Z)", re.I
)
_MEMBER = re.compile(
    r"\\?[\"'](?P<name>[A-Za-z_][\w.-]{1,100})\\?[\"']\s{0,20}:\s{0,20}"
    r"(?P<value>\\\"[^\"\\]*\\\"|\"(?:[^\"\\]|\\.)*\"|'[^']*')"
)
_SETTING = re.compile(
    rf"\bconfig(?:ure)?[ \t]+(?:set[ \t]+)?(?:-\S{{1,50}}[ \t]+){{0,5}}(?P<name>[^\s=]{{2,200}})[ \t=]+"
    rf"(?P<value>{_VALUE})"
)
_NAMED = (_INSTRUCTION, _ASSIGNMENT, _OPTION, _HEADER, _MEMBER, _SETTING)
"""Values that are secret if their name is."""

_AUTHORIZATION = re.compile(
    r"(?P<name>authorization):[ \t]*(?:bearer|basic|token)[ \t]+(?P<value>[^\s\"']+)", re.I
)
_USER = re.compile(
    r"(?P<name>curl|wget)\b[^;&|]{0,200}?\s(?:-u|--user)[ =]?[^\s:'\"$]{1,100}:(?P<value>[^\s'\"$]+)"
)
_LOGIN = re.compile(
    rf"\b(?P<name>(?:docker|podman|buildah|skopeo|nerdctl|crane|oras|helm registry|az) login|twine upload)\b"
    rf"[^;&|]{{0,200}}?\s-p[ =]?(?P<value>{_VALUE})"
)
_SSHPASS = re.compile(rf"\b(?P<name>sshpass)[ \t]+-p[ \t]*(?P<value>{_VALUE})")
_MYSQL = re.compile(
    rf"\b(?P<name>mysql|mysqldump|mysqladmin|mariadb)\b[^;&|]{{0,200}}?\s-p(?P<value>{_VALUE})"
)
_REDIS = re.compile(rf"\b(?P<name>redis-cli)\b[^;&|]{{0,200}}?\s-a[ \t]+(?P<value>{_VALUE})")
_PIPED = re.compile(
    rf"\b(?:echo|printf)[ \t]+(?:-\w+[ \t]+|[\"']?%s[\"']?[ \t]+){{0,3}}(?P<value>{_VALUE})[ \t]*"
    r"\|[^|;&]{0,200}(?P<name>--password-stdin)"
)
_NETRC = re.compile(
    rf"\bmachine[ \t]+(?P<name>\S{{1,200}})[ \t]+login[ \t]+\S{{1,200}}[ \t]+password[ \t]+"
    rf"(?P<value>{_VALUE})"
)
_STORED = re.compile(
    r"\\?[\"'](?P<name>auth)\\?[\"']\s{0,20}:\s{0,20}\\?[\"'](?P<value>[A-Za-z0-9+/]{12,4000}={0,2})(?=\\?[\"'])"
)
_CREDENTIALS = (_AUTHORIZATION, _USER, _LOGIN, _SSHPASS, _MYSQL, _REDIS, _PIPED, _NETRC, _STORED)
"""Values that are secret for what they are given to."""

_HTTP_CREDENTIALS = re.compile(r"(?:bearer|basic|token)[ \t]+(?=\S*[0-9=])[\w+/=.~-]{12,}", re.I)
_USER_INFO = re.compile(r"(?<=://)(?!git@)[^\s/@]{1,1000}@")
_QUERY = re.compile(r"(?<=://)([^\s?#;]{1,4000})\?[^\s#;]*")


def is_secret_name(name: str) -> bool:
    """Whether what has this name is a secret: ``NPM_TOKEN``, ``db.password``, ``apiKey``; not ``GPG_KEY``."""
    words = [word.lower() for word in re.split(r"[^A-Za-z]+", name[:200]) if word]
    while len(words) > 1 and words[-1] in _QUALIFIERS:
        words.pop()
    if not words:
        return False
    if words[-1] in ("pwd", "pass"):
        return len(words) > 1 and words[-2] != "old"
    return "".join(words).endswith(_ENDINGS)


def secret_of(name: str, value: str) -> str | None:
    """What is secret about a named value, in words for people; None where nothing is."""
    kind = secret_form(value)
    if kind is None and is_secret_name(name) and _is_value(value):
        kind = "a secret, by its name"
    if kind is None and _HTTP_CREDENTIALS.fullmatch(value.strip()):
        kind = "credentials of HTTP"
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
        kept = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^:@]*:)?", match[0])
        return f"{kept[0] if kept else ''}{LEFT_OUT}"

    def of_name(match: re.Match[str]) -> str:
        if not is_secret_name(match["name"]):
            return match[0]
        return replaced(match, match["name"])

    def of_use(match: re.Match[str]) -> str:
        return replaced(match, f"credentials for {match['name']}")

    def replaced(match: re.Match[str], name: str) -> str:
        value = match["value"].strip("\"'\\")
        if value.startswith(_LEFT_OUT_BEGINS) or not _is_value(value):
            return match[0]
        names.append(name)
        start = match.start("value") - match.start()
        return f"{match[0][:start]}{LEFT_OUT}{match[0][match.end('value') - match.start() :]}"

    for pattern in _CREDENTIALS:
        text = pattern.sub(of_use, text)
    for pattern in _NAMED:
        text = pattern.sub(of_name, text)
    text = _FORM.sub(of_form, text)
    return text, tuple(dict.fromkeys(names))


def addresses_without_secrets(text: str) -> str:
    """A text without users, passwords and queries of its URLs: signed ones hold their key in the query."""
    return _QUERY.sub(r"\1", _USER_INFO.sub("", text)) if "://" in text else text


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
