"""Normalization over the batch, with the statistics that training moves by averaging."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.common import FLOATS
from keraslint.catalogue.layers.normalization import OverAxes
from keraslint.catalogue.layers.standard import settle
from keraslint.catalogue.spec import Call, Refused, WeightSpec, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.shape import Shape, shape_text

_FUSED_AXES = frozenset({-4, -3, -1, 1, 3, 4})
_FUSED_DTYPES = frozenset({"float16", "bfloat16", "float32"})


@layer("BatchNormalization", "SyncBatchNormalization")
class BatchNormalization(OverAxes):
    """Normalization of each channel: scale and offset are learned, mean and variance are statistics."""

    keeps_rank = (Keras.TWO, Keras.THREE)

    def axes(self) -> list[int]:
        """Return the axes; Keras 3 takes one only."""
        value = self.value("axis")
        if self.keras is Keras.THREE:
            if isinstance(value, list | tuple) or value is None:
                raise Refused(
                    "int() argument must be a string, a bytes-like object or a real number, not "
                    f"'{type(value).__name__}': axis={value!r}",
                    error="TypeError",
                    received=value,
                )
            if isinstance(value, float) or (isinstance(value, str) and value.lstrip("+-").isdigit()):
                return [int(value)]
        return super().axes()

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(self._check_clipping)
        if self.keras is Keras.TWO:
            settle(self._check_fused)

    def _check_clipping(self) -> None:
        clipping = self.value("renorm_clipping")
        if self.flag("renorm") and isinstance(clipping, dict) and set(clipping) - {"rmax", "rmin", "dmax"}:
            raise Refused(
                f"Received invalid keys for `renorm_clipping` argument: {clipping}. Supported values: "
                "['rmax', 'rmin', 'dmax']."
            )

    def _check_fused(self) -> None:
        if not self.flag("fused"):
            return
        if self.flag("synchronized"):
            raise Refused("`fused=True` is not supported when `synchronized=True`.")
        if not self._can_be_fused():
            raise Refused(f"Passing `fused=True` is not supported here. Got axis {self.value('axis')}")

    def _can_be_fused(self) -> bool:
        axes = self.axes()
        return (
            not self.flag("renorm")
            and len(axes) == 1
            and axes[0] in _FUSED_AXES
            and not self.given("virtual_batch_size")
            and not self.given("adjustment")
            and self.host.dtypes(self.value("dtype"))[1] in _FUSED_DTYPES
        )

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield gamma, beta, the moving statistics, and those of the renormalization."""
        if self.host.dtypes(self.value("dtype"))[1] not in FLOATS:
            self.refuse_integers(call)
        shape = call.shape
        dims = self.dims(shape) if self.keras is Keras.THREE else self._dims_2(shape)
        dtype = self.host.dtypes(self.value("dtype"))[0]
        dtype = "float32" if self.keras is Keras.TWO and dtype in {"float16", "bfloat16"} else ""
        yield from self.scale_and_offset(dims, dtype)
        names = ["moving_mean", "moving_variance"]
        if self.flag("renorm"):
            names += ["moving_stddev", "renorm_mean", "renorm_stddev"]
        for name in names:
            yield WeightSpec(name, dims, trainable=False, dtype=dtype, why="statistic")

    def _dims_2(self, shape: Shape) -> Shape:
        axes = self.valid_axes(shape)
        virtual = self._virtual_batch_size(axes)
        self._check_fused_axes(shape, axes)
        dims = {axis: shape[axis] for axis in axes}
        if None in dims.values():
            raise Refused(
                f"Input has undefined `axis` dimension. Received input with shape {shape_text(shape)} and "
                f"axis={tuple(axes)}",
                contract="undefined-dim",
                shape=shape,
                axis=axes[0],
            )
        if len(dims) == 1 and not virtual:
            return tuple(dims.values())
        whole = [dims.get(axis, 1) for axis in range(len(shape))]
        return (whole[0], 1, *whole[1:]) if virtual else tuple(whole)

    def _virtual_batch_size(self, axes: list[int]) -> bool:
        value = self.value("virtual_batch_size")
        if value is None:
            return False
        if isinstance(value, int) and value <= 0:
            raise Refused(
                "`virtual_batch_size` must be a positive integer that divides the true batch size of the input tensor. "
                f"Received: virtual_batch_size={value}"
            )
        if 0 in axes:
            raise Refused(
                "When using `virtual_batch_size`, the batch dimension must be 0 and thus axis cannot include 0. "
                f"Received axis={axes}"
            )
        if self.given("adjustment"):
            raise Refused("When using `virtual_batch_size`, adjustment cannot be specified")
        return True

    def _check_fused_axes(self, shape: Shape, axes: list[int]) -> None:
        """Refuse an axis for which the fused operation is chosen, and which it does not know."""
        asked = self.value("fused")
        synchronized = self.flag("synchronized") or self.class_name == "SyncBatchNormalization"
        if asked is False or synchronized or (asked is None and not self._can_be_fused()):
            return
        rank = len(shape)
        if asked and rank not in {4, 5}:
            raise Refused(
                "Batch normalization layers with `fused=True` only support 4D or 5D input tensors. Received tensor "
                f"with shape: {shape_text(shape)}",
                contract="rank",
                shape=shape,
            )
        if rank == 4 and axes not in ([1], [3]):
            raise Refused(
                "Unsupported axis. The use of `fused=True` is only possible with `axis=1` or `axis=3` for 4D input "
                f"tensors. Received: axis={tuple(axes)}",
                contract="rank",
                axis=axes[0],
                shape=shape,
            )
