from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.notice import Notice, NoticeSource, Watermark
from dockseal.domain.order import OrdersApi
from dockseal.domain.order_report import AskedReport
from dockseal.domain.quota import BucketState
from dockseal.domain.release import Warehouse
from dockseal.domain.sealed import SealedCredential, SealedRecord
from dockseal.domain.seller import Region, Seller
from dockseal.errors import BadInput, MoveRefused
from dockseal.storage.store import Storage

ACME = Seller(
    id=SellerId("acme-us"),
    region=Region.NA,
    marketplaces=("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"),
    selling_partner_id="A0000000000001",
    warehouse=WarehouseId("reno"),
)


def test_a_seller_is_kept_and_changed(storage: Storage) -> None:
    assert storage.sellers.add(ACME) == ACME
    changed = storage.sellers.change(ACME, rests_because="Credentials ended.", orders_api=OrdersApi.V0)
    assert (changed.rests_because, changed.orders_api) == ("Credentials ended.", OrdersApi.V0)
    assert storage.sellers.get(ACME.id) == changed
    assert storage.sellers.all() == [changed]


def test_a_change_of_one_field_leaves_what_somebody_else_changed(storage: Storage) -> None:
    storage.sellers.add(ACME)
    storage.sellers.change(ACME, queue_url="https://sqs.example.com/1/orders")
    assert storage.sellers.change(ACME, rests_because="x").queue_url == "https://sqs.example.com/1/orders"


def test_a_seller_is_named_once_and_keeps_its_name(storage: Storage) -> None:
    storage.sellers.add(ACME)
    with pytest.raises(BadInput, match="acme-us"):
        storage.sellers.add(ACME)
    with pytest.raises(BadInput):
        storage.sellers.change(ACME, id=SellerId("other"))
    with pytest.raises(BadInput, match="nosuch"):
        storage.sellers.get(SellerId("nosuch"))


def test_a_seller_is_found_by_merchant_token_and_marketplace(storage: Storage) -> None:
    storage.sellers.add(ACME)
    assert storage.sellers.by_partner("A0000000000001", "A2EUQ1WTGCTBG2") == ACME
    assert storage.sellers.by_partner("A0000000000001", "A1PA6795UKMFR9") is None
    assert storage.sellers.by_partner("A0000000000002", "ATVPDKIKX0DER") is None


def test_a_warehouse_is_found_by_its_key_but_never_by_an_empty_one(storage: Storage, now: datetime) -> None:
    reno = Warehouse(
        id=WarehouseId("reno"),
        adapter="webhook",
        options=(("url", "https://wms.example.com"),),
        api_key_hash="ab" * 32,
    )
    by_hand = Warehouse(id=WarehouseId("back-room"), adapter="by_hand")
    storage.warehouses.add(reno)
    storage.warehouses.add(by_hand)
    assert storage.warehouses.by_api_key_hash("ab" * 32, now) == reno
    assert storage.warehouses.by_api_key_hash("", now) is None
    assert storage.warehouses.all() == [by_hand, reno]
    assert storage.warehouses.get(reno.id) == reno
    with pytest.raises(BadInput):
        storage.warehouses.add(reno)
    with pytest.raises(BadInput):
        storage.warehouses.get(WarehouseId("nosuch"))


def test_a_leaked_key_of_a_warehouse_is_replaced(storage: Storage, now: datetime) -> None:
    reno = storage.warehouses.add(
        Warehouse(id=WarehouseId("reno"), adapter="by_hand", api_key_hash="ab" * 32)
    )
    changed = storage.warehouses.change(reno, api_key_hash="cd" * 32, options=(("url", "x"),))
    assert storage.warehouses.by_api_key_hash("ab" * 32, now) is None
    assert storage.warehouses.by_api_key_hash("cd" * 32, now) == changed
    assert changed.options == (("url", "x"),)
    with pytest.raises(BadInput):
        storage.warehouses.change(reno, id=WarehouseId("other"))


def test_a_former_key_of_a_warehouse_is_taken_until_its_end(storage: Storage, now: datetime) -> None:
    reno = Warehouse(id=WarehouseId("reno"), adapter="by_hand", api_key_hash="ab" * 32)
    until = now + timedelta(hours=1)
    changed = storage.warehouses.change(
        storage.warehouses.add(reno),
        api_key_hash="cd" * 32,
        api_key_at=now,
        former_key_hash="ab" * 32,
        former_key_until=until,
    )
    before = until - timedelta(microseconds=1)
    assert storage.warehouses.by_api_key_hash("ab" * 32, before) == changed
    assert storage.warehouses.by_api_key_hash("cd" * 32, until) == changed
    assert storage.warehouses.by_api_key_hash("ab" * 32, until) is None
    assert storage.warehouses.by_api_key_hash("", before) is None
    assert storage.warehouses.with_former_keys(before) == []
    assert storage.warehouses.with_former_keys(until) == [changed]


