"""A notebook's code cells are one text, IPython's syntax is hidden in it, and edits touch nothing else."""

from __future__ import annotations

import codecs
import json

import pytest

from keraslint.source import ir
from keraslint.source.notebook import cell_text, replace_cell_sources
from keraslint.source.parse import parse, parse_cells
from keraslint.source.read import decode, encode
from keraslint.source.text import SourceError, SourceFile


def notebook(*cells: str, indent: int | None = 1, ensure_ascii: bool = False, language: str = "python") -> str:
    """Return a notebook's JSON: a text cell, then these code cells as lists of lines."""
    made: list[dict[str, object]] = [{"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "%text"]}]
    made += [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell.splitlines(True)}
        for cell in cells
    ]
    document = {"cells": made, "metadata": {"language_info": {"name": language}}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=indent, ensure_ascii=ensure_ascii) + "\n"


def read(raw: str) -> SourceFile:
    """Decode a notebook."""
    return decode(raw.encode(), "a.ipynb")


def test_cells_are_joined_and_places_count_within_a_cell() -> None:
    source = read(notebook("import keras\nx = 1", "y = 2\n", ""))
    assert source.text == "import keras\nx = 1\ny = 2\n\n\n"
    assert [cell_text(source, number) for number in (1, 2, 3)] == ["import keras\nx = 1", "y = 2\n", ""]
    assert source.position(source.text.index("y")) == (1, 1, 2)
    assert source.offset(1, 1, 2) == source.text.index("y")
    statement = parse(source).body[2]
    assert source.text[statement.start : statement.end] == "y = 2"


_MAGICS = {
    "%matplotlib inline\nx = 1\n": ["ExpressionStatement", "Assign"],
    "!pip install 'x\nx = 1": ["ExpressionStatement", "Assign"],
    "!cat \\\n  'x\nx = 1": ["ExpressionStatement", "Assign"],
    "if a:\n    %cd b\n    !ls": ["If"],
    "x = !ls 'a": ["Assign"],
    "x = %sql select 'a": ["Assign"],
    "model.fit?": ["ExpressionStatement"],
    "?model\nmodel??": ["ExpressionStatement", "ExpressionStatement"],
    "%%bash\nls 'a\n\nif": ["ExpressionStatement"],
    "\n%%writefile a.py\nx = '": ["ExpressionStatement"],
    "%%time\nx = 1": ["ExpressionStatement", "Assign"],
    "%time x = f(1)": ["ExpressionStatement", "Assign"],
    "%time for x in y: pass": ["ExpressionStatement"],
    "%run other.py": ["Opaque"],
    "%%cython\nfoo bar": ["Opaque"],
    "x = a % b\ny = (a\n  % b)\nz = '''\n%d\n!x\n''' != 3 # a?\n": ["Assign", "Assign", "Assign"],
    "f'{a!r}' f'''\n!x\n'''": ["ExpressionStatement"],
    "%": ["ExpressionStatement"],
}


@pytest.mark.parametrize("cell", _MAGICS)
def test_what_is_ipythons_is_hidden_behind_text_of_the_same_length(cell: str) -> None:
    source = read(notebook(cell, "after = 1"))
    hidden = cell_text(source, 1)
    assert [len(line) for line in hidden.split("\n")] == [len(line) for line in cell.split("\n")]
    kinds = [type(statement).__name__ for statement in parse(source).body]
    assert kinds == [*_MAGICS[cell], "Assign"]
    assert replace_cell_sources(source, {1: hidden}) == source.raw


def test_the_value_of_a_shell_line_is_not_known() -> None:
    (statement,) = parse(read(notebook("x = !ls -l"))).body
    assert isinstance(statement, ir.Assign)
    assert isinstance(statement.value, ir.Opaque)
    assert statement.value.what == "IPython's `!ls`"


def test_comments_of_other_languages_are_no_comments_of_python() -> None:
    source = read(notebook("%%bash\n# keraslint: ignore[KL501]\n", "x = 1  # mine"))
    assert [comment.text for comment in parse(source).comments] == ["# mine"]


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("ensure_ascii", [False, True])
def test_an_edit_changes_the_sources_of_its_cell_only(indent: int | None, ensure_ascii: bool) -> None:
    cells = ["%cd é\nx = 1\ny = 2\n", "z = 'é'", ""]
    raw = notebook(*cells, indent=indent, ensure_ascii=ensure_ascii)
    source = read(raw)
    changed = cell_text(source, 1).replace("x = 1", "x = 1  # ü") + "w = 3"
    new = replace_cell_sources(source, {1: changed})
    expected = notebook("%cd é\nx = 1  # ü\ny = 2\nw = 3", *cells[1:], indent=indent, ensure_ascii=ensure_ascii)
    assert new == expected
    assert replace_cell_sources(source, {}) == raw
    assert json.loads(replace_cell_sources(source, {3: "new\nlines"}))["cells"][3]["source"] == ["new\n", "lines"]
    assert json.loads(replace_cell_sources(source, {2: ""}))["cells"][2]["source"] == []


def test_lines_that_stay_keep_their_spelling() -> None:
    raw = '{"cells": [{"source" : ["a = \\"\\u00e9\\"\\n",\t"b = 1\\n" , "c\\u003d2"], "cell_type":"code"}]}'
    source = read(raw)
    assert replace_cell_sources(source, {1: cell_text(source, 1).replace("b = 1", "b = 3")}) == raw.replace(
        "b = 1", "b = 3"
    )


def test_a_source_of_one_string_stays_one() -> None:
    raw = '{"cells": [{"cell_type": "code", "source": "x = 1\\ny = 2", "outputs": [{"source": "[{"}]}], "metadata": {}}'
    source = read(raw)
    assert source.text == "x = 1\ny = 2\n"
    assert replace_cell_sources(source, {1: "x = 2\ny = 2"}) == raw.replace("x = 1", "x = 2")


def test_the_mark_and_the_bytes_of_a_notebook_are_kept() -> None:
    data = codecs.BOM_UTF8 + notebook("x = 'é'").encode().replace(b"\n", b"\r\n")
    source = decode(data, "a.ipynb")
    assert encode(source, replace_cell_sources(source, {})) == data


def test_a_notebook_of_another_language_has_no_code() -> None:
    source = read(notebook("x <- 1", language="R"))
    assert (source.text, source.cells) == ("", ())
    assert parse(source).body == ()


def test_notebooks_of_format_3_are_read() -> None:
    raw = (
        '{"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"], "language": "python"}]}], "nbformat": 3}'
    )
    source = read(raw)
    assert source.text == "x = 1\n"
    assert replace_cell_sources(source, {1: "x = 2"}) == raw.replace("x = 1", "x = 2")


@pytest.mark.parametrize("raw", ['{"cells": [}', "[]", "", '{"cells": ' + "[" * 100_000, '{"a": ' + "1" * 5000 + "}"])
def test_a_notebook_that_is_none_is_an_error(raw: str) -> None:
    with pytest.raises(SourceError):
        read(raw)


def test_broken_cells_are_reported_each() -> None:
    parsed = parse_cells(read(notebook("x = 1", "y = (", "z = 1", "\nclass", '"\ud83d"', ensure_ascii=True)))
    assert [type(statement).__name__ for statement in parsed.module.body] == ["Assign", "Assign"]
    assert [(error.cell, error.line) for error in parsed.errors] == [(2, 1), (4, 2), (5, 1)]
