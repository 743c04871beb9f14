"""What an operation on tensors is: a function from bound arguments to output shapes, registered by dotted name.

An operation is known under its public names, each with the parameters of that spelling; ``input_tensor:x`` says that
the parameter ``input_tensor`` is what the function calls ``x``. Every operation also takes ``name`` and ``dtype``.
It may raise what a layer may: ``Undetermined`` and ``Refused``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from keraslint.catalogue.spec import Output, Refused, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined


class Arguments:
    """The arguments of one operation, bound to its parameter names; tensors among them are symbolic or arrays."""

    __slots__ = ("keras", "values")

    def __init__(self, values: Mapping[str, object], keras: Keras) -> None:
        self.values = values
        self.keras = keras

    def raw(self, name: str) -> object:
        """Return an argument as it is, None where it was not given."""
        return self.values.get(name)

    def value(self, name: str, default: object = None) -> object:
        """Return an argument that must be known."""
        value = self.values.get(name, default)
        if isinstance(value, Unknown):
            raise Undetermined(value)
        return value

    def flag(self, name: str) -> bool:
        """Return an argument used as a condition."""
        return bool(self.value(name))

    def shape(self, name: str) -> Shape:
        """Return the shape of a tensor argument; of a number or a list of numbers, the shape of such an array."""
        return operand_shape(self.values.get(name))

    def integer(self, name: str, default: int) -> int:
        """Return an argument that has to be a plain integer, such as an axis."""
        value = self.value(name, default)
        if isinstance(value, int):
            return int(value)
        undetermined(Why.UNSUPPORTED, f"{name}={value!r}")

    def dtype(self, name: str) -> str:
        """Return the dtype of a tensor argument."""
        value = self.values.get(name)
        return value.dtype if isinstance(value, Tensor | Array) else "float32"


def operand_shape(value: object) -> Shape:
    """Return the shape of a tensor, an array, a number, or nested lists of them."""
    if isinstance(value, list | tuple):
        inner = [operand_shape(item) for item in value]
        return (len(value), *(inner[0] if inner else ()))
    return shape_of(value)


Operation = Callable[[Arguments], Output]


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation under one of its names. ``parameters``: (spelled, meant) in order."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    function: Operation

    def layer_class(self, keras: Keras) -> str:
        """Return the class name of the node that Keras makes of it."""
        if keras is Keras.TWO:
            return "SlicingOpLambda" if self.name == "operator.getitem" else "TFOpLambda"
        return "".join(part.title() for part in self.stem(keras).split("_"))

    def stem(self, keras: Keras) -> str:
        """Return the stem of the node's automatic name."""
        last = self.name.rpartition(".")[2]
        return self.name if keras is Keras.TWO else _STEMS.get(last, last)


_STEMS = {"getitem": "get_item", "sub": "subtract", "mul": "multiply", "truediv": "true_divide", "neg": "negative"}
_ENTRIES: dict[str, Entry] = {}
_SIGNATURE = re.compile(r"([\w.]+)(?:\((.*)\))?")


def operation(*signatures: str) -> Callable[[Operation], Operation]:
    """Register a function as operations: ``@operation("keras.ops.sum(x, axis, keepdims)", …)``."""

    def register(function: Operation) -> Operation:
        for signature in signatures:
            match = _SIGNATURE.fullmatch(signature)
            if match is None or match[1] in _ENTRIES:
                message = f"operation {signature} is registered twice, or is not readable"
                raise ValueError(message)
            parameters = [part.strip().partition(":") for part in (match[2] or "x").split(",")]
            _ENTRIES[match[1]] = Entry(match[1], tuple((own, meant or own) for own, _, meant in parameters), function)
        return function

    return register


def entries() -> Mapping[str, Entry]:
    """Return every operation registered so far; importing ``catalogue.ops`` registers all."""
    return _ENTRIES


def bind_operation(entry: Entry, args: tuple[object, ...], kwargs: Mapping[str, object], keras: Keras) -> Arguments:
    """Return the arguments of a call by the names that the function reads; raise ``Refused`` where they do not fit."""
    if len(args) > len(entry.parameters):
        if "name" not in kwargs and len(args) == len(entry.parameters) + 1 and isinstance(args[-1], str):
            args = args[:-1]
        else:
            message = f"{entry.name}() takes {len(entry.parameters)} positional arguments but {len(args)} were given"
            raise Refused(message, error="TypeError")
    meant = dict(entry.parameters)
    values = dict(zip(meant.values(), args, strict=False))
    for name, value in kwargs.items():
        if name in meant:
            values[meant[name]] = value
        elif name not in {"name", "dtype"}:
            undetermined(Why.UNSUPPORTED, f"the argument {name} of {entry.name}")
    return Arguments(values, keras)
