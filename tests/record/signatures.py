"""Records the signatures of a real Keras: ``python tests/record/signatures.py --keras 3`` (or ``2``, tf_keras).

Writes ``lint/keraslint/catalogue/data/signatures-3.json``. What a class takes beyond its own parameters (``**kwargs``
that reach a base class, or that the constructor picks out) is found by trying every candidate on the real class, and
so is the wording of its refusal.

``families``: for every public module of Keras the names in it, each a class or a function; an alias is the string
name of the entry it stands for. ``strings``: the names that ``activations.get`` and the like understand.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import json
import math
import re
import warnings
from pathlib import Path
from types import ModuleType

DATA = Path(__file__).parents[2] / "lint" / "keraslint" / "catalogue" / "data"
FAMILIES = (
    "layers", "optimizers", "losses", "metrics", "initializers", "regularizers", "constraints", "callbacks",
    "activations",
    "models", "utils", "datasets", "random", "dtype_policies", "mixed_precision", "config", "saving", "applications",
    "quantizers", "tree", "distribution", "export", "preprocessing", "estimator", "experimental", "visualization",
    "distillation", "wrappers", "premade_models", "legacy",
)  # fmt: skip
RESOLVED = ("activations", "initializers", "regularizers", "constraints", "optimizers", "losses", "metrics")
KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "plain",
    inspect.Parameter.KEYWORD_ONLY: "keyword",
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
BOGUS = "no_such_argument"
COMMON = (
    "activity_regularizer", "autocast", "batch_input_shape", "batch_shape", "batch_size", "dtype", "dynamic",
    "implementation", "input_dim", "input_length", "input_shape", "name", "time_major", "trainable", "weights",
)  # fmt: skip
OLD_SPELLINGS = (
    "W_constraint", "W_regularizer", "activation", "atrous_rate", "b_constraint", "b_regularizer", "beta_init", "bias",
    "border_mode", "cropping", "dim_ordering", "dropout_U", "dropout_W", "filter_length", "forget_bias_init",
    "clipnorm", "clipvalue", "decay", "gamma_init", "global_clipnorm", "init",
    "inner_activation", "inner_init", "input_dtype", "kernel_dim1", "lr", "mode", "nb_col", "nb_filter",
    "nb_row", "output_dim", "p", "pool_length", "ratio", "sigma", "stride", "subsample", "subsample_length",
)  # fmt: skip
REFUSALS = (
    "unexpected keyword", "nrecognized keyword", "not understood", "multiple values", "Unrecognized", "not allowed",
    "not recognized", "not a valid argument", "does not support argument", "takes no arguments", "nexpected keyword",
)  # fmt: skip
OVERRIDES: dict[str, dict[str, object]] = {"InputLayer": {"shape": (3,)}, "STFTSpectrogram": {"window": None}}
CONFIGURED: dict[str, dict[str, object]] = {
    "Activation": {"activation": "relu"}, "CategoryEncoding": {"num_tokens": 3}, "Discretization": {"num_bins": 3},
    "RandomPosterization": {"factor": 4},
}  # fmt: skip
SAMPLES: dict[str, object] = {
    "units": 2, "filters": 2, "kernel_size": 2, "pool_size": 2, "output_size": 2, "input_dim": 3, "output_dim": 2,
    "rate": 0.5, "n": 2, "target_shape": (4,), "dims": (1,), "stddev": 0.5, "mask_value": 0.0, "num_heads": 2,
    "key_dim": 2, "head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 2, "equation": "ab,bc->ac",
    "output_shape": 4, "axes": 1, "height": 4, "width": 4, "scale": 1.0, "factor": 0.5, "num_bins": 3, "num_tokens": 3,
    "layers": [], "transforms": [], "height_factor": 0.2, "width_factor": 0.2, "value_range": (0, 1), "alpha": 0.5,
    "function": len, "rank": 1, "cells": [], "theta": 1.0, "max_tokens": None, "num_classes": 3,
}  # fmt: skip


def main() -> None:
    """Record one package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keras", choices=["2", "3"], required=True)
    parser.add_argument("--output", type=Path, default=DATA, help="the folder to write to")
    options = parser.parse_args()
    version = options.keras
    package = importlib.import_module("keras" if version == "3" else "tf_keras")
    warnings.simplefilter("ignore")
    families: dict[str, dict[str, object]] = {}
    for name in FAMILIES:
        module = getattr(package, name, None)
        if isinstance(module, ModuleType):
            families.update(record_module(package, module, name))
    families[""] = record_members(package, package, "")
    if version == "2":
        old = importlib.import_module("tf_keras.api._v1.keras.layers")
        families["layers.compat.v1"] = record_members(package, old, "layers.compat.v1")
    recorded = {
        "package": f"{package.__name__} {package.__version__}",
        "families": families,
        "strings": {family: resolved_strings(package, family) for family in RESOLVED},
    }
    lines = json.dumps(recorded, separators=(",", ":"), sort_keys=True, allow_nan=False)
    (options.output / f"signatures-{version}.json").write_text(lines.replace('},"', '},\n"') + "\n")


