"""Attributes and methods of Keras' layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.spec import Call
from keraslint.catalogue.versions import Keras
from keraslint.graph.count import count, find_trouble, trainable_weights, weights_of
from keraslint.graph.functional import insert
from keraslint.graph.network import tensors_in
from keraslint.interp.custom import initialise_native, makes_weights_in_call, run_native_call, shape_nest
from keraslint.interp.models import as_shape
from keraslint.interp.objects import TensorShape
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.tracking import track
from keraslint.interp.variables import OwnVariable
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Tensor, Weight
from keraslint.values.program import Class, KerasObject
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("get:Layer.name")
def layer_name(machine: Machine, layer: Layer) -> object:
    """Return a layer's name."""
    del machine
    return layer.name


@raw("set:Layer.name", "set:Layer._name")
def set_name(machine: Machine, layer: Layer, name: object) -> None:
    """Rename a layer."""
    del machine
    if isinstance(name, str):
        layer.name = name


@raw("get:Layer.trainable")
def layer_trainable(machine: Machine, layer: Layer) -> object:
    """Return the flag."""
    del machine
    return layer.trainable


@raw("set:Layer.trainable")
def set_trainable(machine: Machine, layer: Layer, value: object) -> None:
    """Set the flag on a layer and what it holds."""
    if isinstance(value, Unknown) and machine.choices is not None:
        value = machine.truth(value)
    machine.builder.set_trainable(layer, value, machine.span)


@raw("get:Layer.built")
def layer_built(machine: Machine, layer: Layer) -> object:
    """Return whether a layer has its weights."""
    del machine
    return layer.built


@raw("set:Layer.supports_masking", "set:Layer._supports_masking")
def set_supports_masking(machine: Machine, layer: Layer, value: object) -> None:
    """Say whether a layer hands masks on."""
    del machine
    layer.attributes.pop("supports_masking", None)
    if not isinstance(value, Unknown):  # which would count among the attributes that may be layers
        layer.attributes["supports_masking"] = value


@raw("get:Layer.supports_masking", "get:Layer._supports_masking")
def supports_masking(machine: Machine, layer: Layer) -> object:
    """Return whether a layer hands masks on, where the program has said so."""
    unknown = Unknown(Why.UNSUPPORTED, f"{layer.class_name}.supports_masking", machine.span)
    return layer.attributes.get("supports_masking", unknown)


@raw("set:Layer.built", "set:Layer.input_spec")
def set_inert(machine: Machine, layer: Layer, value: object) -> None:
    """Take note of an attribute that changes no weight and no shape."""
    del machine, layer, value


@raw("get:Layer.dtype", "get:Layer.variable_dtype", "get:Layer._dtype")
def layer_dtype(machine: Machine, layer: Layer) -> object:
    """Return the dtype of a layer's variables."""
    del machine
    return layer.dtype


@raw("get:Layer.compute_dtype", "get:Layer._compute_dtype")
def layer_compute_dtype(machine: Machine, layer: Layer) -> object:
    """Return the dtype that a layer computes in."""
    del machine
    return layer.compute_dtype


@raw("get:Layer.dtype_policy")
def layer_policy(machine: Machine, layer: Layer) -> object:
    """Return a layer's dtype policy."""
    del machine
    return KerasObject("policy", "DTypePolicy", {"name": layer.policy})


def _single(nest: list[Tensor]) -> object:
    return nest[0] if len(nest) == 1 else nest


def _with_ends(machine: Machine, layer: Layer) -> Model | None:
    """Return a model with an input and output of its own; a Sequential of Keras 3 has none until it is called."""
    if not isinstance(layer, Model) or layer.kind == "subclassed":
        return None
    if layer.trouble is not None:
        raise Undetermined(layer.trouble)
    has_ends = layer.outputs is not None and (layer.kind == "functional" or machine.keras is Keras.TWO)
    return layer if has_ends else None


@raw("get:Layer.output")
def layer_output(machine: Machine, layer: Layer) -> object:
    """Return the output of a layer's first call."""
    model = _with_ends(machine, layer)
    if model is not None:
        return model.outputs
    if layer.nodes:
        return _single(layer.nodes[0].outputs)
    return machine.raise_error("AttributeError", f"The layer {layer.name} has never been called")


@raw("get:Layer.input")
def layer_input(machine: Machine, layer: Layer) -> object:
    """Return the input of a layer's first call."""
    model = _with_ends(machine, layer)
    if model is not None:
        return model.inputs
    if layer.nodes:
        node = layer.nodes[0]
        return _single(node.inputs or node.outputs)
    return machine.raise_error("AttributeError", f"The layer {layer.name} has never been called")


