from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.evidence import Confidence
from analyzers.source.names.curated_names import curated_names
from analyzers.source.names.import_names import ImportNames
from analyzers.source.records import DistributionMatch, Origin
from fakes.images.installed import installed, provided
from fakes.sources.source_imports import imports_of

LIKELY, POSSIBLE, CERTAIN = Confidence.LIKELY, Confidence.POSSIBLE, Confidence.CERTAIN


class Wheels:
    """Knows what some wheels hold."""

    def __init__(self, **providers: str) -> None:
        self._providers, self.asked = providers, list[str]()

    def providers(self, module: str) -> Sequence[DistributionMatch]:
        self.asked.append(module)
        name = self._providers.get(module.partition(".")[0])
        return [DistributionMatch(name=name, confidence=CERTAIN, source="wheel")] if name else []


def first(names: ImportNames, module: str, name: str | None = None) -> tuple[str, Confidence, str] | None:
    found = names.match(module, name).distributions
    return (found[0].name, found[0].confidence, found[0].source) if found else None


def all_of(names: ImportNames, module: str, name: str | None = None) -> list[str]:
    return [one.name for one in names.match(module, name).distributions]


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("sklearn.linear_model", "scikit-learn"),
        ("cv2", "opencv-python"),
        ("yaml", "pyyaml"),
        ("bs4", "beautifulsoup4"),
        ("PIL.Image", "pillow"),
        ("dateutil", "python-dateutil"),
        ("jwt", "pyjwt"),
        ("Crypto.Cipher", "pycryptodome"),
        ("OpenSSL", "pyopenssl"),
        ("attr", "attrs"),
        ("pkg_resources", "setuptools"),
        ("mpl_toolkits.mplot3d", "matplotlib"),
        ("google.protobuf.message", "protobuf"),
        ("google.cloud.storage.blob", "google-cloud-storage"),
        ("azure.storage.blob", "azure-storage-blob"),
        ("ruamel.yaml.comments", "ruamel-yaml"),
        ("numpy", "numpy"),
        ("pytest", "pytest"),
    ],
)
def test_well_known_names(module: str, distribution: str) -> None:
    assert first(ImportNames(), module) == (distribution, LIKELY, "curated")


@pytest.mark.parametrize(
    ("module", "name", "distribution"),
    [
        ("some_unheard_thing.part", None, "some-unheard-thing"),
        ("reqeusts", None, "reqeusts"),
        ("google.cloud.rarely_used", None, "google-cloud-rarely-used"),
        ("azure.rare", "Client", "azure-rare"),
    ],
)
def test_what_nothing_vouches_for_is_guessed_under_its_own_name(
    module: str, name: str | None, distribution: str
) -> None:
    assert all_of(ImportNames(), module, name) == [distribution]
    assert first(ImportNames(), module, name) == (distribution, POSSIBLE, "same-name")


@pytest.mark.parametrize("module", ["größe", "__", "google", "google.cloud"])
def test_names_that_no_distribution_can_have(module: str) -> None:
    assert ImportNames().match(module).distributions == ()
    assert ImportNames().match(module).origin is Origin.THIRD_PARTY


def test_a_declared_distribution_goes_before_others() -> None:
    names = ImportNames(declared=["opencv-python-headless", "psycopg2-binary", "pycrypto"])
    assert first(names, "cv2") == ("opencv-python-headless", LIKELY, "curated")
    assert first(names, "psycopg2") == ("psycopg2-binary", LIKELY, "curated")
    assert first(names, "Crypto") == ("pycrypto", LIKELY, "curated")


@pytest.mark.parametrize(
    ("declared", "module", "name"),
    [
        ("some-thing", "some_thing", None),
        ("zope-schema", "zope.schema.interfaces", None),
        ("google-cloud-unheard", "google.cloud", "unheard"),
        ("mycorp-billing", "mycorp.billing.api", None),
        ("mycorp-billing", "mycorp", "billing"),
        ("python-unheard", "unheard", None),
        ("unheard-gpu", "unheard", None),
        ("apache-airflow-providers-unheard", "airflow.providers.unheard.hooks", None),
    ],
)
def test_a_declared_name_vouches(declared: str, module: str, name: str | None) -> None:
    names = ImportNames(declared=[declared])
    found = first(names, module, name)
    assert found is not None
    assert found[0] == declared


def test_a_submodule_named_like_a_distribution_belongs_to_its_package() -> None:
    assert all_of(ImportNames(declared=["flask", "flask-babel"]), "flask", "babel") == ["flask"]


