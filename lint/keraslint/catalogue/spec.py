"""What a layer of the catalogue is: bound arguments, own weights, output. One small subclass of ``LayerSpec`` a layer.

The life of a layer: ``check()`` when the program constructs it, ``weights(call)`` once at the first call (or
``build``), ``output(call)`` at every call. Three things may be raised, and nothing else:

- ``Undetermined`` where an argument or a dimension that is needed is not known (accessors raise it by themselves);
- ``Refused`` where Keras raises, with Keras' reason and the numbers;
- never an ``AttributeError`` or the like: a bug of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array, NumpyInt
from keraslint.values.dim import Dim, Poly, symbol
from keraslint.values.layer import Layer, Tensor, Weight
from keraslint.values.shape import Shape, known_shape
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

if TYPE_CHECKING:  # which knows specs
    from keraslint.catalogue.memory import Configuration


class Refused(Exception):
    """Keras raises here.

    ``error`` is the exception's class name; ``contract`` names what was broken for the rules
    (``"nonpositive-output"``, ``"merge-shapes"``, ``"rank"``, ``"channels"``, ``"undefined-dim"``, ``"reshape-size"``,
    ``"argument"`` …); ``facts`` are the numbers.
    """

    def __init__(self, message: str, *, error: str = "ValueError", contract: str = "argument", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.error = error
        self.contract = contract
        self.facts = facts


@dataclass(frozen=True, slots=True)
class WeightSpec:
    """A weight that a layer owns. ``dtype`` empty: the layer's variable dtype. ``why``: see ``values.layer.Weight``."""

    name: str
    shape: Shape
    trainable: bool = True
    dtype: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Shape and dtype of one output, where the dtype is not the layer's compute dtype."""

    shape: Shape
    dtype: str


Output = Shape | Signature | Tensor | list["Output"] | dict[str, "Output"]
"""What ``output`` returns: a tuple is one shape; lists and dicts are nests of several outputs."""


class Host(Protocol):
    """What evaluation offers to layers that hold other layers."""

    keras: Keras
    data_format: str
    """What ``data_format=None`` stands for: ``channels_last`` unless the program sets it otherwise."""

    custom_objects: dict[object, object]
    """What the program has registered by name (``get_custom_objects``)."""
    weights_made: int
    """How many weights there are by now."""

    @property
    def is_inside(self) -> bool:
        """Whether what happens is part of a layer that holds others."""
        ...

    def dtypes(self, dtype: object) -> tuple[str, str]:
        """Return the variable dtype and the compute dtype of a ``dtype`` argument."""
        ...

    def make(self, class_name: str, /, **arguments: object) -> Layer:
        """Construct a layer of Keras, by class name, with explicit arguments; no automatic name is used up."""
        ...

    def use_up(self, class_name: str) -> None:
        """Use up an automatic name, for what Keras makes for itself."""
        ...

    def clone(self, layer: Layer, **changes: object) -> Layer:
        """Return ``type(layer).from_config({**layer.get_config(), **changes})``: no weights, same arguments."""
        ...

    def apply(self, layer: Layer, *args: object, **kwargs: object) -> object:
        """Call a layer on tensors (making its weights where it has none yet) and return what it returns.

        Anonymous tensors (``Tensor(shape)``) serve where only the shape matters; no node of the graph is recorded.
        """
        ...

    def build(self, layer: Layer, shape: Shape) -> None:
        """Make a layer's weights for an input shape, as ``layer.build(shape)`` does."""
        ...

    def attribute(self, layer: Layer, name: str) -> object:
        """Return an attribute of a layer of the program's own class; raise ``Undetermined`` where it is not known."""
        ...

    def call(self, function: object, *args: object, **kwargs: object) -> object:
        """Call a function value of the program (``Lambda``); raises ``Undetermined`` where it cannot be followed."""
        ...


