from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from dockseal.domain.identifiers import new_order_ref
from dockseal.domain.order import Order, OrderState
from dockseal.errors import KeyDestroyed, VaultError
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.verifying import verify
from dockseal.pii_security import keys
from dockseal.pii_security.files import owner_of
from dockseal.pii_security.keys import FileKeyStore
from unit.pii_security.safe import NOW, Safe

S = OrderState


def to_the_end(safe: Safe, order: Order) -> Order:
    """Moves an order on until it is verified."""
    for state in (S.RELEASED, S.SHIPPED, S.CONFIRMED, S.VERIFIED):
        order = safe.to(order, state)
    return order


def after_the_deadline(safe: Safe) -> None:
    safe.clock.advance(NOW + timedelta(days=28, seconds=1) - safe.clock.now())


def test_at_the_end_of_an_epoch_its_key_and_rows_are_gone_and_orders_know(safe: Safe) -> None:
    waiting, verified = safe.sealed(), to_the_end(safe, safe.sealed())
    (epoch,) = safe.keys.epochs()
    after_the_deadline(safe)
    outcome = safe.shredding.run()
    assert outcome.done == 1
    assert not safe.keys.has(epoch)
    assert safe.storage.sealed.count() == 0
    assert safe.now_is(waiting).sealed_until is None
    assert safe.now_is(waiting).state is S.RELEASABLE
    assert safe.now_is(verified).state is S.SHREDDED
    assert safe.now_is(verified).sealed_until is None
    with pytest.raises(KeyDestroyed):
        safe.keys.epoch_key(epoch)
    intended, shredded = safe.rows()[-3], safe.rows()[-1]
    assert (intended.tag, shredded.tag) == ("key:epoch:shred_intended", "key:epoch:shredded")
    assert dict(intended.fields) == {"epoch": epoch, "records": "2"}
    by = f"user:{owner_of(safe.folder / 'keys')}"
    assert dict(shredded.fields) == {"epoch": epoch, "records": "2", "by": by}
    assert safe.tags(verified)[-1] == "order:life:shredded"
    assert "dockseal_personal_data_shredded_total 2.0" in safe.metrics.expose().decode()


def test_before_its_end_an_epoch_is_left_alone_and_its_end_is_told(safe: Safe) -> None:
    order = to_the_end(safe, safe.sealed())
    outcome = safe.shredding.run()
    assert outcome.done == 0
    assert outcome.again_at == order.sealed_until
    assert safe.now_is(order).state is S.VERIFIED
    assert safe.vault.open(order.ref, safe.grant(order)).fields()


def test_a_key_is_destroyed_at_the_very_end_of_its_epoch(safe: Safe) -> None:
    order = safe.sealed()
    assert order.sealed_until is not None
    safe.clock.advance(order.sealed_until - NOW)
    safe.shredding.run()
    assert safe.keys.epochs() == []


def test_only_ended_epochs_are_shredded(safe: Safe) -> None:
    first = safe.sealed()
    safe.clock.advance(timedelta(days=3))
    second = safe.sealed()
    after_the_deadline(safe)
    safe.shredding.run()
    assert safe.now_is(first).sealed_until is None
    assert safe.vault.open(second.ref, safe.grant(second)).fields()
    assert len(safe.keys.epochs()) == 1


def test_a_cancelled_order_is_erased_at_once_and_is_shredded(safe: Safe) -> None:
    order = safe.to(safe.sealed(), S.CANCELLED)
    assert safe.shredding.run().done == 1
    assert safe.storage.sealed.get(order.ref) is None
    kept = safe.now_is(order)
    assert (kept.state, kept.sealed_until) == (S.SHREDDED, None)
    assert safe.tags(order)[-2:] == ["order:data:erased", "order:life:shredded"]


@pytest.mark.parametrize("state", [S.CANCELLED, S.VERIFIED])
def test_an_order_that_is_over_and_never_kept_anything_is_shredded(safe: Safe, state: OrderState) -> None:
    order = safe.order(state)
    safe.shredding.run()
    assert safe.now_is(order).state is S.SHREDDED
    assert safe.tags(order) == ["order:life:shredded"]


@pytest.mark.parametrize("state", sorted(set(S) - {S.CANCELLED, S.VERIFIED, S.SHREDDED, S.NOTICED}))
def test_orders_under_way_keep_their_state(safe: Safe, state: OrderState) -> None:
    order = safe.sealed(state)
    after_the_deadline(safe)
    safe.shredding.run()
    kept = safe.now_is(order)
    assert (kept.state, kept.sealed_until) == (state, None)


def test_a_second_run_does_nothing(safe: Safe) -> None:
    to_the_end(safe, safe.sealed())
    after_the_deadline(safe)
    safe.shredding.run()
    before = safe.tags()
    assert safe.shredding.run().done == 0
    assert safe.tags() == before


def test_more_than_one_batch_of_orders_is_gone_through(safe: Safe) -> None:
    for _ in range(201):
        safe.order(S.CANCELLED)
    assert safe.shredding.run().more
    assert not safe.shredding.run().more
    assert safe.storage.orders.counts() == [("acme-us", S.SHREDDED, 201)]


