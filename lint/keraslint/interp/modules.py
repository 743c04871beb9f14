"""Imports: modules of the project are read as source, modules that keraslint knows are native, others are not known."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from keraslint.catalogue.addons import addons_text
from keraslint.catalogue.spec import Refused
from keraslint.catalogue.versions import Keras
from keraslint.interp.api import note_import, note_unknown_member
from keraslint.interp.overlays import COMPLETE, MODULES, Lazy
from keraslint.interp.overlays.names import (
    canonical_module,
    is_module,
    is_native_root,
    resolve_member,
)
from keraslint.interp.signals import Thrown
from keraslint.source.text import SourceError
from keraslint.values.program import MISSING, Module
from keraslint.values.unknown import Undetermined, Unknown, Why

if TYPE_CHECKING:  # the machine calls these functions
    from keraslint.interp.machine import Machine

_INSTALLED = frozenset(
    [
        "absl",
        "astunparse",
        "flatbuffers",
        "gast",
        "google",
        "grpc",
        "h5py",
        "ml_dtypes",
        "namex",
        "numpy",
        "opt_einsum",
        "optree",
        "packaging",
        "requests",
        "rich",
        "six",
        "tensorboard",
        "termcolor",
        "typing_extensions",
        "wrapt",
    ]
)
"""Packages that Keras or TensorFlow cannot be without."""


def import_module(machine: Machine, name: str, importer: object, *, whole: bool) -> object:
    """Carry out ``import a.b.c``: return ``a.b.c`` where ``whole``, else the top package."""
    del importer
    note_import(machine, name, None)
    module = find_module(machine, name)
    if whole:
        return module
    top, _, rest = name.partition(".")
    package = find_module(machine, top)
    if isinstance(package, Module) and rest and isinstance(module, Module) and not package.is_native:
        _attach(machine, name, module)
    return package


def _attach(machine: Machine, name: str, module: Module) -> None:
    """Set a submodule as an attribute of its package, all the way up."""
    parent_name, _, leaf = name.rpartition(".")
    while parent_name:
        parent = machine.modules.get(parent_name)
        if isinstance(parent, Module) and not parent.is_native:
            parent.namespace.setdefault(leaf, module)
        next_module = parent
        parent_name, _, leaf = parent_name.rpartition(".")
        if not isinstance(next_module, Module):
            return
        module = next_module


def import_from(machine: Machine, name: str, level: int, member: str, importer: object) -> object:
    """Carry out ``from name import member``."""
    absolute = absolute_name(name, level, importer)
    if absolute == "__future__":
        return None
    note_import(machine, absolute, member)
    module = find_module(machine, absolute)
    if isinstance(module, Module):
        found = module_member(machine, module, member)
        if found is not MISSING:
            if isinstance(found, Unknown) and not found.symbol and not module.is_native:
                return found
            return found
        submodule = find_module(machine, f"{absolute}.{member}")
        if isinstance(submodule, Module):
            _attach(machine, f"{absolute}.{member}", submodule)
            return submodule
        if module.is_native and module.name not in COMPLETE:
            return Unknown(Why.UNSUPPORTED, f"{module.name}.{member}", machine.span)
        return machine.raise_error("ImportError", f"cannot import name '{member}' from '{absolute}'")
    assert isinstance(module, Unknown)
    return Unknown(module.why, f"{absolute}.{member}, which is not in the source", machine.span, member)


def import_star(machine: Machine, name: str, level: int, importer: object) -> None:
    """Carry out ``from name import *``."""
    module = find_module(machine, absolute_name(name, level, importer))
    assert isinstance(importer, Module)
    if not isinstance(module, Module):
        machine.star_imports.setdefault(importer.name, []).append(module)
        return
    if module.is_native:
        machine.star_imports.setdefault(importer.name, []).append(module)
        for member in importer.namespace:
            value = MISSING if member.startswith("_") else _modelled_member(machine, module, member)
            if value is not MISSING:
                importer.namespace[member] = value
        return
    exported = module.namespace.get("__all__")
    names = exported if isinstance(exported, list | tuple) else [n for n in module.namespace if not n.startswith("_")]
    for member in names:
        if isinstance(member, str):
            value = module_member(machine, module, member)
            if value is not MISSING:
                importer.namespace[member] = value
    machine.star_imports.setdefault(importer.name, []).extend(machine.star_imports.get(module.name, []))


def absolute_name(name: str, level: int, importer: object) -> str:
    """Return the absolute name of a possibly relative import."""
    if level == 0 or not isinstance(importer, Module):
        return name
    package = importer.name if importer.path.endswith("__init__.py") else importer.name.rpartition(".")[0]
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{name}" if name and package else package or name


def module_name(
    path: str, roots: Sequence[str], read: Callable[[str], bytes | None], home: str = ""
) -> tuple[str, str]:
    """Return a file's dotted module name and the folder that its package lies in.

    ``home``: the absolute folder that relative paths start from; without it nothing above them is looked at.
    """
    plain = path.removesuffix(".ipynb").removesuffix(".py")
    for root in roots:
        if root and plain.startswith(f"{root.rstrip('/')}/"):
            return _dotted(plain[len(root.rstrip("/")) + 1 :]), root.rstrip("/")
    folder, name = posixpath.split(plain)
    parts = [name]
    while (folder or home).strip("/") and read(posixpath.join(folder, "__init__.py")) is not None:
        folder, name = posixpath.split(folder or home)
        parts.insert(0, name)
    return _dotted("/".join(parts)), folder


def _dotted(path: str) -> str:
    name = path.strip("/").replace("/", ".")
    return name.removesuffix(".__init__") or "__init__"


def find_module(machine: Machine, name: str) -> Module | Unknown:
    """Return a module by absolute name, or an Unknown; where the program is ready for its lack, it may be missing."""
    module = _find_module(machine, name)
    if machine.import_guards and _may_be_absent(module, name):
        package = name.partition(".")[0]
        installed = Unknown(Why.IMPORT, f"whether {package} is installed", machine.span, f"import {package} succeeds")
        is_present = machine.are_imports_present
        if is_present is None:
            is_present = machine.choices.choose(installed, installed.symbol, machine.span)
        if not is_present:
            machine.raise_error("ModuleNotFoundError", f"No module named '{package}'", name=package)
    return module


def is_doubtful(machine: Machine, name: str) -> bool:
    """Return whether a module is neither known nor in the source, and may not be installed."""
    return _may_be_absent(_find_module(machine, name), name)


def _may_be_absent(module: Module | Unknown, name: str) -> bool:
    return isinstance(module, Unknown) and module.why is Why.IMPORT and name.partition(".")[0] not in _INSTALLED


def _find_module(machine: Machine, name: str) -> Module | Unknown:
    found = machine.modules.get(name)
    if found is not None:
        return found
    canonical = canonical_module(name)
    if canonical is not None:
        module = machine.modules.get(f"native:{canonical}")
        if module is None:
            module = Module(canonical, is_native=True)
            machine.modules[f"native:{canonical}"] = module
        machine.modules[name] = module
        return module
    path, data = locate(machine, name)
    if data is None and ".src." in name and is_native_root(name):
        return _find_module(machine, name.replace(".src.", "."))  # the package's own source is not there to be read
    if data is None:
        reason = f"the module {name}, which is not in the source"
        unknown = Unknown(Why.IMPORT, reason, machine.span, name)
        if is_native_root(name):
            unknown = Unknown(Why.UNSUPPORTED, f"the module {name}", machine.span)
        machine.modules[name] = unknown
        return unknown
    parent = name.rpartition(".")[0]
    if parent and path:
        _find_module(machine, parent)
        if name in machine.modules:
            return machine.modules[name]
    return load(machine, name, path, data)


def load(machine: Machine, name: str, path: str, data: bytes) -> Module | Unknown:
    """Evaluate a module's source."""
    module = Module(name, path)
    package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
    module.namespace.update({"__name__": name, "__file__": path, "__doc__": None, "__package__": package})
    if package == name:
        module.namespace["__path__"] = [posixpath.dirname(path)]
    machine.modules[name] = module
    try:
        statements = machine.program_of(path, data)
    except SourceError as error:
        unknown = Unknown(Why.IMPORT, f"{path}:{error.line} does not parse: {error.message}", machine.span)
        machine.modules[name] = unknown
        return unknown
    saved = machine.place, machine.frame, machine.stack
    machine.stack = []
    try:
        machine.run_statements(module, statements)
    except (Thrown, Refused):
        machine.modules.pop(name, None)  # as Python forgets a module whose import fails
        raise
    finally:
        machine.place, machine.frame, machine.stack = saved
    return module


