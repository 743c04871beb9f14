"""Keras' settings: ``keras.config``, the backend's, and the global dtype policy that layers take their dtype from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keraslint.catalogue.versions import Keras
from keraslint.interp.overlays import MODULES, Lazy, raw, register
from keraslint.values.layer import Tensor
from keraslint.values.program import KerasObject
from keraslint.values.unknown import Unknown, Why, undetermined

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_VERSIONS = {Keras.TWO: "2.21.0", Keras.THREE: "3.15.1"}
_FLOATS = ("bfloat16", "float16", "float32", "float64")
_POLICY = re.compile(
    r"(?:(?:int8|int4|float8|gptq/\w+/\w+|awq/\w+/\w+)_from_)?(?:mixed_(?:b?float16)|b?float16|float32|float64)"
)

register("keras", {"src": Lazy(lambda machine: machine.import_module("keras", None, whole=True))})
register("keras", {"__version__": Lazy(lambda machine: _VERSIONS[machine.keras])})


@raw("importlib.metadata.version", "importlib_metadata.version")
def installed_version(machine: Machine, name: object) -> object:
    """Return the version of an installed package, known where it is that of the Keras that is meant."""
    package = name.lower().replace("_", "-") if isinstance(name, str) else ""
    if package in {"tensorflow", "tensorflow-cpu"}:
        return MODULES["tf"]["__version__"]
    if package == ("tf-keras" if machine.keras is Keras.TWO else "keras"):
        return _VERSIONS[machine.keras]
    return machine.unknown(Why.IMPORT, f"the installed version of {package or 'a package'}")


@raw("keras.version")
def version(machine: Machine) -> object:
    """Return the version."""
    return _VERSIONS[machine.keras]


@raw("keras.backend.image_data_format", "keras.config.image_data_format")
def image_data_format(machine: Machine) -> object:
    """Return the default data format."""
    return machine.builder.data_format


@raw("keras.backend._preprocess_padding")
def tensorflow_padding(machine: Machine, padding: object) -> object:
    """Return a kind of padding as TensorFlow spells it (keras/src/legacy/backend.py)."""
    if machine.keras is Keras.TWO or isinstance(padding, Unknown):
        return Unknown(Why.UNSUPPORTED, "keras.backend._preprocess_padding()", machine.span)
    if padding not in {"same", "valid"}:
        machine.raise_error("ValueError", f"Invalid padding: {padding}")
    return str(padding).upper()


@raw("keras.backend._preprocess_conv3d_input")
def tensorflow_volume(machine: Machine, x: object, data_format: object) -> object:
    """Return an input of a convolution and its data format as TensorFlow spells it (keras/src/legacy/backend.py)."""
    if machine.keras is Keras.TWO or isinstance(data_format, Unknown):
        return Unknown(Why.UNSUPPORTED, "keras.backend._preprocess_conv3d_input()", machine.span)
    return (x, "NCDHW" if data_format == "channels_first" else "NDHWC")


@raw("keras.backend.set_image_data_format", "keras.config.set_image_data_format")
def set_image_data_format(machine: Machine, data_format: object) -> None:
    """Set the default data format."""
    if isinstance(data_format, Unknown):
        data_format = "channels_first" if machine.truth(data_format) else "channels_last"
    name = str(data_format).lower() if machine.keras is Keras.THREE else str(data_format)
    if name not in {"channels_first", "channels_last"}:
        machine.raise_error("ValueError", f"Unknown `data_format`: {data_format}.")
    machine.builder.data_format = name


@raw("keras.backend.image_dim_ordering")
def image_dim_ordering(machine: Machine) -> object:
    """Return the default data format in the words of Keras 1."""
    return "th" if machine.builder.data_format == "channels_first" else "tf"


@raw("keras.backend.backend", "keras.config.backend")
def backend_name(machine: Machine) -> object:
    """Return the backend's name: TensorFlow is what the counts are for."""
    del machine
    return "tensorflow"


@raw("keras.backend.floatx", "keras.config.floatx")
def floatx(machine: Machine) -> object:
    """Return the default float dtype."""
    return machine.global_state.get("floatx", "float32")