@raw("method:Layer.get_output_at", "method:Layer.get_input_at")
def layer_output_at(machine: Machine, layer: Layer, node_index: object) -> object:
    """Return the output of a layer's call number ``node_index``."""
    if not isinstance(node_index, int) or node_index >= len(layer.nodes):
        return machine.raise_error("ValueError", f"{layer.name} has no node {node_index}")
    return _single(layer.nodes[node_index].outputs)


@raw("get:Layer.output_shape")
def layer_output_shape(machine: Machine, layer: Layer) -> object:
    """Return the output shape (Keras 2; in 3 only models have it)."""
    if machine.keras is Keras.THREE and not isinstance(layer, Model):
        machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute 'output_shape'")
    if isinstance(layer, Model) and layer.kind != "subclassed" and layer.outputs is not None:
        return _shapes_of(machine, _plain_nest(machine, layer.outputs))
    return _shapes_of(machine, layer_output(machine, layer))


@raw("get:Layer.input_shape")
def layer_input_shape(machine: Machine, layer: Layer) -> object:
    """Return the input shape (Keras 2; in 3 only models have it)."""
    if machine.keras is Keras.THREE and not isinstance(layer, Model):
        machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute 'input_shape'")
    if isinstance(layer, Model) and layer.kind != "subclassed" and layer.inputs is not None:
        return _shapes_of(machine, _plain_nest(machine, layer.inputs))
    return _shapes_of(machine, layer_input(machine, layer))


def _plain_nest(machine: Machine, nest: object) -> object:
    """Return a model's one tensor for itself, whatever it stands in: keras/src/models/functional.py, input_shape."""
    tensors = tensors_in(nest) if machine.keras is Keras.THREE or isinstance(nest, list) else []
    return tensors[0] if len(tensors) == 1 else nest


def _shapes_of(machine: Machine, nest: object) -> object:
    shapes = shape_nest(machine, nest)
    return tuple(shapes) if isinstance(shapes, TensorShape) else shapes


@raw("get:Layer.inbound_nodes", "get:Layer._inbound_nodes", "get:Layer.outbound_nodes", "get:Layer._outbound_nodes")
def layer_nodes(machine: Machine, layer: Layer) -> object:
    """Return the nodes of a layer's calls."""
    return machine.unknown(Why.UNSUPPORTED, f"the nodes of {layer.name}")


def _weight_arrays(machine: Machine, layer: Layer, weights: list[Weight]) -> object:
    trouble = find_trouble(layer)
    if trouble is not None:
        raise Undetermined(trouble)
    return [_variable(weight) for weight in weights]


def _variable(weight: Weight) -> Array:
    return Array(weight.shape, weight.dtype, origin="variable")


@raw("get:Layer.weights", "get:Layer.variables")
def layer_weights(machine: Machine, layer: Layer) -> object:
    """Return a layer's weights as variables."""
    return _weight_arrays(machine, layer, weights_of(layer, machine.keras))


@raw("get:Layer.trainable_weights", "get:Layer.trainable_variables")
def layer_trainable_weights(machine: Machine, layer: Layer) -> object:
    """Return a layer's trained weights as variables."""
    return _weight_arrays(machine, layer, trainable_weights(layer, machine.keras))


@raw("get:Layer.non_trainable_weights", "get:Layer.non_trainable_variables")
def layer_non_trainable_weights(machine: Machine, layer: Layer) -> object:
    """Return a layer's weights that are not trained."""
    trained = {id(weight) for weight in trainable_weights(layer, machine.keras)}
    return _weight_arrays(machine, layer, [w for w in weights_of(layer, machine.keras) if id(w) not in trained])


def _own_variable(name: str) -> RawNative:
    def get(machine: Machine, layer: Layer) -> object:
        for weight in layer.weights:
            if weight.name == name:
                return _variable(weight)
        return machine.raise_error("AttributeError", f"'{layer.class_name}' object has no attribute '{name}'")

    return RawNative(f"Layer.{name}", get)


_VARIABLES = ("kernel", "bias", "embeddings", "gamma", "beta", "moving_mean", "moving_variance", "recurrent_kernel")
register("get:Layer", {name: _own_variable(name) for name in _VARIABLES})


@raw("get:Layer.losses", "get:Layer.updates", "get:Layer.metrics")
def layer_losses(machine: Machine, layer: Layer) -> object:
    """Return losses: not known in number."""
    return machine.unknown(Why.UNSUPPORTED, f"the losses of {layer.name}")


