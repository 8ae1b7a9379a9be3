"""Files of rules: what is wrong is said with file, rule and reason."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from analyzers.codemods.loading import LIMIT_BYTES, RuleError, loaded_rules
from analyzers.codemods.rules import RuleSet

HEAD = '[[rules]]\nid = "r"\nsince = "a>=1"\nlink = "https://example.org"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules = [", "own.toml: is no valid TOML"),
        ("[[rule]]", "own.toml: unknown key 'rule'"),
        ("rules = 3", "write [[rules]]"),
        ("[[rules]]\nid = 'r'", "own.toml: rule r: Object missing required field `since`"),
        ("[[rules]]\nsince = 3", "own.toml: rule 1: "),
        (HEAD + 'old = "a:b"\nnwe = "a:c"', "unknown field `nwe`"),
        (HEAD + 'old = "a:b"', "says nothing to do"),
        (HEAD + 'new = "a:b"', "give 'old'"),
        (HEAD + 'old = "a:b"\nnew = "a b"', "'a b' is no symbol"),
        (HEAD + 'old = "a:b"\nnew = "a:b"', "the same as 'old'"),
        (HEAD + 'classes = ["a:B"]\nadvice = "x"', "belong together"),
        (HEAD + 'classes = ["a:B"]\nmethod = "m"\nnew_method = "1"', "'1' is no name"),
        (HEAD + 'old = "a:b"\nnew_method = "c"', "belongs to 'method'"),
        (HEAD.replace("a>=1", "a>>1") + 'old = "a:b"\nnew = "a:c"', "'since' must be a requirement"),
        (HEAD.replace('"r"', '"r r"') + 'old = "a:b"\nnew = "a:c"', "'id' must be words"),
        (HEAD + 'old = "a:b"\nnew = "a:c"\n' + HEAD + 'old = "a:d"\nnew = "a:e"', "another rule has this id"),
        (HEAD + 'old = "a:b"\nnames = ["x"]\nadvice = "y"', "'id' must hold {name}"),
        (HEAD + 'old = "a:b"\ntemplate = "{x}.y"', "'x', which is no parameter"),
        (HEAD + 'old = "a:b"\nparameters = ["x"]\ntemplate = "{x} + {x}"', "must not repeat"),
        (HEAD + 'old = "a:b"\nparameters = ["x"]\ntemplate = "{x} + 1"', "must be a name, an attribute"),
        (HEAD + 'old = "a:b"\nparameters = ["x"]\ntemplate = "{x}("', "must be a name, an attribute"),
        (HEAD + 'old = "a:b"\nkeyword_only_from = 1\nparameters = ["x"]', "reach further"),
        (HEAD + 'old = "a:b"\nkeywords = [{ value = "1" }]', "needs 'old', 'new' or both"),
        (HEAD + 'old = "a:b"\nkeywords = [{ new = "c" }]', "needs 'new_value'"),
        (HEAD + 'old = "a:b"\nkeywords = [{ old = "c", new_value = "1" }]', "needs 'new'"),
        (HEAD + 'old = "a:b"\nkeywords = [{ new = "c", new_value = "1 1" }]', "no Python expression"),
        ('[[makers]]\ncall = "a:b c"\nreturns = "a:D"', "own.toml: rule maker 1: 'a:b c' is no symbol"),
        ("# " + "x" * LIMIT_BYTES, "larger than the limit"),
    ],
)
def test_errors_name_file_rule_and_reason(text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        loaded_rules(text.encode(), "own.toml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("own.toml: ")


def test_names_make_a_rule_of_each() -> None:
    rules = loaded_rules(
        (
            HEAD.replace('"r"', '"r-{name}"') + 'names = ["X", "Y"]\nold = "a:{name}"\nnew = "b:{name}"'
        ).encode(),
        "t",
    )
    assert [(rule.id, rule.old, rule.new) for rule in rules.rules] == [
        ("r-X", "a:X", "b:X"),
        ("r-Y", "a:Y", "b:Y"),
    ]


@pytest.mark.parametrize(
    ("since", "wanted", "demanded"),
    [
        ("numpy>=2", "numpy==1.26.4", False),
        ("numpy>=2", "numpy==2.0.0", True),
        ("numpy>=2", "numpy==2.3.1", True),
        ("numpy>=2", "numpy>=2", True),
        ("numpy>=2", "numpy<2", False),
        ("numpy>=2", "numpy>=1.20", True),
        ("numpy>=2", "numpy>=1.20,<3", True),
        ("numpy>=2", "numpy~=1.26", False),
        ("numpy>=2", "numpy~=2.1", True),
        ("numpy>=2", "NumPy", True),
        ("numpy>=2", "numpy==2.*", True),
        ("numpy>=2.4", "numpy>2.3,<2.4", False),
        ("numpy>=1.24,<2", "numpy>=2", False),
        ("numpy>=1.24,<2", "numpy>=1.25", True),
        ("scikit-learn>=1.2", "scikit_learn==1.5", True),
        ("numpy>=2", "pandas>=2", False),
        ("python>=3.12", "python==3.13.1", True),
        ("python>=3.12", "python<3.12", False),
    ],
)
def test_rules_are_chosen_by_the_releases_that_are_wanted(since: str, wanted: str, demanded: bool) -> None:
    rules = loaded_rules((HEAD.replace("a>=1", since) + 'old = "a:b"\nnew = "a:c"').encode(), "t")
    assert bool(rules.demanded_by([Requirement(wanted)])) is demanded


def test_files_without_the_words_are_not_looked_at() -> None:
    rules = loaded_rules((HEAD + 'old = "pack.mod:name"\nnew = "a:c"').encode(), "t")
    assert rules.for_file(b"import pack.mod\npack.mod.name()").rules == rules.rules
    assert not rules.for_file(b"import pack.mod")
    assert not rules.for_file(b"name = 1")
    assert not rules.for_file(b"from pack.other import name")
    assert rules.for_file(b"from pack \\\n . mod import (\n  x, name)")
    assert rules.for_file(b"from pack import mod\nmod.name")
    assert not RuleSet(())
