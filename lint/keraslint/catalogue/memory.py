"""What was worked out of one layer, kept for every other layer of the same class, arguments and input.

A spec is a function of its class, its arguments, the settings of its host and its input, so a network of a hundred equal
convolutions needs the arithmetic once. Kept is only what was certain: a refusal, an unknown value, a layer in a layer
and a spec that holds state of its own are worked out every time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keraslint.catalogue.spec import Call, LayerSpec, Output, Signature, WeightSpec, refuse_initializer
from keraslint.values.layer import Weight
from keraslint.values.program import KerasObject

_PLAIN = frozenset({int, float, str, bool, type(None)})
_MOST = 20_000
"""Entries after which everything is forgotten, so that a run over a large tree stays small."""

Form = tuple[object, ...]


@dataclass(slots=True)
class Configuration:
    """One class with its arguments, which were bound and checked; and what calls of it gave."""

    arguments: dict[str, object]
    weights: dict[Form, tuple[WeightSpec, ...]] = field(default_factory=dict)
    outputs: dict[Form, Output] = field(default_factory=dict)

    def arguments_for(self, kwargs: Mapping[str, object]) -> dict[str, object]:
        """Return the bound arguments of an equal constructor call, with its own name and its own objects."""
        return {**self.arguments, **kwargs}


_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_.]*")
_configurations: dict[Form, Configuration] = {}


def key_of(class_name: str, args: Sequence[object], kwargs: Mapping[str, object], settings: Form) -> Form | None:
    """Return what tells a constructor call from others; None where an argument is more than a plain value.

    A name that any version takes has no part in it. Arguments go in as text: ``True``, ``1`` and ``1.0`` are equal, and
    not the same. An initializer and its like, as an object or its configuration, goes in by what it is made of.
    """
    rest = dict(kwargs)
    name = rest.pop("name", None)
    if name is not None and not (type(name) is str and _NAME.fullmatch(name)):
        return None
    for value in args:
        if type(value) not in _PLAIN and not _is_plain(value):
            return None
    for key, value in rest.items():
        if type(value) not in _PLAIN and not _is_plain(value):
            made_of = _made_of(value)
            if made_of is None:
                return None
            rest[key] = made_of.encode()  # no argument of a layer is bytes
    return class_name, repr(args), repr(rest), "name" in kwargs, settings


def recall(key: Form | None) -> Configuration | None:
    """Return what is known of a constructor call that was seen before."""
    return _configurations.get(key) if key is not None else None


def keep(key: Form | None, spec: LayerSpec) -> Configuration | None:
    """Remember that a spec's arguments were bound and passed its checks."""
    if key is None or not _is_stateless(spec):
        return None
    if len(_configurations) >= _MOST:
        _configurations.clear()
    return _configurations.setdefault(key, Configuration(dict(spec.arguments)))


def _is_stateless(spec: LayerSpec) -> bool:
    """Return whether a spec holds nothing but what every spec is made with, and no layers."""
    return not spec.children and len(vars(spec)) == _ATTRIBUTES


_ATTRIBUTES = 8
"""How many attributes ``LayerSpec.__init__`` sets."""


def _form_of(spec: LayerSpec, call: Call) -> Form | None:
    """Return what tells a call from others; within a layer of Keras 3 less is asked of its input."""
    form = call.form if _is_stateless(spec) else None
    return None if form is None else (spec.host.is_inside, *form)


def weights_of(spec: LayerSpec, call: Call) -> Sequence[WeightSpec | Weight]:
    """Return a layer's own weights for its first call."""
    configuration, form = spec.configuration, _form_of(spec, call)
    if configuration is not None and form in configuration.weights:
        return configuration.weights[form]
    weights = tuple(spec.weights(call))
    own = tuple(weight for weight in weights if isinstance(weight, WeightSpec))
    for weight in own:
        refuse_initializer(spec, weight)
    if configuration is not None and form is not None and _is_stateless(spec) and len(own) == len(weights):
        configuration.weights[form] = own
    return weights


def output_of(spec: LayerSpec, call: Call) -> Output:
    """Return the shapes of a layer's output."""
    configuration, form = spec.configuration, _form_of(spec, call)
    if configuration is None or form is None:
        return spec.output(call)
    found = configuration.outputs.get(form)
    if found is None:
        found = spec.output(call)
        if _is_stateless(spec) and isinstance(found, tuple | Signature):
            configuration.outputs[form] = found
    return found


def _is_plain(value: object) -> bool:
    if type(value) in _PLAIN:
        return True
    return isinstance(value, tuple) and all(map(_is_plain, value))  # a list may be changed later


def _made_of(value: object) -> str | None:
    """Return what an initializer, regularizer or constraint is made of, None where that is more than plain values."""
    if type(value) is KerasObject:
        if value.family in _FAMILIES and not value.attributes and _is_configuration(value.arguments):
            return f"{value.family}.{value.class_name} {value.arguments!r}"
        return None
    return repr(value) if type(value) is dict and _is_configuration(value) else None


_FAMILIES = frozenset({"initializers", "regularizers", "constraints"})


def _is_configuration(value: Mapping[str, object]) -> bool:
    return all(
        type(key) is str and (_is_plain(item) or (type(item) is dict and _is_configuration(item)))
        for key, item in value.items()
    )
