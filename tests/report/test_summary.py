"""Formats of ``summary`` over records made by hand."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest

from keraslint.graph.analysis import AnalysisError, Assumption, Count, Problem
from keraslint.report.report import SummaryReport, UnknownFormatError, summarizer
from keraslint.report.sizes import readable_size
from keraslint.report.text import Style
from keraslint.values.dim import symbol
from tests.report.records import batch_normalization, layer, model, span, weight

Render = Callable[[SummaryReport], str]


@pytest.fixture
def table() -> Render:
    """Return the format of tables."""
    return summarizer.find("table")


def test_the_totals_stand_below_as_keras_writes_them(table: Render) -> None:
    text = table(SummaryReport([model((batch_normalization(),))]))
    assert (
        " Total params: 128 (512.00 B)\n Trainable params: 64 (256.00 B)\n Non-trainable params: 64 (256.00 B)" in text
    )


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0.00 B"), (256, "256.00 B"), (150532, "147.00 KB"), (1024, "1.00 KB"), (5 * 2**40, "5.00 TB")],
)
def test_sizes_are_written_as_keras_writes_them(size: int, text: str) -> None:
    assert readable_size(size) == text


def test_connections_have_a_column_only_where_the_model_is_no_chain(table: Render) -> None:
    first = layer("a", "InputLayer")
    second = layer("b", "Dense", inputs=("a",), key=2)
    merged = layer("c", "Add", inputs=("a", "b"), key=3)
    assert "Connected to" not in table(SummaryReport([model((first, second))]))
    text = table(SummaryReport([model((first, second, merged))]))
    assert "│ a, b " in text


def test_a_model_that_is_not_resolved_says_why_and_where(table: Render) -> None:
    problem = Problem("import", "backbone is imported from timm", span(4))
    text = table(SummaryReport([model((), unresolved=(problem,), count=Count(None, None, None))]))
    assert "Total params: not resolved" in text
    assert "net.py:4:5: backbone is imported from timm" in text


def test_a_layer_that_is_not_resolved_has_no_number(table: Render) -> None:
    problem = Problem("input", "units", span(4))
    broken = model((layer("d", "Dense", problem=problem),), unresolved=(problem,), count=Count(None, None, None))
    (row,) = [line for line in table(SummaryReport([broken])).splitlines() if "d (Dense)" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["d (Dense)", "(None, 3)", "?", "1"]


def test_formulas_and_their_names_are_told(table: Render) -> None:
    units = symbol("units")
    dense = layer("d", "Dense", (weight("kernel", (4, units), 1), weight("bias", (units,), 2)))
    text = table(SummaryReport([model((dense,), symbols={"units": "parameter units of build"})]))
    assert " Total params: 5*units\n" in text
    assert "where units is parameter units of build" in text


def test_the_conditions_of_a_variant_are_told(table: Render) -> None:
    text = table(SummaryReport([model((batch_normalization(),), assumptions=(Assumption(3, "args.bn is true"),))]))
    assert "when args.bn is true (line 3)" in text


def test_names_cannot_act_on_the_terminal() -> None:
    evil = model((layer("\x1b[2J", "De\x07nse"),), name="\x1b]0;x\x07")
    for name in ("table", "markdown", "csv"):
        text = summarizer.find(name)(SummaryReport([evil]))
        assert "\x1b" not in text
        assert "\x07" not in text


def test_weights_and_nested_layers_have_rows_when_asked_for(table: Render) -> None:
    inner = batch_normalization()
    nested = layer("inner", "Functional", inner.weights, layers=(inner,), key=2)
    assert "bn0" not in table(SummaryReport([model((nested,))]))
    text = table(SummaryReport([model((nested,))], expand_nested=True, weights=True, show_trainable=True))
    assert "└ bn0 (BatchNormalization)" in text
    assert "└ moving_mean" in text


def test_layers_are_cut_and_sorted(table: Render) -> None:
    layers = (
        layer("a", "Dense"),
        layer("b", "Dense", batch_normalization().weights, key=2),
        layer("c", "Dense", key=3),
    )
    cut = table(SummaryReport([model(layers)], layer_range=("b", "b")))
    assert "a (Dense)" not in cut
    assert "b (Dense)" in cut
    heaviest_first = table(SummaryReport([model(layers)], sort="params"))
    assert heaviest_first.index("b (Dense)") < heaviest_first.index("a (Dense)")


def test_parts_of_the_total_are_shown() -> None:
    layers = (
        layer("a", "Dense", (weight("kernel", (4, 999), 1),)),
        layer("b", "Dense", (weight("bias", (1,), 2),), key=2),
    )
    report = SummaryReport([model((*layers, layer("c", "ReLU", key=3)))], percent=True)
    text = summarizer.find("table")(report)
    assert [row.split("│")[4].strip() for row in text.splitlines() if "│" in row] == ["100 %", "<0.1 %", "0 %"]
    assert "| 3,996 | 100 % |" in summarizer.find("markdown")(report)
    rows = list(csv.DictReader(io.StringIO(summarizer.find("csv")(report))))
    assert [row["percent"] for row in rows] == ["99.9750", "0.0250", "0.0000"]


def test_a_narrow_terminal_wraps_and_never_overflows(table: Render) -> None:
    text = table(SummaryReport([model((batch_normalization(),))], style=Style(width=50)))
    assert max(len(line) for line in text.splitlines() if line[0] in "┏┃┡│├└") <= 50


def test_the_document_has_the_fields_of_the_contract() -> None:
    error = AnalysisError("x.py::f", "x.py", 3, 1, "no such file")
    text = summarizer.find("json")(SummaryReport([model((batch_normalization(),))], [error], environment={"A": "1"}))
    document = json.loads(text)
    assert document["schema"] == 1
    assert document["environment"] == {"A": "1"}
    assert document["errors"] == [{"target": "x.py::f", "path": "x.py", "line": 3, "message": "no such file"}]
    (only,) = document["models"]
    assert only["params"] == {"total": 128, "trainable": 64, "non_trainable": 64}
    (inner,) = only["layers"]
    assert inner["weights"][2] == {
        "name": "moving_mean", "shape": [32], "params": 32, "trainable": False, "dtype": "float32",
    }  # fmt: skip
    assert inner["output_shape"] == [None, 8, 8, 32]
    assert (inner["path"], inner["line"], inner["column"]) == ("net.py", 3, 5)


def test_formulas_are_strings_in_the_document() -> None:
    dense = layer("d", "Dense", (weight("kernel", (4, symbol("units")), 1),), output=(None, symbol("units")))
    (only,) = json.loads(summarizer.find("json")(SummaryReport([model((dense,))])))["models"]
    assert only["params"]["total"] == "4*units"
    assert only["layers"][0]["output_shape"] == [None, "units"]


def test_a_spreadsheet_takes_no_name_for_a_formula() -> None:
    text = summarizer.find("csv")(SummaryReport([model((layer("=1+1", "Dense"),))]))
    assert next(iter(csv.DictReader(io.StringIO(text))))["layer"] == "'=1+1"


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UnknownFormatError, match="did you mean `table`"):
        summarizer.find("tabel")
