"""Each rule where it applies and where it does not, by every way to name what is called."""

from __future__ import annotations

import pytest
from ast_grep_py import SgRoot
from hypothesis import given
from hypothesis import strategies as st

from analyzers.source.module_facts import Indicator
from analyzers.source.security import RULES, counted, indicators
from analyzers.source.security.rules import CALLS, IMPORTS

APPLIES = {
    "B101": ["assert x", "def f():\n    assert x, 'why'"],
    "B102": ["exec('x = 1')", "exec(code, {})"],
    "B103": ["os.chmod(p, 0o777)", "path.chmod(q, 0o775)", "import os\nos.fchmod(f, 0o666)"],
    "B104": ["bind(('0.0.0.0', 80))", 'HOST = "0.0.0.0"'],
    "B105": [
        "password = 'hunter2'",
        "self.db_password = ('x')",
        "a = token = 'x'",
        "{'secret': 'x'}",
        "d['pwd'] = 'x'",
        "if password == 'root': pass",
        "x = user.passphrase != 'x'",
    ],
    "B106": ["login(user, password='x')", "login(\n    token=('x'),\n)"],
    "B107": ["def f(user, password='x'): pass", "async def f(pwd: str = 'x'): pass"],
    "B108": [
        "open('/tmp/x')",
        "p = f'/var/tmp/{x}'",
        "x = ['/dev/shm']",
        "a(f'{x}' '/tmp')[:0]; b(f'{x}/tmp', '/tmp/y')",
    ],
    "B110": ["try: f()\nexcept: pass", "try:\n    f()\nexcept Exception as e:\n    # why\n    pass"],
    "B112": ["for x in y:\n    try: f()\n    except Exception: continue"],
    "B113": ["import requests\nrequests.get(u)", "import httpx as h\nh.Client(timeout=None)"],
    "B201": ["import flask\napp.run(debug=True)", "from flask import Flask\nFlask(__name__).run(debug=True)"],
    "B202": [
        "import tarfile\ntarfile.open(p).extractall()",
        "import tarfile\nt.extractall(d, members=names)",
    ],
    "B306": ["from tempfile import mktemp as m\nm()"],
    "B307": ["eval(x)", "y = eval('1')"],
    "B324": [
        "import hashlib\nhashlib.md5(x)",
        "import hashlib\nhashlib.new('SHA1')",
        "from hashlib import sha1\nsha1()",
    ],
    "B501": [
        "import requests\nrequests.get(u, timeout=1, verify=False)",
        "from httpx import get\nget(u, verify=False)",
    ],
    "B502": ["import ssl\nssl.wrap_socket(s, ssl_version=ssl.PROTOCOL_SSLv3)", "f(method=SSL.SSLv23_METHOD)"],
    "B504": ["import ssl\nssl.wrap_socket(s)"],
    "B505": [
        "from cryptography.hazmat.primitives.asymmetric import rsa\nrsa.generate_private_key(3, 1024)",
        "from Crypto.PublicKey import RSA\nRSA.generate(bits=512)",
    ],
    "B506": [
        "import yaml\nyaml.load(f)",
        "import yaml as y\ny.load(f, Loader=y.FullLoader)",
        "import yaml\nyaml.load(f, yaml.Loader)",
    ],
    "B507": ["import paramiko\nc.set_missing_host_key_policy(paramiko.AutoAddPolicy())"],
    "B601": ["from paramiko import SSHClient\nclient.exec_command(x)"],
    "B602": [
        "import subprocess\nsubprocess.run(x, shell=True)",
        "from subprocess import Popen as P\nP(x, shell=y)",
    ],
    "B603": ["import subprocess\nsubprocess.run([x])", "import subprocess as s\ns.call(x, shell=False)"],
    "B604": ["run(x, shell=True)"],
    "B605": [
        "import os\nos.system(x)",
        "from os import popen\npopen('ls')",
        "import subprocess\nsubprocess.getoutput(x)",
    ],
    "B606": ["import os\nos.execv(p, a)"],
    "B607": ["import subprocess\nsubprocess.run(['git', x])", "import os\nos.system('ls')"],
    "B608": [
        "q = 'select * from t where a = %s' % x",
        "q = 'select * ' + 'from ' + t",
        "q = f'delete from {t}'",
        "q = 'insert into t values ({})'.format(x)",
        "q = ('update t ' f'set a = {x}')",
        "c.execute('SELECT a FROM ' + t + ' WHERE b')",
    ],
    "B614": ["import torch\ntorch.load(f)", "from torch import load\nload(f, weights_only=False)"],
    "B701": ["import jinja2\njinja2.Environment()", "from jinja2 import Environment as E\nE(autoescape=x)"],
    "B702": ["from mako.template import Template\nTemplate(x)"],
    "B704": ["from markupsafe import Markup\nMarkup(x)", "import flask\nflask.Markup(f'{x}')"],
}
IS_QUIET = {
    "B101": ["asserts(x)", "# assert x", "x = 'assert y'"],
    "B102": ["x.exec('y')", "executor(x)"],
    "B103": ["os.chmod(p, 0o700)", "os.chmod(p, mode)", "os.chmod(p, 0o644)", "os.chmod(p)"],
    "B104": ["bind('127.0.0.1')", "x = '10.0.0.0.0'", "# 0.0.0.0"],
    "B105": [
        "password = None",
        "password = input()",
        "password: str = 'x'",
        "passenger = 'x'",
        "tokenizer = 'x'",
        "{'secret': f()}",
        "d['pwd']",
        "x = f'{password}'",
        "if 'root' == password: pass",
    ],
    "B106": ["login(password=p)", "login(compass='x')", "login(token=b'x')", "login(token=None)"],
    "B107": ["def f(password=None): pass", "def f(*, password='x'): pass", "def f(password): pass"],
    "B108": ["open('tmp/x')", "'''/tmp'''", "x = f'{a}'", "open(b'/tmp')", "open('a/tmp')"],
    "B110": [
        "try: f()\nexcept ValueError: pass",
        "try: f()\nexcept: log()",
        "try: f()\nexcept Exception:\n    x()\n    pass",
    ],
    "B112": ["for x in y:\n    try: f()\n    except KeyError: continue"],
    "B113": ["import requests\nrequests.get(u, timeout=3)", "import httpx\nhttpx.get(u)", "cache.get(u)"],
    "B201": ["import flask\napp.run()", "app.run(debug=True)", "from flask import Flask\nrun(debug=True)"],
    "B202": ["import tarfile\nt.extractall(filter='data')", "t.extractall()"],
    "B306": ["import tempfile\ntempfile.mkstemp()", "mktemp()"],
    "B307": ["model.eval()", "import ast\nast.literal_eval(x)"],
    "B324": [
        "import hashlib\nhashlib.sha256()",
        "import hashlib\nhashlib.md5(x, usedforsecurity=False)",
        "md5(x)",
    ],
    "B501": ["import requests\nrequests.get(u, timeout=1, verify=True)", "f(verify=False)"],
    "B502": ["import ssl\nssl.SSLContext(ssl_version=ssl.PROTOCOL_TLS)", "f(method='GET')"],
    "B504": ["import ssl\nssl.create_default_context().wrap_socket(s)"],
    "B505": [
        "from Crypto.PublicKey import RSA\nRSA.generate(4096)",
        "from Crypto.PublicKey import RSA\nRSA.generate(n)",
    ],
    "B506": [
        "import yaml\nyaml.safe_load(f)",
        "import yaml\nyaml.load(f, Loader=yaml.CSafeLoader)",
        "import json\njson.load(f)",
    ],
    "B507": ["import paramiko\nc.set_missing_host_key_policy(paramiko.RejectPolicy())"],
    "B601": ["client.exec_command(x)"],
    "B602": [
        "import subprocess\nsubprocess.run(x, shell=False)",
        "import subprocess\nsubprocess.run(x, shell=0)",
    ],
    "B603": ["import subprocess\nsubprocess.list2cmdline(x)", "run(x)"],
    "B604": ["run(x, shell=None)", "run(x, shelly=True)"],
    "B605": ["import os\nos.path.join(x)", "system(x)", "from mine import system\nsystem(x)"],
    "B606": ["import os\nos.getpid()"],
    "B607": ["import subprocess\nsubprocess.run(['/bin/ls'])", "import subprocess\nsubprocess.run([x])"],
    "B608": [
        "q = 'select * from t where a = ?'",
        "q = 'select one of ' + x",
        "'''select a from b''' \n",
        "q = 'select * from t'.strip()",
        "log('updating the set of %s' % x)",
    ],
    "B614": ["import torch\ntorch.load(f, weights_only=True)", "load(f)"],
    "B701": [
        "import jinja2\njinja2.Environment(autoescape=True)",
        "from jinja2 import *\nEnvironment(autoescape=select_autoescape())",
    ],
    "B702": ["from string import Template\nTemplate(x)"],
    "B704": ["from markupsafe import Markup\nMarkup('x')", "Markup(x)"],
}
BY_ARGUMENTS = sorted(APPLIES)
BY_SYMBOL = sorted(CALLS.items())


