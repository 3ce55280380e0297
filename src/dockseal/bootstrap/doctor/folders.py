"""Where data and keys lie, and who can read them."""

import stat
from collections.abc import Iterator
from pathlib import Path

from dockseal.monitoring_audit.checks import Check
from dockseal.pii_security.open_files import open_files
from dockseal.settings import Settings

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def look_at_folders(settings: Settings) -> Iterator[Check]:
    """Tells of each folder that is missing, and of each file that others than its owner can read."""
    if not settings.operations_database:
        yield from _data(settings.data_dir)
    faults = open_files(settings.key_dir, shared=settings.shredder == "apart")
    for sentence in faults:
        yield Check(name="keys", ok=False, sentence=f"{sentence}.", vital=True)
    if not faults:
        yield Check(name="keys", ok=True, sentence=f"{settings.key_dir} is closed to every other user.")
    for name in ("tls_key", "key_passphrase_file", "key_secret_file", "key_token_file"):
        place: Path | None = getattr(settings, name)
        if place is not None:
            yield from _secret(place)


def _data(folder: Path) -> Iterator[Check]:
    if not folder.is_dir():
        sentence = f"There is no {folder} yet: the first command that keeps something makes it."
        yield Check(name="data", ok=True, sentence=sentence)
        return
    opened = [place for place in sorted(folder.glob("*.sqlite3*")) if _open(place)]
    for place in opened:
        sentence = f"{place} can be read by others than its owner: run `chmod 600 {place}`."
        yield Check(name="data", ok=False, sentence=sentence, vital=True)
    if not opened:
        yield Check(name="data", ok=True, sentence=f"The databases in {folder} are closed to other users.")


def _secret(place: Path) -> Iterator[Check]:
    if not place.is_file():
        yield Check(
            name="secret", ok=False, sentence=f"{place} is set, and not there: put it there.", vital=True
        )
    elif _open(place):
        sentence = f"{place} can be read by others than its owner: run `chmod 400 {place}`."
        yield Check(name="secret", ok=False, sentence=sentence, vital=True)


def _open(place: Path) -> bool:
    try:
        return bool(place.stat().st_mode & _OTHERS)
    except FileNotFoundError:
        return False
