"""Anchors in a folder: on another disk, best on one where files can only grow."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dockseal.errors import AnchorRefused, AnchorUnavailable
from dockseal.monitoring_audit.anchors.port import Growth
from dockseal.monitoring_audit.verifier.entries import Entry, entries_in, entry_of, line_of_entry
from dockseal.monitoring_audit.verifier.tree import Broken

_TAIL = 8 * 1024 * 1024
"""More than the longest line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderAnchor:
    """A file a day, of a line an entry."""

    folder: Path

    @property
    def place(self) -> str:
        """Its name."""
        return f"folder {self.folder}"

    def put(self, growth: Growth) -> str:
        """Appends an entry, and waits until the disk has it.

        Raises:
            AnchorUnavailable: the folder is not there, or cannot be written.
            AnchorRefused: its newest file was altered.
        """
        entry = growth.entry
        try:
            file = self.folder / f"{entry.at[:10]}.jsonl"
            files = sorted(self.folder.glob("*.jsonl"))
            if files and self._last(files[-1]) >= entry.size:
                return entry.note
            with file.open("ab") as lines:
                lines.write(line_of_entry(entry))
                lines.flush()
                os.fsync(lines.fileno())
        except OSError as fault:
            raise AnchorUnavailable(
                f"{self.place} cannot be written ({fault.strerror}): mount it, make it, or let us write there"
            ) from None
        return entry.note

    def _last(self, file: Path) -> int:
        """Returns the size of the newest entry of a file, and cuts off one that a crash left unfinished."""
        with file.open("r+b") as lines:
            end = lines.seek(0, os.SEEK_END)
            start = lines.seek(max(0, end - _TAIL))
            tail = lines.read()
            whole = tail[: tail.rfind(b"\n") + 1]
            if len(whole) < len(tail):
                lines.truncate(start + len(whole))
        newest = whole.splitlines()[-1:] or [b""]
        try:
            return entry_of(newest[0].decode(), self.place).size if newest[0] else 0
        except (Broken, UnicodeDecodeError):
            raise AnchorRefused(
                f"{file} was altered: keep it as it is, look into it, and give an empty folder"
            ) from None

    def entries(self) -> Iterator[Entry]:
        """Reads every entry.

        Raises:
            AnchorUnavailable: the folder is not there.
            Broken: a file was altered.
        """
        if not self.folder.is_dir():
            raise AnchorUnavailable(f"{self.place} is not there: mount it")
        return entries_in(self.folder, self.place)
