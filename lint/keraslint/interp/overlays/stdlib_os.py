"""``os`` and ``os.path``: paths as texts, the environment as the user gives it; what the disk decides is unknown."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.calls import first_unknown
from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.items import nothing, unknown_call
from keraslint.interp.overlays.methods_dict import get
from keraslint.values.program import MISSING, Instance
from keraslint.values.unknown import PlainUnknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


def environment(machine: Machine) -> dict[object, object]:
    """Return the one ``os.environ`` of a run."""
    found = machine.global_state.get("environ")
    if isinstance(found, dict):
        return found
    fresh: dict[object, object] = {name: value for name, value in machine.environment.items()}  # noqa: C416  of objects
    machine.global_state["environ"] = fresh
    return fresh


@raw("os.getenv", "os.environb.get")
def getenv(machine: Machine, key: object, default: object = None) -> object:
    """Return an environment variable."""
    return get(machine, environment(machine), key, default)


@raw("os.putenv", inert=False)
def putenv(machine: Machine, key: object, value: object) -> None:
    """Set an environment variable."""
    machine.set_item(environment(machine), key, value)


def path_text(machine: Machine, value: object) -> object:
    """Return a path as a text."""
    if isinstance(value, Instance):
        method = machine.find_special(value, "__fspath__")
        if method is not MISSING:
            return machine.call(method, (), {})
    return value


raw("os.fspath", "os.fsdecode")(path_text)


def _path(name: str, function: Callable[..., object]) -> RawNative:
    def compute(machine: Machine, *args: object) -> object:
        values = [path_text(machine, arg) for arg in args]
        cause = first_unknown(values, machine)
        if cause is not None:
            return PlainUnknown(
                cause.why, f"os.path.{name}() of {cause.symbol or cause.what}"[:160], cause.where or machine.span
            )
        return machine.guard(function, *values)

    return RawNative(f"os.path.{name}", compute)


_PURE = "basename commonpath commonprefix dirname isabs join normcase normpath split splitdrive splitext"
for _module in ("os.path", "posixpath"):
    register(
        _module,
        {
            **{name: _path(name, getattr(posixpath, name)) for name in _PURE.split()},
            **{
                name: unknown_call(f"os.path.{name}", kind=PlainUnknown)
                for name in "abspath exists expandvars getatime getctime getmtime getsize isdir isfile islink ismount lexists realpath relpath samefile".split()  # noqa: SIM905  a list of names
            },
            "sep": "/",
            "pardir": "..",
            "curdir": ".",
            "extsep": ".",
        },
    )


@raw("os.path.expanduser")
def expanduser(machine: Machine, path: object) -> object:
    """Return a path with ``~`` replaced."""
    path = path_text(machine, path)
    if isinstance(path, str) and not path.startswith("~"):
        return path
    return machine.unknown(Why.DATA, "os.path.expanduser()")


_UNKNOWN = "access cpu_count getcwd getlogin getpid getppid listdir popen read scandir sched_getaffinity stat statvfs system times uname urandom walk get_terminal_size nice"
_NOTHING = "chdir chmod chown close fsync kill link makedirs mkdir remove removedirs rename renames replace rmdir symlink truncate umask unlink unsetenv utime write"
register(
    "os",
    {
        "environ": Lazy(environment),
        "name": "posix",
        "sep": "/",
        "linesep": "\n",
        "pathsep": ":",
        "curdir": ".",
        "pardir": "..",
        "extsep": ".",
        "altsep": None,
        "devnull": "/dev/null",
        "PathLike": Lazy(lambda machine: machine.new_class("PathLike", [], {})),
        "error": Lazy(lambda machine: machine.builtin_class("OSError")),
        **{name: unknown_call(f"os.{name}", kind=PlainUnknown) for name in _UNKNOWN.split()},
        **{name: nothing(f"os.{name}") for name in _NOTHING.split()},
    },
)
