"""Somebody with all power over the database of the audit trail, and perhaps with the key that signs it."""

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.audit import AuditRow
from dockseal.domain.checkpoint import Checkpoint, Cut
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef
from dockseal.monitoring_audit.anchoring import Anchoring
from dockseal.monitoring_audit.anchors.port import Anchor
from dockseal.monitoring_audit.segments import archive
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import START, Trail, row_hash
from dockseal.monitoring_audit.verifier.signatures import keys_in
from dockseal.monitoring_audit.verifier.tree import Tree
from dockseal.monitoring_audit.verifying import kept_by
from dockseal.pii_security.notes import VerifierKey, public_of, signed
from dockseal.storage.places import DatabasePlaces, Server
from dockseal.storage.store import Storage
from postgresql import Cluster

SEED = bytes(range(32))
ORIGIN = "dockseal/test"
KEY = VerifierKey(name=ORIGIN, public=public_of(SEED)).text
RELEASE = Actor(kind=ActorKind.SERVICE, name="release")
_COLUMNS = ("seq", "at", "tag", "actor", "order_ref", "fields", "previous", "hash")


def sign(text: str) -> str:
    """Signs as the installation does."""
    return signed(text, name=ORIGIN, seed=SEED)


@dataclass(kw_only=True)
class Town:
    """A trail that grows and is anchored."""

    storage: Storage
    clock: ManualClock
    anchors: Sequence[Anchor]
    trail: Trail = field(init=False)
    anchoring: Anchoring = field(init=False)

    def __post_init__(self) -> None:
        self.trail = Trail(self.storage, self.clock)
        self.anchoring = Anchoring(
            storage=self.storage, clock=self.clock, sign=sign, origin=lambda: ORIGIN, anchors=self.anchors
        )

    def grow(self, rows: int) -> None:
        """Writes rows, no two alike, and has them anchored."""
        for _ in range(rows):
            self.clock.advance(timedelta(seconds=1))
            number = self.storage.audit.noted_head()[0] + 1
            with self.storage.transaction():
                self.trail.record(
                    Tag.ORDER_PACKAGE_REPORTED,
                    actor=RELEASE,
                    order=OrderRef(f"order{number}"),
                    package=number,
                )
        self.anchoring.run()

    def archived(self, folder: Path, *, keep: timedelta) -> Cut:
        """Writes rows older than that into a segment; returns what may leave the table then."""
        return archive(
            self.storage,
            self.trail,
            folder,
            keep=keep,
            clock=self.clock,
            keys=keys_in(KEY),
            places=kept_by(self.anchors),
            actor=RELEASE,
        )


@dataclass(frozen=True, kw_only=True)
class Attacker:
    """Changes rows past every trigger."""

    run: Callable[..., list[Any]]
    place: str

    @classmethod
    @contextmanager
    def of(cls, places: DatabasePlaces, cluster: Cluster | None = None) -> Iterator[Self]:
        """Comes in as the database's superuser."""
        if isinstance(places.operations, Path):
            database = sqlite3.connect(places.operations, isolation_level=None)
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                database.execute(f"DROP TRIGGER {name}")
            yield cls(run=lambda sql, values=(): database.execute(sql, values).fetchall(), place="?")
            database.close()
            return
        assert cluster is not None
        assert isinstance(places.operations, Server)
        with cluster.connection("postgres", places.operations.url.name) as connection:
            connection.execute("ALTER TABLE operations_audit DISABLE TRIGGER ALL")
            connection.execute("ALTER TABLE operations_audit_head DISABLE TRIGGER ALL")

            def run(sql: str, values: Sequence[Any] = ()) -> list[Any]:
                cursor = connection.execute(sql.encode(), values)
                return cursor.fetchall() if cursor.description else []

            yield cls(run=run, place="%s")

    def replace_rows(self, rows: Sequence[AuditRow]) -> None:
        """Puts other rows in the place of all there are."""
        self.run("DELETE FROM operations_audit")
        holders = ", ".join([self.place] * len(_COLUMNS))
        for row in rows:
            at = row.at.replace(tzinfo=None).isoformat(" ") if self.place == "?" else row.at
            fields = json.dumps(dict(row.fields))
            values = (row.seq, at, row.tag, row.actor, row.order, fields, row.previous, row.hash)
            self.run(f"INSERT INTO operations_audit ({', '.join(_COLUMNS)}) VALUES ({holders})", values)
        last = rows[-1]
        where = f"seq = {self.place}, hash = {self.place}"
        self.run(f"UPDATE operations_audit_head SET {where}", (last.seq, last.hash))

    def sign_anew(self, rows: Sequence[AuditRow], checkpoints: Sequence[Checkpoint]) -> None:
        """Signs checkpoints of the same sizes and times over other rows, with the stolen key."""
        self.run("DELETE FROM operations_checkpoint")
        tree, by_size = Tree(), {each.size: each for each in checkpoints}
        for row in rows:
            tree.add(bytes.fromhex(row.hash))
            if kept := by_size.get(row.seq):
                root = tree.root()
                told = base64.b64encode(root).decode()
                note = sign(f"{ORIGIN}\n{row.seq}\n{told}\ntime {kept.at.isoformat()}\n")
                at = kept.at.replace(tzinfo=None).isoformat(" ") if self.place == "?" else kept.at
                holders = ", ".join([self.place] * 4)
                self.run(
                    f"INSERT INTO operations_checkpoint (size, root, at, note) VALUES ({holders})",
                    (row.seq, root.hex(), at, note),
                )


def chained(rows: Sequence[AuditRow]) -> list[AuditRow]:
    """Numbers and chains rows anew."""
    done: list[AuditRow] = []
    previous = START
    for seq, row in enumerate(rows, 1):
        new = replace(row, seq=seq, previous=previous, hash="")
        previous = row_hash(new)
        done.append(replace(new, hash=previous))
    return done
