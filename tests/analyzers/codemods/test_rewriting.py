"""What is changed, and that nothing else of a text changes."""

from __future__ import annotations

import textwrap

import pytest

from analyzers.codemods.loading import loaded_rules
from analyzers.codemods.rewriting import Rewrite, rewritten
from fakes.sources.codemod_rules import RULES


def rewrite(text: str, *, keeps_names: bool = False) -> Rewrite:
    return rewritten(textwrap.dedent(text).lstrip("\n"), RULES, keeps_names=keeps_names)


ANNOTATED = "import pandas as pd\ndef f(a: pd.Series, b: 'pd.DataFrame', c: pd.Series | None):\n"
DERIVED = "import unittest\nclass B(unittest.TestCase): pass\nclass T(B):\n"

CHANGED = {
    "attribute with odd spaces": (
        "import numpy as np\nnp . product ( x )",
        "import numpy as np\nnp . prod ( x )",
    ),
    "through a second name of the package": (
        "import numpy\n(numpy).product(x)",
        "import numpy\n(numpy).prod(x)",
    ),
    "function scope": (
        "def f():\n    from numpy import product\n    return product(x)\n",
        "def f():\n    from numpy import prod\n    return prod(x)\n",
    ),
    "new name is taken: the old one stays bound": (
        "from numpy import product\nprod = product(x)",
        "from numpy import prod as product\nprod = product(x)",
    ),
    "exported by __all__": (
        "from numpy import product\n__all__ = ['product']",
        "from numpy import prod as product\n__all__ = ['product']",
    ),
    "declared global elsewhere": (
        "from numpy import product\ndef f():\n    global product",
        "from numpy import prod as product\ndef f():\n    global product",
    ),
    "builtin, package still used": (
        "import numpy as np  # why\nx = np.float(np.pi)",
        "import numpy as np  # why\nx = float(np.pi)",
    ),
    "builtin, nothing else used": (
        "# first\nimport numpy as np\n\nx = np.float(1)",
        "# first\n\nx = float(1)",
    ),
    "comments of a removed import stay": (
        "import os\n# about numpy\nimport numpy as np\nx = np.float(1)",
        "import os\n# about numpy\nx = float(1)",
    ),
    "only statement of a block": (
        "def f():\n    import numpy as np\n    return np.float(1)\ndef g():\n    import numpy as np\n",
        "def f():\n    import numpy as np\n    return float(1)\ndef g():\n    import numpy as np\n",
    ),
    "builtin imported by name": ("from numpy import float, pi\nfloat(pi)", "from numpy import pi\nfloat(pi)"),
    "builtin imported as another name": ("from numpy import float as F\nF(1)", "float(1)"),
    "module by name": (
        "from sklearn.externals import joblib\njoblib.dump(x)",
        "import joblib\njoblib.dump(x)",
    ),
    "module as another name": (
        "import sklearn.externals.joblib as j\nj.dump(x)",
        "import joblib as j\nj.dump(x)",
    ),
    "module by its full name": (
        "import sklearn.externals.joblib\nsklearn.externals.joblib.dump(x)",
        "import joblib\njoblib.dump(x)",
    ),
    "module by its full name, package used otherwise": (
        "import sklearn.externals.joblib\nsklearn.externals.joblib.dump(sklearn.svm)",
        "import sklearn\nimport joblib\njoblib.dump(sklearn.svm)",
    ),
    "part of a module": ("from sklearn.externals.joblib import dump as d", "from joblib import dump as d"),
    "deeper module": ("from sklearn.externals.joblib.parallel import x", "from joblib.parallel import x"),
    "module under the same package": (
        "from sklearn import cross_validation, svm\ncross_validation.KFold(svm)",
        "from sklearn import model_selection, svm\nmodel_selection.KFold(svm)",
    ),
    "layout of a list": (
        "from sklearn.cross_validation import (  # a\n    KFold,  # b\n    train as t,\n)\n",
        "from sklearn.model_selection import (  # a\n    KFold,  # b\n    train as t,\n)\n",
    ),
    "some names move": (
        "from collections import OrderedDict, Mapping, deque, Set as S",
        "from collections import OrderedDict, deque\nfrom collections.abc import Mapping, Set as S",
    ),
    "several statements on a line": (
        "import numpy as np; from collections import Mapping; x = 1",
        "import numpy as np; from collections.abc import Mapping; x = 1",
    ),
    "submodule of the package": (
        "import collections\nx = collections.Mapping\nz = collections.deque",
        "import collections\nimport collections.abc\nx = collections.abc.Mapping\nz = collections.deque",
    ),
    "there is an import already": (
        "from collections import abc\nimport collections\nx = collections.Mapping, collections.deque",
        "from collections import abc\nimport collections\nx = abc.Mapping, collections.deque",
    ),
    "annotation, default and decorator": (
        "import numpy as np\n@np.product\ndef f(x: np.float = np.product): np",
        "import numpy as np\n@np.prod\ndef f(x: float = np.prod): np",
    ),
    "call with a new argument": ("import cgi\ncgi.escape(x)", "import html\nhtml.escape(x, quote=False)"),
    "call that has the argument": ("import cgi\ncgi.escape(x, True)", "import html\nhtml.escape(x, True)"),
    "call of an imported name": (
        "from cgi import escape\nescape(x)",
        "import html\nhtml.escape(x, quote=False)",
    ),
    "lines of arguments": (
        "import pandas as pd\npd.read_csv(\n    a,  # a\n    error_bad_lines=False,  # b\n    sep=';',\n)",
        "import pandas as pd\npd.read_csv(\n    a,  # a\n    on_bad_lines='skip',  # b\n    sep=';',\n)",
    ),
    "last argument goes": (
        "import pandas\npandas.read_csv(a, squeeze=True)",
        "import pandas\npandas.read_csv(a)",
    ),
    "positional argument": (
        "import pandas\npandas.read_table(a, b)",
        "import pandas\npandas.read_table(a, sep=b)",
    ),
    "template with an operator": ("import numpy as np\nnp.asscalar(a + b)", "(a + b).item()"),
    "template by keyword": ("import numpy as np\nnp.asscalar(a=f(x))", "f(x).item()"),
    "template within another rule": (
        "import numpy as np\nnp.asscalar(np.product(x))",
        "import numpy as np\nnp.prod(x).item()",
    ),
    "subscript": (
        "import matplotlib\nimport matplotlib.cm\nmatplotlib.cm.get_cmap(a or b)",
        "import matplotlib\nimport matplotlib.cm\nmatplotlib.colormaps[a or b]",
    ),
    "method of what a constructor made": (
        "from pandas import DataFrame\nd = DataFrame()\nd.iteritems()\nDataFrame().iteritems()",
        "from pandas import DataFrame\nd = DataFrame()\nd.items()\nDataFrame().items()",
    ),
    "method of what a function made": (
        "import pandas as pd\ndef f():\n    d = None\n    d = pd.read_csv(x)\n    d.iteritems()",
        "import pandas as pd\ndef f():\n    d = None\n    d = pd.read_csv(x)\n    d.items()",
    ),
    "method of a parameter": (
        f"{ANNOTATED}    a.iteritems(), b.iteritems(), c.iteritems()",
        f"{ANNOTATED}    a.items(), b.items(), c.items()",
    ),
    "method of self, through a base of the file": (
        f"{DERIVED}    def test(self): self.assertEquals(1, 2)",
        f"{DERIVED}    def test(self): self.assertEqual(1, 2)",
    ),
    "import that may have failed": (
        "try:\n    import numpy as np\nexcept ImportError:\n    np = None\ndef f(): return np.product(x)",
        "try:\n    import numpy as np\nexcept ImportError:\n    np = None\ndef f(): return np.prod(x)",
    ),
    "line ends, tabs and form feeds": (
        "import numpy as np\r\n\x0c\r\nif x:\r\n\tnp.product(x)\r\n",
        "import numpy as np\r\n\x0c\r\nif x:\r\n\tnp.prod(x)\r\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), CHANGED.values(), ids=CHANGED)
def test_changes(before: str, after: str) -> None:
    made = rewritten(before, RULES)
    assert made.error is None
    assert made.text == after
    assert made.applied
    again = rewritten(made.text, RULES)
    assert again.text == made.text
    assert not again.applied


def test_init_files_keep_the_names_they_bind() -> None:
    made = rewrite("from numpy import product\nimport numpy as np\nx = np.float\n", keeps_names=True)
    assert made.text == "from numpy import prod as product\nimport numpy as np\nx = float\n"


def test_tells_what_the_new_code_needs_and_where() -> None:
    made = rewrite("\n\nfrom sklearn.externals import joblib\n")
    assert made.needs == ("joblib",)
    assert [(remark.line, remark.column, remark.rule) for remark in made.applied] == [(1, 1, "joblib")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import numpy as np\nprint np.product(x)\n", "no Python 3"),
        ("import numpy\n" + "(" * 20_000, "too deep"),
        ("import numpy\nx = " + "-" * 20_000 + "1\n", "too deep"),
        ("import numpy\nx = a" + ".product()" * 20_000 + "\n", "too deep"),
        ("import numpy\nx = a" + ".b" * 250 + "\nnumpy.product\0", "NUL"),
        ("import numpy\n" + "x = 1\n" * 400_000, "larger"),
    ],
    ids=["python 2", "brackets", "signs", "calls", "nul", "large"],
)
def test_what_cannot_be_read_is_left_with_the_reason(text: str, reason: str) -> None:
    made = rewritten(text, RULES)
    assert made.text == text
    assert made.error is not None
    assert reason in made.error


def test_rules_that_contradict_each_other_change_nothing() -> None:
    rules = loaded_rules(
        b"""
[[rules]]
id = "there"
old = "a:b"
new = "a:c"
since = "a>=1"
link = "https://example.org"
[[rules]]
id = "back"
old = "a:c"
new = "a:b"
since = "a>=2"
link = "https://example.org"
""",
        "rules.toml",
    )
    made = rewritten("import a\na.b()\n", rules)
    assert made.text == "import a\na.b()\n"
    assert made.error is not None


def test_rules_follow_each_other() -> None:
    rules = loaded_rules(
        b"""
[[rules]]
id = "first"
old = "a:b"
new = "c:d"
since = "a>=1"
link = "https://example.org"
[[rules]]
id = "second"
old = "c:d"
new = "e:f"
since = "c>=2"
link = "https://example.org"
""",
        "rules.toml",
    )
    assert rewritten("import a\na.b()\n", rules).text == "import e\ne.f()\n"
