"""Which files can build a model: those that name Keras, and those that import, directly or not, one that does.

A search of the bytes, so that a tree without Keras costs little more than being read. Imports are looked up as
evaluation does, in the file's own folder, the folder of its package and the configured roots; installed packages are not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from keraslint.app.disk import entries, read

Roots = Callable[[str], Sequence[str]]
"""Path -> the configured folders in which its imports are looked up."""


def names_in(folder: str) -> Iterable[str]:
    """Return the names of what is in a folder on the disk."""
    return (entry.name for entry in entries(folder))


def speaking_of_keras(
    paths: Iterable[str],
    roots: Roots,
    *,
    read: Callable[[str], bytes | None] = read,
    names: Callable[[str], Iterable[str]] = names_in,
) -> list[str]:
    """Return the files that can build a model; those that cannot be read are among them, for somebody to say so.

    ``names``: folder -> what is in it.
    """
    tree = _Tree(roots, read, names)
    wanted = list(paths)
    waiting = list(wanted)
    seen = set(wanted)
    importers: dict[str, list[str]] = {}
    while waiting:
        path = waiting.pop()
        for other in tree.imported(path):
            importers.setdefault(other, []).append(path)
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    reached = set(tree.speaking)
    if reached:
        reached |= tree.dynamic
    waiting = list(reached)
    while waiting:
        for path in importers.get(waiting.pop(), ()):
            if path not in reached:
                reached.add(path)
                waiting.append(path)
    return [path for path in wanted if path in reached]


class _Tree:
    """Files as they are met: which speak of Keras, which import by a name that is worked out, and what others import."""

    def __init__(
        self, roots: Roots, read: Callable[[str], bytes | None], names: Callable[[str], Iterable[str]]
    ) -> None:
        self._read = read
        self._listed = names
        self.speaking: list[str] = []
        self.dynamic: set[str] = set()
        self._roots = roots
        self._home = os.getcwd() if names is names_in else ""
        self._names: dict[str, frozenset[str]] = {}
        self._homes: dict[str, tuple[str, ...]] = {}

    def imported(self, path: str) -> Iterator[str]:
        """Yield the files of the project that a file imports; none for one that speaks of Keras itself."""
        data = self._read(path)
        if data is None or b"keras" in data:
            self.speaking.append(path)
            return
        if b"import" not in data:
            return
        if b"import_module" in data or b"__import__" in data:
            self.dynamic.add(path)
        folder = os.path.dirname(path)
        if path.endswith(".ipynb"):
            data = data.replace(b"\\n", b"\n").replace(b'"', b"\n")
        for module, members in _imports(data):
            name = module.lstrip(".")
            if len(name) < len(module):
                above = os.path.normpath(os.path.join(folder, *[".."] * (len(module) - len(name) - 1)))
                homes: tuple[str, ...] = ("" if above == "." else above,)
            else:
                homes = self._homes_of(folder, path)
            for home in homes:
                yield from self._files(home, name.split(".") if name else [], members)

    def _homes_of(self, folder: str, path: str) -> tuple[str, ...]:
        """Return the folders in which a file's absolute imports are looked up."""
        if folder not in self._homes:
            top = folder
            while (top or self._home).strip("/") and "__init__.py" in self._inside(top):
                top = os.path.dirname(top or self._home)
            self._homes[folder] = tuple(dict.fromkeys((folder, top, *self._roots(path))))
        return self._homes[folder]

    def _files(self, home: str, parts: Sequence[str], members: Sequence[str]) -> Iterator[str]:
        """Yield the files that are run by the import of a module below a folder, or of members of it."""
        folder = home
        for part in parts:
            inside = self._inside(folder)
            if f"{part}.py" in inside:
                yield _joined(folder, f"{part}.py")
            if part not in inside:
                return
            folder = _joined(folder, part)
            if "__init__.py" in self._inside(folder):
                yield _joined(folder, "__init__.py")
        inside = self._inside(folder)
        for member in members:
            if f"{member}.py" in inside:
                yield _joined(folder, f"{member}.py")
            if member in inside and "__init__.py" in self._inside(_joined(folder, member)):
                yield _joined(folder, f"{member}/__init__.py")

    def _inside(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            names: frozenset[str] = frozenset()
            if os.path.basename(folder) not in {"site-packages", "dist-packages"}:
                try:
                    names = frozenset(self._listed(folder or "."))
                except (OSError, ValueError):
                    names = frozenset()
            self._names[folder] = names
        return self._names[folder]


_IMPORT = re.compile(rb"import[ \t(\\*]([^\r\n#;]*)")
_WORD = re.compile(r"\w+")
_DOTTED = re.compile(r"[\w.]+")


def _imports(data: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (module, members) of every import statement; more than there are, where the text is not clear."""
    for match in _IMPORT.finditer(data):
        start = max(data.rfind(b"\n", 0, match.start()), data.rfind(b"\r", 0, match.start())) + 1
        head = _text(data[start : match.start()].replace(b";", b":").rpartition(b":")[2]).strip()
        tail = match[0][len(b"import") :]
        if head.startswith("from"):
            if b"(" in tail:
                end = data.find(b")", match.start())
                tail = data[match.start() + len(b"import") : end if end >= 0 else match.end()]
            elif tail.rstrip().endswith(b"\\"):
                tail += data[match.end() :].split(b"\n", 2)[1:2][0] if b"\n" in data[match.end() :] else b""
            yield "".join(head[len("from") :].split()), tuple(_WORD.findall(_text(tail)))
        elif not head:
            for module in _DOTTED.findall(_text(tail)):
                yield module, ()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
