"""Einstein sums: what Keras 3 says of an equation, and what TensorFlow infers."""

from __future__ import annotations

import re

from keraslint.catalogue.operations import Arguments, operation
from keraslint.catalogue.ops.dtypes import dtype_of, mixed, promote, strong
from keraslint.catalogue.ops.shapes import (
    broadcast,
    data_shape,
    merge,
    refuse,
    text,
)
from keraslint.catalogue.spec import Output, Signature
from keraslint.values.dim import Dim
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Why, undetermined

# einsum


@operation("keras.ops.einsum")
def einsum(arguments: Arguments) -> Output:
    """Return what Keras 3 says of an equation (``Einsum.compute_output_spec``)."""
    equation, operands = text(arguments, "subscripts"), arguments.value("operands")
    assert isinstance(operands, tuple)
    shapes = [data_shape(operand) for operand in operands]
    sides = equation.split("->")
    if len(sides) > 2:
        refuse(f"At most one '->' is supported in `einsum` subscripts, but received {equation}.")
    specs = sides[0].split(",")
    if len(specs) != len(shapes):
        refuse(
            f"Number of operands ({len(shapes)}) does not match the number of input specs ({len(specs)}) in `einsum`, "
            f"received subscripts={equation}."
        )
    target = sides[1] if len(sides) == 2 else "..." + "".join(_kept(sides[0]))
    expanded = [_expanded(spec, shape, target) for spec, shape in zip(specs, shapes, strict=True)]
    dtypes = {strong(dtype_of(operand)) for operand in operands}
    return Signature(broadcast(*expanded), "int32" if dtypes == {"int8"} else promote(*dtypes))


def _kept(subscripts: str) -> list[str]:
    """Return the names that a product keeps by itself, sorted: those that stand an odd number of times (or thrice)."""
    reduced: set[str] = set()
    kept: set[str] = set()
    for name in filter(str.isalpha, subscripts):
        if name in kept:
            kept.remove(name)
            reduced.add(name)
        elif name not in reduced:
            kept.add(name)
    return sorted(kept)


def _expanded(spec: str, shape: Shape, target: str) -> Shape:
    """Return an operand's shape along the axes of the result: 1 where it has none of that name."""
    parts = spec.split("...")
    sizes: dict[str, Dim | None] = {}
    wild: Shape = ()
    if len(parts) == 1:
        if len(shape) != len(spec):
            refuse(
                f"Number of dimensions in the subscript does not match the number of dimensions in the operand, received "
                f"subscript `{spec}` and operand of shape {shape_text(shape)}.",
                contract="rank",
                shape=shape,
            )
        for name, dim in zip(spec, shape, strict=True):
            sizes.setdefault(name, dim)
    else:
        before, after = parts[0], parts[1]
        if len(before) > len(shape) or len(after) > len(shape):
            refuse("list index out of range", error="IndexError", contract="rank", shape=shape)
        for index, name in enumerate(before):
            sizes.setdefault(name, shape[index])
        for index, name in enumerate(reversed(after)):
            sizes.setdefault(name, shape[-1 - index])
        wild = shape[len(before) : len(shape) - len(after)]
    result: list[Dim | None] = []
    for mark in re.findall(r"\.\.\.|\S", target):
        if mark == "...":
            result += wild
        elif mark in sizes:
            result.append(sizes[mark])
        elif "a" <= mark <= "z":
            result.append(1)
        else:
            refuse(f"invalid literal for int() with base 10: {mark!r}")
    return tuple(result)


@operation("tf.einsum")
def tensorflow_einsum(arguments: Arguments) -> Output:
    """Return what TensorFlow infers: a name has one size everywhere, what the ellipses stand for broadcasts."""
    equation, operands = text(arguments, "equation").replace(" ", ""), arguments.value("inputs")
    assert isinstance(operands, tuple)
    shapes = [data_shape(operand) for operand in operands]
    source, _, target = equation.partition("->")
    specs = source.split(",")
    if len(specs) != len(shapes):
        refuse(f"Got {len(shapes)} arguments for equation {equation!r}, expecting {len(specs)}")
    sizes: dict[str, Dim | None] = {}
    wilds: list[Shape] = []
    for spec, shape in zip(specs, shapes, strict=True):
        wilds.append(_named(spec, shape, sizes))
    if "->" not in equation:
        names = source.replace(".", "").replace(",", "")
        target = ("..." if "..." in source else "") + "".join(sorted(n for n in set(names) if names.count(n) == 1))
    result: list[Dim | None] = []
    for mark in re.findall(r"\.\.\.|\S", target):
        if mark == "...":
            result += broadcast(*wilds)
        elif mark in sizes:
            result.append(sizes[mark])
        else:
            refuse(f"Output subscripts contain the label {mark!r} not present in the input subscripts.")
    if "..." not in target and any(wilds):
        undetermined(Why.UNSUPPORTED, f"an ellipsis that is summed over: {equation}")
    return Signature(tuple(result), mixed(*operands))


def _named(spec: str, shape: Shape, sizes: dict[str, Dim | None]) -> Shape:
    """Give names their sizes, and return what the ellipsis stands for."""
    before, dots, after = spec.partition("...")
    if (not dots and len(spec) != len(shape)) or len(before) + len(after) > len(shape):
        refuse(
            f"Expected rank {len(before) + len(after)} for the subscripts {spec!r}, received {shape_text(shape)}",
            contract="rank",
            shape=shape,
        )
    pairs = list(zip(before, shape, strict=False))
    pairs += list(zip(after, shape[len(shape) - len(after) :], strict=True))
    for name, dim in pairs:
        sizes[name] = merge((sizes.get(name), dim))
    return shape[len(before) : len(shape) - len(after)]
