"""What rules import from ``keraslint`` is there, and costs nothing until it is used."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import keraslint

ROOT = Path(keraslint.__file__).parents[2]


def test_importing_keraslint_loads_nothing_else() -> None:
    script = "import sys, keraslint; print([m for m in sys.modules if m.startswith('keraslint.') or m == 'msgspec'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_names_for_type_checkers_are_those_at_run_time() -> None:
    text = Path(keraslint.__file__).read_text()
    block = text[text.index("if TYPE_CHECKING") : text.index("__version__")]
    typed = set(re.findall(r"(\w+) as \1\b", block))
    assert typed == set(keraslint._HOME)


def test_every_name_of_the_facade_is_there() -> None:
    for name in keraslint._HOME:
        assert getattr(keraslint, name) is not None
        assert name in dir(keraslint)


def test_rules_import_nothing_of_keraslint_but_the_facade() -> None:
    for path in (ROOT / "rules").rglob("*.py"):
        imports = re.findall(r"^\s*(?:from|import) (keraslint[\w.]*)", path.read_text(), re.MULTILINE)
        assert {name for name in imports if not name.startswith("keraslint_rules")} <= {"keraslint"}, path
