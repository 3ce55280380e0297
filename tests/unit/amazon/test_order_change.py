import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.amazon.order_change import NotForUs, notice_from
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.seller import Region, Seller
from dockseal.errors import AnswerUnreadable

from .conftest import ORDER, SELLER, START

KNOWN = Seller(
    id=SELLER,
    region=Region.NA,
    marketplaces=("ATVPDKIKX0DER",),
    selling_partner_id="A3EXAMPLESELLER",
    warehouse=WarehouseId("reno"),
)


def sellers(partner: str, marketplace: str) -> Seller | None:
    return KNOWN if (partner, marketplace) == ("A3EXAMPLESELLER", "ATVPDKIKX0DER") else None


def message(
    change: dict[str, Any] | None = None, summary: dict[str, Any] | None = None, **envelope: Any
) -> dict[str, Any]:
    summaries = {
        "MarketplaceId": "ATVPDKIKX0DER",
        "OrderStatus": "Unshipped",
        "DestinationPostalCode": "00501",
        "FulfillmentType": "MFN",
        "LatestShipDate": "2026-11-03T07:59:59.000Z",
        **(summary or {}),
    }
    changed = {
        "SellerId": "A3EXAMPLESELLER",
        "AmazonOrderId": ORDER,
        "OrderChangeType": "OrderStatusChange",
        "Summary": summaries,
        **(change or {}),
    }
    return {
        "NotificationVersion": "1.0",
        "NotificationType": "ORDER_CHANGE",
        "Payload": {"OrderChangeNotification": changed},
        "NotificationMetadata": {"NotificationId": "d0e9e693-c3ad-4373-979f-ed4ec98dd746"},
        **envelope,
    }


def read(values: dict[str, Any]) -> Notice | NotForUs:
    return notice_from(json.dumps(values), sellers, START)


EXPECTED = Notice(
    id="d0e9e693-c3ad-4373-979f-ed4ec98dd746",
    seller=SELLER,
    amazon_order_id=ORDER,
    source=NoticeSource.NOTIFICATION,
    noticed_at=START,
    ship_by=datetime(2026, 11, 3, 7, 59, 59, tzinfo=UTC),
)


def test_a_notification_becomes_a_notice() -> None:
    assert read(message()) == EXPECTED


def test_a_notification_of_what_a_buyer_asks_for_is_told_apart() -> None:
    assert read(message(change={"OrderChangeType": "BuyerRequestedChange"})) == replace(
        EXPECTED, source=NoticeSource.BUYER
    )
    assert read(message(change={"OrderChangeType": None})) == EXPECTED


def test_a_notification_wrapped_by_eventbridge_is_the_same_notice() -> None:
    wrapped = {"version": "0", "source": "aws.partner/sellingpartnerapi.amazon.com", "detail": message()}
    assert read(wrapped) == EXPECTED


@pytest.mark.parametrize("date", [None, "", "soon", 5])
def test_a_ship_by_that_cannot_be_read_is_left_out(date: object) -> None:
    notice = read(message(summary={"LatestShipDate": date}))
    assert isinstance(notice, Notice)
    assert notice.ship_by is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (message(summary={"FulfillmentType": "AFN"}), "Amazon ships the order"),
        (message(change={"SellerId": "A9SOMEBODYELSE"}), "no seller here"),
        (message(summary={"MarketplaceId": "A1F83G8C2ARO7P"}), "no seller here"),
        (message(NotificationType="ANY_OFFER_CHANGED"), "ANY_OFFER_CHANGED"),
        ({"notificationType": "FEED_PROCESSING_FINISHED", "payload": {}}, "FEED_PROCESSING_FINISHED"),
        ({}, "of type unknown"),
        (message(NotificationType="Testperson Alpha, 1 Sample Street"), "of type unknown"),
    ],
)
def test_what_asks_nothing_of_us_says_why(values: dict[str, Any], reason: str) -> None:
    read_ = read(values)
    assert isinstance(read_, NotForUs)
    assert reason in read_.reason
    assert "Testperson" not in read_.reason


def test_an_unknown_fulfilment_type_is_still_a_notice() -> None:
    assert read(message(summary={"FulfillmentType": "DRONE"})) == EXPECTED


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (message(NotificationMetadata={}), "NotificationId"),
        (message(NotificationMetadata={"NotificationId": "x" * 101}), "NotificationId"),
        (message(change={"AmazonOrderId": "S01-0000001-0000001"}), "AmazonOrderId"),
        (message(change={"SellerId": None}), "SellerId"),
        (message(summary={"MarketplaceId": ""}), "MarketplaceId"),
        (message(Payload=None), "SellerId"),
    ],
)
def test_what_is_missing_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(AnswerUnreadable, match=field):
        read(values)


@given(st.text(max_size=40) | st.just("[" * 100_000))
def test_a_body_that_is_no_notification_is_unreadable_and_not_shown(body: str) -> None:
    with pytest.raises(AnswerUnreadable, match="no JSON object"):
        notice_from(body, sellers, START)
