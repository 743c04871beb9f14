"""What changes no model: logging, warnings, progress bars; and modules whose every answer comes from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keraslint.interp.overlays import Lazy, RawNative, raw, register
from keraslint.interp.overlays.builtins_iteration import number_range
from keraslint.interp.overlays.items import make_class, named, nothing, shared_class, unknown_call
from keraslint.interp.overlays.methods import operators_of
from keraslint.values.program import Class, Instance
from keraslint.values.unknown import PlainUnknown, Unknown, Why

if TYPE_CHECKING:  # natives only call its methods
    from keraslint.interp.machine import Machine


# logging


class Logger:
    """A logger, handler or formatter: it takes everything and gives nothing."""

    def get_member(self, machine: Machine, name: str) -> object:
        """Return a method that does nothing, or what a logger has."""
        if name in {"handlers", "filters"}:
            return []
        if name in {"level", "name", "disabled", "root", "parent", "manager"}:
            return machine.unknown(Why.UNSUPPORTED, f"logger.{name}")
        if name in {"isEnabledFor", "hasHandlers", "getEffectiveLevel"}:
            return unknown_call(f"logger.{name}", Why.UNSUPPORTED)
        if name == "getChild":
            return RawNative("logger.getChild", lambda _machine, *_args: self)
        return nothing(f"logger.{name}")


_LOGGER = Logger()
_LEVELS = {"CRITICAL": 50, "FATAL": 50, "ERROR": 40, "WARNING": 30, "WARN": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0}


def _logger(machine: Machine, *args: object, **kwargs: object) -> object:
    del machine, args, kwargs
    return _LOGGER


def _logging_class(name: str) -> Lazy:
    methods = {
        n: nothing(n).function
        for n in ("__init__", "emit", "setLevel", "setFormatter", "addFilter", "flush", "close", "format", "handle")
    }
    return Lazy(shared_class(f"logging.{name}", lambda machine: make_class(machine, name, methods)))


_LOGGING = "critical fatal error warning warn info debug log exception basicConfig disable addLevelName captureWarnings set_verbosity set_stderrthreshold vlog log_first_n log_every_n use_absl_handler use_python_logging"
_HANDLERS = "StreamHandler FileHandler NullHandler Formatter Handler Filter LoggerAdapter Logger LogRecord RotatingFileHandler TimedRotatingFileHandler QueueHandler"
for _module in ("logging", "absl.logging", "tf.logging"):
    register(_module, {name: nothing(f"{_module}.{name}") for name in _LOGGING.split()})
    register(_module, _LEVELS)
    register(
        _module,
        {
            "getLogger": RawNative("logging.getLogger", _logger),
            "get_absl_logger": RawNative("logging.getLogger", _logger),
        },
    )
    register(_module, {"root": _LOGGER})
register("logging", {name: _logging_class(name) for name in _HANDLERS.split()})
register(
    "logging.handlers", {name: _logging_class(name) for name in ("RotatingFileHandler", "TimedRotatingFileHandler")}
)
register("logging.config", {"dictConfig": nothing("dictConfig"), "fileConfig": nothing("fileConfig")})

register(
    "warnings",
    {
        name: nothing(f"warnings.{name}")
        for name in ("warn", "filterwarnings", "simplefilter", "resetwarnings", "showwarning", "warn_explicit")
    },
)
register("pprint", {"pprint": nothing("pprint"), "pformat": unknown_call("pformat", Why.UNSUPPORTED)})
register(
    "traceback",
    {name: nothing(f"traceback.{name}") for name in ("print_exc", "print_stack", "print_exception", "format_exc")},
)
register("atexit", {"register": RawNative("atexit.register", lambda _machine, function, *_args, **_kwargs: function)})
register(
    "gc",
    {
        "collect": RawNative("gc.collect", lambda _machine, *_args: 0),
        "enable": nothing("gc.enable"),
        "disable": nothing("gc.disable"),
    },
)
register("IPython.display", {name: nothing(name) for name in ("display", "clear_output")})
register("faulthandler", {"enable": nothing("faulthandler.enable")})


# progress bars


def _bar_init(machine: Machine, own: Instance, iterable: object = None, *_: object, **kwargs: object) -> None:
    del machine
    own.data = kwargs.get("iterable", iterable) if iterable is None else iterable
    if own.data is None:
        own.data = ()


def _itself(machine: Machine, own: Instance, *_: object) -> object:
    del machine
    return own


def _bar_method(machine: Machine, own: Instance, name: object) -> object:
    del machine, own
    return nothing(str(name))


_bar_class = shared_class(
    "tqdm.tqdm",
    lambda machine: make_class(
        machine,
        "tqdm",
        {
            "__init__": _bar_init,
            "__enter__": _itself,
            "__exit__": nothing("__exit__").function,
            "update": nothing("update").function,
            "__getattr__": _bar_method,
        },
        static={"write": nothing("write").function, "pandas": nothing("pandas").function},
    ),
)


def _range_bar(machine: Machine, *args: object, **kwargs: object) -> object:
    del kwargs
    return number_range(machine, *args)


for _module in ("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.std", "tqdm.autonotebook", "tqdm.rich"):
    register(
        _module,
        {
            "tqdm": Lazy(_bar_class),
            "tqdm_notebook": Lazy(_bar_class),
            "trange": RawNative("tqdm.trange", _range_bar),
            "tnrange": RawNative("tqdm.trange", _range_bar),
        },
    )


# six

register(
    "six",
    {
        "string_types": Lazy(lambda machine: (machine.builtin_class("str"),)),
        "integer_types": Lazy(lambda machine: (machine.builtin_class("int"),)),
        "class_types": Lazy(lambda machine: (machine.builtin_class("type"),)),
        "binary_type": Lazy(lambda machine: machine.builtin_class("bytes")),
        "PY2": False,
        "PY3": True,
        "python_2_unicode_compatible": RawNative("six.unicode", lambda _machine, cls: cls),
    },
)


def _of_dict(name: str) -> RawNative:
    return RawNative(f"six.iter{name}", lambda machine, value: machine.call(machine.get_attribute(value, name), (), {}))


register("six", {f"iter{name}": _of_dict(name) for name in ("items", "keys", "values")})
register("six", {f"view{name}": _of_dict(name) for name in ("items", "keys", "values")})


@raw("six.add_metaclass")
def add_metaclass(machine: Machine, metaclass: object) -> object:
    """Return a decorator that gives a class a metaclass."""
    del machine

    def decorate(machine: Machine, cls: object) -> object:
        if isinstance(cls, Class) and isinstance(metaclass, Class) and metaclass.name in {"ABCMeta", "type"}:
            cls.metaclass = metaclass if metaclass.name == "ABCMeta" else None
        elif isinstance(cls, Class):
            cls.opaque = machine.unknown(Why.UNSUPPORTED, f"the metaclass of {cls.name}")
        return cls

    return RawNative("six.add_metaclass", decorate)


@raw("six.with_metaclass")
def with_metaclass(machine: Machine, metaclass: object, *bases: object) -> object:
    """Return a base class with a metaclass."""
    cls = machine.new_class("temporary_class", list(bases), {})
    if isinstance(metaclass, Class):
        cls.metaclass = metaclass if metaclass.name != "type" else None
    else:
        cls.opaque = machine.unknown(Why.UNSUPPORTED, "a metaclass")
    return cls


# versions

_NUMBER = "0123456789"


def _version_init(machine: Machine, own: Instance, text: object = "0") -> None:
    if not isinstance(text, str):
        own.data = named(machine, "version", text)
        return
    parts: list[object] = []
    for word in text.split("+")[0].split("."):
        digits = ""
        for character in word:
            if character not in _NUMBER:
                break
            digits += character
        if not digits:
            break
        parts.append(int(digits))
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    own.data = tuple(parts)
    own.attributes.update(
        {"major": parts[0] if parts else 0, "minor": parts[1] if len(parts) > 1 else 0, "_text": text}
    )


def _version_text(machine: Machine, own: Instance) -> object:
    del machine
    return own.attributes.get("_text", own.data)


_version_class = shared_class(
    "packaging.Version",
    lambda machine: make_class(
        machine, "Version", {"__init__": _version_init, "__str__": _version_text, **operators_of(())}
    ),
)
_VERSIONS = {
    "packaging.version": ("parse", "Version"),
    "distutils.version": ("LooseVersion", "StrictVersion"),
    "pkg_resources": ("parse_version",),
}
for _module, _names in _VERSIONS.items():
    register(_module, {name: Lazy(_version_class) for name in _names})


# modules whose answers come from outside

_OUTSIDE = "glob pickle cPickle csv io shutil subprocess tempfile threading multiprocessing multiprocessing.pool concurrent.futures socket urllib urllib.request urllib.parse zipfile tarfile gzip bz2 lzma hashlib hmac base64 struct platform getpass signal queue asyncio ctypes configparser sqlite3 select locale errno resource codecs fnmatch http.client ssl email html xml.etree.ElementTree decimal linecache cProfile pstats timeit array weakref shlex optparse zlib binascii joblib psutil"


_PLAIN = {
    "base64",
    "binascii",
    "getpass",
    "glob",
    "hashlib",
    "hmac",
    "locale",
    "platform",
    "socket",
    "struct",
    "tempfile",
    "timeit",
    "zlib",
}
"""Of these, the modules that give numbers, texts and names of files."""


def _resolve_outside(machine: Machine, module: str, name: str) -> object:
    del machine
    is_plain = module.partition(".")[0] in _PLAIN
    return unknown_call(f"{module}.{name}", kind=PlainUnknown if is_plain else Unknown)


def _module_resolver(module: str) -> RawNative:
    return RawNative(module, _resolve_outside)


for _module in _OUTSIDE.split():
    register(_module, {})
register(
    "resolve",
    {name: _module_resolver(name) for name in dict.fromkeys(word.partition(".")[0] for word in _OUTSIDE.split())},
)


@raw("fnmatch.fnmatch", "fnmatch.fnmatchcase")
def name_matches(machine: Machine, name: object, pattern: object) -> object:
    """Return whether a name fits a shell pattern."""
    import fnmatch

    if not isinstance(name, str) or not isinstance(pattern, str) or pattern.count("*") > 4:
        return machine.unknown(Why.UNSUPPORTED, "fnmatch()")
    return machine.guard(fnmatch.fnmatchcase, name, pattern)