def _notice(name: str, now: datetime, *, order: int = 1, ship_by: float | None = None) -> Notice:
    return Notice(
        id=name,
        seller=ACME.id,
        amazon_order_id=AmazonOrderId(f"113-0000000-{order:07}"),
        source=NoticeSource.NOTIFICATION,
        noticed_at=now,
        ship_by=None if ship_by is None else now + timedelta(hours=ship_by),
    )


def test_the_same_notice_is_new_once_even_after_it_is_closed(storage: Storage, now: datetime) -> None:
    notice = _notice("n-1", now)
    assert storage.notices.add(notice)
    assert not storage.notices.add(notice)
    assert storage.notices.close(notice.seller, notice.amazon_order_id, now) == 1
    assert not storage.notices.add(notice)
    assert storage.notices.due(ACME.id, now) == []


def test_due_notices_are_the_earliest_of_each_order_by_ship_by(storage: Storage, now: datetime) -> None:
    later = now + timedelta(seconds=1)
    first = _notice("n-1", now, order=1)
    storage.notices.add(first)
    storage.notices.add(_notice("n-2", later, order=1))
    urgent = _notice("n-3", later, order=2, ship_by=3)
    storage.notices.add(urgent)
    assert storage.notices.due(ACME.id, later) == [urgent, first]
    assert storage.notices.due(ACME.id, later, 1) == [urgent]
    assert storage.notices.open_count() == storage.notices.open_count(ACME.id) == 3


def test_due_notices_of_one_instant_come_by_order_id_and_the_newest_from_the_other_end(
    storage: Storage, now: datetime
) -> None:
    for number, order in enumerate((3, 1, 4, 2)):
        storage.notices.add(_notice(f"n-{number}", now, order=order))
    by_id = [AmazonOrderId(f"113-0000000-{order:07}") for order in (1, 2, 3, 4)]
    due = storage.notices.due(ACME.id, now)
    assert [each.amazon_order_id for each in due] == by_id
    newest = storage.notices.due(ACME.id, now, 3, newest=True)
    assert [each.amazon_order_id for each in newest] == by_id[:0:-1]


def test_a_postponed_notice_waits_and_keeps_its_order_waiting(storage: Storage, now: datetime) -> None:
    notice = _notice("n-1", now)
    storage.notices.add(notice)
    storage.notices.add(_notice("n-2", now + timedelta(seconds=1)))
    until = now + timedelta(minutes=1)
    storage.notices.postpone(notice, until, 2)
    assert storage.notices.due(ACME.id, now + timedelta(seconds=2)) == []
    assert storage.notices.next_try(ACME.id) == until
    assert [(one.id, one.tries) for one in storage.notices.due(ACME.id, until)] == [("n-1", 2)]


def test_closing_leaves_notices_that_came_after_the_reading(storage: Storage, now: datetime) -> None:
    late = _notice("n-2", now + timedelta(seconds=1))
    storage.notices.add(_notice("n-1", now))
    storage.notices.add(late)
    assert storage.notices.close(late.seller, late.amazon_order_id, now) == 1
    assert storage.notices.due(ACME.id, late.noticed_at) == [late]


def test_purging_deletes_closed_notices_only(storage: Storage, now: datetime) -> None:
    notice = _notice("n-1", now)
    storage.notices.add(notice)
    storage.notices.add(_notice("n-2", now, order=2))
    storage.notices.close(notice.seller, notice.amazon_order_id, now)
    assert storage.notices.purge_closed(now + timedelta(days=1)) == 1
    assert storage.notices.open_count() == 1


def test_a_watermark_is_kept_in_place_of_the_last(storage: Storage, now: datetime) -> None:
    assert storage.watermarks.get(ACME.id) is None
    storage.watermarks.set(Watermark(seller=ACME.id, complete_to=now, page_token="p", window_since=now))
    done = Watermark(seller=ACME.id, complete_to=now + timedelta(hours=1))
    storage.watermarks.set(done)
    assert storage.watermarks.get(ACME.id) == done


def test_a_report_is_kept_in_place_of_the_last_of_its_marketplace(storage: Storage, now: datetime) -> None:
    us = AskedReport(seller=ACME.id, marketplace_id="ATVPDKIKX0DER", asked_at=now, report_id="50001")
    canada = AskedReport(
        seller=ACME.id, marketplace_id="A2EUQ1WTGCTBG2", asked_at=now + timedelta(hours=1), rests_until=now
    )
    for report in (canada, replace(us, report_id="50000"), us):
        storage.order_reports.put(report)
    assert storage.order_reports.of_seller(ACME.id) == [us, canada]
    assert storage.order_reports.of_seller(SellerId("other")) == []


def test_the_orders_that_buyers_ask_something_of_are_found(storage: Storage, now: datetime) -> None:
    asked = replace(_notice("n-1", now), source=NoticeSource.BUYER)
    for notice in (asked, _notice("n-2", now, order=2), replace(asked, id="n-3", seller=SellerId("other"))):
        storage.notices.add(notice)
    assert storage.notices.of_source(ACME.id, NoticeSource.BUYER) == {asked.amazon_order_id}
    storage.notices.close(ACME.id, asked.amazon_order_id, now)
    assert storage.notices.of_source(ACME.id, NoticeSource.BUYER) == frozenset()


