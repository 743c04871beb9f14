"""Preprocessing of numbers and signals: Normalization, Rescaling, spectrograms, and Pipeline."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from keraslint.catalogue.layers.preprocessing_images import Images, Resized
from keraslint.catalogue.layers.standard import SameShape, Standard, settle
from keraslint.catalogue.layers.wrappers import nest_of, with_dtypes
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, as_dim, channel_axis, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.dim import Dim, floor_divide, less, same
from keraslint.values.layer import Layer
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

SPECTROGRAM_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


@layer()
class Normalization(Standard):
    """Mean and variance per kept axis, learned by ``adapt`` or given."""

    refits = True

    def check(self) -> None:
        """Refuse a mean without a variance, and in Keras 3 two of different shapes."""
        super().check()
        self.built_for: Shape | None = None
        axis, mean, variance = (self.arguments.get(name) for name in ("axis", "mean", "variance"))
        if not isinstance(axis, int | list | tuple | Unknown | None):
            raise Refused(f"{type(axis).__name__!r} object is not iterable: axis={axis!r}", error="TypeError")
        if isinstance(mean, Unknown) or isinstance(variance, Unknown):
            return
        if (mean is None) is not (variance is None):
            raise Refused(
                "When setting values directly, both `mean` and `variance` must be set. "
                f"Received: mean={mean!r} and variance={variance!r}"
            )
        if mean is None or self.keras is Keras.TWO:
            return
        shape, other = shape_of_data(mean), shape_of_data(variance)
        if shape is None or other is None:
            return
        if shape != other:
            raise Refused(
                "When setting values directly, `mean` and `variance` must have the same shape. "
                f"Received: mean shape {shape} and variance shape {other}"
            )
        if not isinstance(axis, Unknown) and len(shape) > len(self.axes()):
            raise Refused(
                f"The rank of `mean` must be less than or equal to the number of axes ({len(self.axes())}). "
                f"Received: mean shape {shape} for axis {axis}"
            )

    def axes(self) -> tuple[int, ...]:
        """Return the kept axes as they were given."""
        axis = self.value("axis")
        if axis is None:
            return ()
        given = axis if isinstance(axis, list | tuple) else (axis,)
        axes: list[int] = []
        for item in given:
            if isinstance(item, Unknown):
                raise Undetermined(item)
            if not isinstance(item, int):
                raise Refused(f"`axis` has to be of integers, received {axis!r}", error="TypeError")
            axes.append(item)
        return tuple(axes)

    def kept(self, shape: Shape) -> list[int]:
        """Return the kept axes of an input, in order; refuse those it has not, or of unknown length."""
        rank = len(shape)
        axes = self.axes()
        if any(not -rank <= axis < rank for axis in axes):
            raise Refused(
                "All `axis` values must be in the range [-ndim, ndim). "
                f"Received inputs with ndim={rank}, while axis={axes}",
                contract="rank",
                shape=shape,
                axis=axes,
            )
        kept = sorted(axis % rank for axis in axes)
        for axis in kept:
            if shape[axis] is None:
                raise Refused(
                    "All `axis` values to be kept must have a known shape. "
                    f"Received axis={axes}, inputs.shape={shape_text(shape)}, with unknown axis at index {axis}",
                    contract="undefined-dim",
                    shape=shape,
                    axis=axis,
                )
        return kept

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield mean, variance and count, unless they are given."""
        shape = call.shape
        kept = self.kept(shape)
        self.built_for = shape
        statistics = tuple(shape[axis] for axis in kept)
        mean = self.arguments.get("mean")
        if mean is not None:
            for value in (mean, self.arguments.get("variance")):
                self._check_values(shape_of_data(value), statistics)
            return
        dtype = self.host.dtypes(self.value("dtype"))[1] if self.keras is Keras.TWO else ""
        yield WeightSpec("mean", statistics, trainable=False, dtype=dtype, why="statistic")
        yield WeightSpec("variance", statistics, trainable=False, dtype=dtype, why="statistic")
        yield WeightSpec("count", (), trainable=False, dtype="int64", why="count")

    def _check_values(self, given: Shape | None, statistics: Shape) -> None:
        if given is None:
            return
        if self.keras is Keras.TWO:
            given = given[
                sum(1 for _ in itertools.takewhile(lambda dim: dim == 1, given[: -len(statistics) or None])) :
            ]
        tail = statistics[len(statistics) - len(given) :] if len(given) <= len(statistics) else None
        fits = tail is not None and not any(
            a is not None and b is not None and a != 1 and same(a, b) is False for a, b in zip(given, tail, strict=True)
        )
        if not fits:
            raise Refused(
                f"Cannot broadcast a mean or variance of shape {given} to {shape_text(statistics)}",
                contract="channels",
                shape=given,
                expected=statistics,
            )

    def output(self, call: Call) -> Output:
        """Return the input's shape."""
        shape = call.shape
        if self.keras is Keras.TWO and self.built_for is not None and len(shape) == len(self.built_for):
            kept = self.kept(self.built_for)
            for axis in kept:
                a, b = shape[axis], self.built_for[axis]
                if a is not None and b is not None and 1 not in (a, b) and same(a, b) is False:
                    raise Refused(
                        f"Dimensions must be equal, but are {a} and {b}: the statistics are of {self.built_for}",
                        contract="channels",
                        shape=shape,
                        expected=self.built_for,
                    )
        return shape


