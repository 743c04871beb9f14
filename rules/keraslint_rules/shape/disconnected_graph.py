"""KL311 disconnected-graph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.records import once
from keraslint_rules.shape.refusal import Refusal, refusals
from keraslint_rules.wiring import made_before


class DisconnectedGraph(Rule):
    """A model's outputs cannot be computed from its inputs, or are no tensors.

    ## Why

    `keras.Model(inputs, outputs)` walks from the outputs back to the inputs. Where a layer on the way takes a tensor
    that comes from another `Input`, or from none, Keras raises when the model is made: an input is missing in the
    list, or a variable was overwritten. It raises as well where a layer itself is given for what it returns.

    ## Bad

    ```python
    import keras
    from keras import layers

    image, age = keras.Input((64,)), keras.Input((1,))
    x = layers.Concatenate()([image, age])
    model = keras.Model(image, layers.Dense(1)(x))  # KL311
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    image, age = keras.Input((64,)), keras.Input((1,))
    x = layers.Concatenate()([image, age])
    model = keras.Model([image, age], layers.Dense(1)(x))
    ```

    ## References

    - [The functional API](https://keras.io/guides/functional_api/)
    """

    code = "KL311"
    name = "disconnected-graph"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each model whose graph does not hang together."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        for refusal in refusals(analysis, "disconnected", "cycle", "model-tensors", "outputs"):
            layer = made_before(analysis, str(refusal.fact("layer")), refusal.event.subject)
            taken = layer.call_spans[-1] if layer is not None and layer.call_spans else None
            related = (Related(f"`{refusal.fact('layer')}` is called here", taken),) if taken is not None else ()
            yield self.report(_message(refusal), refusal.span, related=related)


def _message(refusal: Refusal) -> str:
    if refusal.contract == "disconnected":
        layer = refusal.fact("layer")
        return f"`{refusal.name}` has no path from its inputs to `{layer}`: an `Input` that it needs is not given to it"
    if refusal.contract == "model-tensors":
        received = re.search(r"Received: <?(\w+)", refusal.said)
        head = f"inputs and outputs of a model are tensors, and `{refusal.name}` gets"
        if received is None or received[1] == "None":
            return f"{head} none; give it both"
        return f"{head} `{received[1]}`; give it what a call of that returns"
    return f"`{refusal.name}` is no graph that Keras can make a model of: {refusal.said.split('. ')[0].rstrip('.')}"
