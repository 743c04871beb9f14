"""Options of rules, as the configuration sets them, against what the rules declare."""

from __future__ import annotations

from collections.abc import Mapping

from keraslint.diagnose.configuration import ConfigurationError, did_you_mean
from keraslint.diagnose.registry import Registry
from keraslint.diagnose.rule import Option


def checked_options(
    given: Mapping[str, Mapping[str, object]], registry: Registry
) -> Mapping[str, Mapping[str, Option]]:
    """Return rule code -> option -> value of ``[tool.keraslint.rules]``; ``ConfigurationError`` for what no rule has."""
    checked: dict[str, dict[str, Option]] = {}
    for selector, options in given.items():
        rules = registry.require(selector, "rules")
        if selector not in {rules[0].code, rules[0].name}:
            raise ConfigurationError(f"`{selector}` in rules names several rules; options are set rule by rule")
        known = rules[0].options
        for name, value in options.items():
            where = f"rules.{selector}.{name}"
            if name not in known:
                hint = did_you_mean(name, known) or (f"; it has {', '.join(known)}" if known else "; it has none")
                raise ConfigurationError(f"`{where}`: {rules[0].code} has no such option{hint}")
            checked.setdefault(rules[0].code, {})[name] = _typed(value, known[name], where)
    return checked


def _typed(value: object, default: Option, where: str) -> Option:
    """Return a value that has the type of the default; any list of texts for a tuple of them."""
    match default:
        case bool():
            if isinstance(value, bool):
                return value
            what = "true or false"
        case int() | float():
            if isinstance(value, int | float) and not isinstance(value, bool):
                return value
            what = "a number"
        case str():
            if isinstance(value, str):
                return value
            what = "a text"
        case _:
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                return tuple(value)
            what = "a list of texts"
    raise ConfigurationError(f"`{where}` has to be {what}, not {value!r}")
