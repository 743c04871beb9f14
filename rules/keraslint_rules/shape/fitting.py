"""Which sizes of the input would make the operands of a merge go together: the graph, run again for other sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from keraslint import Analysis, LayerRecord, Shape, output_shape, shape_text
from keraslint_rules.shape.refusal import Refusal

_FARTHEST = 64
"""How far from the given size another one is looked for."""
_MERGES = ("Concatenate", "Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")


def fitting_sizes(analysis: Analysis, refusal: Refusal, axis: int) -> tuple[int, ...]:
    """Return the nearest smaller and the nearest larger size of the input's ``axis`` for which the merge would fit.

    Of these, sizes that divide without a rest all the way come first: merges further on will want that too. Sizes that
    are equal on several axes of the input are changed together. Empty where the way from the input to the operands is
    not fully known.
    """
    graph = _Graph(analysis)
    operands = [graph.operand(item.shape, item.span) for item in refusal.operands]
    merge = next((layer for layer in analysis.layers if layer.key == refusal.event.subject), None)
    if merge is None or merge.class_name not in _MERGES or any(operand is None for operand in operands):
        return ()
    known = [operand for operand in operands if operand is not None]
    inputs = {layer.key: layer for operand in known for layer in graph.inputs_of(operand)}
    if len(inputs) != 1:
        return ()
    given = _shape(next(iter(inputs.values())))
    size = given[axis] if given is not None and 0 < axis < len(given) else None
    if given is None or not isinstance(size, int):
        return ()

    def changed(other: int) -> Shape:
        return tuple(other if i > 0 and dim == size else dim for i, dim in enumerate(given))

    def fits(other: int) -> bool:
        shapes = [graph.run(operand, changed(other)) for operand in known]
        whole = [shape for shape in shapes if shape is not None]
        return len(whole) == len(known) and output_shape(merge, whole, analysis.keras) is not None

    actual = [_shape(operand) for operand in known]
    if [graph.run(operand, given) for operand in known] != actual or fits(size):
        return ()  # what is run here is not what the program does: say nothing
    even = tuple(_nearest(size, lambda other: fits(other) and graph.is_even(changed(other), axis)))
    return even or tuple(_nearest(size, fits))


def _nearest(size: int, fits: Callable[[int], bool]) -> Iterator[int]:
    for direction in (-1, 1):
        for distance in range(1, _FARTHEST + 1):
            if size + direction * distance > size // 2 and fits(size + direction * distance):
                yield size + direction * distance
                break


@dataclass(slots=True)
class _Graph:
    """The layers of a program by name, and their shapes for another input."""

    analysis: Analysis
    _shapes: dict[tuple[int, Shape], Shape | None] = field(default_factory=dict)

    def operand(self, shape: str, span: object) -> LayerRecord | None:
        """Return the layer that made an operand: the one called there with that output."""
        found = [
            layer
            for layer in self.analysis.layers
            if (span in layer.call_spans or (not layer.call_spans and span == layer.span))
            and (own := _shape(layer)) is not None
            and shape_text(own) == shape
        ]
        return found[-1] if found else None

    def feeding(self, layer: LayerRecord) -> list[LayerRecord] | None:
        """Return the layers that feed one, or None where a name is not that of one layer."""
        result: list[LayerRecord] = []
        for name in layer.inputs:
            found = [other for other in self.analysis.layers if other.name == name and other.key < layer.key]
            if not found:
                found = [other for other in self.analysis.layers if other.name == name]
            if not found:
                return None
            result.append(found[-1])
        return result

    def inputs_of(self, layer: LayerRecord) -> Iterator[LayerRecord]:
        """Yield the InputLayers that a layer depends on."""
        seen: set[int] = set()
        waiting = [layer]
        while waiting:
            current = waiting.pop()
            if current.key in seen:
                continue
            seen.add(current.key)
            if current.class_name == "InputLayer":
                yield current
            waiting.extend(self.feeding(current) or ())

    def run(self, layer: LayerRecord, given: Shape) -> Shape | None:
        """Return a layer's output shape for a shape of the input; None where it is not known or refused."""
        order: list[LayerRecord] = []
        waiting = [layer]
        while waiting:
            current = waiting.pop()
            if (current.key, given) in self._shapes:
                continue
            order.append(current)
            self._shapes[current.key, given] = None
            waiting.extend(self.feeding(current) or ())
        for current in self._sorted(order):
            self._shapes[current.key, given] = self._output(current, given)
        return self._shapes[layer.key, given]

    def is_even(self, given: Shape, axis: int) -> bool:
        """Return whether no layer that makes its input smaller rounds, for a shape of the input."""
        for layer in self.analysis.layers:
            shape = self._shapes.get((layer.key, given))
            for other in self.feeding(layer) or () if shape is not None else ():
                before = self._shapes.get((other.key, given))
                if shape is None or before is None or axis >= min(len(shape), len(before)):
                    continue
                large, small = before[axis], shape[axis]
                if isinstance(large, int) and isinstance(small, int) and small and large % max(round(large / small), 1):
                    return False
        return True

    def _sorted(self, layers: list[LayerRecord]) -> list[LayerRecord]:
        """Return layers so that each comes after those that feed it."""
        left = {layer.key: layer for layer in layers}
        done: list[LayerRecord] = []
        while left:
            ready = [x for x in left.values() if not any(f.key in left for f in self.feeding(x) or ())]
            if not ready:
                return done
            done.extend(left.pop(layer.key) for layer in ready)
        return done

    def _output(self, layer: LayerRecord, given: Shape) -> Shape | None:
        if layer.class_name == "InputLayer":
            return given
        feeding = self.feeding(layer)
        if feeding is None or len(layer.call_spans) > 1:
            return None
        shapes = [self._shapes.get((other.key, given)) for other in feeding]
        whole = [shape for shape in shapes if shape is not None]
        return output_shape(layer, whole, self.analysis.keras) if len(whole) == len(shapes) else None


def _shape(layer: LayerRecord) -> Shape | None:
    return layer.output_shape if isinstance(layer.output_shape, tuple) else None
