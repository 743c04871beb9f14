"""Calls: functions of the program, natives, classes, layers, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from keraslint.interp import api
from keraslint.interp.compile import Code, new_frame, prepare
from keraslint.interp.doubt import lost_in
from keraslint.interp.generators import Generator
from keraslint.interp.limits import DEPTH, LAYER, UNFOLLOWED
from keraslint.interp.objects import StaticMethod
from keraslint.interp.operators import derived, describe, expression_text, is_atomic
from keraslint.interp.overlays import MODULES, PureNative, RawNative
from keraslint.interp.signals import FIRST, RESULT, Cut, Frame
from keraslint.interp.text_size import check_nested
from keraslint.source import ir
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.program import (
    MISSING,
    Class,
    Function,
    Instance,
    KerasObject,
    Method,
    Module,
)
from keraslint.values.unknown import PlainUnknown, Undetermined, Unknown, Why

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine

Args = tuple[object, ...]
Kwargs = dict[str, object]


def call(machine: Machine, function: object, args: Args, kwargs: Kwargs) -> object:
    """Return ``function(*args, **kwargs)``."""
    kind = type(function)
    if kind is Function:
        return call_function(machine, function, args, kwargs)  # type: ignore[arg-type]
    if kind is Method:
        return call(machine, function.function, (function.self, *args), kwargs)  # type: ignore[attr-defined]
    match function:
        case RawNative() | PureNative():
            return call_native(machine, function, args, kwargs)
        case Class():
            return machine.instantiate(function, args, kwargs)
        case Layer():
            check_nested(*args, *kwargs.values())
            return _call_layer(machine, function, args, kwargs)
        case Instance():
            method = machine.find_special(function, "__call__")
            if method is not MISSING:
                return call(machine, method, args, kwargs)
            return machine.raise_error("TypeError", f"{describe(function)} is not callable")
        case Unknown():
            return call_unknown(machine, function, *args, *kwargs.values())
        case StaticMethod():
            return call(machine, function.function, args, kwargs)
        case KerasObject():
            return machine.call_keras_object(function, args, kwargs)
        case Module() if function.name.startswith("tf."):
            return machine.call_native(MODULES["call"]["tf"], (function.name, *args), kwargs)  # type: ignore[arg-type]
        case Module() | Tensor() | Array() | str() | int() | float() | list() | tuple() | dict() | None if not hasattr(
            function, "call_with"
        ):
            return machine.raise_error("TypeError", f"'{describe(function)}' object is not callable")
        case _:
            caller = getattr(function, "call_with", None)
            if caller is not None:
                return caller(machine, args, kwargs)
            return Unknown(Why.UNSUPPORTED, f"a call of {describe(function)}", machine.span)


def call_unknown(machine: Machine, function: object, *arguments: object) -> Unknown:
    """Return the result of a call that cannot be followed; containers that are passed to it are not known afterwards."""
    machine.burn(UNFOLLOWED)
    if not isinstance(function, Unknown):
        cause = next(item for item in arguments if isinstance(item, Unknown))
        if isinstance(function, Method) and isinstance(function.self, Model):
            name = str(getattr(function.function, "name", "")).rpartition(".")[2]
            machine.builder.trained_in_doubt(function.self, name, machine.span)
        return Unknown(cause.why, f"a call of {describe(function)} with unknown arguments", machine.span)
    if machine.callers:
        machine.callers[-1].called_unknowns.add(id(function))
    texts = [expression_text(argument) for argument in arguments]
    text = f"{function.symbol}({', '.join(texts)})" if function.symbol and is_atomic(function.symbol) else ""
    name = function.symbol or function.what
    kind = PlainUnknown if isinstance(function, PlainUnknown) else Unknown  # `now().strftime`
    result = kind(function.why, f"{name}()" if len(name) < 60 else name, machine.span)
    if text and all(texts) and len(text) <= 80 and function.why is Why.INPUT and text not in machine.symbols:
        # the same call may give another value the next time: only its first value has the call as its name
        result = Unknown(function.why, text, machine.span, text)
        machine.symbols[text] = (text, machine.span)
    escaped = Unknown(function.why, f"{name} is not followed", machine.span)
    for argument in arguments:
        if isinstance(argument, list | dict | set | Instance):
            machine.blur(argument, escaped)
        elif isinstance(argument, Layer) and function.why is not Why.UNSUPPORTED:
            machine.escape(argument, escaped)
    return result


def call_function(machine: Machine, function: Function, args: Args, kwargs: Kwargs) -> object:
    """Run a function of the program."""
    code = function.code
    assert isinstance(code, Code)
    body = code.body or prepare(machine, code)
    machine.burn()
    if machine.depth >= DEPTH:
        raise Cut(Unknown(Why.FUEL, f"recursion deeper than {DEPTH} calls in {function.name}", machine.span))
    frame = new_frame(function.module, function.closure, code.scope.size)
    bind_parameters(machine, function, code, frame, args, kwargs)
    machine.called.add(id(code))
    if code.steps is not None:
        return Generator(machine, function, code.steps(frame), frame)
    machine.depth += 1
    place = machine.place
    machine.stack.append((function, place))
    try:
        body(frame)
    finally:
        machine.depth -= 1
        machine.stack.pop()
    machine.place = place
    return frame[RESULT]


def bind_parameters(machine: Machine, function: Function, code: Code, frame: Frame, args: Args, kwargs: Kwargs) -> None:
    """Store arguments and defaults into a frame; raise the program's TypeError where they do not fit."""
    params = code.params
    index = FIRST
    position = 0
    used = 0
    count = len(args)
    for parameter in params:
        kind = parameter.kind
        name = parameter.name
        if kind == "*":
            frame[index] = args[position:]
            position = count
        elif kind == "**":
            frame[index] = {key: value for key, value in kwargs.items() if not _is_parameter(params, key)}
            used = len(kwargs)
        elif position < count and kind != "keyword":
            if name in kwargs and kind == "plain":
                machine.raise_error("TypeError", f"{function.qualname}() got multiple values for argument '{name}'")
            frame[index] = args[position]
            position += 1
        elif name in kwargs and kind != "positional":
            frame[index] = kwargs[name]
            used += 1
        elif name in function.defaults:
            frame[index] = function.defaults[name]
        else:
            _refuse_missing(machine, function, params, len(args), kwargs)
        index += 1
    if position < count:
        taken = "1 positional argument" if position == 1 else f"{position} positional arguments"
        given = "1 was" if count == 1 else f"{count} were"
        machine.raise_error("TypeError", f"{function.qualname}() takes {taken} but {given} given")
    if used < len(kwargs):
        extra = next(key for key in kwargs if not _is_parameter(params, key))
        machine.raise_error("TypeError", f"{function.qualname}() got an unexpected keyword argument '{extra}'")


