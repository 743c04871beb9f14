"""RNN over any cell, and the stack of cells: the cells are layers of their own, the program's or Keras'."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.recurrent import Cell, Recurrent, State, batched
from keraslint.catalogue.spec import Call, Host, Output, Refused, WeightSpec, as_dim, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim, Poly
from keraslint.values.layer import Layer, Tensor
from keraslint.values.program import Class, Instance, Missing
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined


@layer()
class StackedRNNCells(Cell):
    """Several cells, each fed with the output of the one before."""

    def check(self) -> None:
        """Take the cells as sublayers; refuse what is none."""
        super().check()
        cells = self.arguments.get("cells")
        if isinstance(cells, Unknown):
            return
        if not isinstance(cells, list | tuple):
            raise Refused(f"{type(cells).__name__!r} object is not iterable: cells={cells!r}", error="TypeError")
        for cell in cells:
            check_cell(cell, "All cells")
            if isinstance(cell, Layer):
                self.children.append(cell)

    def cells(self) -> list[Layer]:
        """Return the cells, every one of them known."""
        given = self.value("cells")
        if not isinstance(given, list | tuple):
            raise Refused(f"cells={given!r}", error="TypeError")
        if not given:
            if self.keras is Keras.TWO:
                undetermined(Why.UNSUPPORTED, "a stack of no cells")
            raise Refused("list index out of range", error="IndexError")
        return [known_cell(cell) for cell in given]

    def states(self) -> list[State]:
        """Return the sizes of each cell's states."""
        sizes = [state_size(cell, self.host) for cell in self.cells()]
        return sizes[::-1] if self.arguments.get("reverse_state_order") else sizes

    @property
    def has_single_state(self) -> bool:
        """Whether ``state_size`` is one integer: never."""
        return False

    def output_size(self) -> State:
        """Return the size of the last cell's output."""
        return cell_output_size(self.cells()[-1], self.host)

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Build each cell for the output of the one before."""
        shape = shape_of(call.inputs)
        for cell in self.cells():
            self.host.build(cell, shape)
            step = batched(shape[0], cell_output_size(cell, self.host))
            if isinstance(step, tuple):
                shape = step
        return ()


@layer()
class RNN(Recurrent):
    """A recurrent layer over a cell that is given."""

    def check(self) -> None:
        """Take the cell as a sublayer; refuse what is none."""
        super().check()
        cell = self.arguments.get("cell")
        self.cell: object = cell
        if isinstance(cell, list | tuple):
            self.cell = self.host.make("StackedRNNCells", cells=list(cell))
            self.host.use_up("StackedRNNCells")
        if isinstance(self.cell, Unknown):
            return
        check_cell(self.cell, "Argument `cell`")
        if isinstance(self.cell, Layer):
            self.children.append(self.cell)

    def known(self) -> Layer:
        """Return the cell."""
        return known_cell(self.cell)

    def sequences(self, call: Call) -> Shape:
        """Return the shape of the input, of any rank from 3."""
        inputs, _ = self.split(call)
        shape = shape_of(inputs, 3)
        if len(shape) < 2:
            raise Refused("tuple index out of range", error="IndexError", contract="rank", expected=3, shape=shape)
        return shape

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Build the cell for one step's input."""
        cell = self.known()
        shape = self.step_shape(self.sequences(call))
        self.host.build(cell, shape)
        if self.keras is Keras.TWO and cell.cls is not None:
            states = _tensors(batched(shape[0], self._nested_states()))
            self.host.apply(cell, Tensor(shape), states)
        return ()

    def again(self, call: Call) -> None:
        """Call the cell on a step of another input (Keras 2 traces it)."""
        if self.keras is Keras.TWO:
            shape = self.step_shape(self.sequences(call))
            self.host.apply(self.known(), Tensor(shape), _tensors(batched(shape[0], self._nested_states())))

    def check_call(self, call: Call, batch: Dim | None, length: Dim | None) -> None:
        """Refuse what the call refuses, and in Keras 2 cells that compute in another dtype than the layer."""
        super().check_call(call, batch, length)
        if self.keras is Keras.THREE:
            return
        _, dtype = self.host.dtypes(self.arguments.get("dtype"))
        cell = self.known()
        for inner in cell.children if isinstance(cell.spec, StackedRNNCells) else [cell]:
            shape = self.sequences(call)
            if inner.cls is None and len(shape) > 3 and self.flag("unroll"):
                undetermined(Why.UNSUPPORTED, f"steps of rank {len(shape) - 1} in an unrolled {self.class_name}")
            if inner.cls is None and len(shape) != 3:
                raise Refused(
                    f"Shapes must be equal rank, but are {len(shape) - 1} and 2",
                    contract="rank",
                    expected=3,
                    shape=shape,
                )
            if inner.cls is None and inner.compute_dtype != dtype:
                raise Refused(
                    f"Exception encountered when calling layer '{inner.name}' (type {inner.class_name}): states of "
                    f"{dtype} meet weights of {inner.compute_dtype}",
                    error="TypeError",
                    contract="dtype",
                )

    def _nested_states(self) -> State:
        size = state_size(self.known(), self.host)
        return size if isinstance(size, list) else [size]

    def state_sizes(self, call: Call) -> list[State]:
        """Return the sizes of the cell's states."""
        sizes = self._nested_states()
        return sizes if isinstance(sizes, list) else [sizes]

    def output_size(self, call: Call) -> State:
        """Return the size of the cell's output."""
        return cell_output_size(self.known(), self.host)


