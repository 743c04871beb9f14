"""Reading files as they are in a revision of a git repository, which may be a stranger's: nothing of it is run.

Only plumbing that prints objects is called. Neither hooks, filters, textconv, external diffs, pagers nor file system
monitors have a part in that; what could make git start a program, fetching what a partial clone lacks, is forbidden.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from types import TracebackType
from typing import IO, Self

from keraslint.app import disk
from keraslint.app.failure import UsageError
from keraslint.app.files import shown
from keraslint.report.text import clean

SETTINGS = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.pager=cat", "diff.external=")
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0", "GIT_EXTERNAL_DIFF": "", "LC_ALL": "C",
}  # fmt: skip
"""No protocol may be used, whatever the repository's configuration allows."""
LINKS = 40
"""Symbolic links that are followed one after the other, as Linux does."""


class Revision:
    """The files of one revision by the names that they have from the working folder; to be closed."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self._environment = {**environment, **ENVIRONMENT}
        self.name = name
        top = self._ask("rev-parse", "--show-toplevel")
        if top is None:
            message = f"`{name}` is neither a file nor a folder here, and this is no git repository"
            raise UsageError(message)
        tree = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{tree}}")
        if tree is None:
            message = f"`{name}` is neither a file nor a folder here, and no revision that git knows"
            raise UsageError(message)
        self._top = os.path.realpath(os.fsdecode(top.rstrip(b"\n")))
        listing = self._ask("ls-tree", "-r", "-z", "--full-tree", tree.decode().strip())
        self._entries = dict(_entries(listing or b""))
        self._folders = {folder for path in self._entries for folder in _parents(path)}
        self._reader: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reader is not None:
            self._reader.kill()
            self._reader.communicate()

    def files(self) -> list[str]:
        """Return the plain files below the working folder, in order."""
        below = self._inside(".") or ""
        start = f"{below}/" if below else ""
        return [
            shown(os.path.join(self._top, path))
            for path, (mode, _) in sorted(self._entries.items())
            if path.startswith(start) and mode.startswith("100")
        ]

    def read(self, path: str) -> bytes | None:
        """Return a file's content in the revision; of one outside of the repository, as it is on the disk."""
        inside = self._inside(path)
        if inside is None:
            return disk.read(path)
        for _ in range(LINKS):
            mode, object_name = self._entries.get(inside, ("", ""))
            if mode != "120000":
                return self._content(object_name) if mode.startswith("100") else None
            target = os.fsdecode(self._content(object_name) or b"")
            inside = os.path.normpath(os.path.join(os.path.dirname(inside), target))
        return None

    def is_folder(self, path: str) -> bool:
        """Return whether there is such a folder."""
        inside = self._inside(path)
        return disk.is_folder(path) if inside is None else inside in self._folders

    def names(self, folder: str) -> list[str]:
        """Return the names of what is in a folder."""
        inside = self._inside(folder)
        if inside is None:
            return [entry.name for entry in disk.entries(folder)]
        start = f"{inside}/" if inside else ""
        below = [path.removeprefix(start) for path in (*self._entries, *self._folders) if path.startswith(start)]
        return [path for path in below if path and "/" not in path]

    def _inside(self, path: str) -> str | None:
        """Return a path from the repository's top, None where it is outside."""
        folder, name = os.path.split(os.path.abspath(path))
        full = os.path.join(os.path.realpath(folder), name) if path != "." else os.path.realpath(".")
        relative = os.path.relpath(full, self._top).replace(os.sep, "/")
        if relative == ".":
            return ""
        return None if relative == ".." or relative.startswith("../") else relative

    def _content(self, object_name: str) -> bytes | None:
        if self._reader is None:
            self._reader = subprocess.Popen(  # noqa: S603  git itself, and no shell
                [*_command(), "cat-file", "--batch"], env=self._environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        asked, answer = self._reader.stdin, self._reader.stdout
        assert asked is not None
        assert answer is not None
        asked.write(f"{object_name}\n".encode())
        asked.flush()
        return _blob(answer)

    def _ask(self, *arguments: str) -> bytes | None:
        done = subprocess.run(  # noqa: S603  as above
            [*_command(), *arguments], env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode and b"dubious ownership" in done.stderr:
            words = done.stderr.decode("utf-8", "replace").splitlines()[0].removeprefix("fatal: ")
            message = f"git refuses to read this repository: {clean(words)}"
            raise UsageError(message)
        return None if done.returncode else done.stdout


def _command() -> list[str]:
    git = shutil.which("git")
    if git is None:
        message = "git is not installed, and what is compared with is neither a file nor a folder"
        raise UsageError(message)
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    return [git, "--no-pager", "--no-optional-locks", *settings]


def _entries(listing: bytes) -> list[tuple[str, tuple[str, str]]]:
    """Return path -> (mode, name of the object) of ``ls-tree -z``."""
    found = []
    for line in listing.split(b"\0"):
        head, _, path = line.partition(b"\t")
        if path:
            mode, _, object_name = head.decode().split(" ")
            found.append((os.fsdecode(path), (mode, object_name)))
    return found


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:end]) for end in range(len(parts) + 1)]


def _blob(answer: IO[bytes]) -> bytes | None:
    """Return one object of ``cat-file --batch``; None where it is missing."""
    head = answer.readline().split()
    if len(head) != 3:
        return None
    size = int(head[2])
    content = answer.read(size)
    answer.read(1)
    return content if len(content) == size and head[1] == b"blob" else None
