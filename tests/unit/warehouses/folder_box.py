"""A folder warehouse in a directory of this machine, and what a person there does."""

import csv
import io
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.warehouses.folder import Folder
from dockseal.warehouses.port import AdapterParts, Delivery

START = datetime(2026, 11, 2, 8, tzinfo=UTC)


class Box:
    """The directory, seen from the warehouse."""

    def __init__(self, root: Path, given: Mapping[str, str] | None = None, **options: str) -> None:
        self.root = root
        self.clock = ManualClock(start=START)
        self.given = dict(given or {})
        self.options = {"root": str(root), "encrypt": "none", **options}
        self.folder = self.again()

    def again(self) -> Folder:
        """The adapter as a process that starts builds it."""
        parts = AdapterParts(
            warehouse=Warehouse(
                id=WarehouseId("reno"), adapter="folder", options=tuple(sorted(self.options.items()))
            ),
            secret=Secret(json.dumps(self.given)) if self.given else None,
            transport=None,
            clock=self.clock,
        )
        self.folder = Folder(parts)
        return self.folder

    def files(self, folder: str) -> list[str]:
        place = self.root / folder
        return sorted(each.name for each in place.iterdir()) if place.is_dir() else []

    def rows(self, name: str = "") -> list[dict[str, str]]:
        """The lines of one file of orders, or of all of them."""
        names = [name] if name else [each for each in self.files("out") if each.startswith("ORDERS")]
        found = []
        for each in names:
            text = (self.root / "out" / each).read_bytes().decode()
            found += list(csv.DictReader(io.StringIO(text, newline="")))
        return found

    def put(self, name: str, content: str | bytes, *, at: int = 0) -> None:
        """The warehouse puts a file down; `at` orders files by age."""
        place = self.root / "in" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        if at:
            os.utime(place, (at, at))

    def look(self) -> list[Delivery]:
        """What is found by a look that follows another one."""
        list(self.folder.collect())
        return list(self.folder.collect())

    def take(self) -> list[Delivery]:
        """The same, and all of it is put away."""
        found = self.look()
        for each in found:
            self.folder.done(each)
        return found

    def everything(self) -> bytes:
        """The names and contents of all files, whoever put them there."""
        files = [each for each in self.root.rglob("*") if each.is_file()]
        return b"\n".join(each.name.encode() + b"\n" + each.read_bytes() for each in files)
