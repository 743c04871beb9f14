"""Signals: Fourier transforms, frames, spectrograms."""

from __future__ import annotations

from keraslint.catalogue.operations import Arguments, Operation, operation
from keraslint.catalogue.ops.dtypes import dtype_of
from keraslint.catalogue.ops.shapes import axis_index, data_shape, entry, flag, refuse
from keraslint.catalogue.spec import Output, Signature, as_dim
from keraslint.values.array import Array
from keraslint.values.dim import Dim, ceil_divide, floor_divide, less, maximum
from keraslint.values.layer import Tensor
from keraslint.values.shape import Shape
from keraslint.values.unknown import Why, undetermined

# Keras 3: complex numbers are pairs of tensors


def _pair(arguments: Arguments, least: int) -> tuple[Shape, str]:
    value = arguments.value("x")
    if not isinstance(value, list | tuple) or len(value) != 2:
        refuse(f"Input `x` should be a tuple of two tensors - real and imaginary. Received: x={value}")
    first, second = (data_shape(item) for item in value)
    if first != second:
        refuse(f"Both the real and imaginary parts should have the same shape: {first}, {second}", contract="shapes")
    if len(first) < least:
        refuse(f"Input should have rank >= {least}. Received: input.shape = {first}", contract="rank", shape=first)
    return first, dtype_of(value[0])


def fourier(axes: int) -> Operation:
    """Return the function of a transform over the last axes, which have to be known."""

    def function(arguments: Arguments) -> Output:
        shape, dtype = _pair(arguments, axes)
        if None in shape[-axes:]:
            refuse("Input should have its last dimensions fully-defined.", contract="undefined-dim", shape=shape)
        return [Signature(shape, dtype), Signature(shape, dtype)]

    return function


operation("keras.ops.fft")(fourier(1))
operation("keras.ops.fft2")(fourier(2))
operation("keras.ops.ifft2")(fourier(2))


def _length(arguments: Arguments, name: str) -> Dim | None:
    value = arguments.value(name)
    return None if value is None else as_dim(value, name)


@operation("keras.ops.rfft")
def rfft(arguments: Arguments) -> Output:
    """Return real and imaginary parts of half the spectrum."""
    value, given = arguments.value("x"), _length(arguments, "fft_length")
    shape = data_shape(value)
    if not shape:
        refuse("Input should have rank >= 1.", contract="rank")
    length = shape[-1] if given is None else given
    half = None if length is None else floor_divide(length, 2) + 1
    part = Signature((*shape[:-1], half), dtype_of(value))
    return [part, part]


@operation("keras.ops.irfft")
def irfft(arguments: Arguments) -> Output:
    """Return a real signal of half a spectrum."""
    shape, dtype = _pair(arguments, 1)
    given = _length(arguments, "fft_length")
    length = given if given is not None else None if shape[-1] is None else 2 * (shape[-1] - 1)
    return Signature((*shape[:-1], length), dtype)


@operation("keras.ops.stft")
def stft(arguments: Arguments) -> Output:
    """Return real and imaginary parts of a spectrogram."""
    value = arguments.value("x")
    shape = data_shape(value)
    stride, length = as_dim(arguments.value("sequence_stride"), "sequence_stride"), _length(arguments, "fft_length")
    assert length is not None
    frames = None
    if shape[-1] is not None:
        padded = 2 * floor_divide(length, 2) if flag(arguments, "center") else 0
        frames = 1 + floor_divide(shape[-1] + padded - length, stride)
        if less(frames, 0) is True:
            undetermined(Why.UNSUPPORTED, "a window longer than the signal")
    part = Signature((*shape[:-1], frames, floor_divide(length, 2) + 1), dtype_of(value))
    return [part, part]


@operation("keras.ops.istft")
def istft(arguments: Arguments) -> Output:
    """Return a real signal of a spectrogram."""
    shape, dtype = _pair(arguments, 2)
    stride, length = as_dim(arguments.value("sequence_stride"), "sequence_stride"), _length(arguments, "fft_length")
    assert length is not None
    size = _length(arguments, "length")
    if size is None and shape[-2] is not None:
        size = (shape[-2] - 1) * stride + length
        if flag(arguments, "center"):
            size = size - 2 * floor_divide(length, 2)
    return Signature((*shape[:-2], size), dtype)


# TensorFlow


def _complex(dtype: str) -> str:
    return "complex128" if dtype in {"float64", "complex128"} else "complex64"


def _real(dtype: str) -> str:
    return "float64" if dtype == "complex128" else "float32"


def _last(shape: Shape, count: int) -> None:
    if len(shape) < count:
        refuse(f"Shape must be at least rank {count} but is rank {len(shape)}", contract="rank", shape=shape)


