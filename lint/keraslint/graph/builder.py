"""Makes layers, calls them on tensors, and makes models of tensors: Keras' own mechanics over symbolic values.

``Builder`` holds what one run of a program has made so far. It knows no syntax: evaluation drives it, and answers
for layers that the program defines itself (``Program``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from keraslint.catalogue import layers as _families, memory  # noqa: F401  registers every layer of the catalogue
from keraslint.catalogue.inner_layers import MADE_IN_BUILD, MADE_IN_CONSTRUCTOR
from keraslint.catalogue.layers.common import dtypes_of
from keraslint.catalogue.signatures import layer_signature
from keraslint.catalogue.spec import Call, LayerSpec, Output, Refused, Signature, layer_specs
from keraslint.catalogue.versions import Keras
from keraslint.graph import binding, functional, reuse, sequential, training
from keraslint.graph.calling import check_call, check_positional, check_scope
from keraslint.graph.cloning import clone_model
from keraslint.graph.count import trainable_weights, unknown_flag
from keraslint.graph.naming import Names
from keraslint.graph.network import tensors_given
from keraslint.graph.program import Program
from keraslint.graph.trainable import set_trainable
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Node, Tensor, Weight
from keraslint.values.shape import AnyShape
from keraslint.values.unknown import Span, Undetermined, Unknown, Why, undetermined


class Happening(NamedTuple):
    """Something that happened, in order; see ``graph.analysis.Event``."""

    kind: str
    span: Span | None
    subject: Layer | None
    facts: dict[str, object]


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
        self.kept_lists: dict[int, tuple[list[object], Layer]] = {}
        """By identity: a list that an attribute of a layer holds in Keras 3, and the layer."""
        self.happenings: list[Happening] = []
        self.custom_objects: dict[object, object] = {}
        """What the program has registered by name."""
        self.weights_made = 0
        self.forgives = False
        self._inner = 0

    # what the room's files do for the builder, as methods

    bind = binding.bind_arguments
    refuse = binding.refuse
    input_tensor = functional.input_tensor
    input_of = functional.input_of
    run_model = functional.run_model
    functional = functional.functional
    add = sequential.add
    rebuilt = sequential.rebuilt
    pop = sequential.pop
    build_sequential = sequential.build_sequential
    build = reuse.build
    compile_model = training.compile_model
    fit_model = training.fit_model
    trained_in_doubt = training.trained_in_doubt

    @property
    def is_inside(self) -> bool:
        """Whether what happens is part of a layer that holds others, and no step of the program's own."""
        return self._inner > 0

    def enter(self, layers: int) -> None:
        """Go into so many layers that hold others, or out of them."""
        self._inner += layers

    def note(self, kind: str, span: Span | None, subject: Layer | None, **facts: object) -> None:
        """Record that something happened."""
        self.happenings.append(Happening(kind, span, subject, facts))

    # making layers

    def make_layer(
        self, class_name: str, args: Sequence[object], kwargs: Mapping[str, object], span: Span | None
    ) -> Layer:
        """Construct a layer of Keras; raise ``Refused`` where its constructor raises."""
        layer = Layer(class_name, "", None, span)
        self.initialise(layer, class_name, args, kwargs)
        return layer

    def initialise(self, layer: Layer, class_name: str, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
        """Run the constructor of a Keras class on a layer: binds arguments, checks them, names the layer."""
        signature = layer_signature(class_name, self.keras)
        if signature is None:
            undetermined(Why.UNSUPPORTED, f"the layer {class_name}")
        spec_class = layer_specs().get(signature.canonical)
        if spec_class is None:
            undetermined(Why.UNSUPPORTED, f"the layer {class_name}")
        settings = (self.keras, self.policy, self.data_format)
        key = None if self.custom_objects or self.forgives else memory.key_of(class_name, args, kwargs, settings)
        known = memory.recall(key)
        try:
            arguments = self.bind(layer, signature, args, kwargs) if known is None else known.arguments_for(kwargs)
            if layer.cls is None:
                layer.class_name = signature.canonical
            spec = spec_class(signature.canonical, arguments, self)
            self._configure(layer, spec, known)
        except Refused as refused:
            self.refuse(refused, layer, None)
            raise
        spec.configuration = known or memory.keep(key, spec)

    def _configure(self, layer: Layer, spec: LayerSpec, known: memory.Configuration | None = None) -> None:
        layer.spec = spec
        self.name_layer(layer, spec.arguments)
        spec.name = layer.name
        for inner in MADE_IN_CONSTRUCTOR.get(spec.class_name, ()):
            self.use_up(inner)
        if known is None:
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
        layer.trainable = unknown_flag(layer.name, trainable) or bool(trainable)
        if not layer.trainable:
            layer.frozen_at = layer.origin
        layer.dtype, layer.compute_dtype = self.dtypes(arguments.get("dtype"))
        layer.input_shape = self._given_input_shape(arguments)
        if not self._inner:
            self.register(layer)

    def use_up(self, class_name: str) -> None:
        """Use up an automatic name, for what Keras makes for itself."""
        if not self._inner:
            self.names.automatic(class_name)

    def _given_input_shape(self, arguments: Mapping[str, object]) -> AnyShape | None:
        """Return the batch input shape that a first layer's constructor was given."""
        for name in ("batch_input_shape", "batch_shape"):
            if arguments.get(name) is not None:
                return self.program.as_shape(arguments[name], ())
        batch = arguments.get("batch_size")
        lead = (batch if isinstance(batch, int) else None,)
        if arguments.get("input_shape") is not None:
            return self.program.as_shape(arguments["input_shape"], lead)
        width = arguments.get("input_dim")
        if width is None or "output_dim" in arguments:
            return None
        length = arguments.get("input_length")
        return self.program.as_shape((width,) if length is None else (length, width), lead)

    def register(self, layer: Layer) -> None:
        """Count a layer among those that the program made."""
        self.layers.append(layer)
        layer.key = len(self.layers)
        self.note("made", layer.origin, layer)

    def dtypes(self, dtype: object) -> tuple[str, str]:
        """Return the variable dtype and the compute dtype of a ``dtype`` argument (a name, a policy, or None)."""
        if dtype is None and self.policy == "float32":
            return "float32", "float32"
        return dtypes_of(dtype, self.policy)

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
        own = {name: self.copied(value) for name, value in spec.arguments.items()}
        arguments = {"name": layer.name, **own, "trainable": layer.trainable, **changes}
        if arguments.get("name") is None:
            arguments["name"] = layer.name
        self._inner += 1
        try:
            self._configure(copy, type(spec)(layer.class_name, arguments, self))
        finally:
            self._inner -= 1
        return copy

    def copied(self, value: object) -> object:
        """Return an argument with the layers in it replaced by copies: each copy of a wrapper has a layer of its own."""
        match value:
            case Model() if value.cls is None:
                return clone_model(self, value, value.origin)
            case Layer():
                return self.clone(value)
            case list() | tuple():
                return type(value)(self.copied(item) for item in value)
            case _:
                return value

    def apply(self, layer: Layer, *args: object, **kwargs: object) -> object:
        """Call a layer for shapes and weights only: nothing is recorded in the graph."""
        self._inner += 1
        try:
            return self._run(layer, args, kwargs, None)
        finally:
            self._inner -= 1

    def call(self, function: object, *args: object, **kwargs: object) -> object:
        """Call a function value of the program."""
        self._inner += 1
        try:
            return self.program.call_function(function, args, kwargs)
        finally:
            self._inner -= 1

    def attribute(self, layer: Layer, name: str) -> object:
        """Return an attribute of a layer of the program's own class."""
        return self.program.attribute(layer, name)

    # calling layers

    def call_layer(
        self, layer: Layer, args: tuple[object, ...], kwargs: dict[str, object], span: Span | None
    ) -> object:
        """Call a layer on values; on symbolic tensors the call becomes a node of the graph."""
        inputs = tensors_given(args, kwargs)
        node = Node(layer, args, kwargs, inputs, span)
        try:
            if layer.cls is not None and self.keras is Keras.THREE:
                check_positional(layer, args)
            check_scope(layer, self.keras, is_outermost=not (self._inner or self.program.is_tracing))
            if inputs and self.keras is Keras.TWO and not (layer.built and layer.cls is None):
                with self.names.aside():
                    outputs = self._run(layer, args, kwargs, node)
            else:
                outputs = self._run(layer, args, kwargs, node if inputs else None)
        except Refused as refused:
            self.refuse(refused, layer, span, inputs)
            raise
        if inputs:
            layer.nodes.append(node)
        self.note("called", span, layer)
        return outputs

    def _run(self, layer: Layer, args: tuple[object, ...], kwargs: Mapping[str, object], node: Node | None) -> object:
        is_data = not (node.inputs if node is not None else tensors_given(args, kwargs))
        if isinstance(layer, Model) and layer.kind != "subclassed" and layer.cls is None:
            return self._publish(layer, self.run_model(layer, args, kwargs), node, is_data)
        if layer.recompute is not None:
            return self._publish(layer, layer.recompute(args, kwargs), node, is_data)
        check_call(layer, args, kwargs, self.keras)
        call = Call(args, kwargs)
        if not layer.built:
            self.build_layer(layer, call)
        elif layer.cls is None and isinstance(layer.spec, LayerSpec):
            reuse.check_again(self, layer, layer.spec, call)
        if layer.cls is not None:
            return self._publish(layer, self.program.call_custom(layer, args, kwargs), node, is_data)
        return self._publish(layer, self.output_of(layer, call), node, is_data)

    def output_of(self, layer: Layer, call: Call) -> object:
        """Return the tensors that a layer of the catalogue makes of a call, without a node."""
        spec = layer.spec
        if not isinstance(spec, LayerSpec):
            return Tensor(Unknown(Why.UNSUPPORTED, f"the layer {layer.class_name}"), layer.compute_dtype)
        try:
            if spec.takes_lists and isinstance(call.inputs, list):
                undetermined(Why.UNSUPPORTED, f"{layer.class_name} of a list")
            traced = spec.traced(call) if self.program.is_tracing else None
            output = memory.output_of(spec, call) if traced is None else traced
            spec.check_output(output)
            return self.materialise(output, layer.compute_dtype)
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
            if spec.keeps_rank:
                spec.built_rank = len(call.shape)
            for weight in memory.weights_of(spec, call):
                if isinstance(weight, Weight):
                    layer.weights.append(weight)
                    continue
                made = self.add_weight(
                    layer,
                    Weight(
                        weight.name,
                        weight.shape,
                        trainable=weight.trainable,
                        dtype=weight.dtype or layer.dtype,
                        why=weight.why,
                    ),
                )
                made.declared = made.declared or weight.why == "lora"
        except Undetermined as problem:
            layer.trouble = problem.unknown
        for inner in MADE_IN_BUILD.get(spec.class_name, ()):
            self.use_up(inner)
        layer.children = spec.children if layer.cls is None else layer.children

    def add_weight(self, layer: Layer, weight: Weight) -> Weight:
        """Give a layer a weight of its own; a frozen layer's is not trained (Keras 3)."""
        if self.keras is Keras.THREE and not layer.trainable:
            weight.trainable = False
        layer.weights.append(weight)
        self.weights_made += 1
        return weight

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
        if node is not None and type(output) is Tensor and output.node is None and not node.outputs:
            output.node = node
            node.outputs.append(output)
            return output

        def emit(shape: AnyShape, dtype: str) -> object:
            if node is None:
                data = Array(shape, dtype, origin="tensor")
                data.made_by = layer
                return data
            tensor = Tensor(shape, dtype, node, len(node.outputs))
            node.outputs.append(tensor)
            return tensor

        def publish(value: object) -> object:
            match value:
                case Tensor():
                    return emit(value.raw_shape, value.dtype)
                case Array() if node is not None:
                    return emit(value.shape, value.dtype)
                case Unknown() if node is not None:
                    return emit(value, layer.compute_dtype)
                case list():
                    return [publish(item) for item in value]
                case tuple():
                    return tuple(publish(item) for item in value)
                case dict():
                    return {key: publish(item) for key, item in value.items()}
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
        *,
        is_traced: bool = False,
    ) -> object:
        """Record an operation on tensors as a node of the graph; over data alone, return data.

        ``is_traced``: it is one of TensorFlow inside a layer's ``call``, and uses up no name.
        """
        inputs = tensors_given(args, kwargs)
        layer.is_operation = True
        layer.built = True
        node = Node(layer, args, kwargs, inputs, span)
        if inputs:
            layer.name = stem if is_traced or self._inner else self.names.unique(stem)
            layer.nodes.append(node)
        return self._publish(layer, output, node if inputs else None, not inputs)

    # what is set from outside

    def set_trainable(self, layer: Layer, value: object, span: Span | None) -> None:
        """Set ``layer.trainable`` as an assignment in the program does."""
        before = [id(weight) for weight in trainable_weights(layer, self.keras)]
        has_effect = set_trainable(layer, value, self.keras, span)
        changed = before != [id(weight) for weight in trainable_weights(layer, self.keras)]
        facts = {"value": value, "effect": has_effect, "changed": changed}
        if not has_effect:
            facts["stays"] = training.stays(layer, value, self.keras)
        self.note("trainable-set", span, layer, **facts)

    # events
