"""What is left alone, and of what the user is told."""

from __future__ import annotations

import pytest

from analyzers.codemods.rewriting import Rewrite, rewritten
from fakes.sources.codemod_rules import RULES

LEFT = {
    "parameter of the same name": "import numpy as np\ndef f(np): np.product(x)\n",
    "attribute of something else": "import numpy as np\nself.np.product(x)\nnp.random.product(x)\n",
    "another package": "import cupy as np\nnp.product(x)\n",
    "relative import": "from .numpy import product\nproduct(x)\n",
    "comprehension": "import numpy as np\n[np.product(x) for np in y]\n",
    "result of a call": "import numpy\nnumpy.f().product(x)\n",
    "string and comment": "import numpy as np\nx = 'np.product'  # np.product\n",
    "method that the class defines": (
        "import unittest\nclass T(unittest.TestCase):\n"
        "    def assertEquals(self): pass\n    def test(self): self.assertEquals()\n"
    ),
    "base that is not known": (
        "import unittest, x\nclass T(x.M, unittest.TestCase):\n    def test(self): self.assertEquals()\n"
    ),
    "static method": (
        "import unittest\nclass T(unittest.TestCase):\n    @staticmethod\n    def f(x): x.assertEquals()\n"
    ),
    "unknown receiver": "import pandas as pd\ndef f(d): d.iteritems()\n",
    "maker of something else": "import pandas\nd = pandas.read_csv(x, chunksize=3)\nd.iteritems()\n",
    "loop variable": "import pandas as pd\nfor d in pd.read_csv(x): d.iteritems()\n",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_leaves_alone(text: str) -> None:
    made = rewritten(text, RULES)
    assert made == Rewrite(text=text)


TOLD = {
    "name that is bound again": (
        "import numpy as np\nnp = f(np)\nnp.product(x)\n",
        "bound to something else",
    ),
    "match captures the name": (
        "import numpy as np\nmatch x:\n    case np: np.product(x)\n",
        "bound to something else",
    ),
    "assignment": ("import numpy as np\nnp.product = f\n", "assigned to"),
    "builtin is shadowed": ("import numpy as np\ndef f(float): return np.float(1)\n", "no free name"),
    "guarded import": (
        "try:\n    from a import Mapping\nexcept ImportError:\n    from collections import Mapping\n",
        "chose between",
    ),
    "guarded use": (
        "import numpy as np\nx = np.product(y) if hasattr(np, 'product') else 1\n",
        "chose between",
    ),
    "version test": (
        "import sys, collections\nif sys.version_info < (3, 3):\n    M = collections.Mapping\n",
        "chose between",
    ),
    "not a call": ("import cgi\nmap(cgi.escape, x)\n", "only calls"),
    "starred arguments": ("import cgi\ncgi.escape(*x)\n", "starred"),
    "argument that the new form lacks": (
        "import matplotlib.cm\nmatplotlib.cm.get_cmap(a, lut=3)\n",
        "does not take 'lut'",
    ),
    "both keywords": (
        "import pandas\npandas.read_csv(a, error_bad_lines=False, on_bad_lines=x)\n",
        "beside 'error_bad_lines'",
    ),
    "removed argument with an effect": ("import pandas\npandas.read_csv(a, squeeze=f())\n", "may matter"),
    "receiver of two kinds": (
        "import pandas as pd\nd = pd.DataFrame()\nd = f(d)\nd.iteritems()\n",
        "may be something else",
    ),
    "star import": ("from numpy import *\nproduct(x)\n", "star import"),
}


@pytest.mark.parametrize(("text", "reason"), TOLD.values(), ids=TOLD)
def test_leaves_alone_and_tells(text: str, reason: str) -> None:
    made = rewritten(text, RULES)
    assert made.text == text
    assert not made.applied
    assert [reason in note.message for note in made.notes] == [True] * len(made.notes)
    assert made.notes
