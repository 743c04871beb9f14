"""TensorFlow's module ``tf``: what model code uses of it beside operations on tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.ops.lookup import find
from keraslint.catalogue.versions import Keras
from keraslint.graph.network import tensors_in
from keraslint.interp.models import as_shape
from keraslint.interp.objects import TensorShape
from keraslint.interp.operators import expression_text
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.keras_binding import arguments_of
from keraslint.interp.overlays.keras_objects import object_member
from keraslint.interp.overlays.keras_ops import refuse_symbolic
from keraslint.interp.overlays.stdlib_namedtuple import make_named_tuple
from keraslint.interp.variables import Variable
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.layer import Tensor
from keraslint.values.program import MISSING, Class, Function
from keraslint.values.shape import AnyShape
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_DTYPES = "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool string complex64 complex128".split()  # noqa: SIM905
register("tf", {name: name for name in _DTYPES})
register("tf.dtypes", {name: name for name in _DTYPES})
register("tf", {"newaxis": None, "__version__": "2.21.0", "AUTOTUNE": -1})
register("tf.data", {"AUTOTUNE": -1})
register("tf.data.experimental", {"AUTOTUNE": -1})


@raw("tf.function", "tf.autograph.experimental.do_not_convert", "tf.Module.with_name_scope", "tf.custom_gradient")
def tf_function(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return the function itself."""
    del machine, kwargs
    if args and isinstance(args[0], Function | Class):
        return args[0]
    return RawNative("decorator", lambda _machine, value: value)


class Scope:
    """A context manager that changes nothing: name scopes, devices, strategies, gradient tapes."""

    def __init__(self, name: str) -> None:
        self.name = name

    def enter(self, machine: Machine) -> object:
        """Enter the scope."""
        del machine
        return self

    def leave(self, machine: Machine, thrown: object) -> bool:
        """Leave the scope."""
        del machine, thrown
        return False

    def get_member(self, machine: Machine, name: str) -> object:
        """Return a member: a strategy's ``scope``, the number of replicas."""
        if name == "scope":
            return RawNative("scope", lambda _machine: Scope(self.name))
        return Unknown(Why.UNSUPPORTED, f"{self.name}.{name}", machine.span)


def _scope(name: str) -> RawNative:
    return RawNative(name, lambda _machine, *_args, **_kwargs: Scope(name))


register("tf", {"name_scope": _scope("tf.name_scope"), "device": _scope("tf.device"), "control_dependencies": _scope("tf.control_dependencies"), "GradientTape": _scope("tf.GradientTape"), "variable_scope": _scope("tf.variable_scope")})  # fmt: skip
register("keras.backend", {"name_scope": _scope("name_scope")})
register("keras", {"device": _scope("keras.device")})
register("tf.distribute", {name: _scope(f"tf.distribute.{name}") for name in ("MirroredStrategy", "OneDeviceStrategy", "MultiWorkerMirroredStrategy", "TPUStrategy", "get_strategy")})  # fmt: skip


@raw("tf.TensorShape")
def tensor_shape(machine: Machine, shape: object = None) -> object:
    """Return a static shape."""
    if shape is None or isinstance(shape, Unknown):
        return machine.unknown(Why.UNSUPPORTED, "a TensorShape of unknown rank")
    return TensorShape(machine.iterate(shape))


@raw("tf.Variable", "keras.backend.variable")
def variable(
    machine: Machine, initial: object = None, trainable: object = None, *_: object, **kwargs: object
) -> object:
    """Return a variable: data of its initial value's shape."""
    if "value" in kwargs:  # the backend's spelling
        initial, trainable = kwargs["value"], None
    initial = kwargs.get("initial_value", initial)
    shape = _shape_of_value(machine, initial)
    given = kwargs.get("dtype")
    own = initial.dtype if isinstance(initial, Array | Tensor) else "float32"
    if machine.callers:
        machine.builder.note("variable-in-call", machine.span, machine.callers[-1], shape=shape)
    made = Variable(
        shape, given if isinstance(given, str) else own, trainable=_is_trained(machine, trainable), is_keras=False
    )
    made.made_at = machine.span
    return made


