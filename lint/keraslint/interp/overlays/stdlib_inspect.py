"""``inspect`` in its usual use, ``types``, ``sys`` and ``importlib``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, SupportsIndex

from keraslint.catalogue.signatures import layer_signature
from keraslint.interp.compile import Code
from keraslint.interp.overlays import Lazy, PureNative, RawNative, raw, register
from keraslint.interp.overlays.items import Facade, collect, make_class, named, nothing, shared_class, unknown_call
from keraslint.interp.overlays.methods import operators_of
from keraslint.interp.overlays.stdlib_argparse import NAMESPACE
from keraslint.values.layer import Layer
from keraslint.values.program import MISSING, Class, Function, Instance, Method, Module
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_KINDS = {
    "positional": "POSITIONAL_ONLY",
    "plain": "POSITIONAL_OR_KEYWORD",
    "*": "VAR_POSITIONAL",
    "keyword": "KEYWORD_ONLY",
    "**": "VAR_KEYWORD",
}


class Marker:
    """A constant of the library with a name, and nothing else."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def get_member(self, machine: Machine, name: str) -> object:
        """Return its name."""
        return self.name if name in {"name", "__name__"} else machine.unknown(Why.UNSUPPORTED, f"{self.name}.{name}")


EMPTY = Marker("empty")
_KIND_MARKERS = {name: Marker(name) for name in _KINDS.values()}
_parameter_class = shared_class(
    "inspect.Parameter",
    lambda machine: machine.new_class("Parameter", [], {"empty": EMPTY, "_empty": EMPTY, **_KIND_MARKERS}),
)
_signature_class = shared_class(
    "inspect.Signature", lambda machine: make_class(machine, "Signature", {"bind": _bind, "bind_partial": _bind})
)


def _unwrapped(function: object) -> tuple[Function | None, int]:
    """Return the function behind a callable and how many of its first parameters are taken."""
    skipped = 0
    while True:
        if isinstance(function, Method):
            function, skipped = function.function, skipped + 1
        elif isinstance(function, Class):
            function, skipped = function.find("__init__"), skipped + 1
        elif isinstance(function, Function) and isinstance(function.attributes.get("__wrapped__"), Function):
            function = function.attributes["__wrapped__"]
        else:
            return (function if isinstance(function, Function) else None), skipped


@raw("inspect.signature")
def signature(machine: Machine, function: object, **_: object) -> object:
    """Return a function's signature."""
    if isinstance(function, Instance):
        caller = machine.find_special(function, "__call__")
        function = function if caller is MISSING else caller
    given = _parameters_of_native(machine, function)
    found, skipped = _unwrapped(function)
    if given is None and found is not None and isinstance(found.code, Code):
        given = [(p.name, p.kind, found.defaults.get(p.name, EMPTY)) for p in found.code.params[skipped:]]
    if given is None:
        return machine.unknown(Why.UNSUPPORTED, "inspect.signature()")
    parameters: dict[str, object] = {}
    for name, kind, default in given:
        instance = Instance(_parameter_class(machine))
        marker = _KIND_MARKERS[_KINDS[kind]]
        instance.attributes.update({"name": name, "default": default, "kind": marker, "annotation": EMPTY})
        parameters[name] = instance
    result = Instance(_signature_class(machine))
    result.attributes.update({"parameters": parameters, "return_annotation": EMPTY})
    return result


def _parameters_of_native(machine: Machine, function: object) -> list[tuple[str, str, object]] | None:
    """Return the name, kind and default of each parameter of the ``call`` of a layer of Keras' own."""
    if not (isinstance(function, Method) and isinstance(function.self, Layer) and function.self.cls is None):
        return None
    if not (isinstance(function.function, RawNative) and function.function.name == "method:Layer.call"):
        return None
    signature = layer_signature(function.self.class_name, machine.keras)
    if signature is None or not signature.call_parameters:
        return None
    return [(p.name, p.kind, EMPTY if p.is_required else p.default) for p in signature.call_parameters]


