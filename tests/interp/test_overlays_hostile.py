"""Whatever a native is called with, it gives a value, the program's exception, or an unknown, and it gives it soon."""

from __future__ import annotations

import random
import time

import pytest

from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.interp.machine import Machine
from keraslint.interp.overlays import MODULES, Lazy, PureNative, RawNative
from keraslint.interp.signals import Cut, Thrown
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import symbol
from keraslint.values.layer import Tensor
from keraslint.values.unknown import Undetermined, Unknown, Why
from tests.interp.overlay_programs import run
from tests.interp.pace import seconds

_OURS = [
    "builtins",
    "math",
    "operator",
    "functools",
    "itertools",
    "collections",
    "collections.abc",
    "copy",
    "string",
    "re",
    "json",
    "os",
    "os.path",
    "statistics",
    "dataclasses",
    "typing",
    "contextlib",
    "argparse",
    "inspect",
    "types",
    "random",
    "time",
    "datetime",
    "warnings",
    "logging",
    "numpy",
    "numpy.random",
    "method:str",
    "method:list",
    "method:dict",
    "method:set",
    "method:tuple",
    "method:int",
    "method:float",
    "method:bytes",
    "method:Array",
]
_SKIPPED = {"super", "locals", "globals", "vars", "property", "classmethod", "staticmethod"}


def _machine() -> Machine:
    return Machine(
        Keras.THREE, environment={}, roots=[""], read=lambda _path: None, is_folder=lambda _path: False, assume={}
    )


def _value(choose: random.Random) -> object:
    values: list[object] = [
        *(None, 3, -1, 0, 2.5, "abc", "", [1, 2, 3], [], (2, 3), {"a": 1}, {1, 2}, True, b"ab", range(3)),
        *(iter([1, 2]), NumpyInt(4), 10**9, float("nan"), [[1, 2], [3, 4]], [("a", 1)], ..., 1j, "float32"),
        Unknown(Why.INPUT, "n", None, "n"),
        Unknown(Why.DATA, "data"),
        symbol("k"),
        [Unknown(Why.INPUT, "n", None, "n"), 2],
        Array((2, 3), "float32"),
        Array((3,), "int64", [1, 2, 3]),
        Array(Unknown(Why.DATA, "shape"), "float32"),
        Array((symbol("k"), 4), "float32"),
        Tensor((None, 3)),
        RawNative("native", lambda _machine, *_args, **_kwargs: 1),
    ]
    return choose.choice(values)


_RECEIVERS: dict[str, object] = {
    "method:str": "abc",
    "method:bytes": b"ab",
    "method:tuple": (1, 2),
    "method:int": 3,
    "method:float": 2.5,
    "method:Array": Array((2, 2), "float64", [[1.0, 2.0], [3.0, 4.0]]),
}


@pytest.mark.parametrize("module", _OURS)
def test_natives_never_fail_on_their_own(module: str) -> None:
    machine = _machine()
    choose = random.Random(module)
    for name, member in sorted(MODULES[module].items()):
        native = member.make(machine) if isinstance(member, Lazy) else member
        if name in _SKIPPED or not isinstance(native, RawNative | PureNative):
            continue
        for _ in range(25):
            args = [_value(choose) for _ in range(choose.choice([0, 1, 1, 2, 2, 3]))]
            if module.startswith("method:"):
                receiver = {"method:list": [1, 2], "method:dict": {"a": 1}, "method:set": {1, 2}}.get(module)
                args = [_RECEIVERS.get(module, receiver), *args]
            machine.fuel = 100_000
            try:
                machine.call(native, tuple(args), {})
            except (Thrown, Cut, Undetermined, Refused):
                continue


_ENDLESS = {
    "sorting": "a = list(range(10 ** 6))\nwhile True:\n    b = sorted(a)",
    "an extreme": "a = list(range(10 ** 6))\nwhile True:\n    b = max(a)",
    "a joined text": "a = ['x'] * 10 ** 6\nwhile True:\n    b = ''.join(map(str, a))",
    "replacing": "a = 'a' * 10 ** 6\nwhile True:\n    b = a.replace('a', 'b')",
    "arrays": "import numpy as np\nwhile True:\n    b = np.arange(4096) / 3 + np.sqrt(np.arange(4096))",
    "counting": "import itertools\nfor x in itertools.count():\n    pass",
    "the items of an endless iterator": "import itertools\nx = list(itertools.cycle([1]))\nwhile True:\n    pass",
    "a doubling list": "a = [1]\nwhile True:\n    a.extend(a)",
    "a long text": "while True:\n    b = ('ab' * 10 ** 4).join(['a' * 10 ** 4] * 40)",
    "a copy in depth": "import copy\na = [[1] for _ in range(1000)]\nwhile True:\n    b = copy.deepcopy(a)",
}


@pytest.mark.parametrize("title", _ENDLESS)
def test_an_endless_loop_over_natives_is_cut(title: str) -> None:
    bound = seconds(4)
    start = time.process_time()
    with pytest.raises((Cut, Undetermined)):
        run(_ENDLESS[title])
    assert time.process_time() - start < bound