def _is_trained(machine: Machine, trainable: object) -> bool:
    return trainable is None or not isinstance(trainable, bool | Unknown) or machine.truth(trainable)


@raw("keras.Variable")
def keras_variable(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return a variable of Keras 3: data of its initial value's shape, or of the shape that an initializer gets."""
    if machine.keras is Keras.TWO:
        machine.raise_error("AttributeError", "module 'tf_keras' has no attribute 'Variable'")
    given = arguments_of(machine, "", "Variable", args, kwargs)
    initial, shape = given["initializer"], given["shape"]
    found = _shape_of_value(machine, initial) if shape is None else machine.as_shape(shape, ())
    dtype = given["dtype"] if isinstance(given["dtype"], str) else str(machine.global_state.get("floatx", "float32"))
    return Variable(found, dtype, trainable=_is_trained(machine, given["trainable"]), is_keras=True)


def _shape_of_value(machine: Machine, value: object) -> AnyShape:
    if isinstance(value, Array | Tensor):
        return value.shape
    if isinstance(value, int | float | bool | Poly):
        return ()
    if isinstance(value, list | tuple):
        inner = _shape_of_value(machine, value[0]) if value else ()
        return (len(value), *inner) if isinstance(inner, tuple) else inner
    return machine.unknown(Why.DATA, "the shape of a value")


@raw("tf.constant", "keras.backend.constant", "tf.cast_like")
def constant(machine: Machine, value: object = None, dtype: object = None, *_: object, **kwargs: object) -> object:
    """Return a value as an eager tensor; a symbolic one stays itself."""
    if isinstance(value, Tensor):
        return value
    shape = _shape_of_value(machine, value)
    if kwargs.get("shape") is not None:
        shape, given = as_shape(machine, kwargs["shape"], ()), shape
        value = value if shape == given else None  # its items are laid out anew
    items = value if isinstance(value, int | float | bool | list) else None
    kind = dtype if isinstance(dtype, str) else "float32"
    if dtype is None and isinstance(value, int) and not isinstance(value, bool):
        kind = "int32"
    return Array(shape, kind, items, origin="tensor")


def _converting(name: str) -> RawNative:
    def convert(
        machine: Machine, value: object = None, dtype: object = None, *args: object, **kwargs: object
    ) -> object:
        if not isinstance(value, Tensor):
            return constant(machine, value, dtype, *args, **kwargs)
        named = {"dtype": dtype} if dtype is not None else {}
        return operate(machine, name, value, **named) if name[:2] == "tf" else machine.operate(name, (value,), named)

    return RawNative(name, convert)


register("tf", {"convert_to_tensor": _converting("tf.convert_to_tensor")})
register("keras.ops", {name: _converting(f"keras.ops.{name}") for name in ("array", "convert_to_tensor")})


register("tf", {"Tensor": Lazy(lambda machine: machine.builtin_class("Tensor"))})


def resolve_tf(machine: Machine, module: str, name: str) -> object:
    """Return a member of ``tf.*``: an operation of the catalogue, or Keras under ``tf.keras``."""
    full = f"{module}.{name}"
    found = _initializer(machine, module, name)
    if found is not MISSING:
        return found
    if find(full, machine.keras, traced=True) is None:
        return MISSING

    def call(own: Machine, *args: object, **kwargs: object) -> object:
        return operate(own, full, *args, **kwargs)

    return RawNative(full, call)


def _initializer(machine: Machine, module: str, name: str) -> object:
    """Return an initializer of TensorFlow's own: ``tf.initializers.X``, ``tf.random_normal_initializer`` and the like."""
    short = name if module.endswith("initializers") else name.removesuffix("_initializer")
    if module not in {"tf", "tf.initializers", "tf.keras.initializers"} or (module == "tf" and short == name):
        return MISSING
    return object_member(machine, "initializers", short if module != "tf" else _INITIALIZERS.get(short, short))


_INITIALIZERS = {
    "random_normal": "RandomNormal",
    "random_uniform": "RandomUniform",
    "constant": "Constant",
    "ones": "Ones",
    "zeros": "Zeros",
}


@raw("call.tf")
def operate(machine: Machine, name: str, /, *args: object, **kwargs: object) -> object:
    """Apply an operation of TensorFlow: Keras 3 refuses its own symbolic tensors there."""
    tensors = tensors_in([list(args), kwargs]) if machine.keras is Keras.THREE and not machine.callers else []
    if tensors:
        refuse_symbolic(machine, name, tensors)
    result = machine.operate(name, args, kwargs)
    if name in _FIELDS and isinstance(result, list):
        return _with_names(machine, name, result)
    return result


_FIELDS = {
    "tf.math.top_k": ("TopKV2", "values indices"),
    "tf.nn.top_k": ("TopKV2", "values indices"),
    "tf.unique": ("Unique", "y idx"),
    "tf.unique_with_counts": ("UniqueWithCounts", "y idx count"),
}


def _with_names(machine: Machine, name: str, results: list[object]) -> object:
    """Return the results of an operation as the named tuple that TensorFlow gives."""
    class_name, fields = _FIELDS[name]
    cls = machine.builtin_classes.get(f"tf.{class_name}")
    if cls is None:
        cls = machine.new_class(class_name, [machine.builtin_class("tuple")], {})
        make_named_tuple(cls, fields.split(), {})
        machine.builtin_classes[f"tf.{class_name}"] = cls
    return machine.call(cls, tuple(results), {})


register("resolve", {"tf": RawNative("tf", resolve_tf)})


_RESIZING = ("bilinear", "nearest", "bicubic", "area")


register("tf.image.ResizeMethod", {
    "BILINEAR": "bilinear", "NEAREST_NEIGHBOR": "nearest", "BICUBIC": "bicubic", "AREA": "area", "LANCZOS3": "lanczos3",
    "LANCZOS5": "lanczos5", "GAUSSIAN": "gaussian", "MITCHELLCUBIC": "mitchellcubic",
})  # fmt: skip


@raw("tf.image.resize_images")
def resize_images(
    machine: Machine,
    images: object,
    size: object,
    method: object = 0,
    align_corners: object = False,
    preserve_aspect_ratio: object = False,
    name: object = None,
) -> object:
    """Resize images as TensorFlow 1 does, whose methods are numbers."""
    del align_corners, name
    named = _RESIZING[method] if isinstance(method, int) and 0 <= method < len(_RESIZING) else method
    return operate(machine, "tf.image.resize", images, size, method=named, preserve_aspect_ratio=preserve_aspect_ratio)


def _devices(name: str) -> RawNative:
    """Return what lists devices: not part of the source, but the same each time."""

    def list_devices(machine: Machine, device_type: object = None) -> object:
        kind = expression_text(device_type) if device_type is not None else ""
        symbol = f"tf.config.{name}({kind})"
        machine.symbols.setdefault(symbol, ("the devices of the machine", machine.span))
        return Unknown(Why.DATA, "the devices of the machine", machine.span, symbol)

    return RawNative(name, list_devices)


_DEVICES = {name: _devices(name) for name in ("list_physical_devices", "list_logical_devices")}
register("tf.config", _DEVICES)
register("tf.config.experimental", _DEVICES)


@raw("tf.random.set_seed", "tf.compat.v1.disable_eager_execution", "tf.config.run_functions_eagerly", "tf.config.experimental.set_memory_growth", "tf.debugging.set_log_device_placement", "tf.get_logger", "tf.print")  # fmt: skip
def do_nothing(machine: Machine, *_: object, **__: object) -> object:
    """Do what changes no model."""
    del machine
    return None
