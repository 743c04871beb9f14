"""KL001 syntax-error."""

from __future__ import annotations

from collections.abc import Iterator

from keraslint import Analysis, Diagnostic, Rule, Settings, Severity, Span


class SyntaxErrorRule(Rule):
    """A file cannot be parsed, so nothing in it was checked.

    ## Why

    A file with a syntax error has no models that anyone could count. The other files of the run are checked all the
    same, and this finding makes sure that the broken one does not pass for a clean one. Code for Python 2
    (`print model.summary()`) is the usual case in old notebooks.

    ## Bad

    ```python
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2]))  # KL001
    ```

    ## Good

    ```python
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    print(model.summary())
    ```

    ## References

    - [The grammar of Python](https://docs.python.org/3/reference/grammar.html)
    """

    code = "KL001"
    name = "syntax-error"
    severity = Severity.ERROR

    def check(self, analysis: Analysis, settings: Settings) -> Iterator[Diagnostic]:
        """Yield the error that parsing ended with."""
        del settings
        for error in analysis.errors:
            if error.kind == "syntax":
                column = max(error.column, 1)
                span = Span(error.path or analysis.path, max(error.line, 1), column, max(error.line, 1), column + 1)
                yield self.report(f"the file cannot be parsed: {error.message}", span)
                return
