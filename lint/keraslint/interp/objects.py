"""Values that only evaluation knows: descriptors, ``super``, static shapes."""

from __future__ import annotations

from keraslint.values.layer import Layer, Model
from keraslint.values.program import Class


class Property:
    """A property: its functions, None where there is none."""

    __slots__ = ("deleter", "getter", "is_cached", "setter")

    def __init__(
        self, getter: object, setter: object = None, deleter: object = None, *, is_cached: bool = False
    ) -> None:
        self.getter = getter
        self.setter = setter
        self.deleter = deleter
        self.is_cached = is_cached

    def with_part(self, name: str, function: object) -> Property:
        """Return the property with another ``getter``, ``setter`` or ``deleter``."""
        parts = {"getter": self.getter, "setter": self.setter, "deleter": self.deleter, name: function}
        return Property(parts["getter"], parts["setter"], parts["deleter"])


class StaticMethod:
    """A function that is not bound."""

    __slots__ = ("function",)

    def __init__(self, function: object) -> None:
        self.function = function


class ClassMethod:
    """A function that is bound to the class."""

    __slots__ = ("function",)

    def __init__(self, function: object) -> None:
        self.function = function


class Super:
    """What ``super()`` gives: attributes are looked up after ``after`` in the order of ``owner``."""

    __slots__ = ("after", "bound", "owner")

    def __init__(self, owner: Class, after: Class, bound: object) -> None:
        self.owner = owner
        self.after = after
        self.bound = bound


class KeyView(list[object]):
    """What ``dict.keys()`` and ``dict.items()`` give: equal and joined as sets are."""

    __slots__ = ()


class TensorShape(tuple[object, ...]):
    """A static shape of TensorFlow: a tuple with methods of its own (``as_list``)."""

    __slots__ = ()


class LayerList(list[Layer]):
    """The list that ``model.layers`` gives: slices of it are noted."""

    __slots__ = ("model",)

    def __init__(self, model: Model) -> None:
        super().__init__(model.layers)
        self.model = model
