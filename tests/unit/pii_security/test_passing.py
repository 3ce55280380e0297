"""What is passed on is opened like what is sealed: under a grant, on record, and never once it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Field
from dockseal.errors import (
    GrantRefused,
    MoveRefused,
    NothingSealed,
    PastDeadline,
    StorageUnavailable,
    VaultError,
)
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.hand import KEPT_FOR
from unit.pii_security.safe import DIRECT, NOW, Safe, someone


def on_its_way(safe: Safe) -> Order:
    return safe.vault.keep(safe.order(warehouse=DIRECT), someone())


def refused(safe: Safe, order: Order) -> bool:
    with pytest.raises(NothingSealed):
        safe.vault.open(order.ref, safe.grant(order))
    return safe.tags(order)[-1] == "order:data:open_refused"


def test_it_is_opened_under_a_grant_and_on_record_and_never_sealed(safe: Safe) -> None:
    order = on_its_way(safe)
    assert safe.vault.open(order.ref, safe.grant(order)).fields() == someone().fields()
    assert safe.tags(order) == ["order:data:opened"]
    assert (safe.storage.sealed.count(), safe.now_is(order)) == (0, order)
    assert safe.keys.epochs() == []


def test_what_only_makes_a_clue_is_dropped_where_nothing_is_sealed(safe: Safe) -> None:
    came = someone(buyer_email="alpha@marketplace.example")
    order = safe.vault.keep(safe.order(warehouse=DIRECT), came)
    passed = safe.vault.passing.find(order)
    assert passed is not None
    assert passed.fields() == someone().fields()
    assert safe.storage.blind_index.count() == 0


def test_of_another_warehouse_it_is_sealed(safe: Safe) -> None:
    order = safe.vault.keep(safe.order(), someone())
    assert order.sealed_until is not None
    assert not safe.vault.passing.orders()


def test_it_is_not_opened_under_a_grant_for_another_order_or_seller(safe: Safe) -> None:
    order, other = on_its_way(safe), on_its_way(safe)
    with pytest.raises(GrantRefused):
        safe.vault.open(order.ref, safe.grant(other))
    with pytest.raises(VaultError):
        safe.vault.open(order.ref, safe.grant(replace(order, seller=SellerId("other"))))


def test_without_its_audit_row_it_is_not_opened(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    order = on_its_way(safe)

    def refuse(*_: object, **__: object) -> None:
        raise StorageUnavailable("the disk is full")

    monkeypatch.setattr(Trail, "record", refuse)
    with pytest.raises(StorageUnavailable):
        safe.vault.open(order.ref, safe.grant(order))


def test_of_an_order_that_was_cancelled_it_is_opened_for_nobody_and_dropped(safe: Safe) -> None:
    order = on_its_way(safe)
    safe.to(order, OrderState.CANCELLED)
    assert refused(safe, order)
    assert not safe.vault.passing.orders()


def test_it_is_gone_after_ten_minutes(safe: Safe) -> None:
    order = on_its_way(safe)
    safe.clock.advance(KEPT_FOR)
    later = on_its_way(safe)
    assert safe.vault.passing.find(later) is not None
    assert safe.vault.passing.orders() == {later.ref}
    safe.clock.advance(KEPT_FOR)
    assert safe.vault.passing.find(later) is None
    assert refused(safe, order)
    assert not safe.vault.passing.orders()


def test_it_is_gone_when_the_order_goes_to_another_warehouse(safe: Safe) -> None:
    order = on_its_way(safe)
    safe.storage.orders.change(order, warehouse=WarehouseId("reno"))
    assert refused(safe, order)
    assert not safe.vault.passing.orders()


def test_a_newer_one_takes_the_place_of_what_was_before(safe: Safe) -> None:
    order = on_its_way(safe)
    safe.vault.keep(order, someone(city="Otherton"))
    opened = safe.vault.open(order.ref, safe.grant(order))
    assert opened.differing(someone(), opened.fields()) == {Field.CITY}


def test_of_what_is_over_or_left_long_ago_nothing_is_held(safe: Safe) -> None:
    with pytest.raises(MoveRefused):
        safe.vault.keep(safe.order(OrderState.CANCELLED, warehouse=DIRECT), someone())
    left = safe.order(warehouse=DIRECT, shipped_at=NOW - timedelta(days=31))
    with pytest.raises(PastDeadline):
        safe.vault.keep(left, someone())
    assert not safe.vault.passing.orders()
