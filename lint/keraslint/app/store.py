"""The cache on the disk: sealed entries by name, written whole, bounded in size, gone with ``keraslint clean``.

Every entry is sealed with a key that lies in the user's own cache folder, so that an entry that is damaged, moved, or
made by somebody else (a repository can bring a folder for ``--cache-dir``) is no entry.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from hashlib import blake2b

LIMIT = 256 << 20
"""Bytes of all entries; the oldest go first."""
_FORM = "entries-1"
_SEAL = 32
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder was made by keraslint; see https://bford.info/cachedir/\n"


class Store:
    """Entries in one folder."""

    def __init__(self, folder: str, key: bytes) -> None:
        self.folder = folder
        self._key = key
        self._written = 0

    def load(self, name: str) -> bytes | None:
        """Return an entry, None where there is none that this user has written."""
        try:
            with open(self._path(name), "rb") as file:
                data = file.read(LIMIT)
        except OSError:
            return None
        payload = data[_SEAL:]
        return payload if data[:_SEAL] == self._seal(name, payload) else None

    def save(self, name: str, payload: bytes) -> None:
        """Write an entry at one stroke; where that is not possible there is none."""
        path = self._path(name)
        temporary = f"{path}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(temporary, "wb") as file:
                file.write(self._seal(name, payload) + payload)
            os.replace(temporary, path)
        except OSError:
            return
        self._written += len(payload)

    def trim(self) -> None:
        """Keep the bound on the size, after a run that has written much, and now and then after any."""
        if not self._written:
            return
        mark = os.path.join(self.folder, _FORM, "trimmed")
        try:
            is_due = self._written > LIMIT // 16 or os.stat(mark).st_mtime < time.time() - 3600
        except OSError:
            is_due = True
        if not is_due:
            return
        entries = sorted(self.entries())
        size = sum(size for _, size, _ in entries)
        for _, own, path in entries:
            if size <= LIMIT:
                break
            _remove(path)
            size -= own
        try:
            with open(mark, "wb"):
                pass
        except OSError:
            return

    def entries(self) -> Iterator[tuple[float, int, str]]:
        """Yield when each entry was written, its size and its path."""
        for folder, _, names in os.walk(os.path.join(self.folder, _FORM)):
            for name in names:
                path = os.path.join(folder, name)
                try:
                    status = os.stat(path)
                except OSError:
                    continue
                yield status.st_mtime, status.st_size, path

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, _FORM, name[:2], name)

    def _seal(self, name: str, payload: bytes) -> bytes:
        return blake2b(payload, digest_size=_SEAL, key=self._key, salt=bytes.fromhex(name[:32])).digest()


def open_store(folder: str | None) -> Store | None:
    """Return the cache in a folder (None: the user's own), None where there can be none."""
    own = user_folder()
    if not own:
        return None
    key = _key(own)
    if key is None:
        return None
    if folder is not None:
        _make(folder)
    return Store(folder or own, key)


def user_folder() -> str:
    """Return the user's folder for our cache; empty where the system does not say."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "keraslint") if os.path.isabs(base) else ""


def name_of(*parts: str) -> str:
    """Return the name of the entry that these parts determine."""
    digest = blake2b(digest_size=24)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def clean(folder: str | None) -> tuple[str, int]:
    """Remove all entries; return the folder and how many bytes they took."""
    import shutil

    place = folder or user_folder()
    size = sum(size for _, size, _ in Store(place, b"").entries())
    shutil.rmtree(os.path.join(place, _FORM), ignore_errors=True)
    return place, size


def _key(folder: str) -> bytes | None:
    path = os.path.join(folder, "key")
    key = _read_key(path)
    if key is not None:
        return key
    temporary = f"{path}.{os.getpid()}"
    try:
        _make(folder)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(os.urandom(_SEAL))
        os.replace(temporary, path)
    except OSError:
        return None
    return _read_key(path)


def _read_key(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            key = file.read(_SEAL)
    except OSError:
        return None
    return key if len(key) == _SEAL else None


def _make(folder: str) -> None:
    """Make a folder that backups and git leave alone."""
    if os.path.isdir(folder):
        return
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n")):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text)
    except OSError:
        return


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return
