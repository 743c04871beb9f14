"""What quantization (Keras 3) makes of a layer's kernel: a packed one, its scales, and what the mode adds.

``Quantizable`` layers are built in that form by a dtype such as ``int8_from_float32``; ``quantized_weights`` says which
weights take the kernel's place when ``layer.quantize(mode)`` is called afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.common import QUANTIZATIONS
from keraslint.catalogue.layers.standard import Standard
from keraslint.catalogue.spec import Refused, WeightSpec
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim, ceil_divide
from keraslint.values.program import KerasObject
from keraslint.values.shape import Shape
from keraslint.values.unknown import Why, undetermined

AMAX_HISTORY = 1024
DEFAULT_BLOCK = 128


class Quantizable(Standard):
    """A layer whose kernel can be stored in fewer bits."""

    modes: tuple[str, ...] = ("int8", "int4", "float8", "gptq", "awq")
    full: Shape | None = None
    """The kernel's shape before it was quantized."""
    mode = ""
    """What ``quantize`` was called with."""

    def quantization(self) -> str:
        """Return the mode that the dtype asks for (``int8``, ``int4/128`` …), empty for none."""
        dtype = self.value("dtype")
        if isinstance(dtype, KerasObject):
            dtype = dtype.arguments.get("name")
        if self.keras is Keras.TWO or not isinstance(dtype, str) or not dtype.startswith(QUANTIZATIONS):
            return ""
        mode, separator, _ = dtype.partition("_from_")
        if not separator:
            return ""
        self.check_mode(mode)
        return mode

    def check_mode(self, mode: str) -> None:
        """Refuse a mode that the layer does not have."""
        if mode.partition("/")[0] not in self.modes:
            raise Refused(
                f"Invalid quantization mode. Expected one of {self.modes}. Received: quantization_mode={mode}",
                error="NotImplementedError",
                received=mode,
            )

    def check_equation(self, mode: str) -> None:
        """Refuse an equation whose kernel cannot be quantized."""

    def quantized_weights(self, mode: str, kernel: Shape) -> Iterable[WeightSpec]:
        """Yield the weights that stand for the kernel after ``quantize(mode)``, or beside it (float8)."""
        self.check_mode(mode)
        match mode.partition("/")[0]:
            case "int8":
                yield from self.int8(kernel)
            case "int4":
                yield from self.int4(kernel, block_size(mode))
            case "float8":
                yield from float8()
            case _:
                yield from self.calibrated(kernel, *calibration(mode))

    def int8(self, kernel: Shape) -> Iterable[WeightSpec]:
        """Yield a kernel of bytes and its scales."""
        raise NotImplementedError

    def int4(self, kernel: Shape, block: int | None) -> Iterable[WeightSpec]:
        """Yield a kernel of half bytes, its scales, and for blocks the zeros and indices."""
        raise NotImplementedError

    def calibrated(self, kernel: Shape, method: str, bits: int, group: int) -> Iterable[WeightSpec]:
        """Yield what stands beside the kernel for ``gptq`` and ``awq``, which fill it from data."""
        undetermined(Why.UNSUPPORTED, f"quantization of a {self.class_name} by {method}")


def calibration(mode: str) -> tuple[str, int, int]:
    """Return method, bits and rows of a group (-1: all) of ``gptq/4/128``."""
    method, _, numbers = mode.partition("/")
    bits, _, group = numbers.partition("/")
    if not bits.isdigit() or not group.lstrip("-").isdigit():
        undetermined(Why.UNSUPPORTED, f"quantization by {method}")
    return method, int(bits), int(group)


def block_size(mode: str) -> int | None:
    """Return how many rows share a scale in ``int4/128``; None where a whole column does."""
    name, _, text = mode.partition("/")
    if name != "int4" or not text.lstrip("-").isdigit() or int(text) == -1:
        return None
    return int(text)


def quantized(name: str, shape: Shape, dtype: str = "int8") -> WeightSpec:
    """Return a weight in fewer bits."""
    return WeightSpec(name, shape, trainable=False, dtype=dtype, why="quantized")


def scale(name: str, shape: Shape) -> WeightSpec:
    """Return a weight that scales a quantized one."""
    return WeightSpec(name, shape, trainable=False, why="quantized")


def float8() -> Iterable[WeightSpec]:
    """Yield scale and history of greatest values of inputs, kernel, and gradient; all count as trained."""
    for name in ("inputs", "kernel", "outputs_grad"):
        yield WeightSpec(f"{name}_scale", (), dtype="float32")
        yield WeightSpec(f"{name}_amax_history", (AMAX_HISTORY,), dtype="float32")


def packed(dim: Dim) -> Dim:
    """Return how many bytes hold this many half bytes."""
    return ceil_divide(dim, 2)


def matrix_int4(name: str, rows: Dim, columns: Dim, block: int | None) -> Iterable[WeightSpec]:
    """Yield a matrix of half bytes, two columns in one, with scales for each block of rows."""
    yield quantized(name, (rows, packed(columns)))
    if block is None:
        yield scale(f"{name}_scale", (columns,))
        return
    groups = ceil_divide(rows, block)
    yield scale(f"{name}_scale", (groups, columns))
    yield quantized(f"{name}_zero", (groups, columns))
    yield quantized("g_idx", (rows,), "float32")
