from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import UNREAD, AmazonStatus, FulfilledBy, Order, OrderLine
from dockseal.fulfillment_processing.validation import LONG_PAST, RULES, faults, one_hold, to_ship

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
LINE = OrderLine(order_item_id="00000000000001", sku="MUG-BLUE", ordered=2)
BROKEN: list[tuple[str, dict[str, Any], str]] = [
    (
        "status_unknown",
        {"status": AmazonStatus.UNKNOWN, "status_text": "ON_THE_MOON"},
        "Amazon gives order ID the status 'ON_THE_MOON', which Dockseal does not know; look at it in Seller "
        "Central, it is examined again when Amazon changes it.",
    ),
    (
        "unfulfillable",
        {"status": AmazonStatus.UNFULFILLABLE},
        "Amazon marks order ID as unfulfillable; ask Amazon's seller support why before anything is shipped.",
    ),
    (
        "shipped_elsewhere",
        {"status": AmazonStatus.SHIPPED},
        "Amazon already shows order ID as shipped, but not by Dockseal; find out who confirmed it before "
        "anything is sent a second time.",
    ),
    (
        "partly_shipped_elsewhere",
        {"status": AmazonStatus.PARTIALLY_SHIPPED},
        "Amazon already shows a part of order ID as shipped, but not by Dockseal; ship the rest where the "
        "first "
        "part was shipped, and confirm it in Seller Central.",
    ),
    (
        "partly_shipped_elsewhere",
        {"lines": (replace(LINE, shipped=1),)},
        "Amazon already shows a part of order ID as shipped, but not by Dockseal; ship the rest where the "
        "first "
        "part was shipped, and confirm it in Seller Central.",
    ),
    (
        "fulfilled_by_amazon",
        {"fulfilled_by": FulfilledBy.AMAZON},
        "Amazon ships order ID itself; there is nothing for the warehouse to do.",
    ),
    (
        "fulfilled_by_unknown",
        {"fulfilled_by": FulfilledBy.UNKNOWN},
        "Amazon does not say who ships order ID; look in Seller Central whether it is yours to ship.",
    ),
    (
        "program_ship_plus",
        {"programs": frozenset({"PRIME", "FBM_SHIP_PLUS"})},
        "Order ID is in Amazon's Ship+ program, which refuses confirmations from outside; buy its label in "
        "Seller Central and ship it there.",
    ),
    (
        "program_easy_ship",
        {"programs": frozenset({"AMAZON_EASY_SHIP"})},
        "Order ID is an Easy Ship order, which Amazon's own carrier collects; schedule the pick-up in Seller "
        "Central.",
    ),
    (
        "program_store_pick_up",
        {"programs": frozenset({"IN_STORE_PICK_UP"})},
        "Order ID is picked up in a store, so nothing is shipped; prepare it in that store and confirm it in "
        "Seller Central.",
    ),
    (
        "program_delivery_by_amazon",
        {"programs": frozenset({"DELIVERY_BY_AMAZON"})},
        "Order ID is delivered by Amazon's own carrier; print its label in Seller Central and hand it over "
        "there.",
    ),
    (
        "verification_open",
        {"verification": "Pending"},
        "Order ID holds regulated items, and their verification is 'Pending', not 'Approved'; settle it in "
        "Seller Central, then examine the order again.",
    ),
    (
        "verification_open",
        {"verification": UNREAD},
        "Order ID holds regulated items, and their verification is 'Unread', not 'Approved'; settle it in "
        "Seller Central, then examine the order again.",
    ),
    (
        "ship_by_missing",
        {"ship_by": None, "packages": ()},
        "Amazon does not say until when order ID is to be shipped; look in Seller Central, and ship it from "
        "there.",
    ),
    (
        "ship_by_impossible",
        {"ship_by": NOW - timedelta(hours=3)},
        "Amazon wants order ID shipped before it was bought; look in Seller Central what is to become of it.",
    ),
    (
        "ship_by_long_past",
        {"purchased_at": None, "ship_by": NOW - LONG_PAST - timedelta(seconds=1)},
        "Order ID should have been shipped over 14 days before Amazon was last read, so somebody surely saw "
        "to it; find out who, and confirm or cancel it in Seller Central.",
    ),
    (
        "buyer_wants_cancel",
        {"lines": (LINE, replace(LINE, order_item_id="2", buyer_wants_cancel=True))},
        "The buyer asked to cancel order ID; cancel it in Seller Central, or decline the request there to "
        "have "
        "it shipped.",
    ),
    (
        "marketplace_missing",
        {"marketplace_id": ""},
        "Amazon names no marketplace for order ID, so its shipment could not be confirmed; look at it in "
        "Seller "
        "Central.",
    ),
    (
        "quantity_impossible",
        {"lines": (LINE, replace(LINE, order_item_id="2", ordered=-1))},
        "Amazon gives a line of order ID a quantity below zero; look at it in Seller Central.",
    ),
    (
        "nothing_to_ship",
        {"lines": (replace(LINE, ordered=0),)},
        "Order ID has no line with anything left to ship; look in Seller Central whether it was cancelled.",
    ),
    (
        "lines_ambiguous",
        {"lines": (LINE, LINE)},
        "Amazon lists lines of order ID without an id, or two under the same id, so a parcel could not be "
        "matched to them; ship it from Seller Central.",
    ),
    (
        "sku_missing",
        {"lines": (LINE, replace(LINE, order_item_id="2", sku=" "))},
        "Order ID has items without a SKU (2), so the warehouse could not know what to pick; give the "
        "listing a "
        "SKU in Seller Central.",
    ),
]


