"""Notes what the program asks of Keras' API, for rules about what one of its versions lacks or takes otherwise.

Events (``graph.analysis.Event``), all without a subject unless said:

- ``imported``: ``module`` (its absolute name, as written) and ``member`` (None for ``import a.b``), of Keras only
  and not where the program is ready for its lack;
- ``member-unknown``: ``name``, a member of Keras' modules that is not modelled or that the version has not;
- ``object-arguments``: ``family``, ``name`` (``optimizers``, ``Adam``), ``argument``, one that is not among the
  parameters; ``message`` is what the version says where it raises, None where it takes the argument all the same;
- ``api-call`` (subject: the model): ``name`` (``fit``, ``save`` …), ``keywords`` (names), ``first`` (the first argument
  behind the model where it is text, else None). A ``ModelCheckpoint`` is noted so too, with its path, and
  ``weights_only``; the methods that take data with ``x`` and ``y``: ``shape`` and ``classes`` (None where not known), ``rows``
  (of each array), and all of this for ``validation`` data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.signatures import bind, object_signature
from keraslint.catalogue.spec import Refused
from keraslint.values.array import Array
from keraslint.values.layer import Model

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine

WATCHED = frozenset(
    f"method:{owner}.{name}"
    for owner in ("Model", "Layer")
    for name in (
        "fit", "evaluate", "predict", "compile", "fit_generator", "evaluate_generator", "predict_generator",
        "predict_classes", "predict_proba", "save", "save_weights", "load_weights", "train_on_batch", "to_yaml",
    )
)  # fmt: skip
"""The natives whose calls are noted."""

_ON_DATA = {"fit", "evaluate", "predict", "train_on_batch"}
_KERAS = re.compile(r"(?:tensorflow\.(?:python\.|compat\.v1\.)?)?(?:keras|tf_keras)\.")


def note_call(machine: Machine, name: str, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    """Note the call of a method of models."""
    subject = args[0] if args and isinstance(args[0], Model) else None
    first = next(iter(args[1:]), kwargs.get("filepath"))
    text = first if isinstance(first, str) else None
    method = name.rpartition(".")[2]
    facts: dict[str, object] = {"name": method, "keywords": tuple(kwargs), "first": text}
    if method in _ON_DATA:
        x = kwargs.get("x", next(iter(args[1:]), None))
        y = kwargs.get("y", next(iter(args[2:]), None)) if method != "predict" else None
        facts |= {"x": _data(x), "y": _data(y), "rows": _rows((x, y, kwargs.get("sample_weight")))}
        validation = kwargs.get("validation_data")
        if isinstance(validation, tuple | list) and len(validation) in {2, 3}:
            facts["validation"] = {
                "x": _data(validation[0]), "y": _data(validation[1]), "rows": _rows(validation),
            }  # fmt: skip
    machine.builder.note("api-call", machine.span, subject, **facts)


def _rows(data: object) -> tuple[object, ...]:
    """Return how many rows each array of a call has: the arrays of several inputs stand in tuples, lists and dicts."""
    if isinstance(data, tuple | list | dict):
        return tuple(row for part in (data.values() if isinstance(data, dict) else data) for row in _rows(part))
    return data.shape[:1] if isinstance(data, Array) and isinstance(data.shape, tuple) else ()


def _data(value: object) -> object:
    """Return the shape of data and how many classes its labels have, as far as they are known; None for no array."""
    if not isinstance(value, Array) or not isinstance(value.shape, tuple):
        return None
    return {"shape": value.shape, "classes": value.classes}


def note_import(machine: Machine, module: str, member: str | None) -> None:
    """Note the import of a module of Keras, or of a member of one."""
    if _KERAS.match(f"{module}.") and not machine.import_guards:
        machine.builder.note("imported", machine.span, None, module=module, member=member)


def note_unknown_member(machine: Machine, name: str) -> None:
    """Note a member of Keras that is not known."""
    if name.startswith("keras.") and not machine.import_guards:
        machine.builder.note("member-unknown", machine.span, None, name=name)


def note_object(
    machine: Machine, family: str, name: str, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> None:
    """Note arguments of an optimizer, callback, loss … that are not among its parameters."""
    if name == "ModelCheckpoint":
        path = next(iter(args), kwargs.get("filepath"))
        first = path if isinstance(path, str) else None
        weights_only = kwargs.get("save_weights_only", False) if len(args) < 5 else args[4]
        given = tuple(kwargs)
        machine.builder.note(
            "api-call", machine.span, None, name=name, keywords=given, first=first, weights_only=weights_only
        )
    signature = object_signature(family, name, machine.keras)
    if signature is None or "**" in kwargs:
        return
    names = {parameter.name for parameter in signature.parameters}
    for argument in kwargs:
        if argument in names:
            continue
        message: object = None
        try:
            bind(signature, args, {argument: kwargs[argument]})
        except Refused as refused:
            message = refused.message if refused.facts.get("argument") == argument else None
            if message is None:
                continue
        facts = {"family": family, "name": name, "argument": argument, "message": message}
        machine.builder.note("object-arguments", machine.span, None, **facts)
