"""The example that ships, an index with what it needs as of November 2026, and an image that runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

from fakes.images import layers as tar
from fakes.images.elves import elf
from fakes.images.image_files import FakeImage
from fakes.images.python_roots import distribution_files, python_files
from fakes.indexes.files import Release
from fakes.indexes.index import FakeIndex

EXAMPLE = Path(__file__).parents[2] / "examples" / "forecast"
APPLICATION = """\
class Flask:
    def __init__(self, import_name):
        self.import_name = import_name

    def get(self, rule):
        return lambda function: function

    def post(self, rule):
        return lambda function: function

def jsonify(*args, **kwargs):
    return kwargs

request = None
"""
ESCAPE = "from markupsafe import escape\n"
FRAMES = """\
class Series:
    iloc = ()

    def __init__(self, data=None, dtype=None):
        self.data = data

class DataFrame(Series):
    pass
"""
TREND = """\
class LinearRegression:
    def fit(self, X, y):
        return self

    def predict(self, X):
        return [4.0]
"""
FLASK_NEEDS = ["blinker>=1.9", "click>=8.1.3", "itsdangerous>=2.2", "jinja2>=3.1.2"]
EARLIER, BETWEEN, LATER = (f"{day}T12:00:00.000000Z" for day in ("2023-01-01", "2023-08-21", "2024-01-01"))
PLAIN: tuple[tuple[str, str, list[str]], ...] = (
    ("blinker", "1.9.0", []),
    ("certifi", "2026.10.19.post1", []),
    ("charset-normalizer", "3.5.3", []),
    ("click", "8.5.1", []),
    ("cloudpickle", "3.1.3", []),
    ("idna", "3.20", []),
    ("itsdangerous", "2.2.0", []),
    ("jinja2", "3.1.6", ["markupsafe>=2"]),
    ("joblib", "1.6.0", ["cloudpickle"]),
    ("narwhals", "2.29.0", []),
    ("python-dateutil", "4.0.0", ["tzdata"]),
    ("scipy", "1.17.1", ["numpy>=1.26.4"]),
    ("threadpoolctl", "3.8.0", []),
    ("tzdata", "2026.6", []),
    ("urllib3", "2.8.0", []),
    ("werkzeug", "1.0.1", []),
    ("werkzeug", "2.3.8", ["markupsafe>=2.1.1"]),
    ("werkzeug", "3.1.9", ["markupsafe>=2.1.1"]),
)


def forecast_index() -> FakeIndex:
    """What the example needs, by names, versions and dependencies; of the files as much as its code uses."""
    index = FakeIndex()
    for name, version, requires in PLAIN:
        is_later = (name, version) == ("werkzeug", "3.1.9")  # than flask 2.3.3
        index.add(name, version, requires=requires, uploaded_at=LATER if is_later else EARLIER)
    escape = {"markupsafe/__init__.py": b"def escape(s):\n    return s\n"}
    index.add("markupsafe", "3.0.4", contents=escape, uploaded_at=EARLIER)
    numpy = {
        "numpy/__init__.py": b"from numpy import random\n\ndef arange(*args):\n    return 1.0\n",
        "numpy/random.py": b"def default_rng(seed=None):\n    return seed\n",
    }
    index.add("numpy", "2.4.6", contents=numpy, uploaded_at=EARLIER)
    frames = {"pandas/__init__.py": FRAMES.encode()}
    index.add("pandas", "3.1.1", requires=["numpy>=1.26", "python-dateutil>=2.8.2"], contents=frames)
    index.add(
        "requests",
        "2.34.2",
        requires=["charset-normalizer<4,>=2", "idna<4,>=2.5", "urllib3<3,>=1.26", "certifi>=2023.5.7"],
        contents={"requests/__init__.py": b"def get(url, params=None, **kwargs):\n    return url\n"},
    )
    trend = {"sklearn/__init__.py": b"", "sklearn/linear_model.py": TREND.encode()}
    needs = ["joblib>=1.3", "narwhals>=2", "numpy>=1.24.1", "scipy>=1.10", "threadpoolctl>=3.2"]
    index.add("scikit-learn", "1.9.1", requires=needs, contents=trend)
    index.add("flask", "1.1.4", requires=["werkzeug<2.0,>=0.15"])
    for version in ("2.2.5", "2.3.2", "2.3.3", "3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.1.0", "3.1.1", "3.1.2"):
        code = APPLICATION if version >= "3" else ESCAPE + APPLICATION
        _add_flask(index, version, code)
    _add_flask(index, "3.1.3", APPLICATION)
    return index


def _add_flask(index: FakeIndex, version: str, code: str) -> None:
    is_new = version >= "3"
    asked = [*FLASK_NEEDS, *(["markupsafe>=2.1.1", _werkzeug(version)] if is_new else ["werkzeug>=2.3.7"])]
    contents = {"flask/__init__.py": code.encode()}
    uploaded_at = LATER if is_new else BETWEEN
    index.add("flask", version, requires=asked, contents=contents, uploaded_at=uploaded_at)


def _werkzeug(version: str) -> str:
    """What a flask of series 3 asks for; each of three ways to say it."""
    if version < "3.1":
        return "werkzeug>=3.0.0"
    return "werkzeug>=3.1" if version == "3.1.0" else "werkzeug>=3.1.0"


def copied(folder: Path) -> None:
    """Put the example into a folder that is there."""
    for path in sorted(EXAMPLE.iterdir()):
        if path.name in ("forecast.py", "explore.ipynb", "requirements.in"):
            shutil.copy(path, folder)


LIBRARIES = "usr/lib/x86_64-linux-gnu"
SITE = "usr/local/lib/python3.12/site-packages"
OS_RELEASE = (
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
)
PACKAGES = {"base-files": "12.4+deb12u12", "libc6": "2.36-9+deb12u13", "tzdata": "2025b-0+deb12u2"}
HISTORY = (
    {"created_by": "# debian.sh --arch 'amd64' out/ 'bookworm'", "comment": "debuerreotype 0.16"},
    {"created_by": "ENV PYTHON_VERSION=3.12.12", "comment": "buildkit.dockerfile.v0", "empty_layer": True},
    {"created_by": "RUN /bin/sh -c set -eux; make -j; make install # buildkit"},
    {"created_by": "WORKDIR /srv", "comment": "buildkit.dockerfile.v0", "empty_layer": True},
    {"created_by": "COPY . . # buildkit", "comment": "buildkit.dockerfile.v0"},
    {"created_by": "RUN /bin/sh -c pip install -r requirements.in # buildkit"},
)
RUN = {
    "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "PYTHON_VERSION=3.12.12"],
    "Cmd": ["flask", "--app", "forecast", "run"],
    "WorkingDir": "/srv",
}


def forecast_image() -> FakeImage:
    """What the Dockerfile of the tutorial makes of ``python:3.12-slim-bookworm``, in small."""
    status = "\n".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n"
        for name, version in PACKAGES.items()
    )
    loader = elf(soname="ld-linux-x86-64.so.2")
    system = tar.layer(
        tar.file("etc/os-release", OS_RELEASE),
        tar.file(f"{LIBRARIES}/libc.so.6", elf(soname="libc.so.6", provides=["GLIBC_2.2.5", "GLIBC_2.36"])),
        tar.file(f"{LIBRARIES}/ld-linux-x86-64.so.2", loader, mode=0o755),
        tar.symlink("usr/lib64/ld-linux-x86-64.so.2", f"/{LIBRARIES}/ld-linux-x86-64.so.2"),
        tar.symlink("lib", "usr/lib"),
        tar.symlink("lib64", "usr/lib64"),
        tar.file("var/lib/dpkg/status", status),
    )
    program = elf(kind=2, interpreter="/lib64/ld-linux-x86-64.so.2", needed=["libc.so.6"])
    python = tar.layer(
        tar.file("usr/local/bin/python3.12", program, mode=0o755),
        tar.symlink("usr/local/bin/python3", "python3.12"),
        *(tar.file(path, content) for path, content in python_files("usr/local", "3.12.12").items()),
    )
    copied_files = ("explore.ipynb", "forecast.py", "requirements.in")
    application = tar.layer(*(tar.file(f"srv/{name}", (EXAMPLE / name).read_text()) for name in copied_files))
    layers = (system, python, application, _installed())
    return FakeImage(layers=layers, config={"config": RUN, "history": HISTORY})


def _installed() -> bytes:
    """A layer of what pip takes for the example: the newest release of everything."""
    files: dict[bytes, bytes] = {}
    for release in _newest():
        name = release.name
        row = f"{name}/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
        more = {"RECORD": row.encode(), "INSTALLER": b"pip\n"}
        head = "".join(f"Requires-Dist: {each}\n" for each in release.requires)
        files |= distribution_files(SITE, name, release.version, more, head=head)
        files[f"{SITE}/{name}/__init__.py".encode()] = b""
    return tar.layer(*(tar.file(path, content) for path, content in files.items()))


def _newest() -> list[Release]:
    index = forecast_index()
    newest = (index.files(name)[-1].release for name in index.projects)
    return [release for release in newest if release is not None]
