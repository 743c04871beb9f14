"""KL004 invalid-directive."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import (
    Analysis,
    Budget,
    Diagnostic,
    DirectiveAudit,
    DirectiveRule,
    Settings,
    Severity,
    budgeted_models,
    comment_budget,
)


class InvalidDirective(DirectiveRule):
    """A `# keraslint:` comment does not parse, names no rule, or sets a budget for no model.

    ## Why

    Such a comment does nothing, and looks as if it did: a misspelt suppression hides nothing, a misspelt budget
    checks nothing.

    ## Bad

    ```python
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])  # keraslint: ignore[KL9999]  # KL004
    # keraslint: ignor[KL101]  # KL004
    model.summary()
    # keraslint: budget(max_parms=10)  # KL004
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    # keraslint: budget(max_params=10)  # KL004
    data = [1, 2, 3]
    ```

    ## Good

    ```python
    import keras

    # keraslint: budget(max_params=10)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.summary()  # noqa: XYZ123
    ```
    """

    code = "KL004"
    name = "invalid-directive"
    severity = Severity.ERROR

    def check_directives(self, analysis: Analysis, settings: Settings, audit: DirectiveAudit) -> Iterator[Diagnostic]:
        """Yield what is wrong with the comments of a file."""
        del settings
        for unknown in audit.unknown:
            near = f"; did you mean `{unknown.nearest}`?" if unknown.nearest else "; `keraslint rules` lists them"
            yield self.report(f"`{unknown.code}` names no rule{near}", unknown.directive.span)
        for directive in analysis.directives:
            if directive.error:
                yield self.report(directive.error, directive.span)
            elif directive.name == "budget":
                budget = comment_budget(directive)
                if not isinstance(budget, Budget):
                    yield self.report(budget, directive.span)
                elif not analysis.errors and not budgeted_models(analysis, budget):
                    message = f"no model is built where this budget stands (line {directive.applies_to})"
                    yield self.report(f"{message}; put it above a def, a class or a model", directive.span)
