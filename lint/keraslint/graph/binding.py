"""What a constructor of Keras is called with, and the record of what it refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.signatures import ClassSignature, bind
from keraslint.catalogue.spec import Refused
from keraslint.graph.network import chain_to
from keraslint.values.layer import Layer, Tensor
from keraslint.values.shape import shape_text
from keraslint.values.unknown import Span

if TYPE_CHECKING:  # the builder has these functions as its methods
    from keraslint.graph.builder import Builder


def bind_arguments(
    builder: Builder, layer: Layer, signature: ClassSignature, args: Sequence[object], kwargs: Mapping[str, object]
) -> dict[str, object]:
    """Return the arguments with defaults filled in; a builder that forgives records what Keras does not know."""
    while True:
        try:
            return bind(signature, args, kwargs)
        except Refused as refused:
            unknown = refused.facts.get("argument")
            if not builder.forgives or refused.contract != "signature" or unknown not in kwargs:
                raise
            builder.refuse(refused, layer, layer.origin)
            kwargs = {name: value for name, value in kwargs.items() if name != unknown}


def refuse(builder: Builder, refused: Refused, layer: Layer, span: Span | None, inputs: Sequence[Tensor] = ()) -> None:
    """Record that Keras raises, once, where it happens first."""
    if refused.facts.get("recorded") or builder.is_inside:
        return
    facts: dict[str, object] = {
        **refused.facts,
        "message": refused.message,
        "error": refused.error,
        "contract": refused.contract,
        "class": layer.class_name,
        "name": layer.name,
        "chain": chain_to(inputs),
        "inputs": [(shape_text(t.shape), t.node.span if t.node else None) for t in inputs],
        "made": layer.origin,
    }
    refused.facts["recorded"] = True
    builder.note("refused", span or layer.origin, layer, **facts)