def locate(machine: Machine, name: str) -> tuple[str, bytes | None]:
    """Return the path and content of a module's file, looked up in the roots in order."""
    relative = name.replace(".", "/")
    for root in machine.roots:
        for candidate in (f"{relative}/__init__.py", f"{relative}.py"):
            path = _below(root, candidate, machine.home)
            data = machine.read(path)
            if data is not None:
                return path, data
    for root in machine.roots:
        path = _below(root, relative, machine.home)
        if machine.is_folder(path):
            return f"{path}/__init__.py", b""
    path, text = addons_text(name) if machine.keras is Keras.TWO else ("", b"")
    return path, text or None


def _below(root: str, path: str, home: str) -> str:
    """Return a path below a root as a file is named everywhere: relative to the folder that relative paths start from."""
    joined = posixpath.join(root, path)
    return joined.removeprefix(f"{home}/") if home else joined


def module_member(machine: Machine, module: Module, name: str) -> object:
    """Return a module's attribute or ``MISSING``."""
    if not module.is_native:
        if name in module.namespace:
            return module.namespace[name]
        found = _star_member(machine, module, name) if module.name in machine.star_imports else MISSING
        if found is not MISSING and not isinstance(found, Unknown):
            return found
        if name == "__dict__":
            return module.namespace
        getter = module.namespace.get("__getattr__")
        if getter is not None:
            return machine.call(getter, (name,), {})
        submodule = machine.modules.get(f"{module.name}.{name}")
        return submodule if submodule is not None else found
    value = _modelled_member(machine, module, name)
    if value is not MISSING or module.name in COMPLETE:
        return value
    if module.name.partition(".")[0] == "tf" and name.islower():
        return find_module(machine, f"{module.name}.{name}".replace("tf.", "tensorflow.", 1))
    if name == "__version__":
        return MISSING
    note_unknown_member(machine, f"{module.name}.{name}")
    return Unknown(Why.UNSUPPORTED, f"{module.name}.{name}", machine.span)


