"""Random arguments for calls of operations, written as Python text that real packages and our own model both evaluate.

``T(shape, dtype)`` is a symbolic tensor, ``A(shape, dtype)`` data.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

Shape = tuple[int | None, ...]
Maker = Callable[["Draw"], str]


class Draw:
    """A source of random arguments. ``keras``: in Keras 2 symbolic tensors have at least one axis."""

    def __init__(self, seed: str, keras: str) -> None:
        self.random = random.Random(seed)
        self.keras = keras

    def chance(self, odds: float) -> bool:
        """Return True that often."""
        return self.random.random() < odds

    def pick(self, *options: object) -> object:
        """Return one of the options."""
        return self.random.choice(options)

    def integer(self, low: int, high: int) -> int:
        """Return an integer between bounds."""
        return self.random.randint(low, high)

    def dim(self, none: float = 0.15) -> int | None:
        """Return a dimension."""
        return None if self.chance(none) else self.random.choice((1, 2, 2, 3, 4, 5, 6, 8))

    def shape(self, low: int = 1, high: int = 4, none: float = 0.15) -> Shape:
        """Return a shape, often with an open batch."""
        if self.keras == "2":
            low = max(low, 1)
        rank = self.integer(low, max(low, high))
        lead = (None,) if rank and self.chance(0.5) and none else ()
        return lead + tuple(self.dim(none) for _ in range(rank - len(lead)))

    def known(self, low: int = 1, high: int = 4) -> Shape:
        """Return a shape without None."""
        return self.shape(low, high, none=0)

    def near(self, shape: Shape, odds: float = 0.15) -> Shape:
        """Return a shape that mostly broadcasts with another, or equals it."""
        result = list(shape)
        for index in range(len(result)):
            if self.chance(odds):
                result[index] = self.pick(1, None, 3, result[index])  # type: ignore[assignment]
        if self.chance(odds) and len(result) > 1:
            del result[0]
        return tuple(result)

    def like(self, shape: Shape, odds: float = 0.1) -> Shape:
        """Return the same shape, but now and then with another dimension or None."""
        return tuple(self.pick(None, 3, dim) if self.chance(odds) else dim for dim in shape)  # type: ignore[misc]

    def t(self, shape: Shape | None = None, dtype: str = "float32") -> str:
        """Return a symbolic tensor."""
        shape = self.shape() if shape is None else shape
        kind = "" if dtype == "float32" else f", {dtype!r}"
        return f"T({shape}{kind})"

    def data(self, shape: Shape, dtype: str = "float32") -> str:
        """Return data: without None."""
        known = tuple(2 if dim is None else dim for dim in shape)
        kind = "" if dtype == "float32" else f", {dtype!r}"
        return f"A({known}{kind})"

    def axis(self, rank: int, wrong: float = 0.06) -> int:
        """Return an axis, now and then out of range."""
        if self.chance(wrong) or rank == 0:
            return int(self.pick(rank, -rank - 1, rank + 1))  # type: ignore[call-overload]
        return self.integer(-rank, rank - 1)

    def axes(self, rank: int, *, none: bool = True) -> object:
        """Return None, an axis, or several different ones."""
        if none and self.chance(0.2):
            return None
        if rank > 1 and self.chance(0.3):
            return tuple(self.random.sample(range(rank), self.integer(1, rank)))
        return self.axis(rank)

    def dtype(self, *others: str) -> str:
        """Return a dtype, mostly float32."""
        choices = others or ("int32", "bool", "float16", "int64", "uint8", "float64", "bfloat16", "int8")
        return "float32" if self.chance(0.6) else self.random.choice(choices)

    def operand(self, shape: Shape, dtype: str | None = None, *, plain: bool = True) -> str:
        """Return a second operand: a tensor, data or a number."""
        kind = dtype or self.dtype()
        roll = self.random.random()
        if roll < 0.15 and plain:
            return str(self.pick(2, 0.5, 3))
        if roll < 0.3:
            return self.data(self.near(shape), kind)
        return self.t(self.near(shape), kind)

    def permutation(self, rank: int) -> list[int]:
        """Return a permutation, now and then none."""
        order = list(range(rank))
        self.random.shuffle(order)
        if self.chance(0.06) and order:
            order[0] = order[-1]
        if self.chance(0.06):
            order = order[:-1]
        return order

    def target(self, shape: Shape) -> list[int]:
        """Return a target of a reshape, mostly a fitting one."""
        size = 1
        for dim in shape:
            size *= dim or 1
        if self.chance(0.1):
            return [int(self.pick(2, 3, -1, 5)) for _ in range(self.integer(1, 3))]  # type: ignore[call-overload]
        factors: list[int] = []
        rest = size
        for _ in range(self.integer(0, 3)):
            divisor = self.random.choice([d for d in range(1, rest + 1) if rest % d == 0][:6])
            factors.append(divisor)
            rest //= divisor
        factors.append(rest)
        if None in shape or self.chance(0.4):
            factors[self.integer(0, len(factors) - 1)] = -1
        return factors

    def key(self, shape: Shape) -> str:
        """Return a key of an item or slice."""
        parts = [self._part() for _ in range(self.integer(1, max(1, len(shape))))]
        if self.chance(0.25):
            parts.insert(self.integer(0, len(parts)), "...")
        if self.chance(0.2):
            parts.insert(self.integer(0, len(parts)), "None")
        if len(parts) == 1 and self.chance(0.7):
            return parts[0]
        return ", ".join(parts) + ("," if len(parts) == 1 else "")

    def _part(self) -> str:
        if self.chance(0.3):
            return str(self.pick(0, 1, -1, 2, -2, 7))
        start = self.pick("", "", "0", "1", "-2", "3")
        stop = self.pick("", "", "2", "-1", "5", "1")
        step = self.pick("", "", "", ":2", ":-1", ":3")
        return f"{start}:{stop}{step}"


def calls(name: str, makers: Sequence[Maker], keras: str, count: int, salt: str = "") -> list[str]:
    """Return random calls of one operation."""
    draw = Draw(f"{salt}{keras}{name}", keras)
    return [draw.random.choice(makers)(draw) for _ in range(count)]