@layer()
class Rescaling(SameShape):
    """A product with a scale, and an offset."""

    def output(self, call: Call) -> Output:
        """Return the input's shape; Keras 2 really broadcasts it with scale and offset."""
        given = super().output(call)
        if self.keras is Keras.THREE or not isinstance(given, tuple):
            return given
        shape: Shape = given
        for name in ("scale", "offset"):
            factor = self.value(name)
            if factor is None:
                raise Refused("None values not supported.", argument=name)
            shape = self._broadcast(shape, shape_of_data(factor), given)
        return shape

    def _broadcast(self, shape: Shape, factor: Shape | None, given: Shape) -> Shape:
        if factor is None:
            return shape
        short = min(len(shape), len(factor))
        lead = (*shape[: len(shape) - short], *factor[: len(factor) - short])
        tail: list[Dim | None] = []
        for a, b in zip(shape[len(shape) - short :], factor[len(factor) - short :], strict=True):
            if a is not None and b is not None and 1 not in (a, b) and same(a, b) is False:
                raise Refused(
                    f"Dimensions must be equal, but are {a} and {b} in rescaling {shape_text(given)} by {factor}",
                    contract="merge-shapes",
                    shapes=[given, factor],
                    axis=None,
                )
            tail.append(b if a == 1 or (a is None and b != 1) else a)
        return (*lead, *tail)


