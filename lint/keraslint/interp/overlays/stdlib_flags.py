"""``absl.flags`` at their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.items import collect, make_class, nothing, shared_class
from keraslint.values.program import Class, Instance
from keraslint.values.unknown import Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


# absl.flags


def _flag_missing(machine: Machine, own: Instance, name: object) -> object:
    del own
    return machine.unknown(Why.INPUT, f"the flag {name}", f"FLAGS.{name}")


def _flags_call(machine: Machine, own: Instance, *args: object, **kwargs: object) -> object:
    del machine, own, kwargs
    return args[0] if args else []


def _make_flags(machine: Machine) -> Class:
    cls = make_class(machine, "FlagValues", {"__getattr__": _flag_missing, "__call__": _flags_call})
    for name in ("mark_as_parsed", "parse_flags_from_string", "append_flags_into_file"):
        cls.attributes[name] = nothing(name)
    return cls


_flags_class = shared_class("absl.FlagValues", _make_flags)


def flag_values(machine: Machine) -> Instance:
    """Return the one ``FLAGS`` of a run."""
    found = machine.global_state.get("absl flags")
    if not isinstance(found, Instance):
        found = Instance(_flags_class(machine))
        machine.global_state["absl flags"] = found
    return found


_HOLDER = shared_class("absl.FlagHolder", lambda machine: make_class(machine, "FlagHolder", {}))


def _define(kind: str) -> RawNative:
    def define(machine: Machine, name: object, default: object = None, *args: object, **kwargs: object) -> object:
        del args
        flags = flag_values(machine)
        holder = Instance(_HOLDER(machine))
        value = kwargs.get("default", default)
        if isinstance(value, str):
            value = _flag_value(machine, kind, value)
        if isinstance(name, str):
            if kwargs.get("required") is True:
                value = machine.unknown(Why.INPUT, f"the flag {name}", f"FLAGS.{name}")
            flags.attributes[name] = value
            holder.attributes["name"] = name
        holder.attributes.update({"value": value, "default": value})
        return holder

    return RawNative(f"absl.flags.{kind}", define)


def _flag_value(machine: Machine, kind: str, text: str) -> object:
    if kind in {"DEFINE_integer", "DEFINE_float"}:
        return machine.call(machine.builtin_class("int" if kind == "DEFINE_integer" else "float"), (text,), {})
    if kind in {"DEFINE_list", "DEFINE_spaceseplist"}:
        return [word.strip() for word in (text.split(",") if kind == "DEFINE_list" else text.split())] if text else []
    if kind in {"DEFINE_bool", "DEFINE_boolean"}:
        return text.lower() in {"true", "t", "1"}
    if kind in {"DEFINE_multi_integer", "DEFINE_multi_float", "DEFINE_multi_string", "DEFINE_multi_enum"}:
        return [text]
    return text


_KINDS = "string integer float bool boolean enum enum_class list spaceseplist multi_string multi_integer multi_float multi_enum alias flag".split()  # noqa: SIM905  a list of names
for _module in ("absl.flags", "tf.flags", "tf.app.flags"):
    register(
        _module,
        {
            **{f"DEFINE_{kind}": _define(f"DEFINE_{kind}") for kind in _KINDS},
            "FLAGS": Lazy(flag_values),
            "register_validator": nothing("register_validator"),
            "mark_flags_as_mutual_exclusive": nothing("mark_flags_as_mutual_exclusive"),
            "adopt_module_key_flags": nothing("adopt_module_key_flags"),
            "declare_key_flag": nothing("declare_key_flag"),
        },
    )


@raw("absl.flags.mark_flag_as_required", "tf.flags.mark_flag_as_required", inert=False)
def mark_required(machine: Machine, name: object, *_: object, **__: object) -> None:
    """Note that a flag has to be given."""
    flags = flag_values(machine)
    if isinstance(name, str) and flags.attributes.get(name) is None:
        flags.attributes[name] = machine.unknown(Why.INPUT, f"the flag {name}", f"FLAGS.{name}")
    elif isinstance(name, Instance):
        holder = name.attributes
        holder["value"] = machine.unknown(Why.INPUT, f"the flag {holder.get('name')}", f"FLAGS.{holder.get('name')}")


@raw("absl.flags.mark_flags_as_required", "tf.flags.mark_flags_as_required", inert=False)
def mark_all_required(machine: Machine, names: object) -> None:
    """Note that flags have to be given."""
    for name in collect(machine, names):
        mark_required(machine, name)


@raw("absl.app.run", "tf.app.run", inert=False)
def run_app(machine: Machine, main: object = None, *_: object, **__: object) -> object:
    """Run the program's main function."""
    if main is None:
        return machine.unknown(Why.UNSUPPORTED, "app.run() without a function")
    return machine.call(main, (["main"],), {})
