"""All rules of the installed packs, and the selection of some by code, prefix, name or ``ALL``."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from keraslint.diagnose.configuration import ConfigurationError, Selection, did_you_mean
from keraslint.diagnose.globs import path_matches
from keraslint.diagnose.rule import Rule

ENTRY_POINTS = "keraslint.rules"
"""The entry points group of rule packs; a value is a package whose modules hold the rules."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Rules by code; built once by ``load_registry``."""

    rules: tuple[type[Rule], ...]
    """Sorted by code."""
    _found: dict[str, tuple[type[Rule], ...]] = field(default_factory=dict)

    def find(self, selector: str) -> tuple[type[Rule], ...]:
        """Return the rules that a code, a prefix of codes, a name or ``ALL`` names; none where it names none."""
        if selector not in self._found:
            self._found[selector] = tuple(rule for rule in self.rules if _names(selector, rule))
        return self._found[selector]

    def require(self, selector: str, where: str) -> tuple[type[Rule], ...]:
        """Return what a selector names, or raise ``ConfigurationError`` with the nearest valid one."""
        rules = self.find(selector)
        if not rules:
            hint = did_you_mean(selector, self.alike(selector)) or "; `keraslint rules` lists them"
            message = f"`{selector}` in {where} names no rule{hint}"
            raise ConfigurationError(message)
        return rules

    def alike(self, selector: str) -> Iterable[str]:
        """Return what may be meant by a selector that names no rule: codes or their prefixes for a code, else names."""
        if not re.fullmatch(r"[A-Za-z]+\d*", selector):
            return self.selectors()
        length = min(len(selector), max((len(rule.code) for rule in self.rules), default=0))
        return sorted({rule.code[:length] for rule in self.rules} | {"ALL"})

    def selectors(self) -> tuple[str, ...]:
        """Return every code and every name."""
        return tuple(word for rule in self.rules for word in (rule.code, rule.name))

    def select(self, selection: Selection, path: str = "") -> tuple[Rule, ...]:
        """Return an instance of every rule that a selection runs, on this path where per-file-ignores speak of it.

        As in ruff, the more exact selector wins (``select = ["KL1"]``, ``ignore = ["KL101"]``), and of equally exact
        ones the one that ignores.
        """
        chosen = selection.select
        wanted = [(rule, 0) for rule in self.rules if rule.is_default] if chosen is None else []
        wanted += self._ranked(chosen or (), "select")
        wanted += self._ranked(selection.extend_select, "extend-select")
        ranks = _highest(wanted)
        ignored = _highest(self._ranked(selection.ignore, "ignore"))
        here = {
            rule
            for pattern, selectors in selection.per_file_ignores.items()
            for rule, _ in self._ranked(selectors, "per-file-ignores")
            if path and path_matches(path, pattern)
        }
        return tuple(
            rule() for rule in self.rules if rule in ranks and ranks[rule] > ignored.get(rule, -1) and rule not in here
        )

    def _ranked(self, selectors: Iterable[str], where: str) -> list[tuple[type[Rule], int]]:
        return [(rule, _exactness(selector, rule)) for selector in selectors for rule in self.require(selector, where)]


def build_registry(rules: Iterable[type[Rule]]) -> Registry:
    """Return a registry of rules; two that share a code or a name raise ``ConfigurationError``."""
    ordered = sorted(rules, key=lambda rule: rule.code)
    seen: dict[str, type[Rule]] = {}
    for rule in ordered:
        for word in (rule.code, rule.name):
            if word in seen:
                both = f"{seen[word].__module__} and {rule.__module__}"
                message = f"two rules are called `{word}`: {both}"
                raise ConfigurationError(message)
            seen[word] = rule
    return Registry(tuple(ordered))


@functools.cache
def load_registry() -> Registry:
    """Return the rules of every installed pack."""
    return build_registry(rule for pack in packs() for rule in rules_of(pack))


def rules_of(package: str) -> Sequence[type[Rule]]:
    """Return the rules that the modules of a package define."""
    return [rule for module in _modules(package) for rule in _defined(module)]


def packs() -> Sequence[str]:
    """Return the packages that hold rules."""
    import importlib.metadata  # 14 ms, and a run that has no file to check needs none

    points = importlib.metadata.entry_points(group=ENTRY_POINTS)
    return sorted({point.value.partition(":")[0] for point in points})


def _modules(package: str) -> Iterator[ModuleType]:
    try:
        root = importlib.import_module(package)
        yield root
        for info in pkgutil.walk_packages(getattr(root, "__path__", ()), f"{package}."):
            yield importlib.import_module(info.name)
    except (ImportError, SyntaxError) as problem:
        message = f"the rule pack `{package}` cannot be imported: {problem}"
        raise ConfigurationError(message) from problem


def _defined(module: ModuleType) -> Iterator[type[Rule]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__:
            if not hasattr(value, "code"):
                continue
            if not _CODE.fullmatch(value.code) or not _NAME.fullmatch(value.name):
                message = f"`{value.code}` `{value.name}` ({module.__name__}): a code is like KL101, a name like-this"
                raise ConfigurationError(message)
            yield value


_CODE = re.compile(r"[A-Z]+[0-9]{3,}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_PREFIX = re.compile(r"[A-Z]+[0-9]*")


def _names(selector: str, rule: type[Rule]) -> bool:
    if selector in {"ALL", rule.code, rule.name}:
        return True
    return _PREFIX.fullmatch(selector) is not None and rule.code.startswith(selector)


def _exactness(selector: str, rule: type[Rule]) -> int:
    if selector == "ALL":
        return 1
    return 100 if selector in {rule.code, rule.name} else 1 + len(selector)


def _highest(ranked: Iterable[tuple[type[Rule], int]]) -> dict[type[Rule], int]:
    ranks: dict[type[Rule], int] = {}
    for rule, rank in ranked:
        ranks[rule] = max(rank, ranks.get(rule, -1))
    return ranks
