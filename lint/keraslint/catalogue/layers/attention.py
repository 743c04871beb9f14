"""Attention without projections: Attention and AdditiveAttention."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.standard import Standard
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim, same
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown


@layer()
class Attention(Standard):
    """Dot-product attention over [query, value] or [query, value, key]."""

    def check(self) -> None:
        """Refuse a score mode that is neither dot nor concat, and in Keras 3 a dropout that is no number."""
        super().check()
        if isinstance(self.arguments.get("dropout"), str) and self.keras is Keras.THREE:
            raise Refused("'>' not supported between instances of 'str' and 'int': dropout", error="TypeError")
        mode = self.arguments.get("score_mode", "dot")
        if not isinstance(mode, Unknown) and mode not in {"dot", "concat"}:
            raise Refused(
                "Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. "
                f"Received: score_mode={mode!r}"
            )

    def shapes(self, call: Call) -> list[Shape]:
        """Return the shapes of query, value and key."""
        inputs = call.inputs
        if isinstance(inputs, Unknown):
            raise Undetermined(inputs)
        if not isinstance(inputs, list):
            raise Refused(
                f"{self.class_name} layer must be called on a list of inputs, namely [query, value] or "
                f"[query, value, key]. Received: inputs={inputs!r}.",
                contract="inputs",
            )
        if len(inputs) not in {2, 3}:
            raise Refused(
                f"{self.class_name} layer accepts inputs list of length 2 or 3, namely [query, value] or "
                f"[query, value, key]. Received length: {len(inputs)}.",
                contract="inputs",
                received=len(inputs),
            )
        shapes = [shape_of(item) for item in inputs]
        return shapes if len(shapes) == 3 else [*shapes, shapes[1]]

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the scale, and the weight of the concatenated scores."""
        self.shapes(call)
        if self.flag("use_scale"):
            yield WeightSpec("scale", ())
        if self.text("score_mode") == "concat":
            yield WeightSpec("concat_score_weight", ())

    def output(self, call: Call) -> Output:
        """Return the query's shape with the value's last axis, and the scores where they are asked for."""
        query, value, key = self.shapes(call)
        wanted = call.argument("return_attention_scores", 3, default=False)
        if isinstance(wanted, Unknown):
            raise Undetermined(wanted)
        scores: Shape = (*query[:-1], key[-2])
        output: Shape = (*query[:-1], value[-1])
        if self.keras is Keras.TWO:
            for item in call.inputs if isinstance(call.inputs, list) else []:
                self.refuse_non_floats(Call((item,), {}))
            output, scores = self._output_2(query, value, key)
        return [output, scores] if wanted else output

    def _output_2(self, query: Shape, value: Shape, key: Shape) -> tuple[Shape, Shape]:
        is_product = self.arguments.get("score_mode", "") == "dot"
        size, other = query[-1], key[-1]
        sizes_fit = not differ(size, other) or (not is_product and 1 in (size, other))
        if not sizes_fit or differ(key[-2], value[-2]) or len({len(query), len(value), len(key)}) != 1:
            raise Refused(
                f"Dimensions must be equal: attention of {shape_text(query)} over {shape_text(value)} with keys "
                f"{shape_text(key)}",
                contract="merge-shapes",
                shapes=[query, value, key],
                axis=None,
            )
        scored = tuple(self._meet(dims) for dims in zip(query[:-2], key[:-2], strict=True))
        batch = tuple(self._meet(dims) for dims in zip(scored, value[:-2], strict=True))
        return (*batch, query[-2], value[-1]), (*scored, query[-2], key[-2])

    def _meet(self, dims: tuple[Dim | None, ...]) -> Dim | None:
        """Return what entries on one axis broadcast to."""
        known = [dim for dim in dims if dim is not None and dim != 1]
        if any(differ(known[0], other) for other in known[1:]):
            raise Refused(f"Dimensions must be equal, but are {dims}", contract="merge-shapes", shapes=[], axis=None)
        return known[0] if known else None if None in dims else 1


@layer()
class AdditiveAttention(Attention):
    """Additive attention, with a scale of the size of a query by default."""

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the scale."""
        query, value, _ = self.shapes(call)
        size = query[-1] if self.keras is Keras.THREE else value[-1]
        if not self.flag("use_scale"):
            return
        if size is None:
            raise Refused(
                "The last dimension of the inputs should be defined. Found `None`.", contract="undefined-dim", axis=-1
            )
        yield WeightSpec("scale", (size,))


def unequal(a: Dim | None, b: Dim | None) -> bool:
    """Return whether two entries of shapes are known to be unequal, None being equal to None only."""
    return (a is None) is not (b is None) or differ(a, b)


def differ(a: Dim | None, b: Dim | None) -> bool:
    """Return whether two entries of shapes are known to be different numbers."""
    return a is not None and b is not None and same(a, b) is False
