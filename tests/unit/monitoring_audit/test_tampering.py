import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import StorageError, TrailBroken
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail, row_hash
from dockseal.monitoring_audit.verifying import verify
from dockseal.storage.store import DatabasePlaces, Storage

RELEASE = Actor(kind=ActorKind.SERVICE, name="release")
ROWS = 8


def _fill(storage: Storage, trail: Trail, clock: ManualClock) -> None:
    for n in range(ROWS):
        clock.advance(timedelta(seconds=1))
        with storage.transaction():
            trail.record(Tag.ORDER_PACKAGE_REPORTED, actor=RELEASE, order=OrderRef(f"order{n}"), package=n)


@contextlib.contextmanager
def _tampering(places: DatabasePlaces) -> Iterator[sqlite3.Connection]:
    """Opens the file as somebody would who may do anything to it; puts everything back at the end."""
    database = sqlite3.connect(places.operations)
    database.execute("PRAGMA ignore_check_constraints = ON")
    triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {name}")
    kept = {
        table: database.execute(f"SELECT * FROM {table}").fetchall()
        for table in ("operations_audit", "operations_audit_head")
    }
    database.commit()
    try:
        yield database
    finally:
        database.rollback()
        for table, rows in kept.items():
            database.execute(f"DELETE FROM {table}")
            for row in rows:
                database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        for _, sql in triggers:
            database.execute(sql)
        database.commit()
        database.close()


_numbers = st.integers(1, ROWS)
_columns = st.sampled_from(["at", "tag", "actor", "order_ref", "fields", "previous", "hash"])
_values = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    st.binary(max_size=5),
    st.sampled_from(
        [
            "2026-11-02 08:00:01",
            "2026-13-45 99:00:00",
            '{"package": 0}',
            '{"package": "1"}',
            "{}",
            "[]",
            "null",
        ]
    ),
)


def _edit(database: sqlite3.Connection, data: st.DataObject) -> None:
    column, seq = data.draw(_columns), data.draw(_numbers)
    value = data.draw(_values)
    database.execute(f"UPDATE operations_audit SET {column} = ? WHERE seq = ?", (value, seq))


def _delete(database: sqlite3.Connection, data: st.DataObject) -> None:
    database.execute("DELETE FROM operations_audit WHERE seq = ?", (data.draw(_numbers),))


def _close_the_gap(database: sqlite3.Connection, data: st.DataObject) -> None:
    seq = data.draw(_numbers)
    database.execute("DELETE FROM operations_audit WHERE seq = ?", (seq,))
    for later in range(seq + 1, ROWS + 1):
        database.execute("UPDATE operations_audit SET seq = ? WHERE seq = ?", (later - 1, later))


def _cut_off(database: sqlite3.Connection, data: st.DataObject) -> None:
    database.execute("DELETE FROM operations_audit WHERE seq >= ?", (data.draw(_numbers),))


def _swap(database: sqlite3.Connection, data: st.DataObject) -> None:
    one, other = data.draw(st.tuples(_numbers, _numbers).filter(lambda pair: pair[0] != pair[1]))
    for seq, to in [(one, 99), (other, one), (99, other)]:
        database.execute("UPDATE operations_audit SET seq = ? WHERE seq = ?", (to, seq))


def _insert(database: sqlite3.Connection, data: st.DataObject) -> None:
    seq = data.draw(st.sampled_from([-5, 0, ROWS + 1, ROWS + 2]))
    database.execute(
        "INSERT INTO operations_audit (seq, at, tag, actor, order_ref, fields, previous, hash) "
        "SELECT ?, at, tag, actor, order_ref, fields, previous, hash FROM operations_audit WHERE seq = ?",
        (seq, data.draw(_numbers)),
    )


def _note_another_head(database: sqlite3.Connection, data: st.DataObject) -> None:
    seq = data.draw(st.integers(0, ROWS + 2).filter(lambda seq: seq != ROWS))
    database.execute("UPDATE operations_audit_head SET seq = ?", (seq,))


def _note_an_earlier_head(database: sqlite3.Connection, data: st.DataObject) -> None:
    database.execute(
        "UPDATE operations_audit_head SET (seq, hash) = "
        "(SELECT seq, hash FROM operations_audit WHERE seq = ?)",
        (data.draw(st.integers(1, ROWS - 1)),),
    )


