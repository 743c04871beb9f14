"""The IR of a file: from an earlier run where one has kept it, else by libcst, which takes longer than all else."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable

import msgspec

from keraslint.source import ir
from keraslint.source.notebook import cell_text
from keraslint.source.text import SourceError, SourceFile

Load = Callable[[str], bytes | None]
Save = Callable[[str, bytes], None]
_kept: list[tuple[Load, Save]] = []


class ParsedCells(msgspec.Struct, frozen=True):
    """What could be read of a file: the module of all sound cells, and the errors of the others."""

    module: ir.Module
    errors: tuple[SourceError, ...] = ()


def keep_by(load: Load | None = None, save: Save | None = None) -> None:
    """Have modules kept from now on, by their text; without functions, no longer.

    ``load`` returns what ``save`` was given for a text, or None; both are trusted with it.
    """
    _kept[:] = [(load, save)] if load is not None and save is not None else []


def parse(source: SourceFile) -> ir.Module:
    """Return the IR of a file; ``SourceError`` when it is not Python or too deep to read."""
    parsed = parse_cells(source)
    if parsed.errors:
        raise parsed.errors[0]
    return parsed.module


def parse_cells(source: SourceFile) -> ParsedCells:
    """Return the IR of all cells that can be read, and an error for each of the others; a module is one cell."""
    if not source.cells:
        try:
            return ParsedCells(_parse_module(source.text))
        except SourceError as error:
            return ParsedCells(ir.Module((), ()), (error,))
    body: list[ir.Statement] = []
    comments: list[ir.Comment] = []
    errors = []
    for cell in source.cells:
        text = cell_text(source, cell.number)
        try:
            module = _lowered(source, text, cell.start)
        except SourceError as error:
            error.cell = cell.number
            errors.append(error)
            continue
        body.extend(module.body)
        comments.extend(module.comments)
    return ParsedCells(ir.Module(tuple(body), tuple(comments)), tuple(errors))


@functools.lru_cache(maxsize=512)
def _parse_module(text: str) -> ir.Module:
    """Return the IR of a module, which many files of a run may import."""
    load, save = _kept[0] if _kept else (None, None)
    found = load(text) if load is not None else None
    if found is not None:
        with contextlib.suppress(msgspec.DecodeError, ValueError, RecursionError):  # not ours after all
            return _decoder().decode(found)
    module = _lowered(SourceFile("", text), text, 0)
    if save is not None:
        with contextlib.suppress(
            TypeError, ValueError, OverflowError, RecursionError
        ):  # a constant without a form there
            save(text, msgspec.msgpack.encode(module, enc_hook=_extended))
    return module


def _lowered(source: SourceFile, text: str, start: int) -> ir.Module:
    from keraslint.source.lower import lower_text  # libcst takes longer to import than most files to evaluate

    return lower_text(source, text, start)


@functools.cache
def _decoder() -> msgspec.msgpack.Decoder[ir.Module]:
    return msgspec.msgpack.Decoder(ir.Module, ext_hook=_from_extended)


_ELLIPSIS, _COMPLEX = 1, 2


def _extended(value: object) -> msgspec.msgpack.Ext:
    """Return the form of a constant that msgpack does not have."""
    if value is ...:
        return msgspec.msgpack.Ext(_ELLIPSIS, b"")
    if isinstance(value, complex):
        return msgspec.msgpack.Ext(_COMPLEX, str(value).encode("ascii"))
    raise TypeError(type(value))


def _from_extended(code: int, data: memoryview) -> object:
    return ... if code == _ELLIPSIS else complex(bytes(data).decode("ascii"))
