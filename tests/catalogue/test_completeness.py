"""Every public name of both packages is known: a layer, an operation, a member of its own, or an object of Keras.

What is left is listed here, each with the reason: a program may use it, and what it gives is then "not resolved".
"""

from __future__ import annotations

import functools

import pytest

from keraslint.catalogue.applications import file_of
from keraslint.catalogue.ops.lookup import find
from keraslint.catalogue.signatures import families, members
from keraslint.catalogue.spec import layer_specs
from keraslint.catalogue.versions import Keras
from keraslint.interp.machine import Machine
from keraslint.interp.modules import find_module, module_member
from keraslint.interp.overlays import MODULES
from keraslint.interp.overlays.names import canonical_module
from keraslint.values.program import MISSING, Class, Module
from keraslint.values.unknown import Unknown

EXCLUDED = {
    "losses.": "functions on data, whose results no shape depends on; their signatures are checked",
    "metrics.": "functions on data, whose results no shape depends on; their signatures are checked",
    "preprocessing.image.": "augments one picture by chance, or writes it",
    "preprocessing.sequence.": "samples words by chance",
    "preprocessing.text.": "depends on the text",
    "utils.array_to_img": "gives a picture of PIL, which no model takes",
    "utils.bounding_boxes.": "computes boxes; nothing of a model's architecture is made of them",
    "utils.FeatureSpace": "its model depends on the data that it adapts to",
    "utils.get_registered_object": "looks up the program's registry at run time",
    "utils.warmstart_embedding_matrix": "depends on two vocabularies in files",
    "saving.get_registered_": "looks up the program's registry at run time",
    "visualization.": "draws",
    "distribution.": "the devices of the machine",
    "distillation.": "a training loop around two models",
    "quantizers.": "computes on weights' values, not on shapes",
    "tree.": "applies a function to a nest whose leaves need not be known",
    "remat": "a decorator of functions that JAX and TensorFlow trace",
    "estimator.": "estimators are no Keras models, and TensorFlow has dropped them",
    "experimental.": "dropped: made for feature columns",
    "models.experimental.": "a training loop around a model",
    "layers.AbstractRNNCell": "a base class for the program's own cells",
    "layers.compat.": "TensorFlow 1's spellings of layers that are known by their other names",
    "layers.experimental.": "layers of that module alone, which never left it",
}
"""Name, or beginning of names, within ``keras`` -> why it is not modelled."""


def machine_of(keras: Keras) -> Machine:
    return Machine(keras, environment={}, roots=[], read=lambda _path: None, is_folder=lambda _path: False, assume={})


def is_known(machine: Machine, family: str, name: str) -> bool:
    """Return whether a member is modelled, rather than a function of which only the signature is known."""
    if family.startswith("applications"):
        is_module = bool(members(f"{family}.{name}", machine.keras))
        return is_module or bool(file_of(name)) or name in {"preprocess_input", "decode_predictions"}
    full = ".".join(filter(None, ("keras", family, name)))
    module = find_module(machine, full.rpartition(".")[0])
    assert isinstance(module, Module)
    if name in MODULES.get(module.name, {}) or find(f"{module.name}.{name}", machine.keras) is not None:
        return True
    found = module_member(machine, module, name)
    if isinstance(found, Class):
        return not found.native or found.native in layer_specs() or found.native in {"Layer", "Model"}
    return found is not MISSING and not isinstance(found, Unknown) and isinstance(found, Module)


@functools.cache
def unknown_names(keras: Keras) -> frozenset[str]:
    """Return the public names that are not modelled."""
    machine = machine_of(keras)
    return frozenset(
        ".".join(filter(None, (family, name)))
        for family in families(keras)
        for name in members(family, keras)
        if not is_known(machine, family, name)
    )


@pytest.mark.parametrize("keras", Keras, ids=["Keras 2", "Keras 3"])
def test_every_public_name_is_known_or_excluded_with_a_reason(keras: Keras) -> None:
    assert {name for name in unknown_names(keras) if reason_of(name) is None} == set()


def reason_of(name: str) -> str | None:
    """Return why a name is excluded, by itself or with its module."""
    return next((reason for prefix, reason in EXCLUDED.items() if covers(prefix, name)), None)


def covers(excluded: str, name: str) -> bool:
    """Return whether an exclusion is of a name, or of its beginning."""
    return name.startswith(excluded) if excluded.endswith((".", "_")) else name == excluded


@pytest.mark.parametrize("excluded", EXCLUDED)
def test_an_exclusion_is_of_something(excluded: str) -> None:
    assert any(covers(excluded, name) for keras in Keras for name in unknown_names(keras))


def test_modules_are_known_by_their_own_names() -> None:
    for keras in Keras:
        for family in families(keras):
            assert canonical_module(f"keras.{family}" if family else "keras") is not None
