"""Take a student's file without trusting it: regular, of sensible size, read and never run."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MAX_BYTES = 256 * 1024
"""Size of a submission; the largest reference of the course has a hundredth of that."""


class Unusable(Exception):
    """The file cannot be graded; the text says why, for the student."""


def take(path: Path, follow_links: bool) -> bytes | None:
    """The content of a submitted file, or None where there is no file.

    Args:
        path: where it should be.
        follow_links: whether a symbolic link may stand there; never for files of others.

    Raises:
        Unusable: it is a folder, a link, a device, too large, or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow_links:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return None
    except OSError as error:
        if path.is_dir():
            raise Unusable(f"{path.name} is a folder; the exercise is a file.") from None
        if error.errno == errno.ELOOP:
            raise Unusable(f"{path.name} is a link; put the file itself there.") from None
        raise Unusable(f"{path.name} cannot be read: {error.strerror}.") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise Unusable(f"{path.name} is a folder; the exercise is a file.")
        if not stat.S_ISREG(mode):
            raise Unusable(f"{path.name} is no regular file.")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > MAX_BYTES:
        raise Unusable(
            f"{path.name} is larger than {MAX_BYTES // 1024} KB; a solution is far smaller."
        )
    return content
