from typing import Any

import pytest
from feeding import ACKNOWLEDGEMENT, FLAT_ACKNOWLEDGEMENT, Report, envelope, rows, work
from shop import Shop, open_shop

from spapi_simulator import Behaviours, Line
from spapi_simulator.feeds.acknowledgement import CANCEL_REASONS


def message(
    order_id: str, *items: tuple[str, str | None], status: str = "Failure", own: str = "", more: str = ""
) -> str:
    contents = "".join(
        f"<Item><AmazonOrderItemCode>{one}</AmazonOrderItemCode>"
        + ("" if reason is None else f"<CancelReason>{reason}</CancelReason>")
        + "</Item>"
        for one, reason in items
    )
    number = f"<MerchantOrderID>{own}</MerchantOrderID>" if own else ""
    return (
        f"<OrderAcknowledgement><AmazonOrderID>{order_id}</AmazonOrderID>{number}"
        f"<StatusCode>{status}</StatusCode>{contents}{more}</OrderAcknowledgement>"
    )


def acknowledge(shop: Shop, *messages: str) -> Report:
    return work(shop, envelope(shop, *messages, kind="OrderAcknowledgement"), ACKNOWLEDGEMENT)


def items(shop: Shop, order_id: str) -> list[str]:
    return [one.order_item_id for one in shop.sim.order(order_id).items]


def test_success_changes_nothing_but_the_sellers_own_number(shop: Shop) -> None:
    plain, numbered = shop.place(), shop.place()
    before = shop.sim.order(plain).updated_at
    (one,) = items(shop, numbered)
    report = acknowledge(
        shop, message(plain, status="Success"), message(numbered, (one, None), status="Success", own="WEB-17")
    )
    assert (report.status, report.processed, report.successful) == ("DONE", 2, 2)
    assert shop.sim.order(plain).updated_at == before
    assert shop.get(f"/orders/v0/orders/{numbered}").json()["payload"]["SellerOrderId"] == "WEB-17"
    assert shop.get(f"/orders/v0/orders/{plain}").json()["payload"]["SellerOrderId"] == plain
    assert [shop.sim.order(order_id).status for order_id in (plain, numbered)] == ["UNSHIPPED"] * 2


def test_failure_of_every_item_cancels_the_order(shop: Shop) -> None:
    order_id = shop.place(2, 1)
    assert (
        acknowledge(
            shop, message(order_id, *((one, "NoInventory") for one in items(shop, order_id)))
        ).successful
        == 1
    )
    assert shop.sim.order(order_id).status == "CANCELLED"
    shown = shop.get(f"/orders/2026-01-01/orders/{order_id}", includedData="CANCELLATION").json()["order"]
    executions = [one["cancellation"]["cancellationExecution"] for one in shown["orderItems"]]
    assert executions == [{"cancelledBy": "MERCHANT", "cancelReason": "NoInventory"}] * 2
    assert shop.get(f"/orders/v0/orders/{order_id}").json()["payload"]["OrderStatus"] == "Canceled"


@pytest.mark.parametrize(("stays", "left"), [(True, [0, 3]), (False, [3])])
def test_failure_of_one_item_cancels_only_that(stays: bool, left: list[int]) -> None:
    shop = open_shop(behaviours=Behaviours(cancelled_items_stay=stays))
    order_id = shop.place(2, 3)
    acknowledge(shop, message(order_id, (items(shop, order_id)[0], "BuyerCanceled")))
    order = shop.sim.order(order_id)
    assert ([one.quantity_ordered for one in order.items], order.status) == (left, "UNSHIPPED")


def test_what_is_not_shipped_of_an_item_can_still_be_cancelled(shop: Shop) -> None:
    order_id = shop.place(3)
    shop.confirm(order_id, [(0, 1)])
    report = acknowledge(shop, message(order_id, (items(shop, order_id)[0], "NoInventory")))
    assert report.problems == []
    order = shop.sim.order(order_id)
    assert (order.items[0].quantity_ordered, order.status) == (1, "SHIPPED")


def test_subscribers_hear_of_the_cancellation(shop: Shop) -> None:
    order_id = shop.place()
    before = len(shop.sim.messages(shop.queue_url))
    acknowledge(shop, message(order_id, (items(shop, order_id)[0], "PricingError")))
    (told,) = shop.sim.messages(shop.queue_url)[before:]
    assert '"OrderStatus":"Canceled"' in told


@pytest.mark.parametrize("reason", sorted(CANCEL_REASONS))
def test_every_reason_of_amazons_is_taken(shop: Shop, reason: str) -> None:
    order_id = shop.place()
    assert acknowledge(shop, message(order_id, (items(shop, order_id)[0], reason))).problems == []
    assert shop.sim.order(order_id).items[0].cancel_reason == reason


