"""From text to IR: ``parse`` looks whether the text is too deep, parses it with libcst and lowers the tree in one pass.

Parts: ``lower_cursor`` counts offsets, ``lower_dispatch`` chooses by node, ``lower_atoms``, ``lower_operators``,
``lower_trailers`` and ``lower_displays`` lower expressions, ``lower_simple``, ``lower_compound`` and
``lower_patterns`` statements, ``lower_literals`` reads values.
"""

from __future__ import annotations

import functools
import threading

import libcst as cst
import msgspec

from keraslint.source import ir, lower_atoms, lower_displays  # noqa: F401  # they enter themselves into the table
from keraslint.source.depth import SHALLOW, check_depth
from keraslint.source.lower_compound import statements
from keraslint.source.lower_cursor import Cursor, empty_lines
from keraslint.source.notebook import cell_text
from keraslint.source.syntax import explain
from keraslint.source.text import SourceError, SourceFile

_LARGE_STACK = 64 * 1024 * 1024
_LOCK = threading.Lock()


class ParsedCells(msgspec.Struct, frozen=True):
    """What could be read of a file: the module of all sound cells, and the errors of the others."""

    module: ir.Module
    errors: tuple[SourceError, ...] = ()


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
            module = _parse(source, text, cell.start)
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
    return _parse(SourceFile("", text), text, 0)


def _parse(source: SourceFile, text: str, start: int) -> ir.Module:
    depth = check_depth(text)
    try:
        tree = cst.parse_module(text) if depth <= SHALLOW else _parse_deep(text)
        return _lower(source, text, start, tree)
    except (cst.ParserSyntaxError, cst.CSTValidationError) as error:
        raise explain(text, error) from error
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        message = "there is half a character (a surrogate), which no encoding can write"
        raise SourceError(message, line) from error
    except RecursionError as error:
        message = "the code is too deeply nested to be read"
        raise SourceError(message) from error


def _parse_deep(text: str) -> cst.Module:
    """Parse in a thread whose stack is large on every system: at its end libcst kills the process."""
    results: list[cst.Module] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(cst.parse_module(text))
        except (cst.ParserSyntaxError, cst.CSTValidationError, UnicodeEncodeError, RecursionError) as error:
            errors.append(error)

    with _LOCK:
        size = threading.stack_size(_LARGE_STACK)
        try:
            thread = threading.Thread(target=run)
            thread.start()
        finally:
            threading.stack_size(size)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _lower(source: SourceFile, text: str, start: int, tree: cst.Module) -> ir.Module:
    end = start + len(text)
    cursor = Cursor(source, start, end)
    empty_lines(cursor, tree.header)
    body = statements(cursor, tree.body)
    empty_lines(cursor, tree.footer)
    if cursor.at != end and text.strip("\r\n"):
        message = "the places of this file's code cannot be told; run a formatter over it"
        raise SourceError(message)
    return ir.Module(body, tuple(cursor.comments))