def record_module(package: ModuleType, module: ModuleType, path: str) -> dict[str, dict[str, object]]:
    """Return the members of a module and of its submodules, by the module's path within Keras."""
    found = {path: record_members(package, module, path)}
    for name in sorted(public_names(module)):
        member = getattr(module, name)
        if isinstance(member, ModuleType) and member.__name__.startswith(package.__name__) and name not in path:
            found.update(record_module(package, member, f"{path}.{name}"))
    return found


def record_members(package: ModuleType, module: ModuleType, path: str) -> dict[str, object]:
    """Return a record for each public class and function of a module; an alias names the entry it stands for."""
    members: dict[str, object] = {}
    seen: dict[int, str] = {}
    is_layer_family = path.split(".", maxsplit=1)[0] == "layers"
    for name in sorted(public_names(module), key=lambda name: (canonical_rank(module, name), name)):
        member = getattr(module, name)
        if isinstance(member, ModuleType) or not callable(member):
            continue
        if id(member) in seen:
            members[name] = seen[id(member)]
            continue
        seen[id(member)] = name
        if inspect.isclass(member):
            if is_layer_family and path != "layers" and getattr(package.layers, name, None) is member:
                members[name] = f"layers.{name}"
                continue
            members[name] = record_class(package, member)
        else:
            members[name] = {"function": parameters_of(member)}
    return members


def public_names(module: ModuleType) -> list[str]:
    """Return the names that a module offers."""
    return [name for name in dir(module) if not name.startswith("_") and name != "src"]


def canonical_rank(module: ModuleType, name: str) -> int:
    """Return 0 for a name that is the member's own, so that aliases come behind it."""
    return 0 if getattr(getattr(module, name), "__name__", "") == name else 1


def record_class(package: ModuleType, cls: type) -> dict[str, object]:
    """Return what a class is: its own name, bases, parameters, what else it takes, and the parameters of ``call``."""
    record: dict[str, object] = {
        "class": cls.__name__,
        "constructor": getattr(cls.__init__, "__qualname__", ""),
        "bases": [base.__name__ for base in cls.__mro__[1:] if base.__module__.startswith(f"{package.__name__}.")],
        "parameters": parameters_of(cls.__init__, skip=1),
    }
    if issubclass(cls, package.layers.Layer):
        record["call"] = parameters_of(cls.call, skip=1)
        record.update(config_of(package, cls))
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in signature_of(cls.__init__)):
        record.update(kwargs_of(package, cls))
    return record


def signature_of(function: object) -> list[inspect.Parameter]:
    """Return the parameters of a function, none where Python cannot tell."""
    try:
        return list(inspect.signature(function).parameters.values())  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []


def parameters_of(function: object, skip: int = 0) -> list[list[object]]:
    """Return name, kind and, where there is one, default of each parameter."""
    return [
        [parameter.name, KINDS[parameter.kind]]
        + ([] if parameter.default is inspect.Parameter.empty else [plain(parameter.default)])
        for parameter in signature_of(function)[skip:]
    ]


