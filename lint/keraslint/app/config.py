"""Reading the configuration: the closest file, ``extend``, what the command line overrides, where each key stands."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from keraslint.app.disk import exists, is_file, is_folder, read
from keraslint.app.files import Excludes, shown
from keraslint.diagnose.configuration import (
    ConfigurationError,
    Selection,
    did_you_mean,
    settings_of,
    strings,
)
from keraslint.diagnose.rule import Rule, Settings
from keraslint.values.unknown import Span

KEYS = {
    "target-keras": str, "select": list, "ignore": list, "extend-select": list, "per-file-ignores": dict,
    "assume": dict, "env": dict, "root": list, "follow": list, "allow-non-trainable": list, "budget": list,
    "rules": dict, "extend": str, "exclude": list, "force-exclude": bool, "output-format": str,
    "baseline": str, "line-length": int,
}  # fmt: skip
"""Every key of ``[tool.keraslint]`` and the type of its value."""
_KINDS = {str: "a string", list: "a list", dict: "a table", bool: "true or false", int: "a whole number"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and where it is written; no path: on the command line."""

    value: object
    where: Span | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings in force for one folder."""

    settings: Mapping[str, Setting] = field(default_factory=dict)
    path: str = ""
    """The file that they come from; empty for none."""
    budget_places: tuple[Span, ...] | None = None
    """Where each budget is written; None: the file is looked at."""

    def located(self) -> Configuration:
        """Return the same, for a machine that does not have the file."""
        return replace(self, budget_places=tuple(self._budget_places()))

    def value(self, key: str) -> object:
        """Return a key's value, None where it is not set."""
        setting = self.settings.get(key)
        return None if setting is None else setting.value

    def text(self, key: str) -> str | None:
        """Return a string."""
        value = self.value(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> int | None:
        """Return a whole number."""
        value = self.value(key)
        return value if isinstance(value, int) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings."""
        with_place = self.settings.get(key)
        if with_place is None:
            return ()
        try:
            return strings(with_place.value, key)
        except ConfigurationError as problem:
            raise ConfigurationError(problem.message, with_place.where) from problem

    def table(self, key: str) -> Mapping[str, object]:
        """Return a table."""
        value = self.value(key)
        return value if isinstance(value, Mapping) else {}

    def selection(self) -> Selection:
        """Return which rules run."""
        select = self.texts("select") if "select" in self.settings else None
        per_file = {
            pattern: strings(value, f"per-file-ignores.{pattern}")
            for pattern, value in self.table("per-file-ignores").items()
        }
        return Selection(select, self.texts("ignore"), self.texts("extend-select"), per_file)

    def rules(self, path: str = "") -> tuple[Rule, ...]:
        """Return the rules that run, on this path."""
        from keraslint.diagnose.registry import load_registry  # entry points: 15 ms, and only `check` has rules

        registry = load_registry()
        try:
            return registry.select(self.selection(), path)
        except ConfigurationError as problem:
            key = re.search(r"` in ([\w-]+) names no rule", problem.message)
            setting = self.settings.get(key[1] if key else "")
            raise ConfigurationError(problem.message, None if setting is None else setting.where) from problem

    def rule_settings(self) -> Settings:
        """Return what rules may ask of the configuration."""
        table = {key: setting.value for key, setting in self.settings.items()}
        places = dict(enumerate(self._budget_places()))
        try:
            settings = settings_of(table, where=places)
            if settings.options:
                from keraslint.diagnose.options import checked_options
                from keraslint.diagnose.registry import load_registry

                settings = replace(settings, options=checked_options(settings.options, load_registry()))
        except ConfigurationError as problem:
            where = problem.where or self._place_named_in(problem.message)
            raise ConfigurationError(problem.message, where) from problem
        return settings

    def excludes(self) -> Excludes:
        """Return what is left out when folders are walked."""
        return Excludes(self.texts("exclude"), self.value("force-exclude") is True)

    def assumptions(self) -> dict[str, str]:
        """Return assumed values as Python expressions; ranges are left to the rules."""
        ranges = self.rule_settings().ranges
        given = self.table("assume")
        return {name: v if isinstance(v, str) else repr(v) for name, v in given.items() if name not in ranges}

    def _budget_places(self) -> Iterator[Span]:
        setting = self.settings.get("budget")
        if self.budget_places is not None:
            yield from self.budget_places
            return
        if setting is None or setting.where is None or not isinstance(setting.value, list):
            return
        data = read(setting.where.path) or b""
        lines = data.decode("utf-8", "replace").splitlines()
        marks = [n for n, line in enumerate(lines, start=1) if _BUDGET.match(line)]
        for index in range(len(setting.value)):
            number = marks[index] if index < len(marks) else setting.where.line
            text = lines[number - 1] if number <= len(lines) else ""
            yield Span(setting.where.path, number, 1, number, len(text) + 1)

    def _place_named_in(self, message: str) -> Span | None:
        option = re.search(r"`rules\.([\w-]+)\.([\w-]+)`", message)
        rules = self.settings.get("rules")
        if option is not None and rules is not None and rules.where is not None:
            text = (read(rules.where.path) or b"").decode("utf-8", "replace")
            return _place_of(rules.where.path, text, option[2], under=f"rules.{option[1]}")
        for key, setting in self.settings.items():
            if f"`{key}" in message or f"in {key} names" in message:
                return setting.where
        return Span(self.path, 1, 1, 1, 1) if self.path else None


class Configurations:
    """The configuration of every folder that is asked about; each file is read once."""

    def __init__(
        self, *, file: str | None = None, inline: Sequence[str] = (), is_isolated: bool = False,
        overrides: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        self._file = file
        self.is_isolated = is_isolated
        self._inline = {key: value for text in inline for key, value in _inline_table(text).items()}
        self._overrides = dict(overrides or {})
        self._by_folder: dict[str, Configuration] = {}
        self._by_file: dict[str, Configuration] = {}

    def of(self, path: str) -> Configuration:
        """Return the configuration for a file, by its folder, or for a folder."""
        folder = os.path.abspath(path if is_folder(path) else os.path.dirname(path) or ".")
        if folder not in self._by_folder:
            self._by_folder[folder] = self._overridden(self._closest(folder))
        return self._by_folder[folder]

    def _closest(self, folder: str) -> Configuration:
        if self._file is not None:
            return self._load(self._file, ())
        if self.is_isolated:
            return Configuration()
        while True:
            for name in ("keraslint.toml", "pyproject.toml"):
                path = os.path.join(folder, name)
                if is_file(path):
                    found = self._load(shown(path), ())
                    if found.path:
                        return found
            parent = os.path.dirname(folder)
            if parent == folder:
                return Configuration()
            folder = parent

    def _load(self, path: str, extending: tuple[str, ...]) -> Configuration:
        """Return a file's settings over those that it extends; ``path`` empty where it has none for us."""
        if path in self._by_file:
            return self._by_file[path]
        table, text = _read_toml(path)
        is_project = os.path.basename(path) == "pyproject.toml"
        if is_project or "tool" in table:
            tool = table.get("tool", {})
            inner = tool.get("keraslint") if isinstance(tool, Mapping) else None
            if not isinstance(inner, Mapping) and not is_project:
                message = "there is no [tool.keraslint] in this file"
                raise ConfigurationError(message, _place_of(path, text, "tool"))
            if not isinstance(inner, Mapping):
                self._by_file[path] = Configuration()
                return self._by_file[path]
            table = dict(inner)
        settings = {key: Setting(value, _place_of(path, text, key)) for key, value in table.items()}
        _check(settings)
        if "extend" in settings:
            base = os.path.normpath(os.path.join(os.path.dirname(path), os.path.expanduser(str(table["extend"]))))
            if base in (*extending, path):
                message = f"`extend` goes round in a circle: {' → '.join([*extending, path, base])}"
                raise ConfigurationError(message, settings["extend"].where)
            if not is_file(base):
                message = f"`extend` names {base}, which does not exist"
                raise ConfigurationError(message, settings["extend"].where)
            inherited = self._load(shown(base), (*extending, path)).settings
            settings = {**inherited, **settings}
        roots = settings.get("root")
        if roots is not None and isinstance(roots.value, list) and roots.where is not None:
            home = os.path.dirname(roots.where.path)
            settings["root"] = Setting([os.path.normpath(os.path.join(home, str(r))) for r in roots.value], roots.where)
        self._by_file[path] = Configuration(settings, path)
        return self._by_file[path]

    def _overridden(self, configuration: Configuration) -> Configuration:
        settings = dict(configuration.settings)
        overrides = {**self._inline, **self._overrides}
        if "select" in overrides:  # as in ruff: what the command line selects, the file does not ignore
            settings.pop("ignore", None)
            settings.pop("extend-select", None)
        for key, value in overrides.items():
            old = settings.get(key)
            settings[key] = Setting(value if old is None else _added(key, old.value, value))
        _check(settings)
        return Configuration(settings, configuration.path)


def _added(key: str, old: object, new: object) -> object:
    """Return a value of the command line over one of the file: tables and what is ignored or added go together."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**old, **new}
    if key in {"ignore", "extend-select"} and isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    return new


def _read_toml(path: str) -> tuple[dict[str, object], str]:
    data = read(path)
    if data is None:
        message = "no such file" if not exists(path) else "cannot be read"
        raise ConfigurationError(message, Span(path, 1, 1, 1, 1))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        message = "the configuration is not UTF-8"
        raise ConfigurationError(message, Span(path, line, 1, line, 1)) from problem
    import tomllib

    try:
        return tomllib.loads(text), text
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        match = re.search(r" \(at line (\d+), column (\d+)\)", str(problem))
        line, column = (int(match[1]), int(match[2])) if match else (text.count("\n") + 1, 1)
        words = str(problem).partition(" (at ")[0]
        raise ConfigurationError(f"not TOML: {words}", Span(path, line, column, line, column)) from problem


def _inline_table(text: str) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        message = f'`--config` needs a file that exists, or TOML such as `target-keras = "3"`, not `{text}`: {problem}'
        raise ConfigurationError(message) from problem


def _check(settings: Mapping[str, Setting]) -> None:
    for key, setting in settings.items():
        if key not in KEYS:
            message = f"unknown key `{key}` in [tool.keraslint]{did_you_mean(key, KEYS)}"
            raise ConfigurationError(message, setting.where)
        if not isinstance(setting.value, KEYS[key]) or (KEYS[key] is int and isinstance(setting.value, bool)):
            message = f"`{key}` has to be {_KINDS[KEYS[key]]}"
            raise ConfigurationError(message, setting.where)
    target = settings.get("target-keras")
    if target is not None and not re.fullmatch(r"[23](\.\d+)*", str(target.value)):
        message = f"`target-keras` has to be 2, 3 or a version such as 3.15, not `{target.value}`"
        raise ConfigurationError(message, target.where)


_HEADER = re.compile(r"\s*\[\[?\s*([\w.\"'-]+)\s*\]\]?")
_BUDGET = re.compile(r"\s*\[\[\s*(?:tool\.keraslint\.)?budget\s*\]\]")


def _place_of(path: str, text: str, key: str, *, under: str = "") -> Span:
    """Return the line that sets a key, by a look at the lines: TOML parsers do not say."""
    is_project = re.search(r"^\s*\[+\s*tool\b", text, re.MULTILINE) is not None
    own = ".".join(filter(None, ("tool.keraslint" if is_project else "", under)))
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header is not None:
            table = re.sub(r"[\"']", "", header[1])
            wanted = f"{own}.{key}" if own else key
            if table == wanted or table.startswith(f"{wanted}."):
                return Span(path, number, 1, number, len(line) + 1)
        elif table == own and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", line):
            start = len(line) - len(line.lstrip()) + 1
            return Span(path, number, start, number, len(line.rstrip()) + 1)
    return Span(path, 1, 1, 1, 1)
