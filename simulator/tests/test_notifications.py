import json
from pathlib import Path
from typing import Any

import conformance
import pytest
from jsonschema import Draft7Validator
from notifying import FEED, LISTING, ORDER, destination, expressed, narrowed, subscribe, told
from shop import Shop, load, open_shop
from test_queues import receive, sqs

from spapi_simulator import Behaviours, Line
from spapi_simulator.world.records import Terms


def changes(shop: Shop) -> list[tuple[str, str]]:
    documents = [json.loads(body) for body in shop.sim.messages(shop.queue_url)]
    told = [document["Payload"]["OrderChangeNotification"] for document in documents]
    return [(one["OrderChangeType"], one["Summary"]["OrderStatus"]) for one in told]


def test_every_change_of_status_is_told_once(shop: Shop) -> None:
    order_id = shop.place(2)
    shop.confirm(order_id, [(0, 1)])
    shop.confirm(order_id, [(0, 1)], packageReferenceId="2")
    shop.confirm(order_id, [(0, 1)], packageReferenceId="2")
    assert changes(shop) == [
        ("OrderStatusChange", "Unshipped"),
        ("OrderStatusChange", "PartiallyShipped"),
        ("OrderStatusChange", "Shipped"),
    ]


def test_a_buyers_request_is_told_and_changes_no_status(shop: Shop) -> None:
    shop.sim.request_cancel(shop.place())
    assert changes(shop)[-1] == ("BuyerRequestedChange", "Unshipped")


def test_taking_units_off_is_told_only_when_it_changes_the_status(shop: Shop) -> None:
    order_id = shop.place(3)
    (item,) = shop.sim.order(order_id).items
    shop.sim.cancel_item(order_id, item.order_item_id, 1)
    assert len(changes(shop)) == 1
    shop.confirm(order_id, [(0, 1)])
    shop.sim.cancel_item(order_id, item.order_item_id, 1)
    assert [status for _, status in changes(shop)] == ["Unshipped", "PartiallyShipped", "Shipped"]


def test_a_pending_order_is_told_when_it_is_paid() -> None:
    for times, shop in (
        (1, open_shop()),
        (2, open_shop(behaviours=Behaviours(notify_pending_creation=True))),
    ):
        shop.sim.authorise_payment(shop.place(pending=True))
        assert len(changes(shop)) == times


def test_a_notification_holds_a_postal_code_and_no_other_personal_data(shop: Shop) -> None:
    order = shop.sim.order(shop.place(gift_message="A plainly invented message"))
    (body,) = shop.sim.messages(shop.queue_url)
    assert order.recipient.postal_code in body
    for private in (order.recipient.name, order.recipient.address_line_1, order.recipient.phone, "invented"):
        assert private not in body


def test_delivery_can_lose_double_and_delay(shop: Shop) -> None:
    shop.sim.drop_notifications(2)
    for _ in range(4):
        shop.place()
    assert len(shop.sim.messages(shop.queue_url)) == 2
    shop.sim.drop_notifications(0)
    shop.sim.duplicate_notifications(3)
    shop.place()
    assert len(shop.sim.messages(shop.queue_url)) == 5
    sqs(shop, "PurgeQueue")
    shop.sim.duplicate_notifications(1)
    shop.sim.delay_notifications(90)
    shop.place()
    assert receive(shop) == []
    shop.clock.advance(seconds=90)
    assert len(receive(shop)) == 1


def test_shuffled_messages_are_the_same_messages(shop: Shop) -> None:
    placed = [shop.place() for _ in range(10)]
    shop.sim.shuffle_notifications()
    bodies = [json.loads(message["Body"]) for message in receive(shop)]
    seen = [body["Payload"]["OrderChangeNotification"]["AmazonOrderId"] for body in bodies]
    assert sorted(seen) == sorted(placed)
    assert seen != placed


CA = "A2EUQ1WTGCTBG2"
FINISHED = {
    "feedProcessingFinishedNotification": {
        "sellerId": "A0000000000000",
        "accountId": "amzn1.merchant.o.A0000000000000",
        "feedId": "50000000001",
        "feedType": "POST_ORDER_FULFILLMENT_DATA",
        "processingStatus": "DONE",
    }
}


