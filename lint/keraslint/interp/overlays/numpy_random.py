"""numpy's random data: shapes are known, values never."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.operators import formula
from keraslint.interp.overlays import RawNative, register
from keraslint.interp.overlays.items import Facade, is_open, nothing, unknown_call
from keraslint.interp.overlays.numpy_arrays import (
    UnknownScalar,
    array_of,
    dimension,
    make,
    shape_from,
)
from keraslint.interp.overlays.numpy_dtypes import dtype_name
from keraslint.interp.overlays.stdlib_random import shuffle
from keraslint.values.array import Array
from keraslint.values.unknown import Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


# random: shapes are known, values never


def random_array(machine: Machine, size: object, dtype: str) -> object:
    """Return random data of a shape; a scalar for no shape."""
    if size is None:
        return UnknownScalar(Why.DATA, "a random number", machine.span)
    return make(shape_from(machine, size), dtype)


def _random(name: str, position: int, dtype: str) -> RawNative:
    """Return a distribution whose ``size`` is argument number ``position``."""

    def draw(machine: Machine, *args: object, **kwargs: object) -> object:
        size = kwargs.get("size", args[position] if len(args) > position else None)
        kind = dtype_name(machine, kwargs["dtype"]) if kwargs.get("dtype") is not None else dtype
        if size is None:
            shapes = [arg for arg in args[:position] if isinstance(arg, Array | list)]
            if shapes:
                return make(array_of(machine, shapes[0]).shape, kind)
        return random_array(machine, size, kind)

    return RawNative(f"numpy.random.{name}", draw)


def _random_dims(name: str) -> RawNative:
    def draw(machine: Machine, *dims: object) -> object:
        return random_array(machine, list(dims) if dims else None, "float64")

    return RawNative(f"numpy.random.{name}", draw)


_DISTRIBUTIONS: dict[str, tuple[int, str]] = {
    **dict.fromkeys(
        ("random", "random_sample", "ranf", "sample", "standard_normal", "standard_exponential", "standard_cauchy"),
        (0, "float64"),
    ),
    **dict.fromkeys(
        ("exponential", "poisson", "rayleigh", "geometric", "standard_t", "chisquare", "pareto", "power", "weibull"),
        (1, "float64"),
    ),
    **dict.fromkeys(
        ("normal", "uniform", "beta", "gamma", "laplace", "logistic", "lognormal", "gumbel", "truncated_normal"),
        (2, "float64"),
    ),
    "randint": (2, "int64"),
    "integers": (2, "int64"),
    "random_integers": (2, "int64"),
    "binomial": (2, "int64"),
    "poisson": (1, "int64"),
    "triangular": (3, "float64"),
}
_DRAWS: dict[str, object] = {name: _random(name, position, dtype) for name, (position, dtype) in _DISTRIBUTIONS.items()}
_DRAWS.update({name: _random_dims(name) for name in ("rand", "randn")})


def _choice(machine: Machine, a: object, size: object = None, *args: object, **kwargs: object) -> object:
    del args, kwargs
    dtype = "int64" if is_open(a) or isinstance(a, int) else array_of(machine, a).dtype
    if size is None:
        return machine.unknown(Why.DATA, "np.random.choice()")
    shape = shape_from(machine, size)
    if isinstance(a, list | Array) and isinstance(shape, tuple):
        rest = array_of(machine, a).shape
        shape = (*shape, *rest[1:]) if isinstance(rest, tuple) else shape
    return make(shape, dtype)


def _permutation(machine: Machine, x: object, *_: object, **__: object) -> object:
    count = formula(x)
    if count is not None:
        return make((dimension(count),), "int64")
    found = array_of(machine, x)
    return Array(found.shape, found.dtype)


_DRAWS.update(
    {
        "choice": RawNative("numpy.random.choice", _choice),
        "permutation": RawNative("numpy.random.permutation", _permutation),
        "permuted": RawNative("numpy.random.permuted", _permutation),
        "shuffle": RawNative("numpy.random.shuffle", shuffle, inert=False),
        "seed": nothing("numpy.random.seed"),
        "set_state": nothing("numpy.random.set_state"),
        "get_state": unknown_call("numpy.random.get_state"),
        "multinomial": unknown_call("numpy.random.multinomial"),
        "multivariate_normal": unknown_call("numpy.random.multivariate_normal"),
        "dirichlet": unknown_call("numpy.random.dirichlet"),
        "bytes": unknown_call("numpy.random.bytes"),
        "SeedSequence": unknown_call("numpy.random.SeedSequence"),
    }
)
_GENERATOR = Facade("numpy.random.Generator", None, _DRAWS)


def _generator(machine: Machine, *args: object, **kwargs: object) -> object:
    del machine, args, kwargs
    return _GENERATOR


register(
    "numpy.random",
    {
        **_DRAWS,
        **{
            name: RawNative(f"numpy.random.{name}", _generator)
            for name in ("default_rng", "RandomState", "Generator", "PCG64", "MT19937")
        },
    },
)