def test_an_affix_does_not_make_known_distributions_provide_other_names() -> None:
    assert all_of(ImportNames(declared=["python-docx"]), "docx") == ["python-docx"]
    assert all_of(ImportNames(declared=["python-slugify"]), "python_slugify") == ["python-slugify"]
    assert all_of(ImportNames(declared=["python-multipart"]), "unheard") == ["unheard"]


def test_files_of_installed_distributions_tell() -> None:
    names = ImportNames(
        provided=provided(
            installed("Odd_Name", ["thing/__init__.py", "thing/sub.py", "tests/__init__.py", "_c.abi3.so"]),
            installed("listed", top_level="by_list\ntests\n"),
            installed("spaced", ["space/one/__init__.py", "space/two.py", "../../bin/tool"]),
        )
    )
    assert first(names, "thing.sub") == ("odd-name", CERTAIN, "installed")
    assert first(names, "_c") == ("odd-name", CERTAIN, "installed")
    assert first(names, "by_list") == ("listed", LIKELY, "installed")
    assert first(names, "space", "one") == ("spaced", CERTAIN, "installed")
    assert first(names, "space.two") == ("spaced", CERTAIN, "installed")
    assert first(names, "tests") == ("tests", POSSIBLE, "same-name")


def test_installations_without_code_of_their_own() -> None:
    names = ImportNames(
        provided=provided(
            installed("edited-one", ["__editable__.edited_one-1.0.pth", "edited_one-1.0.dist-info/METADATA"]),
            installed("unlisted"),
            installed("only-data", ["data/table.csv"]),
            installed("types-thing", ["thing-stubs/__init__.pyi"], top_level="thing-stubs\n"),
        )
    )
    assert first(names, "edited_one") == ("edited-one", POSSIBLE, "installed")
    assert names.imports_of("unlisted") == (frozenset({"unlisted"}), POSSIBLE)
    assert names.imports_of("only-data") == (frozenset(), CERTAIN)
    assert names.imports_of("types-thing") == (frozenset(), CERTAIN)
    assert first(names, "thing") == ("thing", POSSIBLE, "same-name")


def test_stated_import_names_go_before_files() -> None:
    names = ImportNames(
        provided=provided(
            installed(
                "stated",
                ["other/__init__.py"],
                stated="Import-Name: mine\nImport-Name: _hidden ; private\nImport-Namespace: mine_all\n",
            ),
            installed("nothing", ["data_only/__init__.py"], stated="Import-Name:\n"),
        )
    )
    assert first(names, "mine.sub") == ("stated", CERTAIN, "installed")
    assert first(names, "_hidden") is None
    assert first(names, "other") == ("other", POSSIBLE, "same-name")
    assert names.imports_of("nothing") == (frozenset(), CERTAIN)


def test_distributions_that_share_a_package_are_told_apart_by_their_files() -> None:
    names = ImportNames(
        provided=provided(
            installed("shared-a", ["shared/__init__.py", "shared/a/__init__.py"]),
            installed("shared-b", ["shared/__init__.py", "shared/b/deep/__init__.py"]),
        )
    )
    assert all_of(names, "shared.a") == ["shared-a"]
    assert all_of(names, "shared.b.deep", "name") == ["shared-b"]
    assert sorted(all_of(names, "shared")) == ["shared-a", "shared-b"]


def test_what_is_installed_under_a_namespace_root_does_not_claim_all_of_it() -> None:
    names = ImportNames(
        provided=provided(installed("protobuf", ["google/__init__.py", "google/protobuf/x.py"]))
    )
    assert all_of(names, "google.cloud.storage") == ["google-cloud-storage"]


def test_what_is_installed_does_not_unseat_what_is_declared() -> None:
    names = ImportNames(
        declared=["opencv-python"], provided=provided(installed("opencv-contrib-python", ["cv2/__init__.py"]))
    )
    assert all_of(names, "cv2") == ["opencv-python", "opencv-contrib-python"]


def test_wheels_are_asked_for_what_nothing_nearer_knows() -> None:
    wheels = Wheels(unheard="holds-unheard", near="far")
    names = ImportNames(
        declared=["declared"], provided=provided(installed("x", ["near/__init__.py"])), wheels=wheels
    )
    assert first(names, "unheard.part") == ("holds-unheard", CERTAIN, "wheel")
    assert first(names, "near") == ("x", CERTAIN, "installed")
    assert first(names, "declared") == ("declared", LIKELY, "declared")
    assert first(names, "never") == ("never", POSSIBLE, "same-name")
    assert wheels.asked == ["unheard.part", "never"]


