"""Rules of every kind, for the tests of rewriting."""

from __future__ import annotations

from analyzers.codemods.loading import loaded_rules

RULES = loaded_rules(
    b"""
[[rules]]
id = "product"
old = "numpy:product"
new = "numpy:prod"
since = "numpy>=2"
link = "https://example.org"
[[rules]]
id = "float"
old = "numpy:float"
new = "builtins:float"
since = "numpy>=1.24"
link = "https://example.org"
[[rules]]
id = "joblib"
old = "sklearn.externals.joblib"
new = "joblib"
needs = "joblib"
since = "scikit-learn>=0.23"
link = "https://example.org"
[[rules]]
id = "validation"
old = "sklearn.cross_validation"
new = "sklearn.model_selection"
since = "scikit-learn>=0.20"
link = "https://example.org"
[[rules]]
id = "abc-{name}"
names = ["Mapping", "Set"]
old = "collections:{name}"
new = "collections.abc:{name}"
since = "python>=3.10"
link = "https://example.org"
[[rules]]
id = "escape"
old = "cgi:escape"
new = "html:escape"
keywords = [{ new = "quote", new_value = "False", unless_positional = 2 }]
since = "python>=3.8"
link = "https://example.org"
[[rules]]
id = "items"
classes = ["pandas:DataFrame", "pandas:Series"]
method = "iteritems"
new_method = "items"
since = "pandas>=2"
link = "https://example.org"
[[rules]]
id = "bad-lines"
old = "pandas:read_csv"
keywords = [
  { old = "error_bad_lines", value = "False", new = "on_bad_lines", new_value = "'skip'" },
  { old = "squeeze" },
]
since = "pandas>=2"
link = "https://example.org"
[[rules]]
id = "positional"
old = "pandas:read_table"
parameters = ["path", "sep"]
keyword_only_from = 1
since = "pandas>=2"
link = "https://example.org"
[[rules]]
id = "item"
old = "numpy:asscalar"
template = "{a}.item()"
parameters = ["a"]
since = "numpy>=1.23"
link = "https://example.org"
[[rules]]
id = "maps"
old = "matplotlib.cm:get_cmap"
new = "matplotlib:colormaps"
template = "{new}[{name}]"
parameters = ["name", "lut"]
since = "matplotlib>=3.9"
link = "https://example.org"
[[rules]]
id = "equals"
classes = ["unittest:TestCase"]
method = "assertEquals"
new_method = "assertEqual"
since = "python>=3.12"
link = "https://example.org"
[[makers]]
call = "pandas:read_csv"
returns = "pandas:DataFrame"
unless = ["chunksize"]
""",
    "rules.toml",
)
