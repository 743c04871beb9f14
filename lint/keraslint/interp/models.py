"""Making layers, models and operations of Keras as the program asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.layers.reshaping_spatial import Cropping, ZeroPadding
from keraslint.catalogue.ops.lookup import bind, find
from keraslint.catalogue.spec import LayerSpec, Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph.network import flatten, tensors_given
from keraslint.interp.doubt import lost_in
from keraslint.interp.limits import LAYER
from keraslint.interp.operators import describe
from keraslint.interp.overlays import MODULES, RawNative
from keraslint.interp.text_size import check_nested
from keraslint.interp.variables import OwnVariable, Variable
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Poly, symbol
from keraslint.values.layer import Kind, Layer, Model, Tensor
from keraslint.values.program import Function, KerasObject
from keraslint.values.shape import AnyShape, OpenShape
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine

Args = tuple[object, ...]
Kwargs = dict[str, object]


def construct(machine: Machine, name: str, args: Args, kwargs: Kwargs) -> object:
    """Construct a layer or model of Keras by its class's canonical name."""
    machine.burn(LAYER)
    check_nested(*args, *kwargs.values())
    if name in {"Model", "Functional", "Sequential"}:
        kind: Kind = "sequential" if name == "Sequential" else "functional"
        model = Model("Sequential" if kind == "sequential" else "Functional", "", kind, machine.span)
        initialise_model(machine, model, name, args, kwargs)
        return model
    if name == "InputLayer":
        return _input_layer(machine, args, kwargs)
    unknown = next((value for value in args if isinstance(value, Unknown) and value.symbol == "*"), None)
    if unknown is not None:
        return unknown
    try:
        return machine.builder.make_layer(name, args, kwargs, machine.span)
    except Undetermined as problem:
        return Unknown(problem.unknown.why, problem.unknown.what, machine.span)


def _input_layer(machine: Machine, args: Args, kwargs: Kwargs) -> object:
    names: tuple[str, ...] = ("shape", "batch_size", "dtype", "sparse", "ragged", "batch_shape")
    if machine.keras is Keras.TWO:
        names = ("input_shape", "batch_size", "dtype", "input_tensor", "sparse", "name", "ragged")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    if machine.keras is Keras.TWO and "shape" in kwargs:
        raise Refused("Unrecognized keyword arguments: ['shape']", contract="signature", argument="shape")
    unknown = [name for name in kwargs if name not in {*names, "batch_input_shape", "type_spec", "optional"}]
    if machine.keras is Keras.TWO and unknown:
        raise Refused(f"Unrecognized keyword arguments: {unknown}", contract="signature", argument=unknown[0])
    if machine.keras is Keras.THREE and kwargs.get("batch_shape") is not None and given.get("shape") is not None:
        raise Refused("You cannot pass both `shape` and `batch_shape` at the same time.")
    if given.get("type_spec") is not None:
        raise Refused("When `type_spec` is not None, all other args except `name` must be None.", contract="argument")
    if machine.keras is Keras.THREE and given.get("batch_size") is not None and given.get("batch_shape") is not None:
        raise Refused("You cannot pass both `batch_size` and `batch_shape` at the same time.")
    given["shape"] = given.pop("input_shape", given.get("shape"))
    given["batch_shape"] = given.pop("batch_input_shape", given.get("batch_shape"))
    is_open = given["shape"] is None and given["batch_shape"] is None and given.get("input_tensor") is None
    if machine.keras is Keras.TWO and (is_open or given["batch_shape"] in ((), [])):
        given["batch_shape"] = machine.unknown(Why.UNSUPPORTED, "the shape of an InputLayer of unknown rank")
    tensor = input_tensor(machine, given)
    return tensor.node.layer if tensor.node is not None else tensor


