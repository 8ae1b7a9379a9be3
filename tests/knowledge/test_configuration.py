from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pypi_simple
import pytest

from knowledge.errors import ConfigurationError
from knowledge.indexes.configuration import configure_index, pip_configuration_files, public_endpoint

ONE = "https://one.example/simple"


def test_the_first_that_speaks_counts(tmp_path: Path) -> None:
    pip_file = tmp_path / "pip.conf"
    pip_file.write_text("[global]\nindex-url = https://pip.example/simple\n")
    environ = {
        "PIP_INDEX_URL": "https://pip-environment.example/simple",
        "UV_DEFAULT_INDEX": "corporate=https://uv.example/simple",
        "UV_INDEX_URL": "https://uv-old.example/simple",
    }
    project = {"index-url": "https://project.example/simple"}
    hosts = []
    for option, table in ((ONE, project), (None, project), (None, {})):
        hosts.append(configure_index(option=option, project=table, environ=environ, pip_files=[pip_file]).url)
    for name in list(environ):
        del environ[name]
        hosts.append(configure_index(environ=environ, pip_files=[pip_file]).url)
    assert hosts == [
        "https://one.example/simple/",
        "https://project.example/simple/",
        "https://pip-environment.example/simple/",
        "https://uv.example/simple/",
        "https://uv-old.example/simple/",
        "https://pip.example/simple/",
    ]


def test_nothing_configured_means_the_public_index_as_pypi_simple_states_it() -> None:
    assert public_endpoint() == pypi_simple.PYPI_SIMPLE_ENDPOINT
    configured = configure_index(environ={})
    assert configured.url == pypi_simple.PYPI_SIMPLE_ENDPOINT.rstrip("/") + "/"
    assert configured.place == "the default"


def test_the_public_index_is_known_without_an_import() -> None:
    code = "import sys, knowledge.indexes.configuration as c; c.public_endpoint(); print('pypi_simple' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"


def test_credentials_are_kept_apart_and_never_shown() -> None:
    configured = configure_index(option="https://us%40er:p%2Fw@one.example:8443/simple", environ={})
    assert configured.url == "https://one.example:8443/simple/"
    assert configured.credentials == {"https://one.example:8443": ("us@er", "p/w")}
    assert "p/w" not in repr(configured)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "simple",
        "/srv/simple",
        "file:///srv/simple",
        "ftp://one.example/simple",
        "https://",
        "https://[bad/simple",
        "https://one.example:99999/simple",
        "https://one.example/simple?x=1",
        "https://one.example/si mple",
    ],
)
def test_an_index_that_is_no_web_address_is_refused_with_its_place(url: str) -> None:
    with pytest.raises(ConfigurationError, match="index URL from --index-url: "):
        configure_index(option=url, environ={})


def test_a_refusal_does_not_show_a_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        configure_index(option="ftp://user:secret@one.example/simple", environ={})
    assert "secret" not in str(caught.value)


def test_a_project_setting_of_another_type_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="must be a string"):
        configure_index(project={"index-url": ["https://one.example"]}, environ={})


def test_later_files_of_pip_count_more(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("global", "user", "site", "absent")]
    files[0].write_text("[global]\nindex_url = https://global.example/%simple\ncert = /global.pem\n")
    files[1].write_text(
        "[install]\nindex-url = https://install.example\n[global]\nindex-url=https://user.example\n"
    )
    files[2].write_text("[global]\ntimeout = 1\nindex-url =\n")
    configured = configure_index(environ={}, pip_files=files)
    assert (configured.url, configured.place) == ("https://user.example/", str(files[1]))
    assert configured.ca_file == "/global.pem"
    assert configure_index(environ={"PIP_CERT": "/own.pem"}, pip_files=files).ca_file == "/own.pem"
    assert configure_index(option=ONE, environ={}).ca_file is None


@pytest.mark.parametrize("text", ["index-url = x", "[global\n", "[global]\nnothing\n", "\0"])
def test_a_malformed_file_of_pip_is_a_clear_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"pip\.conf: cannot be read"):
        configure_index(environ={}, pip_files=[file])


def test_the_files_that_pip_reads() -> None:
    home, prefix = Path("/home/someone"), Path("/venv")
    assert [str(file) for file in pip_configuration_files({}, home, prefix)] == [
        "/etc/xdg/pip/pip.conf",
        "/etc/pip.conf",
        "/home/someone/.pip/pip.conf",
        "/home/someone/.config/pip/pip.conf",
        "/venv/pip.conf",
    ]
    environ = {"XDG_CONFIG_DIRS": "/a:/b", "XDG_CONFIG_HOME": "/c", "PIP_CONFIG_FILE": "/d/pip.conf"}
    names = [str(file) for file in pip_configuration_files(environ, home, prefix)]
    assert (names[:2], names[-3:]) == (
        ["/b/pip/pip.conf", "/a/pip/pip.conf"],
        ["/c/pip/pip.conf", "/venv/pip.conf", "/d/pip.conf"],
    )
    assert pip_configuration_files({"PIP_CONFIG_FILE": "/dev/null"}, home, prefix) == []


def names_of(**settings: Any) -> list[str]:
    return [
        index.name for index in configure_index(**{"environ": {}, "option": ONE} | settings).indexes.order
    ]


