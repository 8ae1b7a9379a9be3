"""Modules put together from side ways of making names: what Python finds there is never refused.

The oracle is Python itself, which runs the same generated text.
"""

from __future__ import annotations

import sys
import types
from textwrap import dedent, indent

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from fakes.sources.simulated_imports import run

NAMES = tuple(f"name_{letter}" for letter in "abcdefgh")
PLAIN = "import enum\nimport functools\nimport sys\nimport inspect\nimport operator\nimport types\n"

# `{k}` and `{m}` are names, `{t}` is something that Python knows and the simulation does not.
WAYS = """
globals()['{k}'] = 1

globals()[{t} + '{k}'] = 1

globals().update({{'{k}': 1, {t} + '{m}': 2}})

globals().update({k}=1, **dict([('{m}', 2)]))

globals().update([('{k}', 1), ({t} + '{m}', 2)])

globals().setdefault('{k}', 1)

globals().__setitem__({t} + '{k}', 1)

vars()['{k}'] = 1

locals()[{t} + '{k}'] = 1

vars(sys.modules[__name__])['{k}'] = 1

vars(sys.modules[__name__]).update({k}=1)

setattr(sys.modules[__name__], {t} + '{k}', 1)

setattr(sys.modules.get(__name__), '{k}', 1)

setattr(sys.modules.get({t} + __name__), '{k}', 1)

sys.modules[__name__].{k} = 1

sys.modules[__name__].__dict__.update({{'{k}': 1}})

sys.modules[__name__].__dict__.update((each, 1) for each in ('{k}', '{m}'))

for each in ('{k}', '{m}'):
    globals()[each] = 1

for each in ['{k}', {t} + '{m}']:
    globals()[each] = 1

for each in sorted({{'{k}', '{m}'}}):
    exec(f'{{each}} = 1')

for _, each in enumerate(('{k}', '{m}')):
    setattr(sys.modules[__name__], each, 1)

for first, second in zip('ab', ('{k}', '{m}')):
    globals()[second] = first

exec('{k} = 1')

exec('{k} = 1', globals())

exec(compile('{k} = 1', '', 'exec'), sys.modules[__name__].__dict__)

space = {{}}
exec('{k} = 1', space)
globals().update({{'{k}': space['{k}']}})

space = {{}}
exec('{k} = {m} = 1', space)
globals().update(space)

space = globals()
space |= {{{t} + '{k}': 1}}

space = globals()
space[{t} + '{k}'] = 1

(lambda space: space.update({k}=1))(globals())

operator.setitem(globals(), '{k}', 1)

dict.update(globals(), {k}=1)

list(map(lambda each: globals().__setitem__(each, 1), ('{k}', '{m}')))

def bind():
    global {k}, {m}
    {k} = 1
    {m} = 2
bind()

def bind():
    def inner():
        global {k}
        {k} = 1
    return inner
bind()()

def bind():
    yield
    globals()['{k}'] = 1
list(bind())

def bind(**names):
    globals().update(names)
bind({k}=1, **{{{t} + '{m}': 2}})

def bind(it):
    globals()['{k}_one'[:6]] = it
    return it
@bind
def other(): ...

def bind(it):
    it.__globals__['{k}'] = it
    return it
@bind
def other(): ...

def bind(it):
    setattr(sys.modules[it.__module__], '{k}', it)
    return it
@bind
class Other: ...

class Base:
    def __init_subclass__(cls):
        globals()['{k}'] = cls
class Sub(Base): ...

class Meta(type):
    def __new__(meta, name, bases, space):
        globals()['{k}'] = 1
        return super().__new__(meta, name, bases, space)
class Made(metaclass=Meta): ...

class Maker:
    def __init__(self):
        globals()[{t} + '{k}'] = self
Maker()

class Maker:
    def __getitem__(self, key):
        globals()[key] = 1
Maker()['{k}']

class Maker:
    def __enter__(self):
        globals()['{k}'] = 1
    def __exit__(self, *_): ...
with Maker():
    pass

class Maker:
    @property
    def made(self):
        globals()['{k}'] = 1
Maker().made

class Maker:
    def __call__(self):
        globals()['{k}'] = 1
Maker()()

class Body:
    global {k}
    {k} = 1

@enum.global_enum
class Kind(enum.IntEnum):
    {k} = 1
    {m} = 2

{k}_ONE = 1
enum.IntEnum._convert_('{m}', __name__, lambda each: each.startswith('{k}_'))

inspect.currentframe().f_globals['{k}'] = 1

sys._getframe().f_globals[{t} + '{k}'] = 1

try:
    raise KeyError
except KeyError:
    {k} = 1

try:
    {t}[0]
except IndexError:
    {k} = 1
else:
    {m} = 1

while True:
    {k} = 1
    break

with open('/dev/null') as {k}, open('/dev/null') as {m}:
    pass

match [1, 2]:
    case [{k}, {m}]:
        pass

[{k} := each for each in range(3)]

for {k}, *{m} in [(1, 2, 3)]:
    pass

import os.path as {k}, json.decoder as {m}

from os.path import join as {k}

class Kept(types.ModuleType):
    {k} = 1
sys.modules[__name__].__class__ = Kept

def __getattr__(name):
    if name.endswith('{k}'[-3:]):
        return 1
    raise AttributeError(name)

exec(compile('def {k}(): ...', '', 'exec'))

types.FunctionType(compile('global {k}; {k} = 1', '', 'exec'), globals())()

[globals().__setitem__(each, 1) for each in ('{k}', '{m}')]

any(setattr(sys.modules[__name__], each, 1) for each in ('{k}', '{m}'))

made = {{each: globals().setdefault(each, 1) for each in ('{k}', {t} + '{m}')}}

for each, _ in {{'{k}': 1}}.items():
    globals()[each.lower()] = each

for each in filter(None, ('{k}', '{m}')):
    globals()[each] = 1

sys.modules[__name__].__setattr__('{k}', 1)

object.__setattr__(sys.modules[__name__], '{k}', 1)

globals().__ior__({{'{k}': 1}})

functools.partial(setattr, sys.modules[__name__])('{k}', 1)

import lib as itself
itself.{k} = 1

__import__(__name__).{k} = 1

__import__('importlib').import_module(__name__).__dict__['{k}'] = 1

inspect.stack()[0].frame.f_globals['{k}'] = 1

sys._getframe(0).f_locals['{k}'] = 1

__import__('code').InteractiveInterpreter(globals()).runsource('{k} = 1')

def bind(space):
    for each in ('{k}', '{m}'):
        space[each] = 1
bind(globals())

def bind():
    return globals()
bind()[{t} + '{k}'] = 1

def bind(*pairs):
    for each, value in pairs:
        globals()[each] = value
bind(('{k}', 1), ({t} + '{m}', 2))

from operator import *
{k} = 1

sorted(('{k}', '{m}'), key=lambda each: globals().setdefault(each, 1))

sys.modules[__name__].__dict__[('%s' % '{k}')] = 1

globals()[f'{{"{k}"}}'] = 1

globals()['_'.join('{k}'.split('_'))] = 1

globals()['{k}'.upper().lower()] = 1

eval("globals().__setitem__('{k}', 1)")
""".strip().split("\n\n")
WRAPS = (
    "{body}",
    "if True:\n{inner}",
    "if not {t}:\n{inner}",
    "try:\n{inner}\nexcept OSError:\n    pass",
    "try:\n{inner}\nfinally:\n    pass",
    "for _ in range(2):\n{inner}",
    "if {t}:\n    pass\nelse:\n{inner}",
)


