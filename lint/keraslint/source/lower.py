"""From text to IR: ``parse`` looks whether the text is too deep, parses it with libcst, and lowers the tree in one pass.

Parts: ``lower_cursor`` counts offsets, ``lower_dispatch`` chooses by node, ``lower_atoms``, ``lower_operators``,
``lower_trailers`` and ``lower_displays`` lower expressions, ``lower_simple``, ``lower_compound`` and
``lower_patterns`` statements, ``lower_literals`` reads values.
"""

from __future__ import annotations

import libcst as cst

from keraslint.source import ir, lower_atoms, lower_displays  # noqa: F401  # they enter themselves into the table
from keraslint.source.lower_compound import statements
from keraslint.source.lower_cursor import Cursor, empty_lines
from keraslint.source.text import SourceError, SourceFile


def parse(source: SourceFile) -> ir.Module:
    """Return the IR of a file; ``SourceError`` when it is not Python or too deep to read."""
    try:
        tree = cst.parse_module(source.text)
        return lower(source.text, tree)
    except RecursionError as error:
        raise SourceError("too deeply nested") from error


def lower(text: str, tree: cst.Module) -> ir.Module:
    cursor = Cursor(text, tree)
    empty_lines(cursor, tree.header)
    body = statements(cursor, tree.body)
    empty_lines(cursor, tree.footer)
    if not tree.has_trailing_newline and cursor.at:
        cursor.at -= cursor.newline
    if cursor.at != len(text):
        print("MISMATCH", cursor.at, len(text))
    return ir.Module(body, tuple(cursor.comments))