@layer()
class Pipeline(Standard):
    """Layers in a row."""

    def check(self) -> None:
        """Take the layers as sublayers."""
        super().check()
        layers = self.arguments.get("layers")
        if isinstance(layers, list | tuple):
            self.children.extend(item for item in layers if isinstance(item, Layer))

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Build the layers by calling them."""
        self._run(call.inputs)
        return ()

    def output(self, call: Call) -> Output:
        """Return what the last layer returns."""
        result = self._run(call.inputs)
        return with_dtypes(nest_of(result), result)

    def _run(self, value: object) -> object:
        layers = self.value("layers")
        if not isinstance(layers, list | tuple):
            raise Refused(f"{type(layers).__name__!r} object is not iterable", error="TypeError")
        if not layers:
            raise Refused("cannot access local variable 'outputs'", error="UnboundLocalError")
        for item in layers:
            if isinstance(item, Unknown):
                raise Undetermined(item)
            if not isinstance(item, Layer):
                raise Refused(f"{item!r} has no attribute '_call_has_mask_arg'", error="AttributeError")
            if isinstance(item.spec, Images):
                _check_images(item, item.spec, value)
            value = self.host.apply(item, value)
        return value


def _check_images(item: Layer, spec: Images, value: object) -> None:
    """Refuse what an image layer does not take when TensorFlow runs it; there a crop of open size has an open size."""
    shape = shape_of(value)
    if len(shape) not in {3, 4}:
        raise Refused(
            f"Exception encountered when calling {item.class_name}: expected an image or a batch of images, found "
            f"ndim={len(shape)}. Full shape received: {shape_text(shape)}",
            contract="rank",
            expected=4,
            shape=shape,
        )
    if isinstance(spec, Resized) and item.class_name != "Resizing" and None in shape[-3:-1]:
        undetermined(Why.UNSUPPORTED, f"{item.class_name} of images of open size in a Pipeline")


@layer()
class STFTSpectrogram(Standard):
    """A short-time Fourier transform as a convolution with two kernels, which are trained."""

    def check(self) -> None:
        """Refuse steps, lengths and modes that the constructor refuses."""
        super().check()
        step, length, fft = (self.arguments.get(name) for name in ("frame_step", "frame_length", "fft_length"))
        if isinstance(step, int) and isinstance(length, int) and not 1 <= step <= length:
            raise Refused(
                "`frame_step` should be a positive integer not greater than `frame_length`. "
                f"Received frame_step={step}, frame_length={length}"
            )
        if isinstance(fft, int) and isinstance(length, int) and fft < length:
            raise Refused(
                f"`fft_length` should be not less than `frame_length`. Received fft_length={fft}, frame_length={length}"
            )
        for name, allowed in (
            ("mode", SPECTROGRAM_MODES),
            ("scaling", ("density", "spectrum", None)),
            ("padding", ("valid", "same")),
        ):
            value = self.arguments.get(name)
            if not isinstance(value, Unknown) and value not in allowed:
                raise Refused(f"`{name}` is invalid, it must be one of {allowed}. Received: {name}={value!r}")
        settle(self.data_format)

    def bins(self) -> int:
        """Return the number of frequencies."""
        fft, length = self.value("fft_length"), self.value("frame_length")
        if not isinstance(length, int) or length < 1:
            raise Refused(f"`frame_length` has to be a positive integer, received {length!r}")
        if fft and not isinstance(fft, int):
            raise Refused(f"`fft_length` has to be an integer, received {fft!r}", error="TypeError")
        size = fft if isinstance(fft, int) and fft else 1 << (length - 1).bit_length()
        return size // 2 + 1

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the real and the imaginary kernel, whichever the mode needs."""
        self.ranked(call, 3)
        shape = (as_dim(self.value("frame_length"), "frame_length"), 1, self.bins())
        mode = self.text("mode")
        if mode != "imag":
            yield WeightSpec("real_kernel", shape)
        if mode != "real":
            yield WeightSpec("imag_kernel", shape)

    def output(self, call: Call) -> Output:
        """Return (batch, frames, frequencies of all channels), or with the channels apart."""
        shape = self.ranked(call, 3)
        data_format = self.data_format()
        is_last = data_format == "channels_last"
        channels = shape[channel_axis(data_format, 3)]
        length = shape[1] if is_last else shape[2]
        bins: Dim = self.bins() * (2 if self.text("mode") == "stft" else 1)
        if channels is None:
            raise Refused(
                "unsupported operand type(s) for *: 'int' and 'NoneType'",
                error="TypeError",
                contract="undefined-dim",
                shape=shape,
            )
        frames = self._frames(length, shape)
        if self.flag("expand_dims"):
            return (shape[0], frames, bins, channels) if is_last else (shape[0], channels, frames, bins)
        return (shape[0], frames, bins * channels) if is_last else (shape[0], bins * channels, frames)

    def _frames(self, length: Dim | None, shape: Shape) -> Dim | None:
        if length is None:
            return None
        frame = as_dim(self.value("frame_length"), "frame_length")
        step = self.value("frame_step")
        stride = as_dim(step, "frame_step") if step else floor_divide(frame, 2)
        if stride == 0:
            raise Refused("division by zero", error="ZeroDivisionError")
        if self.text("padding") == "same":
            return floor_divide(length - 1, stride) + 1
        frames = floor_divide(length - frame, stride) + 1
        if less(frames, 1):
            raise Refused(
                f"Computed output size would be zero or negative. Received `inputs shape={shape_text(shape)}`, "
                f"`kernel shape={frame}`, `strides={stride}`, `padding=valid`.",
                contract="nonpositive-output",
                shape=shape,
                size=length,
                kernel=frame,
                strides=stride,
            )
        return frames


@layer()
class MelSpectrogram(Standard):
    """A spectrogram on the mel scale, without weights."""

    def check(self) -> None:
        """Refuse a transform shorter than a sequence."""
        super().check()
        fft, length = self.arguments.get("fft_length"), self.arguments.get("sequence_length")
        if isinstance(fft, int) and isinstance(length, int) and length and fft < length:
            raise Refused(
                "`fft_length` must be greater than or equal to `sequence_length`. "
                f"Received: `sequence_length`={length}, `fft_length`={fft}."
            )

    def output(self, call: Call) -> Output:
        """Return (batch, mel bins, frames)."""
        shape = call.shape
        if not shape:
            raise Refused("tuple index out of range", error="IndexError", contract="rank", expected=2, shape=shape)
        bins = as_dim(self.value("num_mel_bins"), "num_mel_bins")
        stride = as_dim(self.value("sequence_stride"), "sequence_stride")
        if stride == 0:
            raise Refused("integer division or modulo by zero", error="ZeroDivisionError")
        length = shape[0] if len(shape) == 1 else shape[1]
        frames = None if length is None else floor_divide(length + stride + 1, stride)
        return (bins, frames) if len(shape) == 1 else (shape[0], bins, frames)


def shape_of_data(value: object) -> Shape | None:
    """Return the shape of a number, a nest of numbers or an array; None where it is not known."""
    match value:
        case Unknown():
            return None
        case Array():
            return value.shape if isinstance(value.shape, tuple) else None
        case list() | tuple():
            return _shape_of_list(value)
        case _:
            return ()


def _shape_of_list(value: Sequence[object]) -> Shape | None:
    if not value:
        return (0,)
    inner = shape_of_data(value[0])
    return None if inner is None else (len(value), *inner)
