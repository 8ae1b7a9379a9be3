"""Who brought a native library into an image: a package of the system, conda, or a Python distribution."""

from __future__ import annotations

import re

from images.catalogers.catalog import Catalog
from images.reports.records import PythonDistribution, SystemPackage

_SYSTEM_DIRECTORIES = ("/lib/", "/lib32/", "/lib64/", "/usr/lib/", "/usr/lib32/", "/usr/lib64/")
_CONDA_RECORDS = "/conda-meta/"
_SEPARATORS = re.compile(r"[-_.]+")


class Providers:
    """Tells the provider of a path from where it stands: what lists the single file is not read for it."""

    def __init__(self, known: Catalog) -> None:
        self.packages = known.packages
        types = {package.type for package in known.packages if package.type != "conda"}
        self._system = types.pop() if len(types) == 1 else None
        self._conda = tuple(
            sorted(
                {
                    package.where.partition(_CONDA_RECORDS)[0] + "/"
                    for package in known.packages
                    if package.type == "conda" and _CONDA_RECORDS in package.where
                }
            )
        )
        self._located: dict[str, dict[str, PythonDistribution]] = {}
        for distribution in known.distributions:
            self._located.setdefault(distribution.location, {})[distribution.name] = distribution

    def of(self, path: str, names: re.Pattern[str] | None = None, major: str | None = None) -> str | None:
        """``deb``, ``rpm``, ``apk``, ``conda``, the name of a distribution, or None.

        Args:
            path: as reports show it.
            names: of the distributions that are known to bring this library under directories of other names.
            major: what the version of such a distribution begins with, where there are several.
        """
        distribution = self.distribution(path, names, major)
        if distribution is not None:
            return distribution.name
        if path.startswith(self._conda):
            return "conda"
        return self._system if path.startswith(_SYSTEM_DIRECTORIES) else None

    def distribution(
        self, path: str, names: re.Pattern[str] | None = None, major: str | None = None
    ) -> PythonDistribution | None:
        """The Python distribution that a path belongs to, as far as its directories tell; see `of`."""
        end = len(path)
        while (end := path.rfind("/", 0, end)) > 0:
            located = self._located.get(path[:end])
            if located is None:
                continue
            first = path[end + 1 :].partition("/")[0].removesuffix(".libs")
            found = located.get(_SEPARATORS.sub("-", first).lower())
            if found is None and names is not None:
                matching = [located[name] for name in sorted(located) if names.fullmatch(name)]
                fitting = [one for one in matching if (one.version or "").partition(".")[0] == major]
                found = next(iter(fitting or matching), None)
            return found
        return None

    def package(self, names: re.Pattern[str], kind: str | None) -> SystemPackage | None:
        """The first package, of a type where one is given, whose name is one of these."""
        return next(
            (
                package
                for package in self.packages
                if (kind is None or package.type == kind) and names.fullmatch(package.name)
            ),
            None,
        )
