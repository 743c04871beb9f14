"""Records every attribute name that a layer of Keras may have: ``python -m tests.record.layer_attributes keras|tf_keras``.

The first line holds those of every layer and model. A name that is not in the list is no attribute of a layer unless the program sets it.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

DATA = Path(__file__).parents[2] / "lint" / "keraslint" / "catalogue" / "data"
SET = re.compile(r"\b(?:self|layer|obj|instance|model)\.(\w+)(?:, (?:self|layer)\.(\w+))*\s*(?::[^=\n]+)?=[^=]")


def names(package: str) -> list[list[str]]:
    """Return the names that every layer has, then those that classes have or that the package's code sets on objects."""
    keras = import_module(package)
    common = {*dir(keras.layers.Layer()), *dir(keras.Model)}
    found: set[str] = set()
    for holder in (keras.layers, keras.models, keras):
        for member in vars(holder).values():
            if isinstance(member, type) and issubclass(member, keras.layers.Layer):
                found.update(dir(member))
    for layer in (keras.layers.Dense(1), keras.Sequential(), keras.layers.BatchNormalization()):
        found.update(dir(layer))
    for path in Path(keras.__file__).parent.rglob("*.py"):
        for match in SET.finditer(path.read_text(encoding="utf-8")):
            found.update(name for name in match.groups() if name)
    return [sorted(common), sorted(found - common)]


if __name__ == "__main__":
    version = "3" if sys.argv[1] == "keras" else "2"
    target = DATA / f"layer_attributes_{version}.txt"
    target.write_text("".join(f"{' '.join(line)}\n" for line in names(sys.argv[1])), encoding="utf-8")
