"""KL002 unresolved-model."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Related, Rule, Settings, Severity, Verdict, symbols, verdicts
from keraslint_rules.numbers import count_text


class UnresolvedModel(Rule):
    """A model that a budget names was not fully resolved, so nobody can say that it keeps to the budget.

    ## Why

    A budget is a promise that something was checked. Where a part of the model is not in the source (a layer of a
    package that is not followed, a size that is read from a file), its count is not known, and silence would look like
    a pass. The finding names the construct and its line. What helps: an `assume` for the name that the count depends
    on, `follow = ["package"]` for layers of an installed package, or an input shape for a model that has none.

    A count may also be a formula. Then a budget is decided where the formula decides it, over or under for every value
    of its names (`assume = { num_classes = "1..1000" }` bounds them), and is this finding otherwise.

    A model that no budget names is not reported, resolved or not.

    ## Bad

    ```python
    import keras


    # keraslint: budget(max_params=10_000)
    def head(num_classes):
        inputs = keras.Input((64,))
        outputs = keras.layers.Dense(num_classes)(inputs)
        return keras.Model(inputs, outputs)  # KL002
    ```

    The budget holds up to 153 classes.

    ```python
    import keras

    # keraslint: budget(max_params=10_000)
    model = keras.Sequential([keras.layers.Dense(8)])  # KL002
    ```

    A model with no input shape has no weights yet.

    ## Good

    ```toml
    assume = { num_classes = "1..100" }
    ```

    ```python
    import keras


    # keraslint: budget(max_params=10_000)
    def head(num_classes):
        inputs = keras.Input((64,))
        outputs = keras.layers.Dense(num_classes)(inputs)
        return keras.Model(inputs, outputs)
    ```

    For 100 classes it has 6,500 parameters, and fewer for fewer.
    """

    code = "KL002"
    name = "unresolved-model"
    severity = Severity.WARNING

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield each model of a budget that its count does not decide."""
        for verdict in verdicts(analysis, settings):
            if verdict.is_over is None:
                yield self._undecided(verdict)

    def _undecided(self, verdict: Verdict) -> Diagnostic:
        model, actual = verdict.model, verdict.actual
        subject = f"`{verdict.layer.name}` of `{model.name}`" if verdict.layer is not None else f"`{_title(verdict)}`"
        related = list(_where_limit(verdict))
        if actual is not None and not isinstance(actual, int):
            names = sorted(set(symbols(actual)))
            message = (
                f"whether {subject} keeps to {verdict.name} {verdict.limit:,} depends on {', '.join(names)}; "
                "bound it with `assume`"
            )
            origins = (f"{name}: {model.symbols[name]}" for name in names if name in model.symbols)
            notes = (f"its count is {count_text(actual)}", *origins)
            return self.report(message, model.span, related=tuple(related), notes=notes)
        reasons = [problem.reason for problem in model.unresolved]
        related += [Related(problem.reason, problem.where) for problem in model.unresolved if problem.where is not None]
        why = reasons[0] if reasons else "it has no input shape" if not model.built else "its weights are not known"
        message = f"{subject} has a budget and its count is not resolved: {why}"
        return self.report(message, model.span, related=tuple(related[:6]), notes=tuple(reasons[1:6]))


def _title(verdict: Verdict) -> str:
    return verdict.model.name or verdict.model.target.rpartition("::")[2] or verdict.budget.model


def _where_limit(verdict: Verdict) -> Iterator[Related]:
    if verdict.budget.where is not None:
        yield Related("the budget is written here", verdict.budget.where)