@raw("method:Layer.__init__", inert=False)
def layer_init(machine: Machine, layer: Layer, *args: object, **kwargs: object) -> None:
    """Run the constructor of the Keras class that a layer's class derives from."""
    initialise_native(machine, layer, args, kwargs)


@raw("method:Layer.__call__", inert=False)
def layer_call(machine: Machine, layer: Layer, *args: object, **kwargs: object) -> object:
    """Call a layer."""
    machine.running.add(("__call__", id(layer)))
    try:
        return machine.call(layer, args, kwargs)
    finally:
        machine.running.discard(("__call__", id(layer)))


@raw("method:Layer.call", inert=False)
def layer_call_body(machine: Machine, layer: Layer, *args: object, **kwargs: object) -> object:
    """Run what the Keras class itself computes."""
    if isinstance(layer, Model) and layer.kind != "subclassed":
        return machine.builder.run_model(layer, args, kwargs)
    return run_native_call(machine, layer, Call(args, kwargs))


@raw("method:Layer.build", inert=False)
def layer_build(machine: Machine, layer: Layer, *shapes: object, **named: object) -> None:
    """Make a layer's weights for an input shape, or for the shapes of several arguments."""
    if isinstance(layer, Model):
        build_model(machine, layer, shapes[0] if shapes else named.get("input_shape"))
        return
    for shape in (*shapes, *named.values()):
        if isinstance(shape, Unknown) and not shape.symbol:
            raise Undetermined(shape)
    is_inside_build = layer.built and isinstance(layer.cls, Class)
    if layer.spec is None or (isinstance(layer.cls, Class) and makes_weights_in_call(machine, layer)):
        layer.built = True
        return
    if layer.built and not is_inside_build:
        return
    layer.built = True
    call = _call_of_shapes(machine, shapes, named)
    machine.builder.build_from_catalogue(layer, call)
    if isinstance(layer.cls, Class):
        track(layer, machine.keras)


_FIRST = {"input_shape", "inputs_shape", "sequences_shape", "sequence_shape"}


def _call_of_shapes(machine: Machine, shapes: tuple[object, ...], named: dict[str, object]) -> Call:
    """Return the call that ``build`` gets ready for: ``query_shape`` is the shape of the argument ``query``."""
    args = [_tensors_for(machine, shape) for shape in shapes if shape is not None]
    kwargs: dict[str, object] = {}
    for name, shape in named.items():
        if shape is not None and name in _FIRST:
            args.insert(0, _tensors_for(machine, shape))
        elif shape is not None:
            kwargs[name.removesuffix("_shape")] = _tensors_for(machine, shape)
    return Call(tuple(args), kwargs)


def _tensors_for(machine: Machine, shape: object) -> object:
    if isinstance(shape, list | tuple) and any(isinstance(item, list | tuple) for item in shape):
        return [_tensors_for(machine, item) for item in shape]
    return Tensor(as_shape(machine, shape, ()))


def build_model(machine: Machine, model: Model, input_shape: object) -> None:
    """Carry out ``model.build(input_shape)``."""
    if model.kind == "functional":
        return
    if model.kind == "sequential":
        if model.built:
            machine.builder.rebuilt(model)
        elif input_shape is not None:
            machine.builder.build_sequential(model, Call((_tensors_for(machine, input_shape),), {}))
        return
    if machine.keras is Keras.THREE:
        model.built = True  # it warns, and makes no weight: the next call does
        return
    machine.builder.call_layer(model, (_tensors_for(machine, input_shape),), {}, machine.span)


@raw("method:Layer.add_weight", "method:Layer.add_variable", inert=False)
def layer_add_weight(machine: Machine, layer: Layer, *args: object, **kwargs: object) -> object:
    """Make a weight of a layer's own."""
    names = (
        ("shape", "initializer", "dtype", "trainable")
        if machine.keras is Keras.THREE
        else ("name", "shape", "dtype", "initializer", "regularizer", "trainable")
    )
    if args and isinstance(args[0], str) and machine.keras is Keras.THREE:
        machine.raise_error("TypeError", "add_weight() takes its name by keyword")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    shape_given = given.get("shape")
    shape = as_shape(
        machine, () if shape_given is None else (shape_given,) if isinstance(shape_given, int) else shape_given, ()
    )
    trainable = given.get("trainable", True)
    if isinstance(trainable, Unknown):
        trainable = machine.truth(trainable)
    is_trainable = True if trainable is None else bool(trainable)
    if given.get("synchronization") is not None and "ON_READ" in str(given["synchronization"]):
        is_trainable = False
    name = given.get("name")
    dtype = given.get("dtype")
    weight = Weight(
        name if isinstance(name, str) else "variable",
        shape
        if isinstance(shape, tuple)
        else Unknown(Why.INPUT, f"the shape of a weight of {layer.name}", machine.span),
        trainable=is_trainable,
        dtype=dtype if isinstance(dtype, str) else layer.dtype,
        why="" if is_trainable else "declared",
    )
    machine.builder.add_weight(layer, weight)
    return OwnVariable(weight)


