"""``enable_lora`` and ``quantize`` (Keras 3): what they make of the weights that a layer has already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from keraslint.catalogue.layers.common import QUANTIZATIONS
from keraslint.catalogue.layers.quantization import Quantizable
from keraslint.catalogue.layers.standard import LOW_RANK, Standard
from keraslint.catalogue.spec import Refused, as_dim
from keraslint.values.layer import Layer, Model, Weight
from keraslint.values.program import KerasObject
from keraslint.values.unknown import Span, Undetermined, Unknown, Why, undetermined

if TYPE_CHECKING:  # the builder is only handed on
    from keraslint.graph.builder import Builder


def has_low_rank(layer: Layer) -> bool:
    """Return whether a layer's class has the method ``enable_lora``."""
    return isinstance(layer.spec, Standard) and layer.spec.class_name in LOW_RANK


def enable_lora(builder: Builder, layer: Layer, rank: object, span: Span | None) -> None:
    """Freeze a layer's kernel and give it a pair of matrices of low rank."""
    try:
        _enable_lora(builder, layer, rank)
    except Refused as refused:
        builder.refuse(refused, layer, span)
        raise


def _enable_lora(builder: Builder, layer: Layer, rank: object) -> None:
    spec = layer.spec
    assert isinstance(spec, Standard)
    spec.refuse_constrained()
    if not layer.built:
        raise Refused("Cannot enable lora on a layer that isn't yet built.", contract="unbuilt")
    if any(weight.name.startswith("lora_") for weight in layer.weights):
        raise Refused("lora is already enabled. This can only be done once per layer.")
    kernel = _kernel(layer)
    if kernel is None or isinstance(kernel.shape, Unknown):
        return
    full = spec.full if isinstance(spec, Quantizable) and spec.full is not None else kernel.shape
    size = as_dim(rank, "rank")
    for end, shape in (("a", (*full[:-1], size)), ("b", (size, full[-1]))):
        builder.add_weight(layer, Weight(f"lora_{kernel.name}_{end}", shape))
    kernel.trainable = False
    kernel.why = kernel.why or "lora"


def _kernel(layer: Layer) -> Weight | None:
    return next((weight for weight in layer.weights if weight.name in {"kernel", "embeddings"}), None)


def mode_of(mode: object, config: object) -> str:
    """Return the mode that ``quantize(mode, config)`` asks for, with the size of blocks behind a slash."""
    if isinstance(mode, Unknown) or isinstance(config, Unknown):
        undetermined(Why.INPUT, "the mode of a quantization")
    if isinstance(config, str):
        mode, config = config, None
    if mode is not None and mode not in QUANTIZATIONS:
        raise Refused(f"Invalid quantization mode. Expected one of {QUANTIZATIONS}. Received: mode={mode}")
    if config is None:
        if mode in {"gptq", "awq"}:
            raise Refused(
                f"For {str(mode).upper()}, you must pass a `{str(mode).upper()}Config` object in the `config` argument."
            )
        if mode is None:
            raise Refused("You must provide either `mode` or `config` to `quantize`.")
        return "int4/128" if mode == "int4" else str(mode)
    if not isinstance(config, KerasObject) or config.class_name not in _CONFIGURED:
        raise Refused("Argument `config` must be an instance of `QuantizationConfig`.")
    own = _CONFIGURED[config.class_name]
    if mode is not None and mode != own:
        raise Refused(f"Contradictory arguments: mode='{mode}' but config.mode='{own}'")
    return _with_block(own, config)


_CONFIGURED = {
    "Int8QuantizationConfig": "int8",
    "Int4QuantizationConfig": "int4",
    "Float8QuantizationConfig": "float8",
    "GPTQConfig": "gptq",
    "AWQConfig": "awq",
}


def _with_block(mode: str, config: KerasObject) -> str:
    if mode in {"gptq", "awq"}:
        bits, group = config.arguments.get("weight_bits", 4), config.arguments.get("group_size", 128)
        if not isinstance(bits, int) or not isinstance(group, int):
            undetermined(Why.INPUT, f"the bits of a quantization by {mode}")
        return f"{mode}/{bits}/{group}"
    if mode != "int4":
        return mode
    block = config.arguments.get("block_size", 128)
    if block is None or block == -1:
        return mode
    if not isinstance(block, int):
        undetermined(Why.INPUT, "the block size of a quantization")
    if block <= 0:
        raise Refused(f"block_size must be None, -1, or a positive integer. Received: block_size={block}")
    return f"{mode}/{block}"


