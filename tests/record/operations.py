"""Records the operations of real packages: ``python tests/record/operations.py`` (needs keras, tf_keras and tensorflow).

Writes ``lint/keraslint/catalogue/data/operations.json``: for every public function of ``keras.ops`` and
``keras.activations`` (Keras 3), of ``tf_keras.backend`` (as ``keras.backend``) and of ``tensorflow`` its canonical name,
the other names that it has, its parameters, and what a call on a symbolic tensor becomes: in Keras 3 the class of the
Operation, in Keras 2 the class and the automatic name of the layer.

The canonical name is the one with the fewest dots, then the first of the alphabet; Keras' own name comes before.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import operator
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from backend_layers import layer_of_backend
from signatures import KINDS, plain, signature_of

DATA = Path(__file__).parents[2] / "lint" / "keraslint" / "catalogue" / "data" / "operations.json"
TENSORFLOW = (
    "", "math", "math.special", "nn", "nn.experimental", "image", "linalg", "linalg.experimental", "signal", "sparse", "strings",
    "random", "random.experimental", "bitwise", "dtypes", "debugging", "ragged", "audio", "quantization",
)  # fmt: skip
OPERATORS: dict[str, Callable[..., object]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow, "matmul": operator.matmul,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "and_": operator.and_, "or_": operator.or_, "xor": operator.xor,
    "neg": operator.neg, "invert": operator.invert, "abs": operator.abs, "getitem": operator.getitem,
}  # fmt: skip
UNTRIED = (
    "sequence_mask",
    "assert",
    "print",
    "function",
    "gradient",
    "set_",
    "clear",
    "reset",
    "placeholder",
    "decode",
    "encode",
    "load",
)
UNARY = ("neg", "invert", "abs")
LOGICAL = ("and_", "or_", "xor", "invert")


class Recording:
    """What is recorded: tables by name, signatures once each."""

    def __init__(self) -> None:
        self.signatures: dict[str, int] = {}
        self.operations: dict[str, dict[str, object]] = {}
        self.aliases: dict[str, str] = {}
        self.seen: dict[int, str] = {}
        self.kept: list[object] = []

    def number(self, function: object) -> int:
        """Return the number of a function's signature."""
        signature = json.dumps(parameters_of(function), separators=(",", ":"))
        return self.signatures.setdefault(signature, len(self.signatures))

    def add(self, name: str, function: object, **facts: object) -> None:
        """Record a function under a name, or the name as another one of a function that has been recorded."""
        known = self.seen.get(id(function))
        if known is not None:
            if known != name:
                self.aliases[name] = known
            return
        self.seen[id(function)] = name
        self.kept.append(function)
        self.operations[name] = {"s": self.number(function), **{key: fact for key, fact in facts.items() if fact}}


def main() -> None:
    """Record everything."""
    keras = importlib.import_module("keras")
    tf_keras = importlib.import_module("tf_keras")
    tensorflow = importlib.import_module("tensorflow")
    recording = Recording()
    for name, function, class_name in keras_operations(keras):
        recording.add(name, function, c3=class_name)
    for name, function in tensorflow_functions(tensorflow):
        recording.add(name, function, **layer_of_tensorflow(function), r=refused_dtypes(tf_keras, name, function))
    for name, function in members(tf_keras.backend):
        full = f"keras.backend.{name}"
        named = layer_of_tensorflow(function)
        stem = layer_of_backend(tf_keras, function) if named else ""
        recording.add(full, function, **({"n2": stem} if stem else named), r=refused_dtypes(tf_keras, full, function))
    for name, function in members(tf_keras.activations):
        record_activation(recording, name, function, refused_dtypes(tf_keras, name, function))
    for name, facts in operators(keras, tf_keras):
        recording.add(f"operator.{name}", OPERATORS[name], **facts)
    versions = f"keras {keras.__version__}, tf_keras {tf_keras.__version__}, tensorflow {tensorflow.__version__}"
    write(versions, recording)


def write(versions: str, recording: Recording) -> None:
    """Write one line a signature and one an operation."""
    parts = [
        f'{{"packages":{json.dumps(versions)},\n"signatures":[\n',
        ",\n".join(recording.signatures),
        '\n],\n"operations":{\n',
        ",\n".join(
            f"{json.dumps(name)}:{json.dumps(facts, separators=(',', ':'))}"
            for name, facts in sorted(recording.operations.items())
        ),
        '\n},\n"aliases":{\n',
        ",\n".join(f"{json.dumps(name)}:{json.dumps(known)}" for name, known in sorted(recording.aliases.items())),
        "\n}}\n",
    ]
    DATA.write_text("".join(parts), encoding="utf-8")


