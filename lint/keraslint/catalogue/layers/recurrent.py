"""Recurrent layers over their own cell: SimpleRNN, GRU, LSTM, their cells, and what every recurrent layer shares.

The cell of these three is not a layer of its own here: Keras hands ``trainable`` and ``dtype`` on to it, so its weights
count and freeze as if they were the layer's. Layers over cells that are given are in ``recurrent_cells``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keraslint.catalogue.layers.standard import Standard
from keraslint.catalogue.spec import Call, LayerSpec, Output, Refused, WeightSpec, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.dim import Dim, same
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown

State = Dim | Shape | list["State"]
"""The size of a state without its batch: a number of units, a shape, or a nest of them."""


class Cell(Standard):
    """One step of a recurrent layer: ``cell(inputs, states)`` returns the output and the new states."""

    def states(self) -> list[State]:
        """Return the sizes of the states."""
        return [self.integer("units")]

    @property
    def has_single_state(self) -> bool:
        """Whether ``state_size`` is one integer, not a list."""
        return len(self.states()) == 1

    def output_size(self) -> State:
        """Return the size of the output."""
        return self.states()[0]

    def output(self, call: Call) -> Output:
        """Return the output of one step and the new states."""
        states = call.argument("states", 1)
        if states is None and "states" not in call.kwargs:
            raise Refused(
                f"{self.class_name}.call() missing 1 required positional argument: 'states'", error="TypeError"
            )
        self._check_dtypes(states)
        batch = shape_of(call.inputs)[0]
        shapes = [batched(batch, state) for state in self.states()]
        if self.has_single_state and isinstance(states, Tensor | Array):
            return [batched(batch, self.output_size()), shapes[0]]
        return [batched(batch, self.output_size()), shapes]

    def _check_dtypes(self, states: object) -> None:
        """Refuse states of another dtype than the cell computes in: Keras 2 casts the input only."""
        compute = self.host.dtypes(self.value("dtype"))[1]
        for state in flat_values(states):
            if self.keras is Keras.TWO and isinstance(state, Tensor) and state.node and state.dtype != compute:
                raise Refused(
                    f"Input 'y' of 'AddV2' Op has type {state.dtype} that does not match type {compute} of argument 'x'.",
                    error="TypeError",
                    contract="dtype",
                )


class Recurrent(Standard):
    """A layer over the time axis: the flags, inputs and outputs that all recurrent layers share."""

    rank = 3
    """Rank of the input."""

    @property
    def inferred_rank(self) -> int | None:
        """The least rank for which Keras 3 infers a shape."""
        return self.rank

    def states(self) -> list[State]:
        """Return the sizes of the states."""
        return [self.integer("units")]

    def output_size(self, call: Call) -> State:
        """Return the size of one step's output."""
        return self.states()[0]

    def state_sizes(self, call: Call) -> list[State]:
        """Return the sizes of the states for an input."""
        return self.states()

    def sequences(self, call: Call) -> Shape:
        """Return the shape of the input; Keras 2 takes the states in one list with it."""
        inputs, _ = self.split(call)
        return self.ranked(Call((inputs,), {}), self.rank)

    def split(self, call: Call) -> tuple[object, object]:
        """Return the input and the initial state of a call."""
        inputs = call.args[0] if call.args else call.kwargs.get("inputs", call.kwargs.get("sequences"))
        initial = call.argument("initial_state", 1)
        if self.keras is Keras.TWO and isinstance(inputs, list) and inputs:
            return inputs[0], inputs[1:] or None
        if isinstance(inputs, list | tuple) and (self.keras is Keras.THREE or len(inputs) != 1):
            raise Refused(
                f'Layer "{self.name}" expects 1 input(s), but it received {len(inputs)} input tensors.',
                contract="inputs",
                received=len(inputs),
            )
        return inputs, initial

    def batch_and_length(self, shape: Shape) -> tuple[Dim | None, Dim | None]:
        """Return the batch and the number of steps of an input."""
        if self.arguments.get("time_major") and self.flag("time_major"):
            return shape[1], shape[0]
        return shape[0], shape[1]

    def step_shape(self, shape: Shape) -> Shape:
        """Return the shape of one step's input."""
        batch, _ = self.batch_and_length(shape)
        return (batch, *shape[2:])

    def output(self, call: Call) -> Output:
        """Return the last output or all of them, and the states where they are asked for."""
        shape = self.sequences(call)
        batch, length = self.batch_and_length(shape)
        self.refuse_integers(Call((self.split(call)[0],), {}))
        self.check_call(call, batch, length)
        size = self.output_size(call)
        batches = self.state_batches(call, batch)
        steps = batched(batch if batch is not None or not batches else batches[0], size)
        if self.flag("return_sequences"):
            steps = with_time(steps, length, is_major=bool(self.arguments.get("time_major")))
        if not self.flag("return_state"):
            return steps
        sizes = self.state_sizes(call)
        states = [batched(b, state) for b, state in zip(batches or [batch] * len(sizes), sizes, strict=True)]
        return [*steps, *states] if isinstance(steps, list) else [steps, *states]

    def state_batches(self, call: Call, batch: Dim | None) -> list[Dim | None]:
        """Return the batches of the states: in Keras 2 of those that are given."""
        _, initial = self.split(call)
        sizes = self.state_sizes(call)
        given = [] if initial is None else list(flat_values(initial))
        if self.keras is Keras.THREE or len(given) != len(sizes):
            return [batch] * len(sizes)
        batches = [shape_of(value)[0] for value in given]
        if batch is not None and self.flag("unroll"):
            return [batch] * len(sizes)
        return batches

    def check_call(self, call: Call, batch: Dim | None, length: Dim | None) -> None:
        """Refuse what the call refuses: unknown batch or length, states that do not fit."""
        if batch is None and self.flag("stateful"):
            raise Refused(
                "If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input tensors.",
                contract="undefined-dim",
                axis="batch",
            )
        if self.keras is Keras.THREE:
            return
        if length is None and self.arguments.get("unroll") and self.flag("unroll"):
            raise Refused(
                "Cannot unroll a RNN if the time dimension is undefined.", contract="undefined-dim", axis="time"
            )
        _, initial = self.split(call)
        if initial is not None:
            self._check_states(initial, call)

    def _check_states(self, initial: object, call: Call) -> None:
        if isinstance(initial, Unknown):
            raise Undetermined(initial)
        given = list(flat_values(initial))
        wanted = list(flat_states(self.state_sizes(call)))
        if len(given) != len(wanted):
            raise Refused(
                f"Layer has {len(wanted)} states but was passed {len(given)} initial states.",
                contract="inputs",
                expected=len(wanted),
                received=len(given),
            )
        for value, state in zip(given, wanted, strict=True):
            shape = shape_of(value)
            size = state if isinstance(state, tuple) else (state,)
            fits = len(shape) == len(size) + 1 and not any(
                a is not None and b is not None and same(a, b) is False for a, b in zip(shape[1:], size, strict=True)
            )
            if not fits:
                raise Refused(
                    "An `initial_state` was passed that is not compatible with `cell.state_size`. Received a state of "
                    f"shape {shape_text(shape)}; however `cell.state_size` is {state}",
                    contract="channels",
                    shape=shape,
                    expected=size,
                )


