from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dockseal.domain.access import FIELDS, Grant, Purpose
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Field
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import (
    GrantRefused,
    KeyDestroyed,
    MoveRefused,
    NothingSealed,
    PastDeadline,
    SealBroken,
    StorageError,
    StorageUnavailable,
    VaultError,
)
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.verifying import verify
from dockseal.pii_security import vault as vault_module
from dockseal.pii_security.grants import LIFE
from unit.pii_security.safe import NOW, PERSON, Safe, someone


def test_sealed_data_opens_under_a_grant_with_its_fields_only(safe: Safe) -> None:
    order = safe.sealed()
    slip = safe.vault.open(order.ref, safe.grant(order, PERSON, Purpose.PACKING_SLIP))
    assert slip.disclose() == {"name": "Testperson Alpha", "gift_message": "Happy inventing day"}
    label = safe.vault.open(order.ref, safe.grant(order, PERSON, Purpose.SHIPPING_LABEL))
    assert Field.GIFT_MESSAGE not in label.fields()


def test_the_order_knows_until_when_and_no_longer_than_allowed(safe: Safe) -> None:
    order = safe.sealed()
    assert order == safe.now_is(order)
    assert order.sealed_until is not None
    assert NOW < order.sealed_until <= NOW + timedelta(days=28)
    (row,) = safe.rows(order, tag="order:data:sealed")
    assert dict(row.fields)["fields"] == "6"
    assert [row.tag for row in safe.rows()] == ["key:epoch:created", "order:data:sealed"]


def test_the_row_of_an_open_is_committed_before_anything_is_decrypted(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = safe.sealed()
    seen: list[str] = []

    def crash(record: SealedRecord, key: bytes) -> None:
        assert not safe.storage.in_transaction()
        seen.extend(safe.tags(order))
        raise SystemExit

    monkeypatch.setattr(vault_module, "unseal", crash)
    with pytest.raises(SystemExit):
        safe.vault.open(order.ref, safe.grant(order))
    assert seen[-1] == safe.tags(order)[-1] == "order:data:opened"


def test_without_its_audit_row_nothing_is_decrypted(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    order = safe.sealed()
    decrypted: list[object] = []

    def refuse(*_: object, **__: object) -> None:
        raise StorageUnavailable("the disk is full")

    monkeypatch.setattr(Trail, "record", refuse)
    monkeypatch.setattr(vault_module, "unseal", lambda *parts: decrypted.append(parts))
    with pytest.raises(StorageUnavailable):
        safe.vault.open(order.ref, safe.grant(order))
    assert decrypted == []


def test_nothing_opens_inside_a_transaction_that_could_undo_its_row(safe: Safe) -> None:
    order = safe.sealed()
    with pytest.raises(StorageError), safe.storage.transaction():
        safe.vault.open(order.ref, safe.grant(order))


def refused(safe: Safe, order: Order, grant: Grant, error: type[VaultError]) -> dict[str, str]:
    """Asserts that an open is refused, and returns the fields of its audit row."""
    with pytest.raises(error):
        safe.vault.open(order.ref, grant)
    (row,) = safe.rows(order, tag="order:data:open_refused")
    assert "order:data:opened" not in safe.tags(order)
    return dict(row.fields) | {"actor": row.actor}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "0" * 32},
        {"actor": PERSON},
        {"purpose": Purpose.SHIPPING_LABEL},
        {"fields": FIELDS[Purpose.HAND_OVER] | {Field.BUYER_EMAIL}},
        {"expires_at": NOW + timedelta(days=400)},
        {"seller": SellerId("other-us")},
    ],
)
def test_a_grant_made_or_changed_by_hand_is_refused_and_vouches_for_nobody(
    safe: Safe, change: dict[str, Any]
) -> None:
    order = safe.sealed()
    told = refused(safe, order, replace(safe.grant(order), **change), GrantRefused)
    assert told == {"reason": "grant_refused", "actor": "service:vault"}


def test_a_grant_for_another_order_is_refused(safe: Safe) -> None:
    order, other = safe.sealed(), safe.sealed()
    told = refused(safe, order, safe.grant(other), GrantRefused)
    assert told["actor"] == "service:release"


def test_an_expired_grant_is_refused(safe: Safe) -> None:
    order = safe.sealed()
    grant = safe.grant(order)
    safe.clock.advance(LIFE)
    assert refused(safe, order, grant, GrantRefused)["grant"] == grant.id


def test_a_grant_under_another_seller_is_refused(safe: Safe) -> None:
    order = safe.sealed()
    wrong = safe.grants.issue(PERSON, Purpose.PACKING_SLIP, seller=SellerId("other-us"), order=order.ref)
    assert refused(safe, order, wrong, GrantRefused)["reason"] == "grant_refused"


def test_past_the_deadline_nothing_opens_though_row_and_key_are_there(safe: Safe) -> None:
    order = safe.sealed()
    assert order.sealed_until is not None
    safe.clock.advance(order.sealed_until - NOW)
    assert safe.storage.sealed.get(order.ref) is not None
    assert len(safe.keys.epochs()) == 1
    assert refused(safe, order, safe.grant(order), PastDeadline)["reason"] == "past_deadline"


def test_until_just_before_the_deadline_it_opens(safe: Safe) -> None:
    order = safe.sealed()
    assert order.sealed_until is not None
    safe.clock.advance(order.sealed_until - NOW - timedelta(microseconds=1))
    assert safe.vault.open(order.ref, safe.grant(order)).fields()


