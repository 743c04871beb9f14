"""Rewriting a file at one stroke: whole or not at all, with its mode, through its symbolic links."""

from __future__ import annotations

import os
import stat
import tempfile


def replace_file(path: str, data: bytes) -> None:
    """Replace a file's content, or make it; the old one stands until the new one is on the disk."""
    real = os.path.realpath(path)
    mode = stat.S_IMODE(os.stat(real).st_mode) if os.path.exists(real) else _NEW & ~_umask()
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".keraslint", dir=os.path.dirname(real))
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, real)
    except BaseException:
        os.unlink(temporary)
        raise


_NEW = 0o666


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
