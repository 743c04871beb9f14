"""``dataclasses``: classes whose constructor follows from their annotations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.attribute_writes import set_plainly
from keraslint.interp.objects import Property
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.items import ABSENT, named, shared_class
from keraslint.interp.overlays.stdlib_copy import deep_copy
from keraslint.values.program import MISSING, Class, Function, Instance
from keraslint.values.unknown import Unknown, Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


class Sentinel:
    """A marker object of the library."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


_DEPTH = 64
ABSENT_DEFAULT = Sentinel("MISSING")
KEYWORDS_ONLY = Sentinel("KW_ONLY")


class DataField:
    """One field of a dataclass."""

    def __init__(self, default: object, factory: object, **options: object) -> None:
        self.name = ""
        self.annotation = ""
        self.default = default
        self.factory = factory
        self.is_parameter = options.get("init", True) is not False
        self.is_shown = options.get("repr", True) is not False
        self.is_compared = options.get("compare", True) is not False
        self.is_keyword = options.get("kw_only") is True
        self.is_kept = True
        self.metadata = options.get("metadata") or {}

    def get_member(self, machine: Machine, name: str) -> object:
        """Return an attribute of the field."""
        members = {
            "name": self.name,
            "type": self.annotation,
            "default": self.default,
            "default_factory": self.factory,
            "init": self.is_parameter,
            "repr": self.is_shown,
            "compare": self.is_compared,
            "metadata": self.metadata,
            "kw_only": self.is_keyword,
        }
        return members[name] if name in members else machine.unknown(Why.UNSUPPORTED, f"Field.{name}")


@raw("dataclasses.field")
def field(
    machine: Machine,
    *,
    default: object = ABSENT_DEFAULT,
    default_factory: object = ABSENT_DEFAULT,
    **options: object,
) -> object:
    """Return a field's description."""
    del machine
    return DataField(default, default_factory, **options)


@raw("dataclasses.dataclass")
def dataclass(machine: Machine, cls: object = None, /, **options: object) -> object:
    """Return the class with its constructor, or what makes it."""
    if cls is None:
        return RawNative("dataclasses.dataclass", lambda machine, cls: _processed(machine, cls, options))
    return _processed(machine, cls, options)


def _processed(machine: Machine, cls: object, options: dict[str, object]) -> object:
    if not isinstance(cls, Class):
        return machine.unknown(Why.UNSUPPORTED, "a dataclass of what is no class")
    fields = _fields(cls, is_keyword=options.get("kw_only") is True)
    for name, item in fields.items():
        if isinstance(item.default, list | dict | set):
            kind = type(item.default).__name__
            text = f"mutable default <class '{kind}'> for field {name} is not allowed: use default_factory"
            machine.raise_error("ValueError", text)
    attributes = cls.attributes
    attributes["__dataclass_fields__"] = dict(fields)
    attributes.setdefault("__match_args__", tuple(n for n, f in fields.items() if f.is_parameter and not f.is_keyword))
    natives: dict[str, Callable[..., object]] = {"__repr__": _represent, "__eq__": _equal, "__replace__": replace}
    if options.get("init", True) is not False:
        natives["__init__"] = _initialise
    if options.get("order") is True:
        for name, op in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
            natives[name] = _ordering(op)
    if options.get("eq", True) is False:
        del natives["__eq__"]
    if options.get("frozen") is True:
        natives.update({"__setattr__": _refuse_change, "__delattr__": _refuse_change, "__hash__": _hash})
    elif options.get("eq", True) is not False and "__hash__" not in attributes:
        attributes["__hash__"] = None
    if options.get("unsafe_hash") is True:
        natives["__hash__"] = _hash
    for name, function in natives.items():
        if not isinstance(attributes.get(name), Function):
            attributes[name] = RawNative(f"{cls.name}.{name}", function)
    return cls


def _hash(machine: Machine, own: Instance) -> object:
    return machine.call(machine.builtins["hash"], (_compared(machine, own),), {})