def test_a_bucket_is_kept_in_place_of_the_last(storage: Storage, now: datetime) -> None:
    assert storage.buckets.load(ACME.id, "getOrder") is None
    full = BucketState(tokens=30.0, rate=0.5, burst=30.0, at=now)
    storage.buckets.save(ACME.id, "getOrder", full)
    spent = BucketState(tokens=0.25, rate=0.5, burst=30.0, at=now)
    storage.buckets.save(ACME.id, "getOrder", spent)
    storage.buckets.save(ACME.id, "confirmShipment", full)
    assert storage.buckets.load(ACME.id, "getOrder") == spent
    assert storage.buckets.all() == [
        (ACME.id, "confirmShipment", full),
        (ACME.id, "getOrder", spent),
    ]


def test_a_sign_in_link_works_once_and_not_after_its_time(storage: Storage, now: datetime) -> None:
    soon = now + timedelta(minutes=5)
    storage.sign_ins.add("aa", soon)
    storage.sign_ins.add("bb", soon)
    assert not storage.sign_ins.use("cc", now)
    assert storage.sign_ins.use("aa", now)
    assert not storage.sign_ins.use("aa", now)
    assert not storage.sign_ins.use("bb", soon)
    with pytest.raises(BadInput):
        storage.sign_ins.add("aa", soon)
    assert storage.sign_ins.purge(soon) == 2


def _record(order: str, now: datetime, *, version: int = 1, epoch: str = "2026-11-02") -> SealedRecord:
    return SealedRecord(
        order=OrderRef(order),
        seller=ACME.id,
        version=version,
        epoch=epoch,
        deadline=now + timedelta(days=20),
        sealed_at=now,
        wrapped_key=b"\x00wrapped\xff",
        ciphertext=b"\x00sealed\xff" * 9,
    )


def test_a_sealed_record_gives_way_to_a_newer_version_only(storage: Storage, now: datetime) -> None:
    first, second = _record("a", now), _record("a", now, version=2)
    storage.sealed.put(first)
    assert storage.sealed.get(first.order) == first
    storage.sealed.put(second)
    for stale in (first, second):
        with pytest.raises(MoveRefused):
            storage.sealed.put(stale)
    assert storage.sealed.get(first.order) == second
    assert storage.sealed.count() == 1


def test_an_epoch_is_wiped_a_few_records_at_a_time(storage: Storage, now: datetime) -> None:
    for order, epoch in [("a", "1"), ("b", "2"), ("c", "1"), ("d", "1")]:
        storage.sealed.put(_record(order, now, epoch=epoch))
    assert storage.sealed.epochs() == ["1", "2"]
    assert (storage.sealed.count(), storage.sealed.count("1")) == (4, 3)
    first = storage.sealed.of_epoch("1", limit=2)
    assert len(first) == 2
    assert storage.sealed.wipe("2", first) == 0
    assert storage.sealed.wipe("1", first) == 2
    (last,) = storage.sealed.of_epoch("1")
    assert {last, *first} == {"a", "c", "d"}
    assert storage.sealed.wipe("1", [last]) == 1
    assert storage.sealed.epochs() == ["2"]
    assert storage.sealed.get(OrderRef("a")) is None


def test_one_record_is_deleted_once(storage: Storage, now: datetime) -> None:
    storage.sealed.put(_record("a", now))
    assert storage.sealed.oldest_deadline() == now + timedelta(days=20)
    assert storage.sealed.delete(OrderRef("a"))
    assert not storage.sealed.delete(OrderRef("a"))
    assert storage.sealed.oldest_deadline() is None


def test_the_latest_version_of_a_credential_comes_back(storage: Storage, now: datetime) -> None:
    def credential(version: int) -> SealedCredential:
        return SealedCredential(
            name="seller/acme-us/lwa", version=version, stored_at=now, ciphertext=b"\x00%d" % version
        )

    assert storage.credentials.latest("seller/acme-us/lwa") is None
    for version in (1, 10, 2):
        storage.credentials.put(credential(version))
    assert storage.credentials.latest("seller/acme-us/lwa") == credential(10)
    assert storage.credentials.names() == ["seller/acme-us/lwa"]
    with pytest.raises(MoveRefused):
        storage.credentials.put(credential(2))


def test_versions_before_the_newest_of_one_credential_are_forgotten(storage: Storage, now: datetime) -> None:
    def credential(name: str, version: int) -> SealedCredential:
        return SealedCredential(name=name, version=version, stored_at=now, ciphertext=b"%d" % version)

    for version in (1, 2, 10):
        storage.credentials.put(credential("seller/acme-us/lwa", version))
    storage.credentials.put(credential("seller/acme-us/lwa-2", 1))
    assert storage.credentials.several() == ["seller/acme-us/lwa"]
    assert storage.credentials.forget_before("seller/acme-us/lwa", 10) == 2
    assert storage.credentials.several() == []
    assert storage.credentials.all() == [
        credential("seller/acme-us/lwa", 10),
        credential("seller/acme-us/lwa-2", 1),
    ]
