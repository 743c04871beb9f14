"""Layers and models whose class the program defines: construction, ``build``, ``call``, tracking of what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.layers.attention_heads import MultiHeadAttention, ProjectedAttention
from keraslint.catalogue.overriding import BUILT_WITHOUT_SHAPE, TRACED
from keraslint.catalogue.spec import Call, LayerSpec, Refused, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.graph.count import weights_of
from keraslint.graph.network import tensors_in
from keraslint.interp.classes import native_base
from keraslint.interp.compile import Code
from keraslint.interp.doubt import unknown_in
from keraslint.interp.masks import mask_of
from keraslint.interp.objects import TensorShape
from keraslint.values.array import Array
from keraslint.values.dim import Dim, Poly, symbol
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.program import MISSING, Class, Function, Instance, Method
from keraslint.values.shape import AnyShape
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

if TYPE_CHECKING:  # the machine makes one
    from keraslint.interp.machine import Machine


class CustomLayers:
    """Answers the builder for layers of the program's own classes (``graph.builder.Program``)."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @property
    def is_tracing(self) -> bool:
        """Whether a ``call`` of the program is being run."""
        return bool(self.machine.callers)

    def build_custom(self, layer: Layer, call: Call) -> None:
        """Run the class's ``build``, or what Keras does where it has none."""
        machine = self.machine
        cls = layer.cls
        assert isinstance(cls, Class)
        method = cls.find("build")
        if isinstance(method, Function):
            args, kwargs = self._build_arguments(cls, method, call)
            machine.call(Method(method, layer), args, kwargs)
        elif layer.spec is not None and not makes_weights_in_call(machine, layer):
            self._check_names(layer, cls, call)
            machine.builder.build_from_catalogue(layer, call)
        track(layer, machine.keras)

    def _check_names(self, layer: Layer, cls: Class, call: Call) -> None:
        """Refuse a ``call`` that does not have the arguments whose shapes Keras' own ``build`` asks for."""
        method = cls.find("call")
        if self.machine.keras is Keras.TWO or not isinstance(layer.spec, ProjectedAttention):
            return
        if isinstance(method, Function) and isinstance(method.code, Code):
            names = {parameter.name for parameter in method.code.params} | call.kwargs.keys()
            missing = next((name for name in ("query", "value", "key") if name not in names), None)
            if missing is not None:
                text = (
                    f"received `build()` argument `{missing}_shape`, but `call()` does not have argument `{missing}`."
                )
                self.machine.raise_error("ValueError", f"For layer '{cls.name}', {text}")

    def _build_arguments(
        self, cls: Class, method: Function, call: Call
    ) -> tuple[tuple[object, ...], dict[str, object]]:
        """Return what ``build`` gets: one shape, or one a call argument (``query_shape``, ``value_shape``)."""
        machine = self.machine
        code = method.code
        assert isinstance(code, Code)
        names = [parameter.name for parameter in code.params if parameter.kind in {"plain", "keyword"}][1:]
        if machine.keras is Keras.TWO or len(names) < 2:
            return (shape_nest(machine, call.inputs),), {}
        given = _call_arguments(cls, call)
        shapes = {name: given.get(name.removesuffix("_shape")) for name in names}
        return (), {name: shape_nest(machine, value) for name, value in shapes.items() if _has_tensors(value)}

    def call_custom(self, layer: Layer, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Run the class's ``call`` on tensors that are no part of the graph around it."""
        machine = self.machine
        cls = layer.cls
        assert isinstance(cls, Class)
        fresh_args = tuple(detach(value) for value in args)
        fresh_kwargs = {name: detach(value) for name, value in kwargs.items()}
        result = self._declared_output(layer, cls, fresh_args, fresh_kwargs)
        method = cls.find("call")
        if isinstance(method, Function):
            has_build = isinstance(cls.find("build"), Function) or _has_own_build(layer)
            if result is MISSING or (not has_build and not all(child.built for child in layer.children)):
                accepted = {k: v for k, v in fresh_kwargs.items() if k != "training" or accepts(method, "training")}
                if len(args) == 1 and "mask" not in accepted and accepts(method, "mask"):
                    mask = mask_of(args[0])
                    accepted |= {} if mask is None else {"mask": mask}
                machine.callers.append(layer)
                before = len(machine.builder.happenings)
                try:
                    output = machine.call(Method(method, layer), fresh_args, accepted)
                finally:
                    machine.callers.pop()
                _note_made_in_call(machine, layer, before)
                layer.traced = output
                result = output if result is MISSING else result
        elif result is MISSING:
            result = self._native_output(layer, fresh_args, fresh_kwargs)
        track(layer, machine.keras)
        return result

    def _declared_output(self, layer: Layer, cls: Class, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Return what ``compute_output_shape`` says, which Keras 3 believes; ``MISSING`` where there is none."""
        machine = self.machine
        method = cls.find("compute_output_shape")
        is_symbolic = bool(tensors_in(list(args)))
        if machine.keras is Keras.TWO or not is_symbolic or not args or isinstance(layer, Model):
            return MISSING
        if not isinstance(method, Function):
            is_declared = isinstance(layer.spec, LayerSpec) and layer.spec.class_name not in TRACED
            return self._native_output(layer, args, kwargs) if is_declared and not machine.callers else MISSING
        shape = machine.call(Method(method, layer), (shape_nest(machine, args[0]),), {})
        return shapes_to_tensors(shape, layer.compute_dtype)

    def _native_output(self, layer: Layer, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        machine = self.machine
        if isinstance(layer, Model) and layer.kind != "subclassed":
            return machine.builder.run_model(layer, args, kwargs)
        if isinstance(layer.spec, LayerSpec):
            return run_native_call(machine, layer, Call(args, kwargs))
        if native_base_of(layer) in {"Layer", "AbstractRNNCell"}:
            return args[0] if args else Unknown(Why.UNSUPPORTED, f"{layer.class_name} has no call", machine.span)
        raise Refused(f"Model {layer.class_name} does not have a `call()` method", error="NotImplementedError")

    def as_shape(self, value: object, lead: tuple[object, ...]) -> AnyShape:
        """Return a shape from what the program gives as one."""
        return self.machine.as_shape(value, lead)

    def attribute(self, layer: Layer, name: str) -> object:
        """Return an attribute of a layer of the program's own class."""
        found = self.machine.get_attribute(layer, name)
        if isinstance(found, Unknown):
            raise Undetermined(found)
        return found

    def call_function(self, function: object, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Call a function value of the program inside a layer, where Keras 3 calls it on TensorFlow's tensors."""
        self.machine.callers.append(Layer("Lambda", "", None, None))
        try:
            return self.machine.call(function, args, dict(kwargs))
        finally:
            self.machine.callers.pop()

    def clone_custom(self, layer: Layer, changes: Mapping[str, object]) -> Layer:
        """Return ``type(layer).from_config(layer.get_config())``."""
        machine = self.machine
        config = machine.call(machine.get_attribute(layer, "get_config"), (), {})
        if isinstance(config, Unknown):
            raise Undetermined(config)
        if isinstance(config, dict):
            config.update(changes)
        copy = machine.call(machine.get_attribute(layer.cls, "from_config"), (config,), {})
        if not isinstance(copy, Layer):
            undetermined(Why.UNSUPPORTED, f"a copy of {layer.name}")
        return copy

    def is_like_functional(self, model: Layer) -> bool:
        """Return whether the class of a model is made of inputs and outputs, as ``keras.Model`` is."""
        return isinstance(model.cls, Class) and not isinstance(model.cls.find("__init__"), Function)


def _has_own_build(layer: Layer) -> bool:
    return isinstance(layer.spec, LayerSpec) and layer.spec.class_name not in BUILT_WITHOUT_SHAPE


def makes_weights_in_call(machine: Machine, layer: Layer) -> bool:
    """Return whether Keras' own class has no ``build`` and makes its weights in ``call``, if that is ever run."""
    return machine.keras is Keras.TWO and isinstance(layer.spec, MultiHeadAttention)


def run_native_call(machine: Machine, layer: Layer, call: Call) -> object:
    """Return what the ``call`` of Keras' own class gives."""
    if makes_weights_in_call(machine, layer) and isinstance(layer.spec, LayerSpec) and not layer.spec.children:
        machine.builder.build_from_catalogue(layer, call)
    return machine.builder.output_of(layer, call)


def _call_arguments(cls: Class, call: Call) -> dict[str, object]:
    """Return the arguments of a call by the names that the class's ``call`` has for them."""
    method = cls.find("call")
    code = method.code if isinstance(method, Function) else None
    names = [parameter.name for parameter in code.params[1:]] if isinstance(code, Code) else []
    return {**dict(zip(names, call.args, strict=False)), **call.kwargs}


def _has_tensors(value: object) -> bool:
    return isinstance(value, Unknown) or bool(tensors_in([value]))


def _note_made_in_call(machine: Machine, layer: Layer, before: int) -> None:
    """Note the layers with weights that a ``call`` has made and that nothing keeps: their weights are nobody's."""
    builder = machine.builder
    happened = builder.happenings[before:]
    made = [h for h in happened if h.kind == "made" and h.subject is not None and weights_of(h.subject, machine.keras)]
    if not made:
        return
    track(layer, machine.keras)
    kept = {id(child) for h in (*made, *(c for c in happened if c.kind == "called")) if h.subject is not None
            for child in h.subject.children} | {id(child) for child in layer.children}  # fmt: skip
    noted = {id(h.subject) for h in happened if h.kind == "made-in-call"}
    for happening in made:
        if id(happening.subject) not in kept | noted:
            builder.note("made-in-call", happening.span, happening.subject, owner=layer.class_name)


def native_base_of(layer: Layer) -> str:
    """Return the Keras class that a layer's class derives from."""
    return native_base(layer.cls) if isinstance(layer.cls, Class) else layer.class_name


def new_layer(machine: Machine, cls: Class, base: str) -> Layer:
    """Return a bare layer or model of a class of the program."""
    layer: Layer
    if base in {"Model", "Functional"}:
        layer = Model(cls.name, "", "subclassed", machine.span)
    elif base == "Sequential":
        layer = Model(cls.name, "", "sequential", machine.span)
    else:
        layer = Layer(cls.name, "", None, machine.span)
    layer.cls = cls
    return layer


def initialise_native(machine: Machine, layer: Layer, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    """Run the constructor of the Keras class that the layer's class derives from."""
    base = native_base_of(layer)
    builder = machine.builder
    if isinstance(layer, Model):
        is_layer = len(args) == 1 and base == "Model" and "outputs" not in kwargs and "output" not in kwargs
        if is_layer and machine.keras is Keras.THREE and isinstance(layer.cls, Class):
            _refuse_positional(machine, args)
        machine.initialise_model(layer, base, args, kwargs)
        return
    if base in {"Layer", "AbstractRNNCell"}:
        if machine.keras is Keras.THREE:
            if args:
                _refuse_positional(machine, args)
            unexpected = [name for name in kwargs if name not in _LAYER_ARGUMENTS]
            if unexpected:
                machine.raise_error(
                    "ValueError", f"Unrecognized keyword arguments passed to {layer.class_name}: {unexpected}"
                )
        names = ("trainable", "name", "dtype") if machine.keras is Keras.TWO else ()
        builder.name_layer(layer, {**dict(zip(names, args, strict=False)), **kwargs})
        return
    try:
        builder.initialise(layer, base, args, kwargs)
    except Undetermined as problem:
        layer.trouble = problem.unknown
        if not layer.name:
            builder.name_layer(layer, kwargs)


def _refuse_positional(machine: Machine, args: tuple[object, ...]) -> None:
    """Raise what Keras 3 raises where ``super().__init__`` of a layer or model is given more than keywords."""
    text = f"Layer.__init__() takes 1 positional argument but {len(args) + 1} were given"
    machine.raise_error("TypeError", text)


_LAYER_ARGUMENTS = {
    "activity_regularizer",
    "trainable",
    "dtype",
    "autocast",
    "name",
    "input_dim",
    "input_shape",
    "batch_shape",
    "batch_input_shape",
    "weights",
}


def finish_layer(machine: Machine, layer: Layer) -> None:
    """Complete a layer after its constructor: a name where ``super().__init__`` gave none, what it holds."""
    if not layer.name and layer.automatic_name:
        machine.builder.name_layer(layer, {})
    track(layer, machine.keras)


def build_by_hand(machine: Machine, layer: Layer, *args: object, **kwargs: object) -> None:
    """Carry out ``layer.build(shape)`` of a class of the program's own."""
    assert isinstance(layer.cls, Class)
    machine.call(Method(layer.cls.find("build"), layer), args, kwargs)
    if machine.keras is Keras.THREE:  # which wraps every `build`: keras/src/layers/layer.py, build_wrapper
        layer.built = True
    track(layer, machine.keras)


def track(layer: Layer, keras: Keras) -> None:
    """Bring the list of sublayers up to date with the layer's attributes, which a Sequential does not look at."""
    if not layer.attributes and (layer.cls is None or isinstance(layer, Model)):
        return
    if isinstance(layer, Model):
        _track_model(layer, keras)
    elif layer.cls is not None:
        own = layer.spec.children if isinstance(layer.spec, LayerSpec) else []
        layer.children = _with_held(layer, own, keras)
    if layer.trouble is None and layer.cls is not None and not _is_sequential(layer):
        layer.trouble = _unknown_attribute(layer)


def _track_model(model: Model, keras: Keras) -> None:
    match model.kind:
        case "functional" if model.graph_layers:
            model.layers = model.operations = model.children = _with_held(model, model.graph_layers, keras)
        case "functional":
            model.children = _with_held(model, model.layers, keras)
        case "subclassed":
            model.layers = model.operations = model.children = _with_held(model, [], keras)
        case "sequential":
            return


def _with_held(layer: Layer, own: Sequence[Layer], keras: Keras) -> list[Layer]:
    """Return a layer's own sublayers and those in its attributes, behind those that its attributes have lost."""
    held = [
        child
        for name, value in layer.attributes.items()
        if name not in _UNTRACKED
        for child in held_layers(value, keras)
    ]
    found = {id(child): child for child in [*own, *layer.released, *held] if child is not layer}
    if not layer.released:
        return list(found.values())
    kept = [child for child in layer.children if found.pop(id(child), None) is not None]
    return [*kept, *found.values()]


def release(layer: Layer, name: str) -> None:
    """Note that an attribute loses the layers that it holds, as Keras 3 does: it goes on tracking them."""
    lost = tuple(held_layers(layer.attributes.get(name)))
    if lost:
        track(layer, Keras.THREE)
        layer.released += lost


def _is_sequential(layer: Layer) -> bool:
    return isinstance(layer, Model) and layer.kind == "sequential"


_UNTRACKED = {"_self_unconditional_checkpoint_dependencies"}


def _unknown_attribute(layer: Layer) -> Unknown | None:
    """Return an attribute that is not known and so may be a layer; a parameter's value counts only once it is called."""
    for name, value in layer.attributes.items():
        found = unknown_in(value)
        if found is not None and (found.why is not Why.INPUT or id(found) in layer.called_unknowns):
            return Unknown(found.why, f"{layer.class_name}.{name}, which may be a layer: {found.what}", found.where)
    return None


def held_layers(value: object, keras: Keras = Keras.THREE, depth: int = 0) -> Iterator[Layer]:
    """Yield the layers in a value that Keras tracks: layers, and lists, tuples and dicts of them."""
    if isinstance(value, Layer):
        yield value
    elif isinstance(value, list | tuple | set) and depth < 6:
        for item in value:
            yield from held_layers(item, keras, depth + 1)
    elif isinstance(value, dict) and depth < 6:
        names = list(value)
        if keras is Keras.TWO and all(isinstance(name, str) for name in names):
            names.sort()  # `_values` of tensorflow/python/trackable/data_structures.py
        for item in (value[name] for name in names):
            yield from held_layers(item, keras, depth + 1)
    elif isinstance(value, Instance) and isinstance(value.data, list | dict) and depth < 6:
        yield from held_layers(value.data, keras, depth + 1)


def accepts(method: Function, name: str) -> bool:
    """Return whether a function takes an argument of this name."""
    code = method.code
    return isinstance(code, Code) and any(p.name == name or p.kind == "**" for p in code.params)


def detach(value: object) -> object:
    """Return a nest with its tensors replaced by ones that no node makes."""
    match value:
        case Tensor():
            fresh = Tensor(value.raw_shape, value.dtype)
            fresh.name = value.name
            return fresh
        case list():
            return [detach(item) for item in value]
        case tuple() if not isinstance(value, TensorShape):
            return tuple(detach(item) for item in value)
        case dict():
            return {key: detach(item) for key, item in value.items()}
        case _:
            return value


def shape_nest(machine: Machine, value: object) -> object:
    """Return the shapes of a nest of tensors, as ``build`` gets them."""
    match value:
        case Tensor() | Array():
            try:
                shape = shape_of(value)
            except Undetermined as problem:
                return problem.unknown
            return TensorShape(shape) if machine.keras is Keras.TWO else shape
        case list() | tuple():
            return [shape_nest(machine, item) for item in value]
        case dict():
            return {key: shape_nest(machine, item) for key, item in value.items()}
        case Unknown():
            return value
        case _:
            return None


def shapes_to_tensors(shape: object, dtype: str) -> object:
    """Return tensors for shapes that the program computed."""
    if isinstance(shape, Unknown):
        return Tensor(shape, dtype)
    if isinstance(shape, dict):
        return {key: shapes_to_tensors(item, dtype) for key, item in shape.items()}
    if isinstance(shape, list | tuple):
        if any(isinstance(item, list | tuple) for item in shape):
            return [shapes_to_tensors(item, dtype) for item in shape]
        unknown = next((item for item in shape if isinstance(item, Unknown) and not item.symbol), None)
        if unknown is not None:
            return Tensor(unknown, dtype)
        return Tensor(tuple(_dim(item) for item in shape), dtype)
    return Tensor(Unknown(Why.UNSUPPORTED, "what compute_output_shape returns"), dtype)


def _dim(value: object) -> Dim | None:
    if isinstance(value, Unknown):
        return symbol(value.symbol)
    return value if isinstance(value, int | Poly) else None
