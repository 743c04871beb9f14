"""The shortest way to an answer: what the same run printed the last time, where nothing that it looked at has changed.

A run is the same where the arguments, the working folder, the terminal, Python and where it finds packages are. What it
looked at (``app.disk``) is told unchanged by the times, sizes and numbers of inodes. A file whose times are so young that
another change may not show in them leaves no answer, nor does a file that changed under the run. Nothing here imports
more than a few cheap modules of the standard library.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from keraslint import __version__
from keraslint.app import disk
from keraslint.app.store import Store, name_of, open_store

YOUNG = 2.0
"""Seconds in which two changes of a file may have the same time: that is so on FAT."""
MOST = 1 << 20
"""Characters of output that are worth keeping."""
_VARIABLES = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LINES", "HOME", "GITHUB_WORKSPACE", "CI_PROJECT_DIR")

Printed = Sequence[tuple[int, str]]
"""(1 for standard output or 2 for standard error, text), in order."""


def replay(argv: Sequence[str]) -> int | None:
    """Print what the same run printed and return its status; None where it has to be run."""
    store = _store_for(argv)
    entry = None if store is None else store.load(_name(argv))
    if entry is None:
        return None
    try:
        answer = json.loads(entry)
        looked_at = [(how, path) for how, path in answer["looked_at"]]
        printed, status = answer["printed"], int(answer["status"])
    except (ValueError, TypeError, LookupError):
        return None
    if _state_of(looked_at)[0] != answer["state"]:
        return None
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    for number, text in printed:
        stream = sys.stdout if number == 1 else sys.stderr
        stream.write(text)
        stream.flush()
    return status


def keep(argv: Sequence[str], printed: Printed, status: int, started: float) -> None:
    """Keep what a run printed."""
    if os.name != "posix" or sum(len(text) for _, text in printed) > MOST:
        return  # elsewhere no time tells the last change of an inode
    store = _store_for(argv)
    if store is None:
        return
    code = [*((disk.CONTENT, path) for path in _code()), *((disk.LISTING, folder) for folder in sys.path)]
    looked_at = list(dict.fromkeys([*disk.looked_at, *code]))
    state, latest, kinds = _state_of(looked_at)
    are_kept = all(seen == now for seen, now in zip(disk.looked_at.values(), kinds, strict=False))
    if latest > started - YOUNG or not are_kept:
        return
    answer = {"looked_at": looked_at, "state": state, "printed": printed, "status": status}
    store.save(_name(argv), json.dumps(answer, separators=(",", ":")).encode("ascii"))


def _state_of(looked_at: Iterable[tuple[str, str]]) -> tuple[str, float, str]:
    """Return what tells the state of all that was looked at from every other, when it last changed, and its kinds."""
    latest = 0.0
    kinds = []
    digest = blake2b(digest_size=24)
    for how, path in looked_at:
        text, changed = disk.signature(how, path)
        latest = max(latest, changed)
        kinds.append(text[0])
        digest.update(f"{text}\n".encode("ascii"))
    return digest.hexdigest(), latest, "".join(kinds)


def _name(argv: Sequence[str]) -> str:
    streams = [_width(stream.fileno()) if stream.isatty() else None for stream in (sys.stdout, sys.stderr)]
    variables = [os.environ.get(name) for name in _VARIABLES]
    parts = [__version__, sys.version, sys.executable, sys.path, os.getcwd(), list(argv), variables, streams]
    return name_of("run", json.dumps(parts))


def _width(descriptor: int) -> int:
    try:
        return os.get_terminal_size(descriptor).columns
    except OSError:
        return 0


def _store_for(argv: Sequence[str]) -> Store | None:
    """Return the cache that the arguments name; a run that spells the option another way is run every time."""
    folder = None
    for index, argument in enumerate(argv):
        if argument == "--no-cache":
            return None
        if argument == "--cache-dir" and index + 1 < len(argv):
            folder = argv[index + 1]
        elif argument.startswith("--cache-dir="):
            folder = argument.partition("=")[2]
    return open_store(folder)


def _code() -> set[str]:
    """Return the files of our own package, and those of all that was imported from others."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    files = {
        os.path.join(folder, name)
        for folder, _, names in os.walk(own)
        for name in names
        if not folder.endswith("__pycache__")
    }
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and name.partition(".")[0] not in sys.stdlib_module_names:
            files.add(file)
    return files
