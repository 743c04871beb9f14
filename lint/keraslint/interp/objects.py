"""Values that only evaluation knows: descriptors, ``super``, static shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.values.layer import Layer, Model
from keraslint.values.program import MISSING, Class

if TYPE_CHECKING:  # only its members are asked for
    from keraslint.interp.machine import Machine


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


class KerasHistory(tuple[object, ...]):
    """Where a symbolic tensor comes from: the layer, its node's index and the tensor's, by place and by name."""

    __slots__ = ()

    def get_member(self, machine: Machine, name: str) -> object:
        """Return an item by its name, which the two versions of Keras call differently."""
        names = ("operation" if machine.keras is Keras.THREE else "layer", "node_index", "tensor_index")
        return self[names.index(name)] if name in names else MISSING


class LayerList(list[Layer]):
    """The list that ``model.layers`` gives: slices of it are noted."""

    __slots__ = ("model",)

    def __init__(self, model: Model) -> None:
        super().__init__(model.layers)
        self.model = model
