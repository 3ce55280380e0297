"""What a person types, made into a question to the trail; what cannot be used is named with the next step."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.trail_query import TrailQuery
from dockseal.errors import BadInput
from dockseal.monitoring_audit.exports.asking import Wanted, query_of
from dockseal.monitoring_audit.exports.searching import found
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage
from unit.cli.test_commands import held

SERVICE = Actor(kind=ActorKind.SERVICE, name="release")


def test_amazons_order_id_becomes_our_reference(storage: Storage) -> None:
    order = held()
    storage.orders.insert(order)
    assert query_of(Wanted(order=order.id), storage) == TrailQuery(order=order.ref)
    assert query_of(Wanted(order=order.ref), storage) == TrailQuery(order=order.ref)


def test_an_order_of_two_sellers_is_asked_for_by_our_reference(storage: Storage) -> None:
    first = held()
    storage.orders.insert(first)
    storage.orders.insert(replace(first, ref=OrderRef("second"), seller=SellerId("acme-de")))
    with pytest.raises(BadInput, match="more than one seller has order"):
        query_of(Wanted(order=first.id), storage)


def test_a_reference_that_only_the_trail_knows_is_looked_for_all_the_same(storage: Storage) -> None:
    assert query_of(Wanted(order="testorder1"), storage).order == "testorder1"


def test_everything_that_is_asked_for_is_in_the_question(storage: Storage) -> None:
    wanted = Wanted(
        actor="person:terminal-sam",
        purpose="packing slip",
        tag="order:data",
        since="2026-11-02",
        until="2026-11-03T09:00:00+01:00",
        seller="acme-us",
        warehouse="reno",
    )
    assert query_of(wanted, storage) == TrailQuery(
        actor="person:terminal-sam",
        purpose="packing_slip",
        tags=tuple(tag.value for tag in Tag if tag.startswith("order:data:")),
        since=datetime(2026, 11, 2, tzinfo=UTC),
        until=datetime(2026, 11, 3, 8, tzinfo=UTC),
        seller="acme-us",
        warehouse="reno",
    )
    assert query_of(Wanted(tag="order:data:opened"), storage).tags == ("order:data:opened",)
    assert len(query_of(Wanted(tag="key:"), storage).tags) > 5


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted(actor="sam"), "service:sam, person:sam or warehouse:sam"),
        (Wanted(purpose="curiosity"), "take one of shipping_label, packing_slip"),
        (Wanted(tag="order:dat"), "docs/audit-tags.md"),
        (Wanted(since="yesterday"), "`since` is no time"),
        (Wanted(until="2026-11-02T08:00:00"), "with its zone"),
        (Wanted(since="2026-11-03", until="2026-11-02"), "ends before it begins"),
        (Wanted(order="113-0000000-9999999"), "no order goes by"),
        (Wanted(order="two words"), "no order goes by"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_what_can(
    storage: Storage, wanted: Wanted, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        query_of(wanted, storage)


def test_all_that_is_found_comes_a_page_at_a_time_or_only_so_many(
    storage: Storage, trail: Trail, clock: ManualClock
) -> None:
    with storage.transaction():
        rows = [trail.record(Tag.KEY_MASTER_CREATED, actor=SERVICE) for _ in range(1203)]
    assert list(found(storage, TrailQuery())) == rows[::-1]
    assert list(found(storage, TrailQuery(), 702)) == rows[:-703:-1]
    assert list(found(storage, TrailQuery(), 0)) == []
