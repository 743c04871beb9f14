"""Signatures of everything public in Keras, recorded from the real packages, and the binding of arguments to them.

``layer_signature`` and ``object_signature`` find a class or function by its public name, ``bind`` does what Python and
Keras' constructors do with the arguments of a call: defaults filled in, unknown ones refused in Keras' words.
``understood`` tells which strings Keras takes for an activation, initializer, regularizer and so on.

The data is written by ``tests/record/signatures.py``.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.values.unknown import Unknown, Why


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``kind`` is ``positional``, ``plain``, ``keyword`` or ``*``, as in ``values.program``."""

    name: str
    kind: str
    is_required: bool
    default: object = None


@dataclass(frozen=True, slots=True)
class ClassSignature:
    """What is recorded of a class or function: ``canonical`` is the class's own name, however it was reached.

    ``extra`` is what ``**kwargs`` may hold, with the default of each: the base layer's ``name``, ``trainable``,
    ``dtype``, ``input_shape`` … and what constructors on the way up take. ``takes_anything``: nothing is refused.
    """

    canonical: str
    parameters: tuple[Parameter, ...]
    bases: tuple[str, ...] = ()
    call_parameters: tuple[Parameter, ...] = ()
    call_takes_anything: bool = False
    extra: Mapping[str, object] | None = None
    takes_anything: bool = False
    is_class: bool = True
    constructor: str = ""
    refusal: tuple[str, str] | None = None
    config: Mapping[str, Sequence[str]] | None = None
    """For a layer: which parameters ``get_config`` leaves out by default (``without``), and what it has more (``with``)."""

    @property
    def is_layer(self) -> bool:
        """Whether it is a class of layers."""
        return self.canonical == "Layer" or "Layer" in self.bases

    def names(self) -> tuple[str, ...]:
        """Return the names of all arguments that the constructor takes."""
        return (*(parameter.name for parameter in self.parameters), *(self.extra or ()))


@functools.cache
def layer_signature(name: str, keras: Keras) -> ClassSignature | None:
    """Return a layer class by any of its public names in ``keras.layers``, such as ``Convolution2D``."""
    family, _, last = f"layers.{name}".rpartition(".")
    public_family, _, public = f"layers.{_public(keras).get(name, '')}".rpartition(".")
    signature = object_signature(family, last, keras) or object_signature(public_family, public, keras)
    return signature if signature is not None and signature.is_layer else None


@functools.cache
def object_signature(family: str, name: str, keras: Keras) -> ClassSignature | None:
    """Return a class or function by its module's path within Keras (``optimizers``, ``utils``, ``""``) and its name."""
    record = _recorded(keras)["families"].get("" if family == "keras" else family, {}).get(name)
    if isinstance(record, str):
        alias_family, _, alias = record.rpartition(".")
        return object_signature(alias_family or family, alias, keras)
    if not isinstance(record, dict):
        return None
    if "function" in record:
        return ClassSignature(
            name,
            _parameters(record["function"]),
            is_class=False,
            constructor=name,
            takes_anything=_open(record["function"]),
        )
    refusal = record.get("unknown")
    return ClassSignature(
        canonical=record["class"],
        parameters=_parameters(record["parameters"]),
        bases=tuple(record["bases"]),
        call_parameters=_parameters(record.get("call", [])),
        call_takes_anything=any(kind in {"*", "**"} for _, kind, *_ in record.get("call", [["", "*"]])),
        extra={key: _value(default) for key, default in record["extra"].items()} if "extra" in record else None,
        takes_anything="any" in record or "unprobed" in record,
        constructor=record["constructor"],
        refusal=(refusal[0], refusal[1]) if refusal else None,
        config=record.get("config"),
    )


def members(family: str, keras: Keras) -> Sequence[str]:
    """Return the public names of a module of Keras."""
    return tuple(_recorded(keras)["families"].get("" if family == "keras" else family, {}))


def families(keras: Keras) -> Sequence[str]:
    """Return the public modules of Keras, by their path within it."""
    return tuple(_recorded(keras)["families"])


def has_family(family: str, keras: Keras) -> bool:
    """Return whether Keras has a public module of this path: ``datasets.mnist``."""
    return family in _recorded(keras)["families"]


@functools.cache
def understood(family: str, keras: Keras) -> frozenset[str]:
    """Return the strings that ``keras.<family>.get`` turns into an object."""
    return frozenset(_recorded(keras)["strings"][family]["names"])


def takes_any_string(family: str, keras: Keras) -> bool:
    """Return whether ``keras.<family>.get`` hands back a string that it does not understand, without an error."""
    return bool(_recorded(keras)["strings"][family]["any"])