def test_further_indexes_come_before_the_default_one() -> None:
    table = {"indexes": [{"name": "torch", "url": "https://torch.example/whl", "explicit": True}]}
    environ = {"UV_INDEX": "uv=https://uv.example/simple https://bare.example/simple"}
    configured = configure_index(
        option=ONE, further=["corp=https://u:s3cret@corp.example"], project=table, environ=environ
    )
    assert [(index.name, index.url, index.explicit, index.default) for index in configured.indexes.order] == [
        ("corp", "https://corp.example/", False, False),
        ("torch", "https://torch.example/whl/", True, False),
        ("uv", "https://uv.example/simple/", False, False),
        ("https://bare.example/simple/", "https://bare.example/simple/", False, False),
        ("default", "https://one.example/simple/", False, True),
    ]
    assert configured.credentials == {"https://corp.example:443": ("u", "s3cret")}
    assert "s3cret" not in repr(configured)


def test_the_default_index_is_not_asked_twice() -> None:
    assert names_of(environ={"UV_INDEX": ONE}) == ["default"]


def test_pips_further_indexes_and_links_are_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nextra-index-url = https://more.example\nfind-links = /srv\nno-index = true\n")
    environ = {"PIP_EXTRA_INDEX_URL": "https://more.example", "PIP_FIND_LINKS": "/srv"}
    configured = configure_index(option=ONE, environ=environ, pip_files=[file])
    assert [index.name for index in configured.indexes.order] == ["default"]
    assert configured.find_links == ()


def test_projects_are_pinned_to_indexes_by_name() -> None:
    table = {
        "indexes": [{"name": "torch", "url": "https://torch.example"}],
        "sources": {"Torch_Vision": "torch", "flask": "default"},
    }
    indexes = configure_index(option=ONE, project=table, environ={}).indexes
    assert [index.name for index in indexes.of("torch-vision")] == ["torch"]
    assert [index.name for index in indexes.of("Flask")] == ["default"]
    assert [index.name for index in indexes.of("numpy")] == ["torch", "default"]


def test_no_index_leaves_links_alone() -> None:
    assert names_of(no_index=True) == []
    links = ["https://u:s3cret@links.example/page", "/srv/wheels"]
    configured = configure_index(
        find_links=links, project={"find-links": ["wheels"]}, no_index=True, environ={}
    )
    assert configured.find_links == ("https://links.example/page", "/srv/wheels", "wheels")
    assert configured.credentials["https://links.example:443"] == ("u", "s3cret")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"further": ["a=https://a.example", "a=https://b.example"]}, "two indexes are named 'a'"),
        ({"further": ["default=https://a.example"]}, "index name from --index"),
        ({"further": ["corp=/srv/simple"]}, "is a directory"),
        ({"environ": {"UV_INDEX": "ftp://a.example"}}, "from UV_INDEX"),
        ({"project": {"indexes": {"name": "a"}}}, "must be tables"),
        ({"project": {"indexes": [{"name": "a"}]}}, "needs a name and a url"),
        ({"project": {"indexes": [{"name": "a", "url": "https://a.example", "priority": 1}]}}, "priority"),
        ({"project": {"sources": ["flask"]}}, "must be a table"),
        ({"project": {"sources": {"flask": "nope"}}}, "no index named 'nope'"),
        ({"project": {"find-links": "wheels"}}, "list of strings"),
        ({"find_links": ["https://[bad/"]}, "no valid address"),
    ],
)
def test_a_setting_of_no_use_is_told_with_its_place(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        configure_index(**{"environ": {}} | settings)


def test_the_limit_of_silence_is_that_of_the_option_or_of_the_tools_of_the_user(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\ntimeout = 1.5\n")
    environ: dict[str, str] = {}
    found = [configure_index(environ={}).timeout_s, configure_index(environ={}, pip_files=[file]).timeout_s]
    for name, value in (("UV_REQUEST_TIMEOUT", "2"), ("UV_HTTP_TIMEOUT", "3"), ("PIP_TIMEOUT", "4")):
        environ[name] = value
        found.append(configure_index(environ=environ, pip_files=[file]).timeout_s)
    found.append(configure_index(timeout="5", environ=environ, pip_files=[file]).timeout_s)
    assert found == [None, 1.5, 2, 3, 4, 5]


def test_a_limit_of_silence_fits_the_other_limits() -> None:
    usual = configure_index(environ={}).transport_settings("test")
    short = configure_index(timeout="2", environ={}).transport_settings("test")
    long = configure_index(timeout="600", environ={}).transport_settings("test")
    assert (usual.read_s, usual.connect_s, usual.patience_s) == (30, 10, 5)
    assert (short.read_s, short.connect_s, short.patience_s) == (2, 2, 1)
    assert (long.read_s, long.connect_s, long.patience_s) == (600, 10, 5)
    assert long.total_s >= long.read_s


@pytest.mark.parametrize("value", ["", "soon", "0", "-1", "nan", "inf", "1e9"])
def test_a_limit_of_silence_that_is_no_time_is_refused_with_its_place(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^time limit from --timeout: must be a number of seconds"):
        configure_index(timeout=value, environ={"PIP_TIMEOUT": "5"})
    if value:
        with pytest.raises(ConfigurationError, match=r"^time limit from UV_HTTP_TIMEOUT: "):
            configure_index(environ={"UV_HTTP_TIMEOUT": value})