def fresh(behaviours: Behaviours | None = None) -> Shop:
    """Open a shop whose application has no subscription yet."""
    shop = open_shop(behaviours=behaviours)
    shop.app = shop.sim.add_application(name="fresh")
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller)
    return shop


def summary(shop: Shop, queue: str = "orders") -> Any:
    return told(shop, queue)[-1]["Payload"]["OrderChangeNotification"]["Summary"]


def test_an_event_filter_lets_marketplaces_and_changes_through() -> None:
    shop = fresh()
    chosen = {"marketplaceIds": [CA], "orderChangeTypes": ["BuyerRequestedChange"]}
    subscribe(shop, ORDER, destination(shop), **narrowed(**chosen))
    canadian = shop.sim.add_seller(marketplaces=["ATVPDKIKX0DER", CA])
    shop.refresh_token = shop.sim.authorize(shop.app, canadian)
    subscribe(shop, ORDER, destination(shop, name="canadian"), **narrowed(**chosen))
    for marketplace_id in ("ATVPDKIKX0DER", CA):
        lines = [Line(sku="SKU-1")]
        shop.sim.request_cancel(shop.sim.place_order(canadian, lines=lines, marketplace_id=marketplace_id))
    shop.sim.request_cancel(shop.place())
    assert told(shop) == []
    (one,) = told(shop, "canadian")
    assert one["Payload"]["OrderChangeNotification"]["OrderChangeType"] == "BuyerRequestedChange"
    assert one["Payload"]["OrderChangeNotification"]["Summary"]["MarketplaceId"] == CA


def test_a_filter_expression_lets_through_what_it_is_true_for() -> None:
    shop = fresh()
    text = "OrderChangeNotification.Summary.OrderStatus in ['Shipped', 'Canceled']"
    subscribe(shop, ORDER, destination(shop), **expressed(text))
    shop.confirm(shop.place())
    assert [one["Payload"]["OrderChangeNotification"]["Summary"]["OrderStatus"] for one in told(shop)] == [
        "Shipped"
    ]


def test_the_end_of_a_consent_ends_delivery_and_a_new_one_begins_it_again() -> None:
    shop = fresh()
    subscribe(shop, ORDER, destination(shop))
    shop.place()
    shop.sim.revoke(shop.refresh_token)
    shop.place()
    assert len(told(shop)) == 1
    shop.sim.authorize(shop.app, shop.seller)
    shop.place()
    assert len(told(shop)) == 2


def test_a_subscription_by_hand_waits_for_no_consent(shop: Shop) -> None:
    other = shop.sim.add_seller()
    shop.sim.subscribe(shop.app, other, shop.queue_url)
    shop.sim.place_order(other, lines=[Line(sku="SKU-1")])
    assert len(shop.sim.messages(shop.queue_url)) == 1


def test_the_first_messages_can_take_an_hour() -> None:
    shop = fresh(Behaviours(first_message_delay_seconds=3600))
    subscribe(shop, ORDER, destination(shop))
    shop.clock.advance(seconds=600)
    shop.place()
    shop.clock.advance(seconds=2999)
    assert told(shop) == []
    shop.clock.advance(seconds=1)
    assert len(told(shop)) == 1
    shop.place()
    assert len(told(shop)) == 2


def test_a_type_can_fall_silent(shop: Shop) -> None:
    shop.sim.silence_notifications(ORDER)
    shop.place()
    assert shop.sim.messages(shop.queue_url) == []
    shop.sim.silence_notifications(ORDER, on=False)
    shop.place()
    assert len(shop.sim.messages(shop.queue_url)) == 1


def test_one_event_can_arrive_ten_times(shop: Shop) -> None:
    shop.sim.duplicate_notifications(10)
    shop.place()
    documents = told(shop, "orders")
    assert len(documents) == 10
    assert len({one["NotificationMetadata"]["NotificationId"] for one in documents}) == 1


def test_a_queue_that_closed_or_went_gets_nothing(shop: Shop) -> None:
    sqs(shop, "SetQueueAttributes", Attributes={"Policy": ""})
    shop.place()
    assert shop.sim.messages(shop.queue_url) == []
    sqs(shop, "DeleteQueue")
    shop.place()
    shop.clock.advance(seconds=60)
    assert shop.sim.add_queue("orders") == shop.queue_url
    assert shop.sim.messages(shop.queue_url) == []
    shop.place()
    assert len(shop.sim.messages(shop.queue_url)) == 1


