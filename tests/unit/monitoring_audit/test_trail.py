import contextlib
import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.notice import Watermark
from dockseal.errors import StorageError, StorageUnavailable
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import START, Trail, row_hash
from dockseal.monitoring_audit.verifying import Verdict, verify
from dockseal.storage.store import DatabasePlaces, Storage

RELEASE = Actor(kind=ActorKind.SERVICE, name="release")
ORDER = OrderRef("abc")
ROWS = 8


class Crash(BaseException):
    """The process ends here."""


def _fill(storage: Storage, trail: Trail, clock: ManualClock) -> None:
    for n in range(ROWS):
        clock.advance(timedelta(seconds=1))
        with storage.transaction():
            trail.record(Tag.ORDER_PACKAGE_REPORTED, actor=RELEASE, order=OrderRef(f"order{n}"), package=n)


def test_rows_are_chained_from_the_start(storage: Storage, trail: Trail, clock: ManualClock) -> None:
    with storage.transaction():
        first = trail.record(Tag.KEY_MASTER_CREATED, actor=RELEASE)
        second = trail.record(
            Tag.ORDER_DATA_OPENED, actor=RELEASE, order=ORDER, purpose=Purpose.HAND_OVER, fields=3
        )
    assert storage.audit.rows() == [first, second]
    assert (first.seq, first.previous, first.at) == (1, START, clock.now())
    assert (second.seq, second.previous) == (2, first.hash)
    assert second.fields == (("fields", "3"), ("purpose", "hand_over"))
    assert second.actor == "service:release"
    assert storage.audit.head() == second
    assert verify(storage) == Verdict(rows=2, head=second.hash)


def test_an_empty_trail_adds_up(storage: Storage) -> None:
    assert verify(storage) == Verdict(rows=0, head=START)


def test_the_hash_is_sha_256_of_the_row_as_canonical_json(storage: Storage, trail: Trail) -> None:
    with storage.transaction():
        row = trail.record(Tag.ORDER_LIFE_HELD, actor=RELEASE, order=ORDER, code="no_sku")
    text = (
        '{"actor":"service:release","at":"2026-11-02T08:00:00+00:00","fields":{"code":"no_sku"},"order":"abc",'
        f'"previous":"{"0" * 64}","seq":1,"tag":"order:life:held"}}'
    )
    assert row.hash == hashlib.sha256(text.encode()).hexdigest()


def test_nothing_is_recorded_outside_a_transaction(storage: Storage, trail: Trail) -> None:
    with pytest.raises(StorageError, match="outside a transaction"):
        trail.record(Tag.KEY_MASTER_CREATED, actor=RELEASE)
    assert storage.audit.head() is None


def test_an_effect_and_its_row_are_lost_together(storage: Storage, trail: Trail, clock: ManualClock) -> None:
    watermark = Watermark(seller=SellerId("acme-us"), complete_to=clock.now())
    with contextlib.suppress(Crash), storage.transaction():
        storage.watermarks.set(watermark)
        trail.record(Tag.KEY_MASTER_CREATED, actor=RELEASE)
        raise Crash
    assert storage.watermarks.get(watermark.seller) is None
    assert verify(storage).rows == 0
    with storage.transaction():
        storage.watermarks.set(watermark)
        trail.record(Tag.KEY_MASTER_CREATED, actor=RELEASE)
    assert storage.watermarks.get(watermark.seller) == watermark
    assert verify(storage).rows == 1


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.notice import Watermark
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import DatabasePlaces, Storage