def input_tensor(machine: Machine, given: Kwargs) -> Tensor:
    """Return the tensor of ``Input(**given)``."""
    shape: AnyShape
    if given.get("sparse") is True and given.get("ragged") is True:
        raise Refused("Cannot set both `sparse` and `ragged` to `True` in a Keras `Input`.", contract="argument")
    if given.get("batch_shape") is not None:
        shape = as_shape(machine, given["batch_shape"], ())
    elif given.get("tensor") is not None and isinstance(given["tensor"], Tensor):
        shape = given["tensor"].raw_shape
    else:
        if given.get("shape") is None:
            raise Refused("You must pass a `shape` argument.", contract="argument")
        batch = given.get("batch_size")
        shape = as_shape(machine, given["shape"], (_dim(batch) if batch is not None else None,))
    dtype = given.get("dtype")
    if isinstance(dtype, str) and dtype.startswith("mixed_"):
        raise Refused(f"Invalid dtype: {dtype}", contract="dtype", received=dtype)
    tensor = machine.builder.input_tensor(shape, dtype, given.get("name"), machine.span)
    if given.get("sparse") is True and tensor.node is not None:
        tensor.node.layer.attributes["sparse"] = True
    return tensor


def as_shape(machine: Machine, value: object, lead: tuple[object, ...]) -> AnyShape:
    """Return a shape from what the program gives as one, behind the leading dimensions."""
    if isinstance(value, Unknown):
        if not value.symbol:
            return value
        shape = machine.open_shapes.get(value.symbol)
        if shape is None:
            shape = OpenShape(value.symbol, lead)  # type: ignore[arg-type]
            machine.open_shapes[value.symbol] = shape
            machine.symbols.setdefault(value.symbol, (value.what, value.where))
        return shape
    if isinstance(value, Array) and isinstance(value.items, list):
        value = value.items
    if isinstance(value, list | tuple):
        blurred = machine.is_blurred(value)
        if blurred is not None:
            return blurred
        entries: list[object] = []
        for item in value:
            if isinstance(item, Unknown) and not item.symbol:
                return item
            entries.append(_dim(item))
        return (*lead, *entries)  # type: ignore[arg-type]
    if isinstance(value, int | Poly) and not isinstance(value, bool):
        if machine.keras is Keras.THREE:
            raise Refused(f"Cannot convert '{value}' to a shape.", error="ValueError", contract="argument")
        return (*lead, value)  # type: ignore[arg-type]
    raise Refused(f"Cannot convert {describe(value)} to a shape.", contract="argument")


def _dim(value: object) -> object:
    if value is None or isinstance(value, Poly):
        return value
    if isinstance(value, Unknown):
        return symbol(value.symbol) if value.symbol else value
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 0 and value != -1:
            raise Refused(f"Dimensions of a shape have to be non-negative, received {value}", contract="argument")
        return value
    if isinstance(value, float) and value.is_integer():
        raise Refused(f"Cannot convert {value} to a dimension of a shape.", contract="argument")
    raise Refused(f"Cannot convert {describe(value)} to a dimension of a shape.", contract="argument")


def initialise_model(machine: Machine, model: Model, base: str, args: Args, kwargs: Kwargs) -> None:
    """Run the constructor of ``Model``, ``Functional`` or ``Sequential`` on a model."""
    builder = machine.builder
    model.function = next((f.qualname for f, _ in reversed(machine.stack) if f.name != "<lambda>"), "")
    machine.watched = True
    if model not in builder.models:
        builder.models.append(model)
    if base == "Sequential":
        known = ("layers", "trainable", "name") if machine.keras is Keras.THREE else ("layers", "name")
        given = {**dict(zip(known, args, strict=False)), **kwargs}
        for name in given:
            if name not in known:
                text = f"Sequential.__init__() got an unexpected keyword argument '{name}'"
                refused = Refused(text, error="TypeError", contract="signature", argument=name)
                builder.refuse(refused, model, machine.span)
                raise refused
        model.kind = "sequential"
        builder.name_layer(model, _naming(given))
        _fill_sequential(machine, model, given.get("layers"))
        return
    names = ("inputs", "outputs", "name", "trainable")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    if base == "Model" and model.cls is not None and "outputs" not in given and "output" not in given:
        builder.name_layer(model, _naming(given))
        return
    older = [name for name in ("input", "output") if name in given]
    if older and model.cls is None:
        refused = Refused(
            f"Unrecognized keyword arguments passed to Model: {older}: since Keras 2 they are `inputs` and `outputs`",
            error="ValueError" if machine.keras is Keras.THREE else "TypeError",
            contract="signature",
            argument=older[0],
        )
        builder.refuse(refused, model, machine.span)
        raise refused
    inputs, outputs = given.get("inputs", given.get("input")), given.get("outputs", given.get("output"))
    if inputs is None and outputs is None:
        builder.name_layer(model, _naming(given))
        model.kind = "subclassed"
        return
    builder.name_layer(model, _naming(given, keep_trainable=machine.keras is Keras.TWO))
    lost = lost_in(machine, (inputs, outputs))
    builder.functional(model, inputs, lost or outputs)
    if given.get("trainable") is False:  # its own flag, whatever its layers say
        model.trainable = False


