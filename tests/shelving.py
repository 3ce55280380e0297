"""Orders on the shelf of a warehouse, without an Amazon that sold them."""

from datetime import timedelta

from day import SELLER, Day
from dockseal.domain.identifiers import AmazonOrderId, OrderRef
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shelf import ShelfKind
from dockseal.warehouses.port import HandOver


def put_on_shelf(day: Day, given: HandOver) -> None:
    """Has an order released to a warehouse, with its personal data sealed."""
    storage, now = day.app.storage, day.clock.now()
    order = Order(
        ref=OrderRef(given.reference.rpartition("-")[0]),
        seller=SELLER,
        state=OrderState.RELEASED,
        amazon=AmazonOrder(
            amazon_order_id=AmazonOrderId(f"113-0000000-{storage.orders.count() + 1:07}"),
            marketplace_id=given.marketplace_id,
            status=AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            purchased_at=now - timedelta(hours=1),
            updated_at=now,
            ship_by=given.ship_by,
            deliver_by=given.deliver_by,
            programs=given.programs,
            lines=given.lines,
        ),
        read_at=now,
        accepted_at=now,
        warehouse=given.warehouse.id,
    )
    storage.orders.insert(order)
    day.app.vault.seal(order, given.recipient)
    release = Release(
        ref=given.reference,
        order=order.ref,
        warehouse=given.warehouse.id,
        state=ReleaseState.INTENDED,
        intended_at=now,
    )
    with storage.transaction():
        storage.releases.settle(storage.releases.intend(release), ReleaseState.ACCEPTED, now)
        storage.shelf.put(given.warehouse.id, given.reference, ShelfKind.RELEASED, now)
