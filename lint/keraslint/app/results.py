"""What came of each file, from the cache where nothing that the answer read has changed, else worked out anew.

An entry of the cache holds the answer and all that it read: the content of the file and of every module that was
followed, and the names that were looked up and not there. Its name is made of the rest: our own code and that of rule
packs, Python, the settings with the files that they come from, the working folder, the path and the targets.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import cast

import msgspec

from keraslint.app import disk
from keraslint.app.encoding import NotPlainError, decode, encode
from keraslint.app.run import Analyst, failed
from keraslint.app.store import Store, name_of
from keraslint.diagnose.diagnostic import Diagnostic
from keraslint.diagnose.runner import Findings, run_rules
from keraslint.graph.analysis import Analysis, AnalysisError, ModelRecord
from keraslint.source.read import decode as decode_source
from keraslint.source.text import SourceError


@dataclass(frozen=True, slots=True)
class Task:
    """A file to analyse, targets in it (none: the whole file), and whether the rules run."""

    path: str
    targets: tuple[str, ...] = ()
    has_rules: bool = False


NOTHING = Findings(())


@dataclass(frozen=True, slots=True)
class Result:
    """An analysis without what neither reports nor budgets need of it, and what the rules found."""

    analysis: Analysis
    findings: Findings = NOTHING


Asked = dict[tuple[str, str], str]
"""(how, path) -> the digest of what was read, or what was there."""
Execute = Callable[[Sequence[Task]], Iterator[bytes | None]]
"""Returns the packed answers to tasks, in order: empty for one that cannot be packed, None where its process died."""


@dataclass(slots=True)
class Results:
    """The answers to tasks, in order."""

    analyst: Analyst
    store: Store | None = None
    execute: Execute | None = None
    """Who works out what is not in the cache; None: this process, or several where that pays."""
    jobs: int | None = 1
    """How many processes there may be; None: as many as there are cores."""
    _digests: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def of(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """Yield the answers."""
        if self.execute is None and self.jobs == 1:
            for task in tasks:
                yield self.known(task) or self.fresh(task)
            return
        known = [self.known(task) for task in tasks]
        answers = self._answers([task for task, result in zip(tasks, known, strict=True) if result is None])
        for result in known:
            yield result or next(answers)

    def _answers(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """Yield the answers to tasks that the cache does not have."""
        from keraslint.app import work

        self._keep_modules()
        if self.execute is not None:
            packed = self.execute(tasks)
        else:
            processes = work.processes_for([_size(task.path) for task in tasks], self.jobs)
            if processes == 1:
                yield from map(self.fresh, tasks)
                return
            import keraslint.interp.analyse  # noqa: F401  once, and not in every process
            from keraslint.diagnose.registry import load_registry

            if any(task.has_rules for task in tasks):
                load_registry()
            packed = work.in_processes(lambda index: pack(*compute(self.analyst, tasks[index])), len(tasks), processes)
        for task, answer in zip(tasks, packed, strict=True):
            yield self._unpacked(task, answer)

    def known(self, task: Task) -> Result | None:
        """Return the answer that the cache has, None where it has none or something has changed."""
        packed = None if self.store is None else self.store.load(self.name(task))
        if packed is None:
            return None
        asked, _, answer = packed.partition(b"\n")
        try:
            if all(self._state(how, path) == state for how, path, state in json.loads(asked)):
                return self._with_text(_result(answer))
        except (ValueError, TypeError, NotPlainError):
            return None
        return None

    def fresh(self, task: Task) -> Result:
        """Work an answer out, and keep it."""
        self._keep_modules()
        result, asked = compute(self.analyst, task)
        if self.store is not None:
            self._keep(task, pack(result, asked), result)
        return result

    def _keep_modules(self) -> None:
        """Have the modules that are parsed kept in the cache, where there is one: they serve every file that imports them."""
        from keraslint.source.parse import keep_by

        store = self.store
        if store is None:
            keep_by()
        else:
            keep_by(
                lambda text: store.load(_name_of_module(text)),
                lambda text, module: store.save(_name_of_module(text), module),
            )

    def trim(self) -> None:
        """Keep the bound on the size of the cache."""
        if self.store is not None:
            self.store.trim()

    def forget(self, path: str) -> None:
        """Note that a file has been rewritten."""
        self._digests.pop(path, None)

    def name(self, task: Task) -> str:
        """Return the name of a task's entry."""
        home = os.path.dirname(task.path)
        if home not in self._names:
            settings = self.analyst.configurations.of(task.path).settings
            files = {setting.where.path for setting in settings.values() if setting.where is not None}
            files |= {lock.source.path for lock in [self.analyst.locks.of(task.path)] if lock is not None}
            state = [
                {key: [setting.value, str(setting.where)] for key, setting in settings.items()},
                {path: self._state(disk.CONTENT, path) for path in sorted(files)},
            ]
            self._names[home] = name_of(our_code(), sys.version, os.getcwd(), json.dumps(state, default=str))
        rules = rule_code() if task.has_rules else ""
        return name_of(self._names[home], rules, task.path, json.dumps(task.targets))

    def _state(self, how: str, path: str) -> str:
        if how == disk.KIND:
            return disk.FOLDER if disk.is_folder(path) else disk.ABSENT
        if path not in self._digests:
            self._digests[path] = digest_of(disk.read(path))
        return self._digests[path]

    def _unpacked(self, task: Task, packed: bytes | None) -> Result:
        if packed is None:
            return Result(failed(task.path, task.targets, "the process that analysed it has died", "internal"))
        if not packed:
            return self.fresh(task)
        asked, _, answer = packed.partition(b"\n")
        for how, path, state in json.loads(asked):
            if how == disk.KIND:
                disk.kind(path)
            else:
                disk.looked_at[how, path] = disk.ABSENT if state == disk.ABSENT else disk.PLAIN
        result = _result(answer)
        self._keep(task, packed, result)
        return self._with_text(result)

    def _keep(self, task: Task, packed: bytes, result: Result) -> None:
        errors = [*result.analysis.errors, *result.findings.errors]
        if self.store is not None and packed and not any(error.kind in {"read", "internal"} for error in errors):
            self.store.save(self.name(task), packed)

    def _with_text(self, result: Result) -> Result:
        """Return a result with the text of its file, where anything is to be said of it."""
        analysis = result.analysis
        if not result.findings.diagnostics and all(model.class_name for model in analysis.models):
            return result
        try:
            source = decode_source(disk.read(analysis.path) or b"", analysis.path)
        except SourceError:
            return result
        return replace(result, analysis=msgspec.structs.replace(analysis, text=source.text))


