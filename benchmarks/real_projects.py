"""Three projects of the index: what a user would write beside each, and what shows that it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RealProject:
    """A source distribution, its image, and its own commands there.

    Attributes:
        dockerfile: that a user would write; none of the three has one.
        place: where its code is in the image.
        environ: of commands in the image; what the Dockerfile sets.
        probe: the script that stacks are tried with, and that shows that installed pins work.
        extra: of the project, that brings what its tests need.
        test_requirements: what they need beside what was advised.
        tests: the command that runs its own tests; none where the source distribution has none.
    """

    name: str
    version: str
    dockerfile: str
    place: str
    environ: Mapping[str, str]
    probe: str
    extra: str | None = None
    test_requirements: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    install_options: tuple[str, ...] = ()
    test_environ: Mapping[str, str] = field(default_factory=dict)


_USUAL = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
_KERNEL_AND_TESTS = (
    "python -m ipykernel install --prefix /opt/venv --name python3 && "
    "python -m pytest -q -p no:cacheprovider papermill/tests"
)
PROJECTS = (
    RealProject(
        name="papermill",
        version="2.7.0",
        dockerfile="""\
FROM debian:bookworm-slim
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY . .
ENTRYPOINT ["papermill"]
""",
        place="/app",
        environ={"PATH": f"/opt/venv/bin:{_USUAL}", "VIRTUAL_ENV": "/opt/venv"},
        probe="""\
import papermill
import papermill.cli
import papermill.iorw

assert papermill.__version__ == "2.7.0"
""",
        extra="test",
        tests=("sh", "-c", _KERNEL_AND_TESTS),
        test_environ={
            "PYTHONHASHSEED": "0", "AWS_ACCESS_KEY_ID": "foobar_key", "AWS_SECRET_ACCESS_KEY": "foobar_secret"
        },
    ),
    RealProject(
        name="umap-learn",
        version="0.5.6",
        dockerfile="""\
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \\
        python3-numpy python3-scipy python3-joblib \\
    && rm -rf /var/lib/apt/lists/*
ENV PIP_BREAK_SYSTEM_PACKAGES=1 PYTHONPATH=/app
WORKDIR /app
COPY . .
CMD ["python3", "-c", "import umap; print(umap.__version__)"]
""",
        place="/app",
        environ={"PATH": _USUAL, "PYTHONPATH": "/app"},
        probe="""\
import numpy
import umap

points = numpy.random.default_rng(0).random((60, 5))
assert umap.UMAP(n_neighbors=5).fit_transform(points).shape == (60, 2)
""",
        install_options=("--system", "--break-system-packages"),
    ),
    RealProject(
        name="httpbin",
        version="0.7.0",
        dockerfile="""\
FROM debian:bookworm-slim
RUN python3 -m venv /opt/httpbin
ENV PATH=/opt/httpbin/bin:$PATH
RUN pip install --no-cache-dir gunicorn==20.1.0 gevent==23.9.1
WORKDIR /srv/httpbin
COPY . .
EXPOSE 80
CMD ["gunicorn", "-b", "0.0.0.0:80", "httpbin:app", "-k", "gevent"]
""",
        place="/srv/httpbin",
        environ={"PATH": f"/opt/httpbin/bin:{_USUAL}", "VIRTUAL_ENV": "/opt/httpbin"},
        probe="""\
import httpbin

answer = httpbin.app.test_client().get("/get", headers={"Host": "localhost"})
assert answer.status_code == 200, answer.status
""",
        test_requirements=("pytest",),
        tests=("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_httpbin.py"),
    ),
)  # fmt: skip
