"""What real Keras makes of the programs of ``fixtures/programs``, all in one process: run as a script.

``real.py VERSION ANSWER NAME...`` runs each program as ``verify`` runs one and writes what each came to as JSON. Data sets
are zeros of the true shapes, nothing is downloaded, and no model that is built already is really trained.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.abc
import importlib.machinery
import inspect
import json
import os
import re
import sys
import tempfile
import types
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from keraslint.app import witness
from keraslint.source.notebook import cell_text
from keraslint.source.read import decode
from tests.literate.data_files import install
from tests.programs.listing import FOLDER, entry_of

ABSENT = ("matplotlib", "sklearn", "pandas", "seaborn", "tqdm", "PIL", "cv2")
"""Packages that programs import for what no model depends on."""


class Anything:
    """Stands in for what an absent package gives: called, indexed, unpacked and entered like everything."""

    def __call__(self, *args: object, **_: object) -> object:
        return args[0] if args and not isinstance(args[0], int | float | str) else self

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _key: object) -> object:
        return self

    def __iter__(self) -> Iterator[object]:
        return iter((self, self))

    def __enter__(self) -> object:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports packages that are not installed."""

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> importlib.machinery.ModuleSpec | None:
        is_absent = fullname.partition(".")[0] in ABSENT
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True) if is_absent else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        module.__getattr__ = Anything().__getattr__  # type: ignore[method-assign]
        return module

    def exec_module(self, _module: types.ModuleType) -> None:
        pass


class History:
    """What ``fit`` gives: whatever is asked for was 0."""

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = defaultdict(lambda: [0.0])
        self.epoch = [0]
        self.params: dict[str, object] = {}


