"""Searching the audit trail: whatever is asked, the answer is what reading every row would give."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.trail_query import PUT_BACK, Access, TrailQuery
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

RELEASE, PERSON = (
    Actor(kind=ActorKind.SERVICE, name="release"),
    Actor(kind=ActorKind.PERSON, name="terminal-sam"),
)


@pytest.fixture
def clock(now: datetime) -> ManualClock:
    return ManualClock(start=now)


@pytest.fixture
def trail(storage: Storage, clock: ManualClock) -> Trail:
    return Trail(storage, clock)


def write(trail: Trail, storage: Storage, clock: ManualClock, number: int = 400) -> list[AuditRow]:
    """Writes rows of many kinds, a minute apart."""
    chance = random.Random(9)
    rows = []
    for _ in range(number):
        clock.advance(timedelta(minutes=1))
        order = OrderRef(f"order{chance.randrange(8)}")
        actor = chance.choice([RELEASE, RELEASE, RELEASE, PERSON])
        seller = {"seller": chance.choice(["acme-us", "acme-us", "acme-de"])}
        with storage.transaction():
            match chance.randrange(5):
                case 0:
                    row = trail.record(Tag.KEY_MASTER_ROTATION_INTENDED, actor=actor)
                case 1:
                    row = trail.record(
                        Tag.ORDER_RELEASE_TAKEN, actor=actor, order=order, release="r1", warehouse="reno"
                    )
                case 2:
                    purpose = chance.choice([Purpose.HAND_OVER, Purpose.PACKING_SLIP])
                    row = trail.record(
                        Tag.ORDER_DATA_OPENED, actor=actor, order=order, purpose=purpose, **seller
                    )
                case 3:
                    row = trail.record(
                        Tag.ORDER_DATA_OPEN_REFUSED,
                        actor=actor,
                        order=order,
                        purpose=Purpose.HAND_OVER,
                        **seller,
                    )
                case _:
                    row = trail.record(Tag.ORDER_LIFE_VERIFIED, actor=actor, order=order)
        rows.append(row)
    return rows


def asked_of(row: AuditRow, query: TrailQuery) -> bool:
    """Whether a row is one of those that are asked for: said a second time, without a database."""
    fields = dict(row.fields)
    return (
        query.actor in {"", row.actor}
        and query.order in {"", row.order}
        and all(getattr(query, name) in {"", fields.get(name)} for name in ("purpose", "seller", "warehouse"))
        and (not query.tags or row.tag in query.tags)
        and (query.since is None or row.at >= query.since)
        and (query.until is None or row.at < query.until)
        and (query.before is None or row.seq < query.before)
    )


def questions(rows: list[AuditRow], number: int) -> Iterator[TrailQuery]:
    """Asks for one thing, or for several at once."""
    chance = random.Random(3)
    for _ in range(number):
        since = chance.choice([None, chance.choice(rows).at])
        yield TrailQuery(
            actor=chance.choice(["", "service:release", "person:terminal-sam", "person:nobody"]),
            order=chance.choice(["", "", "order3"]),
            purpose=chance.choice(["", "", "hand_over", "packing_slip", "legal_record"]),
            tags=chance.choice(
                [(), (), (Tag.ORDER_DATA_OPENED,), (Tag.ORDER_DATA_OPENED, Tag.KEY_MASTER_ROTATION_INTENDED)]
            ),
            seller=chance.choice(["", "", "acme-de"]),
            warehouse=chance.choice(["", "", "", "reno"]),
            since=since,
            until=None if since is None else since + timedelta(minutes=chance.randrange(1, 200)),
            before=chance.choice([None, chance.choice(rows).seq]),
        )


def test_every_question_is_answered_as_if_every_row_were_read(
    storage: Storage, trail: Trail, clock: ManualClock
) -> None:
    rows = write(trail, storage, clock)
    answered = 0
    for query in questions(rows, 300):
        expected = [row for row in reversed(rows) if asked_of(row, query)][:20]
        assert storage.audit_search.rows(query, 20) == expected
        answered += bool(expected)
    assert answered > 100


def test_pages_by_number_meet_each_row_once_while_more_are_written(
    storage: Storage, trail: Trail, clock: ManualClock
) -> None:
    rows, query, seen = write(trail, storage, clock, 100), TrailQuery(tags=(Tag.ORDER_DATA_OPENED,)), []
    while page := storage.audit_search.rows(query, 7):
        seen += page
        write(trail, storage, clock, 3)
        query = query.going_on_before(page[-1].seq)
    assert seen == [row for row in reversed(rows) if row.tag == Tag.ORDER_DATA_OPENED]


def test_a_clock_that_was_put_back_hides_no_row(storage: Storage, trail: Trail, clock: ManualClock) -> None:
    rows = write(trail, storage, clock, 120)
    clock.advance(-PUT_BACK)
    rows += write(trail, storage, clock, 120)
    for query in questions(rows, 200):
        expected = [row for row in reversed(rows) if asked_of(row, query)]
        assert storage.audit_search.rows(query, 500) == expected


def test_rows_whose_numbers_do_not_begin_with_one_are_found_by_their_time(
    storage: Storage, trail: Trail, clock: ManualClock, behind: Callable[..., list[Any]], engine: str
) -> None:
    rows = write(trail, storage, clock, 60)
    off = {
        "sqlite": "DROP TRIGGER operations_audit_no_delete",
        "postgresql": "ALTER TABLE operations_audit DISABLE TRIGGER ALL",
    }
    behind("operations", off[engine])
    behind("operations", "DELETE FROM operations_audit WHERE seq <= 40 OR seq = 50")
    left = [row for row in rows if row.seq > 40 and row.seq != 50]
    query = TrailQuery(since=left[3].at, until=left[15].at)
    assert storage.audit_search.rows(query) == left[14:2:-1]


def test_the_register_counts_who_did_what_for_which_purpose(
    storage: Storage, trail: Trail, clock: ManualClock
) -> None:
    rows = write(trail, storage, clock)
    since, until = rows[50].at, rows[350].at
    expected = {}
    for row in rows[50:350]:
        if purpose := dict(row.fields).get("purpose"):
            expected.setdefault((row.actor, row.tag, purpose), []).append(row)
    assert storage.audit_search.accesses(since, until) == [
        Access(
            actor=actor,
            tag=tag,
            purpose=purpose,
            times=len(some),
            orders=len({row.order for row in some}),
            first=some[0].at,
            last=some[-1].at,
        )
        for (actor, tag, purpose), some in sorted(expected.items())
    ]
    assert storage.audit_search.accesses(until=rows[0].at) == []


def test_the_register_of_an_empty_trail_is_empty(storage: Storage, now: datetime) -> None:
    assert storage.audit_search.accesses(now, now) == []
    assert storage.audit_search.rows(TrailQuery(since=now)) == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (TrailQuery(purpose="legal_record"), "audit_purpose"),
        (TrailQuery(seller="acme-de"), "audit_seller"),
        (TrailQuery(warehouse="reno"), "audit_warehouse"),
        (TrailQuery(actor="person:nobody", tags=(Tag.ORDER_DATA_OPENED,)), "audit_actor_tag"),
        (TrailQuery(actor="person:nobody", purpose="hand_over"), "audit_actor_purpose"),
        (TrailQuery(order="order3"), "audit_order"),
    ],
)
def test_what_is_asked_for_is_found_by_its_index(
    storage: Storage, trail: Trail, clock: ManualClock, *, query: TrailQuery, index: str
) -> None:
    write(trail, storage, clock, 40)
    connection = connections["default"]
    with CaptureQueriesContext(connection) as captured:
        storage.audit_search.rows(query)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # So few rows are read from end to end in any case, were it let.
            for way in ("seqscan", "sort", "incremental_sort"):
                cursor.execute(f"SET enable_{way} = off")
            cursor.execute("ANALYZE operations_audit")
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {captured[-1]['sql']}")
        plan = f"{cursor.fetchall()}"
    assert index in plan
