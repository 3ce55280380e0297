"""What is kept beside the keys, where no backup of a database reaches: what was erased, and how far it was.

erased   a line of JSON for each order or seller that somebody asked to erase; nothing of a person
seen     number and hash of the newest audit row that was told here
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from dockseal.domain.audit import Seen
from dockseal.domain.clock import instant_text, parse_instant
from dockseal.domain.erased import Erased, Reason
from dockseal.errors import StorageError
from dockseal.pii_security.files import locked, refuse_if_open, rewrite, usable, write_new


class BesideKeys:
    """Two small files in the folder of the keys.

    Args:
        directory: That folder.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._erased = directory / "erased"
        self._seen = directory / "seen"

    def erased(self) -> list[Erased]:
        """Returns what somebody asked to erase, the earliest first.

        Raises:
            StorageUnavailable: the folder cannot be used.
            StorageError: the list was damaged.
        """
        with self._held():
            return self._listed()

    def add(self, erased: Erased) -> None:
        """Writes down what somebody asked to erase, before it is; drops what no backup brings back any more.

        Raises:
            StorageUnavailable: the folder cannot be used.
            StorageError: the list was damaged.
        """
        with self._held():
            same = (erased.what, erased.subject)
            others = [one for one in self._listed() if (one.what, one.subject) != same]
            kept = [one for one in others if one.until > erased.at]
            lines = (json.dumps(asdict(one), default=instant_text) for one in (*kept, erased))
            _put(self._erased, "".join(f"{line}\n" for line in lines))

    def seen(self) -> Seen | None:
        """Returns the newest audit row that was told here.

        Raises:
            StorageUnavailable: the folder cannot be used.
            StorageError: the note was damaged.
        """
        with self._held():
            return self._noted()

    def note(self, seen: Seen, *, back: bool = False) -> None:
        """Writes down the newest audit row, unless a newer one was told; `back`: even then.

        Raises:
            StorageUnavailable: the folder cannot be used.
        """
        with self._held():
            known = None if back else self._noted()
            if known is None or known.seq < seen.seq:
                _put(self._seen, json.dumps(asdict(seen)))

    def _listed(self) -> list[Erased]:
        return [_erased(line) for line in self._text(self._erased).splitlines()]

    def _noted(self) -> Seen | None:
        text = self._text(self._seen)
        try:
            return Seen(**json.loads(text)) if text else None
        except (ValueError, TypeError):
            raise StorageError(f"{self._seen} is damaged: restore it with the keys") from None

    def _text(self, place: Path) -> str:
        if not place.exists():
            return ""
        refuse_if_open(place)
        return place.read_text(encoding="utf-8")

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        what = f"the folder of the keys, {self._directory}, cannot be used"
        with usable(what), locked(self._directory / "lock"):
            yield


def _put(place: Path, text: str) -> None:
    contents = text.encode()
    if place.exists():
        rewrite(place, contents)
    else:
        write_new(place, contents)


def _erased(line: str) -> Erased:
    try:
        told = json.loads(line)
        at, until = (parse_instant(told.pop(name)) for name in ("at", "until"))
        return Erased(reason=Reason(told.pop("reason")), at=at, until=until, **told)
    except (ValueError, TypeError, KeyError):
        raise StorageError("the list of what was erased is damaged: restore it with the keys") from None
