"""KL605 checkpoint-suffix."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Event,
    Fix,
    Rule,
    Settings,
    Severity,
    Span,
    source_of,
    text_of,
)
from keraslint_rules.occurrences import events_of


class CheckpointSuffix(Rule):
    """A file's name has not the suffix that Keras 3 wants for what is saved in it.

    ## Why

    Keras 3 tells the format of a file by its name: a model goes to `.keras` or `.h5`, weights to `.weights.h5`.
    Anything else raises ValueError, `ModelCheckpoint` when it is made, `save` after the training, when the weights are
    lost. Keras 2 took a name without a suffix for a folder in TensorFlow's format.

    ## Bad

    ```python
    import keras

    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
    model.save("model")  # KL605
    model.save_weights("model.h5")  # KL605
    checkpoint = keras.callbacks.ModelCheckpoint("best.hdf5", save_best_only=True)  # KL605
    ```

    ## Good

    ```python
    import keras

    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
    model.save("model.keras")
    model.save_weights("model.weights.h5")
    checkpoint = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
    model.export("model")
    ```

    ## Fixed

    ```python
    import keras

    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
    model.save("model.keras")
    model.save_weights("model.weights.h5")
    checkpoint = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
    ```

    What reads the file has to know its new name: the fix is unsafe.

    ## References

    - [Saving and loading](https://keras.io/guides/serialization_and_saving/)
    """

    code = "KL605"
    name = "checkpoint-suffix"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such name, in a program for Keras 3."""
        del settings
        for event in events_of(analysis, "api-call") if analysis.keras == "3" else ():
            if event.span is None or event.span.path != analysis.path:
                continue
            path, wanted = event.facts.get("first"), _wanted(event)
            if isinstance(path, str) and wanted and not path.endswith(wanted):
                what = "weights" if wanted == _WEIGHTS else "a model"
                names = " or ".join(f"`{suffix}`" for suffix in wanted[:2])
                call = event.facts.get("name")
                message = f"`{call}` to `{path}` raises in Keras 3: {what} {_go(wanted)} to {names}"
                yield self.report(message, event.span, fix=_renamed(analysis, event.span, path, wanted[0]))


_WEIGHTS = (".weights.h5",)
_SUFFIXES = (".weights.h5", ".hdf5", ".h5", ".keras", ".ckpt", ".tf", ".weights")


def _wanted(event: Event) -> tuple[str, ...]:
    """Return the suffixes that a call takes; none where that is not known."""
    match event.facts.get("name"), event.facts.get("weights_only"):
        case "save", _:
            return ".keras", ".h5", ".hdf5"
        case "save_weights", _:
            return _WEIGHTS
        case "ModelCheckpoint", True:
            return _WEIGHTS
        case "ModelCheckpoint", False:
            return ".keras", ".h5"
        case _:
            return ()


def _go(wanted: tuple[str, ...]) -> str:
    return "go" if wanted == _WEIGHTS else "goes"


def _renamed(analysis: Analysis, span: Span, path: str, suffix: str) -> Fix | None:
    """Return the fix that gives the name its suffix, where it is written out in the call."""
    text = text_of(source_of(analysis), span)
    stem = next((path.removesuffix(old) for old in _SUFFIXES if path.endswith(old)), path)
    found = [quote for quote in "\"'" if text.count(f"{quote}{path}{quote}") == 1]
    if len(found) != 1 or path.endswith("/"):
        return None
    quote = found[0]
    new = text.replace(f"{quote}{path}{quote}", f"{quote}{stem}{suffix}{quote}")
    return Fix(f"write `{stem}{suffix}`", Applicability.UNSAFE, (Edit(span, new),))
