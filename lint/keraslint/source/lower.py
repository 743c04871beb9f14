"""From text to IR: looks whether the text is too deep, parses it with libcst and lowers the tree in one pass.

Parts: ``lower_cursor`` counts offsets, ``lower_dispatch`` chooses by node, ``lower_atoms``, ``lower_operators``,
``lower_trailers`` and ``lower_displays`` lower expressions, ``lower_simple``, ``lower_compound`` and
``lower_patterns`` statements, ``lower_literals`` reads values.
"""

from __future__ import annotations

import threading

import libcst as cst

from keraslint.source import ir, lower_atoms, lower_displays  # noqa: F401  # they enter themselves into the table
from keraslint.source.depth import SHALLOW, check_depth
from keraslint.source.lower_compound import statements
from keraslint.source.lower_cursor import Cursor, empty_lines
from keraslint.source.syntax import explain
from keraslint.source.text import SourceError, SourceFile

_LARGE_STACK = 64 * 1024 * 1024
_LOCK = threading.Lock()


def lower_text(source: SourceFile, text: str, start: int) -> ir.Module:
    """Return the IR of a text that stands in a file from an offset on; ``SourceError`` when it cannot be read."""
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