def _name_of_module(text: str) -> str:
    return name_of("module", our_code(), sys.version, text)


def compute(analyst: Analyst, task: Task) -> tuple[Result, Asked]:
    """Return the answer to a task, worked out in this process, and what it has read."""
    asked: Asked = {}
    options = analyst.options(task.path)
    given_read, given_is_folder = options.read, options.is_folder

    def read(path: str) -> bytes | None:
        data = given_read(path)
        asked[disk.CONTENT, path] = digest_of(data)
        return data

    def is_folder(path: str) -> bool:
        found = given_is_folder(path)
        asked[disk.KIND, path] = disk.FOLDER if found else disk.ABSENT
        return found

    reason = analyst.why_unreadable(task.path)
    recording = None if reason else replace(options, read=read, is_folder=is_folder)
    analysis = analyst.analyse(task.path, task.targets, options=recording)
    if not task.has_rules:
        return Result(_reported(analysis)), asked
    findings = judge_of(task.path, analyst)(analysis)
    return Result(_checked(analysis), findings), asked


def judge_of(path: str, analyst: Analyst) -> Callable[[Analysis], Findings]:
    """Return what runs the rules that are selected for one path."""
    configuration = analyst.configurations.of(path)
    rules, settings = configuration.rules(path), replace(configuration.rule_settings(), lock=analyst.locks.of(path))
    return lambda analysis: run_rules(analysis, rules, settings)


def pack(result: Result, asked: Asked) -> bytes:
    """Return an answer and what it read as the bytes of an entry; empty where it holds what is not plain data."""
    findings = result.findings
    analysis = msgspec.structs.replace(result.analysis, text="")
    header = json.dumps([[how, path, state] for (how, path), state in asked.items()], separators=(",", ":"))
    try:
        answer = encode((analysis, findings.diagnostics, findings.suppressed, findings.errors))
    except NotPlainError:
        return b""
    return header.encode("ascii") + b"\n" + answer


def digest_of(data: bytes | None) -> str:
    """Return what tells a content from every other, or from no content."""
    return disk.ABSENT if data is None else blake2b(data, digest_size=16).hexdigest()


@functools.cache
def our_code() -> str:
    """Return what tells our own code, and the libraries that its answers depend on, from every other state of them."""
    import importlib.metadata

    import keraslint

    libraries = [f"{name} {importlib.metadata.version(name)}" for name in ("libcst", "msgspec")]
    return name_of(keraslint.__version__, *libraries, _digest_of_package("keraslint"))


@functools.cache
def rule_code() -> str:
    """Return what tells the code of all rule packs from every other state of it."""
    from keraslint.diagnose.registry import packs

    return name_of(*(part for pack in packs() for part in (pack, _digest_of_package(pack.partition(".")[0]))))


def _digest_of_package(name: str) -> str:
    """Return what tells the files of an installed package from every other state of them."""
    import importlib.util

    spec = importlib.util.find_spec(name)
    digest = blake2b(digest_size=16)
    for top in (spec.submodule_search_locations if spec is not None else None) or ():
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(inner for inner in folders if inner != "__pycache__")
            for file in sorted(names):
                path = os.path.join(folder, file)
                digest.update(f"{os.path.relpath(path, top)}\0".encode("utf-8", "surrogateescape"))
                digest.update(digest_of(disk.read(path)).encode())
    return digest.hexdigest()


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def _result(answer: bytes) -> Result:
    parts = cast(
        "tuple[Analysis, tuple[Diagnostic, ...], tuple[Diagnostic, ...], tuple[AnalysisError, ...]]", decode(answer)
    )
    analysis, diagnostics, suppressed, errors = parts
    return Result(analysis, Findings(diagnostics, suppressed, errors))


def _reported(analysis: Analysis) -> Analysis:
    """Return what ``summary`` needs of an analysis."""
    ends = tuple(event for event in analysis.events if event.kind == "raised")
    return msgspec.structs.replace(analysis, text="", events=ends, layers=(), directives=())


def _checked(analysis: Analysis) -> Analysis:
    """Return what ``check`` needs of an analysis once the rules have run."""
    models = tuple(_named(model) for model in analysis.models)
    return msgspec.structs.replace(_reported(analysis), text=analysis.text, models=models)


def _named(model: ModelRecord) -> ModelRecord:
    """Return what budgets and statistics need of a model: its names and its count."""
    layers = () if model.class_name else model.layers
    return msgspec.structs.replace(model, layers=layers, rows=(), inputs=None, outputs=None, symbols={})
