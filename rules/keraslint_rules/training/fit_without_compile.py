"""KL701 fit-without-compile."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity
from keraslint_rules.occurrences import events_of
from keraslint_rules.records import Records, once


class FitWithoutCompile(Rule):
    """A model is trained that was never compiled.

    ## Why

    `fit` and `train_on_batch` raise before the first step. A copy made by `clone_model` counts as compiled in Keras 3
    where the original was; in Keras 2 it does not.

    Nothing is reported of a model that code outside of the analysed files may have compiled.

    ## Bad

    ```python
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(1)])
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))  # KL701
    ```

    ## Good

    ```python
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))
    ```

    ## References

    - [`Model.compile`](https://keras.io/api/models/model_training_apis/)
    """

    code = "KL701"
    name = "fit-without-compile"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield the first training of each model that is not compiled."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        records: Records | None = None
        seen: set[int] = set()
        for event in events_of(analysis, "fitted"):
            facts = event.facts
            if facts.get("compiled") is not False or facts.get("in_doubt"):
                continue
            if event.subject in seen or event.span is None:
                continue
            seen.add(event.subject)
            records = records or Records(analysis)
            model = records.models.get(event.subject)
            related = (Related("it is made here", model.span),) if model is not None else ()
            name = records.name(event.subject)
            yield self.report(
                f"`{name}` was not compiled, and training raises; compile it before", event.span, related=related
            )
