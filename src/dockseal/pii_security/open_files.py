"""Which files of the keys others than their owner can read, told one by one."""

from collections.abc import Iterator
from pathlib import Path

from dockseal.errors import SettingsFault
from dockseal.pii_security.files import FOLDER_MODE, SHARED_FOLDER_MODE, refuse_if_open


def open_files(directory: Path, *, shared: bool) -> tuple[str, ...]:
    """Returns a sentence for each file and folder that is open to others, with the command that closes it.

    Args:
        directory: The folder of the keys.
        shared: Whether a group may read it, as where the shredder stands apart.
    """
    return tuple(_faults(directory, SHARED_FOLDER_MODE if shared else FOLDER_MODE))


def _faults(directory: Path, folder_mode: int) -> Iterator[str]:
    if not directory.is_dir():
        yield f"there are no keys in {directory}: run `dockseal keys create`, or restore their backup"
        return
    for place in (directory, *sorted(directory.rglob("*"))):
        try:
            refuse_if_open(place, folder_mode=folder_mode)
        except SettingsFault as fault:
            yield from fault.faults
        except FileNotFoundError:
            continue  # destroyed this moment