class Call:
    """The arguments of one call of a layer."""

    __slots__ = ("_form", "args", "kwargs")

    def __init__(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> None:
        self.args = args
        self.kwargs = kwargs
        self._form: tuple[object, ...] | None = None

    @property
    def form(self) -> tuple[object, ...] | None:
        """What tells the call from others; None where its input is more than tensors of known rank and dimensions."""
        if self._form is None:
            self._form = _form_of(self.args, self.kwargs) or ()
        return self._form or None

    @property
    def inputs(self) -> object:
        """The first argument: a tensor, or a nest of tensors."""
        if self.args:
            return self.args[0]
        return self.kwargs.get("inputs")

    def argument(self, name: str, position: int, default: object = None) -> object:
        """Return a call argument by position (0 is ``inputs``) or name."""
        return self.args[position] if position < len(self.args) else self.kwargs.get(name, default)

    @property
    def shape(self) -> Shape:
        """The shape of the only input; raises ``Refused`` for several, ``Undetermined`` for one not known."""
        return shape_of(self.inputs)

    @property
    def shapes(self) -> list[Shape]:
        """The shapes of a list (or tuple) of inputs; of a single input, a list of one."""
        inputs = self.inputs
        if isinstance(inputs, dict):
            inputs = list(inputs.values())
        if isinstance(inputs, list | tuple):
            return [shape_of(item) for item in inputs]
        return [shape_of(inputs)]


def _form_of(args: tuple[object, ...], kwargs: Mapping[str, object]) -> tuple[object, ...] | None:
    training = kwargs.get("training")
    if len(args) != 1 or len(kwargs) > ("training" in kwargs) or not (training is None or isinstance(training, bool)):
        return None
    value = args[0]
    if isinstance(value, Tensor):
        signature = _signature(value)
        return None if signature is None else (signature, training)
    if not isinstance(value, list):
        return None
    parts = tuple([_signature(item) for item in value])
    return None if None in parts else (parts, training)


def _signature(value: object) -> tuple[Shape, str] | None:
    if not isinstance(value, Tensor):
        return None
    shape = value.raw_shape
    if not isinstance(shape, tuple) or (value.node is not None and value.node.layer.attributes.get("sparse")):
        return None
    for dim in shape:
        if dim is not None and type(dim) is not int:
            return None
    return shape, value.dtype


def shape_of(value: object, rank: int | None = None) -> Shape:
    """Return the shape of a tensor, an array or a number."""
    match value:
        case Tensor():
            return value.known_shape(rank)
        case Array():
            return known_shape(value.shape, rank)
        case Unknown():
            raise Undetermined(value)
        case int() | float() | Poly():
            return ()
        case list() | tuple() | dict():
            raise Refused(f"expects one input, received {len(value)}", contract="inputs", received=len(value))
        case _:
            undetermined(Why.UNSUPPORTED, f"an input of type {type(value).__name__}")


class LayerSpec:
    """One layer class of Keras. Subclasses say ``check``, ``weights`` and ``output``; most need only some.

    ``name`` is the layer's name, for messages. ``children`` are the tracked sublayers: create them through ``host``
    in ``check`` (where Keras creates them in the constructor) or in ``weights`` (where it does in ``build``).
    """

    takes_lists: ClassVar[bool] = False
    """Whether a list of one input is taken for the input, or stacked: what comes out is not modelled."""
    keeps_rank: ClassVar[tuple[Keras, ...]] = ()
    """In which versions a layer that has its weights takes inputs of the first one's rank only."""
    refits: ClassVar[bool] = False
    """Whether Keras 3 takes inputs for which the weights that were made have a wrong shape: nothing looks at them."""
    keras_names: ClassVar[tuple[str, ...]] = ()
    """Class names in Keras that this spec answers for; empty: the spec's own name."""

    def __init__(self, class_name: str, arguments: Mapping[str, object], host: Host) -> None:
        self.class_name = class_name
        self.arguments = arguments
        self.host = host
        self.keras = host.keras
        self.name = str(arguments.get("name") or class_name)
        self.children: list[Layer] = []
        self.configuration: Configuration | None = None
        """What is known of every layer with these arguments, where they are plain values."""
        self.built_rank: int | None = None

    def check(self) -> None:
        """Raise ``Refused`` for what the constructor refuses; normalise nothing."""

    def weights(self, call: Call) -> Iterable[WeightSpec | Weight]:
        """Yield the layer's own weights, in order of creation, for the input of its first call.

        A ``Weight`` is one that another layer has made and that this one tracks as well.
        """
        return ()

    def output(self, call: Call) -> Output:
        """Return the output shape, or a nest of them."""
        return call.shape

    def traced(self, call: Call) -> Output | None:
        """Return what TensorFlow's operations give, where Keras 3 says another shape of its symbolic tensors; else None."""
        return None

    def check_output(self, output: Output) -> None:
        """Refuse an output that the layer cannot finish."""

    def again(self, call: Call) -> None:
        """Refuse what a layer that has its weights does not take, where those are its sublayers'."""

    def takes_again(self, call: Call) -> bool:
        """Return whether a layer that has its weights takes an input for which they would have other shapes."""
        return False

    # accessors of arguments: each raises Undetermined for an unknown value, Refused for one of a wrong type

    def value(self, name: str) -> object:
        """Return an argument that must be known, whatever it is."""
        value = self.arguments.get(name)
        if isinstance(value, Unknown):
            raise Undetermined(value)
        return value

    def given(self, name: str) -> bool:
        """Return whether an argument is something else than None."""
        return self.value(name) is not None

    def flag(self, name: str) -> bool:
        """Return an argument used as a condition."""
        value = self.value(name)
        return bool(value)

    def text(self, name: str) -> str:
        """Return an argument that has to be a string."""
        value = self.value(name)
        if not isinstance(value, str):
            raise Refused(f"`{name}` has to be a string, received {value!r}")
        return value

    def integer(self, name: str) -> Dim:
        """Return an argument that is a positive integer, or a name that stands for one."""
        return positive(self.arguments.get(name), name, self.keras)

    def dims(self, name: str, rank: int) -> tuple[Dim, ...]:
        """Return an argument such as ``kernel_size``: one positive integer for all axes, or ``rank`` of them."""
        return each_axis(self.arguments.get(name), rank, name)


def refuse_initializer(spec: LayerSpec, weight: WeightSpec) -> None:
    """Refuse an initializer that does not make weights of this rank."""
    for name in (f"{weight.name}_initializer", f"{weight.name.removesuffix('_kernel')}_initializer"):
        given = spec.arguments.get(name)
        kind = getattr(given, "class_name", given)
        text = kind.lower().removesuffix("initializer") if isinstance(kind, str) else ""
        dtype = spec.host.dtypes(spec.value("dtype"))[0]
        if (
            isinstance(given, str)
            and not weight.dtype
            and _draws(text)
            and ("int" in dtype or dtype in {"bool", "string"})
        ):
            if spec.keras is Keras.THREE:  # it rounds the limits, and refuses where nothing is left between them
                undetermined(Why.UNSUPPORTED, f"weights of {spec.name} drawn as {dtype}")
            raise Refused(f"Expected floating point type, got {dtype}", argument=name, contract="dtype", dtype=dtype)
        if text == "orthogonal" and len(weight.shape) < 2:
            raise Refused(
                f"The tensor to initialize must be at least two-dimensional. Received: shape={weight.shape} of rank "
                f"{len(weight.shape)}.",
                contract="argument",
            )
        if text == "orthogonal" and (weight.dtype or spec.host.dtypes(spec.value("dtype"))[0]) == "bfloat16":
            raise Refused(
                "Value for attr 'T' of bfloat16 is not in the list of allowed values: double, float, half",
                error="InvalidArgumentError",
                contract="dtype",
            )
        if text == "identity" and len(weight.shape) != 2:
            raise Refused(
                "Identity matrix initializer can only be used for 2D matrices. Received: "
                f"shape={weight.shape} of rank {len(weight.shape)}.",
                contract="argument",
            )


def _draws(initializer: str) -> bool:
    """Return whether an initializer, by the name that a string gives it, draws floating numbers."""
    return (
        initializer.startswith(("glorot", "he", "lecun", "random", "truncated", "uniform")) or "normal" in initializer
    )


def as_dim(value: object, name: str) -> Dim:
    """Return a value as a dimension: an integer, a formula, or a symbol for a named unknown."""
    match value:
        case bool():
            return int(value)
        case int() | Poly():
            return value
        case Unknown():
            if value.symbol:
                return symbol(value.symbol)
            raise Undetermined(value)
        case float() if value.is_integer():
            return int(value)
        case Array(shape=(), items=int() as item) if "int" in value.dtype:
            return item
        case _:
            raise Refused(f"`{name}` has to be an integer, received {value!r}", error="TypeError", received=value)


def positive(value: object, name: str, keras: Keras) -> Dim:
    """Return a value as a positive dimension, refusing what this version of Keras refuses."""
    if keras is Keras.THREE and isinstance(value, float | NumpyInt | str | Array):
        raise Refused(f"`{name}` has to be a positive integer, received {value!r}", received=value)
    if keras is Keras.TWO and isinstance(value, float | str):
        try:
            value = int(value)
        except (OverflowError, ValueError):
            raise Refused(f"`{name}` has to be an integer, received {value!r}") from None
    dim = as_dim(value, name)
    if isinstance(dim, int) and dim <= 0:
        raise Refused(f"`{name}` has to be a positive integer, received {dim}", received=dim)
    return dim


def each_axis(value: object, rank: int, name: str, *, allow_zero: bool = False) -> tuple[Dim, ...]:
    """Return an integer or a sequence of ``rank`` integers as a tuple of ``rank`` dimensions."""
    if isinstance(value, list | tuple):
        if len(value) != rank:
            raise Refused(f"`{name}` has to be an integer or a tuple of {rank} integers, received {value!r}")
        dims = tuple(as_dim(item, name) for item in value)
    else:
        dims = (as_dim(value, name),) * rank
    if any(isinstance(dim, int) and (dim < 0 or (dim == 0 and not allow_zero)) for dim in dims):
        raise Refused(f"`{name}` has to be positive, received {value!r}")
    return dims


_SPECS: dict[str, type[LayerSpec]] = {}


_Spec = TypeVar("_Spec", bound=LayerSpec)


def layer(*class_names: str) -> Callable[[type[_Spec]], type[_Spec]]:
    """Register a spec under Keras' class names (the spec's own name where none is given)."""

    def register(spec: type[_Spec]) -> type[_Spec]:
        for name in class_names or (spec.__name__,):
            if name in _SPECS:
                message = f"layer {name} is registered twice"
                raise ValueError(message)
            _SPECS[name] = spec
        return spec

    return register


def layer_specs() -> Mapping[str, type[LayerSpec]]:
    """Return every spec registered so far, by class name; ``catalogue.layers`` registers all."""
    return _SPECS


def channel_axis(data_format: str, rank: int) -> int:
    """Return the index of the channels' axis in a shape of ``rank`` entries."""
    return 1 if data_format == "channels_first" else rank - 1