def _bind(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> object:
    parameters = own.attributes.get("parameters")
    assert isinstance(parameters, dict)
    given: dict[object, object] = {}
    rest = list(args)
    for name, parameter in parameters.items():
        kind = parameter.attributes["kind"]
        if kind is _KIND_MARKERS["VAR_POSITIONAL"]:
            given[name], rest = tuple(rest), []
        elif kind is _KIND_MARKERS["VAR_KEYWORD"]:
            given[name] = {key: value for key, value in kwargs.items() if key not in parameters}
        elif rest and kind is not _KIND_MARKERS["KEYWORD_ONLY"]:
            given[name] = rest.pop(0)
        elif name in kwargs:
            given[name] = kwargs[str(name)]

    def defaults(machine: Machine, bound: Instance) -> None:
        del machine
        for name, parameter in parameters.items():
            if parameter.attributes["default"] is not EMPTY:
                given.setdefault(name, parameter.attributes["default"])
        bound.attributes["arguments"] = {name: given[name] for name in parameters if name in given}

    result = Instance(make_class(machine, "BoundArguments", {"apply_defaults": defaults}))
    result.attributes["arguments"] = given
    return result


@raw("inspect.getfullargspec", "inspect.getargspec")
def full_arguments(machine: Machine, function: object) -> object:
    """Return a function's parameters by kind."""
    found, _ = _unwrapped(function)
    if found is None or not isinstance(found.code, Code):
        return machine.unknown(Why.UNSUPPORTED, "inspect.getfullargspec()")
    params = found.code.params
    names = [item.name for item in params if item.kind in {"positional", "plain"}]
    result = Instance(make_class(machine, "FullArgSpec", {}, is_complete=True))
    result.attributes.update(
        {
            "args": names,
            "varargs": next((item.name for item in params if item.kind == "*"), None),
            "varkw": next((item.name for item in params if item.kind == "**"), None),
            "keywords": next((item.name for item in params if item.kind == "**"), None),
            "defaults": tuple(found.defaults[name] for name in names if name in found.defaults) or None,
            "kwonlyargs": [item.name for item in params if item.kind == "keyword"],
        }
    )
    return result


def _test(name: str, kinds: tuple[type, ...]) -> RawNative:
    def test(machine: Machine, value: object) -> object:
        return named(machine, f"inspect.{name}", value) if isinstance(value, Unknown) else isinstance(value, kinds)

    return RawNative(f"inspect.{name}", test)


register(
    "inspect",
    {
        "isclass": _test("isclass", (Class,)),
        "isfunction": _test("isfunction", (Function,)),
        "ismethod": _test("ismethod", (Method,)),
        "ismodule": _test("ismodule", (Module,)),
        "isbuiltin": _test("isbuiltin", (RawNative, PureNative)),
        "isroutine": _test("isroutine", (Function, Method, RawNative, PureNative)),
        "Parameter": Lazy(_parameter_class),
        "Signature": Lazy(_signature_class),
        **{
            name: unknown_call(f"inspect.{name}", Why.UNSUPPORTED)
            for name in (
                "getsource",
                "stack",
                "currentframe",
                "getmodule",
                "getfile",
                "getmro",
                "isgenerator",
                "isgeneratorfunction",
                "isabstract",
            )
        },
    },
)


@raw("inspect.unwrap")
def unwrap(machine: Machine, function: object) -> object:
    """Return the function behind wrappers."""
    del machine
    found, _ = _unwrapped(function)
    return found if found is not None else function


@raw("inspect.getdoc")
def get_doc(machine: Machine, value: object) -> object:
    """Return a docstring, which is not kept."""
    del value
    return machine.unknown(Why.UNSUPPORTED, "inspect.getdoc()")


@raw("inspect.getmembers")
def get_members(machine: Machine, value: object, predicate: object = None) -> object:
    """Return the attributes of a module or class, by name."""
    if isinstance(value, Module) and not value.is_native:
        members = dict(value.namespace)
    elif isinstance(value, Class) and value.opaque is None and not any(base.native for base in value.mro):
        members = {name: item for base in reversed(value.mro) for name, item in base.attributes.items()}
    else:
        return machine.unknown(Why.UNSUPPORTED, "inspect.getmembers()")
    pairs = sorted(members.items(), key=lambda pair: pair[0])
    return [
        (name, item) for name, item in pairs if predicate is None or machine.truth(machine.call(predicate, (item,), {}))
    ]


# types


def _function_type(name: str) -> Lazy:
    return Lazy(lambda machine: machine.builtin_class(name))


register(
    "types",
    {
        "SimpleNamespace": Lazy(
            shared_class(
                "types.SimpleNamespace", lambda machine: make_class(machine, "namespace", NAMESPACE, is_complete=True)
            )
        ),
        "FunctionType": _function_type("function"),
        "LambdaType": _function_type("function"),
        "MethodType": RawNative("types.MethodType", lambda _machine, function, bound: Method(function, bound)),
        "ModuleType": _function_type("module"),
        "NoneType": _function_type("NoneType"),
        "GeneratorType": Lazy(lambda machine: machine.new_class("generator", [], {})),
        "MappingProxyType": RawNative("types.MappingProxyType", lambda _machine, mapping: mapping),
        "BuiltinFunctionType": Lazy(lambda machine: machine.new_class("builtin_function_or_method", [], {})),
    },
)


@raw("types.new_class")
def new_class(machine: Machine, name: object, bases: object = (), *_: object) -> object:
    """Return a new class."""
    return machine.new_class(str(name), collect(machine, bases), {})


# sys


class Arguments(list[object]):
    """``sys.argv`` of an empty command line: what is read beyond it is an input of the program."""

    def __getitem__(self, index: SupportsIndex | slice) -> object:  # type: ignore[override]
        if isinstance(index, int) and index >= len(self):
            return Unknown(Why.INPUT, f"sys.argv[{index}]", None, f"sys.argv[{index}]")
        return super().__getitem__(index)


def _shared(key: str, make: Callable[[Machine], object]) -> Lazy:
    def get(machine: Machine) -> object:
        if key not in machine.global_state:
            machine.global_state[key] = make(machine)
        return machine.global_state[key]

    return Lazy(get)


class Modules:
    """``sys.modules``: the modules that were imported so far."""

    def get_item(self, machine: Machine, key: object) -> object:
        """Return a module by name."""
        found = machine.modules.get(str(key))
        return found if found is not None else machine.unknown(Why.UNSUPPORTED, f"sys.modules[{key!r}]")

    def get_member(self, machine: Machine, name: str) -> object:
        """Return a method."""
        if name == "get":
            return RawNative("sys.modules.get", lambda machine, key, _default=None: self.get_item(machine, key))
        return machine.unknown(Why.UNSUPPORTED, f"sys.modules.{name}")

    def iterate(self, machine: Machine) -> list[object]:
        """Refuse: which modules there are is not known."""
        raise Undetermined(machine.unknown(Why.UNSUPPORTED, "the names in sys.modules"))


class Stream:
    """A text stream that is written to."""

    def get_member(self, machine: Machine, name: str) -> object:
        """Return a method that does nothing, or unknown data."""
        if name.startswith(("read", "isatty", "encoding", "buffer", "name")):
            return machine.unknown(Why.DATA, f"stream.{name}")
        return nothing(name)

    def iterate(self, machine: Machine) -> list[object]:
        """Refuse: what is read is not known."""
        raise Undetermined(machine.unknown(Why.DATA, "the lines of a stream"))


def _version(machine: Machine) -> Instance:
    cls = make_class(machine, "version_info", operators_of(()), is_complete=True)
    instance = Instance(cls)
    instance.data = (3, 11, 0, "final", 0)
    instance.attributes.update({"major": 3, "minor": 11, "micro": 0, "releaselevel": "final", "serial": 0})
    return instance


register(
    "sys",
    {
        "argv": _shared("sys.argv", lambda machine: Arguments([machine.unknown(Why.INPUT, "sys.argv[0]")])),
        "path": _shared("sys.path", lambda _machine: [""]),
        "modules": Modules(),
        "version_info": _shared("sys.version_info", _version),
        "version": Lazy(lambda machine: machine.unknown(Why.DATA, "sys.version")),
        "maxsize": sys.maxsize,
        "platform": "linux",
        "byteorder": "little",
        "stdout": Stream(),
        "stderr": Stream(),
        "stdin": Stream(),
        "executable": Lazy(lambda machine: machine.unknown(Why.DATA, "sys.executable")),
        "float_info": Facade(
            "sys.float_info", None, {n: getattr(sys.float_info, n) for n in ("epsilon", "max", "min", "dig")}
        ),
        **{
            name: nothing(f"sys.{name}")
            for name in (
                "setrecursionlimit",
                "settrace",
                "setprofile",
                "excepthook",
                "setswitchinterval",
                "displayhook",
            )
        },
        **{
            name: unknown_call(f"sys.{name}")
            for name in (
                "getsizeof",
                "getrefcount",
                "exc_info",
                "getrecursionlimit",
                "getfilesystemencoding",
                "getdefaultencoding",
            )
        },
    },
)


@raw("sys.intern")
def intern_text(machine: Machine, text: object) -> object:
    """Return the text."""
    del machine
    return text


register(
    "importlib",
    {
        "reload": RawNative("importlib.reload", lambda _machine, module: module),
        "util": unknown_call("importlib.util", Why.UNSUPPORTED),
    },
)
