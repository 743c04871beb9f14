"""Finds an operation by any of its public names, and binds the arguments of a call to it.

Names are dotted: ``keras.ops.matmul``, ``keras.ops.numpy.mean``, ``keras.activations.relu``, ``keras.backend.sum`` (``K``
of Keras 2), ``tf.math.reduce_sum``, ``operator.add`` (Python's operators on symbolic tensors).

The data is written by ``tests/record/operations.py``.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from keraslint.catalogue import ops
from keraslint.catalogue.operations import Arguments, Operation, functions
from keraslint.catalogue.ops.dtypes import DTYPES, check_dtype, is_integer
from keraslint.catalogue.signatures import Parameter
from keraslint.catalogue.spec import Output, Refused
from keraslint.catalogue.versions import Keras
from keraslint.values.layer import Tensor
from keraslint.values.unknown import Undetermined, Unknown, Why

_SELF = "="
_RAISES = "!"


@dataclass(frozen=True, slots=True)
class OperationEntry:
    """What is recorded of an operation, and its shape function where there is one.

    ``operation_class`` is the class of the Operation in Keras 3, ``=`` where the tensor itself is returned, ``!`` where
    a symbolic tensor is refused; ``layer_name`` is the automatic name of the layer in Keras 2.
    """

    canonical: str
    parameters: tuple[Parameter, ...]
    function: Operation | None
    operation_class: str
    layer_name: str
    slicing: bool = False
    takes_anything: bool = False
    parameters_two: tuple[Parameter, ...] = ()
    """Those of Keras 2, where they differ."""

    def layer_class(self, keras: Keras) -> str:
        """Return the class name of the row that a call on a symbolic tensor makes."""
        if keras is Keras.TWO:
            return "SlicingOpLambda" if self.slicing else "TFOpLambda"
        name = self.operation_class
        return self.canonical.rpartition(".")[2] if name in {"", _SELF, _RAISES} else name

    def stem(self, keras: Keras) -> str:
        """Return the automatic name of that row, before it is numbered."""
        if keras is Keras.TWO:
            return self.layer_name or self.canonical.rpartition(".")[2]
        name = re.sub(r"\W+", "", self.layer_class(keras))
        name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
        return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()

    def refuses_symbolic(self, keras: Keras) -> bool:
        """Return whether Keras raises for a symbolic tensor outside of a layer's ``call``.

        In Keras 3 functions of TensorFlow, and those of ``keras.backend`` made of them, take no KerasTensor; in Keras 2 the
        few functions of TensorFlow that are not dispatched.
        """
        if keras is Keras.TWO:
            return self.canonical.startswith("tf.") and not self.layer_name
        return self.operation_class == _RAISES or self.canonical.startswith(("tf.", "keras.backend.", "keras.random."))


def find(dotted: str, keras: Keras = Keras.THREE, *, traced: bool = False) -> OperationEntry | None:
    """Return an operation that this version has, by any of its names; None where there is none.

    ``traced``: within a layer's ``call`` or a ``Lambda``, where Keras 3 takes TensorFlow's functions too.
    """
    entry = _entry(dotted)
    if entry is None:
        return None
    if keras is Keras.TWO and entry.canonical.startswith(("keras.ops.", "keras.random.")):
        return None
    if keras is Keras.THREE and entry.canonical.startswith("tf.") and not traced:
        return None
    if entry.canonical.startswith("keras.activations."):
        if not (entry.layer_name if keras is Keras.TWO else entry.operation_class):
            return None
        return replace(entry, parameters=entry.parameters_two) if keras is Keras.TWO and entry.parameters_two else entry
    return entry


def names() -> tuple[str, ...]:
    """Return the canonical names of all recorded operations."""
    return tuple(_recorded()["operations"])


def bind(
    entry: OperationEntry, args: Sequence[object], kwargs: Mapping[str, object], keras: Keras = Keras.THREE
) -> Arguments:
    """Return the arguments of a call, defaults filled in; raise ``Refused`` (TypeError) as Python does."""
    plain = [parameter for parameter in entry.parameters if parameter.kind in {"positional", "plain"}]
    rest = next((parameter.name for parameter in entry.parameters if parameter.kind == "*"), None)
    if any(isinstance(value, Unknown) and value.symbol == "*" for value in args):
        raise Undetermined(next(value for value in args if isinstance(value, Unknown)))
    if len(args) > len(plain) and rest is None:
        raise _refused(entry, f"takes {len(plain)} positional arguments but {len(args)} were given", "")
    values: dict[str, object] = dict(zip((parameter.name for parameter in plain), args, strict=False))
    if rest is not None:
        values[rest] = tuple(args[len(plain) :])
    extra: dict[str, object] = {}
    known = {parameter.name for parameter in entry.parameters if parameter.kind in {"plain", "keyword"}}
    for name, value in kwargs.items():
        if name in known:
            if name in values:
                raise _refused(entry, f"got multiple values for argument {name!r}", name)
            values[name] = value
        elif entry.takes_anything:
            extra[name] = value
        else:
            raise _refused(entry, f"got an unexpected keyword argument {name!r}", name)
    for parameter in entry.parameters:
        if parameter.kind == "**":
            values[parameter.name] = extra
        elif parameter.kind != "*" and parameter.name not in values:
            if parameter.is_required:
                raise _refused(entry, f"missing 1 required argument: {parameter.name!r}", parameter.name)
            values[parameter.name] = parameter.default
    return Arguments(values, keras)


def _refused(entry: OperationEntry, what: str, name: str) -> Refused:
    function = entry.canonical.rpartition(".")[2]
    return Refused(f"{function}() {what}", error="TypeError", contract="signature", argument=name)


@functools.cache
def _entry(dotted: str) -> OperationEntry | None:
    recorded = _recorded()
    canonical = recorded["aliases"].get(dotted, dotted)
    record = recorded["operations"].get(canonical)
    if record is None:
        return None
    signature = recorded["signatures"][record["s"]]
    return OperationEntry(
        canonical=canonical,
        parameters=_parameters(recorded, record["s"]),
        function=_checked(_functions().get(canonical), record.get("r", "")),
        operation_class=record.get("c3", ""),
        layer_name=record.get("n2", ""),
        slicing=record.get("c2") == "SlicingOpLambda",
        parameters_two=_parameters(recorded, record["s2"]) if "s2" in record else (),
        takes_anything=any(kind == "**" for _, kind, *_ in signature),
    )


def _checked(function: Operation | None, refused: str) -> Operation | None:
    """Return a function that refuses a first argument of a dtype that Keras 2 was seen to refuse."""
    if function is None or not refused:
        return function

    def check(arguments: Arguments) -> Output:
        value = next(iter(arguments.values.values()))
        if isinstance(value, Tensor):
            kind = "b" if value.dtype == "bool" else "i" if is_integer(value.dtype) else ""
            if kind and kind in refused and arguments.keras is Keras.TWO:
                check_dtype(value.dtype, value.dtype)
        return function(arguments)

    return check


def _parameters(recorded: dict[str, dict], number: int) -> tuple[Parameter, ...]:  # type: ignore[type-arg]
    return tuple(_parameter(*item) for item in recorded["signatures"][number])


def _parameter(name: str, kind: str, *default: object) -> Parameter:
    required = not default and kind not in {"*", "**"}
    return Parameter(name, kind, required, _default(default[0]) if default else None)


def _default(recorded: object) -> object:
    match recorded:
        case {"tuple": list(items)}:
            return tuple(_default(item) for item in items)
        case {"float": str(text)}:
            return float(text)
        case {"object": str(name)}:
            return name if name in DTYPES else Unknown(Why.UNSUPPORTED, f"the default {name}")
        case list():
            return [_default(item) for item in recorded]
        case _:
            return recorded


@functools.cache
def _functions() -> Mapping[str, Operation]:
    ops.load()
    return functions()


@functools.cache
def _recorded() -> dict[str, dict]:  # type: ignore[type-arg]
    path = Path(__file__).parents[1] / "data" / "operations.json"
    recorded: dict[str, dict] = json.loads(path.read_text(encoding="utf-8"))  # type: ignore[type-arg]
    return recorded
