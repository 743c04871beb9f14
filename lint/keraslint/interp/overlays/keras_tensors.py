"""Attributes and methods of symbolic tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.masks import mask_of
from keraslint.interp.objects import KerasHistory, TensorShape
from keraslint.interp.overlays import raw
from keraslint.values.layer import Tensor
from keraslint.values.program import MISSING
from keraslint.values.shape import OpenShape
from keraslint.values.unknown import Unknown, Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("get:Tensor.shape", "get:Tensor._keras_shape")
def tensor_shape(machine: Machine, tensor: Tensor) -> object:
    """Return a tensor's static shape: a tuple in Keras 3, a TensorShape in Keras 2."""
    shape = tensor.shape
    if isinstance(shape, OpenShape):
        return Unknown(Why.INPUT, f"the shape of {shape.name}", machine.span, "")
    if isinstance(shape, Unknown):
        return shape
    return TensorShape(shape) if machine.keras is Keras.TWO else tuple(shape)


@raw("get:Tensor.ndim")
def tensor_rank(machine: Machine, tensor: Tensor) -> object:
    """Return a tensor's rank; a symbolic tensor of Keras 2 does not tell it."""
    if machine.keras is Keras.TWO and not machine.callers:
        machine.raise_error("AttributeError", "'KerasTensor' object has no attribute 'ndim'")
    shape = tensor.shape
    return len(shape) if isinstance(shape, tuple) else machine.unknown(Why.INPUT, "the rank of a tensor")


@raw("get:Tensor.dtype")
def tensor_dtype(machine: Machine, tensor: Tensor) -> object:
    """Return a tensor's dtype: a name."""
    del machine
    return tensor.dtype


@raw("get:Tensor.name")
def tensor_name(machine: Machine, tensor: Tensor) -> object:
    """Return a tensor's name."""
    if tensor.name:
        return tensor.name
    return machine.unknown(Why.UNSUPPORTED, "the name of a tensor")


@raw("get:Tensor._keras_history")
def tensor_history(machine: Machine, tensor: Tensor) -> object:
    """Return (layer, node index, tensor index)."""
    node = tensor.node
    if node is None:
        return machine.unknown(Why.UNSUPPORTED, "where a tensor comes from")
    index = node.layer.nodes.index(node) if node in node.layer.nodes else 0
    return KerasHistory((node.layer, index, tensor.index))


@raw("get:Tensor._keras_mask")
def tensor_mask(machine: Machine, tensor: Tensor) -> object:
    """Return the mask that comes with a tensor; in Keras 3 there is no such attribute where none does."""
    if machine.keras is Keras.TWO:
        return Unknown(Why.UNSUPPORTED, "the mask of a tensor", machine.span)
    mask = mask_of(tensor)
    return MISSING if mask is None else mask


@raw("method:Tensor.get_shape")
def tensor_get_shape(machine: Machine, tensor: Tensor) -> object:
    """Return a tensor's static shape (Keras 2 only)."""
    if machine.keras is Keras.THREE:
        machine.raise_error("AttributeError", "'KerasTensor' object has no attribute 'get_shape'")
    return tensor_shape(machine, tensor)


@raw("method:Tensor.set_shape")
def tensor_set_shape(machine: Machine, tensor: Tensor, shape: object) -> object:
    """Note that a tensor's shape was set by hand."""
    del machine
    undetermined(Why.UNSUPPORTED, f"set_shape({shape}) on {tensor}")
