"""Models of tensors: inputs, functional models, and running a model's graph for other shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.spec import Call, Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph.network import flatten, map_network
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Node, Tensor
from keraslint.values.shape import AnyShape, Shape, shape_text
from keraslint.values.unknown import Span, Undetermined, Unknown, Why

if TYPE_CHECKING:  # the builder has these functions as its methods
    from keraslint.graph.builder import Builder


def input_tensor(builder: Builder, shape: AnyShape, dtype: object, name: object, span: Span | None) -> Tensor:
    """Make an InputLayer with a batch shape and return its tensor."""
    layer = Layer("InputLayer", "", None, span)
    builder.name_layer(layer, {"name": name, "dtype": dtype if isinstance(dtype, str) else None})
    return builder.input_of(layer, shape, layer.compute_dtype)


def input_of(builder: Builder, layer: Layer, shape: AnyShape, dtype: str) -> Tensor:
    """Give an InputLayer its tensor."""
    negative = [dim for dim in shape if isinstance(dim, int) and dim < 0] if isinstance(shape, tuple) else []
    if negative:
        three = f"Cannot convert '{shape}' to a shape. Negative dimensions are not allowed."
        two = f"Dimension {negative[0]} must be >= 0"
        raise Refused(two if builder.keras is Keras.TWO else three, received=negative[0])
    layer.built = True
    node = Node(layer, (), {}, [], layer.origin)
    tensor = Tensor(shape, dtype, node)
    tensor.name = layer.name
    node.outputs.append(tensor)
    layer.nodes.append(node)
    return tensor


def functional(builder: Builder, model: Model, inputs: object, outputs: object) -> Model:
    """Make a model of the graph between tensors."""
    model.kind = "functional"
    flat_inputs, flat_outputs = list(flatten(inputs)), list(flatten(outputs))
    for leaf in [*flat_inputs, *flat_outputs]:
        missing = leaf.shape if isinstance(leaf, Array) else leaf  # what is lost on the way may have become data
        if isinstance(missing, Unknown):
            model.trouble = Unknown(missing.why, missing.what, missing.where)
        elif not isinstance(leaf, Tensor):
            refused = Refused(
                f"All `inputs` and `outputs` of a model must be Keras tensors. Received: {leaf!r}",
                contract="model-tensors",
            )
            builder.refuse(refused, model, model.origin)
            raise refused
    model.inputs, model.outputs = inputs, outputs
    model.flat_inputs = [leaf for leaf in flat_inputs if isinstance(leaf, Tensor)]
    model.flat_outputs = [leaf for leaf in flat_outputs if isinstance(leaf, Tensor)]
    if model.trouble is None:
        _connect(builder, model)
    model.built = True
    builder.note("built", model.origin, model)
    return model


def _connect(builder: Builder, model: Model) -> None:
    stand_ins = {
        id(tensor): _stand_in(builder, tensor)
        for tensor in model.flat_inputs
        if tensor.node is not None and tensor.node.inputs
    }
    try:
        network = map_network(model.flat_inputs, model.flat_outputs)
    except Refused as refused:
        builder.refuse(refused, model, model.origin)
        raise
    except Undetermined as problem:
        model.trouble = problem.unknown
        return
    model.graph_nodes = network.nodes
    model.operations = [*stand_ins.values(), *network.operations]
    model.layers = [layer for layer in model.operations if not layer.is_operation or builder.keras is Keras.TWO]
    model.graph_layers = list(model.layers) if builder.keras is Keras.TWO else []
    model.children = list(model.layers)


def _stand_in(builder: Builder, tensor: Tensor) -> Layer:
    """Return the InputLayer that Keras puts in the place of an intermediate tensor."""
    layer = Layer("InputLayer", builder.names.automatic("InputLayer"), None, None)
    builder.input_of(layer, tensor.shape, tensor.dtype)
    return layer


def insert(builder: Builder, model: Model, tensor: Tensor, class_name: str, span: Span | None) -> None:
    """Put the layers that lead to a loss or metric into a model, as Keras 2 does (``Functional._insert_layers``)."""
    try:
        found = map_network(model.flat_inputs, [tensor]).operations
    except Refused as refused:
        builder.refuse(refused, model, span)
        raise
    except Undetermined as problem:
        model.trouble = model.trouble or problem.unknown
        return
    end = Layer(class_name, builder.names.automatic(class_name), None, span)
    end.built = True
    node = Node(end, (tensor,), {}, [tensor], span)
    node.outputs.append(Tensor(tensor.raw_shape, tensor.dtype, node))
    end.nodes.append(node)
    model.graph_layers = list(dict.fromkeys([*model.graph_layers, *found, end]))
    model.layers = model.operations = model.children = list(dict.fromkeys([*model.layers, *found, end]))


def run_model(builder: Builder, model: Model, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
    """Return a model's outputs for new inputs: nested tensors without a node."""
    if model.kind == "sequential" and not model.built:
        builder.build_sequential(model, Call(args, kwargs))
    trouble = model.trouble
    if trouble is not None or not model.flat_outputs:
        return trouble or Unknown(Why.UNBUILT, f"{model.name} has no known outputs")
    given = list(flatten(args[0] if args else kwargs.get("inputs")))
    if len(given) != len(model.flat_inputs):
        raise Refused(
            f'Layer "{model.name}" expects {len(model.flat_inputs)} input(s), but it received {len(given)}',
            contract="inputs",
        )
    shapes = [value.shape if isinstance(value, Tensor | Array) else value for value in given]
    if shapes == [tensor.shape for tensor in model.flat_inputs]:
        return rebuild(model.outputs, {id(t): Tensor(t.raw_shape, t.dtype) for t in model.flat_outputs})
    _check_inputs(builder, model, shapes)
    return _run_graph(builder, model, given)