def _naming(given: Kwargs, *, keep_trainable: bool = True) -> Kwargs:
    kept = {"name": given.get("name")}
    if keep_trainable and "trainable" in given:
        kept["trainable"] = given["trainable"]
    return kept


def _fill_sequential(machine: Machine, model: Model, layers: object) -> None:
    if layers is None:
        return
    if isinstance(layers, Layer | Tensor):
        layers = [layers]
    try:
        items = list(machine.iterate(layers))
    except Undetermined as problem:
        model.trouble = Unknown(
            problem.unknown.why, f"the layers of {model.name}: {problem.unknown.what}", machine.span
        )
        return
    for layer in items:
        machine.builder.add(model, layer, None, rebuild=False)
    machine.builder.rebuilt(model)


def _refuse_left(machine: Machine, operands: Args) -> None:
    """Refuse what stands to the left of a symbolic tensor of Keras 3 and wants to do the operator by itself."""
    left = operands[0]
    if isinstance(left, NumpyInt) or (isinstance(left, Array) and left.origin == "numpy" and left.shape == ()):
        machine.raise_error("ValueError", "A KerasTensor is symbolic: you cannot convert it to a NumPy array.")
    if isinstance(left, Variable | OwnVariable) and len(operands) == 2 and isinstance(operands[1], Tensor):
        machine.raise_error("ValueError", "A KerasTensor cannot be used as input to a TensorFlow function.")


def operate(machine: Machine, name: str, args: Args, kwargs: Kwargs) -> object:
    """Apply an operation of the catalogue: on symbolic tensors it becomes a node, on data an array."""
    entry = find(name, machine.keras, traced=name.startswith("tf."))
    if entry is None or entry.function is None:
        return _unknown_operation(machine, name, args, kwargs)
    tensors = tensors_given(args, kwargs)
    layer = Layer(entry.layer_class(machine.keras), "", None, machine.span)
    function = entry.function
    if tensors and not machine.callers and entry.refuses_symbolic(machine.keras):
        refused = Refused(f"`{name}` takes no symbolic tensor.", error="TypeError", contract="symbolic")
        machine.builder.refuse(refused, layer, machine.span, tensors)
        raise refused
    if name.startswith("operator.") and not machine.callers and machine.keras is Keras.THREE:
        _refuse_left(machine, args)

    lost = lost_in(machine, (*args, *kwargs.values()))
    # within a `call` tensors are TensorFlow's, whose items are as in Keras 2
    has_own_tensors = name == "operator.getitem" and bool(machine.callers)
    keras = Keras.TWO if has_own_tensors else machine.keras

    def compute(values: Args, named: Mapping[str, object]) -> object:
        if lost is not None:
            return Tensor(lost, _dtype_of(values))
        try:
            arguments = bind(entry, values, dict(named), keras)
            return machine.builder.materialise(function(arguments), _dtype_of(values))
        except Undetermined as problem:
            return Tensor(problem.unknown, _dtype_of(values))

    layer.recompute = compute
    try:
        output = compute(args, kwargs)
    except Refused as refused:
        if _may_be_no_scalars((*args, *kwargs.values())):
            undetermined(Why.INPUT, f"whether `{name.rpartition('.')[2]}` is given a number or a tensor")
        machine.builder.refuse(refused, layer, machine.span, tensors)
        raise
    is_open = not tensors and isinstance(output, Tensor) and isinstance(output.raw_shape, Unknown)
    if is_open and any(isinstance(value, Function) for value in (*args, *kwargs.values())):
        return machine.unknown(Why.UNSUPPORTED, f"what `{name}` makes of a function, which may know symbolic tensors")
    stem, is_traced = entry.stem(machine.keras), bool(machine.callers)
    result = machine.builder.publish_operation(layer, stem, args, kwargs, output, machine.span, is_traced=is_traced)
    values = None if tensors else MODULES.get("values", {}).get(entry.canonical)
    if isinstance(values, RawNative):
        values.function(machine, bind(entry, args, kwargs, machine.keras).values, result)
    return result


