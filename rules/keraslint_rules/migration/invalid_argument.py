"""KL608 invalid-argument."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Rule,
    Settings,
    Severity,
    did_you_mean,
    source_of,
    text_of,
)
from keraslint_rules.records import once
from keraslint_rules.shape.refusal import Refusal, refusals


class InvalidArgument(Rule):
    """A layer or model is given a value that Keras refuses.

    ## Why

    `padding="smae"`, `activation="rleu"`, no units, a kernel of one size for two axes: Keras raises where the layer is
    made, or at its first call. Some values are refused by one version only: Keras 3 takes no `Input(12)` and no `/` in
    a layer's name, which Keras 2 does.

    ## Bad

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 3, activation="rleu"),  # KL608
            layers.Dense(2),
        ]
    )
    ```

    ## Good

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 3, activation="relu", padding="same"),
            layers.Dense(2),
        ]
    )
    ```

    ## Fixed

    ```python
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Dense(2),
        ]
    )
    ```

    ## References

    - [The base layer](https://keras.io/api/layers/base_layer/)
    """

    code = "KL608"
    name = "invalid-argument"
    severity = Severity.ERROR
    fixes = Applicability.UNSAFE

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each such value."""
        del settings
        yield from once(self._findings(analysis))

    def _findings(self, analysis: Analysis) -> Iterator[Diagnostic]:
        for refusal in refusals(analysis, *_CONTRACTS):
            if not _is_told_elsewhere(refusal):
                yield self.report(_message(refusal), refusal.span, fix=_fix(analysis, refusal))


_CONTRACTS = ("argument", "dtype", "vocabulary", "unbuilt", "lambda-variables")


def _is_told_elsewhere(refusal: Refusal) -> bool:
    """Whether KL506 or KL601 tells of it (a dropout's rate, a global pooling's window), or it is a default to be given."""
    if re.search(r"\bNone(Type)?\b", refusal.said):
        return True
    is_rate = "Dropout" in refusal.class_name and "`rate`" in refusal.said
    return is_rate or (refusal.class_name.startswith("Global") and "data_format" in refusal.said)


def _message(refusal: Refusal) -> str:
    argument, received, known = (refusal.fact(name) for name in ("argument", "received", "known"))
    if isinstance(known, tuple | list):
        if isinstance(received, str):
            return f"Keras has no `{argument}` {received!r}{did_you_mean(received, map(str, known))}"
        return f"`{refusal.class_name}` takes no `{argument}={received!r}`"
    if "cannot contain character `/`" in refusal.said:
        return f"a layer of Keras 3 is not called {refusal.name!r}: its name takes no `/`; use `_`"
    if _is_length(refusal):
        return "the shape of an `Input` is a tuple in Keras 3; write `(length,)`"
    said = re.sub(r"\.? +Received:? .*|\.? *\(of type .*", "", refusal.said, flags=re.DOTALL).rstrip(".")
    return f"`{refusal.class_name}` is refused: {said}"


def _is_length(refusal: Refusal) -> bool:
    return refusal.class_name == "InputLayer" and re.match(r"Cannot convert '\d+' to a shape", refusal.said) is not None


def _fix(analysis: Analysis, refusal: Refusal) -> Fix | None:
    """Return the fix that writes the nearest name, a name without slashes, or a shape of one axis."""
    if refusal.made is None or refusal.made.path != analysis.path:
        return None
    call = text_of(source_of(analysis), refusal.made)
    received, known = refusal.fact("received"), refusal.fact("known")
    text, what = None, ""
    if isinstance(received, str) and isinstance(known, tuple | list):
        near = did_you_mean(received, map(str, known)).partition("`")[2].rstrip("`?")
        text, what = _in_quotes(call, received, near) if near else None, f'write "{near}"'
    elif "cannot contain character `/`" in refusal.said:
        text, what = _without_slashes(call), "write `_` for `/`"
    elif _is_length(refusal):
        first = re.match(r"[\w.]+\(\s*(?:shape\s*=\s*)?([\w.]+)\s*[,)]", call)
        text = f"{call[: first.start(1)]}({first[1]},){call[first.end(1) :]}" if first is not None else None
        what = "write a tuple"
    if text is None:
        return None
    return Fix(what, Applicability.UNSAFE, (Edit(refusal.made, text),), changes_counts=True)


def _in_quotes(call: str, old: str, new: str) -> str | None:
    text, number = re.subn(rf"(?P<quote>[\"']){re.escape(old)}(?P=quote)", rf"\g<quote>{new}\g<quote>", call)
    return text if number == 1 else None


def _without_slashes(call: str) -> str | None:
    """Return a call whose `name=` is a text with `_` where it had `/`."""
    found = re.search(r"\bname\s*=\s*[fFrR]?([\"'])(?P<text>(?:(?!\1)[^{}/]|/|\{[^{}/]*\})*)\1", call)
    if found is None or "/" not in found["text"]:
        return None
    start, end = found.span("text")
    return call[:start] + found["text"].replace("/", "_") + call[end:]
