"""The machine: one evaluation of a program, its state, and the operations that the closures and natives call.

The state of a *run* (heap, modules, choices, fuel) is set up by ``begin``; compiled code outlives runs, so that a
program is compiled once and replayed for each outcome of its unknown conditions.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from keraslint.catalogue.addons import OUTSIDE
from keraslint.catalogue.versions import Keras
from keraslint.graph.builder import Builder
from keraslint.interp import (
    attribute_writes,
    attributes,
    calls,
    classes,
    comparisons,
    custom,
    doubt,
    errors,
    formatting,
    instances,
    items,
    iteration,
    keras_classes,
    models,
    modules,
    operators,
)
from keraslint.interp.choices import Choices
from keraslint.interp.compile import compile_module
from keraslint.interp.compile_definitions import docstring_of
from keraslint.interp.limits import FUEL, ITEMS, too_large
from keraslint.interp.objects import Property, TensorShape
from keraslint.interp.overlays import MODULES, load
from keraslint.interp.signals import MODULE, Cut, Frame, Thrown
from keraslint.source import ir
from keraslint.source.parse import parse
from keraslint.source.read import decode
from keraslint.source.text import SourceFile
from keraslint.values.layer import Layer, Model
from keraslint.values.program import MISSING, Class, Function, Instance, Method, Module
from keraslint.values.shape import AnyShape, OpenShape
from keraslint.values.unknown import Span, Undetermined, Unknown, Why, like

if TYPE_CHECKING:  # only named in annotations
    from keraslint.interp.compile_statements import Execute

Place = tuple[SourceFile, ir.Node]
Statements = Sequence[tuple[ir.Statement, "Execute"]]


class Machine:
    """Evaluates programs over symbolic values."""

    def __init__(
        self,
        keras: Keras,
        *,
        environment: Mapping[str, str],
        roots: Sequence[str],
        read: Callable[[str], bytes | None],
        is_folder: Callable[[str], bool],
        assume: Mapping[str, object],
        home: str = "",
    ) -> None:
        load()
        self.keras = keras
        self.environment = environment
        self.roots, self.home = list(roots), home
        self.assume = assume
        self._read = read
        self.is_folder = is_folder
        self.files: dict[str, bytes | None] = {}
        """Every file that was asked for, with its content: what a result depends on."""
        self.programs: dict[str, tuple[SourceFile, Statements]] = {}
        self.builtins: dict[str, object] = {}
        self.identity = instances.InstanceIdentity(self)
        self.begin(Choices(()))

    # what the rooms' files do for the machine, as methods
    unary = operators.unary
    binary = operators.binary_or_unknown
    compare = comparisons.compare_or_unknown
    equal = comparisons.equals
    operate = models.operate
    array_operator = models.array_operator
    array_item = models.array_item
    get_attribute = attributes.get_attribute
    set_attribute = attribute_writes.set_attribute
    delete_attribute = attribute_writes.delete_attribute
    set_item = items.set_item
    delete_item = items.delete_item
    get_item = items.item_or_unknown
    module_member = modules.module_member
    native_module_set = modules.set_native
    iterate = iteration.iterate
    unpack = iteration.unpack
    unpack_star = iteration.unpack_star
    mapping_items = iteration.mapping_items
    make_set = iteration.make_set
    format_value = formatting.format_value
    format_percent = formatting.format_percent
    text = formatting.text
    represent = formatting.represent
    call = calls.call
    call_native = calls.call_native
    call_unknown = calls.call_unknown
    call_keras_object = models.call_keras_object
    class_of = classes.class_of
    is_instance = classes.is_instance
    is_subclass = classes.is_subclass
    builtin_class = classes.builtin_class
    find_special = classes.find_special
    keras_class = keras_classes.keras_class
    class_item = classes.class_item
    match_names = classes.match_names
    native_class = classes.native_class
    class_native = classes.class_native
    new_class = classes.new_class
    make_class = instances.make_class
    instantiate = instances.instantiate
    fill_native = instances.fill_native
    construct = models.construct
    initialise_model = models.initialise_model
    as_shape = models.as_shape
    normalised_argument = models.normalised_argument
    new_layer = custom.new_layer
    initialise_native = custom.initialise_native
    finish_layer = custom.finish_layer
    enter = iteration.enter
    leave = iteration.leave
    import_module = modules.import_module
    import_from = modules.import_from
    import_star = modules.import_star
    is_doubtful = modules.is_doubtful
    blur = doubt.blur
    is_blurred = doubt.is_blurred
    escape = doubt.escape
    taint = doubt.taint
    taint_trainable = doubt.taint_trainable
    raise_error = errors.raise_error
    raise_key_error = errors.raise_key_error
    throw = errors.throw
    as_thrown = errors.as_thrown
    catches = errors.catches
    forgive = errors.forgive
    unwind = errors.unwind

    def begin(self, choices: Choices, fuel: int = FUEL) -> None:
        """Set up the state of a new run, which may take ``fuel`` steps."""
        self.choices = choices
        self.fuel = fuel
        self._spans: dict[tuple[int, str], tuple[ir.Node, Span]] = {}
        self.builder = Builder(self.keras, custom.CustomLayers(self))
        self.modules: dict[str, Module | Unknown] = {}
        self.star_imports: dict[str, list[Module | Unknown]] = {}
        self.builtin_classes: dict[str, Class] = {}
        self.native_classes: dict[str, Class] = {}
        self.open_shapes: dict[str, OpenShape] = {}
        self.symbols: dict[str, tuple[str, Span | None]] = {}
        self._names: dict[str, int] = {}
        self.patched: dict[str, object] = {}
        """What the program set on objects that are not known, by expression: ``args.units`` -> 5."""
        self.blurred: dict[int, tuple[object, Unknown]] = {}
        self.place: Place | None = None
        self.frame: Frame = []
        self.library: Span | None = None
        """The call of ``keras.applications`` that is being carried out: all that it makes is made there."""
        self.stack: list[tuple[Function, Place | None]] = []
        self.depth = 0
        self.handling: list[Thrown] = []
        self.resumed: list[int] = []
        """How deep in calls the generators run that are being drawn from."""
        self.called: set[int] = set()
        self.running: set[tuple[str, int]] = set()
        self.callers: list[Layer] = []
        """The layers of the program's classes whose ``call`` is being run."""
        self.escaped: list[tuple[Layer, Unknown]] = []
        self.tainted: list[Unknown] = []
        self.import_guards = 0
        """How many ``try`` statements around here catch a failing import."""
        self.are_imports_present: bool | None = None
        """What is taken of packages that may be installed or not; None: it is a choice."""
        self.watched = False
        self.stands_in = False  # whether a function that nothing calls got names for arguments, and None for others
        self.global_state: dict[str, object] = {}
        self._fill_builtins()

    def _fill_builtins(self) -> None:
        table = {name: value for name, value in MODULES["builtins"].items() if not name.startswith("new:")}
        for name in _BUILTIN_CLASSES:
            table[name] = classes.builtin_class(self, getattr(builtins, name).__name__)
        table.update({"__name__": "__main__", "NotImplemented": NotImplemented, "Ellipsis": ..., "__debug__": True})
        self.builtins.clear()
        self.builtins.update(table)

    # places

    def span_of(self, source: SourceFile, node: ir.Node) -> Span:
        """Return the span of a node."""
        key = id(node), source.path  # files of equal text share their nodes
        found = self._spans.get(key)
        if found is None:
            line, column, cell = source.position(node.start)
            end_line, end_column, _ = source.position(node.end)
            found = self._spans[key] = (node, Span(source.path, line, column, end_line, end_column, cell))
        return found[1]

    @property
    def span(self) -> Span | None:
        """The place that is being evaluated."""
        if self.library is not None or self.place is None:
            return self.library
        source, node = self.place
        return self._span_outside() if source.path.startswith(OUTSIDE) else self.span_of(source, node)

    def _span_outside(self) -> Span | None:
        """Return the place where the program called into a text of ours."""
        places = (place for _, place in reversed(self.stack) if place is not None)
        return next((self.span_of(*place) for place in places if not place[0].path.startswith(OUTSIDE)), None)

    def text_at(self, place: Place | None) -> str:
        """Return the source text of a place."""
        return "" if place is None else " ".join(place[0].text[place[1].start : place[1].end].split())

    def unknown(self, why: Why, what: str, symbol: str = "") -> Unknown:
        """Return an unknown value at the current place."""
        return Unknown(why, what, self.span, symbol)

    def unsupported(self, what: str, *_: object) -> Unknown:
        """Return the result of a construct that is not modelled."""
        return Unknown(Why.UNSUPPORTED, what, self.span)

    @property
    def module(self) -> Module | None:
        """The module of the frame that a call was made from."""
        found = self.frame[MODULE] if self.frame else None
        return found if isinstance(found, Module) else None

    def burn(self, steps: int = 1) -> None:
        """Use up steps."""
        self.fuel -= steps
        if self.fuel < 0:
            raise Cut(Unknown(Why.FUEL, "evaluation took too many steps and was cut here", self.span))

    # files

    def read(self, path: str) -> bytes | None:
        """Return a project file's content, None where there is none."""
        if path not in self.files:
            self.files[path] = self._read(path)
        return self.files[path]

    def program_of(self, path: str, data: bytes) -> Statements:
        """Return a file's compiled statements; raise ``SourceError`` where it does not parse."""
        found = self.programs.get(path)
        if found is None:
            source = decode(data, path)
            found = self.programs[path] = (source, compile_module(self, source, parse(source)))
        return found[1]

    def run_statements(self, module: Module, statements: Statements) -> None:
        """Run a module's statements in order."""
        frame: Frame = [module, None, None]
        module.namespace["__doc__"] = docstring_of(tuple(statement for statement, _ in statements[:1]))
        for _, execute in statements:
            execute(frame)

    # names

    def missing_name(self, source: SourceFile, node: ir.Name, frame: Frame) -> object:
        """Return the value of a name that has none: a star import may have it, otherwise it is a NameError."""
        module = frame[MODULE]
        self.place = (source, node)
        if isinstance(module, Module):
            found = modules.module_member(self, module, node.id) if module.name in self.star_imports else MISSING
            if found is not MISSING:
                return found
        return self.raise_error("NameError", f"name '{node.id}' is not defined")

    def unset_name(self, source: SourceFile, node: ir.Name, *, is_own: bool) -> object:
        """Raise the program's exception for a name of a function that has no value yet."""
        self.place = (source, node)
        if is_own:
            text = f"cannot access local variable '{node.id}' where it is not associated with a value"
            return self.raise_error("UnboundLocalError", text)
        text = f"cannot access free variable '{node.id}' where it is not associated with a value in enclosing scope"
        return self.raise_error("NameError", text)

    def name_unknown(self, value: Unknown, name: str, source: SourceFile, node: ir.Node) -> object:
        """Return an unknown value under the name that it is bound to, so that it may stand in formulas."""
        if value.why not in {Why.INPUT, Why.IMPORT, Why.DATA, Why.UNSUPPORTED}:
            return value
        assumed = self.assumed(name, module=self.module)
        if assumed is not MISSING:
            return assumed
        place = value.where or self.span_of(source, node)
        symbol, number = name, self._names.get(name, 1)
        while symbol in self.symbols:  # each value has a name of its own, also where a loop binds the same one again
            number += 1
            symbol = f"{name}_{number}"
        self._names[name] = number
        self.symbols[symbol] = (value.what, place)
        return like(value, value.what, symbol, where=place)

    def assumed(self, name: str, function: str = "", *, module: Module | None) -> object:
        """Return what is assumed of a name: in its function and module, in one of them, or anywhere; or ``MISSING``."""
        if not self.assume:
            return MISSING
        own = f"{function}.{name}" if function else name
        keys = [own, name] if module is None else [f"{module.name}.{own}", f"{module.name}.{name}", own, name]
        return next((self.assume[key] for key in keys if key in self.assume), MISSING)

    def note_binding(self, name: str, value: object) -> None:
        """Remember the names that models are bound to."""
        if isinstance(value, Model) and name not in value.variables and "@" not in name and self.library is None:
            value.variables.append(name)

    def named_part(self, text: str) -> object:
        """Return what an expression on something unknown stands for: assumed or set by the program; or ``MISSING``."""
        if text and text in self.patched:
            return self.patched[text]
        return self.assume.get(text, MISSING) if text else MISSING

    def patch(self, text: str, value: object) -> None:
        """Remember what the program sets on something unknown, where that has a name."""
        if text:
            self.patched[text] = value

    def delete_name(self, holder: object, name: str) -> None:
        """Carry out ``del name``."""
        namespace = holder.namespace if isinstance(holder, Module) else holder
        if isinstance(namespace, dict):
            namespace.pop(name, None)

    # operators

    def in_place(self, op: str, a: object, b: object) -> object:
        """Return ``a op= b``: lists, sets and dicts are changed in place."""
        if isinstance(a, list) and op == "+":
            try:
                items = list(islice(self.iterate(b), ITEMS + 1 - len(a))) if a is not b else list(a)
                self.burn(len(items) >> 6)
                if len(a) + len(items) > ITEMS:
                    too_large("a list that grows")
                a.extend(items)
            except Undetermined as problem:
                self.blur(a, problem.unknown)
            return a
        if isinstance(a, set | dict) and isinstance(b, set | dict) and op == "|":
            a.update(b)
            return a
        if isinstance(a, Instance):
            method = self.find_special(a, {"+": "__iadd__", "-": "__isub__", "*": "__imul__"}.get(op, ""))
            if method is not MISSING:
                return self.call(method, (b,), {})
        return self.binary(op, a, b)

    def negation(self, value: object) -> object:
        """Return ``not value``."""
        outcome = comparisons.truth_of(self, value)
        return comparisons.negated(outcome) if isinstance(outcome, Unknown) else not outcome

    def truth(self, value: object) -> bool:
        """Return the truth of a value; one that is not known is a choice point."""
        outcome = comparisons.truth_of(self, value)
        if isinstance(outcome, bool):
            return outcome
        return self.choices.choose(outcome, self.text_at(self.place), self.span)

    def is_certainly_false(self, value: object) -> bool:
        """Return whether a condition is known to be false."""
        return comparisons.truth_of(self, value) is False

    # attributes

    def shape_value(self, shape: AnyShape, *, is_tensor: bool) -> object:
        """Return a shape as the program sees it: a tuple, a TensorShape, or an Unknown."""
        if isinstance(shape, OpenShape):
            return Unknown(Why.INPUT, f"the shape {shape.name}", self.span)
        if isinstance(shape, Unknown):
            return shape
        return TensorShape(shape) if is_tensor else tuple(shape)

    # iteration

    def depth_of_generator(self) -> int:
        """Return how deep in calls the body of the innermost generator runs that has been resumed."""
        return self.resumed[-1]

    def plain_text(self, value: object) -> str:
        """Return a value's text for messages."""
        text = formatting.text(self, value)
        return text if isinstance(text, str) else text.what

    # calls

    def decorate(self, decorator: object, value: object) -> object:
        """Apply a decorator; one that is not known leaves an unknown."""
        if isinstance(decorator, Unknown):
            return Unknown(decorator.why, f"what {decorator.symbol or decorator.what} decorates", self.span)
        if isinstance(decorator, Method) and isinstance(decorator.self, tuple):
            part = decorator.self[0]
            if isinstance(part, Property):
                return part.with_part(str(decorator.self[1]), value)
        return self.call(decorator, (value,), {})

    def guard(self, function: Callable[..., object], *args: object, **kwargs: object) -> object:
        """Apply a Python function to plain values; what it raises, the program raises."""
        try:
            return function(*args, **kwargs)
        except KeyError as error:
            return self.raise_key_error(error.args[0] if error.args else "")
        except MemoryError:
            too_large(f"the result of {getattr(function, '__name__', 'a function')}()")
        except _PYTHON_ERRORS as error:
            return self.raise_error(type(error).__name__, str(error))


_BUILTIN_CLASSES = {
    **dict.fromkeys(
        [
            "object",
            "int",
            "float",
            "str",
            "bool",
            "list",
            "tuple",
            "dict",
            "set",
            "frozenset",
            "bytes",
            "bytearray",
            "complex",
            "slice",
            "type",
            "property",
        ]
    ),
    **{n: None for n, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)},
}

_PYTHON_ERRORS = (ArithmeticError, AssertionError, AttributeError, LookupError, StopIteration, TypeError, ValueError)
