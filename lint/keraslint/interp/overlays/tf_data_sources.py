"""Where data sets come from: ``tf.data.Dataset.from_…``, and Keras' data sets of directories and of series."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.operators import formula
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import Facade, reject_unknown
from keraslint.interp.overlays.keras_binding import arguments_of
from keraslint.interp.overlays.tf_data import (
    INFINITE,
    Dataset,
    Spec,
    as_element,
    leaves,
    row_of,
    transform,
    with_rows,
)
from keraslint.interp.overlays.tf_data_methods import joined, whole, zipped
from keraslint.values.array import Array
from keraslint.values.dim import Dim
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def from_tensor_slices(machine: Machine, tensors: object = None, *_: object, **__: object) -> object:
    """Return the rows of arrays, side by side."""
    nest = as_element(machine, tensors)
    counts = {
        leaf.shape[0]
        for leaf in leaves(nest)
        if isinstance(leaf, Array) and isinstance(leaf.shape, tuple) and leaf.shape and leaf.shape[0] is not None
    }
    numbers = [count for count in counts if isinstance(count, int)]
    if len(set(numbers)) > 1:
        first, second = sorted(numbers)[:2]
        machine.raise_error("ValueError", f"Dimensions {first} and {second} are not compatible")
    return Dataset(transform(nest, row_of), numbers[0] if numbers else None)


def from_tensors(machine: Machine, tensors: object = None, *_: object, **__: object) -> object:
    """Return a data set of one element."""
    return Dataset(as_element(machine, tensors), 1)


def from_generator(
    machine: Machine, generator: object = None, output_types: object = None, output_shapes: object = None,
    args: object = None, output_signature: object = None, **_: object,
) -> object:  # fmt: skip
    """Return what a generator gives, as it is declared."""
    del generator, args
    if output_signature is not None:
        return Dataset(transform(output_signature, _of_spec))
    if output_types is None:
        machine.raise_error("TypeError", "Either `output_signature` or `output_types` must be given.")
    if output_shapes is None:
        return Dataset(machine.unknown(Why.UNSUPPORTED, "elements of undeclared shapes"))
    types = list(leaves(output_types))
    shapes = output_shapes if isinstance(output_types, tuple) else (output_shapes,)
    if not isinstance(shapes, tuple | list) or len(types) != len(shapes):
        return Dataset(machine.unknown(Why.UNSUPPORTED, "elements of such shapes"))
    parts = tuple(
        Array(machine.as_shape(shape, ()), str(kind), origin="tensor")
        for kind, shape in zip(types, shapes, strict=True)
    )
    return Dataset(parts if isinstance(output_types, tuple) else parts[0])


def _of_spec(value: object) -> object:
    if isinstance(value, Spec):
        return Array(value.shape, value.dtype, origin="tensor")
    return value if isinstance(value, Unknown) else Unknown(Why.UNSUPPORTED, "an element of another kind of spec")


def number_range(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return numbers."""
    numbers = [whole(machine, value) for value in args]
    return Dataset(Array((), str(kwargs.get("output_type") or "int64"), origin="tensor"), len(range(*numbers)))


def list_files(machine: Machine, *_: object, **__: object) -> object:
    """Return names of files."""
    del machine
    return Dataset(Array((), "string", origin="tensor"))


def _zip(machine: Machine, *datasets: object, **kwargs: object) -> object:
    given = datasets[0] if len(datasets) == 1 else datasets or kwargs["datasets"]
    return zipped(machine, given)


def _sampled(machine: Machine, datasets: object = None, *_: object, **__: object) -> object:
    parts = [part for part in machine.iterate(datasets) if isinstance(part, Dataset)]
    if not parts:
        return machine.unknown(Why.DATA, "a choice of datasets")
    element = parts[0].element
    for part in parts[1:]:
        element = joined(element, part.element)
    return Dataset(element)


def _random(machine: Machine, *_: object, **__: object) -> object:
    del machine
    return Dataset(Array((), "int64", origin="tensor"), INFINITE)


_SOURCES: dict[str, Callable[..., object]] = {
    "from_tensor_slices": from_tensor_slices,
    "from_tensors": from_tensors,
    "from_generator": from_generator,
    "range": number_range,
    "list_files": list_files,
    "zip": _zip,
    "sample_from_datasets": _sampled,
    "choose_from_datasets": _sampled,
    "random": _random,
}


class _DatasetClass(Facade):
    """``tf.data.Dataset`` itself."""

    def is_instance(self, machine: Machine, value: object) -> bool:
        """Return whether a value is a data set."""
        del machine
        return isinstance(value, Dataset)


_DATASET = _DatasetClass(
    "tf.data.Dataset", None, {name: RawNative(f"Dataset.{name}", function) for name, function in _SOURCES.items()}
)
register("tf.data", {"Dataset": _DATASET, "TextLineDataset": RawNative("TextLineDataset", list_files)})
register("tf.data.experimental", {"sample_from_datasets": RawNative("sample_from_datasets", _sampled)})


@raw("tf.data.TFRecordDataset")
def records(machine: Machine, *_: object, **__: object) -> object:
    """Return records of files."""
    del machine
    return Dataset(Array((), "string", origin="tensor"))


@raw("tf.data.experimental.cardinality")
def cardinality(machine: Machine, dataset: object) -> object:
    """Return the number of elements as a tensor."""
    return machine.call(machine.get_attribute(dataset, "cardinality"), (), {})


