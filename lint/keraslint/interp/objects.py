"""Values that only evaluation knows: descriptors, ``super``, static shapes."""

from __future__ import annotations

from keraslint.values.layer import Layer, Model
from keraslint.values.program import Class


class Property:
    """A property: its functions, None where there is none."""

    __slots__ = ("getter", "is_cached", "setter")

    def __init__(self, getter: object, setter: object = None, *, is_cached: bool = False) -> None:
        self.getter = getter
        self.setter = setter
        self.is_cached = is_cached


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


class TensorShape(tuple[object, ...]):
    """A static shape of TensorFlow: a tuple with methods of its own (``as_list``)."""

    __slots__ = ()


class LayerList(list[Layer]):
    """The list that ``model.layers`` gives: slices of it are noted."""

    __slots__ = ("model",)

    def __init__(self, model: Model) -> None:
        super().__init__(model.layers)
        self.model = model
