"""KL601 keras3-argument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Event,
    Fix,
    LayerRecord,
    Rule,
    Settings,
    Severity,
    Span,
    argument_source,
    positional_count,
    source_of,
    text_of,
    with_argument,
    with_renamed_argument,
    without_argument,
)
from keraslint_rules.migration.inputs import with_input
from keraslint_rules.occurrences import events_of, layers_by_class


class Keras3Argument(Rule):
    """An argument that this version of Keras refuses, ignores, or knows by another name.

    ## Why

    Keras 3 took leave of many arguments of Keras 2: `Adam(lr=…)` raises, `fit(workers=…)` raises, `decay` is ignored
    with a warning, `alpha` of `LeakyReLU` is now called `negative_slope`. Where the program is for Keras 2 (tf_keras),
    its own list holds: there `lr` is the one that is ignored with a warning, so that the default rate is used.

    An argument that raises is an error, one that is ignored or renamed a warning.

    ## Bad

    ```python
    import keras
    import numpy as np
    from keras import layers

    x, y = np.zeros((32, 8)), np.zeros((32, 1))
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.LeakyReLU(alpha=0.1), layers.Dense(1)])  # KL601
    model.compile("adam", "mse")
    model.fit(x, y, epochs=3, workers=4)  # KL601
    ```

    ```python
    import keras

    optimizer = keras.optimizers.Adam(lr=0.001)  # KL601
    ```

    ## Good

    ```python
    import keras
    import numpy as np
    from keras import layers

    x, y = np.zeros((32, 8)), np.zeros((32, 1))
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.LeakyReLU(negative_slope=0.1), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, epochs=3)
    ```

    ## Fixed

    ```python
    import keras
    import numpy as np
    from keras import layers

    x, y = np.zeros((32, 8)), np.zeros((32, 1))
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.LeakyReLU(negative_slope=0.1), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, epochs=3)
    ```

    ## References

    - [Migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KL601"
    name = "keras3-argument"
    severity = Severity.ERROR
    fixes = Applicability.SAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such argument."""
        del settings
        for found in _arguments(analysis):
            if found.span.path == analysis.path and not _is_hidden(analysis, found):
                severity = Severity.ERROR if found.raises else Severity.WARNING
                yield self.report(
                    _message(found, analysis.keras), found.span, severity=severity, fix=_fix(analysis, found)
                )


def _is_hidden(analysis: Analysis, found: _Argument) -> bool:
    """Return whether what is missing may be among the arguments that a call passes on."""
    return "missing" in found.said and positional_count(text_of(source_of(analysis), found.span)) is None


@dataclass(frozen=True, slots=True)
class _Argument:
    """One argument that is not right: of what, what becomes of it, and what takes its place."""

    owner: str
    name: str
    span: Span
    raises: bool
    new: str | None = None
    """The name to use instead; empty where the argument just goes; None where nothing is known to take its place."""
    hint: str = ""
    said: str = ""


def _arguments(analysis: Analysis) -> Iterator[_Argument]:
    told = {event.span for event in events_of(analysis, "object-arguments")}
    for event in events_of(analysis, "object-arguments", "refused", "api-call"):
        if event.span is not None:
            match event.kind:
                case "object-arguments":
                    yield from _of_object(event, event.span, analysis.keras)
                case "refused" if event.facts.get("contract") == "signature" and event.span not in told:
                    yield from _of_layer(event, event.span)
                case "api-call" if analysis.keras == "3":
                    yield from _of_call(event, event.span)
    for name, layers in layers_by_class(analysis).items():
        if name in _TAKERS or name.startswith("Global"):
            for layer in layers:
                if layer.span is not None and not layer.is_custom:
                    yield from _taken_by_layer(layer, layer.span, analysis.keras)


def _of_object(event: Event, span: Span, keras: str) -> Iterator[_Argument]:
    family, owner, name = (str(event.facts.get(fact)) for fact in ("family", "name", "argument"))
    said = event.facts.get("message")
    if keras == "2":
        if family == "optimizers" and name in {"lr", "decay"}:
            new = "learning_rate" if name == "lr" else None
            hint = "" if name == "lr" else "use a schedule of `keras.optimizers.schedules`"
            yield _Argument(owner, name, span, name == "decay", new, hint)
        elif isinstance(said, str):
            yield _Argument(owner, name, span, raises=True, said=said)
        return
    new, hint = _OBJECTS.get((family, name)) or _OBJECTS.get((owner, name)) or (None, "")
    if isinstance(said, str):
        yield _Argument(owner, name, span, raises=True, new=new, hint=hint, said=said)
    elif new is not None or hint:
        yield _Argument(owner, name, span, raises=False, new=new, hint=hint)


_OBJECTS: dict[tuple[str, str], tuple[str | None, str]] = {
    ("optimizers", "lr"): ("learning_rate", ""),
    ("optimizers", "decay"): ("", "use a schedule of `keras.optimizers.schedules`"),
    ("optimizers", "schedule_decay"): ("", ""),
    ("ModelCheckpoint", "period"): (None, 'use `save_freq="epoch"`, or a number of batches'),
    ("ModelCheckpoint", "options"): ("", ""),
    ("ReduceLROnPlateau", "epsilon"): ("min_delta", ""),
    ("TensorBoard", "write_grads"): ("", ""),
    ("TensorBoard", "batch_size"): ("", ""),
    ("L1", "l"): ("l1", ""),
    ("L2", "l"): ("l2", ""),
    ("l1", "l"): ("l1", ""),
    ("l2", "l"): ("l2", ""),
}
"""(Family or class, argument) -> what takes its place, and a hint."""


def _of_layer(event: Event, span: Span) -> Iterator[_Argument]:
    owner, name = str(event.facts.get("class")), str(event.facts.get("argument") or "")
    said = str(event.facts.get("message"))
    new, hint = _LAYERS.get(name, (None, ""))
    if owner.startswith("AveragePooling") and name == "pool_size":
        hint = "write `pool_size=2`"
    yield _Argument(owner, name, span, raises=True, new=new, hint=hint, said=said)


_LAYERS: dict[str, tuple[str | None, str]] = {
    "batch_input_shape": (None, "give it to `keras.Input(batch_shape=…)` in front"),
    "weights": (None, "call `set_weights` after the layer is built, or use an initializer"),
    "time_major": (None, "transpose the input: (batch, steps, features)"),
    "input": ("inputs", ""),
    "output": ("outputs", ""),
    "input_length": ("", ""),
    "fused": ("", ""),
    "virtual_batch_size": ("", ""),
    "init": ("kernel_initializer", ""),
    "border_mode": ("padding", ""),
    "subsample": ("strides", ""),
    "nb_filter": ("filters", ""),
    "W_regularizer": ("kernel_regularizer", ""),
    "b_regularizer": ("bias_regularizer", ""),
    "W_constraint": ("kernel_constraint", ""),
    "bias": ("use_bias", ""),
    "p": ("rate", ""),
}


_TAKERS = {"Embedding", "LeakyReLU"}


def _taken_by_layer(layer: LayerRecord, span: Span, keras: str) -> Iterator[_Argument]:
    """Yield arguments that a layer takes and does not use, or uses for something else."""
    get = layer.arguments.get
    if keras == "3":
        if layer.class_name == "Embedding" and get("input_length") is not None:
            yield _Argument("Embedding", "input_length", span, raises=False, new="")
        if layer.class_name == "LeakyReLU" and get("alpha") is not None:
            yield _Argument("LeakyReLU", "alpha", span, raises=False, new="negative_slope")
    data_format = get("data_format")
    if layer.class_name.startswith("Global") and isinstance(data_format, int | tuple):
        hint = "a global pooling has no window; leave it out"
        yield _Argument(
            layer.class_name, "data_format", span, raises=True, hint=hint, said=f"data_format={data_format}"
        )


def _of_call(event: Event, span: Span) -> Iterator[_Argument]:
    method = str(event.facts.get("name"))
    keywords = event.facts.get("keywords")
    for name in keywords if isinstance(keywords, tuple) else ():
        if name in _CALLS.get(method, ()):
            raises = not (method == "save" and name == "save_format")
            yield _Argument(method, name, span, raises=raises, new="", hint=_HINTS.get(name, ""))


_QUEUE = ("workers", "use_multiprocessing", "max_queue_size")
_CALLS = {
    "fit": (*_QUEUE, "nb_epoch"),
    "evaluate": _QUEUE,
    "predict": _QUEUE,
    "compile": ("sample_weight_mode", "target_tensors", "experimental_run_tf_function"),
    "save": ("save_format",),
    "save_weights": ("save_format",),
}
_HINTS = {
    "workers": "a `keras.utils.PyDataset` takes it",
    "use_multiprocessing": "a `keras.utils.PyDataset` takes it",
    "max_queue_size": "a `keras.utils.PyDataset` takes it",
    "nb_epoch": "it is called `epochs`",
}


def _message(found: _Argument, keras: str) -> str:
    what = f"`{found.owner}` of Keras {keras}"
    if found.said and found.said.find("missing") >= 0:
        head = f"{what} needs `{found.name}`: it raises"
    elif found.said and not found.name:
        return f"{what} refuses its arguments: {found.said}"
    elif found.name == "data_format":
        head = f"{what} takes {found.said} here: it raises"
    elif found.raises:
        head = f"{what} takes no `{found.name}`: it raises"
    elif found.new and found.name == "alpha":
        head = f"{what} takes `{found.name}` with a warning"
    else:
        head = f"{what} ignores `{found.name}`"
    if keras == "2" and found.name == "lr":
        head = f"{what} ignores `lr` with a warning, and uses its default rate"
    way = f"use `{found.new}`" if found.new else "drop it" if found.new == "" else ""
    rest = ", ".join(text for text in (way, found.hint) if text)
    return f"{head}; {rest}" if rest else head


def _fix(analysis: Analysis, found: _Argument) -> Fix | None:
    call = text_of(source_of(analysis), found.span)
    is_pooling = found.owner.startswith("AveragePooling") and found.name == "pool_size"
    if is_pooling:
        text, what = with_argument(call, "pool_size", "2"), "write `pool_size=2`, the default of Keras 2"
    elif found.name == "nb_epoch":
        text, what = with_renamed_argument(call, "nb_epoch", "epochs"), "use `epochs`"
    elif found.name == "time_major":
        dropped = without_argument(call, found.name)
        is_false = dropped is not None and with_argument(call, "time_major", "False") == call
        text, what = dropped if is_false else None, "drop `time_major`"
    elif found.new:
        text, what = with_renamed_argument(call, found.name, found.new), f"use `{found.new}`"
    elif found.new == "":
        text, what = without_argument(call, found.name), f"drop `{found.name}`"
    elif found.name == "batch_input_shape":
        return with_input(analysis, found.span, found.name)
    elif found.name == "weights" and argument_source(call, "weights") == "None":
        text, what = without_argument(call, "weights"), "drop `weights`"
    else:
        return None
    if text is None:
        return None
    is_used_now = bool(found.new) and not found.raises and found.name != "alpha"  # it was ignored till now
    safety = Applicability.UNSAFE if is_used_now else Applicability.SAFE
    return Fix(what, safety, (Edit(found.span, text),), changes_counts=found.raises)
