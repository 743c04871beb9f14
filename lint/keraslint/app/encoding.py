"""Records as JSON and back, equal in every field: what the cache keeps, and what worker processes send.

Only the classes below are ever made, and only of plain data: a hostile text can give a wrong record, never run anything.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import cast

import msgspec

from keraslint.diagnose import diagnostic
from keraslint.graph import analysis
from keraslint.source.text import Cell
from keraslint.values import unknown
from keraslint.values.dim import Atom, Poly

RECORDS: Mapping[str, type[msgspec.Struct]] = {
    record.__name__: record
    for module in (unknown, analysis, diagnostic)
    for record in vars(module).values()
    if isinstance(record, type) and issubclass(record, msgspec.Struct) and record.__module__ == module.__name__
}
_ENUMERATIONS = (diagnostic.Severity, diagnostic.Applicability)


class NotPlainError(Exception):
    """A record holds something that is not written as JSON, or JSON is no record."""


def encode(value: object) -> bytes:
    """Return a record as JSON; raise ``NotPlainError`` where it holds anything but plain data."""
    return json.dumps(_plain(value), separators=(",", ":")).encode("ascii")


def decode(data: bytes) -> object:
    """Return the record of a JSON text; raise ``NotPlainError`` where it is none."""
    try:
        return _value(json.loads(data))
    except (ValueError, TypeError, LookupError, RecursionError) as problem:
        raise NotPlainError(str(problem)) from problem


def _plain(value: object) -> object:
    """Return JSON's own values as they are, a tuple as a list, and all else as an object of one key, its kind."""
    kind = type(value)
    if value is None or kind is int or kind is str or kind is bool:
        return value
    if kind is tuple:
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, msgspec.Struct) and kind.__name__ in RECORDS:
        return {kind.__name__: [_plain(getattr(value, name)) for name in value.__struct_fields__]}
    if kind is list:
        return {"list": [_plain(item) for item in cast("list[object]", value)]}
    if kind is dict:
        return {"dict": [[_plain(k), _plain(v)] for k, v in cast("dict[object, object]", value).items()]}
    if kind is float and math.isfinite(cast("float", value)):
        return {"float": repr(value)}
    if isinstance(value, Poly):
        terms = [[[_plain(atom) for atom in monomial], factor] for monomial, factor in value.terms.items()]
        return {"formula": terms}
    if isinstance(value, Atom):
        return {"atom": [value.kind, [_plain(operand) for operand in value.operands], value.text]}
    if isinstance(value, Cell):
        return {"cell": [value.number, value.start]}
    for enumeration in _ENUMERATIONS:
        if isinstance(value, enumeration):
            return {enumeration.__name__: value.value}
    message = f"a {kind.__name__} is not plain"
    raise NotPlainError(message)


def _value(plain: object) -> object:
    if isinstance(plain, list):
        return tuple([_value(item) for item in plain])
    if not isinstance(plain, dict):
        return plain
    ((name, content),) = plain.items()
    record = RECORDS.get(name)
    if record is not None:
        return record(*[_value(item) for item in content])
    return _MAKERS[name](content)


def _formula(content: list[tuple[list[object], int]]) -> Poly:
    # the texts of atoms are their identity, and are those that the sender made of the operands
    return Poly({tuple(cast("Atom", _value(atom)) for atom in monomial): factor for monomial, factor in content})


def _atom(content: tuple[str, list[object], str]) -> Atom:
    kind, operands, text = content
    return Atom(kind, tuple(cast("int | Poly", _value(operand)) for operand in operands), text)


_MAKERS: Mapping[str, Callable[..., object]] = {
    "list": lambda content: [_value(item) for item in content],
    "dict": lambda content: {_value(key): _value(value) for key, value in content},
    "float": float,
    "formula": _formula,
    "atom": _atom,
    "cell": lambda content: Cell(*content),
    **{enumeration.__name__: enumeration for enumeration in _ENUMERATIONS},
}