def test_a_late_notification_is_sent_late(shop: Shop) -> None:
    shop.sim.delay_notifications(90)
    shop.place()
    shop.clock.advance(seconds=300)
    (message,) = receive(shop, AttributeNames=["SentTimestamp"])
    told_at = json.loads(message["Body"])["NotificationMetadata"]["PublishTime"]
    assert (told_at, message["Attributes"]["SentTimestamp"]) == ("2026-11-02T08:00:00.000Z", "1793606490000")


def test_a_tip_is_told_and_changes_nothing(shop: Shop) -> None:
    order_id = shop.place()
    before = shop.sim.order(order_id).updated_at
    shop.clock.advance(seconds=60)
    shop.sim.change_delivery_tip(order_id)
    assert changes(shop)[-1] == ("DeliveryTipChange", "Unshipped")
    assert shop.sim.order(order_id).updated_at == before


def test_a_buyers_request_can_be_told_item_by_item() -> None:
    shop = open_shop(behaviours=Behaviours(buyer_requests_by_item=True))
    shop.sim.request_cancel(shop.place(1, 2))
    requests = [one["Payload"]["OrderChangeNotification"] for one in told(shop, "orders")][1:]
    assert [one["NotificationLevel"] for one in requests] == ["OrderItemLevel"] * 2
    items = [one["Summary"]["OrderItems"] for one in requests]
    assert [(len(one), one[0]["Quantity"], one[0]["IsBuyerRequestedCancel"]) for one in items] == [
        (1, 1, True),
        (1, 2, True),
    ]


def test_an_order_without_an_address_has_no_postal_code(shop: Shop) -> None:
    order_id = shop.place()
    assert summary(shop)["DestinationPostalCode"] == shop.sim.order(order_id).recipient.postal_code
    assert summary(shop)["OrderItems"][0]["SupplySourceId"] is None
    shop.sim.cancel(order_id)
    assert summary(shop)["DestinationPostalCode"] is None
    assert "LatestDeliveryDate" not in summary(shop)
    assert "EarliestDeliveryDate" in summary(shop)
    shop.place(fulfilled_by="AMAZON")
    assert summary(shop)["FulfillmentType"] == "AFN"
    assert "EarliestDeliveryDate" not in summary(shop)


def test_the_status_of_items_is_told_where_they_differ(shop: Shop) -> None:
    order_id = shop.place(1, 1)
    assert "OrderItemStatus" not in summary(shop)["OrderItems"][0]
    shop.confirm(order_id, [(0, 1)])
    assert [one["OrderItemStatus"] for one in summary(shop)["OrderItems"]] == ["Shipped", "Unshipped"]


def test_programs_are_told_in_their_own_words(shop: Shop) -> None:
    shop.place(programs=["AMAZON_BUSINESS", "PRIME", "AMAZON_EASY_SHIP"])
    told_of = summary(shop)
    assert told_of["OrderPrograms"] == ["Business", "Prime"]
    assert (told_of["ShippingPrograms"], told_of["EasyShipShipmentStatus"]) == (
        ["EasyShip"],
        "PendingSchedule",
    )
    assert told_of["ElectronicInvoiceStatus"] == "NotRequired"
    first = shop.place()
    assert "EasyShipShipmentStatus" not in summary(shop)
    terms = Terms(replaces=first, supply_source_id="source-1", available_from=shop.clock.now())
    shop.place(terms=terms)
    shop.sim.authorise_payment(shop.sim.orders()[-1].order_id)
    told_of = summary(shop)
    assert (told_of["OrderPrograms"], told_of["OrderType"]) == (["Replacement"], "Preorder")
    assert told_of["OrderItems"][0]["SupplySourceId"] == "source-1"


def test_other_types_come_in_their_own_envelope(shop: Shop, models: Path) -> None:
    schemas = models / "schemas" / "notifications"
    shop.sim.subscribe(shop.app, shop.seller, shop.sim.add_queue("feeds"), FEED)
    publish = shop.sim._notifications.publish  # the other rooms' way in
    publish(shop.seller.seller_id, FEED, "2020-09-04", FINISHED)
    publish(shop.seller.seller_id, FEED, "2019-01-01", FINISHED)
    publish("A1111111111111", FEED, "2020-09-04", FINISHED)
    (one,) = told(shop, "feeds")
    assert next(iter(one)) == "notificationVersion"
    assert set(one["notificationMetadata"]) == {
        "applicationId",
        "subscriptionId",
        "publishTime",
        "notificationId",
    }
    schema = load(schemas / "FeedProcessingFinishedNotification.json")
    assert [fault.message for fault in Draft7Validator(schema).iter_errors(one)] == []


