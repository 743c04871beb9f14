"""Finding files: folders are walked, git-ignored and excluded files skipped; and the files that speak of Keras."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Protocol

from keraslint.diagnose.globs import path_matches

SUFFIXES = (".py", ".ipynb")
SKIPPED = frozenset({
    ".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d",
    ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__",
    "__pypackages__", "_build", "buck-out", "dist", "node_modules", "site-packages", "venv",
})  # fmt: skip
"""Folders that are never walked into, as ruff has them."""


class Ignores(Protocol):
    """The patterns of one ``.gitignore``."""

    def check_file(self, file: str, /) -> object:
        """Say whether a path below its folder is included (ignored), excluded (kept), or not spoken of."""
        ...


@dataclass(frozen=True, slots=True)
class Excludes:
    """What the configuration leaves out, and whether that holds for files passed by name too."""

    patterns: tuple[str, ...] = ()
    is_forced: bool = False


@dataclass(slots=True)
class Found:
    """The files to look at, and the paths that do not exist."""

    files: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def find_files(paths: Sequence[str], excludes: Callable[[str], Excludes]) -> Found:
    """Return the files of paths: folders walked in order of name; a file passed by name is taken whatever it is called.

    ``excludes``: folder -> what is left out there.
    """
    found = Found()
    for path in paths:
        if os.path.isdir(path):
            found.files.extend(_walk(path, excludes))
        elif not os.path.exists(path):
            found.missing.append(shown(path))
        elif not is_left_out(path, excludes):
            found.files.append(shown(path))
    found.files = list(dict.fromkeys(found.files))
    return found


def is_left_out(path: str, excludes: Callable[[str], Excludes]) -> bool:
    """Return whether a file that is passed by name is left out all the same: where ``force-exclude`` is set."""
    own = excludes(os.path.dirname(path) or ".")
    if not own.is_forced:
        return False
    name = shown(path)
    folders = set(name.split("/")[:-1])
    if folders & SKIPPED or any(
        path_matches(name, p) or path_matches(name, f"{p.rstrip('/')}/**") for p in own.patterns
    ):
        return True
    folder = os.path.dirname(os.path.abspath(path))
    patterns = list(_outer_ignores(folder))
    here = _ignores(folder)
    if here is not None:
        patterns.append((folder, here))
    return _is_ignored(path, tuple(patterns), is_folder=False)


def shown(path: str) -> str:
    """Return a path as it is shown: relative to the working folder where it lies below it, with ``/``."""
    relative = os.path.relpath(path)
    if relative.startswith(".."):
        relative = os.path.abspath(path)
    return relative.replace(os.sep, "/")


def read(path: str) -> bytes | None:
    """Return a file's bytes, None where there is no such file (or it is no plain file)."""
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError):
        return None


def why_unreadable(path: str) -> str:
    """Return why a file that is there cannot be read; empty where it can."""
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            return "not a plain file"
        with open(path, "rb"):
            return ""
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)


def speaking_of_keras(paths: Iterable[str], read: Callable[[str], bytes | None] = read) -> list[str]:
    """Return the files that name Keras, or import one of these files, directly or not: no other can build a model."""
    contents = {path: read(path) for path in paths}
    speaking = {path for path, data in contents.items() if data is None or b"keras" in data}
    waiting = [path for path in contents if path not in speaking]
    names = {_module(path) for path in speaking}
    imports = {path: _imported(contents[path] or b"") for path in waiting} if names else {}
    while True:
        more = [path for path, modules in imports.items() if path not in speaking and modules & names]
        if not more:
            return [path for path in contents if path in speaking]
        speaking.update(more)
        names.update(_module(path) for path in more)


_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+)([^\r\n#]*)", re.MULTILINE)
_WORD = re.compile(rb"\w+")


def _imported(data: bytes) -> set[str]:
    """Return every word of every import statement: one of them may be a module of the project."""
    return {
        word.decode() for match in _IMPORT.finditer(data) for word in _WORD.findall((match[1] or b"") + b" " + match[2])
    }


def _module(path: str) -> str:
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem == "__init__" else pure.stem


def _walk(top: str, excludes: Callable[[str], Excludes]) -> Iterator[str]:
    waiting: list[tuple[str, tuple[tuple[str, Ignores], ...]]] = [(top, tuple(_outer_ignores(top)))]
    while waiting:
        folder, ignores = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        own = _ignores(folder)
        if own is not None:
            ignores = (*ignores, (os.path.abspath(folder), own))
        left_out = excludes(folder).patterns
        folders = []
        for entry in inside:
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder and entry.name in SKIPPED:
                continue
            if not is_folder and not entry.name.endswith(SUFFIXES):
                continue
            path = shown(entry.path)
            if any(path_matches(path, pattern) for pattern in left_out):
                continue
            if _is_ignored(entry.path, ignores, is_folder=is_folder):
                continue
            if is_folder:
                folders.append((entry.path, ignores))
            elif _is_file(entry):
                yield path
        waiting.extend(reversed(folders))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a symbolic link that leads round in a circle
        return False


def _outer_ignores(folder: str) -> Iterator[tuple[str, Ignores]]:
    """Yield the patterns of the folders above, from the repository's top down."""
    above: list[str] = []
    current = os.path.abspath(folder)
    while not os.path.exists(os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return
        above.append(parent)
        current = parent
    for path in reversed(above):
        own = _ignores(path)
        if own is not None:
            yield path, own
    exclude = _patterns(os.path.join(current, ".git", "info", "exclude"))
    if exclude is not None:
        yield current, exclude


def _ignores(folder: str) -> Ignores | None:
    return _patterns(os.path.join(folder, ".gitignore"))


def _patterns(path: str) -> Ignores | None:
    data = read(path)
    if data is None:
        return None
    import pathspec  # 30 ms, and most folders have no such file

    return pathspec.GitIgnoreSpec.from_lines(data.decode("utf-8", "replace").splitlines())


def _is_ignored(path: str, ignores: Sequence[tuple[str, Ignores]], *, is_folder: bool) -> bool:
    """Return whether git ignores a path: the innermost file of patterns that speaks of it decides."""
    absolute = os.path.abspath(path)
    for folder, patterns in reversed(ignores):
        relative = os.path.relpath(absolute, folder).replace(os.sep, "/")
        verdict = getattr(patterns.check_file(f"{relative}/" if is_folder else relative), "include", None)
        if verdict is not None:
            return bool(verdict)
    return False
