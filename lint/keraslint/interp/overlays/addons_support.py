"""What the texts of ``tensorflow_addons`` ask of evaluation (``catalogue.addons``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.addons import SUPPORT
from keraslint.interp.comparisons import truth_of
from keraslint.interp.overlays import RawNative, register
from keraslint.values.array import NumpyInt
from keraslint.values.layer import Layer, Tensor
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def _certainly(machine: Machine, condition: object) -> bool:
    """Return whether a condition is known to be true: what is not known is taken to be as the library wants it."""
    return truth_of(machine, condition) is True


def _check_integers(machine: Machine, **given: object) -> None:
    """Refuse arguments that are known to be no integers, as the library's type checks do."""
    for name, value in given.items():
        if isinstance(value, float | str | list | tuple | NumpyInt | None):
            machine.raise_error(
                "TypeError", f'type of argument "{name}" must be int; got {type(value).__name__} instead'
            )


def _share_weight(machine: Machine, taker: Layer, owner: Layer, name: str) -> None:
    """Let a layer hold a weight that another one has made."""
    del machine
    taker.weights += [weight for weight in owner.weights if weight.name == name]


def _tensor_of(machine: Machine, shape: object, like: object) -> object:
    """Return a tensor of a shape, of another one's type."""
    return Tensor(machine.as_shape(shape, ()), like.dtype) if isinstance(like, Tensor) else like


def _not_followed(machine: Machine, name: object) -> object:
    """Return a member of the library that the texts do not have."""
    return Unknown(Why.UNSUPPORTED, f"{name} of tensorflow_addons", machine.span)


register(
    SUPPORT,
    {
        "certainly": RawNative("certainly", _certainly),
        "check_integers": RawNative("check_integers", _check_integers),
        "share_weight": RawNative("share_weight", _share_weight),
        "tensor_of": RawNative("tensor_of", _tensor_of),
        "__getattr__": RawNative("tensorflow_addons", _not_followed),
    },
)