@operation("tf.signal.fft", "tf.signal.ifft")
def tensorflow_fft(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = arguments.value("input")
    _last(data_shape(value), 1)
    return Signature(data_shape(value), dtype_of(value))


@operation("tf.signal.fft2d", "tf.signal.ifft2d")
def tensorflow_fft2d(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = arguments.value("input")
    _last(data_shape(value), 2)
    return Signature(data_shape(value), dtype_of(value))


def _lengths(arguments: Arguments, shape: Shape, count: int) -> Shape:
    given = arguments.value("fft_length")
    if isinstance(given, Tensor | Array):
        return (None,) * count
    if given is None:
        return shape[-count:]
    items = given if isinstance(given, list | tuple) else [given]
    return tuple(entry(item, "fft_length") for item in items)


def tensorflow_rfft(axes: int) -> Operation:
    """Return the function of a transform of real numbers over the last axes."""

    def function(arguments: Arguments) -> Output:
        value = arguments.value("input_tensor")
        shape = data_shape(value)
        _last(shape, axes)
        *others, last = _lengths(arguments, shape, axes)
        half = None if last is None else floor_divide(last, 2) + 1
        return Signature((*shape[:-axes], *others, half), _complex(dtype_of(value)))

    return function


def tensorflow_irfft(axes: int) -> Operation:
    """Return the function of a transform to real numbers over the last axes."""

    def function(arguments: Arguments) -> Output:
        value = arguments.value("input_tensor")
        shape = data_shape(value)
        _last(shape, axes)
        lengths = list(_lengths(arguments, shape, axes))
        if arguments.value("fft_length") is None and lengths[-1] is not None:
            lengths[-1] = maximum(2 * (lengths[-1] - 1), 0)
        return Signature((*shape[:-axes], *lengths), _real(dtype_of(value)))

    return function


for _suffix, _count in (("", 1), ("2d", 2), ("3d", 3)):
    operation(f"tf.signal.rfft{_suffix}")(tensorflow_rfft(_count))
    operation(f"tf.signal.irfft{_suffix}")(tensorflow_irfft(_count))


@operation("tf.signal.frame")
def frame(arguments: Arguments) -> Output:
    """Cut an axis into overlapping frames."""
    value = arguments.value("signal")
    shape = data_shape(value)
    axis = axis_index(arguments.value("axis"), len(shape))
    size, step = (as_dim(arguments.value(name), name) for name in ("frame_length", "frame_step"))
    count = _frames(shape[axis], size, step, pad_end=flag(arguments, "pad_end"))
    return Signature((*shape[:axis], count, size, *shape[axis + 1 :]), dtype_of(value))


def _frames(length: Dim | None, size: Dim, step: Dim, *, pad_end: bool) -> Dim | None:
    if length is None:
        return None
    if pad_end:
        return ceil_divide(length, step)
    count = 1 + floor_divide(length - size, step)
    return maximum(count, 0) if less(count, 0) is not False else count


@operation("tf.signal.stft")
def tensorflow_stft(arguments: Arguments) -> Output:
    """Return a spectrogram of complex numbers."""
    value = arguments.value("signals")
    shape = data_shape(value)
    _last(shape, 1)
    size, step = (as_dim(arguments.value(name), name) for name in ("frame_length", "frame_step"))
    given = _length(arguments, "fft_length")
    if given is None:
        if not isinstance(size, int):
            undetermined(Why.INPUT, f"the power of two that encloses {size}")
        given = 1 << (size - 1).bit_length()
    frames = _frames(shape[-1], size, step, pad_end=flag(arguments, "pad_end"))
    return Signature((*shape[:-1], frames, floor_divide(given, 2) + 1), _complex(dtype_of(value)))


@operation("tf.signal.linear_to_mel_weight_matrix")
def mel_weights(arguments: Arguments) -> Output:
    """Return a matrix of bins."""
    return Signature(
        (
            entry(arguments.value("num_spectrogram_bins"), "num_spectrogram_bins"),
            entry(arguments.value("num_mel_bins"), "num_mel_bins"),
        ),
        "float32",
    )


@operation("tf.signal.mfccs_from_log_mel_spectrograms", "tf.signal.fftshift", "tf.signal.ifftshift")
def kept(arguments: Arguments) -> Output:
    """Keep the shape."""
    value = next(iter(arguments.values.values()))
    return Signature(data_shape(value), dtype_of(value))


@operation("tf.signal.hann_window", "tf.signal.hamming_window", "tf.signal.kaiser_window", "tf.signal.vorbis_window")
def window(arguments: Arguments) -> Output:
    """Return a window of a length."""
    return Signature((entry(arguments.value("window_length"), "window_length"),), "float32")


@operation("tf.signal.dct", "tf.signal.idct")
def dct(arguments: Arguments) -> Output:
    """Transform the last axis, cut or padded to ``n``."""
    value, length = arguments.value("input"), arguments.value("n")
    shape = data_shape(value)
    _last(shape, 1)
    last = shape[-1] if length is None else entry(length, "n")
    return Signature((*shape[:-1], last), dtype_of(value))
