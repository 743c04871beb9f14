"""Real Keras, asked by ``verify``: a script for a process of its own, which runs the program that it is given.

This is the only file that runs anybody's code. Nothing imports it; ``verify`` starts it by its path, in an interpreter
that need not have keraslint, so that it stands on the standard library alone. ``witness.py REQUEST ANSWER`` names two
JSON files: the answer has every model that the program made, or those that a target gave. What the program prints
goes where it likes.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import inspect
import json
import math
import os
import sys
import sysconfig
import traceback
import types
from collections.abc import Iterator, Sequence
from typing import Protocol, cast

MODELS = (
    "keras.src.models.model",
    "tf_keras.src.engine.training",
    "keras.src.engine.training",
    "keras.engine.training",
)
"""The modules that define ``Model``, by version: Keras 3, tf_keras, and Keras 2 from new to old."""
PACKAGES = ("keras", "tf_keras", "tensorflow")
USUAL_NAMES = {"keras": "keras", "tf": "tensorflow", "np": "numpy"}


class Weight(Protocol):
    """A weight of either Keras."""

    shape: Sequence[int]


class Layer(Protocol):
    """A layer or model of either Keras."""

    name: str
    built: bool
    weights: Sequence[Weight]
    trainable_weights: Sequence[Weight]
    layers: Sequence[Layer]

    def _flatten_layers(self) -> Sequence[Layer]:
        """Return the layer and those inside, at any depth."""
        ...


class Recorder:
    """Every model that was made, in order, and where."""

    def __init__(self) -> None:
        self.models: list[tuple[Layer, dict[str, object]]] = []
        self.classes: list[type] = []
        self.cells: dict[str, int] = {}
        """Name of a notebook's cell, as it is compiled -> its number."""
        self.broken: list[BaseException] = []
        """What ended single cells: the others run all the same, as where a notebook is worked in."""

    def watch(self, module: types.ModuleType) -> None:
        """Have every construction of the module's ``Model`` recorded."""
        make = module.Model.__new__

        @functools.wraps(make)
        def make_and_record(cls: type, *args: object, **kwargs: object) -> object:
            model = make(cls, *args, **kwargs)
            if not self._has(model):
                self._record(model, sys._getframe(1))  # noqa: SLF001  there is no other way
            return model

        module.Model.__new__ = staticmethod(make_and_record)
        self.classes.append(module.Model)

    def _has(self, model: object) -> bool:
        return any(model is other for other, _ in self.models)

    def _record(self, model: Layer, frame: types.FrameType | None) -> None:
        """Keep a model and the line of the program that is being run: of the innermost frame outside the libraries.

        What ``build`` of another model makes there is Keras' own: ``Sequential`` has a functional model inside.
        """
        while frame is not None and is_library(frame.f_code.co_filename):
            if frame.f_code.co_name == "build" and self._has(frame.f_locals.get("self")):
                return
            frame = frame.f_back
        self.models.append((model, {} if frame is None else self.located(frame.f_code.co_filename, frame.f_lineno)))

    def located(self, filename: str, line: int | None) -> dict[str, object]:
        """Return a place as the answer has it."""
        cell = self.cells.get(filename)
        path = filename if cell is None else filename.rpartition("#")[0]
        return {"path": os.path.abspath(path), "line": line or 0, "cell": cell}


def is_library(filename: str) -> bool:
    """Return whether a file is Keras', TensorFlow's, Python's or this one."""
    if filename == __file__ or filename.startswith("<"):
        return True
    folders = [os.path.dirname(getattr(sys.modules.get(name), "__file__", None) or "") for name in PACKAGES]
    if any(folder and filename.startswith(folder + os.sep) for folder in folders):
        return True
    is_installed = "site-packages" in filename or "dist-packages" in filename
    return not is_installed and filename.startswith(sysconfig.get_path("stdlib") + os.sep)


class Watcher(importlib.abc.MetaPathFinder):
    """Has ``Model`` watched as soon as the program imports it: importing it before could choose another backend."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where a module with ``Model`` lies."""
        if fullname not in MODELS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = WatchedLoader(fullname, spec.origin, self._recorder)
        return spec