def _refuse_missing(
    machine: Machine, function: Function, params: Sequence[ir.Parameter], given: int, kwargs: Kwargs
) -> NoReturn:
    """Raise the program's TypeError for the parameters that have no value."""
    places = [p for p in params if p.kind in {"positional", "plain"}]
    passed = [p.name for p in places if p.kind == "positional" and p.name in kwargs]
    if passed and not any(p.kind == "**" for p in params):
        what = f"got some positional-only arguments passed as keyword arguments: '{', '.join(passed)}'"
        machine.raise_error("TypeError", f"{function.qualname}() {what}")
    left = [p for p in places[given:] if p.name not in function.defaults]
    missing = [p.name for p in left if p.kind == "positional" or p.name not in kwargs]
    kind = "positional" if missing else "keyword-only"
    if not missing:
        missing = [p.name for p in params if p.kind == "keyword" and p.name not in {*kwargs, *function.defaults}]
    quoted = [f"'{name}'" for name in missing]
    names = (
        quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])}{',' if len(quoted) > 2 else ''} and {quoted[-1]}"
    )
    argument = "argument" if len(missing) == 1 else "arguments"
    text = f"{function.qualname}() missing {len(missing)} required {kind} {argument}: {names}"
    machine.raise_error("TypeError", text)


