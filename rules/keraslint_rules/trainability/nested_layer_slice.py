"""KL202 nested-layer-slice."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.numbers import count_text
from keraslint_rules.records import Records, once
from keraslint_rules.trainability.slices import Slice, nested_in, slices_of, wrong


class NestedLayerSlice(Rule):
    """A slice of `model.layers` freezes or unfreezes other layers than its numbers say.

    ## Why

    A backbone that is called in a model is one entry of `model.layers`, whatever it holds. So `model.layers[:-20]` of
    a model of four entries is empty and freezes nothing, and `model.layers[-20:]` takes all of it. The same happens
    with `[-n:]` where `n` is 0, which means everything, and with a slice of layers that have no weights.

    Reported are slices in a loop that sets `trainable`: those with a bound beyond the list, those with a negative
    bound that is 0, those that take no weights, and those that unfreeze a whole backbone as one of the last layers.
    The finding says how many parameters the slice sets and how many it leaves.

    ## Bad

    ```python
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), *[layers.Dense(16) for _ in range(40)]], name="backbone")
    model = keras.Sequential([base, layers.Dropout(0.5), layers.Dense(1)])
    for layer in model.layers[:-20]:  # KL202
        layer.trainable = False
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((16,)), *[layers.Dense(16) for _ in range(40)]], name="backbone")
    for layer in base.layers[:-20]:
        layer.trainable = False
    model = keras.Sequential([base, layers.Dropout(0.5), layers.Dense(1)])
    ```

    ## References

    - [Transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/)
    """

    code = "KL202"
    name = "nested-layer-slice"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each slice that sets other layers than it seems to."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        for found in slices_of(analysis):
            records = records or Records(analysis)
            why = wrong(records, found)
            if why is None:
                continue
            words, own, left = why
            verb = "unfreezes" if found.value else "freezes"
            bounds = found.text[found.text.rfind("[") :] if found.text else "the slice"
            message = (
                f"`{bounds}` {words} of `{records.name(found.model)}`: it {verb} {count_text(own)} parameters and "
                f"leaves {count_text(left)}{_way_out(records, found)}"
            )
            nested = nested_in(records, found.of)
            related = tuple(
                Related(f"`{layer.name}` is one layer here, with {len(layer.layers)} of its own", layer.span)
                for layer in nested[:2]
                if layer.span is not None
            )
            yield self.report(message, found.span, related=related)


def _way_out(records: Records, found: Slice) -> str:
    nested = nested_in(records, found.of)
    if found.is_zero:
        return "; `-0` is 0: count from the front, or leave the loop out"
    if nested:
        return f"; slice the layers of `{records.name(nested[0].key)}` instead"
    return f"; the list has {len(found.of)} entries"
