"""Whatever code they meet: the result parses, a second run changes nothing, lines without old names stay."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.codemods.loading import shipped_rules
from analyzers.codemods.rewriting import rewritten
from analyzers.codemods.rules import Rule

pytestmark = pytest.mark.slow


RULES = shipped_rules()
WRITING = [rule for rule in RULES.rules if rule.before is not None]

imports = st.sampled_from(
    [
        "import numpy as np",
        "import numpy",
        "import numpy, collections",
        "from numpy import product, float, Inf as inf",
        "from numpy import (product,  # one\n    in1d as isin,\n)",
        "import collections",
        "import collections.abc",
        "from collections import Mapping, OrderedDict",
        "import cgi, html",
        "from cgi import escape",
        "import pandas as pd",
        "from sklearn.externals import joblib",
        "import sklearn.externals.joblib",
        "from flask import Flask, Markup, escape",
        "import flask; import sys",
        "from matplotlib import cm",
        "try:\n    import numpy as np\nexcept ImportError:\n    np = None",
    ]
)
expressions = st.recursive(
    st.sampled_from(
        [
            *("np.product", "numpy.product", "product", "np.float", "float", "np.Inf", "inf", "numpy", "np"),
            *(
                "collections.Mapping",
                "Mapping",
                "collections",
                "escape",
                "cgi.escape",
                "joblib.dump",
                "pd",
                "x",
            ),
            *("sklearn.externals.joblib.load", "sklearn.svm", "flask.escape", "Markup", "cm.get_cmap", "df"),
        ]
    ),
    lambda inner: st.one_of(
        st.builds("{}({})".format, inner, inner),
        st.builds("{}({}, quote={},\n        )".format, inner, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("[{} for np in {}]".format, inner, inner),
        st.builds("np.asscalar({})".format, inner),
        st.builds("cgi.escape({}, *{})".format, inner, inner),
        st.builds("(lambda float: {})".format, inner),
    ),
    max_leaves=6,
)
statements = st.one_of(
    st.builds("x = {}".format, expressions),
    st.builds("np = {}".format, expressions),
    st.builds("prod = {}".format, expressions),
    st.builds("df = pd.DataFrame({})  # kept".format, expressions),
    st.sampled_from(
        ["for name in df.iteritems(): pass", "__all__ = ['product']", "del x", "x = 'np.product'"]
    ),
    imports,
)


def block(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


blocks = st.one_of(
    statements,
    st.builds("def f(a: np.float = None):\n{}\n{}".format, statements.map(block), statements.map(block)),
    st.builds("class A:\n{}".format, statements.map(block)),
    st.builds("if {}:\n{}".format, expressions, statements.map(block)),
    st.builds("def g(numpy, product):\n    global escape\n{}".format, statements.map(block)),
)
modules = st.lists(blocks, min_size=1, max_size=8).map(lambda parts: "\n".join(parts) + "\n")


@settings(max_examples=120, deadline=None)
@given(modules, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_result_parses_and_is_final(text: str, keeps_names: bool, end: str) -> None:
    text = text.replace("\n", end)
    made = rewritten(text, RULES, keeps_names=keeps_names)
    assert made.error is None
    ast.parse(made.text)
    again = rewritten(made.text, RULES, keeps_names=keeps_names)
    assert again.text == made.text
    assert not again.applied
    if end == "\r\n":
        assert "\n" not in made.text.replace("\r\n", "")


@settings(max_examples=60, deadline=None)
@given(modules)
def test_what_no_rule_is_about_stays(text: str) -> None:
    assert rewritten(text, RULES.for_file(b"")).text == text


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(WRITING), st.sampled_from(["# c\n", "'''d'''\n", "from __future__ import annotations\n"])
)
def test_examples_keep_what_stands_before_and_after(rule: Rule, head: str) -> None:
    tail = "\n\n\ndef  last ( ) :\n\tpass ;  # odd\n"
    made = rewritten(head + (rule.before or "") + tail, RULES)
    assert made.error is None
    assert made.text == head + (rule.after or rule.before or "") + tail
