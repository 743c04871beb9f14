"""``keras.applications`` called as a library: our own builders, evaluated as if the call stood for all they do."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keraslint.catalogue.applications import file_of, mode_of, source_of
from keraslint.catalogue.signatures import ClassSignature, bind, object_signature
from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.interp.comparisons import truth_of
from keraslint.interp.compile import Code, compile_module
from keraslint.interp.overlays import RawNative, register
from keraslint.interp.signals import Thrown
from keraslint.source import ir
from keraslint.source.parse import parse
from keraslint.source.text import SourceFile
from keraslint.values.array import Array
from keraslint.values.dim import Poly
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.program import MISSING, Function, Module
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_PACKAGE = "<keras.applications>"
"""No program can have a module of this name."""


def resolve_application(machine: Machine, module: str, name: str) -> object:
    """Return a function of ``keras.applications`` or of a module of it."""
    family = module.removeprefix("keras.")
    signature = object_signature(family, name, machine.keras)
    if signature is None:
        return MISSING
    if name == "preprocess_input":
        return RawNative(f"{module}.{name}", functools.partial(_preprocess, module))
    if name == "decode_predictions":
        return RawNative(f"{module}.{name}", _decode)
    if not file_of(name):
        return MISSING

    def build(own: Machine, *args: object, **kwargs: object) -> object:
        return _build(own, name, signature, args, kwargs)

    return RawNative(f"{module}.{name}", build, inert=False)


register("resolve", {"keras.applications": RawNative("applications", resolve_application)})


def _build(
    machine: Machine, name: str, signature: ClassSignature, args: tuple[object, ...], kwargs: dict[str, object]
) -> object:
    """Build a model by our own text: at one place of the program, with nothing of its own but the model."""
    builder = machine.builder
    models, layers, happenings = len(builder.models), len(builder.layers), len(builder.happenings)
    result: object = None
    with _one_place(machine):
        try:
            build = _function(machine, file_of(name), "build")
            result = machine.call(build, (name,), _accepted(name, build, signature, bind(signature, args, kwargs)))
        except (Thrown, Refused) as raised:
            raise _refused(machine, name, raised) from None
        finally:
            builder.happenings[happenings:] = [
                happening
                for happening in builder.happenings[happenings:]
                if happening.kind == "refused" or (happening.subject is result and happening.kind != "called")
            ]
            del builder.models[models:]
            del builder.layers[layers:]
    if isinstance(result, Model):
        result.function = next((f.qualname for f, _ in reversed(machine.stack) if f.name != "<lambda>"), "")
        builder.models.append(result)
        builder.layers.append(result)
    return result


def _accepted(name: str, build: object, signature: ClassSignature, arguments: dict[str, object]) -> dict[str, object]:
    """Return the arguments of a call; one that only ``**kwargs`` takes has to be known to the builder."""
    assert isinstance(build, Function)
    assert isinstance(build.code, Code)
    taken = {parameter.name for parameter in build.code.params} - {"name"}
    unknown = [key for key in arguments if key not in signature.names() and key not in taken]
    if unknown:
        # the others look into their ``**kwargs``; these hand them on
        error = "TypeError" if name.startswith("EfficientNet") else "ValueError"
        raise Refused(f"Unknown argument(s): {', '.join(unknown)}", error=error, contract="signature")
    return arguments


def _refused(machine: Machine, name: str, raised: Thrown | Refused) -> Refused:
    """Return what our text raises as a refusal of Keras, recorded where no layer has recorded it."""
    if isinstance(raised, Thrown):
        raised = Refused(raised.message, error=raised.value.cls.name, contract="argument")
    machine.builder.refuse(raised, Layer(name, name.lower(), None, machine.span), machine.span)
    return raised


def _preprocess(module: str, machine: Machine, x: object, data_format: object = None, mode: object = None) -> object:
    """Return images as a model expects them: operations on a symbolic tensor, data of the same shape otherwise."""
    mode = mode if mode is not None else mode_of(module.rpartition(".")[2])
    if isinstance(x, Tensor) and mode:
        with _one_place(machine):
            try:
                return machine.call(_function(machine, "preprocessing", "preprocess"), (x, data_format, mode), {})
            except Thrown as thrown:
                raise _refused(machine, "preprocess_input", thrown) from None
    return Array(x.shape, "float32", origin=x.origin) if isinstance(x, Array) and mode else x


def _decode(machine: Machine, preds: object, top: object = 5) -> object:
    return Unknown(Why.DATA, "decoded predictions", machine.span)


# our text


@contextlib.contextmanager
def _one_place(machine: Machine) -> Iterator[None]:
    """Let all that happens happen at the place of the call."""
    outer, place, depth = machine.library, machine.place, machine.depth
    machine.library = machine.span
    try:
        yield
    except (Thrown, Refused):
        machine.unwind(depth)
        raise
    finally:
        machine.library, machine.place = outer, place


def _function(machine: Machine, file: str, name: str) -> object:
    return _module(machine, file).namespace[name]


def _module(machine: Machine, file: str) -> Module:
    """Return one of our files as a module, evaluated."""
    full = f"{_PACKAGE}.{file}"
    found = machine.modules.get(full)
    if isinstance(found, Module):
        return found
    module = Module(full, f"{file}.py")
    machine.modules[full] = module
    if file == "version":
        module.namespace.update(KERAS_2=machine.keras is Keras.TWO, certainly=_CERTAINLY, known=_KNOWN)
        return module
    source, text = _parsed(file)
    for needed in _needed(text):
        _module(machine, needed)
    key = f"{_PACKAGE}/{file}"
    if key not in machine.programs:
        machine.programs[key] = (source, compile_module(machine, source, text))
    machine.run_statements(module, machine.programs[key][1])
    return module


@functools.cache
def _parsed(file: str) -> tuple[SourceFile, ir.Module]:
    source = source_of(file)
    return source, parse(source)


def _needed(text: ir.Module) -> list[str]:
    """Return the files of ours that one of them imports from."""
    return [node.module for node in text.body if isinstance(node, ir.ImportFrom) and node.level]


def _certainly(machine: Machine, condition: object) -> bool:
    """Return whether a condition is known to be true: what is not known is taken to be as Keras wants it."""
    return truth_of(machine, condition) is True


def _known(machine: Machine, value: object) -> object:
    """Return a value that is a plain one: a formula would not see that it is rounded."""
    if not isinstance(value, Unknown | Poly):
        return value
    name = value.symbol if isinstance(value, Unknown) else str(value)
    return Unknown(Why.BRANCH, f"what is rounded of {name or 'an unknown number'}", machine.span)


_KNOWN = RawNative("known", _known)
_CERTAINLY = RawNative("certainly", _certainly)
