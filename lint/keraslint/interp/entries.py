"""What is evaluated after a file's top level: an expression, or a function, class or global by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from keraslint.interp.compile import Code
from keraslint.interp.machine import Machine
from keraslint.values.layer import Model
from keraslint.values.program import MISSING, Class, Function, Module
from keraslint.values.unknown import Unknown, Why


class NoTargetError(Exception):
    """The name of a target is not in its file."""


class Entry:
    """What is evaluated after the top level."""

    @property
    def imports_package(self) -> bool:
        """Whether the file is imported as part of its package; a function that is looked at in passing needs no package."""
        return True

    def evaluate(self, machine: Machine, module: Module) -> object:
        """Return the value of the target."""
        raise NotImplementedError


_USUAL_NAMES = {"keras": "keras", "tf": "tensorflow", "np": "numpy"}


@dataclass(frozen=True, slots=True)
class Evaluated(Entry):
    """An expression in the module's namespace."""

    expression: Callable[[list[object]], object]

    def evaluate(self, machine: Machine, module: Module) -> object:
        """Return the expression's value."""
        scope = Module(module.name, module.path)
        scope.namespace.update(module.namespace)
        for name, package in _USUAL_NAMES.items():
            if name not in scope.namespace:  # a target may speak of Keras though its file does not import it so
                scope.namespace[name] = machine.import_module(package, module, whole=True)
        return self.expression([scope, None, None])


@dataclass(frozen=True, slots=True)
class Named(Entry):
    """A function or class on its own, with its defaults; or a global."""

    name: str
    require_function: bool = False

    @property
    def imports_package(self) -> bool:
        """Whether the target was asked for."""
        return not self.require_function

    def evaluate(self, machine: Machine, module: Module) -> object:
        """Return what the function or class makes, or the global's value."""
        value = machine.module_member(module, self.name)
        if value is MISSING and not self.require_function:
            raise NoTargetError(self.name)
        if isinstance(value, Function):
            return machine.call(value, *arguments_on_its_own(machine, value))
        if self.require_function:
            return None
        if isinstance(value, Class):
            maker = value.find("__init__")
            args, kwargs = arguments_on_its_own(machine, maker, skip=1) if isinstance(maker, Function) else ((), {})
            return machine.call(value, args, kwargs)
        if isinstance(value, Model | Unknown | list | tuple | dict):
            return value
        return Unknown(Why.UNSUPPORTED, f"{self.name} is no model, function or class of this file", None)


def arguments_on_its_own(
    machine: Machine, function: Function, skip: int = 0
) -> tuple[tuple[object, ...], dict[str, object]]:
    """Return arguments for a function that nothing calls: assumed values, or symbols for parameters with no default."""
    code = function.code
    assert isinstance(code, Code)
    args: list[object] = []
    kwargs: dict[str, object] = {}
    for parameter in code.params[skip:]:
        if parameter.kind in {"*", "**"}:
            continue
        name = parameter.name
        assumed = machine.assumed(name, function.qualname, module=function.module)
        if assumed is not MISSING:
            value: object = assumed
        elif name in function.defaults:
            continue
        else:
            where = machine.span_of(code.source, parameter)
            what = f"parameter {name} of {function.name}, which has no default"
            value = Unknown(Why.INPUT, what, where, name)
            machine.symbols[name] = (what, where)
        if parameter.kind == "positional":
            args.append(value)
        else:
            kwargs[name] = value
    return tuple(args), kwargs


def returned_models(value: object) -> list[Model]:
    """Return the models in what a target gives: one, or several in a tuple, list or dict."""
    match value:
        case Model():
            return [value]
        case list() | tuple():
            return [model for item in value for model in returned_models(item)]
        case dict():
            return [model for item in value.values() for model in returned_models(item)]
        case _:
            return []
