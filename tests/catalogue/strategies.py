"""For every layer class of both packages a way to write a random module with it: arguments, input shapes, odd ones too.

``write(class_name, keras, draw)`` draws from the class's pool, or from the maker of its family; now and then it adds
arguments from the recorded signature that the pool or maker does not give, so that each one is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from keraslint.catalogue.signatures import Parameter, layer_signature, members
from keraslint.catalogue.versions import Keras
from tests.catalogue import (
    test_attention,
    test_merging,
    test_preprocessing,
    test_recurrent,
    test_reshaping,
    test_wrappers,
)
from tests.catalogue.differential import Pool, case_of
from tests.catalogue.modules import Draw, Maker
from tests.catalogue.pools_convolution import CONVOLUTIONS
from tests.catalogue.pools_layers import ACTIVATIONS, CORE, NORMALIZATIONS, POOLINGS, REGULARIZATIONS
from tests.catalogue.pools_rest import MAKERS, REST

POOLS: Mapping[str, Pool] = {
    **CONVOLUTIONS,
    **CORE,
    **NORMALIZATIONS,
    **POOLINGS,
    **ACTIVATIONS,
    **REGULARIZATIONS,
    **REST,
}
FAMILIES: Sequence[Maker] = (
    test_attention.multi_head,
    test_attention.grouped,
    test_attention.dense,
    test_merging.elementwise,
    test_merging.concatenation,
    test_merging.dot,
    test_preprocessing.normalization,
    test_preprocessing.categories,
    test_preprocessing.lookups,
    test_preprocessing.images,
    test_preprocessing.spectrograms,
    test_recurrent.plain,
    test_recurrent.over_cells,
    test_recurrent.one_step,
    test_recurrent.convolutional,
    test_reshaping.elements,
    test_reshaping.spatial,
    test_wrappers.both_ways,
    test_wrappers.each_step,
    *MAKERS,
)
NONE: Mapping[str, str] = {
    "Layer": "the base class, which programs derive from",
    "AbstractRNNCell": "a base class",
    "PreprocessingLayer": "a base class",
    "InputSpec": "no layer",
    "FlaxLayer": "wraps a model of another library",
    "JaxLayer": "wraps a function of another library",
    "TorchModuleWrapper": "wraps a model of another library",
    "TFSMLayer": "reads a saved model",
    "DenseFeatures": "takes feature columns",
    "DynamicEmbedding": "deprecated, and its vocabulary is made from batches of data",
    "DynamicLookup": "deprecated, and its vocabulary is made from batches of data",
}
"""Classes without a strategy, and why."""
LAYER = re.compile(r"layers\.([\w.]+?)\(")
MODULES_2 = ("experimental", "experimental.preprocessing", "compat.v1")


def class_names(keras: Keras) -> Iterator[str]:
    """Yield every public spelling of a layer class below ``keras.layers``."""
    yield from (name for name in members("layers", keras) if _is_class(name, keras))
    if keras is Keras.TWO:
        for module in MODULES_2[:2]:
            for name in members(f"layers.{module}", keras):
                if _is_class(f"{module}.{name}", keras):
                    yield f"{module}.{name}"


def _is_class(name: str, keras: Keras) -> bool:
    return name[name.rfind(".") + 1].isupper() and layer_signature(name, keras) is not None


def canonical(name: str, keras: Keras) -> str:
    """Return the name under which a class has its strategy."""
    signature = layer_signature(name, keras)
    assert signature is not None
    found = next((pool for pool in (name, signature.canonical) if pool in POOLS), None)
    if found is None:
        found = "GroupQueryAttention" if signature.canonical == "GroupedQueryAttention" else signature.canonical
    return found


def write(name: str, keras: Keras, draw: Draw) -> str:
    """Return the text of a random module with one layer of this class."""
    own = canonical(name, keras)
    text = case_of(own, POOLS[own], keras, draw.random).text(keras) if own in POOLS else _made(own, keras, draw)
    if name != own:
        text = text.replace(f"layers.{own}(", f"layers.{name}(", 1)
    if draw.chance(0.25):
        text = _with_more(text, name, keras, draw)
    return _called_with_more(text, draw) if draw.chance(0.05) else text


def _called_with_more(text: str, draw: Draw) -> str:
    """Return the text with one more argument in the layer's call, which few layers take."""
    more = draw.one(("mask=None", "training=True", "training=None", "initial_state=None", "key=None", "unknown=1"))
    for call in ("(inputs)\n", "layer(x0)\n", "layer(x0, x1)\n", "layer([x0, x1])\n"):
        text = text.replace(call, f"{call[:-2]}, {more})\n", 1)
    return text


