"""Values that stand for parts of the analysed program: functions, classes, instances, modules; and natives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from keraslint.values.unknown import Span


class Parameter:
    """One parameter of a function; ``kind`` is ``positional``, ``plain``, ``keyword``, ``*`` or ``**``."""

    __slots__ = ("default", "has_default", "kind", "name", "slot")

    def __init__(self, name: str, kind: str, slot: int, default: object = None, *, has_default: bool = False) -> None:
        self.name = name
        self.kind = kind
        self.slot = slot
        self.default = default
        self.has_default = has_default


class Function:
    """A function or lambda of the analysed program, with what it closes over."""

    __slots__ = ("attributes", "closure", "code", "defaults", "module", "name", "owner", "qualname")

    def __init__(self, name: str, qualname: str, code: object, closure: object, module: Module) -> None:
        self.name = name
        self.qualname = qualname
        self.code = code
        """Compiled by ``interp``; opaque to every other room."""
        self.closure = closure
        self.module = module
        self.defaults: dict[str, object] = {}
        self.attributes: dict[str, object] = {}
        self.owner: Class | None = None
        """The class whose body defines it: what ``super()`` starts from."""


class Class:
    """A class of the analysed program, or one that the catalogue knows (``native`` is its catalogue name)."""

    __slots__ = (
        "abstract",
        "attributes",
        "bases",
        "identity",
        "metaclass",
        "module",
        "mro",
        "name",
        "native",
        "opaque",
        "origin",
        "qualname",
    )

    def __init__(self, name: str, bases: list[object], attributes: dict[str, object], module: Module | None) -> None:
        self.name = name
        self.qualname = name
        self.bases = bases
        self.attributes = attributes
        self.module = module
        self.native = ""
        self.mro: list[Class] = [self]
        self.opaque: object = None
        """An ``Unknown`` where a base or a metaclass is not known."""
        self.origin: Span | None = None
        self.metaclass: Class | None = None
        """Its class where that is not ``type`` itself."""
        self.abstract: tuple[str, ...] = ()
        """Abstract methods that are left, which forbid an instance."""
        self.identity: Identity | None = None
        """How its instances compare as keys."""

    def __repr__(self) -> str:
        return f"<class {self.name}>"

    def find(self, name: str) -> object:
        """Return the attribute as the method resolution order finds it, or ``MISSING``."""
        for cls in self.mro:
            if name in cls.attributes:
                return cls.attributes[name]
        return MISSING


class Identity(Protocol):
    """The hash and the equality that a class of the program gives its instances."""

    def hash(self, instance: Instance) -> int:
        """Return the hash of an instance as a key."""
        ...

    def equal(self, instance: Instance, other: object) -> bool:
        """Return whether two keys are one."""
        ...


class Instance:
    """An object of a class of the analysed program that is no layer."""

    __slots__ = ("attributes", "cls", "data")

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attributes: dict[str, object] = {}
        self.data: object = None
        """The native part, where the class derives from a builtin such as ``dict``."""

    def __hash__(self) -> int:
        identity = self.cls.identity
        return id(self) >> 4 if identity is None else identity.hash(self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        identity = self.cls.identity
        return identity is not None and identity.equal(self, other)

    def __repr__(self) -> str:
        return f"<{self.cls.name} object>"


class Method:
    """A function or native bound to its first argument."""

    __slots__ = ("function", "self")

    def __init__(self, function: object, bound: object) -> None:
        self.function = function
        self.self = bound


class Module:
    """A module: followed as source (``namespace`` filled by evaluation) or known natively (an overlay)."""

    __slots__ = ("is_native", "name", "namespace", "path")

    def __init__(self, name: str, path: str = "", *, is_native: bool = False) -> None:
        self.name = name
        self.path = path
        self.is_native = is_native
        self.namespace: dict[str, object] = {}

    def __repr__(self) -> str:
        return f"<module {self.name}>"


class KerasObject:
    """An optimizer, loss, metric, initializer, regularizer, constraint, callback or policy, by class and arguments."""

    __slots__ = ("arguments", "attributes", "class_name", "family", "span")

    def __init__(self, family: str, class_name: str, arguments: Mapping[str, object], span: Span | None = None) -> None:
        self.family = family
        self.class_name = class_name
        self.arguments = arguments
        self.attributes: dict[str, object] = {}
        self.span = span


class Missing:
    """The type of ``MISSING``: no such attribute or argument (``None`` is Python's own None)."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()