def plain(value: object) -> object:
    """Return a default as JSON: tuples and objects in a tagged form."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else {"float": str(value)}
        case tuple():
            return {"tuple": [plain(item) for item in value]}
        case list():
            return [plain(item) for item in value]
        case dict() if not value:
            return {"object": "dict"}
        case _:
            return {"object": getattr(value, "__name__", None) or getattr(value, "name", None) or type(value).__name__}


def config_of(package: ModuleType, cls: type) -> dict[str, object]:
    """Return which of its parameters the configuration of a layer of default arguments leaves out, and what it has more."""
    own = {parameter.name for parameter in signature_of(cls.__init__)[1:] if parameter.kind not in VARIADIC}
    try:
        config = set(cls(**required_of(package, cls) | CONFIGURED.get(cls.__name__, {})).get_config())
    except Exception:  # noqa: BLE001  it cannot be made so, or has none
        return {}
    found = {"without": sorted(own - config), "with": sorted(config - own - {"name", "trainable", "dtype"})}
    return {"config": {name: names for name, names in found.items() if names}}


def required_of(package: ModuleType, cls: type) -> dict[str, object]:
    """Return a value for every parameter without a default."""
    required = {
        parameter.name: sample(package, cls, parameter.name)
        for parameter in signature_of(cls.__init__)[1:]
        if parameter.default is inspect.Parameter.empty and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    }
    return required | (OVERRIDES.get(cls.__name__, {}) if package.__name__ == "keras" else {})


def kwargs_of(package: ModuleType, cls: type) -> dict[str, object]:
    """Return what ``**kwargs`` may hold, with the default that each then has, and how anything else is refused."""
    required = required_of(package, cls)
    refusal = attempt(cls, {**required, BOGUS: 7})
    if refusal is None:
        return {"any": True}
    if not any(text in refusal[1] for text in REFUSALS):
        return {"unprobed": list(refusal)}
    own = {parameter.name for parameter in signature_of(cls.__init__)}
    extra: dict[str, object] = {}
    for name, default in sorted(candidates(cls).items()):
        if name in own:
            continue
        tried = attempt(cls, {**required, name: default})
        if tried is None or not any(text in tried[1] for text in REFUSALS):
            extra[name] = plain(default)
    return {"extra": extra, "unknown": list(refusal)}


def candidates(cls: type) -> dict[str, object]:
    """Return every keyword that some constructor on the way up names, with its default there."""
    found: dict[str, object] = dict.fromkeys((*COMMON, *OLD_SPELLINGS))
    for base in reversed(cls.__mro__):
        if "__init__" not in vars(base):
            continue
        for parameter in signature_of(base.__init__)[1:]:
            if parameter.kind in {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}:
                has_default = parameter.default is not inspect.Parameter.empty
                found[parameter.name] = parameter.default if has_default else SAMPLES.get(parameter.name)
        with contextlib.suppress(OSError, TypeError):
            for name in re.findall(
                r"kwargs(?:\.pop|\.get)?[\[(]\s*\"(\w+)\"|\"(\w+)\" in kwargs", inspect.getsource(base)
            ):
                found.setdefault(name[0] or name[1], None)
    return found


def sample(package: ModuleType, cls: type, name: str) -> object:
    """Return a value for a required parameter."""
    layers = package.layers
    match name:
        case "layer" if cls.__name__ == "Bidirectional":
            return layers.LSTM(2)
        case "layer":
            return layers.Dense(2)
        case "cell":
            return layers.LSTMCell(2)
        case "output_shape" if cls.__name__ != "EinsumDense":
            return (2,)
        case "cropping" | "padding" | "size":
            return 1
    return SAMPLES.get(name, 2)


def attempt(cls: type, arguments: dict[str, object]) -> tuple[str, str] | None:
    """Construct an object; return how that was refused, None where it was not."""
    try:
        cls(**arguments)
    except Exception as error:  # noqa: BLE001  whatever Keras raises is the answer
        return type(error).__name__, re.sub(r"\{('\w+'(?:, '\w+')+)\}", _sorted_set, str(error))
    return None


def _sorted_set(found: re.Match[str]) -> str:
    """Return a set in a message in an order that does not change from run to run."""
    return "{" + ", ".join(sorted(found[1].split(", "))) + "}"


def resolved_strings(package: ModuleType, family: str) -> dict[str, object]:
    """Return the names that ``<family>.get`` turns into an object, and whether it hands any other back as it is."""
    module = getattr(package, family)
    source = importlib.import_module(f"{package.__name__}.src.{family}")
    names = {*dir(module), *dir(source), *getattr(source, "ALL_OBJECTS_DICT", {}), *dir(package.layers)}
    names |= {"l1_l2", "l1l2", "l1", "l2", "orthogonal_regularizer", "linear", "glorot_normal", "lecun_normal"}
    for name in list(names):
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        names |= {snake, name.lower(), snake.replace("_", ""), snake.title().replace("_", ""), name.upper()}
    found = {name: resolve(module, name) for name in (*names, BOGUS) if name and not name.startswith("_")}
    return {
        "names": sorted(name for name, value in found.items() if value is not None and not isinstance(value, str)),
        "any": found[BOGUS] is not None,
    }


def resolve(module: ModuleType, name: str) -> object:
    """Return what ``get`` makes of a string, None where it raises."""
    try:
        return module.get(name)
    except Exception:  # noqa: BLE001  whatever Keras raises is the answer
        return None


if __name__ == "__main__":
    main()