now = datetime(2026, 11, 2, tzinfo=UTC)
storage = Storage.open(DatabasePlaces(operations=Path(sys.argv[1]), vault=Path(sys.argv[2])), secret_key="x")
trail = Trail(storage, ManualClock(start=now))
for seller in ("kept", "lost"):
    with storage.transaction():
        storage.watermarks.set(Watermark(seller=SellerId(seller), complete_to=now))
        trail.record(Tag.KEY_MASTER_CREATED, actor=Actor(kind=ActorKind.SERVICE, name="keys"))
        if seller == "lost":
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_keeps_what_it_committed_and_nothing_else(
    storage: Storage, places: DatabasePlaces
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, str(places.operations), str(places.vault)],
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ended.returncode == -9
    assert storage.watermarks.get(SellerId("kept")) is not None
    assert storage.watermarks.get(SellerId("lost")) is None
    assert verify(storage).rows == 1


@pytest.mark.parametrize(
    ("tag", "order", "sentence"),
    [
        (Tag.ORDER_LIFE_ROUTED, None, "takes an order"),
        (Tag.KEY_MASTER_CREATED, ORDER, "takes no order"),
        (Tag.ORDER_LIFE_ROUTED, OrderRef("113-0000000-0000001"), "never an Amazon order id"),
    ],
)
def test_a_row_names_an_order_by_our_reference_where_its_tag_is_about_one(
    storage: Storage, trail: Trail, tag: Tag, order: OrderRef | None, sentence: str
) -> None:
    with storage.transaction(), pytest.raises(ValueError, match=sentence):
        trail.record(tag, actor=RELEASE, order=order)
    assert verify(storage).rows == 0


def test_an_actor_with_an_odd_name_is_refused(storage: Storage, trail: Trail) -> None:
    actor = Actor(kind=ActorKind.PERSON, name="alpha@example.com")
    with storage.transaction(), pytest.raises(ValueError, match="takes an actor"):
        trail.record(Tag.KEY_MASTER_CREATED, actor=actor)


def test_a_row_that_does_not_follow_the_newest_one_is_not_appended(storage: Storage, trail: Trail) -> None:
    with storage.transaction():
        first = trail.record(Tag.KEY_MASTER_CREATED, actor=RELEASE)
    for stale in (first, replace(first, seq=3), replace(first, seq=2, previous=START)):
        with pytest.raises(StorageUnavailable):
            storage.audit.append(stale)
    assert verify(storage).rows == 1


def test_rows_are_found_by_order_actor_and_tag(storage: Storage, trail: Trail, clock: ManualClock) -> None:
    _fill(storage, trail, clock)
    with storage.transaction():
        other = trail.record(Tag.KEY_MASTER_CREATED, actor=Actor(kind=ActorKind.PERSON, name="local"))
    assert [row.seq for row in storage.audit.search(order=OrderRef("order3"))] == [4]
    assert storage.audit.search(actor="person:local") == [other]
    assert storage.audit.search(tag=Tag.KEY_MASTER_CREATED) == [other]
    assert [row.seq for row in storage.audit.search(limit=2)] == [ROWS + 1, ROWS]


def test_rows_that_come_while_verifying_are_no_fault(
    storage: Storage, trail: Trail, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(storage, trail, clock)
    read = type(storage.audit).rows

    def reading(self: object, after: int | None = None, limit: int = 1000) -> object:
        rows = read(storage.audit, after, min(limit, 3))
        if rows and rows[-1].seq < 2 * ROWS:
            with storage.transaction():
                trail.record(Tag.KEY_MASTER_CREATED, actor=RELEASE)
        return rows

    monkeypatch.setattr(type(storage.audit), "rows", reading)
    assert verify(storage).rows > ROWS


def test_the_hash_covers_every_column(storage: Storage, trail: Trail, clock: ManualClock) -> None:
    _fill(storage, trail, clock)
    row = storage.audit.rows()[-1]
    changed = [
        replace(row, seq=9),
        replace(row, at=row.at + timedelta(microseconds=1)),
        replace(row, tag="order:life:held"),
        replace(row, actor="service:other"),
        replace(row, order="other"),
        replace(row, fields=(("package", "8"),)),
        replace(row, previous=START),
    ]
    assert row_hash(row) == row.hash
    assert len({row.hash, *(row_hash(other) for other in changed)}) == len(changed) + 1
