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
            AnchorRefused: its newest file was altered, or is of another trail.
        """
        entry = growth.entry
        try:
            newest = max(self.folder.glob("*.jsonl"), default=None)
            if newest is not None and self._has(newest, entry):
                return entry.note
            with self._file(newest, entry.at[:10]).open("ab") as lines:
                lines.write(line_of_entry(entry))
                lines.flush()
                os.fsync(lines.fileno())
        except OSError as fault:
            raise AnchorUnavailable(
                f"{self.place} cannot be written ({fault.strerror}): mount it, make it, or let us write there"
            ) from None
        return entry.note

    def _has(self, file: Path, entry: Entry) -> bool:
        """Tells whether the newest file has an entry. Raises AnchorRefused, or OSError."""
        newer = 0
        for kept in self._newest_first(file):
            if (kept.size, kept.root) == (entry.size, entry.root):
                return True
            if kept.size < entry.size:
                break
            newer = newer or kept.size
        if newer:
            raise AnchorRefused(
                f"{self.place} knows {newer} rows that this trail of {entry.size} does not continue: keep it "
                "as it is, and run `dockseal audit verify`"
            )
        return False

    def _newest_first(self, file: Path) -> Iterator[Entry]:
        with file.open("rb") as lines:
            start = lines.seek(max(0, lines.seek(0, os.SEEK_END) - _TAIL))
            tail = lines.read()
        whole = tail[: tail.rfind(b"\n") + 1].splitlines()
        for line in reversed(whole[1:] if start else whole):
            try:
                yield entry_of(line.decode(), self.place)
            except (Broken, UnicodeDecodeError):
                raise AnchorRefused(
                    f"{file} was altered: keep it as it is, look into it, and give an empty folder"
                ) from None

    def _file(self, newest: Path | None, day: str) -> Path:
        """Returns where the next entry belongs: never before the newest file, whatever the clock says.

        What a crash left unfinished stays, since files may be allowed only to grow; one more file follows.
        """
        if newest is None or newest.stem.partition(".")[0] < day:
            return self.folder / f"{day}.jsonl"
        with newest.open("rb") as lines:
            end = lines.seek(0, os.SEEK_END)
            lines.seek(max(0, end - 1))
            whole = lines.read() in {b"", b"\n"}
        return newest if whole else newest.with_name(f"{newest.stem}.more.jsonl")

    def entries(self) -> Iterator[Entry]:
        """Reads every entry.

        Raises:
            AnchorUnavailable: the folder is not there.
            Broken: a file was altered.
        """
        if not self.folder.is_dir():
            raise AnchorUnavailable(f"{self.place} is not there: mount it")
        return entries_in(self.folder, self.place)
