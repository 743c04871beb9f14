"""The result of an analysis as plain frozen data: all that rules, reports and annotations see."""

from __future__ import annotations

from typing import Literal

import msgspec

from keraslint.source.text import Cell
from keraslint.values.dim import Dim
from keraslint.values.shape import Shape
from keraslint.values.unknown import Span

Nest = Shape | list["Nest"] | dict[str, "Nest"] | None
"""A shape (tuple), a nest of shapes for several tensors, or None where it is not known."""

Certainty = Literal["exact", "assumed", "symbolic", "partial", "unknown"]


class Count(msgspec.Struct, frozen=True):
    """Parameters as Keras counts them; None where not known, a formula where symbolic."""

    total: Dim | None
    trainable: Dim | None
    non_trainable: Dim | None


class Problem(msgspec.Struct, frozen=True):
    """Something that could not be resolved: the reason in words (construct named), its kind, and where."""

    why: str
    """The name of a ``values.unknown.Why`` member, lower case."""
    reason: str
    where: Span | None


class WeightRecord(msgspec.Struct, frozen=True):
    """One weight. ``params`` is None where the shape is not known."""

    name: str
    shape: Shape | None
    params: Dim | None
    trainable: bool
    dtype: str
    why: str = ""
    """Why it is not trained though nothing froze it: ``statistic``, ``count``, ``quantized``, ``lora``, ``declared``."""
    key: int = 0
    """Identity: records of one shared weight have the same key."""


class LayerRecord(msgspec.Struct, frozen=True):
    """One layer of a model (or one operation of its graph)."""

    key: int
    """Identity within the analysis: the same layer in two models has the same key."""
    name: str
    class_name: str
    span: Span | None
    """The construction call."""
    call_spans: tuple[Span, ...]
    """Where it is called on tensors, in order."""
    inputs: tuple[str, ...]
    """Names of the layers that feed it."""
    input_shape: Nest
    output_shape: Nest
    dtype: str
    trainable: bool
    frozen_at: Span | None
    """Where ``trainable`` was last set to False."""
    count: Count
    weights: tuple[WeightRecord, ...]
    """All of its weights, those of its children included, in Keras' order."""
    layers: tuple[LayerRecord, ...]
    """A nested model's layers."""
    arguments: dict[str, object]
    """Constructor arguments that are plain values (numbers, strings, tuples, None), with defaults filled in;
    activations and initializers by their names."""
    is_operation: bool = False
    problem: Problem | None = None
    is_custom: bool = False
    """Whether its class is defined in the analysed program."""


class Assumption(msgspec.Struct, frozen=True):
    """A condition of unknown value and the outcome that was taken."""

    line: int
    text: str
    where: Span | None = None


class ModelRecord(msgspec.Struct, frozen=True):
    """One model that the program builds, in one variant."""

    key: int
    target: str
    returned: bool
    span: Span
    """The construction call."""
    function: str | None
    """Qualified name of the enclosing function, None at top level."""
    variables: tuple[str, ...]
    """Names that it is bound to where it was built, and at the end of the program."""
    name: str
    class_name: str
    kind: Literal["functional", "sequential", "subclassed"]
    built: bool
    certainty: Certainty
    assumptions: tuple[Assumption, ...]
    symbols: dict[str, str]
    """Symbol -> where it comes from and why its value is not known."""
    count: Count
    unresolved: tuple[Problem, ...]
    layers: tuple[LayerRecord, ...]
    rows: tuple[LayerRecord, ...]
    """What Keras' summary prints: the layers and, in Keras 3, operations between them."""
    inputs: Nest
    outputs: Nest


def content_of(model: ModelRecord) -> tuple[object, ...]:
    """Return what makes two models the same: all that a user sees of them but names that count up."""
    layers = tuple((layer.class_name, repr(layer.output_shape), layer.count, layer.trainable) for layer in model.layers)
    return (model.kind, model.built, model.count, layers, tuple(problem.reason for problem in model.unresolved))


class Event(msgspec.Struct, frozen=True):
    """Something that happened, in order.

    ``kind``: ``made`` and ``called`` (layers), ``built`` (models), ``compiled`` (``facts``: the arguments, and
    ``heads``, see ``interp.heads``), ``fitted`` (see ``graph.training``; ``callbacks``, ``validation_split``,
    ``validates``, ``in_doubt``: whether code that is not followed may have compiled it), ``trainable-set`` (``value``; ``effect``: whether Keras carries it out; ``changed``: whether other
    weights are trained; ``stays``: how many parameters keep another flag), ``sliced`` (a slice of a model's list of
    layers: ``start``, ``stop``, and the keys ``of`` the list and those ``taken``), ``made-in-call`` (a layer with
    weights that a custom layer's ``call`` makes and nothing keeps: ``owner``), ``variable-in-call`` and
    ``variable-held`` (a ``tf.Variable`` made in ``call``, or kept as an attribute in Keras 3: ``name``, ``shape``),
    ``attribute-set`` (a flag with "train" in its name), ``trainable-misplaced`` (set ``on`` what is no layer),
    ``refused`` (Keras raises; ``facts`` has ``message``, ``contract``, ``error``, ``class``, ``name``, the numbers,
    and ``chain``: (layer name, output shape text, span) of the layers before it), ``raised`` (the program raises);
    and what is asked of Keras' API: ``imported``, ``member-unknown``, ``object-arguments``, ``api-call``, whose facts
    ``interp.api`` tells.
    """

    kind: str
    span: Span | None
    subject: int
    """Key of the layer or model; 0 for none."""
    facts: dict[str, object]


class AnalysisError(msgspec.Struct, frozen=True):
    """A file or target that could not be analysed at all."""

    target: str
    path: str
    line: int
    column: int
    message: str
    kind: Literal["syntax", "read", "target", "internal"] = "read"


class DirectiveRecord(msgspec.Struct, frozen=True):
    """A ``# keraslint:`` comment: ``name`` (ignore, file-ignore, budget, assume, frozen, noqa), arguments, place."""

    name: str
    span: Span
    codes: tuple[str, ...] = ()
    arguments: dict[str, object] = {}
    alone: bool = False
    """Whether it stands alone on its line, and so speaks of the next one."""
    applies_to: int = 0
    """The line that it speaks of (within the cell, for a notebook)."""
    error: str = ""
    """Why it does not parse; empty where it does."""


class Analysis(msgspec.Struct, frozen=True):
    """All that is known of one file (or one run over several targets of it)."""

    path: str
    text: str
    keras: str
    """``"2"`` or ``"3"``."""
    environment: dict[str, str]
    models: tuple[ModelRecord, ...]
    events: tuple[Event, ...]
    layers: tuple[LayerRecord, ...]
    """Every layer that the program made, whether or not a model holds it."""
    errors: tuple[AnalysisError, ...]
    directives: tuple[DirectiveRecord, ...]
    read: tuple[str, ...] = ()
    """Other project files that evaluation read."""
    cells: tuple[Cell, ...] = ()
    """A notebook's code cells and where they begin in ``text``; empty for a module."""
