"""How long the text of a value would be, found before it is written: containers that share their parts double it."""

from __future__ import annotations

import re

from keraslint.interp.limits import DEPTH, ITEMS, too_large

_LONG_NUMBER = re.compile(r"\d{7,}")


def check_text(*values: object) -> None:
    """Raise ``Undetermined`` where the text of plain values would be too long, or nested too deep."""
    sizes: dict[int, int] = {}
    for value in values:
        if _size(value, sizes, 0) > ITEMS:
            too_large("a text")


def check_nested(*values: object) -> None:
    """Raise ``Undetermined`` where sequences in sequences have more parts than can be walked."""
    nested = [v for v in values if isinstance(v, list | tuple) and any(isinstance(part, list | tuple) for part in v)]
    if nested:
        check_text(*nested)


def check_format(spec: object, values: object = ()) -> None:
    """Raise ``Undetermined`` where a format asks for a width or a precision beyond all measure (``*``: among values)."""
    if not isinstance(spec, str | bytes):
        return
    text = spec if isinstance(spec, str) else spec.decode("latin-1")
    items = values if isinstance(values, tuple) else (values,)
    is_wide = "*" in text and any(isinstance(item, int) and abs(item) > ITEMS for item in items)
    if is_wide or _LONG_NUMBER.search(text):
        too_large("a text")


def _size(value: object, sizes: dict[int, int], depth: int) -> int:
    if isinstance(value, str | bytes):
        return len(value) + 2
    if not isinstance(value, list | tuple | dict | set | frozenset):
        return 8
    known = sizes.get(id(value))
    if known is not None:
        return known
    if depth > DEPTH:
        too_large("a text")
    sizes[id(value)] = 8  # inside itself it is written as ``[...]``
    parts = [part for pair in value.items() for part in pair] if isinstance(value, dict) else value
    size = 2
    for part in parts:
        size += _size(part, sizes, depth + 1) + 2
        if size > ITEMS:
            break
    sizes[id(value)] = size
    return size
