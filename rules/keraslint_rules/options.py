"""Options of rules: ``[tool.keraslint.rules.KL104]``."""

from __future__ import annotations

from keraslint import ConfigurationError, Settings


def number_option(settings: Settings, code: str, name: str, default: float) -> float:
    """Return an option of a rule that is a number."""
    value = settings.options.get(code, {}).get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = f"`rules.{code}.{name}` has to be a number"
        raise ConfigurationError(message)
    return value
