"""The test order: clearly marked, for an invented buyer, and no order at all."""

from datetime import datetime, timedelta

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, ReleaseRef, SellerId, WarehouseId
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderLine, OrderState
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Release, ReleaseState
from dockseal.errors import BadInput

PREFIX = "dockseal-test-"
"""Begins the reference of every test order; no real reference has an o or an l in it."""
MARK = "TEST ORDER - DO NOT SHIP"
ABOUT_THE_TEST = (
    "this is about the test order: it arrived, so reports work; nothing of it is shipped or confirmed"
)
"""What is answered to whoever reports a parcel of a test order."""
INVENTED = Recipient(
    {
        Field.NAME: "Testorder Donotship",
        Field.DELIVERY_INSTRUCTIONS: MARK,
        Field.ADDRESS_LINE_1: "1 Nowhere Street",
        Field.CITY: "Nowhereville",
        Field.REGION: "NV",
        Field.POSTAL_CODE: "89501",
        Field.COUNTRY: "US",
        Field.PHONE: "+1 555 0100",
    }
)


def test_order_id(reference: ReleaseRef) -> AmazonOrderId:
    """Returns what stands for Amazon's id of a test order: no shop of Amazon's has ids that begin so."""
    return AmazonOrderId(f"000-0000000-{int(reference.removeprefix(PREFIX), 16) % 10_000_000:07}")


def test_order(reference: ReleaseRef, warehouse: WarehouseId, at: datetime) -> tuple[Order, Release]:
    """Returns the test order as it is told to a warehouse, and its release; neither is kept anywhere.

    Args:
        reference: What it goes by.
        warehouse: Whom it is for.
        at: When it was made.
    """
    ref = OrderRef(reference)
    amazon = AmazonOrder(
        amazon_order_id=test_order_id(reference),
        marketplace_id="ATVPDKIKX0DER",
        status=AmazonStatus.UNSHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        updated_at=at,
        ship_by=at + timedelta(days=1),
        deliver_by=at + timedelta(days=4),
        lines=(OrderLine(order_item_id="00000000000000", sku="DOCKSEAL-TEST", title=MARK, ordered=1),),
    )
    order = Order(
        ref=ref,
        seller=SellerId("test"),
        state=OrderState.RELEASED,
        amazon=amazon,
        read_at=at,
        accepted_at=at,
        warehouse=warehouse,
    )
    release = Release(
        ref=reference, order=ref, warehouse=warehouse, state=ReleaseState.ACCEPTED, intended_at=at
    )
    return order, release


def is_test(reference: str) -> bool:
    """Tells whether a reference is that of a test order."""
    return reference.startswith(PREFIX)


def refuse_test(reference: str) -> None:
    """Refuses what a warehouse reports of a test order, in a sentence that says that it arrived.

    Raises:
        BadInput: the reference is that of a test order.
    """
    if is_test(reference):
        raise BadInput(ABOUT_THE_TEST)
