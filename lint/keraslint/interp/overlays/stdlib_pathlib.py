"""``pathlib`` on texts; what the disk decides is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keraslint.interp.overlays import Lazy, register
from keraslint.interp.overlays.items import make_class, nothing, shared_class, unknown_call
from keraslint.interp.overlays.stdlib_os import path_text
from keraslint.values.program import Class, Instance
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from pathlib import PurePosixPath

    from keraslint.interp.machine import Machine


def _pure(own: Instance) -> PurePosixPath:
    from pathlib import PurePosixPath

    text = own.attributes.get("_text")
    if isinstance(text, Unknown):
        raise Undetermined(Unknown(text.why, f"a path with {text.symbol or text.what}"[:160], text.where))
    return PurePosixPath(str(text))


def _made(machine: Machine, text: object) -> Instance:
    instance = Instance(path_class(machine))
    instance.attributes["_text"] = text
    return instance


def _init(machine: Machine, own: Instance, *parts: object) -> None:
    own.attributes["_text"] = _joined(machine, parts)


def _joined(machine: Machine, parts: tuple[object, ...]) -> object:
    from pathlib import PurePosixPath

    texts: list[str] = []
    for part in parts:
        text = path_text(machine, part)
        if isinstance(text, Unknown):
            return text
        if not isinstance(text, str):
            machine.raise_error("TypeError", "argument should be a str or an os.PathLike object")
        texts.append(text)
    return str(PurePosixPath(*texts))


def _text(machine: Machine, own: Instance) -> object:
    del machine
    return own.attributes.get("_text")


def _represent(machine: Machine, own: Instance) -> object:
    del machine
    return f"PosixPath({str(_pure(own))!r})"


def _join(machine: Machine, own: Instance, *others: object) -> object:
    return _made(machine, _joined(machine, (own, *others)))


def _reflected_join(machine: Machine, own: Instance, other: object) -> object:
    return _made(machine, _joined(machine, (other, own)))


def _equal(machine: Machine, own: Instance, other: object) -> object:
    if not isinstance(other, Instance) or "_text" not in other.attributes:
        return False
    return machine.compare("==", own.attributes["_text"], other.attributes["_text"])


def _less(machine: Machine, own: Instance, other: Instance) -> object:
    del machine
    return _pure(own) < _pure(other)


def _value(name: str) -> Callable[..., object]:
    def get(machine: Machine, own: Instance) -> object:
        found = getattr(_pure(own), name)
        del machine
        return list(found) if name == "suffixes" else found

    return get


def _parent(machine: Machine, own: Instance) -> object:
    return _made(machine, str(_pure(own).parent))


def _parents(machine: Machine, own: Instance) -> object:
    return tuple(_made(machine, str(parent)) for parent in _pure(own).parents)


def _changed(name: str) -> Callable[..., object]:
    def change(machine: Machine, own: Instance, *args: object) -> object:
        texts = [path_text(machine, arg) for arg in args]
        unknown = next((text for text in texts if isinstance(text, Unknown)), None)
        if unknown is not None:
            raise Undetermined(unknown)
        return _made(machine, str(machine.guard(getattr(_pure(own), name), *texts)))

    return change


def _answer(name: str) -> Callable[..., object]:
    def answer(machine: Machine, own: Instance, *args: object) -> object:
        return machine.guard(getattr(_pure(own), name), *[path_text(machine, arg) for arg in args])

    return answer


def _somewhere(machine: Machine, own: Instance, *args: object, **kwargs: object) -> object:
    del args, kwargs
    path = _pure(own)
    if path.is_absolute() and ".." not in path.parts:
        return own
    return _made(machine, machine.unknown(Why.DATA, "the absolute path"))


def _opened(machine: Machine, *args: object, **kwargs: object) -> object:
    del args, kwargs
    return machine.unknown(Why.DATA, "the content of a file")


def _make(machine: Machine) -> Class:
    cls = make_class(
        machine,
        "Path",
        {
            "__init__": _init,
            "__str__": _text,
            "__fspath__": _text,
            "as_posix": _text,
            "__repr__": _represent,
            "__truediv__": _join,
            "__rtruediv__": _reflected_join,
            "joinpath": _join,
            "__eq__": _equal,
            "__lt__": _less,
            "resolve": _somewhere,
            "absolute": _somewhere,
            **{name: _changed(name) for name in ("with_suffix", "with_name", "with_stem", "relative_to")},
            **{name: _answer(name) for name in ("is_absolute", "match", "as_uri", "is_relative_to")},
        },
        properties={
            **{
                name: _value(name)
                for name in ("name", "stem", "suffix", "suffixes", "parts", "anchor", "root", "drive")
            },
            "parent": _parent,
            "parents": _parents,
        },
        static={"home": _opened, "cwd": _opened},
    )
    for name in ("mkdir", "touch", "unlink", "rmdir", "rename", "write_text", "write_bytes", "chmod"):
        cls.attributes[name] = nothing(f"Path.{name}")
    for name in "exists is_dir is_file is_symlink glob rglob iterdir read_text read_bytes stat open expanduser samefile walk".split():  # noqa: SIM905  a list of names
        cls.attributes[name] = unknown_call(f"Path.{name}")
    return cls


path_class = shared_class("pathlib.Path", _make)
register(
    "pathlib",
    {
        name: Lazy(path_class)
        for name in ("Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath")
    },
)
