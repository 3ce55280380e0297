"""An attacker with everything: every copy of both databases, the copies of the key store that still live.

Clocks and tombstones stop nobody who has the files, so none is asked here: each key file is unwrapped under
the master beside it, and each key is tried on each row.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import SealBroken
from dockseal.pii_security.envelope import unseal
from dockseal.pii_security.guards import Guards
from dockseal.pii_security.masters import Masters

Promise = Callable[[SealedRecord, datetime], datetime]
"""From when on nobody may read a row that a copy of this instant holds."""
Row = tuple[OrderRef, int]
"""An order, and which seal of it."""
CANARY = "Canary Testperson"
"""How every name begins."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeyCopy:
    """The epoch keys that one copy of the key store gives away."""

    taken_at: datetime
    until: datetime
    keys: frozenset[bytes]

    def held(self, now: datetime) -> bool:
        return self.taken_at <= now <= self.until


@dataclass(kw_only=True, repr=False)
class Attacker:
    """Keeps what every copy held, and reads what can be read with it."""

    promise: Promise
    canaries: dict[OrderRef, str]
    due: dict[SealedRecord, datetime] = field(default_factory=dict)
    """Of each row of any database copy; the strictest copy counts."""
    key_copies: list[KeyCopy] = field(default_factory=list)
    read: dict[Row, list[datetime]] = field(default_factory=dict)
    """When each seal was read."""
    past: list[tuple[Row, datetime]] = field(default_factory=list)
    """What was read when nobody may any more."""
    clear: list[Path] = field(default_factory=list)
    """Files of copies with a canary in clear."""
    _opened_by: dict[SealedRecord, bytes] = field(default_factory=dict)
    _tried: dict[SealedRecord, set[bytes]] = field(default_factory=dict)

    def take(self, folder: Path, at: datetime, *, key_life: timedelta) -> None:
        """Takes a copy of everything; that of the databases lives for ever."""
        files = filter(Path.is_file, folder.rglob("*"))
        self.clear += [place for place in files if CANARY.encode() in place.read_bytes()]
        for record in rows_of(folder / "vault.sqlite3"):
            due = self.promise(record, at)
            self.due[record] = min(due, self.due.get(record, due))
        keys = keys_of(folder / "keys")
        self.key_copies.append(KeyCopy(taken_at=at, until=at + key_life, keys=keys))

    def attack(self, now: datetime) -> None:
        """Restores every copy that is left, and notes which rows can be read."""
        held = frozenset[bytes]().union(*(copy.keys for copy in self.key_copies if copy.held(now)))
        read: set[Row] = set()
        for record, due in self.due.items():
            if self._reads(record, held):
                read.add((record.order, record.version))
                if now >= due:
                    self.past.append(((record.order, record.version), now))
        for row in read:
            self.read.setdefault(row, []).append(now)

    def _reads(self, record: SealedRecord, held: frozenset[bytes]) -> bool:
        if self._opened_by.get(record) in held:
            return True
        # A key opens a row or it does not, on whichever day: each is tried once.
        tried = self._tried.setdefault(record, set())
        for key in held - tried:
            tried.add(key)
            try:
                name = unseal(record, key).disclose()["name"]
            except SealBroken:
                continue
            assert name == self.canaries[record.order], "what opens is what was sealed"
            self._opened_by[record] = key
            return True
        return False


def rows_of(vault: Path) -> list[SealedRecord]:
    """The rows of a copied vault, as they lie in it and its log."""
    with closing(sqlite3.connect(vault)) as restored:
        restored.execute("PRAGMA synchronous=OFF")
        found = restored.execute(
            "SELECT order_ref, seller, version, epoch, deadline, sealed_at, wrapped_key, ciphertext"
            " FROM vault_sealed"
        ).fetchall()
    return [
        SealedRecord(
            order=OrderRef(order),
            seller=SellerId(seller),
            version=version,
            epoch=epoch,
            deadline=datetime.fromisoformat(deadline).replace(tzinfo=UTC),
            sealed_at=datetime.fromisoformat(sealed_at).replace(tzinfo=UTC),
            wrapped_key=wrapped_key,
            ciphertext=ciphertext,
        )
        for order, seller, version, epoch, deadline, sealed_at, wrapped_key, ciphertext in found
    ]


def keys_of(folder: Path) -> frozenset[bytes]:
    """The epoch keys in a copied key store, under whichever master lies beside them."""
    masters = Masters(folder, Guards())
    places = (folder / "epochs").glob("*.key")
    return frozenset(masters.unwrap(place.stem, place.read_bytes()) for place in places)