class Units(Standard):
    """The weights of a cell of units: kernel, recurrent kernel, bias."""

    gates = 1

    def check(self) -> None:
        """Refuse units that are not positive."""
        super().check()
        check_units(self, "units")
        check_shares(self)

    def bias(self, units: Dim) -> Shape:
        """Return the shape of the bias."""
        return (units * self.gates,)

    def unit_weights(self, features: Dim | None) -> Iterable[WeightSpec]:
        """Yield the weights for an input of so many features."""
        if features is None:
            raise Refused(
                "The last dimension of the inputs should be defined. Found `None`.",
                contract="undefined-dim",
                axis=-1,
            )
        units = self.integer("units")
        yield WeightSpec("kernel", (features, units * self.gates))
        yield WeightSpec("recurrent_kernel", (units, units * self.gates))
        if self.flag("use_bias"):
            check_bias(self)
            yield WeightSpec("bias", self.bias(units))
        for name in ("activation", "recurrent_activation"):
            self.activate(lambda: (None, units), name)


class GatedUnits(Units):
    """A GRU's weights: two biases with ``reset_after``."""

    gates = 3

    def bias(self, units: Dim) -> Shape:
        """Return (2, 3u), or (3u,) where the reset comes before the product."""
        return (2, units * 3) if self.flag("reset_after") else (units * 3,)


class MemoryUnits(Units):
    """An LSTM's weights: four gates, two states."""

    gates = 4

    def states(self) -> list[State]:
        """Return the sizes of output and carry."""
        return [self.integer("units"), self.integer("units")]