def _made(name: str, keras: Keras, draw: Draw) -> str:
    makers = _makers(keras).get(name)
    if not makers:
        message = f"{name} has neither a pool nor a maker"
        raise LookupError(message)
    for _ in range(3000):
        text = draw.one(makers)(draw)
        if _layer_in(text) == name:
            return text
    message = f"{name} is drawn too seldom"
    raise LookupError(message)


def _layer_in(text: str) -> str:
    line = next(line for line in text.splitlines() if line.startswith("layer = "))
    found = LAYER.search(line)
    return found[1] if found else ""


_FOUND: dict[Keras, dict[str, list[Maker]]] = {}


def _makers(keras: Keras) -> dict[str, list[Maker]]:
    """Return the makers of each class, found by trying them."""
    if keras not in _FOUND:
        found: dict[str, list[Maker]] = {}
        for maker in FAMILIES:
            draw = Draw(keras, maker.__name__)
            for name in sorted({_layer_in(maker(draw)) for _ in range(600)}):
                found.setdefault(name, []).append(maker)
        _FOUND[keras] = found
    return _FOUND[keras]


def _with_more(text: str, name: str, keras: Keras, draw: Draw) -> str:
    """Return the text with one or two more of the class's arguments."""
    lines = text.splitlines()
    index = next(i for i, line in enumerate(lines) if f"layers.{name}(" in line)
    head, _, tail = lines[index].partition(f"layers.{name}(")
    signature = layer_signature(name, keras)
    assert signature is not None
    has_positional = not re.match(r"\)|\w+=", tail)
    plain = [p for p in signature.parameters if p.kind in {"plain", "keyword"} and f"{p.name}=" not in tail]
    if has_positional:
        plain = plain[_positional(tail) :]
    more = [Parameter(key, "keyword", is_required=False, default=default) for key, default in EXTRA.items()]
    plain += [p for p in more if p.name in (signature.extra or {}) and f"{p.name}=" not in tail]
    for parameter in draw.pick(plain, draw.one((1, 1, 2))):
        if parameter.is_required:
            continue
        given = f"{parameter.name}={_value(parameter, draw)}"
        opening, closing = _end(tail)
        tail = f"{opening}{', ' if opening else ''}{given}{closing}"
    lines[index] = f"{head}layers.{name}({tail}"
    return "\n".join(["import numpy as np", *lines]) + "\n"


def _positional(tail: str) -> int:
    """Return how many arguments stand before the first keyword, at most."""
    opening, _ = _end(tail)
    depth, count = 0, 1
    for char in opening:
        depth += char in "([{"
        depth -= char in ")]}"
        count += char == "," and depth == 0
    return count


def _end(tail: str) -> tuple[str, str]:
    """Return what stands inside the call's parentheses, and the rest."""
    depth = 1
    for index, char in enumerate(tail):
        depth += char in "([{"
        depth -= char in ")]}"
        if depth == 0:
            return tail[:index], tail[index:]
    return tail, ""


EXTRA: Mapping[str, object] = {"name": "own", "trainable": True, "dtype": "float32", "activity_regularizer": None}
_NAMED: Mapping[str, Sequence[str]] = {
    "initializer": ("'he_normal'", "'zeros'", "keras.initializers.RandomNormal(0.1)", "'orthogonal'", "'nonsense'"),
    "regularizer": ("'l2'", "None", "keras.regularizers.L1(0.1)", "'nonsense'"),
    "constraint": ("'non_neg'", "None", "keras.constraints.UnitNorm()", "'nonsense'"),
    "activation": ("'relu'", "'tanh'", "None", "keras.activations.gelu", "'nonsense'"),
    "dtype": ("'float32'", "'float16'", "'mixed_float16'", "'float64'", "'bfloat16'", "None"),
    "name": ("'own'", "'an_other'"),
    "seed": ("1", "None", "1.5"),
    "format": ("'channels_last'", "'channels_first'", "None"),
}


def _value(parameter: Parameter, draw: Draw) -> str:
    for suffix, values in _NAMED.items():
        if parameter.name == suffix or parameter.name.endswith(f"_{suffix}"):
            return draw.one(values[:-1]) if draw.chance(0.95) and len(values) > 2 else draw.one(values)
    default = parameter.default
    if draw.chance(0.04):
        return draw.one(("-1", "2.5", "'nonsense'", "None", "0"))
    match default:
        case bool():
            return repr(draw.one((True, False)))
        case int():
            return repr(draw.one((default, default + 1, 2)))
        case float():
            return repr(draw.one((default, default / 2, 0.5)))
        case tuple() if default and all(type(item) is int for item in default):
            return draw.one((repr(default), repr(list(default)), f"np.array({list(default)})"))
        case tuple() | list() | str() | None:
            return repr(default)
        case _:
            return "None"
