"""Reading a lock file: the models that it holds, or what is wrong with it and where."""

from __future__ import annotations

import re
from fractions import Fraction

from keraslint.diagnose.configuration import ConfigurationError, did_you_mean
from keraslint.diagnose.lock import COUNTS, Lock, Locked
from keraslint.source.text import SourceFile
from keraslint.values.unknown import Span


def parse_lock(source: SourceFile) -> dict[str, Locked]:
    """Return the models that a lock file holds, by their keys; ``ConfigurationError`` with the line for what it is not."""
    import tomllib

    way_out = "write it anew with `keraslint lock`"
    try:
        table = tomllib.loads(source.text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        match = re.search(r"line (\d+)", str(problem))
        line = int(match[1]) if match else 1
        message = f"not a lock file: {str(problem).partition(' (at')[0]}; put it right, or delete it and {way_out}"
        raise ConfigurationError(message, Span(source.path, line, 1, line, 1)) from problem
    lock = Lock(source)
    models = {}
    for key, value in table.items():
        if not isinstance(value, dict) or "::" not in key:
            raise ConfigurationError(f"`{key}` is no model; {way_out}", _line_of(source, key))
        for name, amount in value.items():
            if name not in {*COUNTS, "tolerance"}:
                hint = did_you_mean(name, (*COUNTS, "tolerance"))
                raise ConfigurationError(f"`{name}` of `{key}` is no count{hint}", lock.place(key))
            if name != "tolerance" and (isinstance(amount, bool) or not isinstance(amount, int | str)):
                raise ConfigurationError(f"`{name}` of `{key}` has to be a number or a formula", lock.place(key))
        tolerance = value.get("tolerance")
        if tolerance is not None:
            tolerance_of(tolerance, lock.place(key))
        models[key] = Locked(key, {name: value[name] for name in COUNTS if name in value}, tolerance)
    return models


def tolerance_of(value: object, where: Span | None = None) -> tuple[int, Fraction]:
    """Return a tolerance as a number of parameters and a share of the count."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value, Fraction(0)
    match = re.fullmatch(r"\s*(\d[\d_]*)(\.\d+)?\s*(%)?\s*", value) if isinstance(value, str) else None
    if match is None or (match[2] and not match[3]):
        raise ConfigurationError(f'a tolerance is like 1000 or "0.5 %", not {value!r}', where)
    amount = Fraction(match[1].replace("_", "") + (match[2] or ""))
    return (0, amount / 100) if match[3] else (int(amount), Fraction(0))


def _line_of(source: SourceFile, key: str) -> Span:
    lines = source.text.splitlines()
    number = next((n for n, line in enumerate(lines, start=1) if line.lstrip("[ \"'").startswith(key)), 1)
    return Span(source.path, number, 1, number, len(lines[number - 1]) + 1 if lines else 1)