@st.composite
def modules(draw: st.DrawFn) -> str:
    """The text of a module."""
    parts = [PLAIN]
    for number in range(draw(st.integers(1, 2))):
        k, m = draw(st.permutations(NAMES))[:2]
        way = draw(st.sampled_from(WAYS)).format(k=k, m=m, t="sys.__dict__.get('nothing', '')")
        wrap = draw(st.sampled_from(WRAPS))
        text = wrap.format(body=way, inner=indent(way, "    "), t="sys.__dict__.get('nothing', '')")
        parts.append(text.replace("bind", f"bind_{number}"))
    return "\n".join(parts)


def found(text: str) -> set[str]:
    """The names that Python can import from a module of this text; no text that fails in Python is a case."""
    module = types.ModuleType("lib")
    sys.modules["lib"] = module
    try:
        exec(compile(text, "lib.py", "exec"), module.__dict__)
        return {name for name in NAMES if hasattr(module, name)}
    except Exception:
        reject()  # such as a comparison of what two ways bound under one name
    finally:
        del sys.modules["lib"]


@given(modules())
@settings(max_examples=150, deadline=None)
def test_no_name_that_python_finds_is_refused(text: str) -> None:
    names = sorted(found(text))
    code = "import lib\n" + "".join(f"from lib import {name}\nlib.{name}\n" for name in names)
    result = run(code, {"lib.py": dedent(text)})
    assert [*result.failures, *result.doubtful] == [], text
