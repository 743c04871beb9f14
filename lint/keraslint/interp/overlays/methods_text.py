"""Methods of texts and bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keraslint.interp.calls import first_unknown
from keraslint.interp.formatting import format_value
from keraslint.interp.limits import ITEMS, too_large
from keraslint.interp.overlays import raw
from keraslint.interp.overlays.items import collect, contents, fits, wrong_receiver
from keraslint.interp.overlays.methods import register_plain
from keraslint.interp.text_size import check_format, check_text
from keraslint.values.unknown import Undetermined, Unknown

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

_HARMLESS = "capitalize count endswith find index isalnum isalpha isascii isdigit islower isspace istitle isupper lower lstrip partition removeprefix removesuffix rfind rindex rpartition rsplit rstrip split splitlines startswith strip swapcase title upper"
register_plain("str", f"{_HARMLESS} casefold encode isdecimal isidentifier isnumeric isprintable maketrans")
register_plain("bytes", f"{_HARMLESS} decode hex")


def _to_width(machine: Machine, value: object, width: object = 8, *_: object) -> None:
    if isinstance(width, int):
        fits(machine, width, "a padded text")
    del value


def _tabs(machine: Machine, value: str | bytes, width: object = 8, *_: object) -> None:
    if isinstance(width, int):
        fits(machine, len(value) * max(width, 1), "a text with expanded tabs")


def _replaced(
    machine: Machine, value: str | bytes, old: object = "", new: object = "", count: object = -1, *_: object
) -> None:
    if isinstance(old, str | bytes) and isinstance(new, str | bytes) and isinstance(count, int):
        places = min(len(value) // max(len(old), 1) + 1, count if count >= 0 else ITEMS)
        fits(machine, len(value) + places * max(len(new) - len(old), 0), "a text with replacements")


def _translated(machine: Machine, value: str | bytes, table: object = None, *_: object) -> None:
    longest = (
        max((len(item) for item in table.values() if isinstance(item, str)), default=1)
        if isinstance(table, dict)
        else 1
    )
    fits(machine, len(value) * max(longest, 1), "a translated text")


for _kind in ("str", "bytes"):
    register_plain(_kind, "center ljust rjust zfill", _to_width)
    register_plain(_kind, "expandtabs", _tabs)
    register_plain(_kind, "replace", _replaced)
    register_plain(_kind, "translate", _translated)


@raw("method:str.format_map")
def format_mapping(machine: Machine, value: object, mapping: object) -> object:
    """Return ``text.format(**mapping)``."""
    items = dict(machine.mapping_items(mapping))
    return machine.call(machine.get_attribute(value, "format"), (), {str(key): item for key, item in items.items()})


@raw("method:str.join", "method:bytes.join")
def join(machine: Machine, value: object, iterable: object) -> object:
    """Return ``separator.join(iterable)``."""
    separator = contents(value)
    if not isinstance(separator, str | bytes):
        wrong_receiver(machine, "str", separator)
    items = [contents(item) for item in collect(machine, iterable)]
    for index, item in enumerate(items):
        if isinstance(item, Unknown):
            return Unknown(item.why, f"a text with {item.symbol or item.what}"[:160], item.where)
        if not isinstance(item, type(separator)):
            name = machine.class_of(item).name
            machine.raise_error("TypeError", f"sequence item {index}: expected str instance, {name} found")
    length = sum(len(item) for item in items if isinstance(item, str | bytes))
    fits(machine, length + len(separator) * len(items), "a joined text")
    return machine.guard(separator.join, items)


class Formatted:
    """An argument of ``format`` that is no plain value: its text comes from the machine."""

    __slots__ = ("machine", "value")

    def __init__(self, machine: Machine, value: object) -> None:
        self.machine = machine
        self.value = value

    def __format__(self, spec: str) -> str:
        return _known(format_value(self.machine, self.value, "", spec))

    def __str__(self) -> str:
        return _known(self.machine.text(self.value))

    def __repr__(self) -> str:
        return _known(self.machine.represent(self.value))

    def __getattr__(self, name: str) -> object:
        return wrapped(self.machine, self.machine.get_attribute(self.value, name))

    def __getitem__(self, key: object) -> object:
        return wrapped(self.machine, self.machine.get_item(self.value, key))


def _known(text: str | Unknown) -> str:
    if isinstance(text, Unknown):
        raise Undetermined(Unknown(text.why, f"a text with {text.what}"[:160], text.where))
    return text


def wrapped(machine: Machine, value: object) -> object:
    """Return a value that Python's own formatting can format."""
    return value if first_unknown(value, machine) is None else Formatted(machine, value)


_WIDE = re.compile(r"\d{6,}")


_OPEN_SPEC = re.compile(r":[^}]*\{")
"""A format whose width may come from an argument."""


@raw("method:str.format")
def format_text(machine: Machine, value: object, /, *args: object, **kwargs: object) -> object:
    """Return ``template.format(...)``."""
    template = contents(value)
    if not isinstance(template, str):
        return wrong_receiver(machine, "str", template)
    if _WIDE.search(template):
        too_large("a formatted text")
    given = (*args, *kwargs.values())
    check_text(*given)
    check_format("*" if _OPEN_SPEC.search(template) else "", given)
    sizes = [len(item) for item in (*args, *kwargs.values()) if isinstance(item, str | list | tuple | dict)]
    fits(machine, len(template) + max(sizes, default=0) * (template.count("{") + 1), "a formatted text")
    positional = [wrapped(machine, arg) for arg in args]
    keywords = {key: wrapped(machine, arg) for key, arg in kwargs.items()}
    return machine.guard(template.format, *positional, **keywords)
