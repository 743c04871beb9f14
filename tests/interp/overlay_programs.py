"""Runs a program in the machine and in Python, for tests that compare the two."""

from __future__ import annotations

import collections.abc
import enum
import types
from collections.abc import Mapping

from keraslint.catalogue.versions import Keras
from keraslint.interp.machine import Machine
from keraslint.interp.signals import Thrown
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.program import Class, Instance, Module
from keraslint.values.unknown import Unknown


def run(text: str, environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return the names of a program after the machine has run it; what it raises is under ``raised``."""
    files = {"main.py": text.encode()}
    machine = Machine(
        Keras.THREE, environment=environment or {}, roots=[""], read=files.get, is_folder=lambda _path: False, assume={}
    )
    module = Module("__main__", "main.py")
    module.namespace.update({"__name__": "__main__", "__file__": "main.py"})
    machine.modules["__main__"] = module
    try:
        machine.run_statements(module, machine.program_of("main.py", files["main.py"]))
    except Thrown as thrown:
        module.namespace["raised"] = thrown.value.cls.name
    return module.namespace


def evaluate(expression: str, imports: str = "") -> object:
    """Return an expression's value as the machine computes it, or the name of what it raises."""
    namespace = run(f"{imports}\nvalue = {expression}\n")
    return plain(namespace["value"]) if "value" in namespace else namespace["raised"]


def python(expression: str, imports: str = "") -> object:
    """Return an expression's value as Python computes it, or the name of what it raises."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    try:
        exec(f"{imports}\nvalue = {expression}\n", namespace)
    except Exception as error:  # noqa: BLE001  whatever Python raises is what is expected
        return type(error).__name__
    return plain(namespace["value"])


def plain(value: object) -> object:
    """Return a value of either side as one that can be compared: with its type's name where that matters."""
    match value:
        case bool() | str() | bytes() | None:
            return value
        case int():
            return int(value)
        case float():
            return ("nan",) if value != value else float(value)  # noqa: PLR0124  nan
        case list() | tuple():
            return ("list" if isinstance(value, list) else "tuple", *map(plain, value))
        case dict():
            return ("dict", *((plain(key), plain(item)) for key, item in value.items()))
        case set() | frozenset():
            return ("set", *sorted(map(repr, value)))
        case Unknown():
            return f"unknown {value.symbol or value.what}"
        case Poly():
            return f"formula {value}"
        case Array():
            return ("array", value.shape, str(value.dtype), plain(value.items))
        case Instance():
            if "_value_" in value.attributes:
                return f"{value.cls.name}.{value.attributes['_name_']}"
            return plain(value.data) if value.data is not None else ("object", value.cls.name, plain(value.attributes))
        case Class():
            return f"class {value.name}"
        case enum.Enum():
            return f"{type(value).__name__}.{value.name}"
        case types.SimpleNamespace():
            return ("object", "namespace", plain(vars(value)))
        case type():
            return f"class {value.__name__}"
        case collections.abc.KeysView() | collections.abc.ValuesView() | collections.abc.ItemsView():
            return plain(list(value))
        case collections.deque():
            return plain(list(value))
        case collections.abc.Iterator():
            return plain(list(value))
        case range() | complex() | slice():
            return repr(value)
        case _ if type(value).__module__ == "__main__":
            return ("object", type(value).__name__, plain(vars(value)))
        case _:
            return type(value).__name__