@raw("method:Layer.add_loss")
def add_loss(machine: Machine, layer: Layer, losses: object = None, *args: object, **kwargs: object) -> None:
    """Add a loss: outside of ``call`` Keras 2 takes its layers into a functional model, and Keras 3 wants no symbolic tensor."""
    del args, kwargs
    symbolic = tensors_in(losses) if not machine.callers else []
    if machine.keras is Keras.THREE and isinstance(layer, Model) and layer.kind == "functional" and layer.cls is None:
        machine.raise_error("NotImplementedError", "")
    if symbolic and machine.keras is Keras.THREE:
        machine.raise_error(
            "ValueError",
            "`add_loss()` can only be called from inside `build()` or `call()`, on a tensor input. "
            f"Received invalid value: {symbolic[0]!r}",
        )
    for tensor in symbolic:
        _take_in(machine, layer, tensor, "AddLoss")


@raw("method:Layer.add_metric")
def add_metric(machine: Machine, layer: Layer, value: object = None, *args: object, **kwargs: object) -> None:
    """Add a metric of Keras 2, whose layers a functional model takes in."""
    del args, kwargs
    if isinstance(value, Tensor) and not machine.callers and machine.keras is Keras.TWO:
        _take_in(machine, layer, value, "AddMetric")


def _take_in(machine: Machine, model: Layer, tensor: Tensor, class_name: str) -> None:
    if isinstance(model, Model) and model.kind == "functional" and model.trouble is None:
        insert(machine.builder, model, tensor, class_name, machine.span)


@raw("method:Layer.add_update", "method:Layer.set_weights", "method:Layer.load_own_variables", "method:Layer.save_own_variables", "method:Layer.reset_states", "method:Layer.reset_state", "method:Layer.load_weights", "method:Layer.compute_mask", "method:Layer.__setattr__")  # fmt: skip
def layer_inert(machine: Machine, layer: Layer, *args: object, **kwargs: object) -> None:
    """Do what changes no weight's shape."""
    del machine, layer, args, kwargs


@raw("method:Layer.get_weights")
def layer_get_weights(machine: Machine, layer: Layer) -> object:
    """Return the values of a layer's weights."""
    return layer_weights(machine, layer)


@raw("method:Layer.count_params")
def layer_count_params(machine: Machine, layer: Layer) -> object:
    """Return the number of a layer's parameters."""
    if not layer.built:
        machine.raise_error(
            "ValueError", f"You tried to call `count_params` on layer '{layer.name}', but the layer isn't built."
        )
    total = count(layer, machine.keras).total
    if total is None:
        trouble = find_trouble(layer)
        if trouble is not None:
            raise Undetermined(trouble)
        undetermined(Why.UNSUPPORTED, f"the parameters of {layer.name}")
    return total


@raw("method:Layer.compute_output_shape", "method:Layer.compute_output_spec")
def layer_compute_output_shape(machine: Machine, layer: Layer, input_shape: object, *_: object, **__: object) -> object:
    """Return the output shape for an input shape, making no weight of this layer."""
    output = (
        machine.builder.output_of(layer, Call((_tensors_for(machine, input_shape),), {})) if layer.cls is None else None
    )
    if output is None:
        return machine.unknown(Why.UNSUPPORTED, f"{layer.name}.compute_output_shape")
    shapes = shape_nest(machine, output)
    return TensorShape(shapes) if machine.keras is Keras.TWO and isinstance(shapes, tuple) else shapes


@raw("method:Layer._flatten_layers", "method:Layer.submodules")
def layer_flatten(machine: Machine, layer: Layer, recursive: object = True, include_self: object = True) -> object:
    """Return a layer and what it holds."""
    track(layer, machine.keras)
    found: list[object] = [layer] if include_self else []

    def visit(current: Layer) -> None:
        for child in current.children:
            found.append(child)
            if recursive:
                visit(child)

    visit(layer)
    return found


register("isinstance", {"KerasTensor": RawNative("KerasTensor", lambda _machine, value: isinstance(value, Tensor))})
