"""Every look at the file system that an answer can depend on, and a note of what was looked at.

The notes say what an answer has to be forgotten for (``app.replay``). Nothing but the standard library's cheapest
modules: a run that is answered from the cache imports no more.
"""

from __future__ import annotations

import os
import stat

CONTENT = "c"
"""The file was read."""
KIND = "k"
"""It was asked whether there is a file or folder."""
LISTING = "l"
"""The folder was listed."""

MAX_BYTES = 64 << 20
"""A larger file is not read: parsing takes some twenty times its size in memory."""

ABSENT, PLAIN, FOLDER, OTHER = "-", "f", "d", "o"

looked_at: dict[tuple[str, str], str] = {}
"""(how, path) -> what was there: ``ABSENT``, ``PLAIN``, ``FOLDER`` or ``OTHER``."""


def read(path: str) -> bytes | None:
    """Return a file's bytes, None where there is no such file, or no plain one, or it cannot be read."""
    try:
        # a pipe or device that takes the file's place must not make us wait
        descriptor = os.open(path, os.O_RDONLY | _NO_WAITING)
    except (OSError, ValueError):
        return _note(CONTENT, path, kind(path), None)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            return _note(CONTENT, path, _kind_of(status.st_mode), None)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return _note(CONTENT, path, PLAIN, file.read(MAX_BYTES))
    except OSError:
        return _note(CONTENT, path, kind(path), None)
    finally:
        os.close(descriptor)


def why_unreadable(path: str) -> str:
    """Return why a file that is there cannot be read; empty where it can, or where there is none."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return "not a plain file"
        if status.st_size > MAX_BYTES:
            return f"larger than {MAX_BYTES >> 20} MB, which is not read"
        os.close(os.open(path, os.O_RDONLY | _NO_WAITING))
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""


def is_file(path: str) -> bool:
    """Return whether there is a plain file."""
    return kind(path) == PLAIN


def is_folder(path: str) -> bool:
    """Return whether there is a folder."""
    return kind(path) == FOLDER


def exists(path: str) -> bool:
    """Return whether there is anything."""
    return kind(path) != ABSENT


def kind(path: str) -> str:
    """Return what is there: ``ABSENT``, ``PLAIN``, ``FOLDER`` or ``OTHER``."""
    found = looked_at[KIND, path] = _kind(path)
    return found


def entries(folder: str) -> list[os.DirEntry[str]]:
    """Return what is in a folder, by name; raise ``OSError`` where it cannot be listed."""
    looked_at[LISTING, folder] = FOLDER
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)


def signature(how: str, path: str) -> tuple[str, float]:
    """Return what tells a state of a path from every other (its first letter is its kind), and when it last changed.

    The time of the last change of the inode is in it, which no program can set.
    """
    if how == KIND:
        return _kind(path), 0.0
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ABSENT, 0.0
    is_listed = how == LISTING
    size = 0 if is_listed else status.st_size
    text = f"{_kind_of(status.st_mode)} {status.st_mode} {status.st_dev} {status.st_ino} {size} "
    return f"{text}{status.st_mtime_ns} {status.st_ctime_ns}", max(status.st_mtime, status.st_ctime)


_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)


def _note(how: str, path: str, found: str, data: bytes | None) -> bytes | None:
    looked_at[how, path] = found
    return data


def _kind(path: str) -> str:
    try:
        return _kind_of(os.stat(path).st_mode)
    except (OSError, ValueError):
        return ABSENT


def _kind_of(mode: int) -> str:
    return PLAIN if stat.S_ISREG(mode) else FOLDER if stat.S_ISDIR(mode) else OTHER