class WatchedLoader(importlib.machinery.SourceFileLoader):
    """Runs a module with ``Model`` in it, and has it watched."""

    def __init__(self, fullname: str, path: str, recorder: Recorder) -> None:
        super().__init__(fullname, path)
        self._recorder = recorder

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module."""
        super().exec_module(module)
        self._recorder.watch(module)


class Renamed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives ``tf_keras`` to a program that is written for Keras 2 and imports ``keras``."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a spec for ``keras`` and what lies in it."""
        del path, target
        is_keras = fullname == "keras" or fullname.startswith("keras.")
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True) if is_keras else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return the module of ``tf_keras``."""
        module = importlib.import_module(f"tf_{spec.name}")
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Give the module, which has run, its own spec back."""
        if module.__spec__ is not None:
            module.__spec__ = module.__spec__.loader_state


def version_of(package: str) -> str:
    """Return the version of an installed package, empty where there is none."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


class TargetError(Exception):
    """The target cannot be evaluated; the message says why."""


def run(request: dict[str, object], recorder: Recorder) -> object:
    """Run the program and return what its target gives, None for the whole file."""
    path, name = str(request["path"]), str(request["module"])
    package, _, _ = name.rpartition(".")
    if package:
        importlib.import_module(package)
    module = types.ModuleType("__main__" if request["expression"] == "" else name)
    module.__file__ = path
    module.__package__ = package
    sys.modules[module.__name__] = module
    cells = cast("list[tuple[int, str]]", request["cells"])
    for number, text in cells:
        recorder.cells[f"{path}#{number}"] = number
        try:
            run_text(text, f"{path}#{number}", module)
        except Exception as problem:  # noqa: BLE001  whatever ends the cell
            recorder.broken.append(problem)
    if not cells:
        with open(path, "rb") as file:
            run_text(file.read(), path, module)
    if request["expression"] == "":
        return None
    return value_of(str(request["expression"]), module, cast("dict[str, str]", request["assume"]))


def run_text(text: str | bytes, name: str, module: types.ModuleType) -> None:
    """Run a program's text in a module; ``sys.exit()`` ends it as it ends a script."""
    try:
        exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)
    except SystemExit as end:
        if end.code not in {None, 0}:
            raise


def value_of(target: str, module: types.ModuleType, assume: dict[str, str]) -> object:
    """Return what an expression gives; of a name alone, what the function or class makes of assumed arguments."""
    namespace = module.__dict__
    if not target.isidentifier():
        for name, package in USUAL_NAMES.items():
            if name not in namespace and importlib.util.find_spec(package) is not None:
                namespace[name] = importlib.import_module(package)
        return eval(compile(target.strip(), "<target>", "eval", dont_inherit=True), namespace)
    if target not in namespace:
        message = f"there is no `{target}` in the program when it is run"
        raise TargetError(message)
    value = namespace[target]
    if not (inspect.isroutine(value) or inspect.isclass(value)):
        return value
    args: list[object] = []
    kwargs: dict[str, object] = {}
    for parameter in inspect.signature(value).parameters.values():
        text = assume.get(f"{target}.{parameter.name}", assume.get(parameter.name))
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            continue
        if text is None and parameter.default is parameter.empty:
            message = f"`{target}` needs `{parameter.name}`: write `{target}(…)`, or `--assume {parameter.name}=…`"
            raise TargetError(message)
        if text is None:
            continue
        if parameter.kind == parameter.POSITIONAL_ONLY:
            args.append(eval(text, {}))
        else:
            kwargs[parameter.name] = eval(text, {})
    return value(*args, **kwargs)


