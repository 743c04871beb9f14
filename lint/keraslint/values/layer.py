"""Tensors, nodes, weights, layers and models as heap objects: identity matters, evaluation changes them in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from keraslint.values.shape import AnyShape, OpenShape, Shape, known_shape
from keraslint.values.unknown import Span, Unknown


class Tensor:
    """A symbolic tensor: the output number ``index`` of ``node``; identity is what makes it that tensor."""

    __slots__ = ("_shape", "dtype", "index", "name", "node")

    def __init__(self, shape: AnyShape, dtype: str = "float32", node: Node | None = None, index: int = 0) -> None:
        self._shape = shape
        self.dtype = dtype
        self.node = node
        self.index = index
        self.name = ""

    @property
    def shape(self) -> AnyShape:
        """The shape, as far as it is known by now."""
        shape = self._shape
        return shape.shape() if isinstance(shape, OpenShape) and shape.rank is not None else shape

    @property
    def raw_shape(self) -> AnyShape:
        """The shape as it was given: an open one stays open, so that it is fixed wherever it stands."""
        return self._shape

    def known_shape(self, rank: int | None = None) -> Shape:
        """Return the shape with its rank known, or raise ``Undetermined``; an open rank becomes ``rank``."""
        return known_shape(self._shape, rank)

    def __repr__(self) -> str:
        return f"Tensor({self.shape}, {self.dtype})"


class Node:
    """One call of a layer or operation on tensors."""

    __slots__ = ("args", "inputs", "kwargs", "layer", "order", "outputs", "span")

    def __init__(
        self,
        layer: Layer,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        inputs: list[Tensor],
        span: Span | None,
    ) -> None:
        self.layer = layer
        self.args = args
        self.kwargs = kwargs
        self.inputs = inputs
        self.outputs: list[Tensor] = []
        self.span = span
        self.order = 0


class Weight:
    """One weight. Counted once by identity, however many layers hold it.

    ``why`` says why it is not trained where training never reaches it by gradient (``"statistic"``, ``"count"``,
    ``"quantized"``, ``"lora"``, ``"declared"``, ``"seed"``); empty for an ordinary weight, frozen or not.
    """

    __slots__ = ("declared", "dtype", "name", "shape", "trainable", "why")

    def __init__(
        self, name: str, shape: Shape | Unknown, *, trainable: bool = True, dtype: str = "float32", why: str = ""
    ) -> None:
        self.name = name
        self.shape = shape
        self.dtype = str(dtype)  # a dtype of numpy is a string of a class of its own
        self.trainable = trainable
        self.declared = trainable
        """Whether it is trained when nothing is frozen."""
        self.why = why


class Knowledge(Protocol):
    """What the catalogue knows about a layer; see ``catalogue.spec.LayerSpec``."""

    arguments: Mapping[str, object]


class Layer:
    """A layer, or an operation of a functional graph (``is_operation``)."""

    given: tuple[tuple[object, ...], dict[str, object]] = ((), {})
    """What the constructor of a class of the program was called with."""
    released: tuple[Layer, ...] = ()
    """Sublayers of attributes that have another value by now, which Keras 3 goes on tracking."""
    untracked: frozenset[int] = frozenset()
    """Identities of layers that were put into a list of an attribute by index, which Keras 3 does not see."""
    traced: object = None
    """What the ``call`` of a class of the program last returned, with the nodes inside it."""

    def __init__(self, class_name: str, name: str, spec: Knowledge | None, origin: Span | None) -> None:
        self.class_name = class_name
        self.name = name
        self.spec = spec
        self.origin = origin
        self.cls: object = None
        """The analysed program's own class, where the layer is an instance of one."""
        self.attributes: dict[str, object] = {}
        self.weights: list[Weight] = []
        """Its own weights in order of creation, without those of its children."""
        self.children: list[Layer] = []
        """Tracked sublayers, in Keras' order."""
        self.trainable: object = True
        """The flag as it was set: a bool, or an ``Unknown``; identity of the object matters in Keras 3."""
        self.frozen_at: Span | None = None
        """Where ``trainable`` was last set to False."""
        self.built = False
        self.dtype = "float32"
        """Dtype of its variables."""
        self.compute_dtype = "float32"
        self.nodes: list[Node] = []
        self.input_shape: AnyShape | None = None
        """Batch input shape given to the constructor (``input_shape=``, ``input_dim=``), batch included."""
        self.trouble: Unknown | None = None
        """Why its weights are not known, if they are not."""
        self.called_unknowns: set[int] = set()
        """Identities of unknown values that its own code called."""
        self.is_operation = False
        self.recompute: Callable[[tuple[object, ...], Mapping[str, object]], object] | None = None
        """For an operation: its output tensors for other inputs."""
        self.automatic_name = True
        self.key = 0
        """Its number among all layers that the program made; 0 for inner ones."""

    @property
    def policy(self) -> str:
        """The name of its dtype policy."""
        return self.dtype if self.dtype == self.compute_dtype else f"mixed_{self.compute_dtype}"

    def __repr__(self) -> str:
        return f"<{self.class_name} {self.name}>"


Kind = Literal["functional", "sequential", "subclassed"]


class Plan:
    """What the trainings of a compiled model move: fixed by ``compile`` (Keras 2) or by the first step (Keras 3)."""

    __slots__ = ("compiled_at", "fixed_at", "since", "statistics", "trained")

    def __init__(self, compiled_at: Span | None, since: int) -> None:
        self.compiled_at = compiled_at
        self.fixed_at = compiled_at
        self.since = since
        """How much had happened in the run when it was fixed."""
        self.trained: dict[int, Weight] | None = None
        self.statistics: tuple[Layer, ...] | None = None
        """The layers whose moving statistics change: as they were when the first step was traced."""


class Model(Layer):
    """A model: a layer with inputs, outputs and a list of layers."""

    def __init__(self, class_name: str, name: str, kind: Kind, origin: Span | None) -> None:
        super().__init__(class_name, name, None, origin)
        self.kind: Kind = kind
        self.inputs: object = None
        """Nest of tensors, as it was given."""
        self.outputs: object = None
        self.flat_inputs: list[Tensor] = []
        self.flat_outputs: list[Tensor] = []
        self.layers: list[Layer] = []
        """Keras' own ``model.layers``; for a functional model ordered by depth, then by creation."""
        self.graph_layers: list[Layer] = []
        """In Keras 2, the layers of a functional model's graph: ``layers`` has those in attributes behind them."""
        self.operations: list[Layer] = []
        """The layers and, in Keras 3, the operations that are no layers, in the order of the summary's rows."""
        self.graph_nodes: list[Node] = []
        self.function = ""
        self.variables: list[str] = []
        self.optimizer: object = None
        self.loss: object = None
        self.plan: Plan | None = None
        """What training moves; None before the model is compiled."""
        self.stack: list[Layer] = []
        """A Sequential's own list, with the InputLayer that it may begin with."""