def _check_inputs(builder: Builder, model: Model, shapes: Sequence[object]) -> None:
    """Refuse an input that the model's own input shape does not allow (Keras 3; Keras 2 only warns)."""
    if builder.keras is Keras.TWO:
        return
    for shape, tensor in zip(shapes, model.flat_inputs, strict=True):
        own = tensor.shape
        if isinstance(shape, tuple) and isinstance(own, tuple) and not _takes(own, shape):
            raise Refused(
                f'Input 0 of layer "{model.name}" is incompatible with the layer: expected shape='
                f"{shape_text((None, *own[1:]))}, found shape={shape_text(shape)}",
                contract="channels",
                expected=own,
                shape=shape,
            )


def _takes(own: Shape, shape: Shape) -> bool:
    """Return whether a model of Keras 3 takes an input: axes are compared as far as both go, without a last one of 1.

    keras/src/models/functional.py: ``input_spec``.
    """
    pairs = zip(_squeezed(own)[1:], _squeezed(shape)[1:], strict=False)
    return not any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in pairs)


def _squeezed(shape: Shape) -> Shape:
    return shape[:-1] if shape and shape[-1] == 1 else shape


def _run_graph(builder: Builder, model: Model, given: Sequence[object]) -> object:
    results: dict[int, object] = {id(tensor): value for tensor, value in zip(model.flat_inputs, given, strict=True)}
    for node in model.graph_nodes:
        if not node.inputs or all(id(tensor) in results for tensor in node.outputs):
            continue
        args = rebuild(node.args, results)
        kwargs = rebuild(node.kwargs, results)
        if not isinstance(args, tuple) or not isinstance(kwargs, dict):
            continue
        output = builder.apply(node.layer, *args, **kwargs)
        for tensor, value in zip(node.outputs, _tensor_leaves(output), strict=False):
            results[id(tensor)] = value
    return rebuild(model.outputs, results)


def rebuild(nest: object, values: Mapping[int, object]) -> object:
    """Return a nest with its tensors replaced."""
    match nest:
        case Tensor():
            return values.get(id(nest), nest)
        case list():
            return [rebuild(item, values) for item in nest]
        case tuple():
            return tuple(rebuild(item, values) for item in nest)
        case dict():
            return {key: rebuild(item, values) for key, item in nest.items()}
        case slice():
            return slice(*(rebuild(part, values) for part in (nest.start, nest.stop, nest.step)))
        case _:
            return nest


def _tensor_leaves(nest: object) -> list[object]:
    return [leaf for leaf in flatten(nest) if isinstance(leaf, Tensor | Array | Unknown)]
