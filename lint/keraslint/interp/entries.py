"""What is evaluated after a file's top level: an expression, or a function, class or global by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from keraslint.interp.compile import Code
from keraslint.interp.machine import Machine
from keraslint.interp.objects import ClassMethod, Property, StaticMethod
from keraslint.values.layer import Layer, Model
from keraslint.values.program import MISSING, Class, Function, Method, Module
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
        """Return the expression's value, or what the function or class makes that it names."""
        scope = Module(module.name, module.path)
        scope.namespace.update(module.namespace)
        for name, package in _USUAL_NAMES.items():
            if name not in scope.namespace:  # a target may speak of Keras though its file does not import it so
                scope.namespace[name] = machine.import_module(package, module, whole=True)
        return called_on_its_own(machine, self.expression([scope, None, None]))


@dataclass(frozen=True, slots=True)
class Named(Entry):
    """A function, class or ``Class.method`` on its own, with its defaults; or a global.

    ``in_passing``: nobody asked for it, and it is evaluated only where it may build a model.
    """

    name: str
    in_passing: bool = False

    @property
    def imports_package(self) -> bool:
        """Whether the target was asked for."""
        return not self.in_passing

    def evaluate(self, machine: Machine, module: Module) -> object:
        """Return what the function or class makes, or the global's value."""
        name, _, method = self.name.partition(".")
        value = machine.module_member(module, name)
        if value is MISSING and not self.in_passing:
            raise NoTargetError(self.name)
        if isinstance(value, Class):
            if self.in_passing and method in _CALLED_BY_KERAS and any(base.native == "Model" for base in value.mro):
                return None
            return _method_on_its_own(machine, value, method) if method else called_on_its_own(machine, value)
        if isinstance(value, Function):
            return called_on_its_own(machine, value)
        if self.in_passing:
            return None
        if isinstance(value, Model | Unknown | list | tuple | dict):
            return value
        return Unknown(Why.UNSUPPORTED, f"{self.name} is no model, function or class of this file", None)


_CALLED_BY_KERAS = frozenset({
    "build", "call", "compile", "compute_loss", "compute_mask", "compute_metrics", "compute_output_shape", "evaluate",
    "fit", "from_config", "get_config", "predict", "predict_step", "test_step", "train_step",
})  # fmt: skip


def settled_names(machine: Machine, module: Module) -> set[str]:
    """Return the names in a file that need no look of their own.

    These are functions and methods (``Class.method``) that a run has called, and classes that it has used or that make no
    models.
    """
    names: set[str] = set()
    for name, value in module.namespace.items():
        if isinstance(value, Class):
            used = {f"{name}.{key}" for key, member in value.attributes.items() if _is_called(machine, member)}
            names |= used
            if used or id(value) in machine.called or not _may_build_models(value):
                names.add(name)
        elif _is_called(machine, value):
            names.add(name)
    return names


def _is_called(machine: Machine, value: object) -> bool:
    match value:
        case Function():
            return id(value.code) in machine.called
        case StaticMethod() | ClassMethod():
            return _is_called(machine, value.function)
        case Property():
            return _is_called(machine, value.getter)
        case _:
            return False


def _may_build_models(cls: Class) -> bool:
    """Return whether a class is a model or a plain object, and no layer, test case, callback or exception."""
    known = {base.native or base.name for base in cls.mro if base.module is None}
    return cls.opaque is None and ("Model" in known or known <= {"object", "ABC", "Generic", "Protocol"})


def _method_on_its_own(machine: Machine, cls: Class, name: str) -> object:
    """Return what a method gives that nothing calls, of the class or of an instance made for it."""
    found = cls.find(name)
    if found is MISSING:
        raise NoTargetError(f"{cls.name}.{name}")
    owner = cls if isinstance(found, StaticMethod | ClassMethod) else called_on_its_own(machine, cls)
    return called_on_its_own(machine, machine.get_attribute(owner, name))


def called_on_its_own(machine: Machine, value: object) -> object:
    """Return the result of a function, method or class of the program with what stands for its arguments.

    Another value is returned as it is.
    """
    match value:
        case Function():
            return machine.call(value, *arguments_on_its_own(machine, value))
        case Method(function=Function() as function):
            return machine.call(value, *arguments_on_its_own(machine, function, skip=1))
        case Class():
            maker = value.find("__init__")
            args, kwargs = arguments_on_its_own(machine, maker, skip=1) if isinstance(maker, Function) else ((), {})
            made = machine.call(value, args, kwargs)
            if isinstance(made, Layer) and value.origin is not None:
                made.origin = value.origin
            return made
        case _:
            return value


def arguments_on_its_own(
    machine: Machine, function: Function, skip: int = 0
) -> tuple[tuple[object, ...], dict[str, object]]:
    """Return arguments for a function that nothing calls: assumed values, or symbols for parameters with no default."""
    code = function.code
    assert isinstance(code, Code)
    args: list[object] = []
    kwargs: dict[str, object] = {}
    is_open = placeholder = False
    for parameter in code.params[skip:]:
        if parameter.kind in {"*", "**"}:
            continue
        name = parameter.name
        assumed = machine.assumed(name, function.qualname, module=function.module)
        if assumed is not MISSING:
            value: object = assumed
        elif name in function.defaults:
            placeholder = placeholder or function.defaults[name] is None
            continue
        else:
            where = machine.span_of(code.source, parameter)
            what = f"parameter {name} of {function.name}, which has no default"
            value = Unknown(Why.INPUT, what, where, name)
            machine.symbols[name] = (what, where)
            is_open = True
        if parameter.kind == "positional":
            args.append(value)
        else:
            kwargs[name] = value
    machine.stands_in = machine.stands_in or (is_open and placeholder)
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
