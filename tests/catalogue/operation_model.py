"""What the catalogue makes of the same calls: the texts are evaluated over proxies of our own tensors."""

from __future__ import annotations

from collections.abc import Callable

from keraslint.catalogue.ops.lookup import bind, find
from keraslint.catalogue.spec import Refused, Signature
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.dim import Dim, substitute, symbol
from keraslint.values.layer import Layer, Node, Tensor
from keraslint.values.unknown import Undetermined


class Symbol:
    """A symbolic tensor with Python's operators."""

    def __init__(self, tensor: Tensor | Array, keras: Keras) -> None:
        self.tensor = tensor
        self.keras = keras

    __hash__ = None  # type: ignore[assignment]

    @property
    def shape(self) -> object:
        """The shape, as real tensors have it."""
        return self.tensor.shape

    def __getitem__(self, key: object) -> object:
        return call("operator.getitem", self.keras, self, key)


def _operator(name: str, *, swapped: bool = False) -> Callable[..., object]:
    def apply(self: Symbol, *others: object) -> object:
        operands = (*others, self) if swapped else (self, *others)
        return call(f"operator.{name}", self.keras, *operands)

    return apply


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor"):
    setattr(Symbol, f"__{_name.rstrip('_')}__", _operator(_name))
    setattr(Symbol, f"__r{_name.rstrip('_')}__", _operator(_name, swapped=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne", "neg", "abs", "invert"):
    setattr(Symbol, f"__{_name}__", _operator(_name))


class Module:
    """A module whose members are operations."""

    def __init__(self, path: str, keras: Keras) -> None:
        self.path = path
        self.keras = keras

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        full = f"{self.path}.{name}"
        if full in {"tf.float32", "tf.int32", "tf.bool", "tf.float16", "tf.int64", "tf.float64", "tf.newaxis"}:
            return None if name == "newaxis" else name
        if full == "keras.ops.shape":
            return lambda value: value.tensor.shape
        if find(full, self.keras) is not None:
            return lambda *args, **kwargs: call(full, self.keras, *args, **kwargs)
        return Module(full, self.keras)


def call(name: str, keras: Keras, *args: object, **kwargs: object) -> object:
    """Return what an operation gives."""
    entry = find(name, keras)
    assert entry is not None, name
    assert entry.function is not None, name
    tensors = [
        item for item in _leaves([_plain(list(args)), *map(_plain, kwargs.values())]) if isinstance(item, Tensor)
    ]
    if tensors and entry.refuses_symbolic(keras):
        message = f"{name} takes no symbolic tensor"
        raise Refused(message)
    arguments = bind(
        entry, tuple(_plain(item) for item in args), {key: _plain(item) for key, item in kwargs.items()}, keras
    )
    first = next(
        (item.dtype for item in _leaves(list(arguments.values.values())) if isinstance(item, Tensor | Array)), "float32"
    )
    result = _symbols(entry.function(arguments), first, keras)
    if isinstance(result, Symbol) and isinstance(result.tensor, Tensor):
        layer = Layer(entry.layer_class(keras), entry.stem(keras), None, None)
        result.tensor.node = Node(layer, tuple(_plain(item) for item in args), {}, tensors, None)
    return result


def _leaves(nest: object) -> list[object]:
    if isinstance(nest, list | tuple):
        return [leaf for item in nest for leaf in _leaves(item)]
    return [nest]


def _plain(value: object) -> object:
    match value:
        case Symbol():
            return value.tensor
        case slice():
            return slice(_plain(value.start), _plain(value.stop), _plain(value.step))
        case list():
            return [_plain(item) for item in value]
        case tuple():
            return tuple(_plain(item) for item in value)
        case _:
            return value


def _symbols(output: object, dtype: str, keras: Keras) -> object:
    match output:
        case Signature():
            return Symbol(Tensor(output.shape, output.dtype), keras)
        case Tensor():
            return Symbol(output, keras)
        case tuple():
            return Symbol(Tensor(output, dtype), keras)
        case list():
            return [_symbols(item, dtype, keras) for item in output]
        case _:
            return output


def answer(keras: str, text: str, *, symbolic: bool = False) -> dict[str, object]:
    """Return a nest of ``[shape, dtype]``, ``error`` where we refuse, ``undetermined`` where we do not know.

    ``symbolic``: dimensions of symbolic tensors are names of their values, replaced by these only in the answer.
    """
    version = Keras.THREE if keras == "3" else Keras.TWO

    def tensor(shape: tuple[int | None, ...], dtype: str = "float32") -> Symbol:
        dims = tuple(symbol(f"s{dim}") if symbolic and dim is not None and dim > 1 else dim for dim in shape)
        return Symbol(Tensor(dims, dtype), version)

    def data(shape: tuple[int, ...], dtype: str = "float32") -> Symbol:
        return Symbol(Array(tuple(shape), dtype, origin="tensor"), version)

    namespace = {"keras": Module("keras", version), "tf": Module("tf", version), "T": tensor, "A": data}
    try:
        return {"output": _describe(eval(text, namespace))}  # a text of our own tests
    except Refused as refused:
        return {"error": f"{refused.error}: {refused.message}"}
    except Undetermined as problem:
        return {"undetermined": problem.unknown.what}


_VALUES: dict[str, Dim] = {f"s{value}": value for value in range(2, 64)}


def _describe(value: object) -> object:
    if isinstance(value, Symbol):
        shape = value.tensor.shape
        assert isinstance(shape, tuple)
        return [[None if dim is None else substitute(dim, _VALUES) for dim in shape], value.tensor.dtype]
    if isinstance(value, list | tuple):
        return {"nest": [_describe(item) for item in value]}
    return {"plain": repr(value)[:60]}
