"""Text of values: ``str``, ``repr``, f-strings and ``%``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keraslint.interp.calls import first_unknown
from keraslint.interp.limits import ITEMS, too_large
from keraslint.interp.operators import describe
from keraslint.interp.text_size import check_format, check_text
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import (
    MISSING,
    Class,
    Function,
    Instance,
    KerasObject,
    Method,
    Module,
)
from keraslint.values.unknown import PlainUnknown, Unknown, Why

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine


def text(machine: Machine, value: object) -> str | Unknown:
    """Return ``str(value)``."""
    if isinstance(value, str):
        return value
    if isinstance(value, Instance):
        method = machine.find_special(value, "__str__")
        if method is MISSING:
            method = machine.find_special(value, "__repr__")
        if method is not MISSING:
            return _as_text(machine, machine.call(method, (), {}))
        args = value.attributes.get("args")
        if isinstance(args, tuple) and any(base.name == "BaseException" for base in value.cls.mro):
            if len(args) == 1:
                is_key_error = any(base.name == "KeyError" for base in value.cls.mro)
                return represent(machine, args[0]) if is_key_error else text(machine, args[0])
            return text(machine, args) if args else ""
        if value.data is not None:
            return text(machine, value.data)
    return represent(machine, value)


def represent(machine: Machine, value: object) -> str | Unknown:
    """Return ``repr(value)``."""
    match value:
        case Unknown():
            return PlainUnknown(value.why, f"the text of {value.symbol or value.what}", value.where)
        case Poly():
            return Unknown(Why.INPUT, f"the text of {value}", machine.span)
        case Instance():
            method = machine.find_special(value, "__repr__")
            if method is not MISSING:
                return _as_text(machine, machine.call(method, (), {}))
            args = value.attributes.get("args")
            if isinstance(args, tuple) and any(base.name == "BaseException" for base in value.cls.mro):
                inside = represent(machine, args)
                return inside if isinstance(inside, Unknown) else value.cls.name + inside.replace(",)", ")")
            if value.data is not None:
                return represent(machine, value.data)
            return Unknown(Why.DATA, f"the text of {describe(value)}", machine.span)
        case Layer() | Tensor() | Array() | KerasObject() | Function() | Method() | Module():
            return Unknown(Why.UNSUPPORTED, f"the text of {describe(value)}", machine.span)
        case Class():
            return f"<class '{value.name}'>"
        case _:
            unknown = first_unknown(value, machine)
            if unknown is not None and isinstance(value, list | tuple) and not machine.is_blurred(value):
                return _represent_items(machine, value)
            if unknown is not None:
                return PlainUnknown(unknown.why, f"the text of {unknown.symbol or unknown.what}", unknown.where)
            check_text(value)
            return repr(value)


def _represent_items(machine: Machine, value: list[object] | tuple[object, ...]) -> str | Unknown:
    texts: list[str] = []
    for item in value:
        machine.burn()
        found = represent(machine, item) if item is not value else "[...]"
        if isinstance(found, Unknown):
            return found
        texts.append(found)
    inside = ", ".join(texts)
    return f"[{inside}]" if isinstance(value, list) else f"({inside},)" if len(texts) == 1 else f"({inside})"


def _as_text(machine: Machine, value: object) -> str | Unknown:
    if isinstance(value, str | Unknown):
        return value
    return machine.raise_error("TypeError", "__str__ returned non-string")


def format_value(machine: Machine, value: object, conversion: str, spec: object) -> str | Unknown:
    """Return a value as ``{value!conversion:spec}`` gives it."""
    if isinstance(spec, Unknown):
        return spec
    if _is_wide(spec):
        too_large("a text of such a width")
    if conversion in {"r", "a"}:
        value = represent(machine, value)
    elif conversion == "s":
        value = text(machine, value)
    if not spec or isinstance(value, Unknown | Poly | Instance | Layer | Tensor | Array | Class):
        if isinstance(value, Instance) and spec:
            method = machine.find_special(value, "__format__")
            if method is not MISSING:
                return _as_text(machine, machine.call(method, (spec,), {}))
        return text(machine, value)
    unknown = first_unknown(value, machine)
    if unknown is not None:
        return unknown
    check_format(spec)
    check_text(value)
    result = machine.guard(format, value, spec)
    return result if isinstance(result, str) else Unknown(Why.UNSUPPORTED, "a format", machine.span)


class _Texts:
    """An object of the program as ``%s`` and ``%r`` write it."""

    def __init__(self, text: str, representation: str) -> None:
        self._text = text
        self._representation = representation

    @staticmethod
    def of(machine: Machine, value: object) -> object:
        """Return a plain value as it is, the texts of an object, or an Unknown."""
        if first_unknown(value, machine) is None:
            return value
        own, representation = text(machine, value), represent(machine, value)
        if isinstance(own, Unknown):
            return own
        return _Texts(own, representation if isinstance(representation, str) else own)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._representation


def _is_wide(specification: object) -> bool:
    """Return whether a format asks for a width or a precision that no text of model code has."""
    return isinstance(specification, str) and _WIDE.search(specification) is not None


_WIDE = re.compile(r"[0-9]{6}")


def format_percent(machine: Machine, template: str, value: object) -> object:
    """Return ``template % value``."""
    widths = [item for item in value if isinstance(item, int)] if isinstance(value, tuple) and "*" in template else []
    if _is_wide(template) or any(width > ITEMS for width in widths):
        too_large("a text of such a width")
    unknown = first_unknown(value, machine)
    check_format(template, value)
    if unknown is None:
        check_text(template, value)
        return machine.guard(template.__mod__, value)
    texts = [_Texts.of(machine, item) for item in (value if isinstance(value, tuple) else (value,))]
    if not isinstance(value, dict) and not any(isinstance(part, Unknown) for part in texts):
        return machine.guard(template.__mod__, tuple(texts))
    return PlainUnknown(unknown.why, f"a text with {unknown.symbol or unknown.what}", unknown.where)