def check_cell(cell: object, who: str) -> None:
    """Refuse a cell that is no object with ``call`` and ``state_size``."""
    if isinstance(cell, Unknown | Instance):
        return
    if not isinstance(cell, Layer):
        raise Refused(f"{who} must have a `call` method. Received cell without a `call` method: {cell!r}")
    if isinstance(cell.spec, Cell) or cell.cls is not None:
        return
    raise Refused(
        f"{who} must have a `state_size` attribute. Received cell without a `state_size`: {cell!r}", contract="argument"
    )


def known_cell(cell: object) -> Layer:
    """Return a cell that is a layer; raise ``Undetermined`` for anything else."""
    if isinstance(cell, Unknown):
        raise Undetermined(cell)
    if not isinstance(cell, Layer):
        undetermined(Why.UNSUPPORTED, "a recurrent cell that is no layer")
    return cell


def state_size(cell: Layer, host: Host) -> State:
    """Return a cell's ``state_size``: of Keras' own cells by arguments, of the program's by attribute."""
    own = attribute(cell, "state_size", host)
    if not isinstance(own, Missing):
        return as_state(own)
    if isinstance(cell.spec, Cell):
        states = cell.spec.states()
        return states[0] if cell.spec.has_single_state else states
    undetermined(Why.UNSUPPORTED, f"the state_size of {cell.name}")


def cell_output_size(cell: Layer, host: Host) -> State:
    """Return a cell's ``output_size``, or the size of its first state."""
    own = attribute(cell, "output_size", host)
    if not isinstance(own, Missing) and own is not None:
        return as_state(own)
    if isinstance(cell.spec, Cell) and isinstance(attribute(cell, "state_size", host), Missing):
        return cell.spec.output_size()
    size = state_size(cell, host)
    return size[0] if isinstance(size, list) else size


def attribute(cell: Layer, name: str, host: Host) -> object:
    """Return an attribute of a cell whose class the program defines, ``MISSING`` where it sets none."""
    if name in cell.attributes:
        return cell.attributes[name]
    if not isinstance(cell.cls, Class):
        return Missing()
    found = cell.cls.find(name)
    if isinstance(found, Missing | int | list | tuple | Poly):
        return found
    if isinstance(found, Unknown):
        raise Undetermined(found)
    return host.attribute(cell, name)


def as_state(value: object) -> State:
    """Return a value of the program as the size of a state."""
    if isinstance(value, list | tuple):
        return [as_state(item) for item in value]
    return as_dim(value, "state_size")


def _tensors(shapes: Output) -> object:
    return [_tensors(shape) for shape in shapes] if isinstance(shapes, list) else _tensor(shapes)


def _tensor(shape: Output) -> object:
    if isinstance(shape, tuple):
        return Tensor(shape)
    return shape