@pytest.mark.parametrize(("code", "facts", "sentence"), BROKEN)
def test_an_order_that_breaks_one_rule_is_held_with_its_sentence(
    new_order: Callable[..., Order], code: str, facts: dict[str, Any], sentence: str
) -> None:
    order = new_order(amazon_order_id=AmazonOrderId("113-0000000-0000042"), **facts)
    assert [hold.code for hold in faults(order)] == [code]
    assert faults(order)[0].sentence == sentence.replace("ID", "113-0000000-0000042", 1)


def test_every_rule_has_a_case_here_and_a_code_that_can_be_kept() -> None:
    assert {code for code, _, _ in BROKEN} == {rule.code for rule in RULES}
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(len(rule.code) <= 40 for rule in RULES)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"programs": frozenset({"PRIME", "AMAZON_BUSINESS", "PREMIUM", "SOMETHING_NEW"})},
        {"lines": (LINE, replace(LINE, order_item_id="2", ordered=0, sku="", buyer_wants_cancel=True))},
        {"lines": (LINE, replace(LINE, ordered=0))},
        {"ship_by": None, "purchased_at": None},
        {"has_gift_message": True},
        {"verification": "Approved"},
        {"purchased_at": None, "ship_by": NOW - LONG_PAST},
        {"ship_by": NOW - timedelta(hours=1)},
        {"packages": ()},
    ],
)
def test_an_ordinary_order_breaks_no_rule(new_order: Callable[..., Order], facts: dict[str, Any]) -> None:
    assert faults(new_order(**facts)) == ()


def test_several_faults_are_one_hold_that_says_them_all(new_order: Callable[..., Order]) -> None:
    order = new_order(marketplace_id="", programs=frozenset({"AMAZON_EASY_SHIP"}))
    hold = one_hold(faults(order))
    assert hold.code == "program_easy_ship"
    assert hold.sentence == " ".join(fault.sentence for fault in faults(order))


orders = st.fixed_dictionaries(
    {
        "status": st.sampled_from(AmazonStatus),
        "fulfilled_by": st.sampled_from(FulfilledBy),
        "marketplace_id": st.sampled_from(["", "ATVPDKIKX0DER"]),
        "programs": st.frozensets(
            st.sampled_from(["PRIME", "FBM_SHIP_PLUS", "AMAZON_EASY_SHIP", "IN_STORE_PICK_UP"])
        ),
        "lines": st.lists(
            st.builds(
                OrderLine,
                order_item_id=st.sampled_from(["1", "2", "3", ""]),
                sku=st.sampled_from(["MUG", ""]),
                ordered=st.integers(-1, 3),
                shipped=st.integers(0, 2),
                buyer_wants_cancel=st.booleans(),
            ),
            max_size=4,
        ).map(tuple),
    }
)


@given(facts=orders)
def test_an_order_without_faults_can_be_packed_and_confirmed(
    new_order: Callable[..., Order], facts: dict[str, Any]
) -> None:
    order = new_order(**facts)
    found = faults(order)
    shippable = order.amazon.status not in {
        AmazonStatus.UNKNOWN,
        AmazonStatus.UNFULFILLABLE,
        AmazonStatus.SHIPPED,
        AmazonStatus.PARTIALLY_SHIPPED,
    } and not any(line.shipped for line in order.amazon.lines)
    lines = to_ship(order)
    packable = bool(lines) and all(line.sku and line.order_item_id for line in lines)
    unique = len({line.order_item_id for line in lines}) == len(lines)
    sane = all(line.ordered >= 0 for line in order.amazon.lines)
    wanted = not any(line.buyer_wants_cancel for line in lines)
    ours = order.amazon.fulfilled_by is FulfilledBy.MERCHANT and order.amazon.programs <= {"PRIME"}
    known = bool(order.amazon.marketplace_id)
    assert (not found) == (shippable and packable and unique and sane and wanted and ours and known)
    assert all(hold.sentence.endswith(".") and order.id in hold.sentence for hold in found)