def models_in(value: object, recorder: Recorder) -> Iterator[Layer]:
    """Yield the models in what a target gives: one, or several in a tuple, list or dict."""
    if isinstance(value, tuple(recorder.classes)):
        yield cast("Layer", value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from models_in(item, recorder)
    elif isinstance(value, dict):
        for item in value.values():
            yield from models_in(item, recorder)


def describe(layer: Layer, recorder: Recorder, trained_around: set[int] | None = None) -> dict[str, object]:
    """Return what a layer or model is, as plain data; ``trained_around``: the weights that the model around it trains."""
    try:
        held = [weight for weight in layer.weights if hasattr(weight, "shape")]  # the vocabulary of a lookup has none
        weights = list({id(weight): weight for weight in held}.values())
        trained = {id(weight) for weight in layer.trainable_weights}
    except ValueError:  # Keras 2 of a model that is not built
        weights, trained = [], set()
    if trained_around is not None:
        trained = trained_around
    sizes = [math.prod(int(dim) for dim in weight.shape) for weight in weights]
    is_model = isinstance(layer, tuple(recorder.classes))
    is_built = layer.built and all(inner.built for inner in layer._flatten_layers())  # noqa: SLF001  both have it
    return {
        "name": layer.name,
        "class": type(layer).__name__,
        "shapes": [plain(shapes) for shapes in output_shapes(layer)],
        "built": is_built,
        "total": sum(sizes),
        "trainable": sum(size for size, weight in zip(sizes, weights) if id(weight) in trained),
        "weights": [([int(dim) for dim in weight.shape], id(weight) in trained) for weight in weights],
        "layers": [describe(inner, recorder, trained) for inner in layer.layers] if is_model else [],
    }


def output_shapes(layer: Layer) -> Iterator[object]:
    """Yield the shapes of what each call of a layer on symbolic tensors gave."""
    for node in getattr(layer, "_inbound_nodes", None) or ():
        outputs = getattr(node, "output_tensors", None)  # Keras 3
        yield getattr(node, "outputs", None) if outputs is None else outputs


def plain(nest: object) -> object:
    """Return the shapes of a nest of tensors; a nest of one tensor is that tensor."""
    if isinstance(nest, dict):
        return {str(key): plain(item) for key, item in nest.items()}
    if isinstance(nest, (list, tuple)):
        return plain(nest[0]) if len(nest) == 1 else [plain(item) for item in nest]
    shape = getattr(nest, "shape", None)
    if shape is None or getattr(shape, "rank", 0) is None:
        return None
    return [None if dim is None else int(dim) for dim in shape]


def package_of(model: Layer, recorder: Recorder) -> str:
    """Return the package that a model is of, with its version: ``keras 3.15.1``."""
    base = next(cls for cls in recorder.classes if isinstance(model, cls))
    package = base.__module__.partition(".")[0]
    return f"{package} {getattr(sys.modules[package], '__version__', version_of(package))}"


def error_of(problem: BaseException, recorder: Recorder) -> dict[str, object]:
    """Return how the program failed, and where in it."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = next((frame for frame in reversed(frames) if not is_library(frame.filename)), None)
    place = {} if own is None else recorder.located(own.filename, own.lineno)
    if isinstance(problem, SyntaxError) and problem.filename and not is_library(problem.filename):
        place = recorder.located(problem.filename, problem.lineno)
    name = type(problem).__name__
    words = str(problem) if isinstance(problem, TargetError) else f"{name}: {problem}".rstrip(": ")
    return {
        "message": words,
        "missing": (problem.name or "") if isinstance(problem, ModuleNotFoundError) else "",
        "trace": "".join(traceback.format_exception(type(problem), problem, problem.__traceback__)),
        **place,
    }


def main(request_path: str, answer_path: str) -> None:
    """Run what the request names, write what came of it, and end the process at once."""
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    own = os.path.dirname(os.path.abspath(__file__))  # of which a program knows nothing
    sys.path[:] = [*request["roots"], *(path for path in sys.path if os.path.abspath(path) != own)]
    sys.argv = [request["path"]]
    recorder = Recorder()
    sys.meta_path.insert(0, Watcher(recorder))
    is_renamed = request["keras"] == "2" and not version_of("keras").startswith("2") and version_of("tf_keras")
    if is_renamed:
        sys.meta_path.insert(0, Renamed())
    answer: dict[str, object] = {"models": [], "error": None, "broken": []}
    found: list[tuple[Layer, dict[str, object]]] = []
    try:
        value = run(request, recorder)
        found = [(model, {}) for model in models_in(value, recorder)]
    except BaseException as problem:  # noqa: BLE001  whatever ends the program is the answer
        answer["error"] = error_of(problem, recorder)
    if request["expression"] == "":
        found = recorder.models
    try:
        answer["models"] = [
            {**describe(model, recorder), "package": package_of(model, recorder), **place} for model, place in found
        ]
    except Exception as problem:  # noqa: BLE001  as above: a model that is half made
        answer["error"] = answer["error"] or error_of(problem, recorder)
    answer["broken"] = [error_of(problem, recorder) for problem in recorder.broken]
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answer, file)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    this = sys.modules["__main__"]  # stays alive when the program takes its name
    main(*sys.argv[1:])
