"""Modules across files: what a package's ``result`` is in the machine and in Python, over the same files."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from keraslint.catalogue.versions import Keras
from keraslint.interp.machine import Machine
from keraslint.interp.signals import Thrown
from keraslint.values.program import Module
from tests.interp.overlay_programs import plain

Files = dict[str, str]
_INIT = ""
_LAYOUTS: dict[str, Files] = {
    "absolute and relative imports": {
        "main.py": "import pkg.a\nfrom pkg.sub import b\nfrom pkg.sub.b import y as z\nresult = pkg.a.x, b.y, z, pkg.sub.b.up",
        "pkg/__init__.py": _INIT,
        "pkg/a.py": "x = 1",
        "pkg/sub/__init__.py": _INIT,
        "pkg/sub/b.py": "from ..a import x as up\nfrom . import c\nfrom .c import *\ny = c.w + up + v",
        "pkg/sub/c.py": "w = 10\nv = 100",
    },
    "what a package gives on": {
        "main.py": "from pkg import build, Net\nimport pkg\nresult = build(), Net.size, pkg.inner.build(), pkg.__name__, sorted(pkg.__all__)",
        "pkg/__init__.py": "from .inner import build\nfrom .nets import Net as Net\n__all__ = ['build', 'Net']",
        "pkg/inner.py": "def build(): return helper() + 1\ndef helper(): return 4",
        "pkg/nets.py": "from pkg import inner\nclass Net:\n    size = inner.build()",
    },
    "a star import with and without __all__": {
        "main.py": "from a import *\nfrom b import *\nresult = shown, _hidden, other, 'secret' in globals(), '_private' in globals()",
        "a.py": "__all__ = ['shown', '_hidden']\nshown = 1\n_hidden = 2\nsecret = 3",
        "b.py": "import a as other_module\nother = 5\n_private = 6",
    },
    "star imports of star imports": {
        "main.py": "from pkg import *\nresult = f(), g(), X",
        "pkg/__init__.py": "from .a import *\nfrom .b import *",
        "pkg/a.py": "from .b import *\ndef f(): return X + 1",
        "pkg/b.py": "X = 7\ndef g(): return X",
    },
    "modules that import each other": {
        "main.py": "import a\nimport b\nresult = a.f(), b.g(), a.b is b, b.a is a",
        "a.py": "import b\ndef f(): return b.value + 1\nvalue = 10",
        "b.py": "import a\ndef g(): return a.value + 2\nvalue = 20",
    },
    "a circular import of a name that is not there yet": {
        "main.py": "try:\n    import a\n    result = 'imported'\nexcept ImportError as error:\n    result = 'refused'",
        "a.py": "from b import late\nearly = 1",
        "b.py": "from a import early\nlate = 2",
    },
    "an import in a function": {
        "main.py": "def f():\n    from a import x\n    import pkg.b as c\n    return x + c.y\nresult = f(), 'x' in globals()",
        "a.py": "x = 1",
        "pkg/__init__.py": _INIT,
        "pkg/b.py": "y = 2",
    },
    "conditional imports": {
        "main.py": "import sys\nif sys.version_info >= (3,):\n    from a import x\nelse:\n    from b import x\ntry:\n    from a import missing\nexcept ImportError:\n    missing = 'none'\ntry:\n    import no_such_module_of_this_project.sub\nexcept ModuleNotFoundError as error:\n    kind = isinstance(error, ImportError)\nresult = x, missing",
        "a.py": "x = 1",
        "b.py": "x = 2",
    },
    "a package without __init__": {
        "main.py": "from space.a import x\nimport space.inner.b\nresult = x, space.inner.b.y",
        "space/a.py": "x = 1",
        "space/inner/b.py": "y = 2",
    },
    "a lazy member of a module": {
        "main.py": "import lazy\nfrom lazy import made\nresult = lazy.value, made, hasattr(lazy, 'absent')",
        "lazy.py": "import importlib\nasked = []\ndef __getattr__(name):\n    if name.startswith('a'):\n        raise AttributeError(name)\n    return name.upper()",
    },
    "a module is run once": {
        "main.py": "import a, b\nfrom a import log\nimport a as again\nresult = log, again is a, b.a is a",
        "a.py": "log = []\nlog.append(__name__)",
        "b.py": "import a\na.log.append(__name__)",
    },
    "state that modules share": {
        "main.py": "import config, user\nconfig.UNITS = 9\nconfig.SETTINGS['a'] = 1\nfrom config import UNITS\nresult = user.read(), user.UNITS, UNITS, user.SETTINGS",
        "config.py": "UNITS = 4\nSETTINGS = {}",
        "user.py": "import config\nfrom config import UNITS, SETTINGS\ndef read(): return config.UNITS",
    },
    "a module's own names": {
        "main.py": "import pkg.mod\nresult = pkg.mod.name, pkg.mod.package, pkg.mod.__name__, pkg.mod.f.__module__, pkg.mod.doc, pkg.__package__",
        "pkg/__init__.py": _INIT,
        "pkg/mod.py": '"""What it is."""\nname = __name__\npackage = __package__\ndoc = __doc__\ndef f(): pass',
    },
    "submodules become attributes": {
        "main.py": "import pkg\nbefore = hasattr(pkg, 'late')\nimport pkg.late\nresult = before, pkg.late.x, hasattr(pkg, 'never')",
        "pkg/__init__.py": _INIT,
        "pkg/late.py": "x = 3",
    },
    "a name beats a submodule": {
        "main.py": "from pkg import thing\nresult = thing",
        "pkg/__init__.py": "thing = 'name'",
        "pkg/thing.py": "x = 3",
    },
    "where a package is": {
        "main.py": "import pkg, pkg.mod\nresult = len(pkg.__path__), hasattr(pkg.mod, '__path__'), pkg.more",
        "pkg/__init__.py": "import os\n__path__.append(os.path.join(os.path.dirname(__file__), 'api'))\nmore = len(__path__)",
        "pkg/mod.py": "x = 3",
    },
    "importlib": {
        "main.py": "import importlib\nm = importlib.import_module('pkg.a')\nn = importlib.import_module('.a', package='pkg')\nresult = m.x, n is m, getattr(importlib.import_module('pkg'), 'a').x",
        "pkg/__init__.py": _INIT,
        "pkg/a.py": "x = 3",
    },
    "an alias of a submodule": {
        "main.py": "import pkg.sub.deep as deep\nfrom pkg import sub as s\nresult = deep.x, s.deep.x",
        "pkg/__init__.py": _INIT,
        "pkg/sub/__init__.py": "from . import deep",
        "pkg/sub/deep.py": "x = 5",
    },
    "a registry filled by imports": {
        "main.py": "from nets import registry\nresult = sorted(registry.TABLE), registry.build('small')",
        "nets/__init__.py": "from . import small, large",
        "nets/registry.py": "TABLE = {}\ndef add(f):\n    TABLE[f.__name__] = f\n    return f\ndef build(name): return TABLE[name]()",
        "nets/small.py": "from .registry import add\n@add\ndef small(): return 8",
        "nets/large.py": "from nets.registry import add\n@add\ndef large(): return 64",
    },
    "a failing import is forgotten": {
        "main.py": "import log\nfor _ in range(2):\n    try:\n        import bad\n    except ValueError:\n        pass\nresult = log.seen",
        "log.py": "seen = []",
        "bad.py": "import log\nlog.seen.append(1)\nraise ValueError",
    },
    "too many dots": {
        "main.py": "try:\n    import pkg.a\nexcept ImportError as error:\n    result = 'refused'",
        "pkg/__init__.py": _INIT,
        "pkg/a.py": "from ... import x",
    },
}


def _of_machine(files: Files, root: str) -> object:
    contents = {f"{root}{path}": text.encode() for path, text in files.items()}
    folders = {str(parent) for path in contents for parent in Path(path).parents}
    machine = Machine(
        Keras.THREE,
        environment={},
        roots=[root.rstrip("/")],
        read=contents.get,
        is_folder=folders.__contains__,
        assume={},
    )
    try:
        module = machine.import_module("main", None, whole=True)
    except Thrown as thrown:
        return "raised", thrown.value.cls.name, thrown.message
    assert isinstance(module, Module)
    return plain(module.namespace.get("result"))


def _of_python(files: Files, folder: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    try:
        return plain(importlib.import_module("main").result)
    finally:
        for name in set(sys.modules) - before:
            del sys.modules[name]


@pytest.mark.parametrize("root", ["", "src/"], ids=["at the top", "under src"])
@pytest.mark.parametrize("title", _LAYOUTS)
def test_a_package_gives_what_it_gives_in_python(
    title: str, root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _of_python(_LAYOUTS[title], tmp_path, monkeypatch)
    assert _of_machine(_LAYOUTS[title], root) == expected