def _modelled_member(machine: Machine, module: Module, name: str) -> object:
    """Return a member of a native module, ``MISSING`` where keraslint does not know of one."""
    if name in module.namespace:
        return module.namespace[name]
    value = MODULES.get(module.name, {}).get(name, MISSING)
    if isinstance(value, Lazy):
        value = value.make(machine)
    if value is MISSING:
        value = resolve_member(machine, module.name, name)
    if value is MISSING:
        full = f"{module.name}.{name}"
        return find_module(machine, full) if is_module(full, machine.keras) else MISSING
    module.namespace[name] = value
    return value


def _star_member(machine: Machine, module: Module, name: str) -> object:
    """Return what star imports of packages that are not read give: of the last that is known to have the name."""
    sources = machine.star_imports[module.name]
    for source in reversed(sources):
        found = _modelled_member(machine, source, name) if isinstance(source, Module) else MISSING
        if found is not MISSING:
            return found
    for source in sources:
        if isinstance(source, Unknown):
            return Unknown(source.why, f"{name} (from {source.what})", machine.span, name)
    doubtful = (module_member(machine, source, name) for source in sources if isinstance(source, Module))
    return next((found for found in doubtful if found is not MISSING), MISSING)


def set_native(machine: Machine, module: Module, name: str, value: object) -> None:
    """Carry out ``module.name = value`` on a native module (monkey patching): the member is what was set."""
    del machine
    module.namespace[name] = value


def import_package_of(machine: Machine, name: str) -> Module | None:
    """Import the package that a module is in, as Python does before it; return the module, where that imports it."""
    package = name.rpartition(".")[0]
    if not package or canonical_module(package) is not None:
        return None
    try:
        find_module(machine, package)
    except (Thrown, Refused, Undetermined):
        machine.unwind(0)
        return None
    found = machine.modules.get(name)
    return found if isinstance(found, Module) else None
