"""Whether there is room left where databases and keys lie."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from dockseal.monitoring_audit.checks import Check

LITTLE = 1 << 30
"""A gigabyte: below it somebody should make room."""
FULL = 64 << 20
"""Below so many bytes the next commit may fail."""


def look_at_disk(folders: Iterable[Path], *, little: int = LITTLE, full: int = FULL) -> Iterator[Check]:
    """Tells of each folder on a disk that is filling up; one that is not there is left to others.

    Args:
        folders: Where something is kept.
        little: With fewer bytes left somebody is told.
        full: With fewer it is vital.
    """
    for folder in folders:
        try:
            left = shutil.disk_usage(folder).free
        except OSError:
            continue
        if left < little:
            sentence = (
                f"{left >> 20} MB are left where {folder} lies: make room, or move it to a larger disk."
            )
            yield Check(name=f"disk {folder.name}", ok=False, sentence=sentence, vital=left < full)
