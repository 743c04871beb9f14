"""Normalizations by layer, group, length and root mean square, and ``SpectralNormalization`` of a layer's kernel."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.common import FLOATS
from keraslint.catalogue.layers.standard import SameShape, Standard, settle
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.array import NumpyInt
from keraslint.values.dim import Dim, less, same
from keraslint.values.layer import Layer, Tensor, Weight
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Why, undetermined

_KERNEL_IN_CELL = frozenset({"GRU", "LSTM", "SimpleRNN"})
"""Layers whose kernel is an attribute of their cell only."""


class OverAxes(SameShape):
    """What normalizations share: an axis or several."""

    def axes(self) -> list[int]:
        """Return the axes as they were given."""
        value = self.value("axis")
        axes = list(value) if isinstance(value, list | tuple) else [value]
        takes_numpy = self.class_name == "RMSNormalization"
        whole = [axis for axis in axes if isinstance(axis, int) and (takes_numpy or not isinstance(axis, NumpyInt))]
        if len(whole) < len(axes):
            raise Refused(
                f"Expected an int or a list/tuple of ints for the argument 'axis', but received: {value!r}",
                error="TypeError",
                received=value,
            )
        return whole

    def check(self) -> None:
        """Refuse an axis that is no integer."""
        super().check()
        settle(self.axes)

    def output(self, call: Call) -> Output:
        """Return the input's shape, in the layer's own dtype."""
        return call.shape

    def valid_axes(self, shape: Shape) -> list[int]:
        """Return the axes counted from the front, as Keras 2 checks them: each there, each once."""
        rank = len(shape)
        axes = [axis + rank if axis < 0 else axis for axis in self.axes()]
        for axis in axes:
            if not 0 <= axis < rank:
                raise Refused(
                    f"Invalid value for `axis` argument. Expected 0 <= axis < inputs.rank (with inputs.rank={rank}). "
                    f"Received: axis={tuple(axes)}",
                    contract="rank",
                    axis=axis,
                    shape=shape,
                )
        if len(set(axes)) != len(axes):
            raise Refused(f"Duplicate axis: {tuple(axes)}", contract="rank", shape=shape)
        return axes

    def dims(self, shape: Shape) -> Shape:  # type: ignore[override]
        """Return the dimensions of the parameters, one for each axis; None among them is refused."""
        if self.keras is Keras.TWO:
            axes = self.valid_axes(shape)
        else:
            axes = sorted(self.axes()) if isinstance(self.value("axis"), list | tuple) else self.axes()
        for axis in axes:
            if not -len(shape) <= axis < len(shape):
                raise Refused("tuple index out of range", error="IndexError", contract="rank", axis=axis, shape=shape)
        dims = tuple(shape[axis] for axis in axes)
        if None in dims and self.has_weights():
            raise Refused(
                f"Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: "
                f"shape={shape_text(dims)} for variable path='{self.name}/gamma'",
                contract="undefined-dim",
                shape=shape,
                axis=axes[dims.index(None)],
            )
        return dims

    def has_weights(self) -> bool:
        """Return whether there is anything that has to have a size."""
        return True

    def scale_and_offset(self, dims: Shape, dtype: str = "") -> Iterable[WeightSpec]:
        """Yield gamma and beta where the layer has them."""
        if self.flag("scale"):
            yield WeightSpec("gamma", dims, dtype=dtype)
        if self.flag("center"):
            yield WeightSpec("beta", dims, dtype=dtype)


@layer()
class LayerNormalization(OverAxes):
    """Normalization of each example over some axes."""

    refits = True

    def has_weights(self) -> bool:
        """Return whether there is a scale or an offset."""
        return self.flag("scale") or self.flag("center") or self.flag("rms_scaling")

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield gamma and beta; the deprecated ``rms_scaling`` has gamma alone, always."""
        if self.host.dtypes(self.value("dtype"))[1] not in FLOATS:
            self.refuse_integers(call)
        dims = self.dims(call.shape)
        if self.keras is Keras.THREE and self.flag("rms_scaling"):
            yield WeightSpec("gamma", dims)
        else:
            yield from self.scale_and_offset(dims)


