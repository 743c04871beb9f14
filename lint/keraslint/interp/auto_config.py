"""What Keras keeps of a constructor's arguments: the configuration of classes that have no ``get_config`` of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from keraslint.catalogue.versions import Keras
from keraslint.interp.compile import Code
from keraslint.interp.signals import Thrown
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Poly
from keraslint.values.layer import Layer, Model
from keraslint.values.program import Class, Function, Parameter
from keraslint.values.unknown import Undetermined, Unknown

if TYPE_CHECKING:  # the machine makes one
    from keraslint.interp.machine import Machine

_BASE_THREE = {"activity_regularizer": None, "trainable": True, "dtype": None, "autocast": True, "name": None}
_BASE_TWO = ("trainable", "name", "dtype", "dynamic")
_SEVERAL = (Parameter("args", "*", 0), Parameter("kwargs", "**", 0))


def auto_config(machine: Machine, layer: Layer, base: dict[str, object]) -> dict[str, object]:
    """Return ``base`` with the constructor's arguments; raise the program's error where Keras cannot keep them."""
    parameters = _parameters(machine, layer)
    if machine.keras is Keras.THREE:
        return _all_arguments(machine, layer, parameters, base)
    return _given_arguments(machine, layer, parameters, base)


def is_default(layer: Layer) -> bool:
    """Return whether the class of a layer has no ``get_config`` of its own, nor has the Keras class that it derives from."""
    return (
        isinstance(layer.cls, Class) and layer.spec is None and not isinstance(layer.cls.find("get_config"), Function)
    )


def _parameters(machine: Machine, layer: Layer) -> tuple[Parameter, ...]:
    """Return what the class's constructor takes besides ``self``."""
    assert isinstance(layer.cls, Class)
    found = layer.cls.find("__init__")
    if isinstance(found, Function) and isinstance(found.code, Code):
        return tuple(
            Parameter(p.name, p.kind, 0, found.defaults.get(p.name), has_default=p.name in found.defaults)
            for p in found.code.params[1:]
        )
    if isinstance(layer, Model):
        return _SEVERAL
    if machine.keras is Keras.THREE:
        own = [Parameter(name, "keyword", 0, value, has_default=True) for name, value in _BASE_THREE.items()]
    else:
        own = [Parameter(name, "plain", 0, has_default=True) for name in _BASE_TWO]
    return (*own, _SEVERAL[1])


def _all_arguments(
    machine: Machine, layer: Layer, parameters: tuple[Parameter, ...], base: dict[str, object]
) -> dict[str, object]:
    """Keras 3 binds the arguments to the constructor's signature and keeps defaults too."""
    args, kwargs = ((), {}) if isinstance(layer, Model) else layer.given  # a model's class drops what it is given
    plain = [p.name for p in parameters if p.kind == "plain"]
    if any(p.kind == "positional" for p in parameters) or len(args) > len(plain):
        _refuse(machine, layer, "positional only or variadic positional arguments (e.g., `*args`) to `__init__()`")
    named = [p for p in parameters if p.kind in {"plain", "keyword"}]
    kept = {p.name: p.default for p in named if p.has_default}
    kept |= {**dict(zip(plain, args, strict=False)), **kwargs}
    if any(p.name not in kept for p in named):
        _refuse(machine, layer, _NOT_SERIALIZABLE)
    kept.pop("name", None)
    _check_serializable(machine, layer, kept)
    config = {**base, **kept, **{name: value for name, value in base.items() if name != "name"}}
    if all(p.name != "name" and (p.kind, p.name) != ("**", "kwargs") for p in parameters):
        del config["name"]
    return config


def _given_arguments(
    machine: Machine, layer: Layer, parameters: tuple[Parameter, ...], base: dict[str, object]
) -> dict[str, object]:
    """Keras 2 keeps the arguments that were given, by name, and drops of its own what the constructor cannot take."""
    args, kwargs = layer.given
    plain = [p.name for p in parameters if p.kind in {"positional", "plain"}]
    kept = {**kwargs, **dict(zip(plain, args, strict=False))}
    try:
        _check_serializable(machine, layer, kept)
    except Thrown:
        if isinstance(layer, Model):
            return {}
        raise
    config = {**base, **kept}
    if all((p.kind, p.name) != ("**", "kwargs") for p in parameters):
        for name in base.keys() - set(plain):
            config.pop(name, None)
    return config


_NOT_SERIALIZABLE = "non-serializable argument values in `__init__()`"


def _check_serializable(machine: Machine, layer: Layer, value: object) -> None:
    match value:
        case dict():
            for item in value.values():
                _check_serializable(machine, layer, item)
        case list() | tuple():
            for item in value:
                _check_serializable(machine, layer, item)
        case Unknown() if not value.symbol:
            raise Undetermined(value)
        case NumpyInt():
            _refuse(machine, layer, _NOT_SERIALIZABLE)
        case str() | int() | float() | None | Poly() | Unknown():
            pass
        case _:
            _refuse(machine, layer, _NOT_SERIALIZABLE)


def _refuse(machine: Machine, layer: Layer, what: str) -> NoReturn:
    machine.raise_error("NotImplementedError", f"Object {layer.class_name} was created by passing {what}")
