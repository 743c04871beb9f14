"""The configuration's tables become settings, and mistakes in them are told with the nearest valid name."""

from __future__ import annotations

import pytest

from keraslint.diagnose.configuration import ConfigurationError, settings_of


def test_budgets_take_amounts_as_people_write_them() -> None:
    table = {"budget": [{"model": "a.py::f", "max-params": "5M", "max-bytes": "20 MB", "max-trainable": 1_000}]}
    (budget,) = settings_of(table).budgets
    assert budget.model == "a.py::f"
    assert budget.limits == {"max-params": 5_000_000, "max-bytes": 20_000_000, "max-trainable": 1000}


def test_assumed_ranges_bound_symbols() -> None:
    settings = settings_of({"assume": {"classes": "1..1000", "width": "64", "depth": "2..", "shape": "(1, 2)"}})
    assert settings.ranges == {"classes": (1, 1000), "depth": (2, None)}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {"budget": [{"model": "a", "max-parms": 5}]},
            "`max-parms` in a budget; did you mean `max-params`",
        ),
        ({"budget": [{"model": "a"}]}, "a budget needs"),
        ({"budget": [{"model": "a", "max-params": "many"}]}, "`max-params`: 'many' is not an amount"),
        ({"budget": {"model": "a"}}, "`budget` has to be a list"),
        ({"allow-non-trainable": "base"}, "`allow-non-trainable` has to be a list"),
        ({"rules": ["KL101"]}, "`rules` has to be a table"),
    ],
)
def test_a_mistake_is_told(table: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        settings_of(table)