def test_the_user_has_the_last_word() -> None:
    names = ImportNames(declared=["yaml"], mapped={"yaml": ("our-yaml",), "space.part": ("our-part",)})
    assert first(names, "yaml") == ("our-yaml", CERTAIN, "settings")
    assert first(names, "space", "part") == ("our-part", CERTAIN, "settings")
    assert first(names, "space.other") == ("space", POSSIBLE, "same-name")


def test_the_project_itself_provides_its_modules_also_within_a_namespace() -> None:
    names = ImportNames(first_party=["own", "google.ours"])
    assert names.match("own.part").origin is Origin.FIRST_PARTY
    assert names.match("google", "ours").origin is Origin.FIRST_PARTY
    assert names.match("google.cloud.storage").origin is Origin.THIRD_PARTY


@pytest.mark.parametrize(
    "module", ["os.path", "tomllib", "distutils.core", "urllib2", "__future__", "_typeshed"]
)
def test_the_standard_library_of_any_python(module: str) -> None:
    match = ImportNames().match(module)
    assert (match.origin, match.distributions) == (Origin.STDLIB, ())


@pytest.mark.parametrize(
    ("declared", "module", "python", "origin"),
    [
        ("dataclasses", "dataclasses", (3, 6), Origin.THIRD_PARTY),
        ("dataclasses", "dataclasses", (3, 12), Origin.STDLIB),
        ("dataclasses", "dataclasses", None, Origin.STDLIB),
        ("setuptools", "distutils.core", (3, 12), Origin.THIRD_PARTY),
        ("setuptools", "distutils.core", (3, 11), Origin.STDLIB),
        ("legacy-cgi", "cgi", (3, 13), Origin.THIRD_PARTY),
        ("legacy-cgi", "cgi", (3, 12), Origin.STDLIB),
    ],
)
def test_stand_ins_for_the_standard_library(
    declared: str, module: str, python: tuple[int, int] | None, origin: Origin
) -> None:
    match = ImportNames(declared=[declared], python=python).match(module)
    assert (match.origin, [one.name for one in match.distributions]) == (origin, [declared])


def test_a_removed_module_that_nothing_stands_in_for_stays_standard() -> None:
    match = ImportNames(python=(3, 13)).match("cgi")
    assert (match.origin, match.distributions) == (Origin.STDLIB, ())


@pytest.mark.parametrize("module", ["importlib_metadata", "tomli", "backports.zoneinfo", "typing_extensions"])
def test_backports_with_a_name_of_their_own_are_third_party(module: str) -> None:
    assert ImportNames().match(module).origin is Origin.THIRD_PARTY


def test_linking_leaves_what_the_project_resolved() -> None:
    imports = imports_of("import own, os, numpy\n")
    own = msgspec.structs.replace(imports[0], origin=Origin.FIRST_PARTY)
    linked = ImportNames(declared=["own"]).linked([own, *imports[1:]])
    assert [one.origin for one in linked] == [Origin.FIRST_PARTY, Origin.STDLIB, Origin.THIRD_PARTY]
    assert [len(one.distributions) for one in linked] == [0, 0, 1]


def test_the_table_is_well_formed() -> None:
    table = curated_names()
    for name, owners in table.exact.items():
        assert all(part.isidentifier() for part in name.split(".")), name
        assert owners
        assert all(owner == owner.lower() and "_" not in owner and "." not in owner for owner in owners), name
        assert len(set(owners)) == len(owners), name
    assert {"google", "azure", "zope"} <= table.shared
    assert not table.shared & {"yaml", "numpy", "poetry"}


def test_only_the_beginning_of_an_endless_name_is_looked_at() -> None:
    assert all_of(ImportNames(declared=["a"]), ".".join(["a"] * 1_000_000)) == ["a"]


names_of_modules = st.text(st.sampled_from("abgoogle._-é\0 "), max_size=30)


@given(names_of_modules, st.none() | names_of_modules, st.lists(st.sampled_from(["a", "a-b", "google-a"])))
def test_any_name_has_an_answer_and_declared_distributions_come_first(
    module: str, name: str | None, declared: list[str]
) -> None:
    found = ImportNames(declared=declared).match(module, name).distributions
    known = [one.name in declared for one in found]
    assert known == sorted(known, reverse=True)
    assert len({one.name for one in found}) == len(found)


def test_the_module_of_two_bindings_of_one_library() -> None:
    names = ImportNames(declared=("brotlipy",))
    assert first(names, "brotli") == ("brotlipy", LIKELY, "curated")
    assert first(ImportNames(), "brotli") == ("brotli", LIKELY, "curated")
