"""Places in a text are found in modules and in the cells of notebooks."""

from __future__ import annotations

from keraslint.diagnose.places import class_bounds, definition_at, line_bounds, span_between, statement_at, text_of
from keraslint.source.text import Cell, SourceFile

MODULE = SourceFile(
    "a.py",
    "class Net:\n"
    "    @property\n"
    "    # why\n"
    "    def build(\n"
    "        self,\n"
    "    ):\n"
    "        return 1\n"
    "\n"
    "x = f(\n"
    "    1,\n"
    ")\n"
    "y = 2\n",
)
NOTEBOOK = SourceFile("a.ipynb", "one = 1\ndef f():\n    pass\n", cells=(Cell(1, 0), Cell(2, 8)))


def test_a_definition_is_found_below_its_decorators_by_its_qualified_name() -> None:
    assert definition_at(MODULE, 1) == ("Net", "class")
    assert definition_at(MODULE, 2) == ("Net.build", "def")
    assert definition_at(MODULE, 4) == ("Net.build", "def")
    assert definition_at(MODULE, 9) is None


def test_a_definition_in_a_cell_is_found_by_the_line_of_the_cell() -> None:
    assert definition_at(NOTEBOOK, 1, 2) == ("f", "def")
    assert definition_at(NOTEBOOK, 1, 1) is None


def test_a_statement_goes_on_while_a_bracket_is_open() -> None:
    assert statement_at(MODULE, 9) == "x = f(\n    1,\n)"
    assert statement_at(MODULE, 12) == "y = 2"


def test_a_class_ends_where_its_block_ends() -> None:
    bounds = class_bounds(MODULE, "Net")
    assert bounds is not None
    assert MODULE.text[slice(*bounds)].rstrip().endswith("return 1")
    assert class_bounds(MODULE, "Other") is None


def test_a_span_to_the_end_of_a_cell_stays_in_the_cell() -> None:
    span = span_between(NOTEBOOK, 0, 8)
    assert (span.line, span.column, span.end_line, span.end_column, span.cell) == (1, 1, 1, 9, 1)
    assert text_of(NOTEBOOK, span) == "one = 1\n"


def test_a_line_ends_before_its_line_break() -> None:
    source = SourceFile("a.py", "one\r\ntwo")
    assert line_bounds(source, 1) == (0, 3)
    assert line_bounds(source, 6) == (5, 8)
