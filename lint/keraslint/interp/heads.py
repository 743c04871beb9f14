"""What stands at the outputs of a model: the last layer with a meaning, its activation and its width."""

from __future__ import annotations

import re

from keraslint.catalogue.spec import LayerSpec
from keraslint.interp.compile import Code
from keraslint.interp.overlays import RawNative
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Node, Tensor
from keraslint.values.program import MISSING, Class, Function, KerasObject

_TRANSPARENT = {"Dropout", "Flatten", "Reshape", "ActivityRegularization", "SpatialDropout1D", "SpatialDropout2D", "Identity"}  # fmt: skip
_ACTIVATIONS = {"Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu"}
_NAMES = {"linear", "softmax", "sigmoid", "relu", "tanh", "elu", "selu", "gelu", "softplus", "log_softmax"}


def heads_of(model: Model) -> list[dict[str, object]]:
    """Return one dict an output, in Keras' order; empty where the outputs are not known.

    Facts: ``output`` (the name of the layer whose output it is, as ``compile`` knows it), ``automatic`` (whether Keras
    chose that name), ``key`` (its key where the outputs are a dict), ``activation`` (its name; None where it is not
    known), ``layer`` (the layer that has it), ``shape`` (of the output; None where not known).
    """
    if model.kind == "subclassed":
        return _of_traced(model)
    if model.trouble is not None:
        return []
    if not model.flat_outputs:
        last = model.stack[-1] if model.stack and model.kind == "sequential" else None
        if last is None or isinstance(last, Model):
            return []
        return [{**_head(last, last.name, None), "automatic": last.automatic_name, "key": None}]
    heads = []
    keys = _keys(model) or [None] * len(model.flat_outputs)
    for tensor, key in zip(model.flat_outputs, keys, strict=True):
        layer = tensor.node.layer if tensor.node is not None else None
        head = _of_tensor(tensor, layer.name if layer is not None else "", _known(tensor))
        head["automatic"] = layer is None or layer.automatic_name
        head["key"] = key
        heads.append(head)
    return heads


def _of_traced(model: Model) -> list[dict[str, object]]:
    """Return the head of a model of the program's own class that has run its ``call``: of one output, no more."""
    output = model.traced
    if not isinstance(output, Tensor | Array) or _trains_by_itself(model) or _asks_for_training(model):
        return []
    if isinstance(output, Tensor):
        head = _of_tensor(output, model.name, _known(output))
    else:
        layer = _maker(output)
        if layer is None:
            return []
        head = _head(layer, model.name, output.shape if isinstance(output.shape, tuple) else None)
    return [{**head, "automatic": True, "key": None}]


def _maker(data: Array) -> Layer | None:
    """Return the layer of Keras that returned some data, inside layers of the program's own classes too."""
    layer = data.made_by
    seen: set[int] = set()
    while isinstance(layer, Layer) and layer.cls is not None and id(layer) not in seen:
        seen.add(id(layer))
        inner = layer.traced
        layer = inner.made_by if isinstance(inner, Array) and not _asks_for_training(layer) else None
    return layer if isinstance(layer, Layer) and not isinstance(layer, Model) else None


def _trains_by_itself(model: Model) -> bool:
    cls = model.cls
    return not isinstance(cls, Class) or any(cls.find(name) is not MISSING for name in ("train_step", "compute_loss"))


def _known(tensor: Tensor) -> object:
    return tensor.shape if isinstance(tensor.shape, tuple) else None


def _keys(model: Model) -> list[str | None] | None:
    """Return the keys of the outputs where they are a flat dict of tensors, in the order of ``flat_outputs``."""
    outputs = model.outputs
    if not isinstance(outputs, dict) or not all(isinstance(value, Tensor) for value in outputs.values()):
        return None
    names = {id(value): str(key) for key, value in outputs.items()}
    return [names.get(id(tensor)) for tensor in model.flat_outputs]


def _of_tensor(tensor: Tensor, name: str, shape: object) -> dict[str, object]:
    node = tensor.node
    seen: set[int] = set()  # a layer whose call gives back what an earlier call of it gave
    while node is not None:
        layer = node.layer
        is_new = layer.cls is not None and id(layer) not in seen
        if is_new and isinstance(layer.traced, Tensor) and not _asks_for_training(layer):
            seen.add(id(layer))
            node = layer.traced.node
            continue
        if isinstance(layer, Model):
            inner = layer.flat_outputs
            tensor = inner[tensor.index] if tensor.index < len(inner) and layer.kind != "subclassed" else Tensor(())
            node = tensor.node
            continue
        if layer.class_name in _TRANSPARENT and layer.cls is None and node.inputs:
            tensor = node.inputs[0]
            node = tensor.node
            continue
        return _head(layer, name, shape, node)
    return {"output": name, "activation": None, "layer": None, "shape": shape}


def _asks_for_training(layer: Layer) -> bool:
    """Whether the ``call`` of a class may return something else in training."""
    method = layer.cls.find("call") if isinstance(layer.cls, Class) else MISSING
    if not isinstance(method, Function) or not isinstance(method.code, Code):
        return True
    node = method.code.node
    return _ASKS.search(method.code.source.text, node.start, node.end) is not None


_ASKS = re.compile(r"\b(?:if|elif|while|not|and|or)\s+training\b|\btraining\s+(?:is|and|or|else)\b|\bin_train_phase\b")


def _head(layer: Layer, name: str, shape: object, node: Node | None = None) -> dict[str, object]:
    arguments = layer.spec.arguments if isinstance(layer.spec, LayerSpec) and layer.cls is None else {}
    if shape is None and isinstance(arguments.get("units"), int) and layer.class_name == "Dense":
        shape = (None, arguments["units"])
    activation = _ACTIVATIONS.get(layer.class_name) if arguments.get("axis", -1) == -1 else None
    if layer.is_operation and node is not None:
        activation = _operation_name(layer)
    elif activation is None and "activation" in arguments and layer.class_name not in _RECURRENT:
        activation = activation_name(arguments["activation"])
    if layer.class_name == "Activation" and activation == "linear":
        activation = None
    return {"output": name, "activation": activation, "layer": layer, "shape": shape}


_RECURRENT = {"LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}


def _operation_name(layer: Layer) -> str | None:
    name = layer.name.rstrip("0123456789").rstrip("_").rpartition(".")[2]
    return name if name in _NAMES - {"linear"} else None


def activation_name(value: object) -> str | None:
    """Return the name of an activation as it was given; None for one that is not Keras' own."""
    match value:
        case None:
            return "linear"
        case str():
            return value
        case KerasObject():
            return value.class_name if value.family == "function" else None
        case RawNative():
            return value.name.rpartition(".")[2]
        case _:
            return None