@raw("keras.backend.set_floatx", "keras.config.set_floatx")
def set_floatx(machine: Machine, dtype: object) -> None:
    """Set the default float dtype; Keras 3 does not look at it again once the global policy is there."""
    if isinstance(dtype, Unknown):
        undetermined(dtype.why, "the default float dtype")
    if dtype not in _FLOATS[machine.keras is Keras.TWO :]:
        machine.raise_error("ValueError", f"Unknown `floatx` value: {dtype}.")
    machine.global_state["floatx"] = dtype
    if not _has_policy(machine):
        machine.builder.policy = str(dtype)


def _has_policy(machine: Machine) -> bool:
    """Return whether there is a global policy: one was set or, in Keras 3, a layer or the program has asked for it."""
    if machine.global_state.get("policy") is not None:
        return True
    return machine.keras is Keras.THREE and len(machine.builder.layers) > _count(machine)


def _count(machine: Machine) -> int:
    count = machine.global_state.get("layers before", 0)
    assert isinstance(count, int)
    return count


@raw("keras.backend.epsilon", "keras.config.epsilon")
def epsilon(machine: Machine) -> object:
    """Return the fuzz factor."""
    return machine.global_state.get("epsilon", 1e-07)


@raw("keras.backend.set_epsilon", "keras.config.set_epsilon")
def set_epsilon(machine: Machine, value: object) -> None:
    """Set the fuzz factor."""
    machine.global_state["epsilon"] = value


@raw("keras.backend.clear_session", "keras.utils.clear_session")
def clear_session(machine: Machine, *_: object, **__: object) -> None:
    """Start the automatic names again; Keras 3 also forgets the global policy."""
    machine.builder.names.clear()
    machine.global_state.pop("uids", None)
    if machine.keras is Keras.THREE:
        machine.global_state["policy"] = None
        machine.global_state["layers before"] = len(machine.builder.layers)
        machine.builder.policy = str(machine.global_state.get("floatx", "float32"))


@raw("keras.backend.int_shape")
def int_shape(machine: Machine, x: object) -> object:
    """Return a static shape as a tuple."""
    shape = machine.get_attribute(x, "shape")
    return shape if isinstance(shape, Unknown) else tuple(machine.iterate(shape))


@raw("keras.backend.ndim")
def ndim(machine: Machine, x: object) -> object:
    """Return a tensor's rank."""
    shape = machine.get_attribute(x, "shape")
    return shape if isinstance(shape, Unknown) else len(list(machine.iterate(shape)))


@raw("keras.backend.is_keras_tensor", "keras.utils.is_keras_tensor")
def is_keras_tensor(machine: Machine, x: object) -> object:
    """Return whether a value is a symbolic tensor."""
    del machine
    return x if isinstance(x, Unknown) else isinstance(x, Tensor)


@raw("keras.backend.standardize_dtype", "keras.utils.standardize_dtype")
def standardize_dtype(machine: Machine, dtype: object) -> object:
    """Return a dtype's name."""
    return floatx(machine) if dtype is None else dtype


@raw("keras.backend.get_uid")
def get_uid(machine: Machine, prefix: object = "") -> object:
    """Return the next number for a prefix."""
    counts = machine.global_state.setdefault("uids", {})
    assert isinstance(counts, dict)
    counts[prefix] = counts.get(prefix, 0) + 1
    return counts[prefix]


@raw("keras.backend.is_channels_first")
def is_channels_first(machine: Machine, data_format: object = None) -> object:
    """Return whether a data format, or the default one, puts channels first."""
    return (data_format or machine.builder.data_format) == "channels_first"


# the global dtype policy


@raw(
    "keras.mixed_precision.set_global_policy",
    "keras.mixed_precision.set_dtype_policy",
    "keras.mixed_precision.experimental.set_policy",
    "keras.config.set_dtype_policy",
)
def set_global_policy(machine: Machine, policy: object) -> None:
    """Set the global dtype policy."""
    name = policy.arguments.get("name") if isinstance(policy, KerasObject) else policy
    if policy is None and machine.keras is Keras.TWO:
        name = machine.global_state.get("floatx", "float32")
    if not isinstance(name, str):
        undetermined(Why.INPUT, "the global dtype policy")
    _check_policy(machine, name)
    machine.global_state["policy"] = name if policy is not None else None
    machine.builder.policy = name


