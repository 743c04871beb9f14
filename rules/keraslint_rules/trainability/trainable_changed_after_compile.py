"""KL201 trainable-changed-after-compile."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Dim, Event, Related, Rule, Settings, Severity, Span
from keraslint_rules.numbers import count_text, line_text
from keraslint_rules.occurrences import events_of
from keraslint_rules.records import Records, once


class TrainableChangedAfterCompile(Rule):
    """`trainable` is set too late: the next training goes on with what was trained before.

    ## Why

    What a training moves is fixed once. Keras 2 fixes it in `compile`, Keras 3 in the first `fit` or `train_on_batch`
    after `compile`. Flags that are set later change what `summary()` says and nothing else: a backbone that is
    unfrozen for fine-tuning stays as it was, or one that is frozen goes on moving. Another `compile` fixes it anew.

    The finding says how many parameters the flags call trainable and how many `fit` really trains. Nothing is
    reported where another model that holds these weights is compiled in between: that is how GANs are trained.

    ## Bad

    ```python
    import keras
    import numpy as np

    base = keras.Sequential([keras.Input((16,)), keras.layers.Dense(32, activation="relu")])
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))
    base.trainable = True  # KL201
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))
    ```

    ## Good

    ```python
    import keras
    import numpy as np

    base = keras.Sequential([keras.Input((16,)), keras.layers.Dense(32, activation="relu")])
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))
    base.trainable = True
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    model.fit(np.zeros((8, 16)), np.zeros((8, 1)))
    ```

    ## References

    - [Transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/)
    """

    code = "KL201"
    name = "trainable-changed-after-compile"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each change of `trainable` that comes too late for a training."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        for event in events_of(analysis, "fitted"):
            places = event.facts.get("changed_at")
            if isinstance(places, tuple | list) and places and event.facts.get("shared_with") is None:
                finding = self._finding(analysis, event, list(places))
                if finding is not None:
                    yield finding

    def _finding(self, analysis: Analysis, event: Event, places: list[Span]) -> Diagnostic | None:
        said, trained, fixed_at = (event.facts.get(name) for name in ("said", "trained", "fixed_at"))
        if not isinstance(said, Dim) or not isinstance(trained, Dim) or event.span is None:
            return None
        place, *others = places
        related = [Related("this training goes on as before", event.span)]
        fixed_by = "`compile`" if event.facts.get("fixed_by") == "compile" else "the first training"
        if isinstance(fixed_at, Span):
            related.append(Related(f"{fixed_by} here fixed what is trained", fixed_at))
        related += [Related("set here too", other) for other in others[:3]]
        name = Records(analysis).name(event.subject)
        where = line_text(event.span, place.path)
        message = f"set after {fixed_by}: `{name}` {_numbers(said, trained, where)}; compile it again before"
        return self.report(message, place, related=tuple(related))


def _numbers(said: Dim, trained: Dim, where: str) -> str:
    if said == trained:
        return f"still trains the {count_text(trained)} parameters it trained before ({where})"
    return f"still trains {count_text(trained)} parameters, not the {count_text(said)} that the flags say ({where})"
