"""The graph between a functional model's inputs and outputs: which layers are in it, and in what order.

Keras orders ``model.layers`` by depth from the outputs, then by a depth-first traversal from them
(``keras/src/ops/function.py``, ``map_graph``; ``tf_keras/src/engine/functional.py``, ``_map_graph_network``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from keraslint.catalogue.spec import Refused
from keraslint.values.layer import Layer, Node, Tensor
from keraslint.values.shape import shape_text
from keraslint.values.unknown import Span, Undetermined, Unknown, Why


@dataclass(frozen=True, slots=True)
class Network:
    """The nodes of a graph in topological order, and its layers and operations in Keras' order."""

    nodes: list[Node]
    operations: list[Layer]


def flatten(nest: object) -> Iterator[object]:
    """Yield the leaves of nested lists, tuples, slices and dicts; a dict's by sorted key, as optree does."""
    if isinstance(nest, dict):
        keys = sorted(nest) if all(isinstance(key, str) for key in nest) else list(nest)
        for key in keys:
            yield from flatten(nest[key])
    elif isinstance(nest, list | tuple):
        for item in nest:
            yield from flatten(item)
    elif isinstance(nest, slice):  # a dict to Keras 2: tf_keras/src/layers/core/tf_op_layer.py
        yield from (nest.start, nest.step, nest.stop)
    else:
        yield nest


def tensors_in(nest: object) -> list[Tensor]:
    """Return the symbolic tensors in a nest."""
    if isinstance(nest, Tensor):
        return [nest]
    if isinstance(nest, list) and all(isinstance(item, Tensor) for item in nest):
        return list(nest)
    return [leaf for leaf in flatten(nest) if isinstance(leaf, Tensor)]


def tensors_given(args: tuple[object, ...], kwargs: Mapping[str, object]) -> list[Tensor]:
    """Return the symbolic tensors in the arguments of a call."""
    return tensors_in(args[0]) if len(args) == 1 and not kwargs else tensors_in([list(args), dict(kwargs)])


def map_network(inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> Network:
    """Return the graph between tensors; raise ``Refused`` where Keras refuses it, ``Undetermined`` where it is not known."""
    nodes, indices = _traverse(inputs, outputs)
    in_graph = set(nodes)
    node_depths: dict[Node, int] = {}
    depths: dict[Layer, int] = {}
    for node in reversed(nodes):
        depth = max(node_depths.setdefault(node, 0), depths.get(node.layer, 0))
        depths[node.layer] = depth
        node_depths[node] = depth
        for parent in _parents(node):
            if parent in in_graph:
                node_depths[parent] = max(depth + 1, node_depths.get(parent, 0))
    for tensor in inputs:
        source = tensor.node
        if source is not None and not source.inputs and source.layer not in depths:
            depths[source.layer] = 0
            indices[source.layer] = -1
            nodes.append(source)
    by_depth: defaultdict[int, list[Layer]] = defaultdict(list)
    for layer, depth in depths.items():
        by_depth[depth].append(layer)
    operations = [
        layer for depth in sorted(by_depth, reverse=True) for layer in sorted(by_depth[depth], key=indices.__getitem__)
    ]
    _check_connected(inputs, nodes)
    _check_known(inputs, outputs)
    _check_names(operations)
    return Network(nodes, operations)


def _parents(node: Node) -> Iterator[Node]:
    for tensor in node.inputs:
        if tensor.node is not None:
            yield tensor.node


def _traverse(inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> tuple[list[Node], dict[Layer, int]]:
    """Return the nodes from inputs to outputs, and the index at which each layer is first met."""
    stops = {id(tensor) for tensor in inputs}
    finished: set[Node] = set()
    order: list[Node] = []
    indices: dict[Layer, int] = {}
    for output in outputs:
        stack: list[tuple[Node, Iterator[Tensor]]] = []
        _enter(output, stops, finished, indices, stack)
        while stack:
            node, parents = stack[-1]
            parent = next(parents, None)
            if parent is not None:
                _enter(parent, stops, finished, indices, stack)
                continue
            stack.pop()
            if node not in finished:
                finished.add(node)
                order.append(node)
    return order, indices


def _enter(
    tensor: Tensor,
    stops: set[int],
    finished: set[Node],
    indices: dict[Layer, int],
    stack: list[tuple[Node, Iterator[Tensor]]],
) -> None:
    node = tensor.node
    if node is None or node in finished:
        return
    if node.inputs and id(tensor) in stops:
        finished.add(node)
        return
    indices.setdefault(node.layer, len(indices))
    stack.append((node, iter(node.inputs)))


def _check_connected(inputs: Sequence[Tensor], nodes: Sequence[Node]) -> None:
    computable = {id(tensor) for tensor in inputs}
    for node in nodes:
        for tensor in node.inputs:
            if id(tensor) not in computable:
                if tensor.node is None:
                    raise Undetermined(_unseen(tensor))
                raise Refused(
                    f"Graph disconnected: cannot find parent for tensor {tensor} at operation '{node.layer.name}'",
                    contract="disconnected",
                    layer=node.layer.name,
                )
        if not node.inputs and not any(id(tensor) in computable for tensor in node.outputs):
            continue  # an input of the graph that the model does not name: what it feeds is not computable
        computable.update(id(tensor) for tensor in node.outputs)


def _check_known(inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
    """Raise ``Undetermined`` for an output that comes from nowhere: what leads to it is not seen."""
    given = {id(tensor) for tensor in inputs}
    for tensor in outputs:
        if tensor.node is None and id(tensor) not in given:
            raise Undetermined(_unseen(tensor))


def _unseen(tensor: Tensor) -> Unknown:
    """Return why it is not known what made a tensor."""
    shape = tensor.raw_shape
    return shape if isinstance(shape, Unknown) else Unknown(Why.UNSUPPORTED, "what makes this tensor is not known")


def _check_names(operations: Sequence[Layer]) -> None:
    seen: set[str] = set()
    for layer in operations:
        if layer.name in seen:
            raise Refused(
                f'The name "{layer.name}" is used several times in the model. All operation names should be unique.',
                contract="duplicate-name",
                layer=layer.name,
            )
        seen.add(layer.name)


def chain_to(inputs: Sequence[Tensor]) -> list[tuple[str, str, Span | None]]:
    """Return the layers that lead to an input, first one first: name, output shape, line."""
    chain: list[tuple[str, str, Span | None]] = []
    tensor = inputs[0] if inputs else None
    while tensor is not None and tensor.node is not None and len(chain) < 30:
        node = tensor.node
        chain.append((node.layer.name, shape_text(tensor.shape), node.span))
        tensor = node.inputs[0] if node.inputs else None
    return chain[::-1]