def told(text: str) -> list[Indicator]:
    return list(indicators(SgRoot(text, "python").root(), text))


def ids(text: str) -> set[str]:
    return {each.id for each in told(text)}


def test_every_rule_has_a_case() -> None:
    assert {*APPLIES, *CALLS.values(), *(identifier for _, identifier in IMPORTS)} == set(RULES)
    assert set(IS_QUIET) == set(APPLIES)


@pytest.mark.parametrize(("identifier", "text"), [(key, text) for key in APPLIES for text in APPLIES[key]])
def test_rule_applies(identifier: str, text: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(("identifier", "text"), [(key, text) for key in IS_QUIET for text in IS_QUIET[key]])
def test_rule_does_not_apply(identifier: str, text: str) -> None:
    assert identifier not in ids(text)


def spellings(symbol: str) -> list[str]:
    module, _, name = symbol.rpartition(".")
    package, _, leaf = module.rpartition(".")
    ways = [
        f"import {module}\n{symbol}(x)",
        f"import {module} as m\nm.{name}(x)",
        f"from {module} import {name}\n{name}(x)",
        f"from {module} import (\n    {name} as n,\n)\nn(x)",
        f"def f():\n    from {module} import a, {name} as n\n    return [n(y) for y in z]",
        f"x = 1; from {module} import {name}; {name}(x)",
    ]
    return ways + ([f"from {package} import {leaf} as l\nl.{name}(x)"] if package else [])


@pytest.mark.parametrize(("symbol", "identifier"), BY_SYMBOL)
def test_callable_by_every_name(symbol: str, identifier: str) -> None:
    assert all(identifier in ids(text) for text in spellings(symbol))
    module, _, name = symbol.rpartition(".")
    for text in (f"import {module}\n{symbol}", f"{name}(x)", f"import {module}\n{module}.no_{name}(x)"):
        assert identifier not in ids(text)


@pytest.mark.parametrize(("name", "identifier"), IMPORTS)
def test_import_by_every_form(name: str, identifier: str) -> None:
    package, _, leaf = name.rpartition(".")
    forms = [
        f"import {name}",
        f"import os, {name} as x",
        f"from {name} import y",
        f"from {name}.z import y as w",
    ]
    forms += [f"from {package} import {leaf}"] if package else []
    forms += [f"import importlib\nimportlib.import_module('{name}')", f"__import__('{name}')"]
    assert all(identifier in ids(form) for form in forms)
    for other in (f"import {name}_x", f"from . import {leaf}_x", f"x = '{name}'", f"import a.{name}"):
        assert identifier not in ids(other)


@pytest.mark.slow
@given(st.sampled_from(BY_ARGUMENTS), st.integers(0, 9), st.booleans())
def test_place_does_not_matter(identifier: str, before: int, in_function: bool) -> None:
    for text in APPLIES[identifier]:
        lines = text.split("\n")
        moved = ["# a line"] * before + (
            ["def g():", *(f"    {line}" for line in lines)] if in_function else lines
        )
        shift = before + in_function
        here = {(each.line + shift, each.id) for each in told(text)}
        assert here <= {(each.line, each.id) for each in told("\n".join(moved))}


def test_levels_depend_on_the_arguments() -> None:
    levels = {
        "import subprocess\nsubprocess.run('ls', shell=True)": ("B602", "low", "high"),
        "import subprocess\nsubprocess.run(x, shell=True)": ("B602", "high", "high"),
        "import os\nos.system('/bin/ls')": ("B605", "low", "high"),
        "os.chmod(p, 0o750)": ("B103", "medium", "high"),
        "os.chmod(p, 0o777)": ("B103", "high", "high"),
        "import tarfile\nt.extractall(members=f(t))": ("B202", "low", "low"),
        "q = f'select a from {t}'": ("B608", "medium", "low"),
        "c.execute(f'select a from {t}')": ("B608", "medium", "medium"),
    }
    for text, expected in levels.items():
        assert expected in {(each.id, each.severity, each.confidence) for each in told(text)}


def test_lines_are_those_of_what_is_wrong() -> None:
    text = "import subprocess\nsubprocess.run(\n    x,\n    shell=True,\n)\n\nlogin(\n    token='x',\n)\n"
    assert [(each.line, each.id) for each in told(text)] == [(1, "B404"), (4, "B602"), (8, "B106")]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# nosec", []),
        ("# nosec B307", []),
        ("#nosec: B102, B307", []),
        ("# NOSEC because", []),
        ("# nosec B102", ["B307"]),
        ("# second", ["B307"]),
    ],
)
def test_comments_excuse(comment: str, expected: list[str]) -> None:
    assert [each.id for each in told(f"eval(x)  {comment}")] == expected