def _check_policy(machine: Machine, name: str) -> None:
    if _POLICY.fullmatch(name) is None and (machine.keras is Keras.THREE or not _is_dtype(name)):
        machine.raise_error(
            "ValueError",
            f"Cannot convert '{name}' to a mixed precision DTypePolicy. Valid policies include 'mixed_float16', "
            "'mixed_bfloat16', and the name of any float dtype such as 'float32'.",
        )


def _is_dtype(name: str) -> bool:
    return re.fullmatch(r"u?int(?:8|16|32|64)|bool|string|complex(?:64|128)|_infer", name) is not None


@raw("keras.mixed_precision.global_policy", "keras.mixed_precision.dtype_policy", "keras.config.dtype_policy", "keras.mixed_precision.experimental.global_policy")  # fmt: skip
def global_policy(machine: Machine) -> object:
    """Return the global dtype policy."""
    if machine.keras is Keras.THREE:
        machine.global_state["policy"] = machine.builder.policy
    return KerasObject("policy", "DTypePolicy", {"name": machine.builder.policy})


@raw(
    "keras.dtype_policies.QuantizedDTypePolicy",
    "keras.mixed_precision.QuantizedDTypePolicy",
    "keras.QuantizedDTypePolicy",
)
def make_quantized_policy(machine: Machine, mode: object = None, source_name: object = None, *_: object) -> object:
    """Return a policy that stores kernels in fewer bits."""
    source = machine.builder.policy if source_name is None else source_name
    if not isinstance(mode, str) or not isinstance(source, str):
        undetermined(Why.INPUT, "a quantized dtype policy")
    return KerasObject("policy", "QuantizedDTypePolicy", {"name": f"{mode}_from_{source}"}, machine.span)


@raw("keras.mixed_precision.Policy", "keras.mixed_precision.DTypePolicy", "keras.DTypePolicy", "keras.FloatDTypePolicy", "keras.dtype_policies.DTypePolicy", "keras.dtype_policies.FloatDTypePolicy", "keras.dtype_policies.get", "keras.dtype_policies.deserialize", "keras.mixed_precision.experimental.Policy")  # fmt: skip
def make_policy(machine: Machine, name: object = None, *_: object, **__: object) -> object:
    """Return a dtype policy."""
    if isinstance(name, KerasObject):
        return name
    if name is None:
        name = machine.builder.policy
    if isinstance(name, str):
        _check_policy(machine, name)
    return KerasObject("policy", "DTypePolicy", {"name": name}, machine.span)


@raw("keras.config.is_interactive_logging_enabled", "keras.utils.is_interactive_logging_enabled", "keras.config.is_traceback_filtering_enabled")  # fmt: skip
def is_enabled(machine: Machine) -> object:
    """Return whether what is on by default is on."""
    return machine.unknown(Why.UNSUPPORTED, "a setting of Keras")


@raw("keras.config.is_flash_attention_enabled", "keras.config.max_epochs", "keras.config.max_steps_per_epoch")
def unset(machine: Machine) -> object:
    """Return a setting that nobody made."""
    del machine
    return None


@raw("keras.config.is_nnx_enabled")
def is_nnx_enabled(machine: Machine) -> object:
    """Return False: only JAX has it."""
    del machine
    return False


@raw("keras.config.disable_flash_attention", "keras.config.enable_flash_attention", "keras.config.disable_interactive_logging", "keras.config.enable_interactive_logging", "keras.utils.disable_interactive_logging", "keras.utils.enable_interactive_logging", "keras.config.disable_traceback_filtering", "keras.config.enable_traceback_filtering", "keras.config.enable_unsafe_deserialization", "keras.config.set_backend", "keras.config.set_max_epochs", "keras.config.set_max_steps_per_epoch", "keras.backend.set_learning_phase", "keras.backend.manual_variable_initialization", "keras.backend.set_session", "keras.backend.tensorflow_backend.set_session", "keras.backend.reset_uids")  # fmt: skip
def do_nothing(machine: Machine, *_: object, **__: object) -> None:
    """Set what changes no model."""
    del machine
