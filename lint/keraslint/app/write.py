"""Writing a file at one stroke: whole or not at all, with the mode of the old one, through its symbolic links."""

from __future__ import annotations

import errno
import os
import stat
import tempfile

from keraslint.app.disk import read


def write_file(path: str, data: bytes) -> None:
    """Write a file, new or not; what is no plain file (a pipe, a terminal) is written to as it is."""
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as file:
            file.write(data)
    else:
        replace_file(path, data)


def replace_file(path: str, data: bytes, *, old: bytes | None = None) -> None:
    """Replace a file's content; the old one stands until the new one is on the disk.

    ``old``: what it has to hold still; ``OSError`` where somebody else has written it since it was read.
    """
    real = os.path.realpath(path)
    if os.path.exists(real) and not os.access(real, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".keraslint", dir=os.path.dirname(real))
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.chmod(temporary, _mode(real))
            os.fsync(file.fileno())
        _refuse_change(real, old)
        os.replace(temporary, real)
    except BaseException:
        os.unlink(temporary)
        raise


def _refuse_change(path: str, old: bytes | None) -> None:
    if old is not None and read(path) != old:
        raise OSError(errno.EBUSY, "somebody else has changed it meanwhile; run keraslint again", path)


def _mode(path: str) -> int:
    """Return the mode of a file; of one that is not there, what a new one gets."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