BAD: list[tuple[dict[str, Any], list[tuple[str, str | None]], str]] = [
    ({}, [], "18001"),
    ({}, [("{0}", None)], "18001"),
    ({}, [("{0}", "Bored")], "18002"),
    ({}, [("{0}", "noinventory")], "18002"),
    ({}, [("", "NoInventory")], "18001"),
    ({}, [("404", "NoInventory")], "18029"),
    ({}, [("{0}", "NoInventory"), ("404", "NoInventory")], "18029"),
    ({}, [("{0}", "NoInventory"), ("{1}", "Bored")], "18002"),
    ({}, [("{0}", "NoInventory"), ("{0}", "NoInventory")], "18002"),
    ({"status": ""}, [("{0}", "NoInventory")], "18002"),
    ({"status": "failure"}, [("{0}", "NoInventory")], "18002"),
    ({"status": "Success"}, [("{0}", "NoInventory")], "18002"),
    ({"status": "Success"}, [("404", None)], "18029"),
    ({"status": "Success", "own": "9" * 65}, [], "18002"),
    ({"more": "<Reason>NoInventory</Reason>"}, [("{0}", "NoInventory")], "5002"),
    ({"more": "<Item><Reason>NoInventory</Reason></Item>"}, [], "5002"),
]


@pytest.mark.parametrize(("changes", "lines", "code"), BAD)
def test_one_bad_message_never_stops_the_others(
    shop: Shop, changes: dict[str, Any], lines: list[tuple[str, str | None]], code: str
) -> None:
    bad, good = shop.place(1, 1), shop.place()
    named = [(one.format(*items(shop, bad)), reason) for one, reason in lines]
    report = acknowledge(
        shop, message(bad, *named, **changes), message(good, (items(shop, good)[0], "NoInventory"))
    )
    assert (report.status, report.processed, report.successful) == ("DONE", 2, 1)
    assert (report.codes, report.orders) == ([("1", code)], [bad])
    order = shop.sim.order(bad)
    assert ([one.quantity_ordered for one in order.items], order.seller_order_id) == ([1, 1], bad)
    assert shop.sim.order(good).status == "CANCELLED"


def test_orders_that_cannot_be_cancelled_any_more_fail_alone(shop: Shop) -> None:
    shipped, cancelled = shop.place(), shop.place()
    shop.confirm(shipped)
    shop.sim.cancel(cancelled)
    foreign = shop.sim.place_order(shop.sim.add_seller(), lines=[Line(sku="SKU-1")])
    wrong = [
        "999-0000000-0000000", foreign, "", shipped, cancelled, shop.place(pending=True),
        shop.place(fulfilled_by="AMAZON"),
    ]  # fmt: skip
    report = acknowledge(shop, *(message(one, ("1", "NoInventory")) for one in wrong))
    assert [code for _, code in report.codes] == ["18028", "18028", "18001", *["18030"] * 4]
    assert shop.sim.order(foreign).status == "UNSHIPPED"
    accepted = acknowledge(shop, message(cancelled, status="Success"), message(foreign, status="Success"))
    assert accepted.codes == [("1", "18030"), ("2", "18028")]


def test_an_item_is_cancelled_once(shop: Shop) -> None:
    order_id = shop.place(1, 1)
    cancellation = message(order_id, (items(shop, order_id)[0], "NoInventory"))
    assert acknowledge(shop, cancellation, cancellation).codes == [("2", "18030")]


# Flat files

COLUMNS = "order-id amazon-order-item-code cancellation-reason-code"


def flat(shop: Shop, *lines: str) -> Report:
    return work(shop, rows(*lines, columns=COLUMNS), FLAT_ACKNOWLEDGEMENT)


def test_rows_cancel_items(shop: Shop) -> None:
    partly, whole = shop.place(1, 2), shop.place(1, 1)
    report = flat(
        shop,
        f"{partly}|{items(shop, partly)[1]}|GeneralAdjustment",
        *(f"{whole}|{one}|NoInventory" for one in items(shop, whole)),
    )
    assert (report.status, report.processed, report.successful, report.problems) == ("DONE", 3, 3, [])
    assert [one.quantity_ordered for one in shop.sim.order(partly).items] == [1, 0]
    assert shop.sim.order(whole).status == "CANCELLED"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("|{1}|NoInventory", "18001"),
        ("{0}||NoInventory", "18001"),
        ("{0}|{1}|", "18001"),
        ("{0}|{1}", "18001"),
        ("{0}|{1}|Bored", "18002"),
        ("{0}|404|NoInventory", "18029"),
        ("999-0000000-0000000|{1}|NoInventory", "18028"),
    ],
)
def test_one_bad_row_never_stops_the_others(shop: Shop, row: str, code: str) -> None:
    bad, good = shop.place(), shop.place()
    line = row.format(bad, items(shop, bad)[0])
    report = flat(shop, line, f"{good}|{items(shop, good)[0]}|NoInventory")
    assert (report.processed, report.successful, report.codes) == (2, 1, [("1", code)])
    assert [shop.sim.order(one).status for one in (bad, good)] == ["UNSHIPPED", "CANCELLED"]
