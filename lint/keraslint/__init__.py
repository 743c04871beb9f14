"""keraslint: counts the parameters and checks the shapes of Keras models from their source, never running it.

``count("pkg/model.py::build((64, 64, 3))").total`` and ``models`` are for tests; the other names are what rules import.
Names are loaded when they are first used.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as type checkers know it; importing typing takes as long as starting Python
if TYPE_CHECKING:  # for type checkers and editors; at run time ``__getattr__`` loads what is asked for
    from keraslint.app.counting import (
        CountError as CountError,
        Parameters as Parameters,
        count as count,
        models as models,
    )
    from keraslint.diagnose.budgets import (
        Verdict as Verdict,
        budgeted_models as budgeted_models,
        budgets_of as budgets_of,
        comment_budget as comment_budget,
        layers_of as layers_of,
        verdicts as verdicts,
        weight_bytes as weight_bytes,
    )
    from keraslint.diagnose.configuration import ConfigurationError as ConfigurationError, did_you_mean as did_you_mean
    from keraslint.diagnose.diagnostic import (
        Applicability as Applicability,
        Diagnostic as Diagnostic,
        Edit as Edit,
        Fix as Fix,
        Related as Related,
        Severity as Severity,
    )
    from keraslint.diagnose.globs import name_matches as name_matches, path_matches as path_matches
    from keraslint.diagnose.lock import (
        Lock as Lock,
        Locked as Locked,
        counts_of as counts_of,
        gone_from as gone_from,
        lock_edits as lock_edits,
        named_models as named_models,
    )
    from keraslint.diagnose.lock_reading import tolerance_of as tolerance_of
    from keraslint.diagnose.places import (
        class_bounds as class_bounds,
        line_bounds as line_bounds,
        offsets_of as offsets_of,
        source_of as source_of,
        span_between as span_between,
        statement_at as statement_at,
        text_of as text_of,
    )
    from keraslint.diagnose.rule import Budget as Budget, Option as Option, Rule as Rule, Settings as Settings
    from keraslint.diagnose.suppress import (
        DirectiveAudit as DirectiveAudit,
        DirectiveRule as DirectiveRule,
        UnknownCode as UnknownCode,
        UnusedIgnore as UnusedIgnore,
    )
    from keraslint.diagnose.syntax import (
        argument_source as argument_source,
        positional_count as positional_count,
        with_argument as with_argument,
        with_argument_at as with_argument_at,
        with_renamed_argument as with_renamed_argument,
        without_argument as without_argument,
    )
    from keraslint.diagnose.what_if import output_shape as output_shape
    from keraslint.graph.analysis import (
        Analysis as Analysis,
        AnalysisError as AnalysisError,
        Assumption as Assumption,
        Count as Count,
        DirectiveRecord as DirectiveRecord,
        Event as Event,
        LayerRecord as LayerRecord,
        ModelRecord as ModelRecord,
        Problem as Problem,
        WeightRecord as WeightRecord,
    )
    from keraslint.source.text import SourceFile as SourceFile
    from keraslint.values.dim import Dim as Dim, bounds as bounds, same as same, symbols as symbols
    from keraslint.values.shape import Shape as Shape, elements as elements, shape_text as shape_text
    from keraslint.values.unknown import Span as Span

__version__ = "0.1.0"

_HOMES: dict[str, tuple[str, ...]] = {
    "keraslint.app.counting": ("CountError", "Parameters", "count", "models"),
    "keraslint.diagnose.budgets": (
        "Verdict", "budgeted_models", "budgets_of", "comment_budget", "layers_of", "verdicts", "weight_bytes",
    ),
    "keraslint.diagnose.configuration": ("ConfigurationError", "did_you_mean"),
    "keraslint.diagnose.diagnostic": ("Applicability", "Diagnostic", "Edit", "Fix", "Related", "Severity"),
    "keraslint.diagnose.globs": ("name_matches", "path_matches"),
    "keraslint.diagnose.lock": ("Lock", "Locked", "counts_of", "gone_from", "lock_edits", "named_models"),
    "keraslint.diagnose.lock_reading": ("tolerance_of",),
    "keraslint.diagnose.places": (
        "class_bounds", "line_bounds", "offsets_of", "source_of", "span_between", "statement_at", "text_of",
    ),
    "keraslint.diagnose.rule": ("Budget", "Option", "Rule", "Settings"),
    "keraslint.diagnose.suppress": ("DirectiveAudit", "DirectiveRule", "UnknownCode", "UnusedIgnore"),
    "keraslint.diagnose.syntax": ("argument_source", "positional_count", "with_argument", "with_argument_at", "with_renamed_argument", "without_argument"),
    "keraslint.diagnose.what_if": ("output_shape",),
    "keraslint.graph.analysis": (
        "Analysis", "AnalysisError", "Assumption", "Count", "DirectiveRecord", "Event", "LayerRecord", "ModelRecord",
        "Problem", "WeightRecord",
    ),
    "keraslint.source.text": ("SourceFile",),
    "keraslint.values.dim": ("Dim", "bounds", "same", "symbols"),
    "keraslint.values.shape": ("Shape", "elements", "shape_text"),
    "keraslint.values.unknown": ("Span",),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    module = _HOME.get(name)
    if module is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