def test_a_tracking_filter_lets_one_shipment_through(monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    kind, version = "SHIPMENT_TRACKING_MILESTONE_CHANGED", "2026-01-30"
    # Amazon's schema of this type refers to a definition that is not in it.
    monkeypatch.setattr(conformance, "WITHOUT_SCHEMA", conformance.WITHOUT_SCHEMA | {kind})
    schema = load(models / "schemas" / "notifications" / "ShipmentTrackingMilestoneChangedNotification.json")
    payload = schema["examples"][0]["payload"]
    identifier = payload["shipmentTrackingMilestoneChangedNotification"]["trackingDetail"]["identifier"]
    for wanted, times in ((identifier, 1), ({"aftn": "another"}, 0)):
        shop = fresh()
        directive = {"eventFilter": {"eventFilterType": kind, "trackingIdentifier": wanted}}
        answer = subscribe(shop, kind, destination(shop), version, processingDirective=directive)
        assert answer.status_code == 200
        shop.sim._notifications.publish(shop.seller.seller_id, kind, version, payload)
        assert len(told(shop)) == times


def test_an_application_hears_of_itself_in_its_rotation_queue(shop: Shop) -> None:
    publish = shop.sim._notifications.publish_to_application
    kind, payload = "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY", {"applicationOAuthClientSecretExpiry": {}}
    assert publish(shop.app, kind, "2023-11-30", payload) is False
    shop.sim.register_rotation_queue(shop.app, shop.sim.add_queue("secrets"))
    assert publish(shop.app, kind, "2023-11-30", payload) is True
    (one,) = told(shop, "secrets")
    assert (one["notificationType"], one["payload"]) == (kind, payload)
    assert one["notificationMetadata"]["applicationId"] == shop.app.application_id


def test_changes_of_offers_are_aggregated_by_article(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = "ANY_OFFER_CHANGED"
    monkeypatch.setattr(conformance, "WITHOUT_SCHEMA", conformance.WITHOUT_SCHEMA | {kind})
    shop = fresh()
    settings = {"aggregationTimePeriod": "FiveMinutes"}
    directive = {"eventFilter": {"eventFilterType": kind, "aggregationSettings": settings}}
    assert subscribe(shop, kind, destination(shop), processingDirective=directive).status_code == 200

    def change(asin: str, number: int) -> None:
        trigger = {"MarketplaceId": "ATVPDKIKX0DER", "ASIN": asin, "Number": number}
        payload = {"AnyOfferChangedNotification": {"OfferChangeTrigger": trigger}}
        shop.sim._notifications.publish(shop.seller.seller_id, kind, "1.0", payload)

    def heard() -> list[tuple[str, int]]:
        triggers = [one["Payload"]["AnyOfferChangedNotification"]["OfferChangeTrigger"] for one in told(shop)]
        return [(one["ASIN"], one["Number"]) for one in triggers]

    for number in range(50):
        change("B0AAAAAAAA", number)
    change("B0BBBBBBBB", 0)
    assert heard() == [("B0AAAAAAAA", 0), ("B0BBBBBBBB", 0)]
    shop.clock.advance(seconds=300)
    assert heard()[2:] == [("B0AAAAAAAA", 49)]
    change("B0BBBBBBBB", 1)
    assert heard()[3:] == [("B0BBBBBBBB", 1)]
    change("B0AAAAAAAA", 50)
    assert len(heard()) == 4
    shop.clock.advance(seconds=300)
    assert heard()[4:] == [("B0AAAAAAAA", 50)]


def test_only_types_that_go_to_queues_can_be_subscribed_by_hand(shop: Shop) -> None:
    for kind in ("MADE_UP", LISTING):
        with pytest.raises(ValueError, match=kind):
            shop.sim.subscribe(shop.app, shop.seller, shop.queue_url, kind)
