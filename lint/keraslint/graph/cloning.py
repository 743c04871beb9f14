"""``clone_model``: new layers of the same arguments, names and flags, connected the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.catalogue.registered import check_registered, parts
from keraslint.catalogue.versions import Keras
from keraslint.graph.functional import rebuild
from keraslint.graph.network import flatten
from keraslint.graph.trainable import set_trainable
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Plan, Tensor
from keraslint.values.unknown import Span, Unknown, Why, undetermined

if TYPE_CHECKING:  # the builder has this function as its method
    from keraslint.graph.builder import Builder


Maker = Callable[[Layer], Layer]
"""What makes the copy of a layer: ``clone_function``."""


def clone_model(builder: Builder, model: Model, span: Span | None, make: Maker | None = None) -> Model:
    """Return a copy of a functional or Sequential model; raise ``Undetermined`` where it cannot be copied.

    ``make`` makes the copies of its layers (but for inputs), in the place of ``from_config``.
    """
    copy = _copy_of(builder, model, span, make)
    if model.kind == "sequential" and builder.keras is Keras.THREE:
        copy.trainable = model.trainable
    return copy


def from_config(builder: Builder, model: Model, span: Span | None) -> Model:
    """Return the model that a model's configuration gives: of its own flag, Keras 3 keeps a functional model's."""
    copy = _copy_of(builder, model, span, None)
    if model.kind == "functional" and builder.keras is Keras.THREE:
        copy.trainable = model.trainable
    return copy


def _copy_of(builder: Builder, model: Model, span: Span | None, make: Maker | None) -> Model:
    """Return a copy that is trainable itself, of layers that are so as before."""
    if model.trouble is not None:
        undetermined(model.trouble.why, model.trouble.what)
    if model.kind == "subclassed":
        undetermined(Why.UNSUPPORTED, f"a copy of the subclassed model {model.name}")
    copy = Model("Sequential" if model.kind == "sequential" else "Functional", model.name, model.kind, span)
    if model.kind == "functional" and model.cls is not None and builder.program.is_like_functional(model):
        copy.class_name, copy.cls = model.class_name, model.cls
    copy.dtype, copy.compute_dtype = model.dtype, model.compute_dtype
    builder.models.append(copy)
    if model.kind == "sequential":
        for layer in model.stack:
            builder.add(copy, _clone(builder, layer, span, make), span, rebuild=False)
        builder.rebuilt(copy)
    else:
        _clone_graph(builder, model, copy, span, make)
    if model.plan is not None and builder.keras is Keras.THREE:
        copy.plan = Plan(model.plan.compiled_at, len(builder.happenings))  # a copy is compiled as the model was
    return copy


def _clone(builder: Builder, layer: Layer, span: Span | None, make: Maker | None) -> Layer:
    if make is None or layer.class_name == "InputLayer":
        return clone_layer(builder, layer, span)
    return make(layer)


def clone_layer(builder: Builder, layer: Layer, span: Span | None) -> Layer:
    """Return a copy of a layer as part of the program's own layers."""
    if layer.cls is None:
        check_registered(builder.custom_objects, parts(layer))
    if isinstance(layer, Model) and layer.cls is None:
        return from_config(builder, layer, span)
    if layer.cls is not None:
        copy = builder.clone(layer)
        copy.origin = layer.origin
        return copy
    if layer.class_name == "InputLayer":
        tensor = layer.nodes[0].outputs[0]
        node = builder.input_tensor(tensor.raw_shape, tensor.dtype, layer.name, span).node
        assert node is not None
        return node.layer
    copy = builder.clone(layer)
    copy.origin = layer.origin
    builder.register(copy)
    for before, after in zip(layer.children, copy.children, strict=False):
        set_trainable(after, before.trainable, builder.keras, None)
    return copy


def _clone_graph(builder: Builder, model: Model, copy: Model, span: Span | None, make: Maker | None) -> None:
    copies: dict[int, Layer] = {}
    tensors: dict[int, object] = {}
    for tensor in model.flat_inputs:
        name = tensor.node.layer.name if tensor.node is not None else None
        tensors[id(tensor)] = builder.input_tensor(tensor.raw_shape, tensor.dtype, name, span)
    for node in model.graph_nodes:
        if not node.inputs or any(id(tensor) in tensors for tensor in node.outputs):
            continue
        args, kwargs = rebuild(node.args, tensors), rebuild(node.kwargs, tensors)
        if not isinstance(args, tuple) or not isinstance(kwargs, dict):
            continue
        if node.layer.recompute is not None:
            operation = Layer(node.layer.class_name, "", None, span)
            operation.recompute = node.layer.recompute
            output = operation.recompute(args, kwargs)
            result = builder.publish_operation(operation, node.layer.name, args, kwargs, output, span)
        else:
            layer = copies.get(id(node.layer)) or _clone(builder, node.layer, span, make)
            copies[id(node.layer)] = layer
            result = builder.call_layer(layer, args, kwargs, node.span)
        leaves = [leaf for leaf in flatten(result) if isinstance(leaf, Tensor | Array | Unknown)]
        tensors.update((id(tensor), value) for tensor, value in zip(node.outputs, leaves, strict=False))
    builder.functional(copy, rebuild(model.inputs, tensors), rebuild(model.outputs, tensors))
    if model.graph_layers:  # Keras 2 copies those in attributes too, to no attribute
        held = model.layers[len(model.graph_layers) :]
        copy.graph_layers += [_clone(builder, layer, span, make) for layer in held]
        copy.layers = copy.operations = copy.children = list(copy.graph_layers)
