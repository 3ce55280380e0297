from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dockseal.domain.order import AmazonPackage, AmazonStatus, Order, OrderState
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import KeyDestroyed, PastDeadline, SealBroken
from dockseal.monitoring_audit.verifying import verify
from dockseal.pii_security import envelope
from dockseal.pii_security.envelope import unseal
from unit.pii_security.safe import NOW, Safe, someone

DAY = timedelta(days=1)


def left(safe: Safe, order: Order, at: datetime, state: OrderState = OrderState.SHIPPED) -> Order:
    """The warehouse reports, late, that the whole order left then."""
    with safe.storage.transaction():
        released = safe.storage.orders.move(safe.now_is(order), OrderState.RELEASED)
        return safe.storage.orders.move(released, state, shipped_at=at)


def record_of(safe: Safe, order: Order) -> SealedRecord:
    record = safe.storage.sealed.get(order.ref)
    assert record is not None
    return record


def test_a_late_report_moves_the_deadline_without_a_look_at_the_contents(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, before = safe.sealed(), NOW
    old = record_of(safe, order)
    left(safe, order, before - 5 * DAY)
    with monkeypatch.context() as patch:
        patch.setattr(envelope, "recipient_from", None)
        assert safe.shortening.run().done == 1
    new, kept = record_of(safe, order), safe.now_is(order)
    assert new.deadline == kept.sealed_until == old.deadline - 5 * DAY
    assert (new.epoch, new.ciphertext, new.version) == ("20261125T000000Z", old.ciphertext, old.version)
    assert safe.vault.open(order.ref, safe.grant(order)).disclose()["name"] == "Testperson Alpha"
    (row,) = safe.rows(order, tag="order:data:shortened")
    assert dict(row.fields)["epoch"] == new.epoch
    assert safe.shortening.run().done == 0
    verify(safe.storage)


def test_the_earlier_key_takes_the_record_with_it_and_the_old_row_dies_with_the_key_it_was_sealed_under(
    safe: Safe,
) -> None:
    order, other = safe.sealed(), safe.sealed()
    backup = record_of(safe, order)
    left(safe, order, NOW - 5 * DAY)
    safe.shortening.run()
    safe.clock.advance(24 * DAY)
    safe.shredding.run()
    assert safe.storage.sealed.get(order.ref) is None
    assert safe.vault.open(other.ref, safe.grant(other)).fields(), "others of the later epoch live on"
    assert unseal(backup, safe.keys.existing_key(backup.epoch)).fields(), "decision 0012 says so"
    safe.clock.advance(NOW + 30 * DAY - 2 * DAY - safe.clock.now())
    with pytest.raises(KeyDestroyed):
        safe.keys.existing_key(backup.epoch)


def test_the_row_from_before_the_deadline_moved_opens_nothing_once_it_is_put_back(safe: Safe) -> None:
    order = safe.sealed()
    old = record_of(safe, order)
    left(safe, order, NOW - 5 * DAY)
    safe.shortening.run()
    safe.storage.sealed.delete(order.ref)
    safe.storage.sealed.put(old)
    with safe.storage.transaction():
        safe.storage.orders.change(safe.now_is(order), shipped_at=NOW)  # and the report taken back
    with pytest.raises(SealBroken, match="put back"):
        safe.vault.open(order.ref, safe.grant(order))
    with pytest.raises(SealBroken, match="put back"):
        safe.vault.shorten(safe.now_is(order))


def test_past_the_moved_deadline_nothing_opens_though_no_lane_ever_ran(safe: Safe) -> None:
    order = safe.sealed()
    old = record_of(safe, order)
    left(safe, order, NOW - 5 * DAY)
    safe.clock.advance(datetime(2026, 11, 25, tzinfo=NOW.tzinfo) - NOW - timedelta(microseconds=1))
    assert safe.vault.open(order.ref, safe.grant(order)).fields()
    safe.clock.advance(timedelta(microseconds=1))
    with pytest.raises(PastDeadline):
        safe.vault.open(order.ref, safe.grant(order))
    assert safe.keys.has(old.epoch), "the key that would open it is still there"


def test_what_left_too_long_ago_is_erased_at_once_and_never_sealed_again(safe: Safe) -> None:
    order = left(safe, safe.sealed(), NOW - 40 * DAY)
    safe.shortening.run()
    assert safe.storage.sealed.get(order.ref) is None
    assert safe.now_is(order).sealed_until is None
    assert safe.tags(order)[-1] == "order:data:erased"
    with pytest.raises(PastDeadline):
        safe.vault.seal(safe.now_is(order), someone())
    assert safe.storage.sealed.count() == 0


def test_news_of_amazon_known_at_sealing_counts_from_the_start(safe: Safe) -> None:
    order = safe.order(status=AmazonStatus.SHIPPED, updated_at=NOW - 3 * DAY)
    sealed = safe.vault.seal(order, someone())
    assert sealed.sealed_until == datetime(2026, 11, 27, tzinfo=NOW.tzinfo)
    assert safe.shortening.run().done == 0


@pytest.mark.parametrize("delivered", [False, True])
def test_news_of_amazon_that_comes_late_moves_the_deadline_too(safe: Safe, delivered: bool) -> None:
    order = safe.sealed()
    facts: dict[str, Any] = {"status": AmazonStatus.SHIPPED}
    if delivered:
        parcel = AmazonPackage(reference_id="1", status="DELIVERED")
        facts = {"status": AmazonStatus.UNKNOWN, "packages": (parcel,)}
    reading = replace(order.amazon, updated_at=NOW - 5 * DAY, **facts)
    with safe.storage.transaction():
        safe.storage.orders.change(order, amazon=reading)
    assert safe.shortening.run().done == 1
    assert safe.now_is(order).sealed_until == datetime(2026, 11, 25, tzinfo=NOW.tzinfo)


def test_what_leaves_after_it_was_sealed_moves_nothing(safe: Safe) -> None:
    order = safe.sealed()
    left(safe, order, NOW + 2 * DAY)
    assert safe.shortening.run().done == 0
    assert safe.now_is(order).sealed_until == order.sealed_until


def test_a_moved_record_opens_under_no_other_epoch_or_deadline(safe: Safe) -> None:
    order = safe.sealed()
    old = record_of(safe, order)
    left(safe, order, NOW - 5 * DAY)
    safe.shortening.run()
    new = record_of(safe, order)
    for forged, key in (
        (replace(new, deadline=old.deadline), new.epoch),
        (replace(new, epoch=old.epoch), old.epoch),
        (replace(old, epoch=new.epoch, deadline=new.deadline), new.epoch),
    ):
        with pytest.raises(SealBroken):
            unseal(forged, safe.keys.existing_key(key))


def test_an_altered_record_is_told_and_stops_no_other(safe: Safe) -> None:
    orders = [safe.sealed() for _ in range(3)]
    for order in orders:
        left(safe, order, NOW - 5 * DAY)
    altered = min(orders, key=lambda order: order.ref)
    safe.storage.sealed.put(replace(record_of(safe, altered), version=2))
    with pytest.raises(SealBroken):
        safe.shortening.run()
    moved = [order for order in orders if record_of(safe, order).epoch == "20261125T000000Z"]
    assert moved == [order for order in orders if order != altered]


class Crash(BaseException):
    """The power goes."""


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["epoch_key", "change", "record", "shorten"])
def test_a_crash_at_any_step_ends_at_the_old_or_the_new_deadline_and_the_next_run_finishes(
    safe: Safe, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    order = safe.sealed()
    left(safe, order, NOW - 5 * DAY)
    owner = {"epoch_key": safe.keys, "record": safe.trail, "change": safe.storage.orders}.get(
        step, safe.storage.sealed
    )
    original = getattr(type(owner), step)

    def crashing(*given: Any, **named: Any) -> Any:
        if after:
            original(*given, **named)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(type(owner), step, crashing)
        with pytest.raises(Crash):
            safe.shortening.run()
    assert safe.vault.open(order.ref, safe.grant(order)).fields(), "sealed, under one key or the other"
    safe.shortening.run()
    assert record_of(safe, order).deadline == safe.now_is(order).sealed_until
    assert record_of(safe, order).epoch == "20261125T000000Z"
    assert safe.tags(order).count("order:data:shortened") == 1
    verify(safe.storage)
