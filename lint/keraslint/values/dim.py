"""Dimensions: plain integers, or polynomials over named symbols in normal form.

``Dim`` is ``int | Poly``. Every operation that comes out constant gives a plain ``int``, so code that works on
known shapes never meets a ``Poly``. Symbols stand for positive integers. Atoms besides symbols are floor divisions,
minima and maxima, so strided convolutions and rounding stay exact. ``str`` of a polynomial is a Python expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from keraslint.values.unknown import Why, undetermined


class Atom:
    """An indivisible factor: a symbol, or ``floor``, ``min`` or ``max`` of dimensions."""

    __slots__ = ("_hash", "kind", "operands", "text")

    def __init__(self, kind: str, operands: tuple[Dim, ...], text: str) -> None:
        self.kind = kind
        self.operands = operands
        self.text = text
        self._hash = hash((kind, text))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Atom) and self.kind == other.kind and self.text == other.text

    def __lt__(self, other: Atom) -> bool:
        return self.text < other.text

    def evaluate(self, values: Mapping[str, Dim]) -> Dim:
        """Return the atom with the symbols in ``values`` replaced."""
        if self.kind == "symbol":
            value = values.get(self.text)
            return Poly({(self,): 1}) if value is None else value
        operands = [substitute(operand, values) for operand in self.operands]
        if self.kind == "floor":
            return floor_divide(operands[0], operands[1])
        return minimum(*operands) if self.kind == "min" else maximum(*operands)

    def symbols(self) -> Iterable[str]:
        """Yield the names of the symbols in it."""
        if self.kind == "symbol":
            yield self.text
        for operand in self.operands:
            yield from symbols(operand)


_TERMS = 5_000
"""Terms that a product may have; each more in a row of products would double the work."""
_DEGREE = 100
"""Atoms in one term."""
_TEXT = 2_000
"""Characters of an atom: those that are made of each other double theirs again and again."""

Monomial = tuple[Atom, ...]
"""A product of atoms, sorted; the empty one is the constant term."""


class Poly:
    """A non-constant polynomial with integer coefficients. Immutable; equality is structural."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self.terms = terms
        self._hash = hash(frozenset(terms.items()))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __add__(self, other: Dim) -> Dim:
        terms = dict(self.terms)
        for monomial, factor in _terms(other).items():
            terms[monomial] = terms.get(monomial, 0) + factor
        return _collapse(terms)

    __radd__ = __add__

    def __neg__(self) -> Dim:
        return Poly({monomial: -factor for monomial, factor in self.terms.items()})

    def __sub__(self, other: Dim) -> Dim:
        return self + (-other)

    def __rsub__(self, other: Dim) -> Dim:
        return (-self) + other

    def __mul__(self, other: Dim) -> Dim:
        terms: dict[Monomial, int] = {}
        factors = _terms(other)
        if len(self.terms) * len(factors) > _TERMS or _degree(self.terms) + _degree(factors) > _DEGREE:
            undetermined(Why.FUEL, "a formula is too large to evaluate")
        for left, a in self.terms.items():
            for right, b in factors.items():
                monomial = tuple(sorted(left + right)) if left and right else left or right
                terms[monomial] = terms.get(monomial, 0) + a * b
        return _collapse(terms)

    __rmul__ = __mul__

    def __pow__(self, power: int) -> Dim:
        result: Dim = 1
        for _ in range(power):
            result = result * self
        return result

    def __floordiv__(self, other: Dim) -> Dim:
        return floor_divide(self, other)

    def __rfloordiv__(self, other: Dim) -> Dim:
        return floor_divide(other, self)

    def __mod__(self, other: Dim) -> Dim:
        return self - other * floor_divide(self, other)

    def __rmod__(self, other: Dim) -> Dim:
        return other - self * floor_divide(other, self)

    def __bool__(self) -> bool:
        decided = same(self, 0)
        if decided is None:
            undetermined(Why.INPUT, f"whether {self} is zero depends on {', '.join(sorted(set(symbols(self))))}")
        return not decided

    def __str__(self) -> str:
        def degree(item: tuple[Monomial, int]) -> tuple[int, list[str]]:
            return -len(item[0]), [atom.text for atom in item[0]]

        text = ""
        for monomial, factor in sorted(self.terms.items(), key=degree):
            sign = "-" if factor < 0 else "+"
            product = _product(monomial, abs(factor))
            if not text and factor == -1 and "//" in product:
                product = f"({product})"
            text += f" {sign} {product}" if text else f"-{product}" if factor < 0 else product
        return text

    def __repr__(self) -> str:
        return f"Poly({self})"