def test_comment_within_a_call_excuses_it_alone() -> None:
    assert [(each.line, each.id) for each in told("eval(\n    x  # nosec\n)\neval(y)")] == [(4, "B307")]


def test_counts() -> None:
    found = counted(told("assert a\nassert b\nexec(c)\nx = '/tmp/y'"))
    assert len(found) == 9
    assert {key: number for key, number in found.items() if number} == {
        "low/high": 2,
        "medium/high": 1,
        "medium/medium": 1,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = (",
        "print 'a'",
        "def f(:\n  eval(",
        "\0",
        "'" * 99,
        "f(" * 500,
        "import",
        "from x import",
        "except: pass",
    ],
)
def test_broken_text_is_read_as_far_as_it_goes(text: str) -> None:
    assert all(each.id in RULES for each in told(text))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "x = '" + "select " * 20_000 + "' + y",
        "x = " + " + ".join(["'select a'"] * 5_000),
        "pass" * 50_000,
        "if x:\n    # pass: a\n    y()\n" * 5_000,
        "import hashlib\nhashlib.new(" + "-" * 3000 + "1)",
        "f(" * 3_000 + "shell=1",
        "secret = " * 3_000 + "1",
    ],
    ids=["words", "operators", "trigger", "comments", "signs", "calls", "assignments"],
)
def test_hostile_text_takes_no_more_than_a_parse_or_two(text: str) -> None:
    """Each would take minutes if its time grew with the square of its length."""
    assert all(each.id in RULES for each in told(text))