def _may_be_no_scalars(values: Sequence[object]) -> bool:
    """Return whether an operation is given a formula, or scalars alone, which may be of one: unknown values may be tensors."""
    shapes = [value.shape for value in values if isinstance(value, Tensor | Array)]
    return any(isinstance(value, Poly) for value in values) or (bool(shapes) and all(shape == () for shape in shapes))


def _unknown_operation(machine: Machine, name: str, args: Args, kwargs: Kwargs) -> object:
    unknown = Unknown(Why.UNSUPPORTED, f"the operation {name}", machine.span)
    tensors = tensors_given(args, kwargs)
    if not tensors:
        return unknown
    layer = Layer("TFOpLambda" if machine.keras is Keras.TWO else name.rpartition(".")[2], "", None, machine.span)
    return machine.builder.publish_operation(
        layer, name.rpartition(".")[2], args, kwargs, Tensor(unknown, _dtype_of(args)), machine.span,
        is_traced=bool(machine.callers),
    )  # fmt: skip


def _dtype_of(args: Args) -> str:
    for leaf in flatten(list(args)):
        if isinstance(leaf, Tensor | Array):
            return leaf.dtype
    return "float32"


def normalised_argument(machine: Machine, layer: Layer, name: str, value: object) -> object:
    """Return a constructor argument as the attribute of that name has it: ``kernel_size=3`` reads as ``(3, 3)``."""
    keras_name = layer.spec.class_name if isinstance(layer.spec, LayerSpec) else layer.class_name
    rank = next((int(digit) for digit in reversed(keras_name) if digit in "123"), 0)
    if name == "data_format" and value is None:
        return machine.builder.data_format
    if name == "strides" and value is None and isinstance(layer.spec, LayerSpec):
        value = layer.spec.arguments.get("pool_size")
    if name in {"activation", "kernel_initializer", "bias_initializer"} and isinstance(value, str):
        return Unknown(Why.UNSUPPORTED, f"{layer.name}.{name}")
    if name == "padding" and isinstance(value, str):
        return value.lower()
    if isinstance(layer.spec, Cropping | ZeroPadding) and name in {"cropping", "padding"}:
        return _both_ends(layer.spec)
    if isinstance(value, int) and (name in _PER_AXIS or (name == "size" and rank > 1)):
        return (value,) * rank if rank else value
    if name in {"filters", "units"} and isinstance(value, float):
        return int(value)
    return tuple(value) if name in _AS_TUPLE and isinstance(value, list) else value


def _both_ends(spec: Cropping | ZeroPadding) -> object:
    """Return what is cut or added at each end of each axis, as layers keep it."""
    try:
        ends = spec.croppings() if isinstance(spec, Cropping) else spec.paddings()
    except Undetermined as problem:
        return problem.unknown
    return tuple(ends) if spec.rank > 1 else ends[0]


_PER_AXIS = {"kernel_size", "strides", "pool_size", "dilation_rate"}
_AS_TUPLE = _PER_AXIS | {"size", "target_shape", "dims"}


def call_keras_object(machine: Machine, value: object, args: Args, kwargs: Kwargs) -> object:
    """Call an initializer, loss, metric … of Keras: what it gives is data of no known content."""
    assert isinstance(value, KerasObject)
    native = MODULES.get("call", {}).get(value.family)
    if isinstance(native, RawNative):
        return machine.call_native(native, (value, *args), kwargs)
    tensors = tensors_given(args, kwargs)
    if tensors:
        return Tensor(Unknown(Why.UNSUPPORTED, f"a call of {value.class_name}", machine.span))
    return Unknown(Why.DATA, f"what {value.class_name} returns", machine.span)


def forgive(machine: Machine, refused: Refused) -> None:
    """Take back the event of a refusal that the program catches."""
    events = machine.builder.happenings
    for index in range(len(events) - 1, -1, -1):
        if events[index].kind == "refused" and events[index].facts.get("message") == refused.message:
            del events[index]
            return


def array_operator(machine: Machine, op: str, a: object, b: object) -> object:
    """Return ``a op b`` where one is an array."""
    from keraslint.interp.overlays.numpy_operators import binary_array

    return binary_array(machine, op, a, b)


def array_item(machine: Machine, array: Array, index: object) -> object:
    """Return ``array[index]``."""
    from keraslint.interp.overlays.numpy_operators import index_array

    return index_array(machine, array, index)