@raw("tf.data.experimental.assert_cardinality")
def assert_cardinality(machine: Machine, count: object) -> object:
    """Return what sets the number of elements."""
    number = whole(machine, count)

    def transformation(own: Machine, dataset: object) -> object:
        del own
        return Dataset(dataset.element, number, dataset.batch) if isinstance(dataset, Dataset) else dataset

    return RawNative("assert_cardinality", transformation)


@raw("tf.TensorSpec", "tf.RaggedTensorSpec", "tf.SparseTensorSpec")
def tensor_spec(machine: Machine, shape: object = (), dtype: object = "float32", *_: object, **__: object) -> object:
    """Return a spec."""
    name = dtype if isinstance(dtype, str) else "float32"
    if shape is None:
        return Spec(machine.unknown(Why.UNSUPPORTED, "a spec of unknown rank"), name)
    return Spec(machine.as_shape(shape, ()), name)


# Keras' own

_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


def _batched(machine: Machine, element: object, batch_size: object) -> Dataset:
    """Return batches of files, of which nobody knows how many there are."""
    if batch_size is None:
        return Dataset(element)
    reject_unknown(machine, batch_size)
    return Dataset(transform(element, lambda value: with_rows(value, None)))


def _labels(machine: Machine, given: dict[str, object]) -> Array | Unknown | None:
    """Return the label of one file; None for data without labels."""
    mode, names = given["label_mode"], given["class_names"]
    reject_unknown(machine, mode)
    if given["labels"] is None or mode is None:
        return None
    if mode == "int":
        return Array((), "int32", origin="tensor")
    if mode == "binary":
        return Array((1,), "float32", origin="tensor")
    if isinstance(names, list | tuple):
        return Array((len(names),), "float32", origin="tensor")
    return machine.unknown(Why.DATA, "the number of classes of a directory")


def _of_directory(machine: Machine, given: dict[str, object], data: object) -> object:
    label = _labels(machine, given)
    dataset = _batched(machine, data if label is None else (data, label), given["batch_size"])
    names = given["class_names"]
    dataset.attributes["class_names"] = (
        list(names) if isinstance(names, list | tuple) else machine.unknown(Why.DATA, "the classes of a directory")
    )
    dataset.attributes["file_paths"] = machine.unknown(Why.DATA, "the files of a directory")
    return (dataset, dataset) if given["subset"] == "both" else dataset


@raw("keras.utils.image_dataset_from_directory", "keras.preprocessing.image_dataset_from_directory", "keras.preprocessing.image.image_dataset_from_directory")  # fmt: skip
def images(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return the pictures of a directory, all of one size."""
    given = arguments_of(machine, "utils", "image_dataset_from_directory", args, kwargs)
    size, mode = given["image_size"], given["color_mode"]
    reject_unknown(machine, mode)
    channels = _CHANNELS.get(mode) if isinstance(mode, str) else None
    if channels is None:
        machine.raise_error(
            "ValueError", f'`color_mode` must be one of {{"rgb", "rgba", "grayscale"}}. Received: {mode}'
        )
    if not isinstance(size, list | tuple) or len(size) != 2:
        undetermined(Why.INPUT, "the size of the pictures")
    is_first = (given.get("data_format") or machine.builder.data_format) == "channels_first"
    shape = machine.as_shape((channels, *size) if is_first else (*size, channels), ())
    return _of_directory(machine, given, Array(shape, "float32", origin="tensor"))


@raw("keras.utils.text_dataset_from_directory", "keras.preprocessing.text_dataset_from_directory")
def texts(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return the texts of a directory."""
    given = arguments_of(machine, "utils", "text_dataset_from_directory", args, kwargs)
    return _of_directory(machine, given, Array((), "string", origin="tensor"))


@raw("keras.utils.audio_dataset_from_directory")
def sounds(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return the sounds of a directory."""
    given = arguments_of(machine, "utils", "audio_dataset_from_directory", args, kwargs)
    length = given["output_sequence_length"]
    if given["ragged"]:
        return machine.unknown(Why.UNSUPPORTED, "ragged sounds")
    shape: Shape = (formula(length) if length is not None else None, None)
    return _of_directory(machine, given, Array(shape, "float32", origin="tensor"))


@raw("keras.utils.timeseries_dataset_from_array", "keras.preprocessing.timeseries_dataset_from_array")
def series(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return windows of a series."""
    given = arguments_of(machine, "utils", "timeseries_dataset_from_array", args, kwargs)
    parts = []
    for index, name in enumerate(("data", "targets")):
        if given[name] is None:
            continue
        part = as_element(machine, given[name])
        if isinstance(part, Unknown):
            raise Undetermined(part)
        if not isinstance(part, Array) or not isinstance(part.shape, tuple):
            return machine.unknown(Why.DATA, "windows of data of unknown shape")
        shape: tuple[Dim | None, ...] = (None, *part.shape[1:]) if index == 0 else part.shape[1:]
        parts.append(Array(shape, part.dtype, origin="tensor"))
    return _batched(machine, tuple(parts) if len(parts) > 1 else parts[0], given["batch_size"])


@raw("keras.utils.split_dataset")
def split(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return two parts of data."""
    data = arguments_of(machine, "utils", "split_dataset", args, kwargs)["dataset"]
    if isinstance(data, Dataset):
        return Dataset(data.element), Dataset(data.element)
    rows = from_tensor_slices(machine, data)
    assert isinstance(rows, Dataset)
    return Dataset(rows.element), Dataset(rows.element)