Dim = int | Poly
"""A dimension or a count: an integer, or a formula."""


def symbol(name: str) -> Poly:
    """Return the polynomial that is just the symbol ``name``, itself a Python expression."""
    return Poly({(Atom("symbol", (), name),): 1})


def floor_divide(a: Dim, b: Dim) -> Dim:
    """Return ``a // b`` as Python defines it; the part that ``b`` divides is taken out of the atom."""
    if isinstance(a, int) and isinstance(b, int):
        return a // b
    if b == 1:
        return a
    if a == b:
        return 1
    if isinstance(b, int) and b > 0:
        whole = _collapse({m: c // b for m, c in _terms(a).items()})
        rest = _collapse({m: c % b for m, c in _terms(a).items()})
        nested = _nested_floor(rest, b)
        if nested is not None:
            return whole + nested
        return whole + _atom("floor", (rest, b), f"({rest}) // {b}" if _is_sum(rest) else f"{rest} // {b}")
    divided = _exact_quotient(a, b)
    if divided is not None:
        return divided
    return _atom("floor", (a, b), f"{_factor(a)} // {_factor(b)}")


def ceil_divide(a: Dim, b: Dim) -> Dim:
    """Return ``a / b`` rounded up."""
    return -floor_divide(-a, b) if isinstance(a, int) else floor_divide(a + b - 1, b)


def minimum(*operands: Dim) -> Dim:
    """Return the least of the operands."""
    return _extreme("min", operands, less)


def maximum(*operands: Dim) -> Dim:
    """Return the greatest of the operands."""
    return _extreme("max", operands, lambda a, b: less(b, a))


def product(dims: Iterable[Dim]) -> Dim:
    """Return the product of dimensions; 1 for none."""
    result: Dim = 1
    for dim in dims:
        result = result * dim
    return result


def same(a: Dim, b: Dim) -> bool | None:
    """Return whether two dimensions are equal for every value of the symbols: True, False, or None for undecided."""
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    difference = a - b
    if isinstance(difference, int):
        return difference == 0
    low, high = bounds(difference)
    if (low is not None and low > 0) or (high is not None and high < 0):
        return False
    return None


def less(a: Dim, b: Dim) -> bool | None:
    """Return whether ``a < b``: True, False, or None where that depends on the symbols."""
    if isinstance(a, int) and isinstance(b, int):
        return a < b
    low, high = bounds(a - b)
    if high is not None and high < 0:
        return True
    if low is not None and low >= 0:
        return False
    return None


def bounds(dim: Dim, ranges: Mapping[str, tuple[int, int | None]] | None = None) -> tuple[int | None, int | None]:
    """Return the least and greatest value that a dimension can have, None where it has no bound.

    Symbols are at least 1 unless ``ranges`` says otherwise. The bounds are safe, not always tight.
    """
    if isinstance(dim, int):
        return dim, dim
    low: int | None = 0
    high: int | None = 0
    for monomial, factor in dim.terms.items():
        least, greatest = _monomial_bounds(monomial, ranges)
        if factor < 0:
            least, greatest = greatest, least
        low = None if low is None or least is None else low + factor * least
        high = None if high is None or greatest is None else high + factor * greatest
    return low, high


def substitute(dim: Dim, values: Mapping[str, Dim]) -> Dim:
    """Return a dimension with symbols replaced by values."""
    if isinstance(dim, int):
        return dim
    return sum_of(factor * product(a.evaluate(values) for a in monomial) for monomial, factor in dim.terms.items())


def sum_of(dims: Iterable[Dim]) -> Dim:
    """Return the sum of dimensions; 0 for none."""
    result: Dim = 0
    for dim in dims:
        result = result + dim
    return result


def symbols(dim: Dim) -> Iterable[str]:
    """Yield the names of the symbols in a dimension, with repeats."""
    if isinstance(dim, Poly):
        for monomial in dim.terms:
            for atom in monomial:
                yield from atom.symbols()


def _terms(dim: Dim) -> Mapping[Monomial, int]:
    return {(): dim} if isinstance(dim, int) else dim.terms


def _collapse(terms: dict[Monomial, int]) -> Dim:
    kept = {monomial: factor for monomial, factor in terms.items() if factor}
    if not kept:
        return 0
    if len(kept) == 1 and () in kept:
        return kept[()]
    return Poly(kept)


def _degree(terms: Mapping[Monomial, int]) -> int:
    return max(map(len, terms))


def _atom(kind: str, operands: tuple[Dim, ...], text: str) -> Dim:
    if len(text) > _TEXT:
        undetermined(Why.FUEL, "a formula is too large to evaluate")
    return Poly({(Atom(kind, operands, text),): 1})


def _nested_floor(rest: Dim, divisor: int) -> Dim | None:
    """Merge ``(x // a + k) // b`` into ``(x + k*a) // (a*b)``, and drop a remainder that is always too small."""
    if isinstance(rest, int):
        return rest // divisor
    low, high = bounds(rest)
    if low is not None and high is not None and low // divisor == high // divisor:
        return low // divisor
    constant = rest.terms.get((), 0)
    others = [(m, c) for m, c in rest.terms.items() if m]
    if len(others) == 1 and others[0][1] == 1 and len(others[0][0]) == 1 and others[0][0][0].kind == "floor":
        inner, by = others[0][0][0].operands
        if isinstance(by, int) and by > 0:
            return floor_divide(inner + constant * by, by * divisor)
    return None


def _exact_quotient(a: Dim, b: Dim) -> Dim | None:
    """Return ``a / b`` where ``b`` is one term that divides every term of ``a``."""
    if isinstance(b, int) or isinstance(a, int) or len(b.terms) != 1:
        return None
    ((divisor, factor),) = b.terms.items()
    quotient: dict[Monomial, int] = {}
    for monomial, coefficient in a.terms.items():
        rest = list(monomial)
        for atom in divisor:
            if atom not in rest:
                return None
            rest.remove(atom)
        if coefficient % factor:
            return None
        quotient[tuple(rest)] = coefficient // factor
    return _collapse(quotient)


def _extreme(kind: str, operands: Iterable[Dim], before: Callable[[Dim, Dim], bool | None]) -> Dim:
    kept: list[Dim] = []
    for operand in operands:
        if operand in kept or any(before(other, operand) for other in kept):
            continue
        kept = [other for other in kept if not before(operand, other)]
        kept.append(operand)
    if len(kept) == 1:
        return kept[0]
    ordered = tuple(sorted(kept, key=str))
    return _atom(kind, ordered, f"{kind}({', '.join(map(str, ordered))})")


def _monomial_bounds(
    monomial: Monomial, ranges: Mapping[str, tuple[int, int | None]] | None
) -> tuple[int | None, int | None]:
    low: int | None = 1
    high: int | None = 1
    for atom in monomial:
        least, greatest = _atom_bounds(atom, ranges)
        if least is None or least < 0 or low is None:
            return None, None
        low = low * least
        high = None if high is None or greatest is None else high * greatest
    return low, high


def _atom_bounds(atom: Atom, ranges: Mapping[str, tuple[int, int | None]] | None) -> tuple[int | None, int | None]:
    if atom.kind == "symbol":
        return (ranges or {}).get(atom.text, (1, None))
    sides = [bounds(operand, ranges) for operand in atom.operands]
    if atom.kind == "floor":
        (low, high), divisor = sides[0], atom.operands[1]
        if not isinstance(divisor, int) or divisor <= 0:
            return (0 if low is not None and low >= 0 and (sides[1][0] or 0) > 0 else None), None
        return None if low is None else low // divisor, None if high is None else high // divisor
    lows, highs = [low for low, _ in sides], [high for _, high in sides]
    known_lows = [low for low in lows if low is not None]
    known_highs = [high for high in highs if high is not None]
    if atom.kind == "min":
        low = min(known_lows) if len(known_lows) == len(lows) else None
        return low, (min(known_highs) if known_highs else None)
    high = max(known_highs) if len(known_highs) == len(highs) else None
    return (max(known_lows) if known_lows else None), high


def _is_sum(dim: Dim) -> bool:
    return isinstance(dim, Poly) and (len(dim.terms) > 1 or next(iter(dim.terms.values())) != 1)


def _factor(dim: Dim) -> str:
    if isinstance(dim, int):
        return f"({dim})" if dim < 0 else str(dim)
    ((monomial, factor), *others) = dim.terms.items()
    simple = not others and factor == 1 and len(monomial) == 1 and monomial[0].kind != "floor"
    return str(dim) if simple else f"({dim})"


def _product(monomial: Monomial, factor: int) -> str:
    if not monomial:
        return str(factor)
    factors = [str(factor)] if factor != 1 else []
    alone = len(monomial) == 1 and factor == 1
    index = 0
    while index < len(monomial):
        atom = monomial[index]
        power = 1
        while index + power < len(monomial) and monomial[index + power] == atom:
            power += 1
        text = f"({atom.text})" if atom.kind == "floor" and not (alone and power == 1) else atom.text
        factors.append(text if power == 1 else f"{text}**{power}")
        index += power
    return "*".join(factors)