@layer()
class RMSNormalization(OverAxes):
    """Division by the root mean square over some axes (Keras 3)."""

    refits = True

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the scale."""
        yield WeightSpec("scale", self.dims(call.shape))


@layer()
class UnitNormalization(OverAxes):
    """Vectors of length one."""

    def output(self, call: Call) -> Output:
        """Return the input's shape; an axis that is not there is refused."""
        match call.inputs:
            case [Tensor() as only] if self.keras is Keras.THREE:
                return [only.known_shape()]
            case _:
                shape = call.shape
        if self.keras is Keras.TWO:
            self.valid_axes(shape)
        for axis in self.axes():
            if not -len(shape) <= axis < len(shape):
                raise Refused(
                    f"Axis {self.value('axis')} is out of bounds for input shape {shape_text(shape)}.",
                    contract="rank",
                    axis=axis,
                    shape=shape,
                )
        return shape


@layer()
class GroupNormalization(OverAxes):
    """Normalization of groups of channels; -1 groups: each channel is one."""

    def check(self) -> None:
        """Refuse groups that are no positive integer in Keras 3."""
        super().check()
        if self.keras is Keras.THREE:
            settle(self._check_groups)

    def _check_groups(self) -> None:
        value = self.arguments.get("groups")
        if isinstance(value, float | str | list | tuple | NumpyInt | None) or (
            isinstance(value, int) and value <= 0 and value != -1
        ):
            raise Refused(
                "Received an invalid value for argument `groups`, expected a positive integer (or `-1` for instance "
                f"normalization). Received: groups={value}",
                received=value,
            )

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield gamma and beta for the channels."""
        self.refuse_non_floats(call)
        groups = self.arguments.get("groups")
        if isinstance(groups, float | str):
            raise Refused(f"Expected int32, but got {groups} of type '{type(groups).__name__}'.", error="TypeError")
        shape = call.shape
        if isinstance(self.value("axis"), list | tuple):
            raise Refused(
                "tuple indices must be integers or slices, not list", error="TypeError", received=self.value("axis")
            )
        (channels,) = self.dims(shape)
        if channels is not None:
            self._check_channels(channels)
        yield from self.scale_and_offset((channels,))

    def _check_channels(self, channels: Dim) -> None:
        if self.arguments.get("groups") == -1:
            return
        groups = self.integer("groups")
        if less(channels, groups):
            raise Refused(
                f"Number of groups ({groups}) cannot be more than the number of channels ({channels}).",
                contract="channels",
                groups=groups,
                channels=channels,
            )
        if same(channels % groups, 0) is False:
            raise Refused(
                f"Number of groups ({groups}) must be a multiple of the number of channels ({channels}).",
                contract="channels",
                groups=groups,
                channels=channels,
            )


@layer()
class SpectralNormalization(Standard):
    """Another layer, whose kernel is divided by its greatest singular value in training."""

    def check(self) -> None:
        """Take the wrapped layer; refuse what is none."""
        super().check()
        inner = self.value("layer")
        if not isinstance(inner, Layer):
            raise Refused(
                f"Layer {inner} supplied to Wrapper isn't a supported layer type. Please ensure wrapped layer is a "
                "valid Keras layer."
            )
        self.children.append(inner)
        settle(self._check_iterations)

    def _check_iterations(self) -> None:
        value = self.value("power_iterations")
        if isinstance(value, int | float) and value <= 0:
            raise Refused(
                f"`power_iterations` should be greater than zero. Received: `power_iterations={value}`", received=value
            )

    def weights(self, call: Call) -> Iterable[WeightSpec | Weight]:
        """Yield the wrapped kernel, which is tracked a second time, and the vector of the last axis."""
        inner = self.children[0]
        self.host.build(inner, call.shape)
        if inner.trouble is not None:
            undetermined(inner.trouble.why, inner.trouble.what)
        kernel = self._kernel(inner)
        yield kernel
        if not isinstance(kernel.shape, tuple):
            undetermined(kernel.shape.why, kernel.shape.what)
        yield WeightSpec("vector_u", (1, kernel.shape[-1]), trainable=False, dtype=kernel.dtype, why="statistic")

    def _kernel(self, inner: Layer) -> Weight:
        for weight in () if inner.class_name in _KERNEL_IN_CELL else inner.weights:
            if weight.name in {"kernel", "embeddings"}:
                return weight
        if inner.cls is not None:
            undetermined(Why.UNSUPPORTED, f"which weight of {inner.name} is its kernel")
        raise Refused(f"{inner.class_name} object has no attribute 'kernel' nor 'embeddings'", contract="argument")

    def output(self, call: Call) -> Output:
        """Return what the wrapped layer returns."""
        result = self.host.apply(self.children[0], *call.args, **call.kwargs)
        if not isinstance(result, Tensor):
            undetermined(Why.UNSUPPORTED, f"the output of {self.children[0].name}")
        return result
