"""``keras.utils`` on data: labels, sequences, images; what reads files is of unknown content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.objects import TensorShape
from keraslint.interp.operators import formula
from keraslint.interp.overlays import MODULES, RawNative, raw, register
from keraslint.interp.overlays.keras_binding import arguments_of
from keraslint.interp.overlays.numpy_arrays import array_of, fresh
from keraslint.values.array import Array
from keraslint.values.dim import Dim
from keraslint.values.layer import Tensor
from keraslint.values.shape import AnyShape, Shape
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


@raw("keras.utils.get_file")
def get_file(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return a path that evaluation does not know."""
    arguments_of(machine, "utils", "get_file", args, kwargs)
    return machine.unknown(Why.DATA, "the path of a downloaded file")


@raw("keras.utils.file_utils.exists", "tf.io.gfile.exists")
def file_exists(machine: Machine, path: object) -> object:
    """Return whether a file exists: not part of the source."""
    return machine.unknown(Why.DATA, f"whether {path} exists")


@raw("keras.utils.to_categorical", "keras.utils.np_utils.to_categorical")
def to_categorical(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return one-hot rows: as many columns as there are classes."""
    given = arguments_of(machine, "utils", "to_categorical", args, kwargs)
    labels = given["x"] if machine.keras is Keras.THREE else given["y"]
    number = given["num_classes"]
    classes = formula(number) if number is not None else _class_count(machine, labels)
    if isinstance(labels, Tensor):
        return machine.operate("keras.ops.one_hot", (labels, number), {})
    try:
        shape = array_of(machine, labels).shape
    except Undetermined as problem:
        shape = problem.unknown
    if not isinstance(shape, tuple) or classes is None:
        cause = shape if isinstance(shape, Unknown) else number if isinstance(number, Unknown) else None
        return machine.unknown(Why.DATA, f"one-hot labels of {cause.what}" if cause else "one-hot labels")
    kept = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
    return Array((*kept, classes), "float64" if machine.keras is Keras.THREE else _dtype(given["dtype"]))


def _dtype(value: object) -> str:
    return value if isinstance(value, str) else "float32"


def _class_count(machine: Machine, labels: object) -> Dim | None:
    """Return the number of classes that Keras takes from the labels: the greatest, and one."""
    if isinstance(labels, Array) and labels.classes is not None:
        return labels.classes
    greatest = machine.call(MODULES["numpy"]["max"], (labels,), {})
    return formula(machine.binary("+", greatest, 1)) if not isinstance(greatest, Unknown) else None


@raw("keras.utils.to_ordinal")
def to_ordinal(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return ordinal rows: a column less than there are classes."""
    given = arguments_of(machine, "utils", "to_ordinal", args, kwargs)
    number = given["num_classes"]
    shape = array_of(machine, given["y"]).shape
    classes = formula(number) if number is not None else _class_count(machine, given["y"])
    if not isinstance(shape, tuple) or classes is None:
        return machine.unknown(Why.DATA, "ordinal labels")
    kept = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
    return Array((*kept, classes - 1), _dtype(given["dtype"]))


@raw("keras.utils.normalize", "keras.utils.np_utils.normalize")
def normalize(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return data of the same shape."""
    data = arguments_of(machine, "utils", "normalize", args, kwargs)["x"]
    if isinstance(data, Tensor):
        return machine.operate("keras.ops.normalize", (data,), {})
    found = array_of(machine, data)
    return Array(found.shape, found.dtype if found.dtype == "float32" else "float64")


@raw("keras.utils.pad_sequences", "keras.preprocessing.sequence.pad_sequences")
def pad_sequences(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return sequences as rows of one length: the one that is given, or the longest one's."""
    given = arguments_of(machine, "utils", "pad_sequences", args, kwargs)
    sequences, longest = given["sequences"], given["maxlen"]
    lengths: list[object] | None = None
    rest: Shape = ()
    if isinstance(sequences, Array):
        shape = sequences.shape
        if not isinstance(shape, tuple):
            return Array(shape, _dtype(given["dtype"]))
        count: Dim | None = shape[0]
        if len(shape) > 1:
            lengths, rest = [shape[1]], shape[2:]
    else:
        items = list(machine.iterate(sequences))
        count = len(items)
        lengths = [_length(machine, item) for item in items]
    if longest is not None:
        width = formula(longest)
    elif lengths is not None and lengths and all(isinstance(length, int) for length in lengths):
        width = max(length for length in lengths if isinstance(length, int))
    else:
        width = fresh(machine, "maxlen")
    if width is None:
        return machine.unknown(Why.DATA, "padded sequences of unknown length")
    return Array((count, width, *rest), _dtype(given["dtype"]))


def _length(machine: Machine, value: object) -> object:
    if isinstance(value, list | tuple | str):
        return len(value)
    if isinstance(value, Array) and isinstance(value.shape, tuple) and value.shape:
        return value.shape[0]
    return machine.unknown(Why.DATA, "the length of a sequence")


# images


@raw("keras.utils.load_img", "keras.preprocessing.image.load_img")
def load_img(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return a picture from a file, of known size where it is resized."""
    given = arguments_of(machine, "utils", "load_img", args, kwargs)
    size = given["target_size"]
    channels = _CHANNELS.get(given["color_mode"]) if isinstance(given["color_mode"], str) else None
    if given.get("grayscale") is True:
        channels = 1
    if not isinstance(size, list | tuple) or channels is None:
        return machine.unknown(Why.DATA, "a picture that is read from a file")
    return Picture(machine.as_shape(tuple(size), ()), channels)


_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


class Picture:
    """A picture of PIL, of known size."""

    def __init__(self, size: AnyShape, channels: int) -> None:
        self.size = size
        self.channels = channels

    def array(self) -> Array:
        """Return the picture as numpy makes an array of it."""
        if not isinstance(self.size, tuple):
            return Array(self.size, "uint8")
        return Array(self.size if self.channels == 1 else (*self.size, self.channels), "uint8")

    def get_member(self, machine: Machine, name: str) -> object:
        """Return an attribute."""
        if name == "size" and isinstance(self.size, tuple):
            return tuple(reversed(self.size))
        return machine.unknown(Why.UNSUPPORTED, f"a picture's .{name}")


@raw("keras.utils.img_to_array", "keras.preprocessing.image.img_to_array")
def img_to_array(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return a picture as data, channels where the data format puts them."""
    given = arguments_of(machine, "utils", "img_to_array", args, kwargs)
    picture, data_format = given["img"], given["data_format"] or machine.builder.data_format
    if isinstance(picture, Picture) and isinstance(picture.size, tuple):
        is_first = data_format == "channels_first"
        shape = (picture.channels, *picture.size) if is_first else (*picture.size, picture.channels)
        return Array(shape, _dtype(given["dtype"]))
    if isinstance(picture, Array) and isinstance(picture.shape, tuple):
        shape = picture.shape if len(picture.shape) == 3 else (*picture.shape, 1)
        return Array(shape, _dtype(given["dtype"]))
    return machine.unknown(Why.DATA, "a picture as an array")


@raw("keras.preprocessing.image.smart_resize")
def smart_resize(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return pictures of another size."""
    given = arguments_of(machine, "preprocessing.image", "smart_resize", args, kwargs)
    data, size = given["x"], given["size"]
    shape = machine.get_attribute(data, "shape", None)
    if not isinstance(shape, tuple) or not isinstance(size, list | tuple) or len(shape) not in {3, 4}:
        return machine.unknown(Why.DATA, "resized pictures")
    target = machine.as_shape((*shape[:-3], *size, shape[-1]), ())
    return Array(target, "float32", origin="tensor")


# models and files


@raw("keras.utils.pack_x_y_sample_weight")
def pack(machine: Machine, x: object, y: object = None, sample_weight: object = None) -> object:
    """Return what ``fit`` takes for data."""
    del machine
    return x if y is None else (x, y) if sample_weight is None else (x, y, sample_weight)


@raw("keras.utils.unpack_x_y_sample_weight")
def unpack(machine: Machine, data: object) -> object:
    """Return data, labels and weights."""
    if isinstance(data, Unknown):
        return tuple(machine.unknown(data.why, f"item {index} of {data.what}") for index in range(3))
    parts = tuple(data) if isinstance(data, list | tuple) and not isinstance(data, TensorShape) else (data,)
    return (*parts, None, None, None)[:3]


@raw("keras.utils.get_registered_name")
def get_registered_name(machine: Machine, value: object) -> object:
    """Return the name under which a class is registered."""
    return machine.unknown(Why.UNSUPPORTED, "the registered name of a class") if value is not None else None


@raw("keras.utils.plot_model", "keras.utils.model_to_dot", "keras.utils.vis_utils.plot_model", "keras.utils.vis_utils.model_to_dot", "keras.utils.save_img", "keras.preprocessing.image.save_img", "keras.utils.argument_validation.standardize_tuple", "keras.utils.python_utils.default", "keras.models.save_model", "keras.saving.save_model", "keras.saving.save_weights", "keras.saving.load_weights", "keras.utils.set_random_seed", "keras.distribution.initialize", "keras.distribution.set_distribution", "keras.visualization.plot_image_gallery", "keras.visualization.plot_bounding_box_gallery", "keras.visualization.plot_segmentation_mask_gallery")  # fmt: skip
def do_nothing(machine: Machine, *_: object, **__: object) -> None:
    """Do what changes no model."""
    del machine


def _file_model(name: str) -> RawNative:
    def load(machine: Machine, *_: object, **__: object) -> object:
        return machine.unknown(Why.UNSUPPORTED, f"{name}(): a model from text is not read")

    return RawNative(f"keras.models.{name}", load)


_TEXTS: Sequence[str] = ("model_from_yaml", "model_from_config")
register("keras.models", {name: _file_model(name) for name in _TEXTS})