_frozen_error = shared_class(
    "dataclasses.FrozenInstanceError",
    lambda machine: machine.new_class("FrozenInstanceError", [machine.builtin_class("AttributeError")], {}),
)


def _refuse_change(machine: Machine, own: Instance, name: object, *_: object) -> None:
    del own
    machine.throw(machine.instantiate(_frozen_error(machine), (f"cannot assign to field {name!r}",), {}))


def _fields(cls: Class, *, is_keyword: bool) -> dict[str, DataField]:
    fields: dict[str, DataField] = {}
    for base in reversed(cls.mro[1:]):
        fields.update(_own_fields(base))
    annotations = cls.attributes.get("__annotations__")
    for name, annotation in (annotations if isinstance(annotations, dict) else {}).items():
        text = annotation if isinstance(annotation, str) else ""
        if "ClassVar" in text:
            continue
        if text.rpartition(".")[2] == "KW_ONLY":
            is_keyword = True
            continue
        default = cls.attributes.get(name, ABSENT_DEFAULT)
        item = default if isinstance(default, DataField) else DataField(default, ABSENT_DEFAULT)
        if isinstance(default, Property):
            item = DataField(ABSENT_DEFAULT, ABSENT_DEFAULT)
        item.name, item.annotation = name, text
        item.is_keyword = item.is_keyword or is_keyword
        item.is_kept = "InitVar" not in text
        if isinstance(default, DataField):
            if item.default is ABSENT_DEFAULT:
                del cls.attributes[name]
            else:
                cls.attributes[name] = item.default
        fields[name] = item
    return fields


def _own_fields(cls: Class) -> dict[str, DataField]:
    found = cls.attributes.get("__dataclass_fields__")
    return (
        {name: item for name, item in found.items() if isinstance(item, DataField)} if isinstance(found, dict) else {}
    )


def data_fields(value: object) -> dict[str, DataField]:
    """Return the fields of a dataclass or of an instance of one."""
    cls = value.cls if isinstance(value, Instance) else value
    if isinstance(cls, Class):
        for base in cls.mro:
            found = _own_fields(base)
            if found:
                return found
    return {}


def _initialise(machine: Machine, own: object, /, *args: object, **kwargs: object) -> None:
    fields = data_fields(own)
    name_of = machine.class_of(own).name
    names = [name for name, item in fields.items() if item.is_parameter and not item.is_keyword]
    if len(args) > len(names):
        machine.raise_error(
            "TypeError",
            f"{name_of}.__init__() takes {len(names) + 1} positional arguments but {len(args) + 1} were given",
        )
    given = dict(zip(names, args, strict=False))
    for name, value in kwargs.items():
        if name not in fields or not fields[name].is_parameter:
            machine.raise_error("TypeError", f"{name_of}.__init__() got an unexpected keyword argument '{name}'")
        if name in given:
            machine.raise_error("TypeError", f"{name_of}.__init__() got multiple values for argument '{name}'")
        given[name] = value
    passed: list[object] = []
    for name, item in fields.items():
        if name in given:
            value = given[name]
        elif item.default is not ABSENT_DEFAULT:
            value = item.default
        elif item.factory is not ABSENT_DEFAULT:
            value = machine.call(item.factory, (), {})
        elif item.is_parameter:
            machine.raise_error("TypeError", f"{name_of}.__init__() missing 1 required positional argument: '{name}'")
        else:
            continue
        if item.is_kept:
            setter = machine.class_of(own).find("__setattr__")
            if isinstance(own, Instance) and not isinstance(setter, Function):
                set_plainly(machine, own, name, value)
            else:
                machine.set_attribute(own, name, value)
        else:
            passed.append(value)
    after = machine.find_special(own, "__post_init__")
    if after is not MISSING:
        machine.call(after, tuple(passed), {})


def _values(machine: Machine, own: object, *, compared: bool) -> list[tuple[str, object]]:
    fields = data_fields(own)
    return [
        (name, machine.get_attribute(own, name, None))
        for name, item in fields.items()
        if item.is_kept and (item.is_compared if compared else item.is_shown)
    ]