def members(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Yield the public functions of a module."""
    for name in sorted(dir(module)):
        member = getattr(module, name, None)
        if name.startswith("_") or isinstance(member, ModuleType) or inspect.isclass(member):
            continue
        if callable(member):
            yield name, member


def parameters_of(function: object) -> list[list[object]]:
    """Return name, kind and, where there is one, default of each parameter; plain ones by their name alone."""
    return [
        [parameter.name, KINDS[parameter.kind]]
        + ([] if parameter.default is inspect.Parameter.empty else [plain(parameter.default)])
        for parameter in signature_of(function)
    ]


def keras_operations(keras: ModuleType) -> Iterator[tuple[str, object, str]]:
    """Yield name, function and the Operation's class of what Keras 3 has; the short name before the long ones."""
    modules = [("keras.ops", keras.ops)]
    modules += [(f"keras.ops.{name}", getattr(keras.ops, name)) for name in ("numpy", "nn", "image", "linalg")]
    for name, function in members(keras.random):
        yield f"keras.random.{name}", function, ""
    for path, module in modules:
        for name, function in sorted(members(module), key=lambda item: (item[1].__name__ != item[0], item[0])):
            yield f"{path}.{name}", function, operation_class(function)
    for name, function in members(keras.activations):
        if name not in {"get", "serialize", "deserialize"}:
            yield f"keras.activations.{name}", function, activation_class(keras, function)


def operation_class(function: object) -> str:
    """Return the name of the Operation that a function of Keras makes, by its source; empty where there is none."""
    from keras.src.ops.operation import Operation

    namespace = getattr(inspect.unwrap(function), "__globals__", {})  # type: ignore[arg-type]
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))  # type: ignore[arg-type]
    called = [node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    for name in called:
        if inspect.isclass(namespace.get(name)) and issubclass(namespace[name], Operation):
            return name
    for name in called:
        inner = namespace.get(name)
        if inspect.isfunction(inner) and inner.__module__ == namespace["__name__"] and inner is not function:
            found = operation_class(inner)
            if found:
                return found
    return ""


def activation_class(keras: ModuleType, function: Callable[..., object]) -> str:
    """Return the class of the last Operation that an activation makes of a symbolic tensor, ``!`` where it raises, ``=`` for itself."""
    required = [0.5 for parameter in signature_of(function)[1:] if parameter.default is inspect.Parameter.empty]
    try:
        output = function(keras.KerasTensor((2, 4, 6)), *required)
    except ValueError:  # a function of the backend alone: "A KerasTensor cannot be used as input to …"
        return "!"
    history = getattr(output, "_keras_history", None)
    return type(history.operation).__name__ if history is not None else "="


def tensorflow_functions(tensorflow: ModuleType) -> Iterator[tuple[str, object]]:
    """Yield the public functions of TensorFlow, a function's canonical name before its others."""
    found: list[tuple[str, object]] = []
    for path in TENSORFLOW:
        module = operator.attrgetter(path)(tensorflow) if path else tensorflow
        found += [(".".join(filter(None, ("tf", path, name))), function) for name, function in members(module)]
    yield from sorted(found, key=lambda item: (item[0].count("."), item[0]))


def layer_of_tensorflow(function: object) -> dict[str, object]:
    """Return the stem of the layer that tf_keras makes of a call; nothing where a call is not dispatched as a whole."""
    from tensorflow.python.util.tf_export import get_canonical_name_for_symbol

    if not hasattr(function, "_tf_fallback_dispatchers"):
        return {}
    symbol = get_canonical_name_for_symbol(function, add_prefix_to_v1_names=True)
    symbol = symbol or get_canonical_name_for_symbol(function, api_name="keras", add_prefix_to_v1_names=True)
    return {"n2": f"tf.{symbol}" if symbol else function.__name__}  # type: ignore[attr-defined]


def refused_dtypes(tf_keras: ModuleType, name: str, function: Callable[..., object]) -> str:
    """Return which kinds of tensors a function of one tensor refuses: ``i`` integers, ``b`` truth values; tried out."""
    required = [
        parameter
        for parameter in signature_of(function)
        if parameter.default is inspect.Parameter.empty and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    if len(required) != 1 or not hasattr(function, "_tf_fallback_dispatchers") or any(part in name for part in UNTRIED):
        return ""
    if not accepts(tf_keras, function, "float32"):
        return ""
    return "".join(kind for kind, dtype in (("i", "int32"), ("b", "bool")) if not accepts(tf_keras, function, dtype))


def accepts(tf_keras: ModuleType, function: Callable[..., object], dtype: str) -> bool:
    """Return whether a function takes a symbolic tensor of a dtype."""
    try:
        function(tf_keras.Input((4, 4), dtype=dtype))
    except Exception:  # noqa: BLE001  whatever is raised is a refusal
        return False
    return True


def record_activation(recording: Recording, name: str, function: object, refused: str) -> None:
    """Record what Keras 2 makes of an activation that both versions have."""
    full = recording.aliases.get(f"keras.activations.{name}", f"keras.activations.{name}")
    if name in {"get", "serialize", "deserialize"}:
        return
    facts = {**layer_of_tensorflow(function), **({"r": refused} if refused else {})}
    if full in recording.operations:
        recording.operations[full].update({**facts, "s2": recording.number(function)})
    else:
        recording.add(full, function, **facts)


def operators(keras: ModuleType, tf_keras: ModuleType) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what Python's operators on symbolic tensors become in both versions."""
    for name, function in OPERATORS.items():
        tf_keras.backend.clear_session()
        dtype = "bool" if name in LOGICAL else "float32"
        facts: dict[str, object] = {}
        new, old = keras.KerasTensor((3, 3, 3), dtype=dtype), tf_keras.Input((3, 3), dtype=dtype)
        result = function(*operands(name, new))
        if isinstance(result, keras.KerasTensor):
            facts["c3"] = type(result._keras_history.operation).__name__
        layer = function(*operands(name, old)).node.layer
        facts["c2"] = type(layer).__name__
        facts["n2"] = re.sub(r"_\d+$", "", layer.name)
        yield name, facts


def operands(name: str, tensor: object) -> tuple[object, ...]:
    """Return operands for an operator."""
    if name in UNARY:
        return (tensor,)
    return (tensor, (0, 1)) if name == "getitem" else (tensor, tensor)


if __name__ == "__main__":
    main()