def bind(signature: ClassSignature, args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, object]:
    """Return the value of every parameter, defaults filled in; raise ``Refused`` as Python and Keras do."""
    bound: dict[str, object] = {}
    unknown: dict[str, object] = {}
    plain = [parameter for parameter in signature.parameters if parameter.kind in {"positional", "plain"}]
    bound.update(zip((parameter.name for parameter in plain), args, strict=False))
    known = {parameter.name for parameter in signature.parameters if parameter.kind in {"plain", "keyword"}}
    for name, value in kwargs.items():
        if name in bound:
            raise _type_error(signature, f"got multiple values for argument {name!r}", name)
        if name not in known and not signature.takes_anything and name not in (signature.extra or ()):
            if signature.refusal is None:
                raise _type_error(signature, f"got an unexpected keyword argument {name!r}", name)
            unknown[name] = value
        bound[name] = value
    _check_count(signature, plain, args, bound)
    if unknown:
        raise _unknown(signature, unknown)
    for parameter in signature.parameters:
        if parameter.kind == "*":
            bound[parameter.name] = tuple(args[len(plain) :])
        elif not parameter.is_required:
            bound.setdefault(parameter.name, parameter.default)
    for name, default in (signature.extra or {}).items():
        bound.setdefault(name, default)
    return bound


def _check_count(
    signature: ClassSignature, plain: Sequence[Parameter], args: Sequence[object], bound: Mapping[str, object]
) -> None:
    own = 1 if signature.is_class else 0
    if len(args) > len(plain) and all(parameter.kind != "*" for parameter in signature.parameters):
        least = sum(parameter.is_required for parameter in plain) + own
        most = len(plain) + own
        takes = f"takes {most}" if least == most else f"takes from {least} to {most}"
        plural = "s" if most != 1 else ""
        raise _type_error(signature, f"{takes} positional argument{plural} but {len(args) + own} were given", "")
    for kinds, text in (({"positional", "plain"}, "positional"), ({"keyword"}, "keyword-only")):
        missing = [
            parameter.name
            for parameter in signature.parameters
            if parameter.kind in kinds and parameter.is_required and parameter.name not in bound
        ]
        if missing:
            plural = "s" if len(missing) > 1 else ""
            what = f"missing {len(missing)} required {text} argument{plural}: {_listed(missing)}"
            raise _type_error(signature, what, missing[0])


def _listed(names: Sequence[str]) -> str:
    """Return names as Python lists them: ``'a'``, ``'a' and 'b'``, ``'a', 'b', and 'c'``."""
    quoted = [repr(name) for name in names]
    if len(quoted) <= 2:
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"


def _type_error(signature: ClassSignature, what: str, name: str) -> Refused:
    return Refused(f"{signature.constructor}() {what}", error="TypeError", contract="signature", argument=name)


def _unknown(signature: ClassSignature, unknown: Mapping[str, object]) -> Refused:
    """Return the refusal of arguments that no constructor on the way up takes: the first in Keras 2, all in Keras 3."""
    first = next(iter(unknown))
    error, text = signature.refusal or ("TypeError", "")
    shown = ", ".join(
        f"{name!r}: {'...' if isinstance(value, Unknown) else repr(value)}" for name, value in unknown.items()
    )
    text = text.replace("'no_such_argument': 7", shown).replace("no_such_argument", first)
    return Refused(text, error=error, contract="signature", argument=first)


@functools.cache
def _recorded(keras: Keras) -> dict[str, dict]:  # type: ignore[type-arg]
    path = Path(__file__).parent / "data" / f"signatures-{keras.value}.json"
    recorded: dict[str, dict] = json.loads(path.read_text(encoding="utf-8"))  # type: ignore[type-arg]
    return recorded


@functools.cache
def _public(keras: Keras) -> dict[str, str]:
    """Return the public name of each layer class that has another one: ``GroupedQueryAttention`` is public without -ed."""
    families = _recorded(keras)["families"]
    return {
        record["class"]: f"{prefix}{name}"
        for prefix in ("experimental.", "")
        for name, record in families.get(f"layers.{prefix}".rstrip("."), {}).items()
        if isinstance(record, dict) and "class" in record
    }


def _parameters(records: Sequence[Sequence[object]]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(str(name), str(kind), not default and kind != "*", _value(default[0]) if default else None)
        for name, kind, *default in records
        if kind != "**"
    )


def _open(records: Sequence[Sequence[object]]) -> bool:
    return any(kind == "**" for _, kind, *_ in records)


def _value(recorded: object) -> object:
    match recorded:
        case {"tuple": list(items)}:
            return tuple(_value(item) for item in items)
        case {"float": str(text)}:
            return float(text)
        case {"object": str(name)}:
            return Unknown(Why.UNSUPPORTED, f"the default {name}")
        case list():
            return [_value(item) for item in recorded]
        case _:
            return recorded
