"""``typing`` and ``abc``: inert, subscriptable, good as bases; named tuples and typed dicts as classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.objects import StaticMethod
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.builtins_new import new_dict
from keraslint.interp.overlays.items import collect, shared_class
from keraslint.interp.overlays.stdlib_abstract import ABSTRACT, is_abstract_instance
from keraslint.interp.overlays.stdlib_namedtuple import make_named_tuple
from keraslint.values.program import Class, Function
from keraslint.values.unknown import Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


class TypeForm:
    """A form of ``typing``, such as ``Optional`` or ``List[int]``."""

    is_inert_base = True

    def __init__(self, name: str, arguments: tuple[object, ...] = ()) -> None:
        self.name = name
        self.arguments = arguments

    def __repr__(self) -> str:
        return f"typing.{self.name}"

    def __or__(self, other: object) -> TypeForm:
        return TypeForm("Union", (self, other))

    __ror__ = __or__

    def get_item(self, machine: Machine, key: object) -> object:
        """Return the form with arguments."""
        del machine
        return TypeForm(self.name, key if isinstance(key, tuple) else (key,))

    def get_member(self, machine: Machine, name: str) -> object:
        """Return an attribute: its name, its arguments."""
        if name in {"__name__", "_name"}:
            return self.name
        if name == "__args__":
            return self.arguments
        if name == "__origin__":
            return TypeForm(self.name)
        return machine.unknown(Why.UNSUPPORTED, f"typing.{self.name}.{name}")

    def call_with(self, machine: Machine, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Make what a generic alias stands for."""
        builtin = _BUILTIN.get(self.name)
        if builtin is None:
            return machine.unknown(Why.UNSUPPORTED, f"typing.{self.name}()")
        return machine.call(machine.builtin_class(builtin), args, kwargs)

    def is_instance(self, machine: Machine, value: object) -> object:
        """Return whether a value is of the form."""
        if self.name in {"Any", "object"}:
            return True
        if self.name in {"Union", "Optional"}:
            kinds = [*self.arguments, *([machine.builtin_class("NoneType")] if self.name == "Optional" else [])]
            return machine.is_instance(value, tuple(kinds))
        if self.name in _BUILTIN:
            return machine.is_instance(value, machine.builtin_class(_BUILTIN[self.name]))
        if self.name in ABSTRACT:
            return is_abstract_instance(machine, self.name, value)
        return machine.unknown(Why.UNSUPPORTED, f"isinstance of typing.{self.name}")


_BUILTIN = {
    "List": "list",
    "Dict": "dict",
    "Tuple": "tuple",
    "Set": "set",
    "FrozenSet": "frozenset",
    "Type": "type",
    "Text": "str",
}
_FORMS = "Annotated Any AnyStr AsyncGenerator AsyncIterable AsyncIterator Awaitable BinaryIO ChainMap ClassVar Concatenate ContextManager Coroutine Deque DefaultDict Final ForwardRef Generic IO ItemsView KeysView Literal LiteralString MappingView Match Never NoReturn NotRequired Optional OrderedDict Pattern Protocol Required Self SupportsAbs SupportsFloat SupportsIndex SupportsInt SupportsRound TextIO TypeAlias TypeGuard Union Unpack ValuesView"
_MEMBERS: dict[str, object] = {name: TypeForm(name) for name in (*_FORMS.split(), *_BUILTIN, *ABSTRACT)}
_MEMBERS.update({"TYPE_CHECKING": False, "Text": Lazy(lambda machine: machine.builtin_class("str"))})


def _type_variable(name: str) -> RawNative:
    def make(machine: Machine, label: object = "", *args: object, **kwargs: object) -> object:
        del machine, args, kwargs
        return TypeForm(str(label))

    return RawNative(f"typing.{name}", make)


_MEMBERS.update({name: _type_variable(name) for name in ("TypeVar", "ParamSpec", "TypeVarTuple")})


def _identity(name: str) -> RawNative:
    return RawNative(name, lambda _machine, value, *_args, **_kwargs: value)


_MEMBERS.update(
    {
        name: _identity(f"typing.{name}")
        for name in (
            "overload",
            "final",
            "override",
            "no_type_check",
            "runtime_checkable",
            "reveal_type",
            "assert_type",
            "deprecated",
        )
    }
)


