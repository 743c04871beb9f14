"""Programs that never end or grow without bound are cut soon, in little memory, and leave nothing certain behind."""

from __future__ import annotations

import time

import pytest

from keraslint.app.run import quick_allocation
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile
from tests.interp.pace import seconds

_SECONDS = 4
"""Twice what a file may take, for a machine that is busy."""
_HEAD = "import re, itertools, copy\nimport keras\nfrom keras import layers\nx = keras.Input((4,))\nn = 3\n"
_TAIL = "\nmodel = keras.Model(x, layers.Dense(n)(x))\n"
_HOSTILE = {
    "an endless loop": "while True:\n    n = 4",
    "an endless loop over nothing": "while 1: pass",
    "a text that doubles": "s = 'ab'\nfor _ in range(200):\n    s += s\nn = len(s)",
    "a list that doubles": "a = [1]\nfor _ in range(200):\n    a = a + a\nn = len(a)",
    "a list that doubles in place": "a = [1]\nfor _ in range(200):\n    a += a\nn = len(a)",
    "a list that grows while it is read": "a = [1]\nfor i in a:\n    a.append(i)\nn = len(a)",
    "an integer that squares": "k = 3\nfor _ in range(100):\n    k = k * k\nn = k % 7",
    "a tower of powers": "k = 2 ** 10 ** 9\nn = k % 5",
    "a shift": "k = 1 << 10 ** 10\nn = k % 5",
    "a long factorial": "import math\nn = math.factorial(10 ** 7) % 7",
    "a repeated text": "s = 'a' * 10 ** 9\nn = len(s)",
    "a repeated list": "s = [0] * 10 ** 9\nn = len(s)",
    "a long range": "for i in range(10 ** 12):\n    n = 4",
    "a range beyond a machine word": "for i in range(1 << 1000):\n    n = 4",
    "the list of a long range": "n = len(list(range(10 ** 12)))",
    "the sum of a long range": "n = sum(range(10 ** 12)) % 7",
    "a nest of comprehensions": "a = [[[[i * j * k for i in range(1000)] for j in range(1000)] for k in range(1000)]]\nn = len(a) + 1",
    "a product of many": "n = sum(1 for _ in itertools.product(range(100), repeat=8)) % 7",
    "permutations": "n = len(list(itertools.permutations(range(14)))) % 7",
    "a wide format": "s = '{:>999999999}'.format('a')\nn = len(s)",
    "a wide f-string": "s = f'{1:0999999999}'\nn = len(s)",
    "a wide percent": "s = '%999999999d' % 1\nn = len(s)",
    "a precise float": "s = f'{1.5:.999999999f}'\nn = len(s)",
    "padding": "s = 'a'.center(10 ** 10)\nn = len(s)",
    "filled with zeros": "s = '1'.zfill(10 ** 10)\nn = len(s)",
    "replaced by more": "s = 'a' * 1000\nfor _ in range(10):\n    s = s.replace('a', 'aa' * 50)\nn = len(s)",
    "expanded tabs": "s = '\\t' * 1000\ns = s.expandtabs(10 ** 8)\nn = len(s)",
    "a catastrophic pattern": "n = 5 if re.match(r'(a+)+$', 'a' * 60 + 'b') else 4",
    "another one": "n = 5 if re.match(r'(a|aa)+$', 'a' * 60 + 'b') else 4",
    "one with many repeats": "n = 5 if re.match(r'a*a*a*a*a*a*a*a*a*a*b', 'a' * 3000) else 4",
    "one that looks back": "n = 5 if re.search(r'(.*)(.*)(.*)\\\\1\\\\2\\\\3x', 'a' * 400) else 4",
    "one with optional parts": "n = 5 if re.match('a?' * 30 + 'a' * 30, 'a' * 29) else 4",
    "recursion": "def f(k):\n    return f(k + 1)\nn = f(0)",
    "recursion that branches": "def f(k):\n    return 1 if k == 0 else f(k - 1) + f(k - 1)\nn = f(60) % 7",
    "recursion of two": "def f(k): return g(k)\ndef g(k): return f(k)\nn = f(1)",
    "attributes that ask for themselves": "class A:\n    def __getattr__(self, name): return getattr(self, name + 'x')\nn = A().y",
    "a generator without end": "def g():\n    while True: yield 1\nn = sum(g())",
    "generators of generators": "def g(k):\n    yield from g(k + 1)\nn = len(list(g(0)))",
    "an iterator without end": "n = len(list(itertools.count()))",
    "zip of endless ones": "n = len(list(zip(itertools.count(), itertools.cycle([1]))))",
    "a dict that grows": "d = {}\nwhile len(d) >= 0:\n    d[len(d)] = 1\nn = len(d)",
    "a nest that deepens": "a = []\nfor _ in range(10 ** 6):\n    a = [a]\nn = len(repr(a))",
    "a copy of a nest": "a = []\nfor _ in range(5000):\n    a = [a]\nb = copy.deepcopy(a)\nn = len(b) + 3",
    "equality of deep nests": "a = []\nb = []\nfor _ in range(5000):\n    a = [a]\n    b = [b]\nn = 3 if a == b else 5",
    "a nest that holds itself": "a = []\na.append(a)\nn = 3 if a == [a] else 5",
    "a sum of lists": "a = [[1] * 1000] * 1000\nfor _ in range(100):\n    b = sum(a, [])\nn = len(b)",
    "arguments without end": "def f(*a): return f(*a, *a)\nn = f(1, 2)",
    "eval of itself": "s = 'eval(s)'\nn = eval(s)",
    "exec of itself": "s = 'exec(s)'\nexec(s)",
    "a large array": "import numpy as np\na = np.zeros((10 ** 6, 10 ** 6))\nn = int(a.sum()) + 3",
    "arrays in a loop": "import numpy as np\na = np.arange(4096)\nwhile True:\n    a = a + np.sort(a)",
    "a model a round": "while True:\n    m = keras.Sequential([keras.Input((4,)), layers.Dense(n)])",
    "layers without end": "y = x\nwhile True:\n    y = layers.Dense(n)(y)",
    "classes without end": "while True:\n    class A:\n        n = 4",
    "exceptions without end": "while True:\n    try:\n        raise ValueError\n    except ValueError:\n        n = 4",
    "conditions without end": "import os\nwhile os.path.exists('f'):\n    n = n + 1 if os.path.exists(str(n)) else n",
    "a formula that doubles": "def f(a, b):\n    for _ in range(60):\n        a = a * a + b\n    return a\nn = f(int(input()), int(input()))",
    "a formula of many terms": "k = 1\nfor i in range(300):\n    k = k * (int(input()) + int(input()))\nn = k",
}


_EXACT = {
    "a catastrophic pattern": 20,
    "another one": 20,
    "equality of deep nests": 15,
    "a copy of a nest": 20,
    "a nest that holds itself": 15,
    "one with many repeats": 20,
    "one with optional parts": 20,
    "one that looks back": 20,
}
"""What the program gives in Python, of those that end there."""


@pytest.mark.parametrize("title", _HOSTILE)
def test_a_hostile_program_ends_soon_and_leaves_no_number_that_the_cut_could_have_changed(title: str) -> None:
    text = _HEAD + _HOSTILE[title] + _TAIL
    bound = seconds(_SECONDS)
    start = time.process_time()
    with quick_allocation():  # as the command does
        analysis = analyse_source(SourceFile("hostile.py", text), [], Options(read=lambda _path: None))
    assert time.process_time() - start < bound
    for model in analysis.models:
        if model.certainty == "exact" and model.span.line >= text.count("\n"):
            assert model.count.total == _EXACT.get(title)
