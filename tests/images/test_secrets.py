"""What is a secret, and what only looks like one. The secrets are put together here: none is anybody's."""

from __future__ import annotations

import pytest

from images.secrets import (
    LEFT_OUT,
    addresses_without_secrets,
    arguments_without_secrets,
    is_secret_name,
    secret_form,
    secret_of,
    without_secrets,
)

FILLING = "Ab1" * 20
GITHUB = "ghp" + "_" + FILLING[:36]
AWS = "AKIA" + "ABCDEFGH12345678"
KEY = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE\n-----END RSA PRIVATE " + "KEY-----"
JWT = "eyJ" + FILLING[:20] + ".eyJ" + FILLING[:20] + "." + FILLING[:20]


@pytest.mark.parametrize(
    "name",
    [
        *("GITHUB_TOKEN", "NPM_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "DB_PASSWORD"),
        *("PGPASSWORD", "MYSQL_PWD", "DJANGO_SECRET_KEY", "SECRET_KEY_BASE", "API_KEY", "apiKey"),
        *("STRIPE_APIKEY", "db.password", "SSH_PRIVATE_KEY", "JWT_SECRET", "REGISTRY_CREDENTIALS"),
        *("POSTGRES_PASSWORD_1", "com.example.api-token", "API_KEY_V2", "TOKEN_BASE64", "DB_PASS"),
        *("RAILS_MASTER_KEY", "SSHPASS", "AccountKey", "CLIENT_SECRET_VALUE", "PIN_CREDENTIAL"),
    ],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("GPG_KEY", "PYTHON_SHA256", "PYTHON_GET_PIP_SHA256", "PWD", "OLDPWD", "OLD_PWD"),
        *("TOKENIZERS_PARALLELISM", "MAX_TOKENS", "PASSWORD_FILE", "SECRET_NAME", "TOKEN_URL"),
        *("PATH", "KEY", "PUBLIC_KEY", "", "123", "org.opencontainers.image.revision", "AUTHOR"),
        *("PASSWORD_MIN_LENGTH", "KEYRING", "NV_CUDA_CUDART_VERSION", "PASS", "BYPASS", "VALUE", "V2"),
    ],
)  # fmt: skip
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (GITHUB, "a token of GitHub"),
        (f"prefix {AWS} suffix", "a token of AWS"),
        (KEY, "a private key"),
        (JWT, "a JSON web token"),
        ("https://ci:hunter2@index.example/simple", "a password in a URL"),
        ("postgresql+psycopg://app:s3cret@db/app", "a password in a URL"),
        ("HTTPS://ci:hunter2@index.example/simple", "a password in a URL"),
        (f"https://{FILLING[:24]}@index.example/simple", "a token in a URL"),
        ("https://hunter2:x-oauth-basic@git.example/x", "a token in a URL"),
        ("glpat-" + FILLING[:20], "a token of GitLab"),
        ("pypi-AgE" + FILLING, "a token of a Python index"),
    ],
)
def test_values_that_their_form_gives_away(value: str, kind: str) -> None:
    assert secret_form(value) == kind
    assert secret_of("SOMETHING", value) == kind


@pytest.mark.parametrize(
    "value",
    [
        "A035C8C19219BA821ECEA86B64E628F8D684696D",
        "3cec05c4a2f5e2c6e1fa3c6a56dbc6b4a1e44d4a4d8e7f6b5c4d3e2f1a0b9c8d",
        "https://index.example/simple",
        "https://user@index.example/simple",
        "https://${USER}:${PASSWORD}@index.example/simple",
        "https://user:$PASSWORD@index.example",
        "git@github.example:owner/name.git",
        "http://host:8080/path@1",
        "/usr/local/bin:/usr/bin",
        "sk-learn",
        "hf_hub",
        "AKIAISH",
        "",
    ],
)
def test_values_that_are_none(value: str) -> None:
    assert secret_form(value) is None


@pytest.mark.parametrize(
    "value",
    [*("", "true", "no", "1", "512", "$OTHER", "${OTHER}", "/run/secrets/token", "<pad>", "***", "xxxx", "file:///a")],
)  # fmt: skip
def test_a_name_alone_makes_no_secret_of_a_switch_a_place_or_a_placeholder(value: str) -> None:
    assert secret_of("ALLOW_EMPTY_PASSWORD", value) is None


def test_a_name_makes_a_secret_of_a_value() -> None:
    assert secret_of("DB_PASSWORD", "hunter2") == "a secret, by its name"


