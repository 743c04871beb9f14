"""Finding files: folders are walked, git-ignored and excluded files skipped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from keraslint.app.disk import ABSENT, entries, exists, is_file, is_folder, kind, read
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
    """The files to look at, the paths that do not exist, and what was left out in words."""

    files: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def find_files(paths: Sequence[str], excludes: Callable[[str], Excludes]) -> Found:
    """Return the files of paths: folders walked in order of name; a file passed by name is taken whatever it is called.

    ``excludes``: folder -> what is left out there.
    """
    found = Found()
    for path in paths:
        if is_folder(path):
            found.files.extend(_walk(path, excludes, found.left_out))
        elif not exists(path):
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


def _walk(top: str, excludes: Callable[[str], Excludes], left_out: list[str]) -> Iterator[str]:
    waiting: list[tuple[str, tuple[tuple[str, Ignores], ...]]] = [(top, tuple(_outer_ignores(top)))]
    whole = os.path.realpath(_repository(top) or top)
    while waiting:
        folder, ignores = waiting.pop()
        try:
            inside = entries(folder)
        except OSError as error:
            left_out.append(f"{shown(folder)}: the folder cannot be read: {error.strerror or error}")
            continue
        own = _ignores(folder) if any(entry.name == ".gitignore" for entry in inside) else None
        if own is not None:
            ignores = (*ignores, (os.path.abspath(folder), own))
        patterns = excludes(folder).patterns
        folders = []
        for entry in inside:
            is_below = entry.is_dir(follow_symlinks=False)
            if is_below and entry.name in SKIPPED:
                continue
            if not is_below and not entry.name.endswith(SUFFIXES):
                continue
            path = shown(entry.path)
            if any(path_matches(path, pattern) for pattern in patterns):
                continue
            if _is_ignored(entry.path, ignores, is_folder=is_below):
                continue
            if is_below:
                folders.append((entry.path, ignores))
            elif entry.is_file(follow_symlinks=False):
                yield path
            elif reason := _why_not(entry, whole):
                left_out.append(f"{path}: {reason}")
            elif is_file(entry.path):
                yield path
        waiting.extend(reversed(folders))


def _why_not(entry: os.DirEntry[str], whole: str) -> str:
    """Return why what is called like a source file, and is no file itself, is not read; empty where it is."""
    if not entry.is_symlink():
        return "not a plain file"
    real = os.path.realpath(entry.path)
    if real != whole and not real.startswith(os.path.join(whole, "")):
        return "a symbolic link that leads out of the folder; name the file itself to have it read"
    return "a symbolic link that leads nowhere" if kind(entry.path) == ABSENT else ""


def _repository(top: str) -> str:
    """Return the folder of the repository that a folder is in; empty for none."""
    current = os.path.abspath(top)
    while not exists(os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return ""
        current = parent
    return current


def _outer_ignores(folder: str) -> Iterator[tuple[str, Ignores]]:
    """Yield the patterns of the folders above, from the repository's top down."""
    repository = _repository(folder)
    if not repository:
        return
    current = os.path.abspath(folder)
    above: list[str] = []
    while current != repository:
        current = os.path.dirname(current)
        above.append(current)
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
