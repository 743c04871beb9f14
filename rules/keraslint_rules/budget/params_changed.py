"""KL102 params-changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from keraslint import (
    Analysis,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Lock,
    Locked,
    ModelRecord,
    Option,
    Related,
    Rule,
    Settings,
    Severity,
    counts_of,
    gone_from,
    lock_edits,
    named_models,
    tolerance_of,
)
from keraslint_rules.numbers import percent_text


class ParamsChanged(Rule):
    """A count differs from the one in the committed lock file.

    ## Why

    A refactoring that should not touch a model and doubles it, a freeze that a changed line undoes: nobody sees either
    in a diff. `keraslint lock` writes the counts of every model to `keraslint.lock`, one line a count; with that file
    committed, a change of a count is a change of a line that a reviewer reads. A model that is new or gone is reported
    too. Without the file the rule is silent.

    `keraslint check --fix`, or `keraslint lock`, takes the new counts over.

    ## Bad

    ```toml keraslint.lock
    ["example.py::build"]
    total = 1_290
    trainable = 1_290
    non-trainable = 0
    ```

    ```python
    import keras


    def build():
        inputs = keras.Input((128,))
        return keras.Model(inputs, keras.layers.Dense(12)(inputs))  # KL102


    def encoder():
        return keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])  # KL102
    ```

    ## Good

    ```toml keraslint.lock
    ["example.py::build"]
    total = 1_290
    trainable = 1_290
    non-trainable = 0
    tolerance = "1 %"

    ["example.py::head"]
    total = "513*num_classes"
    trainable = "513*num_classes"
    non-trainable = 0
    ```

    ```python
    import keras


    def build():
        inputs = keras.Input((129,))
        return keras.Model(inputs, keras.layers.Dense(10)(inputs))


    def head(num_classes):
        inputs = keras.Input((512,))
        return keras.Model(inputs, keras.layers.Dense(num_classes)(inputs))
    ```

    ## Fixed

    The lock file is, not the program:

    ```toml keraslint.lock
    ["example.py::build"]
    total = 1_548
    trainable = 1_548
    non-trainable = 0

    ["example.py::encoder"]
    total = 18
    trainable = 18
    non-trainable = 0
    ```

    ```python
    import keras


    def build():
        inputs = keras.Input((128,))
        return keras.Model(inputs, keras.layers.Dense(12)(inputs))


    def encoder():
        return keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])
    ```

    ## Options

    - `tolerance` (0): by how much counts may differ, as parameters (`"1000"`) or as a part (`"0.5 %"`). A model in the
      lock may have a `tolerance` of its own, which stays when its counts are renewed.
    """

    code = "KL102"
    name = "params-changed"
    severity = Severity.ERROR
    fixes = Applicability.SAFE
    options: ClassVar[Mapping[str, Option]] = {"tolerance": "0"}

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each model of a file that the lock does not have so."""
        lock = settings.lock
        if lock is None or analysis.errors:
            return
        locked = lock.of(analysis.path)
        models = named_models(analysis)
        for name, model in models:
            if name in locked:
                yield from self._compared(lock, locked[name], model, self.text(settings, "tolerance"))
            else:
                yield from self._new(lock, analysis.path, name, model)
        for name in locked.keys() - {name for name, _ in models}:
            message, span, fix = gone_from(lock, locked[name])
            yield self.report(message, span, fix=fix)

    def _new(self, lock: Lock, path: str, name: str, model: ModelRecord) -> Iterator[Diagnostic]:
        counts = counts_of(model)
        if counts is not None:
            message = f"`{name}` ({_amount(counts['total'])} parameters) is not in the lock; add it with `--fix`"
            edits = lock_edits(lock, lock.key(path, name), counts)
            yield self.report(message, model.span, fix=_fix("add it to the lock", edits))

    def _compared(self, lock: Lock, locked: Locked, model: ModelRecord, tolerance: str) -> Iterator[Diagnostic]:
        counts = counts_of(model)
        related = (Related("the lock is here", lock.place(locked.key)),)
        name = locked.key.rpartition("::")[2]
        if counts is None:
            first = locked.counts.get("total", "other")
            message = f"`{name}` is not resolved any more, and the lock says {_amount(first)} parameters"
            notes = tuple(f"line {p.where.line if p.where else 0}: {p.reason}" for p in model.unresolved[:1])
            yield self.report(message, model.span, related=related, notes=notes, severity=Severity.WARNING)
            return
        allowed = locked.tolerance if locked.tolerance is not None else tolerance
        changed = [
            _change(which, locked.counts.get(which), count)
            for which, count in counts.items()
            if not _is_within(locked.counts.get(which), count, allowed)
        ]
        if changed:
            notes = tuple(f"and {change}" for change in changed[1:])
            edits = lock_edits(lock, locked.key, counts)
            fix = _fix("take the new counts over", edits)
            yield self.report(f"`{name}` has {changed[0]}", model.span, related=related, notes=notes, fix=fix)


def _change(which: str, old: int | str | None, new: int | str) -> str:
    what = "" if which == "total" else f"{which} "
    text = f"{_amount(new)} {what}parameters, and the lock says {_amount(old)}"
    if isinstance(old, int) and isinstance(new, int):
        share = f", {percent_text(abs(new - old), old)}" if old else ""
        text += f" ({new - old:+,}{share})"
    return text


def _is_within(old: int | str | None, new: int | str, tolerance: object) -> bool:
    if old == new:
        return True
    if not isinstance(old, int) or not isinstance(new, int):
        return False
    amount, share = tolerance_of(tolerance)
    return abs(new - old) <= amount + share * old


def _amount(amount: int | str | None) -> str:
    return f"{amount:,}" if isinstance(amount, int) else amount or "nothing"


def _fix(message: str, edits: tuple[Edit, ...]) -> Fix | None:
    return Fix(message, Applicability.SAFE, edits) if edits else None
