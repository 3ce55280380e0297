"""Keeps this process's memory, which holds opened addresses and keys, out of core files."""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4
"""From Linux's `prctl(2)`."""


def refuse_dumps() -> bool:
    """Lets no crash of this process write its memory to a file; returns whether all of it holds.

    The limit of zero covers core files, and child processes inherit it. Linux ignores it where cores are
    piped to a collector; the mark "not dumpable" covers that, and keeps debuggers of the same user out.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return not sys.platform.startswith("linux") or _not_dumpable()


def _not_dumpable() -> bool:
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    return bool(prctl(_PR_SET_DUMPABLE, *(ctypes.c_ulong(each) for each in (0, 0, 0, 0))) == 0)
