"""What can be chosen for a folder, and what cannot work."""

import re
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dockseal.domain.release import Warehouse
from dockseal.errors import SettingsFault

_FOLDER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LONGEST_WAIT = 720
_ENCODINGS = {"utf-8": "utf-8", "utf-8-bom": "utf-8-sig", "cp1252": "cp1252"}
_DELIMITERS = {"": "", "comma": ",", "semicolon": ";", "tab": "\t"}
OWN_FOLDERS = frozenset({"sending", "sent", "lists"})
"""The folders in which we note what was sent."""


class Encrypting(StrEnum):
    """How files are encrypted on their way to the warehouse."""

    AGE = "age"
    PGP = "pgp"
    NONE = "none"


class Dates(StrEnum):
    """How the warehouse writes a day, next to ISO 8601, which is always read."""

    ISO = "iso"
    MDY = "mdy"
    DMY = "dmy"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderOptions:
    """A folder warehouse's choices."""

    warehouse: str
    encrypting: Encrypting
    recipients: tuple[str, ...]
    """The public age keys that files are encrypted to."""
    encoding: str
    """Python's name of it."""
    fetch_within: int
    """Hours until a file that lies in `out` still is told of; one that is not encrypted is removed then."""
    out: str
    incoming: str
    archive: str
    error: str
    delimiter: str
    """Of the warehouse's files; empty: it is seen from their first line."""
    dates: Dates
    zone: ZoneInfo
    """Of days and times for which the warehouse names none."""
    done_files: bool
    """An empty file NAME.done says that NAME is whole, on both ways."""
    at_once: bool
    """The warehouse renames its files into place, so that each is whole as soon as it is there."""
    removes: bool
    """What was taken in is removed, not archived."""


def folder_options(warehouse: Warehouse) -> FolderOptions:
    """Reads the options of a folder warehouse.

    Raises:
        SettingsFault: some cannot work; all of them are named.
    """
    reading = _Reading(warehouse)
    folders = [reading.folder(name) for name in ("out", "in", "archive", "error")]
    if len({*folders, *OWN_FOLDERS}) < len(folders) + len(OWN_FOLDERS):
        reading.faults.append(
            f"the folders of warehouse {warehouse.id} are not all different: give out, in, archive and error "
            f"names of their own, and none of {', '.join(sorted(OWN_FOLDERS))}"
        )
    options = FolderOptions(
        warehouse=warehouse.id,
        encrypting=reading.encrypting(),
        recipients=reading.recipients(),
        encoding=_ENCODINGS[reading.one_of("encoding", tuple(_ENCODINGS), "utf-8")],
        fetch_within=reading.hours("fetch_within", 24),
        out=folders[0],
        incoming=folders[1],
        archive=folders[2],
        error=folders[3],
        delimiter=_DELIMITERS[reading.one_of("delimiter", tuple(filter(None, _DELIMITERS)), "")],
        dates=Dates(reading.one_of("dates", tuple(Dates), Dates.ISO)),
        zone=reading.zone(),
        done_files=reading.one_of("done_files", ("yes", "no"), "no") == "yes",
        at_once=reading.one_of("at_once", ("yes", "no"), "no") == "yes",
        removes=reading.one_of("after", ("archive", "remove"), "archive") == "remove",
    )
    if reading.faults:
        raise SettingsFault(tuple(reading.faults))
    return options


class _Reading:
    """Reads options one by one, and collects what is wrong with them."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.faults: list[str] = []

    def one_of(self, name: str, choices: tuple[str, ...], usual: str) -> str:
        chosen = self._warehouse.option(name) or usual
        if chosen == usual or chosen in choices:
            return chosen
        self.faults.append(
            f"the option {name} of warehouse {self._warehouse.id} is one of {', '.join(choices)}; choose one"
        )
        return usual

    def encrypting(self) -> Encrypting:
        chosen = self._warehouse.option("encrypt")
        if chosen in tuple(Encrypting):
            return Encrypting(chosen)
        self.faults.append(
            f"warehouse {self._warehouse.id} has no choice of encryption: add the option encrypt=age (best), "
            "encrypt=pgp, or encrypt=none if addresses may lie readable where its files are"
        )
        return Encrypting.NONE

    def recipients(self) -> tuple[str, ...]:
        found = tuple(self._warehouse.option("recipient").replace(",", " ").split())
        if self._warehouse.option("encrypt") == Encrypting.AGE and not found:
            self.faults.append(
                f"warehouse {self._warehouse.id} has no public key to encrypt to: add the option "
                "recipient=age1…, which it has from age-keygen"
            )
        return found

    def hours(self, name: str, usual: int) -> int:
        text = self._warehouse.option(name) or str(usual)
        if re.fullmatch(r"[0-9]{1,4}", text) and 0 < int(text) <= _LONGEST_WAIT:
            return int(text)
        self.faults.append(
            f"the option {name} of warehouse {self._warehouse.id} is a number of hours from 1 to "
            f"{_LONGEST_WAIT}; write it so"
        )
        return usual

    def folder(self, name: str) -> str:
        chosen = self._warehouse.option(name) or name
        if not _FOLDER.fullmatch(chosen):
            self.faults.append(
                f"the option {name} of warehouse {self._warehouse.id} is no name of a folder; write it with "
                "letters, digits, . _ - and / inside"
            )
        return chosen

    def zone(self) -> ZoneInfo:
        name = self._warehouse.option("timezone") or "UTC"
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.faults.append(
                f"the option timezone of warehouse {self._warehouse.id} is no time zone; write it such as "
                "America/Los_Angeles"
            )
        return ZoneInfo("UTC")