@pytest.mark.parametrize(
    ("text", "told", "names"),
    [
        ("RUN NPM_TOKEN=hunter2 npm ci", f"RUN NPM_TOKEN={LEFT_OUT} npm ci", ("NPM_TOKEN",)),
        ("RUN export A_SECRET='one two'; x", f"RUN export A_SECRET={LEFT_OUT}; x", ("A_SECRET",)),
        ("ENV DB_PASSWORD hunter2", f"ENV DB_PASSWORD {LEFT_OUT}", ("DB_PASSWORD",)),
        ("ARG API_KEY=hunter2", f"ARG API_KEY={LEFT_OUT}", ("API_KEY",)),
        (
            "RUN pip install -i https://ci:hunter2@index.example/simple x",
            f"RUN pip install -i https://ci:{LEFT_OUT}@index.example/simple x",
            ("a password in a URL",),
        ),
        ("RUN login --password hunter2 x", f"RUN login --password {LEFT_OUT} x", ("password",)),
        ("RUN login --api-token=hunter2", f"RUN login --api-token={LEFT_OUT}", ("api-token",)),
        (
            "RUN curl -H 'Authorization: Bearer hunter2hunter2' u",
            f"RUN curl -H 'Authorization: Bearer {LEFT_OUT}' u",
            ("credentials for Authorization",),
        ),
        ("RUN curl -fsSL -u me:hunter2 u", f"RUN curl -fsSL -u me:{LEFT_OUT} u", ("credentials for curl",)),
        ("RUN curl -H 'X-Api-Key: hunter2' u", f"RUN curl -H 'X-Api-Key: {LEFT_OUT}' u", ("X-Api-Key",)),
        ("RUN x https://a:hunter2@hunter2@h/", f"RUN x https://a:{LEFT_OUT}@h/", ("a password in a URL",)),
        ("RUN mysql -phunter2 x", f"RUN mysql -p{LEFT_OUT} x", ("credentials for mysql",)),
        ("RUN sshpass -p hunter2 ssh", f"RUN sshpass -p {LEFT_OUT} ssh", ("credentials for sshpass",)),
        ("RUN docker login -p hunter2", f"RUN docker login -p {LEFT_OUT}", ("credentials for docker login",)),
        (
            "RUN echo hunter2 | docker login --password-stdin",
            f"RUN echo {LEFT_OUT} | docker login --password-stdin",
            ("credentials for --password-stdin",),
        ),
        (
            "RUN npm config set //r/:_authToken=hunter2",
            f"RUN npm config set //r/:_authToken={LEFT_OUT}",
            ("_authToken",),
        ),
        (
            "RUN pip config set global.password hunter2",
            f"RUN pip config set global.password {LEFT_OUT}",
            ("global.password",),
        ),
        (
            "RUN echo machine h login u password hunter2",
            f"RUN echo machine h login u password {LEFT_OUT}",
            ("credentials for h",),
        ),
        ('RUN echo \'{"password": "hunter2"}\'', f"RUN echo '{{\"password\": {LEFT_OUT}}}'", ("password",)),
        (
            'RUN echo \'{"auth": "aHVudGVyMmh1bnRlcjI="}\'',
            f'RUN echo \'{{"auth": "{LEFT_OUT}"}}\'',
            ("credentials for auth",),
        ),
        ("ENV OPTS=-Ddb.password=hunter2", f"ENV OPTS=-Ddb.password={LEFT_OUT}", ("Ddb.password",)),
        (f"RUN echo {GITHUB} > t", f"RUN echo {LEFT_OUT} > t", ("a token of GitHub",)),
        (f"RUN echo '{KEY}' > k", f"RUN echo '{LEFT_OUT}' > k", ("a private key",)),
        (f"ENV A_TOKEN={GITHUB}", f"ENV A_TOKEN={LEFT_OUT}", ("A_TOKEN",)),
    ],
)
def test_a_text_loses_the_values_of_secrets(text: str, told: str, names: tuple[str, ...]) -> None:
    assert without_secrets(text) == (told, names)
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "text",
    [
        "RUN --mount=type=secret,id=token cat /run/secrets/token",
        "ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
        "RUN NPM_TOKEN=$NPM_TOKEN npm ci",
        "RUN TOKEN=$(cat /run/secrets/token) make",
        "ENV PATH=/usr/local/bin:/usr/bin",
        "RUN docker run -p 8080:80 x && mysql -u root -p x",
        "RUN curl -H 'Accept: application/json' u",
        "RUN pip config set global.index-url https://index.example/simple",
        "RUN ./configure --prefix=/usr --with-token x",
        "CMD [\"python3\"]",
        "RUN apt-get update && apt-get install -y --no-install-recommends gcc",
    ],
)  # fmt: skip
def test_other_texts_stay(text: str) -> None:
    assert without_secrets(text) == (text, ())


def test_arguments_lose_values_that_follow_their_option() -> None:
    told, names = arguments_without_secrets(
        ["serve", "--password", "hunter2", "--port", "80", "--token=abcdefgh"]
    )
    assert told == ("serve", "--password", LEFT_OUT, "--port", "80", f"--token={LEFT_OUT}")
    assert names == ("password", "token")


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["eyJ", "a", "-----BEGIN PRIVATE KEY-----", "A=", "-u a", "http://a:", "curl ", "docker login "]
)
def test_a_hostile_text_of_any_length_is_read_once(piece: str) -> None:
    told, names = without_secrets(f"{piece * (300_000 // len(piece))} NPM_TOKEN=hunter2")
    assert "hunter2" not in told
    assert names


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://ci:hunter2@h/x.whl?token=hunter2&a=b#egg=x", "https://h/x.whl#egg=x"),
        ("ssh://git@git.example/x", "ssh://git@git.example/x"),
        ("z @ https://hunter2@h/z.whl ; python_version < '3'", "z @ https://h/z.whl ; python_version < '3'"),
        ("z (>=1) ; extra == 'a'", "z (>=1) ; extra == 'a'"),
    ],
)
def test_addresses_lose_users_passwords_and_queries(text: str, told: str) -> None:
    assert addresses_without_secrets(text) == told


def test_what_authorises_over_http_is_a_secret_under_any_name() -> None:
    assert secret_of("HEADER", "Basic " + FILLING) == "credentials of HTTP"
    assert secret_of("HEADER", "basic instructions") is None
