"""Makes layers, calls them on tensors, and makes models of tensors: Keras' own mechanics over symbolic values.

``Builder`` holds what one run of a program has made so far. It knows no syntax: evaluation drives it, and answers
for layers that the program defines itself (``Program``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from keraslint.catalogue import layers as _families  # noqa: F401  registers every layer of the catalogue
from keraslint.catalogue.signatures import bind, layer_signature
from keraslint.catalogue.spec import Call, LayerSpec, Output, Refused, Signature, layer_specs
from keraslint.catalogue.versions import Keras
from keraslint.graph.count import find_trouble, unknown_flag, weights_of
from keraslint.graph.naming import Names
from keraslint.graph.network import flatten, map_network, tensors_in
from keraslint.graph.trainable import set_trainable
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Node, Tensor, Weight
from keraslint.values.program import KerasObject
from keraslint.values.shape import AnyShape, Shape, known_shape, shape_text
from keraslint.values.unknown import Span, Undetermined, Unknown, Why, undetermined


class Happening(NamedTuple):
    """Something that happened, in order; see ``graph.analysis.Event``."""

    kind: str
    span: Span | None
    subject: Layer | None
    facts: dict[str, object]


class Program(Protocol):
    """What evaluation answers for layers whose class the program defines."""

    def build_custom(self, layer: Layer, call: Call) -> None:
        """Run the class's ``build`` where it has one, before its first call."""
        ...

    def call_custom(self, layer: Layer, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Run the class's ``call`` on tensors and return what it returns."""
        ...

    def call_function(self, function: object, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Call a function value of the program."""
        ...

    def clone_custom(self, layer: Layer, changes: Mapping[str, object]) -> Layer:
        """Return ``type(layer).from_config(layer.get_config())`` of a layer whose class the program defines."""
        ...


class Builder:
    """The layers, models, names and events of one run."""

    def __init__(self, keras: Keras, program: Program) -> None:
        self.keras = keras
        self.program = program
        self.names = Names(keras)
        self.policy = "float32"
        self.data_format = "channels_last"
        self.layers: list[Layer] = []
        self.models: list[Model] = []
        self.happenings: list[Happening] = []
        self._inner = 0

    # making layers

    def make_layer(
        self, class_name: str, args: Sequence[object], kwargs: Mapping[str, object], span: Span | None
    ) -> Layer:
        """Construct a layer of Keras; raise ``Refused`` where its constructor raises."""
        layer = Layer(class_name, "", None, span)
        self.initialise(layer, class_name, args, kwargs)
        return layer

    def initialise(
        self, layer: Layer, class_name: str, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> None:
        """Run the constructor of a Keras class on a layer: binds arguments, checks them, names the layer."""
        signature = layer_signature(class_name, self.keras)
        if signature is None:
            undetermined(Why.UNSUPPORTED, f"the layer {class_name}")
        spec_class = layer_specs().get(signature.canonical)
        if spec_class is None:
            undetermined(Why.UNSUPPORTED, f"the layer {class_name}")
        try:
            arguments = bind(signature, tuple(args), dict(kwargs))
            if layer.cls is None:
                layer.class_name = signature.canonical
            self._configure(layer, spec_class(signature.canonical, arguments, self))
        except Refused as refused:
            self.refuse(refused, layer, None)
            raise

    def _configure(self, layer: Layer, spec: LayerSpec) -> None:
        layer.spec = spec
        self.name_layer(layer, spec.arguments)
        spec.name = layer.name
        spec.check()
        layer.children = spec.children

    def name_layer(self, layer: Layer, arguments: Mapping[str, object]) -> None:
        """Take over what every layer's constructor takes: name, trainable, dtype, input shape."""
        name = arguments.get("name")
        if isinstance(name, Unknown):
            layer.name = name.symbol or "?"
            layer.automatic_name = False
        elif name is None:
            layer.name = self.names.automatic(layer.class_name) if not self._inner else layer.class_name
        else:
            layer.name = str(name)
            layer.automatic_name = False
            if self.keras is Keras.TWO and not self._inner:
                self.names.unique(layer.name)
        trainable = arguments.get("trainable", True)
        if trainable is None:
            trainable = True
        layer.trainable = unknown_flag(layer.name, trainable) or bool(trainable)
        if not layer.trainable:
            layer.frozen_at = layer.origin
        layer.dtype, layer.compute_dtype = self.dtypes(arguments.get("dtype"))
        layer.input_shape = _given_input_shape(arguments)
        if not self._inner:
            self._register(layer)

    def _register(self, layer: Layer) -> None:
        self.layers.append(layer)
        layer.key = len(self.layers)
        self.happenings.append(Happening("made", layer.origin, layer, {}))

    def dtypes(self, dtype: object) -> tuple[str, str]:
        """Return the variable dtype and the compute dtype of a ``dtype`` argument (a name, a policy, or None)."""
        if isinstance(dtype, KerasObject):
            dtype = dtype.arguments.get("name")
        name = self.policy if dtype is None else dtype if isinstance(dtype, str) else "float32"
        if name.startswith("mixed_"):
            return "float32", name.removeprefix("mixed_")
        return name, name

    # the host of layers that hold other layers (catalogue.spec.Host)

    def make(self, class_name: str, /, **arguments: object) -> Layer:
        """Construct an inner layer: no automatic name is used up, and it is no layer of the program's own."""
        self._inner += 1
        try:
            return self.make_layer(class_name, (), arguments, None)
        finally:
            self._inner -= 1

    def clone(self, layer: Layer, **changes: object) -> Layer:
        """Return a new layer with the same arguments but for ``changes``, and no weights."""
        if layer.cls is not None:
            return self.program.clone_custom(layer, changes)
        spec = layer.spec
        if not isinstance(spec, LayerSpec):
            undetermined(Why.UNSUPPORTED, f"a copy of {layer.class_name}")
        copy = Layer(layer.class_name, "", None, layer.origin)
        arguments = {"name": layer.name, **spec.arguments, "trainable": layer.trainable, **changes}
        if arguments.get("name") is None:
            arguments["name"] = layer.name
        self._inner += 1
        try:
            self._configure(copy, type(spec)(layer.class_name, arguments, self))
        finally:
            self._inner -= 1
        return copy

    def apply(self, layer: Layer, *args: object, **kwargs: object) -> object:
        """Call a layer for shapes and weights only: nothing is recorded in the graph."""
        self._inner += 1
        try:
            return self._run(layer, args, kwargs, None)
        finally:
            self._inner -= 1

    def build(self, layer: Layer, shape: Shape) -> None:
        """Make a layer's weights for an input shape."""
        if not layer.built:
            self.build_layer(layer, Call((Tensor(shape, layer.compute_dtype),), {}))

    def call(self, function: object, *args: object, **kwargs: object) -> object:
        """Call a function value of the program."""
        self._inner += 1
        try:
            return self.program.call_function(function, args, kwargs)
        finally:
            self._inner -= 1

    # calling layers

    def call_layer(
        self, layer: Layer, args: tuple[object, ...], kwargs: dict[str, object], span: Span | None
    ) -> object:
        """Call a layer on values; on symbolic tensors the call becomes a node of the graph."""
        inputs = tensors_in([list(args), kwargs])
        node = Node(layer, args, kwargs, inputs, span)
        try:
            outputs = self._run(layer, args, kwargs, node if inputs else None)
        except Refused as refused:
            self.refuse(refused, layer, span, inputs)
            raise
        if inputs:
            layer.nodes.append(node)
        self.happenings.append(Happening("called", span, layer, {}))
        return outputs

    def _run(
        self, layer: Layer, args: tuple[object, ...], kwargs: Mapping[str, object], node: Node | None
    ) -> object:
        is_data = not tensors_in([list(args), kwargs])
        if isinstance(layer, Model) and layer.kind != "subclassed" and layer.cls is None:
            return self._publish(layer, self.run_model(layer, args, kwargs), node, is_data)
        if layer.recompute is not None:
            return self._publish(layer, layer.recompute(args, kwargs), node, is_data)
        call = Call(args, kwargs)
        if not layer.built:
            self.build_layer(layer, call)
        elif layer.cls is None and isinstance(layer.spec, LayerSpec):
            self._check_again(layer, layer.spec, call)
        if layer.cls is not None:
            return self._publish(layer, self.program.call_custom(layer, args, kwargs), node, is_data)
        return self._publish(layer, self.output_of(layer, call), node, is_data)

    def output_of(self, layer: Layer, call: Call) -> object:
        """Return the tensors that a layer of the catalogue makes of a call, without a node."""
        spec = layer.spec
        if not isinstance(spec, LayerSpec):
            return Tensor(Unknown(Why.UNSUPPORTED, f"the layer {layer.class_name}"), layer.compute_dtype)
        try:
            return self.materialise(spec.output(call), layer.compute_dtype)
        except Undetermined as problem:
            return Tensor(problem.unknown, layer.compute_dtype)

    def build_layer(self, layer: Layer, call: Call) -> None:
        """Make a layer's own weights (and its children's, where Keras does so) for its first input."""
        layer.built = True
        if layer.cls is not None:
            self.program.build_custom(layer, call)
            return
        self.build_from_catalogue(layer, call)

    def build_from_catalogue(self, layer: Layer, call: Call) -> None:
        """Make the weights that the catalogue knows of the layer's Keras class."""
        spec = layer.spec
        if not isinstance(spec, LayerSpec):
            return
        try:
            for weight in spec.weights(call):
                self.add_weight(
                    layer,
                    Weight(
                        weight.name,
                        weight.shape,
                        trainable=weight.trainable,
                        dtype=weight.dtype or layer.dtype,
                        why=weight.why,
                    ),
                )
        except Undetermined as problem:
            layer.trouble = problem.unknown
        layer.children = spec.children if layer.cls is None else layer.children

    def add_weight(self, layer: Layer, weight: Weight) -> Weight:
        """Give a layer a weight of its own; a frozen layer's is not trained (Keras 3)."""
        if self.keras is Keras.THREE and not layer.trainable:
            weight.trainable = False
        layer.weights.append(weight)
        return weight

    def _check_again(self, layer: Layer, spec: LayerSpec, call: Call) -> None:
        """Refuse an input for which the weights that a shared layer already has would have other shapes."""
        if len(layer.nodes) == 0 or not layer.weights:
            return
        try:
            fresh = [weight.shape for weight in spec.weights(call)]
        except Undetermined:
            return
        have = [weight.shape for weight in layer.weights]
        if len(fresh) == len(have) and fresh != have:
            raise Refused(
                f"Input 0 of layer {layer.name} is incompatible with the layer: its weights were made for another "
                f"shape. Full shape received: {shape_text(call.shape)}",
                contract="channels",
                shape=call.shape,
            )

    def materialise(self, output: Output, dtype: str) -> object:
        """Return tensors without a node for what a spec or operation says of its outputs."""
        match output:
            case Tensor():
                return output
            case tuple():
                return Tensor(output, dtype)
            case Signature():
                return Tensor(output.shape, output.dtype)
            case list():
                return [self.materialise(item, dtype) for item in output]
            case dict():
                return {key: self.materialise(item, dtype) for key, item in output.items()}

    def _publish(self, layer: Layer, output: object, node: Node | None, is_data: bool) -> object:  # noqa: FBT001
        """Turn a layer's result into tensors of its own: outputs of ``node``, or data where the input was data."""
        if node is None and not is_data:
            return output

        def publish(value: object) -> object:
            match value:
                case Tensor() if node is None:
                    return Array(value.shape, value.dtype, origin="tensor")
                case Tensor():
                    tensor = Tensor(value.raw_shape, value.dtype, node, len(node.outputs))
                    node.outputs.append(tensor)
                    return tensor
                case Array() if node is not None:
                    tensor = Tensor(value.shape, value.dtype, node, len(node.outputs))
                    node.outputs.append(tensor)
                    return tensor
                case list():
                    return [publish(item) for item in value]
                case tuple():
                    return tuple(publish(item) for item in value)
                case dict():
                    return {key: publish(item) for key, item in value.items()}
                case Unknown() if node is not None:
                    tensor = Tensor(value, layer.compute_dtype, node, len(node.outputs))
                    node.outputs.append(tensor)
                    return tensor
                case _:
                    return value

        return publish(output)

    def publish_operation(
        self,
        layer: Layer,
        stem: str,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        output: object,
        span: Span | None,
    ) -> object:
        """Record an operation on tensors as a node of the graph; over data alone, return data."""
        inputs = tensors_in([list(args), kwargs])
        layer.is_operation = True
        layer.built = True
        node = Node(layer, args, kwargs, inputs, span)
        if inputs:
            layer.name = self.names.unique(stem) if not self._inner else stem
            layer.nodes.append(node)
        return self._publish(layer, output, node if inputs else None, not inputs)

    # models of tensors

    def input_tensor(self, shape: AnyShape, dtype: object, name: object, span: Span | None) -> Tensor:
        """Make an InputLayer with a batch shape and return its tensor."""
        layer = Layer("InputLayer", "", None, span)
        self.name_layer(layer, {"name": name, "dtype": dtype if isinstance(dtype, str) else None})
        return self.input_of(layer, shape, layer.compute_dtype)

    def input_of(self, layer: Layer, shape: AnyShape, dtype: str) -> Tensor:
        """Give an InputLayer its tensor."""
        layer.built = True
        node = Node(layer, (), {}, [], layer.origin)
        tensor = Tensor(shape, dtype, node)
        tensor.name = layer.name
        node.outputs.append(tensor)
        layer.nodes.append(node)
        return tensor

    def functional(self, model: Model, inputs: object, outputs: object) -> Model:
        """Make a model of the graph between tensors."""
        model.kind = "functional"
        flat_inputs, flat_outputs = list(flatten(inputs)), list(flatten(outputs))
        for leaf in [*flat_inputs, *flat_outputs]:
            if isinstance(leaf, Unknown):
                model.trouble = Unknown(leaf.why, leaf.what, leaf.where)
            elif not isinstance(leaf, Tensor):
                refused = Refused(
                    f"All `inputs` and `outputs` of a model must be Keras tensors. Received: {leaf!r}",
                    contract="model-tensors",
                )
                self.refuse(refused, model, model.origin)
                raise refused
        model.inputs, model.outputs = inputs, outputs
        model.flat_inputs = [leaf for leaf in flat_inputs if isinstance(leaf, Tensor)]
        model.flat_outputs = [leaf for leaf in flat_outputs if isinstance(leaf, Tensor)]
        if model.trouble is None:
            self._connect(model)
        model.built = True
        self.happenings.append(Happening("built", model.origin, model, {}))
        return model

    def _connect(self, model: Model) -> None:
        stand_ins = {
            id(tensor): self._stand_in(tensor)
            for tensor in model.flat_inputs
            if tensor.node is not None and tensor.node.inputs
        }
        try:
            network = map_network(model.flat_inputs, model.flat_outputs)
        except Refused as refused:
            self.refuse(refused, model, model.origin)
            raise
        model.graph_nodes = network.nodes
        model.operations = [*stand_ins.values(), *network.operations]
        model.layers = [layer for layer in model.operations if not layer.is_operation or self.keras is Keras.TWO]
        model.children = list(model.layers)

    def _stand_in(self, tensor: Tensor) -> Layer:
        """Return the InputLayer that Keras puts in the place of an intermediate tensor."""
        layer = Layer("InputLayer", self.names.automatic("InputLayer"), None, None)
        self.input_of(layer, tensor.shape, tensor.dtype)
        return layer

    def run_model(self, model: Model, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Return a model's outputs for new inputs: nested tensors without a node."""
        if model.kind == "sequential" and not model.built:
            self.build_sequential(model, Call(args, kwargs))
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
            return _rebuild(model.outputs, {id(t): Tensor(t.raw_shape, t.dtype) for t in model.flat_outputs})
        self._check_inputs(model, shapes)
        return self._run_graph(model, given)

    def _check_inputs(self, model: Model, shapes: Sequence[object]) -> None:
        """Refuse an input that the model's own input shape does not allow (Keras 3; Keras 2 only warns)."""
        if self.keras is Keras.TWO:
            return
        for shape, tensor in zip(shapes, model.flat_inputs, strict=True):
            own = tensor.shape
            if not isinstance(shape, tuple) or not isinstance(own, tuple) or len(shape) != len(own):
                continue
            pairs = zip(shape[1:], own[1:], strict=True)
            if any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in pairs):
                raise Refused(
                    f'Input 0 of layer "{model.name}" is incompatible with the layer: expected shape='
                    f"{shape_text((None, *own[1:]))}, found shape={shape_text(shape)}",
                    contract="channels",
                    expected=own,
                    shape=shape,
                )

    def _run_graph(self, model: Model, given: Sequence[object]) -> object:
        results: dict[int, object] = {
            id(tensor): value for tensor, value in zip(model.flat_inputs, given, strict=True)
        }
        for node in model.graph_nodes:
            if not node.inputs or all(id(tensor) in results for tensor in node.outputs):
                continue
            args = _rebuild(node.args, results)
            kwargs = _rebuild(node.kwargs, results)
            if not isinstance(args, tuple) or not isinstance(kwargs, dict):
                continue
            output = self.apply(node.layer, *args, **kwargs)
            for tensor, value in zip(node.outputs, _tensor_leaves(output), strict=False):
                results[id(tensor)] = value
        return _rebuild(model.outputs, results)

    # sequential models

    def add(self, model: Model, layer: object, span: Span | None) -> None:
        """Add a layer to a Sequential, extending its graph where it has an input."""
        if isinstance(layer, Tensor) and layer.node is not None and layer.node.layer.class_name == "InputLayer":
            layer = layer.node.layer
        if isinstance(layer, Unknown):
            model.trouble = Unknown(layer.why, f"a layer of {model.name}: {layer.what}", layer.where or span)
            return
        if not isinstance(layer, Layer):
            refused = Refused(f"Only layers can be added to a Sequential model. Received: {layer!r}", error="TypeError")
            self.refuse(refused, model, span)
            raise refused
        if any(other.name == layer.name for other in model.stack):
            refused = Refused(
                "All layers added to a Sequential model should have unique names. "
                f'Name "{layer.name}" is already the name of a layer in this model.',
                contract="duplicate-name",
                layer=layer.name,
            )
            self.refuse(refused, model, span)
            raise refused
        if not model.stack:
            self._open(model, layer, span)
        if layer.class_name == "InputLayer":
            if not model.stack:
                self._start(model, layer)
            return
        model.stack.append(layer)
        if model.flat_outputs and model.trouble is None:
            self._extend(model, layer, span)
        self._refresh(model)

    def _open(self, model: Model, layer: Layer, span: Span | None) -> None:
        """Give a Sequential the input that its first layer implies."""
        shape: AnyShape | None = layer.input_shape
        if isinstance(layer, Model) and layer.flat_inputs and shape is None:
            has_input = layer.kind == "functional" or self.keras is Keras.THREE
            shape = layer.flat_inputs[0].shape if has_input and len(layer.flat_inputs) == 1 else None
        if shape is None:
            return
        stem = f"{layer.name}_input" if self.keras is Keras.TWO else None
        tensor = self.input_tensor(shape, layer.compute_dtype, stem, span)
        if tensor.node is not None:
            self._start(model, tensor.node.layer)

    def _start(self, model: Model, layer: Layer) -> None:
        model.stack.insert(0, layer)
        tensor = layer.nodes[0].outputs[0]
        model.inputs = tensor
        model.outputs = tensor
        model.flat_inputs = [tensor]
        model.flat_outputs = [tensor]

    def _extend(self, model: Model, layer: Layer, span: Span | None) -> None:
        output = self.call_layer(layer, (model.outputs,), {}, span or layer.origin)
        if not isinstance(output, Tensor):
            refused = Refused(
                "All layers in a Sequential model should have a single output tensor. "
                "For multi-output layers, use the functional API.",
                contract="outputs",
            )
            if self.keras is Keras.TWO:
                self.refuse(refused, layer, span)
                raise refused
        model.outputs = output
        model.flat_outputs = tensors_in(output)

    def _refresh(self, model: Model) -> None:
        """Bring what follows from a Sequential's stack up to date."""
        model.layers = [layer for layer in model.stack if layer.class_name != "InputLayer"]
        model.operations = list(model.layers)
        model.children = list(model.stack)
        model.built = bool(model.flat_outputs) and bool(model.layers)
        if model.built and model.trouble is None:
            network = map_network(model.flat_inputs, model.flat_outputs)
            model.graph_nodes = network.nodes

    def pop(self, model: Model) -> None:
        """Remove a Sequential's last layer."""
        if not model.layers:
            refused = Refused("There are no layers in the model.", error="TypeError")
            self.refuse(refused, model, None)
            raise refused
        layer = model.stack.pop()
        if model.flat_outputs and layer.nodes:
            model.flat_outputs = list(layer.nodes[-1].inputs)
            model.outputs = model.flat_outputs[0]
        self._refresh(model)

    def build_sequential(self, model: Model, call: Call) -> None:
        """Build a Sequential that has no input yet for the shape that it is called on."""
        if not model.stack or model.trouble is not None:
            return
        shape = known_shape(_shape_of_first(call.inputs))
        tensor = self.input_tensor(shape, model.stack[0].compute_dtype, None, model.origin)
        if tensor.node is None:
            return
        self._start(model, tensor.node.layer)
        for layer in model.stack[1:]:
            self._extend(model, layer, layer.origin)
        self._refresh(model)

    # what is set from outside

    def set_trainable(self, layer: Layer, value: object, span: Span | None) -> None:
        """Set ``layer.trainable`` as an assignment in the program does."""
        before = [weight.trainable for weight in weights_of(layer, self.keras)]
        has_effect = set_trainable(layer, value, self.keras, span)
        changed = before != [weight.trainable for weight in weights_of(layer, self.keras)]
        facts: dict[str, object] = {"value": value, "effect": has_effect, "changed": changed}
        self.happenings.append(Happening("trainable-set", span, layer, facts))

    # events

    def refuse(
        self, refused: Refused, layer: Layer, span: Span | None, inputs: Sequence[Tensor] = ()
    ) -> None:
        """Record that Keras raises, once, where it happens first."""
        if refused.facts.get("recorded") or self._inner:
            return
        facts: dict[str, object] = {
            **refused.facts,
            "message": refused.message,
            "error": refused.error,
            "contract": refused.contract,
            "class": layer.class_name,
            "name": layer.name,
            "chain": _chain(inputs),
            "inputs": [(shape_text(t.shape), t.node.span if t.node else None) for t in inputs],
            "made": layer.origin,
        }
        refused.facts["recorded"] = True
        self.happenings.append(Happening("refused", span or layer.origin, layer, facts))

    def trouble_of(self, layer: Layer) -> Unknown | None:
        """Return why a layer's weights are not known, if they are not."""
        return find_trouble(layer)


def _given_input_shape(arguments: Mapping[str, object]) -> Shape | None:
    """Return the batch input shape that a first layer's constructor was given."""
    batch = arguments.get("batch_size")
    lead = batch if isinstance(batch, int) else None
    for name in ("batch_input_shape", "batch_shape"):
        value = arguments.get(name)
        if isinstance(value, list | tuple):
            return tuple(value)
    value = arguments.get("input_shape")
    if isinstance(value, list | tuple):
        return (lead, *value)
    value = arguments.get("input_dim")
    if isinstance(value, int):
        length = arguments.get("input_length")
        return (lead, length, value) if isinstance(length, int) else (lead, value)
    return None


def _shape_of_first(value: object) -> AnyShape:
    if isinstance(value, Tensor | Array):
        return value.shape
    if isinstance(value, Unknown):
        return value
    return Unknown(Why.UNSUPPORTED, "the input of a Sequential is not a single tensor")


def _rebuild(nest: object, values: Mapping[int, object]) -> object:
    """Return a nest with its tensors replaced."""
    match nest:
        case Tensor():
            return values.get(id(nest), nest)
        case list():
            return [_rebuild(item, values) for item in nest]
        case tuple():
            return tuple(_rebuild(item, values) for item in nest)
        case dict():
            return {key: _rebuild(item, values) for key, item in nest.items()}
        case _:
            return nest


def _tensor_leaves(nest: object) -> list[object]:
    return [leaf for leaf in flatten(nest) if isinstance(leaf, Tensor | Array | Unknown)]


def _chain(inputs: Sequence[Tensor]) -> list[tuple[str, str, Span | None]]:
    """Return the layers that lead to an input, first one first: name, output shape, line."""
    chain: list[tuple[str, str, Span | None]] = []
    tensor = inputs[0] if inputs else None
    while tensor is not None and tensor.node is not None and len(chain) < 30:
        node = tensor.node
        chain.append((node.layer.name, shape_text(tensor.shape), node.span))
        tensor = node.inputs[0] if node.inputs else None
    return chain[::-1]