def test_the_keys_of_all_ended_epochs_go_before_many_rows_are_wiped(safe: Safe) -> None:
    first = [safe.sealed() for _ in range(201)]
    safe.clock.advance(timedelta(days=1))
    later = safe.sealed()
    after_the_deadline(safe)
    safe.clock.advance(timedelta(days=1))
    assert safe.shredding.run().more
    assert safe.keys.epochs() == []
    assert safe.storage.sealed.count() == 1
    assert safe.tags().count("key:epoch:shredded") == 1
    assert not safe.shredding.run().more
    assert safe.storage.sealed.count() == 0
    assert {safe.now_is(order).sealed_until for order in (*first, later)} == {None}
    told = [dict(row.fields)["records"] for row in safe.rows() if row.tag == "key:epoch:shredded"]
    assert told == ["1", "201"]


class Crash(BaseException):
    """The power goes."""


STEPS: dict[str, tuple[Any, str]] = {
    "record": (Trail, "record"),
    "destroy": (FileKeyStore, "destroy"),
    "tombstone": (keys, "write_new"),
    "overwrite": (keys, "destroy_file"),
    "change": (None, "change"),
    "move": (None, "move"),
    "wipe": (None, "wipe"),
    "delete": (None, "delete"),
}
"""Everything that shredding changes something with."""


@dataclass
class Scene:
    """An epoch at its end with two orders and an erased one, and a cancelled order in a later epoch."""

    safe: Safe

    def __post_init__(self) -> None:
        self.waiting = self.safe.sealed()
        self.verified = to_the_end(self.safe, self.safe.sealed())
        self.safe.vault.erase(self.safe.sealed().ref)
        (self.epoch,) = self.safe.keys.epochs()
        self.safe.clock.advance(timedelta(days=3))
        self.cancelled = self.safe.to(self.safe.sealed(), S.CANCELLED)
        after_the_deadline(self.safe)

    def owner(self, step: str) -> tuple[Any, str]:
        owner, name = STEPS[step]
        tables = self.safe.storage.orders if step in {"change", "move"} else self.safe.storage.sealed
        return owner or type(tables), name


def crash_at(
    patch: pytest.MonkeyPatch, owner: Any, name: str, *, call: int, after: bool = False
) -> list[int]:
    """Makes the n-th call of a function crash, before or after its effect; returns a list of its calls."""
    original = getattr(owner, name)
    calls: list[int] = []

    def crashing(*given: Any, **named: Any) -> Any:
        calls.append(len(calls) + 1)
        if calls[-1] == call and not after:
            raise Crash
        result = original(*given, **named)
        if calls[-1] == call:
            raise Crash
        return result

    patch.setattr(owner, name, crashing)
    return calls


HAPPEN = {
    "record": 5,
    "destroy": 1,
    "tombstone": 1,
    "overwrite": 1,
    "change": 1,
    "move": 2,
    "wipe": 1,
    "delete": 1,
}
"""How often each step happens in the scene."""


@pytest.mark.parametrize("step", STEPS)
def test_each_step_happens_as_often_as_it_is_crashed(
    safe: Safe, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    owner, name = Scene(safe).owner(step)
    calls = crash_at(monkeypatch, owner, name, call=0)
    safe.shredding.run()
    assert len(calls) == HAPPEN[step]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("step", "call"), [(step, call) for step, often in HAPPEN.items() for call in range(1, often + 1)]
)
def test_a_crash_at_any_step_is_finished_by_the_next_run(
    safe: Safe, monkeypatch: pytest.MonkeyPatch, step: str, call: int, after: bool
) -> None:
    scene = Scene(safe)
    with monkeypatch.context() as patch:
        owner, name = scene.owner(step)
        crash_at(patch, owner, name, call=call, after=after)
        with pytest.raises(Crash):
            safe.shredding.run()
    for order in (scene.waiting, scene.verified, scene.cancelled):
        with pytest.raises(VaultError):
            safe.vault.open(order.ref, safe.grant(order))
    safe.shredding.run()
    assert scene.epoch not in safe.keys.epochs()
    with pytest.raises(KeyDestroyed):
        safe.keys.epoch_key(scene.epoch)
    assert safe.storage.sealed.count() == 0
    assert safe.now_is(scene.waiting).sealed_until is None
    assert safe.tags().count("key:epoch:shred_intended") == 1
    assert safe.tags().count("key:epoch:shredded") == 1
    for order in (scene.verified, scene.cancelled):
        assert safe.now_is(order).state is S.SHREDDED
        assert safe.tags(order).count("order:life:shredded") == 1
    verify(safe.storage)


def test_an_order_changed_meanwhile_is_told_all_the_same(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    order = safe.sealed()
    after_the_deadline(safe)
    get = type(safe.storage.orders).get
    raced: list[Order] = []

    def racing(orders: Any, ref: Any) -> Order:
        found = get(orders, ref)
        if not raced:
            raced.append(safe.storage.orders.change(found, attention="changed by somebody else"))
        return found

    monkeypatch.setattr(type(safe.storage.orders), "get", racing)
    safe.shredding.run()
    kept = safe.now_is(order)
    assert (kept.sealed_until, kept.attention) == (None, "changed by somebody else")


def test_a_row_of_an_order_that_is_not_kept_goes_too(safe: Safe) -> None:
    order = safe.sealed()
    record = safe.storage.sealed.get(order.ref)
    assert record is not None
    safe.storage.sealed.delete(order.ref)
    safe.storage.sealed.put(type(record)(**{**_values(record), "order": new_order_ref()}))
    after_the_deadline(safe)
    safe.shredding.run()
    assert safe.storage.sealed.count() == 0


def _values(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).__slots__}
