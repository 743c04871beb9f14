"""Which layers a layer or model tracks: those that its attributes hold, as each version of Keras does."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.spec import LayerSpec
from keraslint.catalogue.versions import Keras
from keraslint.interp.doubt import unknown_in
from keraslint.interp.objects import TensorShape
from keraslint.interp.overlays.stdlib_collections import OrderedDict
from keraslint.values.layer import Layer, Model
from keraslint.values.program import Instance
from keraslint.values.unknown import Unknown, Why

if TYPE_CHECKING:  # only its state is asked for
    from keraslint.interp.machine import Machine


def track(layer: Layer, keras: Keras) -> None:
    """Bring the list of sublayers up to date with the layer's attributes, which a Sequential does not look at."""
    if not layer.attributes and (layer.cls is None or isinstance(layer, Model)):
        return
    if isinstance(layer, Model):
        _track_model(layer, keras)
    elif layer.cls is not None:
        own = layer.spec.children if isinstance(layer.spec, LayerSpec) else []
        layer.children = _with_held(layer, own, keras)
    if layer.trouble is None and layer.cls is not None and not _is_sequential(layer):
        layer.trouble = _unknown_attribute(layer)


def _track_model(model: Model, keras: Keras) -> None:
    match model.kind:
        case "functional" if model.graph_layers:
            model.layers = model.operations = model.children = _with_held(model, model.graph_layers, keras)
        case "functional":
            model.children = _with_held(model, model.layers, keras)
        case "subclassed":
            model.layers = model.operations = model.children = _with_held(model, [], keras)
        case "sequential":
            return


def _with_held(layer: Layer, own: Sequence[Layer], keras: Keras) -> list[Layer]:
    """Return a layer's own sublayers and those in its attributes, behind those that its attributes have lost."""
    if keras is Keras.THREE and "_layers" in layer.attributes:  # which takes the place of Keras' own list
        return list(held_layers(layer.attributes["_layers"], keras))
    values = [value for name, value in layer.attributes.items() if name not in _UNTRACKED]
    held = [child for value in values for child in held_layers(value, keras)]
    seen = [child for child in held if id(child) not in layer.untracked] if layer.untracked else held
    found = {id(child): child for child in [*own, *layer.released, *seen] if child is not layer}
    if not layer.released:
        return list(found.values())
    kept = [child for child in layer.children if found.pop(id(child), None) is not None]
    return [*kept, *found.values()]


def release(layer: Layer, name: str) -> None:
    """Note that an attribute loses the layers that it holds, as Keras 3 does: it goes on tracking them."""
    lost = tuple(held_layers(layer.attributes.get(name), Keras.THREE))
    if lost:
        track(layer, Keras.THREE)
        layer.released += lost


def _is_sequential(layer: Layer) -> bool:
    return isinstance(layer, Model) and layer.kind == "sequential"


_UNTRACKED = {"_self_unconditional_checkpoint_dependencies"}


def _unknown_attribute(layer: Layer) -> Unknown | None:
    """Return an attribute that is not known and so may be a layer; a parameter's value counts only once it is called."""
    for name, value in layer.attributes.items():
        found = unknown_in(value)
        if found is not None and (found.why is not Why.INPUT or id(found) in layer.called_unknowns):
            return Unknown(found.why, f"{layer.class_name}.{name}, which may be a layer: {found.what}", found.where)
    return None


def held_layers(value: object, keras: Keras = Keras.THREE, depth: int = 0) -> Iterator[Layer]:
    """Yield the layers in a value that Keras tracks: layers, and lists, tuples, dicts and (Keras 3) sets of them."""
    if isinstance(value, Layer):
        yield value
    elif depth < _DEEPEST_HELD:
        for item in _tracked_items(value, keras):
            yield from held_layers(item, keras, depth + 1)


_DEEPEST_HELD = 6


def _tracked_items(value: object, keras: Keras) -> Iterable[object]:
    """Return what is looked at in a container: Keras 2 leaves sets, and classes that derive from list or dict, alone.

    Keras 2: ``wrap_or_unwrap`` of tensorflow/python/trackable/data_structures.py; Keras 3: ``Tracker.track``.
    """
    content = value
    if isinstance(value, Instance) and _builtin_kinds(value):
        content = value.data
        if keras is Keras.TWO and not isinstance(content, tuple):
            return ()
    if isinstance(content, dict):
        if keras is Keras.THREE:
            return content.values()
        if type(content) not in {dict, OrderedDict}:
            return ()
        names = list(content)
        if all(isinstance(name, str) for name in names):
            names.sort()  # `_values` of the same file
        return [content[name] for name in names]
    kinds = list | tuple | set if keras is Keras.THREE else list | tuple
    return content if isinstance(content, kinds) else ()


def _builtin_kinds(value: Instance) -> set[str]:
    """Return the containers of Python that an object's class derives from."""
    return {cls.name for cls in value.cls.mro if cls.module is None} & {"list", "tuple", "dict", "set"}


def as_kept(machine: Machine, layer: Layer, value: object) -> object:
    """Return what an attribute of a layer holds of a value: Keras 3 copies lists, dicts and sets into kinds of its own.

    So what is added to the list itself later is not in the layer, and a dict of a class of the program's own is a plain
    one there (keras/src/utils/tracking.py, ``Tracker.track``).
    """
    if layer.untracked:
        layer.untracked -= {id(child) for child in held_layers(value, Keras.THREE)}
    return _kept(machine, layer, value, {}, 0)


def _kept(machine: Machine, layer: Layer, value: object, copies: dict[int, object], depth: int) -> object:
    content = value
    if isinstance(value, Instance) and _builtin_kinds(value) - {"tuple"}:
        content = value.data
    if not isinstance(content, list | tuple | dict | set) or isinstance(value, TensorShape) or depth > _DEEPEST:
        return value
    if machine.is_blurred(value) is not None or machine.is_blurred(content) is not None:
        return value
    if id(value) not in copies:
        machine.burn(1 + len(content) // 8)
        copies[id(value)] = _copied(machine, layer, content, copies, depth + 1)
    return copies[id(value)]


def _copied(machine: Machine, layer: Layer, content: object, copies: dict[int, object], depth: int) -> object:
    match content:
        case list():
            kept = [_kept(machine, layer, item, copies, depth) for item in content]
            machine.builder.kept_lists[id(kept)] = kept, layer
            return kept
        case dict():
            kind = OrderedDict if isinstance(content, OrderedDict) else dict
            return kind({key: _kept(machine, layer, item, copies, depth) for key, item in content.items()})
        case set():
            return set(content)
        case tuple():
            items = tuple([_kept(machine, layer, item, copies, depth) for item in content])
            return content if all(map(operator.is_, items, content)) else items
        case _:
            return content


def put_in_place(machine: Machine, items: list[object], key: object, new: object) -> None:
    """Carry out ``items[key] = new``: in a list that a layer keeps, Keras 3 tracks the old item on, and not the new."""
    _, layer = machine.builder.kept_lists.get(id(items), (None, None))
    if layer is None:
        machine.guard(operator.setitem, items, key, new)
        return
    track(layer, Keras.THREE)
    tracked = {id(child) for child in layer.children}
    old = list(held_layers(items, Keras.THREE))
    machine.guard(operator.setitem, items, key, new)
    now = {id(child) for child in held_layers(items, Keras.THREE)}
    layer.untracked |= now - tracked
    layer.released += tuple(child for child in old if id(child) in tracked - now)


_DEEPEST = 20
