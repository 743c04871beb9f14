"""Calls are changed with their formatting and comments left as they are."""

from __future__ import annotations

from keraslint.diagnose.syntax import positional_count, with_argument, with_argument_at, without_argument


def test_a_keyword_argument_is_added_at_the_end() -> None:
    assert with_argument("Conv2D(8, 3)", "padding", '"same"') == 'Conv2D(8, 3, padding="same")'
    assert with_argument("MaxPooling2D()", "padding", '"same"') == 'MaxPooling2D(padding="same")'


def test_a_keyword_argument_is_replaced_where_it_stands() -> None:
    call = "Conv2D(8, padding = 'valid', strides=2)"
    assert with_argument(call, "padding", '"same"') == 'Conv2D(8, padding = "same", strides=2)'


def test_comments_and_trailing_commas_stay() -> None:
    call = "Conv2D(\n    8,  # filters\n    3,\n)"
    assert with_argument(call, "padding", '"same"') == 'Conv2D(\n    8,  # filters\n    3,\n    padding="same",\n)'


def test_a_comment_stays_with_the_argument_before_it() -> None:
    assert with_argument("f(\n    8,  # eight\n)", "a", "1") == "f(\n    8,  # eight\n    a=1,\n)"
    assert with_argument("f(8,)", "a", "1") == "f(8, a=1,)"
    assert with_argument("f(\n    8  # eight\n)", "a", "1") == "f(\n    8, a=1  # eight\n)"


def test_a_call_that_may_hold_the_argument_already_is_left_alone() -> None:
    assert with_argument("Conv2D(**arguments)", "padding", '"same"') is None


def test_a_positional_argument_is_replaced() -> None:
    assert with_argument_at("Reshape( (7, 7) )", 0, "(7, -1)") == "Reshape( (7, -1) )"
    assert with_argument_at("Reshape(target_shape=(7, 7))", 0, "(7, -1)") is None


def test_an_argument_is_taken_out() -> None:
    assert without_argument("Adam(lr=1, beta=2)", "lr") == "Adam(beta=2)"
    assert without_argument("Adam(beta=2, lr=1)", "lr") == "Adam(beta=2)"
    assert without_argument("Adam(beta=2)", "lr") is None


def test_what_is_no_call_is_left_alone() -> None:
    assert with_argument("x + 1", "a", "1") is None
    assert with_argument("f(", "a", "1") is None
    assert with_argument("(" * 5000 + ")" * 5000, "a", "1") is None
    assert positional_count("f(1, 2, a=3)") == 2
    assert positional_count("f(*a)") is None
