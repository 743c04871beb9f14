"""Names of modules: which spellings mean a module that keraslint knows, and where its members come from."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from keraslint.catalogue.signatures import has_family
from keraslint.catalogue.versions import Keras
from keraslint.interp.overlays import MODULES
from keraslint.values.program import MISSING

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_KERAS = re.compile(
    r"(?:(?:tensorflow|tf)\.(?:python\.|compat\.v[12]\.)?keras|tf_keras|keras)(?:\.(?:api(?:\._v[12])?(?:\.keras)?|src|_tf_keras(?:\.keras)?|v2))*(?=\.|$)"
)
"""Every spelling of the package of Keras itself."""

_SOURCE_PACKAGES = ("keras.applications",)
"""Packages of Keras that are read as source where they are reached as ``keras.src``."""

_FAMILIES = {
    "keras.layers": "keras.layers",
    "keras.layers.experimental": "keras.layers.experimental",
    "keras.layers.experimental.preprocessing": "keras.layers.experimental.preprocessing",
    "keras.engine": "keras.models",
    "keras.models": "keras.models",
    "keras.ops": "keras.ops",
    "keras.ops.image": "keras.ops.image",
    "keras.ops.linalg": "keras.ops.linalg",
    "keras.ops.nn": "keras.ops.nn",
    "keras.ops.numpy": "keras.ops.numpy",
    "keras.backend": "keras.backend",
    "keras.legacy.backend": "keras.backend",
    "keras.initializers": "keras.initializers",
    "keras.regularizers": "keras.regularizers",
    "keras.constraints": "keras.constraints",
    "keras.activations": "keras.activations",
    "keras.optimizers": "keras.optimizers",
    "keras.losses": "keras.losses",
    "keras.metrics": "keras.metrics",
    "keras.callbacks": "keras.callbacks",
    "keras.datasets": "keras.datasets",
    "keras.preprocessing": "keras.preprocessing",
    "keras.saving": "keras.saving",
    "keras.random": "keras.random",
    "keras.mixed_precision": "keras.mixed_precision",
    "keras.dtype_policies": "keras.dtype_policies",
    "keras.config": "keras.config",
    "keras.tree": "keras.tree",
    "keras.quantizers": "keras.quantizers",
    "keras.distribution": "keras.distribution",
    "keras.export": "keras.export",
    "keras.api_export": "keras.api_export",
    "keras.applications": "keras.applications",
    "keras.utils": "keras.utils",
    "keras.visualization": "keras.visualization",
    "keras.wrappers": "keras.wrappers",
    "keras.experimental": "keras.experimental",
}


@functools.lru_cache(maxsize=4096)
def canonical_module(name: str) -> str | None:
    """Return the name under which a native module is known, None where it is not native."""
    match = _KERAS.match(name)
    if match is not None:
        rest = name[match.end() :]
        if not rest:
            return "keras"
        canonical = f"keras{rest}"
        if ".src" in match.group() and any(canonical.startswith(package) for package in _SOURCE_PACKAGES):
            return None
        return _of_family(canonical)
    if name in MODULES:
        return name
    if name.startswith("tensorflow.") or name == "tensorflow":
        rest = (
            name.removeprefix("tensorflow")
            .removeprefix(".compat.v1")
            .removeprefix(".compat.v2")
            .removeprefix(".python.ops")
        )
        return f"tf{rest}"
    if any(module.startswith(f"{name}.") for module in MODULES):
        return name
    return None


def _of_family(canonical: str) -> str | None:
    """Return the module that answers for one inside a family: ``keras.layers.core.dense`` is ``keras.layers``."""
    if canonical in MODULES:
        return canonical
    family = canonical.removeprefix("keras.")
    if not family.startswith("layers.") and any(has_family(family, keras) for keras in Keras):
        return canonical
    parts = canonical.split(".")
    for length in range(len(parts), 1, -1):
        prefix = ".".join(parts[:length])
        if prefix in _FAMILIES:
            return canonical if prefix in {"keras.utils", "keras.applications"} else _FAMILIES[prefix]
    return canonical


@functools.lru_cache(maxsize=4096)
def is_module(name: str, keras: Keras) -> bool:
    """Return whether a native module has a module of this full name, rather than a member that is not modelled."""
    if name in _FAMILIES or name in MODULES or any(module.startswith(f"{name}.") for module in MODULES):
        return True
    return _KERAS.match(name) is not None and has_family(name.removeprefix("keras."), keras)


def is_native_root(name: str) -> bool:
    """Return whether a module belongs to a package that keraslint knows, as a whole if not in this part."""
    return _KERAS.match(name) is not None or name.partition(".")[0] in {"tensorflow", "numpy"}


def resolve_member(machine: Machine, module: str, name: str) -> object:
    """Return a member of a native module that no table lists: a layer, an operation, an object of Keras."""
    resolvers = MODULES.get("resolve", {})
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        resolver = resolvers.get(".".join(parts[:length]))
        if resolver is not None and callable(getattr(resolver, "function", None)):
            found = resolver.function(machine, module, name)  # type: ignore[attr-defined]
            if found is not MISSING:
                return found
    return MISSING
