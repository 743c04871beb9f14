"""Records what the real ``tensorflow_addons`` makes: ``python tests/record/addons.py --package FOLDER``.

FOLDER holds the package (0.23) and ``typeguard`` below 3, as ``pip install --no-deps --target FOLDER`` puts them there. The
package was made for Keras 2 as a part of TensorFlow: here it gets tf_keras in its place. Runs the programs of
``fixtures/addons.md`` and writes ``fixtures/addons.json``.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.machinery
import json
import os
import re
import sys
import warnings
from pathlib import Path
from types import ModuleType

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = (
    "import tensorflow as tf\nimport tensorflow_addons as tfa\nfrom tensorflow import keras\n"
    "from tensorflow.keras import layers\n"
)


def programs() -> list[str]:
    """Return the programs of the fixture."""
    return [HEAD + text for text in PROGRAM.findall((FIXTURES / "addons.md").read_text(encoding="utf-8"))]


class KerasTwo:
    """Finds tf_keras for whoever imports ``keras`` or ``tensorflow.keras``."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """Return tf_keras' module of the same path."""
        del path, target
        inside = name.removeprefix("tensorflow.")
        if inside.partition(".")[0] != "keras":
            return None
        try:
            self.module = importlib.import_module(f"tf_{inside}")
        except ImportError:
            return None
        return importlib.machinery.ModuleSpec(name, Given(self.module))  # type: ignore[arg-type]


class Given:
    """Loads a module that is there already."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def create_module(self, spec: object) -> ModuleType:
        """Return the module."""
        del spec
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: it has been run."""


def main() -> None:
    """Run every program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, required=True)
    options = parser.parse_args()
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf  # takes its own Keras before the package asks for one
    import tf_keras

    assert tf.keras.__name__
    sys.meta_path.insert(0, KerasTwo())  # type: ignore[arg-type]
    sys.modules.pop("keras", None)
    sys.path.append(str(options.package))
    warnings.simplefilter("ignore")
    answers = [answer(tf_keras, text) for text in programs()]
    (FIXTURES / "addons.json").write_text("[\n" + ",\n".join(map(json.dumps, answers)) + "\n]\n", encoding="utf-8")


def answer(keras: ModuleType, text: str) -> dict[str, object]:
    """Return what a program makes: weights, layers and output, or the class of its error."""
    keras.backend.clear_session()
    namespace: dict[str, object] = {}
    try:
        exec(text, namespace)
    except Exception as error:  # noqa: BLE001  whatever it raises is the answer
        return {"error": type(error).__name__}
    model = namespace["model"]
    trained = {id(weight) for weight in model.trainable_weights}  # type: ignore[attr-defined]
    return {
        "weights": [
            [list(weight.shape), id(weight) in trained, weight.dtype.name]
            for weight in model.weights  # type: ignore[attr-defined]
        ],
        "layers": [[layer.name, type(layer).__name__] for layer in model.layers],  # type: ignore[attr-defined]
        "outputs": [list(output.shape) for output in model.outputs],  # type: ignore[attr-defined]
    }


if __name__ == "__main__":
    main()
