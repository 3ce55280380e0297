"""Why an order is not further yet: one row per case, each one sentence that says what would change it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, ReleaseRef, SellerId, WarehouseId
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import (
    AmazonOrder,
    AmazonStatus,
    FulfilledBy,
    Hold,
    Order,
    OrderLine,
    OrdersApi,
    OrderState,
)
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.seller import Region, Seller
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.domain.stop import Stop, StopReason, StopState
from dockseal.monitoring_audit.completeness import QuotaLeft
from dockseal.monitoring_audit.why import why
from dockseal.monitoring_audit.why_facts import Asked, Facts

_S = OrderState
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
ID = "113-0000000-0000001"
ACME = Seller(
    id=SellerId("acme-us"),
    region=Region.NA,
    marketplaces=("ATVPDKIKX0DER",),
    selling_partner_id="A0SAMPLE",
    warehouse=WarehouseId("reno"),
)
RESTING = replace(ACME, rests_because="Login with Amazon refused its refresh token.")
OLD_API = replace(ACME, orders_api=OrdersApi.V0)
READING = AmazonOrder(
    amazon_order_id=AmazonOrderId(ID),
    status=AmazonStatus.UNSHIPPED,
    status_text="UNSHIPPED",
    fulfilled_by=FulfilledBy.MERCHANT,
    updated_at=NOW,
    ship_by=NOW + timedelta(hours=4, minutes=10),
    lines=(OrderLine(order_item_id="1", sku="MUG-1", ordered=3),),
)
ORDER = Order(
    ref=OrderRef("ref23456789abcdefghj"),
    seller=ACME.id,
    state=_S.ACCEPTED,
    amazon=READING,
    read_at=NOW,
    accepted_at=NOW - timedelta(minutes=1),
    warehouse=ACME.warehouse,
)
SEALED = replace(ORDER, state=_S.RELEASABLE, sealed_until=NOW + timedelta(days=20))
UNSEALED = replace(ORDER, state=_S.RELEASABLE)
NOTICE = Notice(
    id="n1",
    seller=ACME.id,
    amazon_order_id=AmazonOrderId(ID),
    source=NoticeSource.NOTIFICATION,
    noticed_at=NOW - timedelta(seconds=50),
)
PACKAGE = Package(
    order=ORDER.ref,
    reference_id=1,
    carrier="UPS",
    tracking_number="T-1",
    shipped_at=NOW,
    contents=(Content(order_item_id="1", quantity=2),),
    state=PackageState.REPORTED,
    report_id="r1",
)
RELEASE = Release(
    ref=ReleaseRef("ref23456789abcdefghj-1"),
    order=ORDER.ref,
    warehouse=WarehouseId("reno"),
    state=ReleaseState.ACCEPTED,
    intended_at=NOW - timedelta(hours=1),
    settled_at=NOW - timedelta(minutes=59),
)
FACTS = Facts(which=ID, now=NOW, seller=ACME)


def spent(operation: str) -> tuple[QuotaLeft, ...]:
    """A bucket that is empty for five minutes."""
    return (QuotaLeft(operation=operation, left=0, burst=30, next_at=SOON),)


def unpaid() -> Order:
    """An order that is not paid for."""
    return replace(ORDER, amazon=replace(READING, status=AmazonStatus.PENDING, status_text="PENDING"))


def in_state(state: OrderState, **changes: object) -> Order:
    """The order in another state."""
    return replace(ORDER, state=state, **changes)  # type: ignore[arg-type]  # changes by name


STOP = Stop(
    release=ReleaseRef("ref-1"),
    order=ORDER.ref,
    warehouse=WarehouseId("reno"),
    reason=StopReason.BUYER,
    state=StopState.ASKED,
    wanted_at=NOW - timedelta(minutes=2),
    asked_at=NOW - timedelta(minutes=1),
)
CASES: dict[str, tuple[Facts, tuple[str, ...]]] = {
    "in no table": (
        replace(FACTS, seller=None, complete_to=NOW - timedelta(minutes=2)),
        ("is not imported", "sweeps are complete to 07:58:00 UTC", "--ask-amazon"),
    ),
    "in no table before any sweep": (replace(FACTS, seller=None), ("no sweep is complete yet",)),
    "unknown to Amazon": (
        replace(FACTS, seller=None, asked=Asked()),
        ("Amazon knows no such order of any seller here", "dockseal sellers add"),
    ),
    "Amazon could not be asked": (
        replace(FACTS, seller=None, asked=Asked(unanswered=("Amazon cannot be reached.",))),
        ("Amazon could not be asked: Amazon cannot be reached", "ask again later"),
    ),
    "shipped by Amazon": (
        replace(
            FACTS, asked=Asked(seller=ACME.id, reading=replace(READING, fulfilled_by=FulfilledBy.AMAZON))
        ),
        ("Amazon ships it itself (AFN)",),
    ),
    "over before we saw it": (
        replace(
            FACTS,
            asked=Asked(
                seller=ACME.id, reading=replace(READING, status=AmazonStatus.SHIPPED, status_text="SHIPPED")
            ),
        ),
        ("Amazon shows it SHIPPED", "over before we first saw it"),
    ),
    "noticed": (replace(FACTS, notices=(NOTICE,)), ("noticed at 07:59:10 UTC", "read within seconds")),
    "noticed at a seller that is gone": (
        replace(FACTS, seller=None, notices=(NOTICE,)),
        ("seller acme-us is no longer served", "dockseal sellers add"),
    ),
    "noticed and waiting for quota": (
        replace(FACTS, notices=(NOTICE,), quotas=spent("getOrder")),
        ("waits for Amazon's quota of getOrder, spent until 08:05:00 UTC",),
    ),
    "noticed and waiting for quota, v0": (
        replace(FACTS, seller=OLD_API, notices=(NOTICE,), quotas=spent("getOrderItems")),
        ("quota of getOrderItems",),
    ),
    "noticed and not shown": (
        replace(FACTS, notices=(replace(NOTICE, tries=3, next_try=SOON),)),
        ("did not show it when it was read 3 times", "read again at 08:05:00 UTC"),
    ),
    "noticed at a seller that rests": (
        replace(FACTS, seller=RESTING, notices=(NOTICE,)),
        ("lanes of seller acme-us rest", "Login with Amazon refused", "authorise it again"),
    ),
    "noticed while the lane fails": (
        replace(FACTS, notices=(NOTICE,), failing={"take_in": "Amazon cannot be reached."}),
        ("step take_in", "Amazon cannot be reached", "tried again by itself"),
    ),
    "accepted": (replace(FACTS, order=ORDER), ("taken in at 07:59:00 UTC", "examined within seconds")),
    "unpaid": (
        replace(FACTS, order=unpaid()),
        ("PENDING", "payment is not through", "as soon as Amazon says that it is"),
    ),
    "unreadable": (
        replace(
            FACTS,
            order=in_state(_S.HELD, hold=Hold(code="unreadable", sentence="Order lacks orderItems. Look.")),
        ),
        ("is held (unreadable): Order lacks orderItems",),
    ),
    "the role is missing": (
        replace(
            FACTS,
            order=in_state(
                _S.HELD,
                hold=Hold(code="address_role_missing", sentence="The role is missing. Have it granted."),
            ),
        ),
        ("is held (address_role_missing)", "Have it granted"),
    ),
    "address not retrieved yet": (replace(FACTS, order=UNSEALED), ("its address is not retrieved yet",)),
    "address postponed": (
        replace(FACTS, order=replace(UNSEALED, next_try=SOON)),
        ("its address was asked for", "asked again at 08:05:00 UTC"),
    ),
    "address waits for quota": (
        replace(FACTS, order=UNSEALED, quotas=spent("getOrder")),
        ("it waits for its address", "quota of getOrder"),
    ),
    "address past its deadline": (
        replace(FACTS, order=replace(SEALED, sealed_until=NOW)),
        ("reached its deadline", "retrieved again"),
    ),
    "retrieval fails": (
        replace(FACTS, order=UNSEALED, failing={"retrieve": "A fault."}),
        ("step retrieve of its seller fails, A fault",),
    ),
    "sealed and ready": (replace(FACTS, order=SEALED), ("handed to warehouse reno within seconds",)),
    "no address needed": (
        replace(FACTS, order=UNSEALED, needs_address=False),
        ("handed to warehouse reno within seconds",),
    ),
    "the warehouse is down": (
        replace(FACTS, order=replace(SEALED, next_try=SOON, attention="Warehouse reno answers 503.")),
        ("did not take it (Warehouse reno answers 503)", "under the same reference, at 08:05:00 UTC"),
    ),
    "released": (
        replace(FACTS, order=in_state(_S.RELEASED), releases=(RELEASE,)),
        ("at warehouse reno since 07:01:00 UTC", "its ship-by is in 4 h 10 min"),
    ),
    "released and late": (
        replace(
            FACTS, order=in_state(_S.RELEASED, amazon=replace(READING, ship_by=NOW - timedelta(minutes=7)))
        ),
        ("its ship-by passed 7 min ago",),
    ),
    "released without a ship-by": (
        replace(FACTS, order=in_state(_S.RELEASED, amazon=replace(READING, ship_by=None))),
        ("Amazon names no ship-by instant",),
    ),
    "partly shipped": (
        replace(FACTS, order=in_state(_S.PARTLY_SHIPPED), packages=(PACKAGE,)),
        ("reno reported 2 of 3 units",),
    ),
    "parcel refused": (
        replace(
            FACTS,
            order=in_state(_S.SHIPPED, attention="Amazon refused parcel 1."),
            packages=(replace(PACKAGE, state=PackageState.REFUSED, refusal="Invalid tracking number."),),
        ),
        ("Amazon refused parcel 1 (Invalid tracking number)", "report it again"),
    ),
    "parcel held": (
        replace(
            FACTS,
            order=in_state(_S.SHIPPED),
            packages=(
                replace(PACKAGE, state=PackageState.VERIFIED),
                replace(
                    PACKAGE,
                    reference_id=2,
                    state=PackageState.HELD,
                    hold=Hold(code="number_wrong", sentence="Its check digit is 5, not 4. Correct it."),
                ),
            ),
        ),
        ("is not confirmed, because parcel 2 is held (number_wrong)", "check digit is 5", "Correct it"),
    ),
    "parcel held while others are to come": (
        replace(
            FACTS,
            order=in_state(_S.PARTLY_SHIPPED),
            packages=(
                replace(
                    PACKAGE,
                    state=PackageState.HELD,
                    hold=Hold(code="carrier_unknown", sentence="Name the carrier."),
                ),
            ),
        ),
        ("parcel 1 is held (carrier_unknown): Name the carrier.",),
    ),
    "to be stopped": (
        replace(FACTS, order=in_state(_S.RELEASED), stops=(STOP,)),
        ("is to be stopped", "was asked at 07:59:00 UTC not to ship reference", "its answer"),
    ),
    "stopped, and about to go on": (
        replace(FACTS, order=in_state(_S.RELEASED), stops=(replace(STOP, state=StopState.STOPPED),)),
        ("no parcel of it was reported",),
    ),
    "parcel reported": (
        replace(FACTS, order=in_state(_S.SHIPPED), packages=(PACKAGE,)),
        ("Amazon is told of them within seconds",),
    ),
    "parcel waits for quota": (
        replace(FACTS, order=in_state(_S.SHIPPED), packages=(PACKAGE,), quotas=spent("confirmShipment")),
        ("its parcel waits for Amazon's quota of confirmShipment",),
    ),
    "answer to a parcel lost": (
        replace(
            FACTS,
            order=in_state(_S.SHIPPED),
            packages=(replace(PACKAGE, state=PackageState.INTENDED, next_try=SOON),),
        ),
        ("no usable answer to parcel 1", "read back", "at 08:05:00 UTC"),
    ),
    "no role to confirm": (
        replace(
            FACTS,
            order=in_state(_S.SHIPPED, attention="Give the application the role Inventory."),
            packages=(replace(PACKAGE, state=PackageState.INTENDED, next_try=SOON),),
        ),
        ("did not take parcel 1 (Give the application the role Inventory)",),
    ),
    "shipped while the seller rests": (
        replace(FACTS, seller=RESTING, order=in_state(_S.SHIPPED), packages=(PACKAGE,)),
        ("is not confirmed", "rest, because"),
    ),
    "confirmed": (
        replace(FACTS, order=in_state(_S.CONFIRMED, confirmed_at=NOW - timedelta(minutes=1))),
        ("Amazon took its confirmation at 07:59:00 UTC", "read back at 08:04:00 UTC"),
    ),
    "confirmed and not shown": (
        replace(
            FACTS,
            order=in_state(_S.CONFIRMED, confirmed_at=NOW),
            packages=(replace(PACKAGE, state=PackageState.CONFIRMED, tries=2, next_try=SOON),),
        ),
        ("does not show it so far (read 2×)", "at 08:05:00 UTC"),
    ),
    "verified": (replace(FACTS, order=in_state(_S.VERIFIED)), ("waits for nothing",)),
    "shredded": (replace(FACTS, order=in_state(_S.SHREDDED)), ("personal data was destroyed",)),
    "cancelled": (replace(FACTS, order=in_state(_S.CANCELLED)), ("cancelled at Amazon",)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_one_sentence_with_the_next_step(case: str) -> None:
    facts, parts = CASES[case]
    said = why(facts)
    for part in parts:
        assert part in said
    assert said.startswith("Order ")
    assert said.endswith(".")
    assert ".." not in said
    assert ID in said


def test_every_state_an_order_can_be_in_has_its_answer() -> None:
    for state in set(OrderState) - {OrderState.NOTICED}:
        assert why(replace(FACTS, order=in_state(state))).startswith("Order ")
