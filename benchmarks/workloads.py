"""What is locked: everyday sets, sets whose newest releases conflict, and sets without a solution."""

from __future__ import annotations

from dataclasses import dataclass

EVERYONE = ("stackwright", "uv", "pip", "nab", "poetry", "pdm", "pipenv")
QUICK = ("stackwright", "uv")


@dataclass(frozen=True, slots=True)
class Workload:
    """One set of requirements.

    Attributes:
        peers: who is measured by default; what conflicts deeply keeps most of them past any limit.
    """

    requirements: tuple[str, ...]
    peers: tuple[str, ...] = EVERYONE
    solvable: bool = True


WORKLOADS = {
    "flask": Workload(("flask",)),
    "tensorflow": Workload(("tensorflow", "flask")),
    "jupyter": Workload(("jupyterlab", "pandas", "scikit-learn", "matplotlib")),
    "airflow": Workload(("apache-airflow", "celery", "redis")),
    "boto3-urllib3": Workload(("boto3", "urllib3<1.25"), QUICK),
    "boto3-botocore": Workload(("boto3", "botocore<1.30"), QUICK),
    "flask-werkzeug": Workload(("flask>=3", "werkzeug<2"), QUICK, solvable=False),
    "tensorflow-numpy": Workload(("tensorflow>=2.19", "numpy<1.24"), QUICK, solvable=False),
    "datasets-fsspec": Workload(("datasets==3.0.1", "fsspec==2024.9.0"), QUICK, solvable=False),
}