class UnitCell(Units, Cell):
    """A cell of units as a layer of its own."""

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield kernel, recurrent kernel and bias."""
        return self.unit_weights(shape_of(call.inputs)[-1])


class UnitLayer(Units, Recurrent):
    """A recurrent layer over a cell of units."""

    refits = True

    def check(self) -> None:
        """Refuse units that are not positive, and a ``use_cudnn`` that is none."""
        super().check()
        cudnn = self.arguments.get("use_cudnn", "auto")
        if not isinstance(cudnn, Unknown) and cudnn not in {"auto", True, False}:
            raise Refused(
                "Invalid valid received for argument `use_cudnn`. Expected one of {'auto', True, False}. "
                f"Received: use_cudnn={cudnn!r}"
            )

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the cell's weights."""
        return self.unit_weights(self.sequences(call)[-1])


@layer()
class SimpleRNNCell(UnitCell):
    """One step of a SimpleRNN."""


@layer()
class GRUCell(GatedUnits, UnitCell):
    """One step of a GRU."""


@layer()
class LSTMCell(MemoryUnits, UnitCell):
    """One step of an LSTM."""


@layer()
class SimpleRNN(UnitLayer):
    """A fully connected recurrent layer."""


@layer()
class GRU(GatedUnits, UnitLayer):
    """A gated recurrent layer."""


@layer()
class LSTM(MemoryUnits, UnitLayer):
    """A layer of long short-term memory."""


@layer()
class CuDNNGRU(UnitLayer):
    """A GRU as cuDNN has it: always with two biases, in one vector."""

    def unit_weights(self, features: Dim | None) -> Iterable[WeightSpec]:
        """Yield kernel, recurrent kernel and the bias of 6u."""
        return cudnn_weights(features, self.integer("units"), 3)


@layer()
class CuDNNLSTM(MemoryUnits, UnitLayer):
    """An LSTM as cuDNN has it: always with two biases, in one vector."""

    def unit_weights(self, features: Dim | None) -> Iterable[WeightSpec]:
        """Yield kernel, recurrent kernel and the bias of 8u."""
        return cudnn_weights(features, self.integer("units"), 4)


def cudnn_weights(features: Dim | None, units: Dim, gates: int) -> Iterable[WeightSpec]:
    """Yield the weights of a cuDNN layer."""
    if features is None:
        raise Refused("The last dimension of the inputs should be defined. Found `None`.", contract="undefined-dim")
    yield WeightSpec("kernel", (features, units * gates))
    yield WeightSpec("recurrent_kernel", (units, units * gates))
    yield WeightSpec("bias", (units * gates * 2,))


def check_units(spec: LayerSpec, name: str) -> None:
    """Refuse a number of units that is no positive integer; Keras 2 does not convert it either."""
    value = spec.arguments.get(name)
    if isinstance(value, float | str) or (spec.keras is Keras.TWO and isinstance(value, bool)):
        raise Refused(
            f"Received an invalid value for argument `{name}`, expected a positive integer, got {value!r}.",
            error="TypeError",
        )
    if not isinstance(value, Unknown):
        spec.integer(name)


def check_shares(spec: LayerSpec) -> None:
    """Refuse what is no number as a share of units to drop."""
    for name in ("dropout", "recurrent_dropout"):
        value = spec.arguments.get(name, 0.0)
        if value is None or isinstance(value, str | list | tuple | dict):
            raise Refused(
                f"'>' not supported between instances of '{type(value).__name__}' and 'float'",
                error="TypeError",
                argument=name,
                received=value,
            )


def check_bias(spec: LayerSpec) -> None:
    """Refuse no initializer for a bias of which the forget gate's part is ones: it is called."""
    arguments = spec.arguments
    if arguments.get("unit_forget_bias") and arguments.get("bias_initializer", "zeros") is None:
        raise Refused("'NoneType' object is not callable", error="TypeError", argument="bias_initializer")


def batched(batch: Dim | None, size: State) -> Output:
    """Return the shape of a state or output: the batch, then its size; a nest for a nest."""
    if isinstance(size, list):
        return [batched(batch, item) for item in size]
    return (batch, *size) if isinstance(size, tuple) else (batch, size)


def with_time(output: Output, length: Dim | None, *, is_major: bool = False) -> Output:
    """Return an output's shape with the time axis behind the batch, or before it."""
    if isinstance(output, list):
        return [with_time(item, length, is_major=is_major) for item in output]
    if not isinstance(output, tuple):
        return output
    return (length, *output) if is_major else (output[0], length, *output[1:])


def flat_states(sizes: Sequence[State]) -> Iterable[Dim | Shape]:
    """Yield the leaves of a nest of state sizes."""
    for size in sizes:
        if isinstance(size, list):
            yield from flat_states(size)
        else:
            yield size


def flat_values(nest: object) -> Iterable[object]:
    """Yield the leaves of a nest of values."""
    if isinstance(nest, list | tuple):
        for item in nest:
            yield from flat_values(item)
    else:
        yield nest