def _cast(machine: Machine, kind: object, value: object) -> object:
    del machine, kind
    return value


def _new_type(machine: Machine, name: object, kind: object) -> object:
    del machine, kind
    return _identity(str(name))


def _arguments(machine: Machine, form: object) -> object:
    del machine
    return form.arguments if isinstance(form, TypeForm) else ()


def _origin(machine: Machine, form: object) -> object:
    if not isinstance(form, TypeForm) or not form.arguments:
        return None
    builtin = _BUILTIN.get(form.name)
    return machine.builtin_class(builtin) if builtin is not None else _MEMBERS.get(form.name)


def _hints(machine: Machine, value: object, *_: object, **__: object) -> object:
    del value
    return machine.unknown(Why.UNSUPPORTED, "typing.get_type_hints()")


_MEMBERS.update(
    {
        "cast": RawNative("typing.cast", _cast),
        "NewType": RawNative("typing.NewType", _new_type),
        "get_args": RawNative("typing.get_args", _arguments),
        "get_origin": RawNative("typing.get_origin", _origin),
        "get_type_hints": RawNative("typing.get_type_hints", _hints),
        "assert_never": RawNative("typing.assert_never", lambda _machine, _value: None),
    }
)


# classes


def _named_tuple(machine: Machine) -> Class:
    cls = machine.new_class("NamedTuple", [machine.builtin_class("tuple")], {})

    def new(machine: Machine, own: Class, typename: object = "", names: object = (), **kwargs: object) -> object:
        del own
        pairs = [collect(machine, item) for item in collect(machine, names)] or [[name] for name in kwargs]
        made = machine.new_class(str(typename), [machine.builtin_class("tuple")], {})
        make_named_tuple(made, [str(pair[0]) for pair in pairs], {})
        return made

    cls.attributes["__new__"] = StaticMethod(RawNative("typing.NamedTuple", new))
    return cls


@raw("class:NamedTuple.finish", inert=False)
def finish_named_tuple(machine: Machine, cls: Class) -> None:
    """Give a class that derives from ``NamedTuple`` its fields."""
    annotations = cls.attributes.get("__annotations__")
    if isinstance(annotations, dict) and named_tuple_class(machine) in cls.bases:
        fields = [str(name) for name in annotations]
        make_named_tuple(cls, fields, {name: cls.attributes[name] for name in fields if name in cls.attributes})


def _typed_dict(machine: Machine) -> Class:
    cls = machine.new_class("TypedDict", [machine.builtin_class("dict")], {})

    def new(machine: Machine, own: Class, *args: object, **kwargs: object) -> object:
        if own is typed_dict_class(machine):
            return machine.builtin_class("dict")
        return new_dict(machine, *args, **kwargs)

    cls.attributes["__new__"] = StaticMethod(RawNative("typing.TypedDict", new))
    return cls


named_tuple_class = shared_class("typing.NamedTuple", _named_tuple)
typed_dict_class = shared_class("typing.TypedDict", _typed_dict)
_MEMBERS.update({"NamedTuple": Lazy(named_tuple_class), "TypedDict": Lazy(typed_dict_class)})
register("typing", _MEMBERS)
register("typing_extensions", _MEMBERS)


# abc


_abstract_metaclass = shared_class(
    "abc.ABCMeta", lambda machine: machine.new_class("ABCMeta", [machine.builtin_class("type")], {})
)


def _make_abstract(machine: Machine) -> Class:
    cls = machine.new_class("ABC", [], {})
    cls.metaclass = _abstract_metaclass(machine)
    return cls


_abstract_class = shared_class("abc.ABC", _make_abstract)


def _abstract(machine: Machine, function: object) -> object:
    for part in (function, getattr(function, "function", None), getattr(function, "getter", None)):
        if isinstance(part, Function):
            part.attributes["__isabstractmethod__"] = True
    del machine
    return function


register(
    "abc",
    {
        "ABC": Lazy(_abstract_class),
        "ABCMeta": Lazy(_abstract_metaclass),
        "abstractmethod": RawNative("abc.abstractmethod", _abstract),
        "abstractclassmethod": Lazy(lambda machine: machine.builtins["classmethod"]),
        "abstractstaticmethod": Lazy(lambda machine: machine.builtins["staticmethod"]),
    },
)