def quantize_layer(builder: Builder, layer: Layer, mode: object, config: object, span: Span | None) -> None:
    """Carry out ``layer.quantize(mode, config)``."""
    try:
        _quantize(builder, layer, mode_of(mode, config))
    except Refused as refused:
        builder.refuse(refused, layer, span)
        raise
    except Undetermined as problem:
        layer.trouble = problem.unknown
        raise


def quantize_model(
    builder: Builder,
    model: Model,
    mode: object,
    config: object,
    *,
    is_chosen: Callable[[Layer], bool],
    span: Span | None,
) -> None:
    """Carry out ``model.quantize(mode, config)``: every layer that holds no other, where its class can."""
    try:
        name = mode_of(mode, config)
        _refuse_unready(model, name)
        if name.startswith(("gptq", "awq")):  # which of the layers, their structure and the data tell
            undetermined(Why.DATA, f"the quantization of {model.name} by {name.partition('/')[0]}")
        for layer in _leaves(model):
            if not is_chosen(layer):
                continue
            try:
                _quantize(builder, layer, name)
            except Refused as refused:
                if refused.error != "NotImplementedError":
                    raise
    except Refused as refused:
        builder.refuse(refused, model, span)
        raise
    except Undetermined as problem:
        for layer in _leaves(model):
            layer.trouble = layer.trouble or (problem.unknown if isinstance(layer.spec, Quantizable) else None)
        raise


def _leaves(layer: Layer) -> Iterator[Layer]:
    """Yield the layers that hold no other, each once."""
    seen: set[int] = set()
    pending = [layer]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        pending.extend(reversed(current.children))
        if not current.children:
            yield current


def _quantize(builder: Builder, layer: Layer, mode: str) -> None:
    _refuse_unready(layer, mode)
    spec = layer.spec
    if layer.cls is not None or not isinstance(spec, Quantizable):
        raise Refused(
            f"Layer {layer.class_name} does not have a `quantize` method implemented.", error="NotImplementedError"
        )
    spec.check_mode(mode)
    spec.check_equation(mode)
    kernel = _kernel(layer)
    if kernel is None or isinstance(kernel.shape, Unknown):
        return
    made = list(spec.quantized_weights(mode, kernel.shape))
    spec.full = kernel.shape
    spec.mode = mode
    if not mode.startswith(_KEEP):
        layer.weights = [
            weight for weight in layer.weights if weight.name not in {kernel.name, f"reverse_{kernel.name}"}
        ]
    for weight in made:
        builder.add_weight(
            layer,
            Weight(
                weight.name, weight.shape, trainable=weight.trainable, dtype=weight.dtype or layer.dtype, why=weight.why
            ),
        )


_KEEP = ("float8", "gptq", "awq")
"""Modes that leave the kernel as it is."""


def _refuse_unready(layer: Layer, mode: str) -> None:
    is_bare = not isinstance(layer, Model) and layer.cls is None and not isinstance(layer.spec, Quantizable)
    if not layer.built and not is_bare:  # Keras' layers without weights are built from the start
        raise Refused(
            f"Cannot quantize a layer that isn't yet built. Layer '{layer.name}' (of type '{layer.class_name}') is not "
            "built yet.",
            contract="unbuilt",
        )
    spec = layer.spec
    if isinstance(spec, Quantizable) and (spec.mode or spec.quantization()):
        raise Refused(
            f"Layer '{layer.name}' is already quantized with dtype_policy='{spec.mode or spec.quantization()}_from_"
            f"{layer.dtype}'. Received: mode={mode}"
        )
    if mode == "int8" and layer.compute_dtype == "float16":
        raise Refused(
            f"Quantization mode='{mode}' doesn't work well with compute_dtype='float16'. Consider loading model/layer "
            "with another dtype policy such as 'mixed_bfloat16' or 'mixed_float16' before calling `quantize()`."
        )
