"""Sequential models: a stack of layers that becomes a graph as soon as it has an input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.spec import Call, Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph.network import map_network, tensors_in
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.shape import AnyShape, known_shape
from keraslint.values.unknown import Span, Unknown, Why

if TYPE_CHECKING:  # the builder has these functions as its methods
    from keraslint.graph.builder import Builder


def add(builder: Builder, model: Model, layer: object, span: Span | None, *, rebuild: bool = True) -> None:
    """Add a layer to a Sequential, extending its graph where it has an input."""
    if isinstance(layer, Tensor) and layer.node is not None and layer.node.layer.class_name == "InputLayer":
        layer = layer.node.layer
    if isinstance(layer, Unknown):
        model.trouble = Unknown(layer.why, f"a layer of {model.name}: {layer.what}", layer.where or span)
        return
    if not isinstance(layer, Layer):
        refused = Refused(f"Only layers can be added to a Sequential model. Received: {layer!r}", error="TypeError")
        builder.refuse(refused, model, span)
        raise refused
    if any(other.name == layer.name for other in model.stack):
        refused = Refused(
            "All layers added to a Sequential model should have unique names. "
            f'Name "{layer.name}" is already the name of a layer in this model.',
            contract="duplicate-name",
            layer=layer.name,
        )
        builder.refuse(refused, model, span)
        raise refused
    if _holds(layer, model):  # Keras takes it, and recurses without end as soon as it builds or shows the model
        model.trouble = Unknown(Why.ERROR, f"{model.name} holds itself", span)
        return
    if not model.stack:
        _open(builder, model, layer, span)
    if layer.class_name == "InputLayer":
        if not model.stack:
            _start(model, layer)
        return
    model.stack.append(layer)
    if model.flat_outputs and model.trouble is None:
        try:
            _extend(builder, model, layer, span)
        except Refused as refused:
            model.trouble = Unknown(Why.ERROR, refused.message, span)
            raise
    _refresh(model)
    if rebuild:
        rebuilt(builder, model)


def _holds(layer: Layer, model: Model) -> bool:
    """Tell whether a layer is the model or has it among its layers, however deep."""
    pending, seen = [layer], {id(layer)}
    while pending:
        current = pending.pop()
        if current is model:
            return True
        new = [child for child in current.children if id(child) not in seen]
        seen.update(map(id, new))
        pending += new
    return False


def rebuilt(builder: Builder, model: Model) -> None:
    """Use up the name of the functional model that Keras 3 keeps inside: it makes it anew with each change.

    keras/src/models/sequential.py: ``build``.
    """
    if builder.keras is Keras.THREE and len(model.stack) > 1 and model.flat_outputs and model.trouble is None:
        builder.use_up("Functional")


def _open(builder: Builder, model: Model, layer: Layer, span: Span | None) -> None:
    """Give a Sequential the input that its first layer implies."""
    shape: AnyShape | None = layer.input_shape
    if isinstance(layer, Model) and layer.flat_inputs and shape is None:
        has_input = builder.keras is Keras.THREE or _is_first_given_a_shape(layer)
        shape = layer.flat_inputs[0].shape if has_input and len(layer.flat_inputs) == 1 else None
    if shape is None:
        return
    stem = f"{layer.name}_input" if builder.keras is Keras.TWO else None
    tensor = builder.input_tensor(shape, layer.compute_dtype, stem, span)
    if tensor.node is not None:
        _start(model, tensor.node.layer)


def _is_first_given_a_shape(model: Model) -> bool:
    """Return whether the innermost first layer was made with an input shape, which is where Keras 2 looks for one."""
    if model.kind == "functional" or not model.layers:
        return model.kind == "functional"
    first = model.layers[0]
    return _is_first_given_a_shape(first) if isinstance(first, Model) else first.input_shape is not None


def _start(model: Model, layer: Layer) -> None:
    model.stack.insert(0, layer)
    tensor = layer.nodes[0].outputs[0]
    model.inputs = tensor
    model.outputs = tensor
    model.flat_inputs = [tensor]
    model.flat_outputs = [tensor]


def _extend(builder: Builder, model: Model, layer: Layer, span: Span | None) -> None:
    output = builder.call_layer(layer, (model.outputs,), {}, span or layer.origin)
    if not isinstance(output, Tensor):
        refused = Refused(
            "All layers in a Sequential model should have a single output tensor. "
            "For multi-output layers, use the functional API.",
            contract="outputs",
        )
        if builder.keras is Keras.TWO:
            builder.refuse(refused, layer, span)
            raise refused
    model.outputs = output
    model.flat_outputs = tensors_in(output)


def _refresh(model: Model) -> None:
    """Bring what follows from a Sequential's stack up to date."""
    model.layers = [layer for layer in model.stack if layer.class_name != "InputLayer"]
    model.operations = list(model.layers)
    model.children = list(model.stack)
    model.built = bool(model.flat_outputs) and bool(model.layers)
    if model.built and model.trouble is None:
        network = map_network(model.flat_inputs, model.flat_outputs)
        model.graph_nodes = network.nodes


def pop(builder: Builder, model: Model) -> None:
    """Remove a Sequential's last layer."""
    if not model.layers:
        refused = Refused("There are no layers in the model.", error="TypeError")
        builder.refuse(refused, model, None)
        raise refused
    layer = model.stack.pop()
    if model.flat_outputs and layer.nodes:
        model.flat_outputs = list(layer.nodes[-1].inputs)
        model.outputs = model.flat_outputs[0]
    _refresh(model)
    rebuilt(builder, model)


def build_sequential(builder: Builder, model: Model, call: Call) -> None:
    """Build a Sequential that has no input yet for the shape that it is called on."""
    if not model.stack or model.trouble is not None:
        return
    shape = known_shape(_shape_of_first(call.inputs))
    stem = f"{model.stack[0].name}_input" if builder.keras is Keras.TWO else None
    tensor = builder.input_tensor(shape, model.stack[0].compute_dtype, stem, model.origin)
    if tensor.node is None:
        return
    _start(model, tensor.node.layer)
    for layer in model.stack[1:]:
        _extend(builder, model, layer, layer.origin)
    _refresh(model)
    rebuilt(builder, model)


def _shape_of_first(value: object) -> AnyShape:
    if isinstance(value, Tensor | Array):
        return value.shape
    if isinstance(value, Unknown):
        return value
    return Unknown(Why.UNSUPPORTED, "the input of a Sequential is not a single tensor")