def _is_parameter(params: tuple[object, ...], name: str) -> bool:
    return any(p.name == name and p.kind in {"plain", "keyword"} for p in params)  # type: ignore[attr-defined]


def call_native(machine: Machine, native: RawNative | PureNative, args: Args, kwargs: Kwargs) -> object:
    """Call a function that keraslint models itself."""
    machine.burn()
    if isinstance(native, RawNative):
        if native.name in api.WATCHED:
            api.note_call(machine, native.name, args, kwargs)
        try:
            return native.function(machine, *args, **kwargs)
        except Undetermined as problem:
            unknown = problem.unknown
            if unknown.where is None:
                unknown = Unknown(unknown.why, unknown.what, machine.span, unknown.symbol)
            return unknown
        except TypeError as error:
            if is_signature_error(error, native):
                machine.raise_error("TypeError", str(error))
            raise
    cause = first_unknown((args, kwargs), machine, polynomial=native.polynomial)
    if cause is not None:
        text = f"{native.name.rpartition('.')[2]}({', '.join(expression_text(arg) for arg in args)})"
        operands = [arg for arg in args if isinstance(arg, Unknown | Poly)]
        if "." not in native.name.replace("builtins.", "") and not kwargs and all(expression_text(a) for a in args):
            return derived(machine, text, *operands)
        return Unknown(cause.why, f"{native.name}() of {cause.symbol or cause.what}", machine.span)
    return machine.guard(native.function, *args, **kwargs)


def is_signature_error(error: TypeError, native: RawNative) -> bool:
    """Return whether a TypeError comes from binding arguments to the native itself: the program's mistake, not ours."""
    trace = error.__traceback__
    name = getattr(native.function, "__name__", "")
    return trace is not None and trace.tb_next is None and f"{name}()" in str(error)


def first_unknown(value: object, machine: Machine, *, polynomial: bool = False, depth: int = 0) -> Unknown | None:
    """Return the first thing in a value, deep, that is not plain."""
    match value:
        case Unknown():
            return value
        case Poly():
            return None if polynomial else Unknown(Why.INPUT, str(value), machine.span, f"({value})")
        case str() | int() | float() | None:
            return None
        case list() | tuple() | set() | frozenset() | dict() if depth < 8:
            blurred = machine.is_blurred(value)
            if blurred is not None:
                return blurred
            items = [*value.keys(), *value.values()] if isinstance(value, dict) else value
            for item in items:
                found = first_unknown(item, machine, polynomial=polynomial, depth=depth + 1)
                if found is not None:
                    return found
            return None
        case Tensor() | Array() | Layer():
            return Unknown(Why.DATA, describe(value), machine.span)
        case Instance() | Function() | Method() | KerasObject() | Class() | Module():
            return Unknown(Why.UNSUPPORTED, describe(value), machine.span)
        case _:
            return getattr(value, "unknown", None)


def _call_layer(machine: Machine, layer: Layer, args: Args, kwargs: Kwargs) -> object:
    machine.burn(LAYER)
    cls = layer.cls
    if isinstance(cls, Class):
        own = cls.find("__call__")
        if isinstance(own, Function) and ("__call__", id(layer)) not in machine.running:
            machine.running.add(("__call__", id(layer)))
            try:
                return call(machine, own, (layer, *args), kwargs)
            finally:
                machine.running.discard(("__call__", id(layer)))
        if cls.opaque is not None:
            return call_unknown(machine, Unknown(Why.IMPORT, f"the class {cls.name}", machine.span), *args)
    lost = args[0] if args and isinstance(args[0], Unknown) else lost_in(machine, args)
    if lost is not None:
        args = (Tensor(lost, layer.compute_dtype), *args[1:])
    try:
        return machine.builder.call_layer(layer, args, kwargs, machine.span)
    except Undetermined as problem:
        if not layer.built:
            layer.trouble = layer.trouble or problem.unknown
        return Unknown(problem.unknown.why, problem.unknown.what, machine.span)
