"""Two files change places at once, so that what stood at a path until that very moment is still there to be looked at.

Linux with a file system that can (ext4, xfs, btrfs, tmpfs, overlayfs …); elsewhere there is only the plain rename.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}


def exchange(one: str, other: str) -> bool:
    """renameat2(2): each file has the other's name afterwards. False where that cannot be done. Raises OSError."""
    if sys.platform != "linux":
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), other)
