"""Automatic names: one count per class over the whole program, as Keras has it over the whole process."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from keraslint.catalogue.versions import Keras


class Names:
    """The names that a program has used up."""

    def __init__(self, keras: Keras) -> None:
        self.keras = keras
        self.used: defaultdict[str, int] = defaultdict(int)
        """How often each stem was asked for."""
        self._is_aside = False

    def automatic(self, class_name: str) -> str:
        """Return the next automatic name for a class: ``conv2d``, then ``conv2d_1``."""
        stem = snake_case(class_name)
        if self.keras is Keras.TWO:
            stem = {"input_layer": "input", "functional": "model"}.get(stem, stem)
            stem = f"private{stem}" if stem.startswith("_") else stem  # no scope begins with an underscore
        return self.unique(stem)

    def unique(self, stem: str) -> str:
        """Return ``stem``, or with the next number where it is used up."""
        count = self.used[stem]
        self.used[stem] += 1
        if self.keras is Keras.TWO and stem == "input":
            return f"input_{count + 1}"
        return f"{stem}_{count}" if count else stem

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Count names anew for a while: Keras 2 counts what a layer makes while it is called by that call's own graph."""
        around, was_aside = self.used, self._is_aside
        if not was_aside:
            self.used, self._is_aside = defaultdict(int), True
        try:
            yield
        finally:
            self.used, self._is_aside = around, was_aside

    def clear(self) -> None:
        """Forget all names, as ``clear_session`` does."""
        self.used.clear()


@functools.cache
def snake_case(name: str) -> str:
    """Return a class name in Keras' snake case: ``Conv2DTranspose`` gives ``conv2d_transpose``."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
