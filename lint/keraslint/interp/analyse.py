"""The way in: a file and its targets to an ``Analysis``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.graph.analysis import Analysis, AnalysisError, Event, LayerRecord, ModelRecord, content_of
from keraslint.interp.checkpoint import Checkpoint
from keraslint.interp.choices import Choices
from keraslint.interp.compile import compile_expression, compile_module
from keraslint.interp.compile_definitions import docstring_of
from keraslint.interp.entries import Entry, Evaluated, Named, NoTargetError, returned_models, settled_names
from keraslint.interp.errors import unknown_of
from keraslint.interp.further import further, is_stopped_by_argument
from keraslint.interp.limits import CHECKPOINTS, FUEL, FUEL_OF_FILE, FUEL_OF_LINE, RUNS
from keraslint.interp.machine import Machine, Statements
from keraslint.interp.merge import Outcome, merge
from keraslint.interp.modules import import_package_of, module_name
from keraslint.interp.record import Recorder, directive_record, unknown_model
from keraslint.interp.signals import Cut, Thrown
from keraslint.interp.which_keras import detect_keras
from keraslint.source import ir
from keraslint.source.directives import directives
from keraslint.source.parse import parse, parse_cells
from keraslint.source.read import decode
from keraslint.source.text import SourceError, SourceFile
from keraslint.values.program import MISSING, Module
from keraslint.values.unknown import Undetermined, Unknown, Why


@dataclass(frozen=True, slots=True)
class Options:
    """What an analysis takes as given, and nothing else: files are read by ``read`` only."""

    read: Callable[[str], bytes | None]
    """Content of a project file by path, None where there is none."""
    is_folder: Callable[[str], bool] = lambda _path: False
    keras: str | None = None
    """``"2"`` or ``"3"``; None: as the source imports Keras."""
    assume: Mapping[str, str] = field(default_factory=dict)
    """Name -> Python expression."""
    environment: Mapping[str, str] = field(default_factory=dict)
    roots: tuple[str, ...] = ()
    """Folders in which absolute imports are looked up, besides the file's own."""
    home: str = ""
    """The absolute folder that relative paths start from; empty: nothing above them is looked at."""


def analyse_file(path: str, targets: Sequence[str], options: Options) -> Analysis:
    """Return what is known of a file, or of some targets in it (names or expressions; none: the whole file)."""
    data = options.read(path)
    if data is None:
        return _failed(path, targets, AnalysisError(path, path, 1, 1, "no such file", "read"))
    try:
        source = decode(data, path)
    except SourceError as error:
        return _failed(path, targets, AnalysisError(path, path, error.line, error.column, error.message, "syntax"))
    return analyse_source(source, targets, options)


def analyse_source(source: SourceFile, targets: Sequence[str], options: Options) -> Analysis:
    """Return what is known of a file whose text was read already."""
    try:
        parsed = parse_cells(source)
    except SourceError as error:
        return _failed(source.path, targets, _syntax_error(source, error), source.text)
    errors = [_syntax_error(source, error) for error in parsed.errors]
    if errors and not source.cells:
        return _failed(source.path, targets, errors[0], source.text)
    session = _Session(source, parsed.module, options)
    session.errors.extend(errors)
    return session.analyse(targets)


def _syntax_error(source: SourceFile, error: SourceError) -> AnalysisError:
    cell = f"cell {error.cell}: " if error.cell is not None else ""
    return AnalysisError(source.path, source.path, error.line, error.column, f"{cell}{error.message}", "syntax")


def _failed(path: str, targets: Sequence[str], error: AnalysisError, text: str = "") -> Analysis:
    errors = tuple(
        AnalysisError(f"{path}::{target}", path, error.line, error.column, error.message, error.kind)
        for target in targets
    )
    return Analysis(path, text, "3", {}, (), (), (), errors or (error,), ())


