"""``keras.applications`` called as a library, against what real Keras made of the same programs.

The recording is written by ``tests/record/applications.py``. The tests take a share of it;
``python -m tests.truth.test_applications_library`` compares all.
"""

from __future__ import annotations

import functools
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from keraslint.graph.analysis import Analysis, LayerRecord, ModelRecord
from keraslint.interp.analyse import Options, analyse_source
from keraslint.source.text import SourceFile

FOLDER = Path(__file__).parents[2] / "fixtures" / "applications"


@functools.cache
def recorded(version: str) -> dict[str, dict]:
    """Return what real Keras made of each program."""
    return json.loads(gzip.decompress((FOLDER / f"keras-{version}.json.gz").read_bytes()))


def groups() -> list[tuple[str, str]]:
    """Return the version and the function that programs are about."""
    return [(version, name) for version in ("3", "2") for name in sorted(by_function(version))]


@functools.cache
def by_function(version: str) -> dict[str, list[str]]:
    """Return the programs by the function of ``keras.applications`` that they call."""
    result: dict[str, list[str]] = defaultdict(list)
    for program in recorded(version):
        result[program.partition("keras.applications.")[2].partition("(")[0]].append(program)
    return result


def analysed(program: str, version: str) -> Analysis:
    """Return what is known of a program."""
    source = SourceFile("program.py", f"import keras\n{program}\n")
    return analyse_source(source, [], Options(read=lambda _path: None, keras=version))


def described(layer: LayerRecord) -> dict[str, object]:
    """Return what is compared of a layer, as it is recorded."""
    shape = list(layer.output_shape) if isinstance(layer.output_shape, tuple) else None
    weights = [[list(weight.shape or ()), weight.trainable] for weight in layer.weights if weight.why != "seed"]
    record: dict[str, object] = {"name": layer.name, "class": layer.class_name, "shape": shape, "weights": weights}
    if layer.layers:
        record["layers"] = [described(child) for child in layer.layers]
    return record


def difference(program: str, version: str, expected: dict) -> str:
    """Return in words how the analysis of a program differs from what Keras made of it; empty where it does not."""
    analysis = analysed(program, version)
    models = [model for model in analysis.models if "model" in model.variables]
    if "error" in expected:
        refused = [event.facts["error"] for event in analysis.events if event.kind == "refused"]
        # TensorFlow refuses to reshape the numbers inside a layer by an error of its own
        error = expected["error"].replace("InvalidArgumentError", "ValueError")
        return "" if refused == [error] else f"{refused} instead of {error}: {expected['message']}"
    if len(models) != 1:
        return f"{len(models)} models: {[event.facts for event in analysis.events if event.kind == 'refused']}"
    return _model_difference(models[0], expected)


def _model_difference(model: ModelRecord, expected: dict) -> str:
    if model.certainty != "exact":
        return f"{model.certainty}: {[problem.reason for problem in model.unresolved]}{model.assumptions}"
    layers = [described(layer) for layer in model.layers]
    for ours, theirs in zip(layers, expected["layers"], strict=False):
        if ours != theirs:
            return f"{ours}\ninstead of\n{theirs}"
    ours = (model.name, model.count.total, model.count.trainable, len(layers))
    theirs = (expected["name"], expected["total"], expected["trained"], len(expected["layers"]))
    return "" if ours == theirs else f"{ours} instead of {theirs}"


def wrong_of(version: str, programs: list[str]) -> str:
    """Return in words which programs are analysed otherwise than Keras has it."""
    truth = recorded(version)
    found = {program: difference(program, version, truth[program]) for program in programs}
    return "\n\n".join(f"{program}\n{words}" for program, words in found.items() if words)


TOPLESS = "(139, 230, 3)"
"""What the one program of every model has in it that is cheap enough to be run each time."""


@pytest.mark.parametrize(("version", "name"), groups(), ids=str)
def test_a_model_without_its_top_is_what_keras_makes_of_it(version: str, name: str) -> None:
    assert wrong_of(version, [program for program in by_function(version)[name] if TOPLESS in program]) == ""


@pytest.mark.tensorflow
@pytest.mark.parametrize(("version", "name"), groups(), ids=str)
def test_a_model_is_what_keras_makes_of_it_in_other_ways(version: str, name: str) -> None:
    programs = sorted(program for program in by_function(version)[name] if TOPLESS not in program)
    # of a long list every second one, and the ones between in the other version
    assert wrong_of(version, programs[int(version) % 2 :: 2] if len(programs) > 8 else programs) == ""


if __name__ == "__main__":
    for version, name in groups():
        sys.stdout.write(
            f"Keras {version} {name}: {wrong_of(version, by_function(version)[name]) or 'as Keras has it'}\n"
        )
