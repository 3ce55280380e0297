"""So many of a hundred are canaries, of all that can be opened, however many others lie before them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from dockseal.domain.identifiers import WarehouseId, new_order_ref, release_ref
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.errors import BadInput
from dockseal.pii_security.canaries import Canaries
from dockseal.pii_security.planting import Planting
from unit.pii_security.safe import NOW, PERSON, SELLER, Safe, someone

RENO, PUSHED = WarehouseId("reno"), WarehouseId("pushed")


@pytest.fixture
def planting(safe: Safe) -> Planting:
    safe.storage.warehouses.add(Warehouse(id=RENO, adapter="by_hand"))
    safe.storage.warehouses.add(Warehouse(id=PUSHED, adapter="webhook"))
    return Planting(vault=safe.vault, canaries=Canaries(safe.credentials), percent=10)


def released(safe: Safe, number: int, at: WarehouseId = RENO, *, sealed: bool = True, days: int = 2) -> None:
    """Keeps orders that are released there, and to be shipped in some days."""
    for _ in range(number):
        order = safe.order(warehouse=at, ship_by=NOW + timedelta(days=days))
        order = safe.vault.seal(order, someone()) if sealed else order
        with safe.storage.transaction():
            safe.storage.orders.move(order, OrderState.RELEASED)
        handed_over(safe, order)


def handed_over(safe: Safe, order: Order, part: int = 1) -> None:
    safe.storage.releases.intend(
        Release(
            ref=release_ref(order.ref, part),
            order=order.ref,
            warehouse=order.warehouse or RENO,
            state=ReleaseState.ACCEPTED,
            intended_at=NOW,
            settled_at=NOW,
        )
    )


def test_one_in_ten_of_more_than_five_hundred_is_a_canary(safe: Safe, planting: Planting) -> None:
    released(safe, 540)
    planting.run(SELLER)
    assert len(planting.canaries()) == 60
    planting.grow(SELLER, at_once=True)
    assert len(planting.living(SELLER)) == 60
    planting.run(SELLER)
    assert len(planting.canaries()) == 60  # canaries do not count as orders of buyers


def test_orders_that_nobody_opens_one_by_one_do_not_hide_those_behind_them(
    safe: Safe, planting: Planting
) -> None:
    released(safe, 520, PUSHED, sealed=False, days=1)
    released(safe, 18)
    planting.run(SELLER)
    assert len(planting.canaries()) == 2


def test_none_is_made_like_an_order_that_is_late_soon_or_in_parts_or_without_its_address(
    safe: Safe, planting: Planting
) -> None:
    released(safe, 2, days=0)
    released(safe, 2, sealed=False)
    released(safe, 1)
    (order,) = safe.storage.openable.some(SELLER, [RENO], ships_after=NOW, limit=9)
    handed_over(safe, order, part=2)
    with pytest.raises(BadInput, match="has no order that a person or a warehouse could open now"):
        planting.want(SELLER, 1, safe.grant(order).actor)


def test_what_two_processes_write_into_the_register_at_the_same_moment_is_all_kept(safe: Safe) -> None:
    def plant(_: int) -> None:
        for _ in range(5):
            Canaries(safe.credentials).add({new_order_ref(): SELLER}, PERSON)
        safe.storage.close_thread()

    with ThreadPoolExecutor(max_workers=4) as processes:  # each register has a lock of its own, as theirs do
        list(processes.map(plant, range(4)))
    assert len(Canaries(safe.credentials)()) == 20