def _edit_and_hash(database: sqlite3.Connection, data: st.DataObject) -> None:
    seq = data.draw(_numbers)
    _rehash(database, seq, actor="service:other")


def _delete_and_chain_over_the_gap(database: sqlite3.Connection, data: st.DataObject) -> None:
    seq = data.draw(st.integers(1, ROWS - 1))
    before = database.execute("SELECT previous FROM operations_audit WHERE seq = ?", (seq,)).fetchone()
    database.execute("DELETE FROM operations_audit WHERE seq = ?", (seq,))
    digest = str(before[0])
    for later in range(seq + 1, ROWS + 1):
        digest = _rehash(database, later, previous=digest)
    database.execute("UPDATE operations_audit_head SET hash = ?", (digest,))


def _rehash(database: sqlite3.Connection, seq: int, **changes: str) -> str:
    """Changes a row and gives it the hash that fits; returns that."""
    columns = "at, tag, actor, order_ref, fields, previous"
    kept = database.execute(f"SELECT {columns} FROM operations_audit WHERE seq = ?", (seq,)).fetchone()
    row = AuditRow(
        seq=seq,
        at=datetime.fromisoformat(kept[0]).replace(tzinfo=UTC),
        tag=kept[1],
        actor=changes.get("actor", kept[2]),
        order=kept[3],
        fields=tuple(sorted(json.loads(kept[4]).items())),
        previous=changes.get("previous", kept[5]),
        hash="",
    )
    digest = row_hash(row)
    database.execute(
        "UPDATE operations_audit SET actor = ?, previous = ?, hash = ? WHERE seq = ?",
        (row.actor, row.previous, digest, seq),
    )
    return digest


def _forget_the_head(database: sqlite3.Connection, data: st.DataObject) -> None:
    database.execute("DELETE FROM operations_audit_head")


def _contents(storage: Storage) -> object:
    try:
        return storage.audit.rows(), storage.audit.noted_head()
    except (StorageError, TrailBroken) as fault:
        return type(fault)


_TAMPER: list[Callable[[sqlite3.Connection, st.DataObject], None]] = [
    _edit,
    _delete,
    _close_the_gap,
    _cut_off,
    _swap,
    _insert,
    _note_another_head,
    _note_an_earlier_head,
    _edit_and_hash,
    _delete_and_chain_over_the_gap,
    _forget_the_head,
]


@pytest.mark.parametrize("tamper", _TAMPER)
def test_tampering_with_any_row_is_found(
    storage: Storage,
    places: DatabasePlaces,
    trail: Trail,
    clock: ManualClock,
    tamper: Callable[[sqlite3.Connection, st.DataObject], None],
) -> None:
    _fill(storage, trail, clock)
    before, contents = verify(storage), _contents(storage)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def found(data: st.DataObject) -> None:
        with _tampering(places) as database:
            tamper(database, data)
            database.commit()
            # Writing a value that means the same, such as a space more in JSON, is no tampering.
            if _contents(storage) != contents:
                with pytest.raises(TrailBroken):
                    verify(storage)
        assert verify(storage) == before

    found()


def test_the_first_bad_row_is_named(
    storage: Storage, places: DatabasePlaces, trail: Trail, clock: ManualClock
) -> None:
    _fill(storage, trail, clock)
    with _tampering(places) as database:
        database.execute("UPDATE operations_audit SET actor = 'service:other' WHERE seq IN (5, 7)")
        database.execute("UPDATE operations_audit SET fields = X'ff' WHERE seq = 6")
        database.commit()
        with pytest.raises(TrailBroken, match="row 5") as caught:
            verify(storage)
    assert caught.value.seq == 5


def test_a_trail_written_anew_from_a_row_on_is_found_with_a_verdict_kept_elsewhere(
    storage: Storage, places: DatabasePlaces, trail: Trail, clock: ManualClock
) -> None:
    _fill(storage, trail, clock)
    known = verify(storage)
    _fill(storage, trail, clock)
    assert verify(storage, known).rows == 2 * ROWS
    with _tampering(places) as database:
        kept = [row for row in storage.audit.rows() if row.seq < 3]
        database.execute("DELETE FROM operations_audit WHERE seq >= 3")
        database.execute("UPDATE operations_audit_head SET seq = 2, hash = ?", (kept[-1].hash,))
        database.commit()
        _fill(storage, trail, clock)
        assert verify(storage).rows == ROWS + 2
        with pytest.raises(TrailBroken, match="noted before"):
            verify(storage, known)