def _represent(machine: Machine, own: Instance) -> object:
    texts = [(name, machine.represent(value)) for name, value in _values(machine, own, compared=False)]
    unknown = next((text for _, text in texts if isinstance(text, Unknown)), None)
    return unknown or f"{own.cls.qualname}({', '.join(f'{name}={text}' for name, text in texts)})"


def _equal(machine: Machine, own: Instance, other: object) -> object:
    if not isinstance(other, Instance) or other.cls is not own.cls:
        return NotImplemented
    return machine.compare("==", _compared(machine, own), _compared(machine, other))


def _compared(machine: Machine, own: Instance) -> tuple[object, ...]:
    return tuple(value for _, value in _values(machine, own, compared=True))


def _ordering(op: str) -> Callable[..., object]:
    def compare(machine: Machine, own: Instance, other: object) -> object:
        if not isinstance(other, Instance) or other.cls is not own.cls:
            return NotImplemented
        return machine.compare(op, _compared(machine, own), _compared(machine, other))

    return compare


@raw("dataclasses.replace", "copy.replace")
def replace(machine: Machine, own: object, /, **changes: object) -> object:
    """Return a copy with some fields changed."""
    if isinstance(own, Unknown):
        return Unknown(own.why, f"replace() of {own.symbol or own.what}", own.where)
    method = machine.find_special(own, "_replace")
    if method is not MISSING:
        return machine.call(method, (), changes)
    given = {
        name: machine.get_attribute(own, name)
        for name, item in data_fields(own).items()
        if item.is_parameter and item.is_kept
    }
    return machine.call(machine.class_of(own), (), {**given, **changes})


@raw("dataclasses.fields")
def fields_of(machine: Machine, value: object) -> object:
    """Return the fields."""
    if isinstance(value, Unknown):
        return Unknown(value.why, f"fields() of {value.symbol or value.what}", value.where)
    return tuple(item for item in data_fields(value).values() if item.is_kept)


@raw("dataclasses.is_dataclass")
def is_dataclass(machine: Machine, value: object) -> object:
    """Return whether a value is a dataclass or an instance of one."""
    if isinstance(value, Unknown):
        return named(machine, "dataclasses.is_dataclass", value)
    return bool(data_fields(value))


def _plain(machine: Machine, value: object, *, as_dict: bool, depth: int = 0) -> object:
    if depth > _DEPTH:
        undetermined(Why.UNSUPPORTED, "fields that are nested so deep")
    depth += 1
    if isinstance(value, Instance) and data_fields(value):
        pairs = [
            (name, _plain(machine, machine.get_attribute(value, name), as_dict=as_dict, depth=depth))
            for name, item in data_fields(value).items()
            if item.is_kept
        ]
        return dict(pairs) if as_dict else tuple(item for _, item in pairs)
    if isinstance(value, list | tuple):
        items = [_plain(machine, item, as_dict=as_dict, depth=depth) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: _plain(machine, item, as_dict=as_dict, depth=depth) for key, item in value.items()}
    return deep_copy(machine, value)


@raw("dataclasses.asdict")
def as_dict(machine: Machine, own: object, *, dict_factory: object = ABSENT) -> object:
    """Return the fields with their values, deep."""
    if isinstance(own, Unknown):
        return Unknown(own.why, f"asdict() of {own.symbol or own.what}", own.where)
    found = _plain(machine, own, as_dict=True)
    if dict_factory is not ABSENT and isinstance(found, dict):
        return machine.call(dict_factory, (list(found.items()),), {})
    return found


@raw("dataclasses.astuple")
def as_tuple(machine: Machine, own: object) -> object:
    """Return the values of the fields, deep."""
    return _plain(machine, own, as_dict=False)


register(
    "dataclasses",
    {
        "MISSING": ABSENT_DEFAULT,
        "KW_ONLY": KEYWORDS_ONLY,
        "InitVar": Sentinel("InitVar"),
        "FrozenInstanceError": Lazy(_frozen_error),
        "Field": Sentinel("Field"),
    },
)