class _Session:
    """The analysis of one file: its compiled program, run once an entry and outcome."""

    def __init__(self, source: SourceFile, module: ir.Module, options: Options) -> None:
        self.source = source
        self.module_ir = module
        self.options = options
        self.keras = detect_keras(source.text, options.keras, options.environment)
        self.name, root = module_name(source.path, options.roots, options.read, options.home)
        roots = list(dict.fromkeys([root, *options.roots, posixpath.dirname(source.path)]))
        self.machine = Machine(
            self.keras,
            environment=options.environment,
            roots=roots,
            read=options.read,
            is_folder=options.is_folder,
            assume={},
            home=options.home,
        )
        self.statements: Statements = compile_module(self.machine, source, module)
        self.directives = directives(source, module)
        self.errors: list[AnalysisError] = []
        self.layers: list[LayerRecord] = []
        self.events: list[Event] = []
        self.next_key = 1
        self.fuel = 0
        """Steps that are left for the file, or for one target."""
        self.checkpoints: dict[bool, list[Checkpoint]] = {True: [], False: []}
        """What runs of the top level made, as part of its package and alone."""
        self.more_follow = False
        """Whether another target or function of the file is evaluated after this one."""
        self.package_first = False
        """Whether the package that the file is in is imported before the file is run, as ``python -m`` does."""
        self.defined: set[str] = set()
        """Names that the top level gives a value, in any of its runs."""
        self.ends_importing = False
        """Whether the top level ended by what it imports."""
        self.machine.assume = self._assumptions()

    def _assumptions(self) -> dict[str, object]:
        """Return assumed values by name: from the command line, and from comments (``function.parameter``)."""
        values: dict[str, object] = {}
        for name, expression in self.options.assume.items():
            value = self._evaluate_alone(expression)
            if value is not MISSING:
                values[name] = value
        names = {
            self._line(node.name_start): node.name for node in self.module_ir.body if isinstance(node, ir.FunctionDef)
        }
        names |= {self._line(node.start): node.name for node in self.module_ir.body if isinstance(node, ir.FunctionDef)}
        for directive in self.directives:
            if directive.name == "assume" and not directive.error:
                function = names.get(directive.applies_to, "")
                for name, value in directive.arguments.items():
                    values[f"{function}.{name}" if function else name] = value
        return values

    def _line(self, offset: int) -> int:
        return self.source.position(offset)[0]

    def _evaluate_alone(self, text: str) -> object:
        """Return the value of an assumption, ``MISSING`` for a range, which leaves the name its symbol."""
        if re.fullmatch(r"""\s*["']?\d+\s*\.\.\s*\d*["']?\s*""", text):
            return MISSING
        try:
            return self._expression(text)([Module("assume"), None, None])
        except (SourceError, Thrown, Refused):
            self.errors.append(
                AnalysisError("", self.source.path, 1, 1, f"cannot read the assumption {text!r}", "target")
            )
            return MISSING

    def _expression(self, text: str) -> Callable[[list[object]], object]:
        inner = SourceFile("<target>", text.strip())
        body = parse(inner).body
        if len(body) != 1 or not isinstance(body[0], ir.ExpressionStatement):
            message = "expected an expression"
            raise SourceError(message)
        return compile_expression(self.machine, inner, body[0].value)

    def analyse(self, targets: Sequence[str]) -> Analysis:
        """Return the analysis of the whole file, or of targets in it."""
        models: list[ModelRecord] = []
        if targets:
            for index, target in enumerate(targets, 1):
                self.more_follow = index < len(targets)
                models.extend(self._target(target))
        else:
            models.extend(self._whole())
        machine = self.machine
        return Analysis(
            path=self.source.path,
            text=self.source.text,
            keras=self.keras.value,
            environment=dict(self.options.environment),
            models=tuple(models),
            events=tuple(self.events),
            layers=tuple(self.layers),
            errors=tuple(self.errors),
            directives=tuple(directive_record(self.source, directive) for directive in self.directives),
            read=tuple(path for path, data in machine.files.items() if data is not None),
            cells=self.source.cells,
        )

    # entries

    def _whole(self) -> Iterable[ModelRecord]:
        """Yield the models of the file's own top level, then of every function and class that it never uses."""
        self.fuel = FUEL_OF_FILE + FUEL_OF_LINE * self.source.text.count("\n")
        models, called = self._explore(self.source.path, "__main__", None)
        if self.ends_importing and "." in self.name:  # which a module does whose package imports it in a circle
            self.package_first = True
            self.events.clear()
            self.layers.clear()
            models, called = self._explore(self.source.path, "__main__", None)
        yield from models
        seen = {(model.span, content_of(model)) for model in models}
        self.more_follow = True
        for node in self.module_ir.body:
            if not isinstance(node, ir.FunctionDef | ir.ClassDef) or node.name not in self.defined - called:
                continue
            for model in self._unused(node):
                identity = (model.span, content_of(model))
                if model.span.path and identity not in seen:
                    seen.add(identity)
                    yield model

    def _unused(self, node: ir.FunctionDef | ir.ClassDef) -> Iterable[ModelRecord]:
        """Yield the models of a function, or of a class: of its constructor, and of the methods that this does not call."""
        methods = [s.name for s in node.body if isinstance(s, ir.FunctionDef)] if isinstance(node, ir.ClassDef) else []
        called: set[str] = set()
        for name in [node.name, *(f"{node.name}.{method}" for method in methods if not method.startswith("__"))]:
            if name not in called and self.fuel > 0:
                label = f"{self.source.path}::{name}"
                models, more = self._explore(label, self.name, Named(name, in_passing=True), quiet=True)
                yield from models
                called = called or more

    def _target(self, target: str) -> Iterable[ModelRecord]:
        label = f"{self.source.path}::{target}"
        self.fuel = FUEL_OF_FILE
        classes = {node.name: node for node in self.module_ir.body if isinstance(node, ir.ClassDef)}
        owner, _, method = target.partition(".")
        if target.isidentifier() or (owner in classes and method.isidentifier()):
            try:
                models, _ = self._explore(label, self.name, Named(target))
            except NoTargetError:
                message = f"there is no `{target}` in this file"
                self.errors.append(AnalysisError(label, self.source.path, 1, 1, message, "target"))
                return []
            if target in classes and not any(model.class_name for model in models if model.returned):
                return list(self._unused(classes[target])) or models
            return models
        try:
            evaluate = self._expression(target)
        except SourceError as error:
            self.errors.append(
                AnalysisError(
                    label, self.source.path, 1, error.column, f"cannot read the target: {error.message}", "target"
                )
            )
            return []
        models, _ = self._explore(label, self.name, Evaluated(evaluate))
        return models

    def _explore(
        self, label: str, name: str, entry: Entry | None, *, quiet: bool = False
    ) -> tuple[list[ModelRecord], set[str]]:
        """Run an entry once for every outcome of the conditions that it could not decide."""
        pending: list[tuple[bool, ...]] = [()]
        outcomes: list[Outcome] = []
        called: set[str] = set()
        is_capped = False
        dearest = 0
        full = self.fuel
        while pending:
            forced = pending.pop(0)
            left = min(self.fuel, FUEL_OF_FILE - (full - self.fuel))
            if outcomes and (len(outcomes) >= RUNS or left < dearest):
                is_capped = True
                break
            fuel = self.fuel
            is_told = all(outcome.error is not None for outcome in outcomes)
            outcome = self._run(label, name, entry, forced, called, is_told=is_told, quiet=quiet)
            outcomes.append(outcome)
            dearest = max(dearest, fuel - self.fuel)
            made = tuple(choice.outcome for choice in outcome.choices)
            pending.extend(
                (*made[:index], not made[index]) for index in range(len(forced), min(len(made), len(forced) + RUNS))
            )
        told = next((outcome for outcome in outcomes if outcome.error is None), outcomes[0])
        self.layers.extend(told.layers)
        is_refused = all(any(event.kind == "refused" for event in outcome.events) for outcome in outcomes)
        is_open = bool(told.choices) and (is_capped or not is_refused)
        if told.error is not None and (is_open or (quiet and self.machine.stands_in)):
            # a condition or an argument that is not known decides whether Keras refuses it
            self.events.extend(event for event in told.events if event.kind != "refused")
        else:
            self.events.extend(told.events)
        if self.keras is Keras.THREE and self.fuel > 0 and is_stopped_by_argument(told.events):
            made = tuple(choice.outcome for choice in told.choices)
            again = self._run(label, name, entry, made, called, is_told=True, quiet=quiet, forgives=True)
            self.events.extend(further(again.events, told.events))
        result = merge(outcomes, is_capped=is_capped)
        if entry is not None and not quiet and not any(model.returned for model in result):
            result = [*result, self._nothing(label, outcomes)]
        return result, called

    def _nothing(self, label: str, outcomes: Sequence[Outcome]) -> ModelRecord:
        reason = next((outcome.error for outcome in outcomes if outcome.error is not None), None)
        if reason is None:
            reason = Unknown(Why.UNSUPPORTED, "the target gives no model", None)
        return unknown_model(label, self.source.path, reason)

    def _run(
        self, label: str, name: str, entry: Entry | None, forced: tuple[bool, ...], called: set[str], *,
        is_told: bool, quiet: bool = False, forgives: bool = False,
    ) -> Outcome:  # fmt: skip
        """Run an entry once; ``is_told``: its layers and events may be told; ``forgives``: see ``interp.further``.

        ``quiet``: nobody asked for the entry, and it tells nothing where it has nothing to do with Keras.
        """
        machine = self.machine
        cut: Unknown | None = None
        error: Unknown | None = None
        value: object = None
        since: tuple[int, int] | None = None
        module = Module(self.name, self.source.path)
        full = FUEL
        try:
            resumed = None if forgives else self._resumed(entry, forced)
            if resumed is None:
                machine.begin(Choices(forced))
                machine.builder.forgives = forgives
                module = self._start(module, name, entry)
            else:
                module, full = resumed, machine.fuel
            before = len(machine.builder.models)
            since = _made_so_far(machine)
            if entry is not None:
                value = entry.evaluate(machine, module)
            else:
                before = 0
        except Cut as end:
            cut, before = end.unknown, 0
        except RecursionError:
            cut, before = Unknown(Why.FUEL, "what is evaluated here is nested too deep", machine.span), 0
        except Undetermined as problem:
            error, before = problem.unknown, 0
        except (Thrown, Refused) as raised:
            error, before = unknown_of(machine, raised), 0
            if entry is None and isinstance(raised, Thrown) and raised.value.cls.name != "SystemExit":
                machine.builder.note("raised", raised.span, None, message=error.what)
                self.ends_importing = raised.value.cls.name in {"ImportError", "AttributeError"}
        if entry is None:
            self.defined.update(module.namespace)
        if entry is None or isinstance(entry, Named):
            called.update(settled_names(machine, module))
        self.fuel -= full - machine.fuel
        first = (0, 0) if not self.layers else since or _made_so_far(machine)
        made = since is not None and len(machine.builder.layers) > since[0]
        if quiet and not made and isinstance(value, Unknown):
            return Outcome((), tuple(machine.choices.made), value, (), ())  # nothing says that it is a model
        return self._outcome(label, entry, value, before, first if is_told else None, cut, error)

    def _resumed(self, entry: Entry | None, forced: tuple[bool, ...]) -> Module | None:
        """Go on from where the top level was done for another target; return the module, None where it has to run."""
        if entry is None:
            return None
        for state in self.checkpoints[self._imports_package(entry)]:
            if state.fits(forced):
                return state.resume(self.machine, forced)
        return None

    def _start(self, module: Module, name: str, entry: Entry | None) -> Module:
        """Run the file's top level, as a program or as the module that an entry is in; return the module."""
        machine = self.machine
        imported = import_package_of(machine, self.name) if self._imports_package(entry) else None
        if imported is None or entry is None:
            module.namespace.update({"__name__": name, "__file__": self.source.path})
            module.namespace["__doc__"] = docstring_of(self.module_ir.body)
            machine.modules[self.name] = imported or module
            if imported is not None:  # it is run again: what it made as a part of its package is made a second time
                models = machine.builder.models
                models[:] = [model for model in models if not model.origin or model.origin.path != self.source.path]
            self._run_module(module)
        else:
            module = imported
        if entry is not None and not machine.builder.forgives and (self.more_follow or machine.choices.forced):
            states = self.checkpoints[self._imports_package(entry)]
            states.insert(0, Checkpoint(machine, module, machine.fuel))
            del states[CHECKPOINTS:]
        return module

    def _imports_package(self, entry: Entry | None) -> bool:
        return self.package_first or (entry is not None and entry.imports_package)

    def _run_module(self, module: Module) -> None:
        """Run the top level; in a notebook a cell that raises does not end the others."""
        machine = self.machine
        frame: list[object] = [module, None, None]
        failed_cell: int | None = None
        for statement, execute in self.statements:
            cell = self.source.position(statement.start)[2] if self.source.cells else None
            if cell is not None and cell == failed_cell:
                continue
            try:
                execute(frame)
            except (Thrown, Refused):
                if cell is None:
                    raise
                failed_cell = cell
                machine.unwind(0)

    def _outcome(
        self,
        label: str,
        entry: Entry | None,
        value: object,
        before: int,
        first: tuple[int, int] | None,
        cut: Unknown | None,
        error: Unknown | None,
    ) -> Outcome:
        machine = self.machine
        recorder = Recorder(machine, self.next_key)
        records: list[ModelRecord] = []
        returned = returned_models(value) if entry is not None else []
        models = machine.builder.models if entry is None else machine.builder.models[before:]
        for model in [*models, *(m for m in returned if m not in models)]:
            is_returned = any(model is other for other in returned)
            if entry is None or is_returned or not returned:
                records.append(recorder.model(model, label, returned=is_returned, cut=cut))
        if entry is not None and isinstance(value, Unknown):
            error = error or value
            if not records:
                records.append(unknown_model(label, self.source.path, value))
        layers: tuple[LayerRecord, ...] = ()
        events: tuple[Event, ...] = ()
        if first is not None:
            layers = tuple(recorder.layer(layer) for layer in machine.builder.layers[first[0] :])
            events = recorder.events(first[1])
        self.next_key = recorder.next_key
        return Outcome(tuple(records), tuple(machine.choices.made), error, layers, events)


def _made_so_far(machine: Machine) -> tuple[int, int]:
    """Return how many layers a run has made, and how much has happened in it."""
    return len(machine.builder.layers), len(machine.builder.happenings)
