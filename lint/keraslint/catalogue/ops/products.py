"""Products of tensors: matrix products, dot products, einsum."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, operand_shape, operation
from keraslint.catalogue.ops.shapes import axis_of, broadcast
from keraslint.catalogue.spec import Output, Refused
from keraslint.values.dim import Dim, same
from keraslint.values.shape import Shape
from keraslint.values.unknown import Why, undetermined


def _check(a: Dim | None, b: Dim | None, first: Shape, second: Shape) -> None:
    if a is not None and b is not None and same(a, b) is False:
        raise Refused(
            f"Inner dimensions ({a} and {b}) of the operands are incompatible: {first} and {second}",
            contract="merge-shapes",
            shapes=[first, second],
        )


@operation(
    "keras.ops.matmul(x1, x2)",
    "tf.matmul(a:x1, b:x2, transpose_a, transpose_b, adjoint_a, adjoint_b)",
    "operator.matmul(x1, x2)",
)
def matmul(arguments: Arguments) -> Output:
    """Return the shape of a matrix product; leading axes broadcast."""
    first, second = list(arguments.shape("x1")), list(arguments.shape("x2"))
    if not first or not second:
        raise Refused("matmul needs operands with an axis", contract="rank")
    if arguments.flag("transpose_a") or arguments.flag("adjoint_a"):
        first[-1], first[-2] = first[-2], first[-1]
    if arguments.flag("transpose_b") or arguments.flag("adjoint_b"):
        second[-1], second[-2] = second[-2], second[-1]
    a: Shape = tuple(first) if len(first) > 1 else (1, *first)
    b: Shape = tuple(second) if len(second) > 1 else (*second, 1)
    _check(a[-1], b[-2], tuple(first), tuple(second))
    rows = () if len(first) == 1 else (a[-2],)
    columns = () if len(second) == 1 else (b[-1],)
    return (*broadcast(a[:-2], b[:-2]), *rows, *columns)


@operation("keras.ops.dot(x1, x2)", "keras.backend.dot(x:x1, y:x2)")
def dot(arguments: Arguments) -> Output:
    """Return the shape of a dot product: the last axis of one with the last but one of the other."""
    first, second = arguments.shape("x1"), arguments.shape("x2")
    if not first or not second:
        return (*first, *second)
    if len(second) == 1:
        _check(first[-1], second[-1], first, second)
        return first[:-1]
    _check(first[-1], second[-2], first, second)
    return (*first[:-1], *second[:-2], second[-1])


@operation("keras.ops.tensordot(x1, x2, axes)", "tf.tensordot(a:x1, b:x2, axes)")
def tensordot(arguments: Arguments) -> Output:
    """Return the shape of a product over axes."""
    first, second = arguments.shape("x1"), arguments.shape("x2")
    axes = arguments.value("axes", 2)
    if isinstance(axes, int):
        left, right = list(range(len(first) - axes, len(first))), list(range(axes))
    elif isinstance(axes, list | tuple) and len(axes) == 2:
        sides = [item if isinstance(item, list | tuple) else [item] for item in axes]
        left = [axis_of(axis, len(first)) for axis in sides[0] if isinstance(axis, int)]
        right = [axis_of(axis, len(second)) for axis in sides[1] if isinstance(axis, int)]
    else:
        undetermined(Why.UNSUPPORTED, f"axes={axes!r}")
    # the axes that are summed over are not compared before there is data, in neither version
    kept = [dim for index, dim in enumerate(first) if index not in left]
    return (*kept, *(dim for index, dim in enumerate(second) if index not in right))


@operation("keras.ops.einsum(subscripts, a, b, c, d, e)", "tf.einsum(equation:subscripts, a, b, c, d, e)")
def einsum(arguments: Arguments) -> Output:
    """Return the shape of an einsum; an ellipsis stands for axes that broadcast."""
    equation = arguments.value("subscripts")
    operands = [operand_shape(value) for name in "abcde" if (value := arguments.raw(name)) is not None]
    if not isinstance(equation, str):
        undetermined(Why.UNSUPPORTED, "an einsum whose equation is no text")
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        raise Refused(f"einsum has {len(terms)} terms for {len(operands)} operands", contract="einsum")
    sizes: dict[str, Dim | None] = {}
    spread: Shape = ()
    for term, shape in zip(terms, operands, strict=True):
        spread = _bind_term(term, shape, sizes, spread)
    if not arrow:
        letters = sorted(set(left) - set(",."))
        once = "".join(letter for letter in letters if left.count(letter) == 1)
        right = ("..." if "..." in left else "") + once
    before, dots, after = right.partition("...")
    missing = [letter for letter in before + after if letter not in sizes]
    if missing:
        raise Refused(f"einsum: output subscript {missing[0]} is in no operand", contract="einsum")
    middle = spread if dots else ()
    return (*(sizes[letter] for letter in before), *middle, *(sizes[letter] for letter in after))


def _bind_term(term: str, shape: Shape, sizes: dict[str, Dim | None], spread: Shape) -> Shape:
    """Enter the sizes of a term's letters; return what the ellipsis spans so far."""
    before, dots, after = term.partition("...")
    rank = len(before) + len(after)
    if len(shape) < rank or (not dots and len(shape) != rank):
        raise Refused(f"einsum: the term {term} does not fit the shape {shape}", contract="rank", shape=shape)
    end = len(shape) - len(after)
    for letter, dim in [*zip(before, shape, strict=False), *zip(after, shape[end:], strict=True)]:
        known = sizes.get(letter)
        if known is not None and dim is not None and known != 1 and dim != 1 and same(known, dim) is False:
            raise Refused(f"einsum: {letter} is {known} and {dim}", contract="merge-shapes", shapes=[shape])
        if letter not in sizes or known is None or known == 1:
            sizes[letter] = dim
    return broadcast(spread, shape[len(before) : end]) if dots else spread
