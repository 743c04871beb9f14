"""``keras.datasets``: what ``load_data`` returns is of known shape and dtype, its content is never known.

The shapes are those of the files that Keras downloads, as Keras' documentation states them; what the arguments make of
them (``test_split``, ``maxlen``, ``label_mode``, the image data format) is what Keras' own functions do, which
``tests/interp/test_datasets.py`` runs on files of zeros.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.overlays import RawNative, raw, register
from keraslint.interp.overlays.items import reject_unknown
from keraslint.interp.overlays.keras_binding import arguments_of
from keraslint.interp.overlays.numpy_arrays import fresh
from keraslint.values.array import Array
from keraslint.values.dim import Dim
from keraslint.values.unknown import Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

Split = tuple[tuple[Array, Array], tuple[Array, Array]]

_BOSTON = (506, 13)
_CALIFORNIA = {"small": (600, 8), "large": (20640, 8)}
_IMDB = (25000, 25000)
_REUTERS = 11228
_REUTERS_CLASSES = 46
"""Every one of them occurs in both parts of the default split."""


def _labels(shape: tuple[Dim, ...], dtype: str, classes: int | None) -> Array:
    labels = Array(shape, dtype)
    labels.classes = classes
    return labels


def _images(counts: tuple[int, int], shape: tuple[int, ...], label_shape: tuple[int, ...], classes: int) -> Split:
    train, test = (
        (Array((count, *shape), "uint8"), _labels((count, *label_shape), "uint8", classes)) for count in counts
    )
    return train, test


def _grey_images(name: str) -> RawNative:
    def load_data(machine: Machine, *args: object, **kwargs: object) -> object:
        arguments_of(machine, f"datasets.{name}", "load_data", args, kwargs)
        return _images((60000, 10000), (28, 28), (), 10)

    return RawNative(f"keras.datasets.{name}.load_data", load_data)


register("keras.datasets.mnist", {"load_data": _grey_images("mnist")})
register("keras.datasets.fashion_mnist", {"load_data": _grey_images("fashion_mnist")})


def _colour_images(machine: Machine, classes: int) -> Split:
    shape = (3, 32, 32) if machine.builder.data_format == "channels_first" else (32, 32, 3)
    train, test = _images((50000, 10000), shape, (1,), classes)
    if classes != 10:  # only cifar10 puts its labels into an array of uint8
        for _, labels in (train, test):
            labels.dtype = "int64"
    return train, test


@raw("keras.datasets.cifar10.load_data")
def cifar10(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return small colour images of ten classes."""
    arguments_of(machine, "datasets.cifar10", "load_data", args, kwargs)
    return _colour_images(machine, 10)


@raw("keras.datasets.cifar100.load_data")
def cifar100(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return small colour images of a hundred classes, or of twenty coarse ones."""
    mode = arguments_of(machine, "datasets.cifar100", "load_data", args, kwargs)["label_mode"]
    reject_unknown(machine, mode)
    if mode not in {"fine", "coarse"}:
        machine.raise_error("ValueError", f'`label_mode` must be one of `"fine"`, `"coarse"`. Received: {mode}.')
    return _colour_images(machine, 100 if mode == "fine" else 20)


def _sequences(count: Dim, label_dtype: str, classes: int | None) -> tuple[Array, Array]:
    return Array((count,), "object"), _labels((count,), label_dtype, classes)


@raw("keras.datasets.imdb.load_data")
def imdb(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return reviews as lists of word numbers, and whether they are positive."""
    given = arguments_of(machine, "datasets.imdb", "load_data", args, kwargs)
    longest = given["maxlen"]
    reject_unknown(machine, longest)
    if longest:
        train, test = (_sequences(fresh(machine, f"imdb_{part}"), "int64", None) for part in ("train", "test"))
        return train, test
    return _sequences(_IMDB[0], "int64", 2), _sequences(_IMDB[1], "int64", 2)


@raw("keras.datasets.reuters.load_data")
def reuters(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return news as lists of word numbers, and their topics."""
    given = arguments_of(machine, "datasets.reuters", "load_data", args, kwargs)
    longest, share = given["maxlen"], given["test_split"]
    reject_unknown(machine, longest, share)
    if longest:
        train, test = (_sequences(fresh(machine, f"reuters_{part}"), "int64", None) for part in ("train", "test"))
        return train, test
    is_default = share == 0.2 and given["seed"] == 113
    first, second = _parts(machine, _REUTERS, share)
    classes = _REUTERS_CLASSES if is_default else None
    return _sequences(first, "int64", classes), _sequences(second, "int64", classes)


def _parts(machine: Machine, count: int, share: object) -> tuple[int, int]:
    """Return how many samples are for training and for testing, as Keras computes them."""
    if not isinstance(share, int | float):
        machine.raise_error("TypeError", f"unsupported operand type(s) for -: 'int' and '{type(share).__name__}'")
    first = len(range(count)[: int(count * (1 - share))])
    return first, len(range(count)[int(count * (1 - share)) :])


def _houses(machine: Machine, shape: tuple[int, int], dtype: str, share: object) -> Split:
    reject_unknown(machine, share)
    if isinstance(share, int | float) and not 0 <= share < 1:
        text = f"Invalid `test_split` argument: {share}. It must be between 0 and 1 (exclusive of 1)."
        machine.raise_error(*(("ValueError", text) if machine.keras is Keras.THREE else ("AssertionError", "")))
    train, test = (
        (Array((count, shape[1]), dtype), Array((count,), dtype)) for count in _parts(machine, shape[0], share)
    )
    return train, test


@raw("keras.datasets.boston_housing.load_data")
def boston_housing(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return thirteen attributes of houses, and their prices."""
    given = arguments_of(machine, "datasets.boston_housing", "load_data", args, kwargs)
    return _houses(machine, _BOSTON, "float64", given["test_split"])


@raw("keras.datasets.california_housing.load_data")
def california_housing(machine: Machine, *args: object, **kwargs: object) -> object:
    """Return eight attributes of districts, and the prices of their houses."""
    given = arguments_of(machine, "datasets.california_housing", "load_data", args, kwargs)
    version = given["version"]
    reject_unknown(machine, version)
    if version not in _CALIFORNIA:
        text = f"Argument `version` must be one of 'small', 'large'. Received: version={version}"
        machine.raise_error("ValueError", text)
    assert isinstance(version, str)
    return _houses(machine, _CALIFORNIA[version], "float32", given["test_split"])


@raw("keras.datasets.imdb.get_word_index", "keras.datasets.reuters.get_word_index")
def get_word_index(machine: Machine, *_: object, **__: object) -> object:
    """Return the numbers of words, which are not in the source."""
    return machine.unknown(Why.DATA, "get_word_index(): the file is not read")


@raw("keras.datasets.reuters.get_label_names")
def get_label_names(machine: Machine) -> object:
    """Return the names of the topics, as many as there are."""
    return tuple(machine.unknown(Why.DATA, f"the name of topic {index}") for index in range(_REUTERS_CLASSES))