class Watch:
    """The models of one program, and their counts at each moment."""

    def __init__(self, version: str) -> None:
        self.package = importlib.import_module("tf_keras" if version == "2" else "keras")
        self.recorder = witness.Recorder()
        self.moments: list[tuple[str, int, int | None, int | None]] = []
        self.depth = 0
        base = importlib.import_module(witness.MODELS[1] if version == "2" else witness.MODELS[0])
        self.recorder.watch(base)
        functional = importlib.import_module(
            "tf_keras.src.engine.functional" if version == "2" else "keras.src.models.functional"
        ).Functional
        self.built_kinds = (functional, self.package.Sequential)
        self._wrap(functional, "__init__", "built")
        self._wrap(base.Model, "compile", "compiled")
        self._replace(base.Model, "fit", self._fit)
        self._replace(base.Model, "train_on_batch", self._train_on_batch)
        self._replace(base.Model, "predict", self._predict)
        self._replace(base.Model, "evaluate", self._evaluate)
        base.Model.load_weights = lambda *_, **__: None
        base.Model.save = base.Model.save_weights = lambda *_, **__: None
        base.Model.summary = lambda *_, **__: None
        self.package.utils.plot_model = lambda *_, **__: None
        install(self.package.__name__)
        self._no_downloads(version)

    def _no_downloads(self, version: str) -> None:
        module = importlib.import_module(
            "tf_keras.src.utils.data_utils" if version == "2" else "keras.src.utils.file_utils"
        )
        module.get_file = lambda *_, **__: "net.weights.h5"

    def _wrap(self, cls: type, name: str, kind: str) -> None:
        original = getattr(cls, name)

        def wrapped(model: object, *args: object, **kwargs: object) -> object:
            result = original(model, *args, **kwargs)
            if "skip_init" not in kwargs:  # of Keras 2: the constructor runs again
                self.note(kind, model)
            return result

        wrapped.__name__ = name
        wrapped.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
        setattr(cls, name, wrapped)

    def _replace(self, cls: type, name: str, function: object) -> None:
        original = getattr(cls, name)
        signature = inspect.signature(original)

        def replaced(model: object, *args: object, **kwargs: object) -> object:
            bound = signature.bind(model, *args, **kwargs)
            return function(original, model, bound.arguments)  # type: ignore[operator]

        replaced.__signature__ = signature  # type: ignore[attr-defined]
        setattr(cls, name, replaced)

    def _is_trained_by_keras(self, model: object) -> bool:
        """Return whether training would change nothing that is counted: it is built, and trains as Keras does."""
        return (
            isinstance(model, self.built_kinds)
            and model.built  # type: ignore[attr-defined]
            and type(model).__module__.startswith(("keras.", "tf_keras."))
        )

    def _fit(self, original, model, arguments: dict[str, object]) -> object:  # type: ignore[no-untyped-def]
        import numpy as np
        import tensorflow as tf

        if not self._is_trained_by_keras(model):
            for name in ("callbacks", "validation_data", "validation_split", "validation_steps", "initial_epoch"):
                arguments.pop(name, None)
            if isinstance(arguments.get("x"), np.ndarray | tf.Tensor | list | dict):
                arguments.setdefault("batch_size", 32)  # which steps would make another
            arguments.update(epochs=1, steps_per_epoch=1, verbose=0)
            # what a training in the usual mode builds has no batch size
            model.run_eagerly = model.built or type(model).train_step is not self.package.Model.train_step
            model.jit_compile = False
            original(**arguments)
        self.note("fitted", model)
        return History()

    def _train_on_batch(self, original, model, arguments: dict[str, object]) -> object:  # type: ignore[no-untyped-def]
        model.run_eagerly = True
        result = original(**arguments)
        self.note("fitted", model)
        return result

    def _predict(self, original, model, arguments: dict[str, object]) -> object:  # type: ignore[no-untyped-def]
        import numpy as np

        data = arguments.get("x")
        if self._is_trained_by_keras(model) and isinstance(data, np.ndarray):
            shapes = [tuple(output.shape)[1:] for output in model.outputs]
            if all(None not in shape for shape in shapes):
                results = [np.zeros((len(data), *shape), "float32") for shape in shapes]
                return results[0] if len(results) == 1 else results
        model.run_eagerly = True
        return original(**{**arguments, "verbose": 0})

    def _evaluate(self, original, model, arguments: dict[str, object]) -> object:  # type: ignore[no-untyped-def]
        model.run_eagerly = True
        return original(**{**arguments, "verbose": 0, "steps": 1})

    def note(self, kind: str, model: object) -> None:
        """Note a model's counts, if it is one that the program made."""
        known = next((place for other, place in self.recorder.models if other is model), None)
        if known is None or not known:
            return
        try:
            _ = model.weights  # type: ignore[attr-defined]
        except (ValueError, AttributeError):  # Keras 2, of a model that is not built, or is being made
            counts: tuple[object, object] = (None, None)
        else:
            said = witness.describe(model, self.recorder)  # type: ignore[arg-type]
            counts = said["total"], said["trainable"]
        self.moments.append((kind, int(known["line"]), *counts))  # type: ignore[call-overload,arg-type]

    def run(self, name: str) -> dict[str, object]:
        """Run a program and return what it came to."""
        self._reset()
        path = entry_of(name)
        source = decode(path.read_bytes(), str(path))
        if "tf_keras" in source.text and self.package.__name__ == "keras":
            return {"error": "ImportError: it is written for tf_keras", "broken": [], "models": [], "moments": []}
        request: dict[str, object] = {
            "path": str(path),
            "module": path.stem,
            "expression": "",
            "cells": [(cell.number, cell_text(source, cell.number)) for cell in source.cells],
            "assume": {},
        }
        sys.argv = [str(path)]
        sys.path.insert(0, str(path.parent))
        before = set(sys.modules)
        main = sys.modules["__main__"]
        error = None
        try:
            witness.run(request, self.recorder)
        except BaseException as problem:  # noqa: BLE001  whatever ends the program is the answer
            error = self._error(problem, path)
        finally:
            sys.path.pop(0)
            sys.modules["__main__"] = main
            for module in set(sys.modules) - before:
                if str(FOLDER) in str(getattr(sys.modules[module], "__file__", "")):
                    del sys.modules[module]
        models = [
            {**witness.describe(model, self.recorder), **self._place(place)}  # type: ignore[arg-type]
            for model, place in self.recorder.models
            if place and self._is_whole(model)
        ]
        broken = [self._error(problem, path) for problem in self.recorder.broken]
        return {"error": error, "broken": broken, "models": models, "moments": self.moments}

    def _is_whole(self, model: object) -> bool:
        """Return whether a model's constructor came to its end."""
        try:
            _ = model.layers, model.trainable_weights, model.weights  # type: ignore[attr-defined]
        except ValueError:
            return True
        except AttributeError:
            return False
        return True

    def _error(self, problem: BaseException, path: Path) -> str:
        said = witness.error_of(problem, self.recorder)
        if os.environ.get("TRACE"):
            sys.stderr.write(f"{path}: {said['trace']}\n")
        message = re.sub(r" \(/[^)]*\)", "", str(said["message"]))  # where a package is installed
        return f"line {said.get('line')}: {message[:160]}"

    def _place(self, place: dict[str, object]) -> dict[str, object]:
        path = os.path.relpath(str(place["path"]), FOLDER)
        return {"path": path, "line": place["line"], "cell": place["cell"]}

    def _reset(self) -> None:
        self.recorder.models = []
        self.recorder.broken = []
        self.recorder.cells = {}
        self.moments = []
        gc.collect()
        package = self.package
        package.backend.clear_session()
        package.backend.set_floatx("float32")
        package.backend.set_image_data_format("channels_last")
        package.mixed_precision.set_global_policy("float32")


def main(version: str, answer: str, names: list[str]) -> None:
    """Run the programs, and write what they came to."""
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    sys.meta_path.append(Absent())
    if version == "2":
        sys.meta_path.insert(0, witness.Renamed())
    watch = Watch(version)
    os.chdir(tempfile.mkdtemp())
    Path("net.weights.h5").touch()
    results = {}
    with Path("output").open("w", encoding="utf-8") as output, contextlib.redirect_stdout(output):
        for name in names:
            results[name] = watch.run(name)
    Path(answer).write_text(json.dumps(results), encoding="utf-8")
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
