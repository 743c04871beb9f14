"""``argparse`` with an empty command line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from keraslint.interp.calls import first_unknown
from keraslint.interp.overlays import Lazy, register
from keraslint.interp.overlays.items import collect, make_class, nothing, shared_class
from keraslint.values.program import Class, Instance
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine

SUPPRESS = "==SUPPRESS=="
Action = dict[str, object]


# the namespace


def _namespace_init(machine: Machine, own: Instance, /, **kwargs: object) -> None:
    del machine
    own.attributes.update(kwargs)


def _namespace_has(machine: Machine, own: Instance, name: object) -> object:
    del machine
    return name in own.attributes


def _namespace_text(machine: Machine, own: Instance) -> object:
    texts = [(name, machine.represent(value)) for name, value in own.attributes.items()]
    unknown = next((text for _, text in texts if isinstance(text, Unknown)), None)
    return unknown or f"{own.cls.name}({', '.join(f'{name}={text}' for name, text in texts)})"


def _namespace_equal(machine: Machine, own: Instance, other: object) -> object:
    if not isinstance(other, Instance) or other.cls is not own.cls:
        return NotImplemented
    outcome = own.attributes.keys() == other.attributes.keys()
    return outcome and machine.compare(
        "==", list(own.attributes.values()), [other.attributes[n] for n in own.attributes]
    )


NAMESPACE: dict[str, Callable[..., object]] = {
    "__init__": _namespace_init,
    "__contains__": _namespace_has,
    "__repr__": _namespace_text,
    "__eq__": _namespace_equal,
}
namespace_class = shared_class(
    "argparse.Namespace", lambda machine: make_class(machine, "Namespace", NAMESPACE, is_complete=True)
)


# the parser


def _parser_init(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> None:
    del args
    own.attributes.update({"_actions": [], "_defaults": {}, "prefix_chars": kwargs.get("prefix_chars", "-")})
    for name in ("description", "prog", "epilog", "usage"):
        own.attributes[name] = kwargs.get(name)
    parents = kwargs.get("parents")
    if isinstance(parents, list | tuple):
        for parent in parents:
            if isinstance(parent, Instance):
                _actions(own).extend(_actions(parent))
    elif parents is not None:
        machine.blur(own, machine.unknown(Why.UNSUPPORTED, "the parents of an ArgumentParser"))


def _actions(own: Instance) -> list[Action]:
    found = own.attributes.get("_actions")
    return found if isinstance(found, list) else []


def _defaults(own: Instance) -> dict[str, object]:
    found = own.attributes.get("_defaults")
    return found if isinstance(found, dict) else {}


def _add_argument(machine: Machine, own: Instance, /, *names: object, **options: object) -> object:
    flags: list[str] = []
    for name in names:
        if not isinstance(name, str):
            machine.blur(own, machine.unknown(Why.UNSUPPORTED, "an argument with an unknown name"))
            return None
        flags.append(name)
    is_option = bool(flags) and flags[0].startswith("-")
    dest = options.get("dest")
    if not isinstance(dest, str):
        long = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
        dest = long.lstrip("-").replace("-", "_") if is_option else long
    action = {**options, "dest": dest, "flags": flags, "is_option": is_option}
    _actions(own).append(action)
    return Instance(_action_class(machine))


_action_class = shared_class("argparse.Action", lambda machine: make_class(machine, "Action", {}))


def _add_group(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> object:
    del args, kwargs
    group = Instance(_group_class(machine))
    group.attributes.update({"_actions": _actions(own), "_defaults": _defaults(own)})
    return group


def _set_defaults(machine: Machine, own: Instance, /, **kwargs: object) -> None:
    del machine
    _defaults(own).update(kwargs)
    for action in _actions(own):
        if action["dest"] in kwargs:
            action["default"] = kwargs[str(action["dest"])]


def _default_of(machine: Machine, action: Action) -> object:
    """Return what an argument is where the command line does not name it."""
    dest = str(action["dest"])
    kind = action.get("action")
    default = action.get("default")
    nargs = action.get("nargs")
    is_given = "default" in action
    if kind in ("store_true", "store_false"):
        return default if is_given else kind == "store_false"
    is_positional = not action["is_option"]
    if (is_positional and nargs not in {"?", "*"} and nargs != "...") or action.get("required") is True:
        return machine.unknown(Why.INPUT, f"the argument {dest}", f"args.{dest}")
    if isinstance(action.get("required"), Unknown):
        return machine.unknown(Why.INPUT, f"the argument {dest}", f"args.{dest}")
    if is_positional and nargs == "*" and not is_given:
        return []
    return _typed(machine, action, default) if isinstance(default, str) else default


def _typed(machine: Machine, action: Action, text: object) -> object:
    kind = action.get("type")
    return text if kind is None else machine.call(kind, (text,), {})


def _parse(machine: Machine, own: Instance, args: object = None, namespace: object = None) -> object:
    result = namespace if isinstance(namespace, Instance) else Instance(namespace_class(machine))
    lost = machine.is_blurred(own)
    if lost is not None:
        machine.blur(result, lost)
    for action in _actions(own):
        if action.get("action") in {"help", "version"} or action.get("default") == SUPPRESS:
            continue
        name = str(action["dest"])
        if name not in result.attributes or action["dest"] in _defaults(own):
            result.attributes[name] = _default_of(machine, action)
    for name, value in _defaults(own).items():
        result.attributes.setdefault(name, value)
    if args is not None:
        _apply(machine, own, result, args)
    return result


def _apply(machine: Machine, own: Instance, result: Instance, args: object) -> None:
    """Read a command line that the program itself spells out."""
    words = collect(machine, args)
    if not words:
        return
    unknown = first_unknown(words, machine)
    if unknown is not None:
        raise Undetermined(unknown)
    for name, value in _given(machine, own, [str(word) for word in words]).items():
        action = next(action for action in _actions(own) if action["dest"] == name)
        if action.get("action") in {None, "store", "append", "extend"}:
            typed = (
                [_typed(machine, action, item) for item in value]
                if isinstance(value, list)
                else _typed(machine, action, value)
            )
            result.attributes[name] = typed
        else:
            result.attributes[name] = value


def _given(machine: Machine, own: Instance, words: list[str]) -> dict[str, object]:
    import argparse

    class Quiet(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise argparse.ArgumentError(None, message)

    parser = Quiet(add_help=False, argument_default=argparse.SUPPRESS)
    try:
        for action in _actions(own):
            options: dict[str, object] = {}
            for name in ("action", "nargs", "const"):
                if name in action and first_unknown(action[name], machine) is None:
                    options[name] = action[name]
            flags = action["flags"]
            assert isinstance(flags, list)
            if action["is_option"]:
                options["dest"] = action["dest"]
            parser.add_argument(*flags, **options)  # type: ignore[arg-type]
        return dict(vars(parser.parse_args(words)))
    except (argparse.ArgumentError, TypeError, ValueError, SystemExit) as error:
        raise Undetermined(machine.unknown(Why.UNSUPPORTED, "parse_args() of such arguments")) from error


def _parse_known(machine: Machine, own: Instance, args: object = None, namespace: object = None) -> object:
    return (_parse(machine, own, args, namespace), [])


def _get_default(machine: Machine, own: Instance, name: object) -> object:
    for action in _actions(own):
        if action["dest"] == name:
            return _default_of(machine, action)
    return _defaults(own).get(str(name))


def _add_subparsers(machine: Machine, own: Instance, /, **kwargs: object) -> object:
    dest = kwargs.get("dest")
    if isinstance(dest, str):
        _actions(own).append({"dest": dest, "flags": [], "is_option": True, "required": kwargs.get("required", False)})
    group = Instance(make_class(machine, "_SubParsersAction", {"add_parser": _add_parser}))
    group.attributes["_class"] = own.cls
    return group


def _add_parser(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> object:
    del args
    kwargs.pop("help", None)
    cls = own.attributes["_class"]
    return machine.call(cls, (), kwargs)


def _fail(machine: Machine, own: Instance, /, *args: object, **kwargs: object) -> object:
    del own, args, kwargs
    return machine.raise_error("SystemExit", "2")


_ADDING: dict[str, Callable[..., object]] = {
    "add_argument": _add_argument,
    "add_argument_group": _add_group,
    "add_mutually_exclusive_group": _add_group,
    "set_defaults": _set_defaults,
}


def _parser(machine: Machine) -> Class:
    cls = make_class(
        machine,
        "ArgumentParser",
        {
            **_ADDING,
            "__init__": _parser_init,
            "parse_args": _parse,
            "parse_known_args": _parse_known,
            "parse_intermixed_args": _parse,
            "get_default": _get_default,
            "add_subparsers": _add_subparsers,
            "error": _fail,
            "exit": _fail,
        },
    )
    for name in ("print_help", "print_usage", "register"):
        cls.attributes[name] = nothing(name)
    return cls


parser_class = shared_class("argparse.ArgumentParser", _parser)
_group_class = shared_class("argparse.Group", lambda machine: make_class(machine, "_ArgumentGroup", _ADDING))


def _formatter(name: str) -> Lazy:
    return Lazy(shared_class(f"argparse.{name}", lambda machine: make_class(machine, name, {})))


register(
    "argparse",
    {
        "ArgumentParser": Lazy(parser_class),
        "Namespace": Lazy(namespace_class),
        "Action": Lazy(_action_class),
        "SUPPRESS": SUPPRESS,
        "REMAINDER": "...",
        "OPTIONAL": "?",
        "ZERO_OR_MORE": "*",
        "ONE_OR_MORE": "+",
        **{
            name: _formatter(name)
            for name in (
                "ArgumentDefaultsHelpFormatter",
                "RawTextHelpFormatter",
                "RawDescriptionHelpFormatter",
                "HelpFormatter",
                "MetavarTypeHelpFormatter",
                "BooleanOptionalAction",
            )
        },
    },
)


def _error_class(name: str, machine: Machine) -> Class:
    return machine.new_class(name, [machine.builtin_class("Exception")], {})


_ARGUMENT_ERRORS = ("ArgumentTypeError", "ArgumentError")
register(
    "argparse",
    {
        name: Lazy(
            shared_class(
                f"argparse.{name}",
                partial(_error_class, name),
            )
        )
        for name in _ARGUMENT_ERRORS
    },
)