def test_moving_the_deadline_in_the_database_opens_nothing(safe: Safe) -> None:
    order = safe.sealed()
    record = safe.storage.sealed.get(order.ref)
    assert record is not None
    later = replace(record, version=2, deadline=record.deadline + timedelta(days=300))
    safe.storage.sealed.put(later)
    safe.clock.advance(timedelta(days=29))
    assert refused(safe, order, safe.grant(order), PastDeadline)["reason"] == "past_deadline"


def test_a_record_swapped_with_another_orders_is_broken(safe: Safe) -> None:
    order, other = safe.sealed(), safe.sealed()
    record = safe.storage.sealed.get(other.ref)
    assert record is not None
    safe.storage.sealed.put(replace(record, order=order.ref, version=2))
    with pytest.raises(SealBroken):
        safe.vault.open(order.ref, safe.grant(order))
    assert safe.tags(order)[-2:] == ["order:data:opened", "order:data:open_refused"]


def test_a_record_that_names_no_epoch_is_broken_and_stops_no_shredding(safe: Safe) -> None:
    order = safe.sealed()
    record = safe.storage.sealed.get(order.ref)
    assert record is not None
    safe.storage.sealed.put(replace(record, epoch="../master", version=2))
    assert refused(safe, order, safe.grant(order), SealBroken)["reason"] == "seal_broken"
    safe.clock.advance(timedelta(days=40))
    safe.shredding.run()
    assert safe.keys.epochs() == []


def test_a_destroyed_key_opens_nothing(safe: Safe) -> None:
    order = safe.sealed()
    safe.keys.destroy(safe.keys.epochs()[0])
    assert refused(safe, order, safe.grant(order), KeyDestroyed)["reason"] == "key_destroyed"


def test_what_is_not_kept_is_refused(safe: Safe) -> None:
    order = safe.order()
    assert refused(safe, order, safe.grant(order), NothingSealed)["reason"] == "nothing_sealed"


def test_a_reference_of_no_order_opens_nothing(safe: Safe) -> None:
    order = safe.sealed()
    nobody = OrderRef("zzzzzzzzzz")
    grant = safe.grants.issue(PERSON, Purpose.PACKING_SLIP, seller=order.seller, order=nobody)
    with pytest.raises(NothingSealed):
        safe.vault.open(nobody, grant)


def test_a_cancelled_order_opens_for_nobody_though_not_erased_yet(safe: Safe) -> None:
    order = safe.to(safe.sealed(), OrderState.CANCELLED)
    assert safe.storage.sealed.get(order.ref) is not None
    refused(safe, order, safe.grant(order), NothingSealed)


def test_sealing_again_replaces_the_record_with_a_newer_version(safe: Safe) -> None:
    order = safe.sealed()
    safe.vault.seal(order, someone(name="Testperson Beta"))
    assert safe.vault.open(order.ref, safe.grant(order)).disclose()["name"] == "Testperson Beta"
    assert safe.storage.sealed.count() == 1


def test_an_older_version_put_back_as_the_newer_is_broken(safe: Safe) -> None:
    order = safe.sealed()
    old = safe.storage.sealed.get(order.ref)
    assert old is not None
    safe.vault.seal(order, someone(name="Testperson Beta"))
    safe.storage.sealed.put(replace(old, version=3))
    with pytest.raises(SealBroken):
        safe.vault.open(order.ref, safe.grant(order))


def test_a_crash_between_the_row_and_the_order_is_healed_by_the_next_seal(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = safe.order()

    def crash(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(type(safe.storage.orders), "change", crash)
        with pytest.raises(SystemExit):
            safe.vault.seal(order, someone())
    assert safe.now_is(order).sealed_until is None
    assert "order:data:sealed" not in safe.tags(order)
    sealed = safe.vault.seal(safe.now_is(order), someone())
    assert safe.vault.open(order.ref, safe.grant(sealed)).fields()


def test_an_order_cancelled_while_its_data_was_on_the_way_keeps_none(safe: Safe) -> None:
    order = safe.order()
    safe.to(order, OrderState.CANCELLED)
    with pytest.raises(MoveRefused):
        safe.vault.seal(order, someone())
    assert safe.storage.sealed.count() == 0
    with pytest.raises(MoveRefused):
        safe.vault.seal(safe.now_is(order), someone())


def test_an_epoch_key_is_recorded_once_and_before_it_is_made(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(type(safe.keys), "epoch_key", crash)
        with pytest.raises(SystemExit):
            safe.sealed()
    assert safe.tags() == ["key:epoch:created"]
    assert safe.keys.epochs() == []


def test_erasing_is_recorded_and_deletes_the_row_at_once(safe: Safe) -> None:
    order = safe.sealed()
    assert safe.vault.erase(order.ref)
    assert safe.storage.sealed.get(order.ref) is None
    assert not safe.vault.erase(order.ref)
    assert safe.tags(order)[-1] == "order:data:erased"


def test_seals_are_counted_and_the_trail_adds_up(safe: Safe) -> None:
    order = safe.sealed()
    safe.vault.open(order.ref, safe.grant(order))
    text = safe.metrics.expose().decode()
    assert "dockseal_personal_data_sealed_total 1.0" in text
    assert verify(safe.storage).rows == len(safe.rows())
    assert "Testperson" not in repr(safe.rows())


def test_no_personal_data_lies_in_any_file_in_clear(safe: Safe) -> None:
    safe.sealed()
    held = b"".join(place.read_bytes() for place in safe.folder.rglob("*") if place.is_file())
    assert b"acme-us" in held, "the files were read"
    for text in (b"Testperson", b"Sample Street", b"Exampleton", b"inventing"):
        assert text not in held
