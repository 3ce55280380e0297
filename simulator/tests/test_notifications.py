import json
from datetime import timedelta
from typing import Any

import httpx
from shop import Shop, open_shop

from spapi_simulator import Behaviours

AUTHORIZATION = {"authorization": "AWS4-HMAC-SHA256 Credential=test"}


def sqs(shop: Shop, action: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    target = {"x-amz-target": f"AmazonSQS.{action}", **(AUTHORIZATION if headers is None else headers)}
    return shop.http.post(shop.queue_url, headers=target, json={"QueueUrl": shop.queue_url} | body)


def receive(shop: Shop, **body: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        sqs(shop, "ReceiveMessage", MaxNumberOfMessages=10, **body).json().get("Messages", [])
    )
    return found


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
    for told, shop in (
        (1, open_shop()),
        (2, open_shop(behaviours=Behaviours(notify_pending_creation=True))),
    ):
        shop.sim.authorise_payment(shop.place(pending=True))
        assert len(changes(shop)) == told


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


def test_a_message_comes_back_unless_it_is_deleted(shop: Shop) -> None:
    shop.place()
    (first,) = receive(shop, VisibilityTimeout=60)
    assert receive(shop) == []
    shop.clock.advance(seconds=60)
    (again,) = receive(shop, AttributeNames=["All"])
    assert again["MessageId"] == first["MessageId"]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    assert sqs(shop, "DeleteMessage", ReceiptHandle=again["ReceiptHandle"]).status_code == 200
    shop.clock.advance(timedelta(days=1))
    assert receive(shop) == []


def test_visibility_can_be_changed(shop: Shop) -> None:
    shop.place()
    (message,) = receive(shop)
    sqs(shop, "ChangeMessageVisibility", ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert len(receive(shop)) == 1


def test_sqs_refuses(shop: Shop) -> None:
    assert sqs(shop, "ReceiveMessage", headers={}).status_code == 403
    for action, body, kind in (
        ("ReceiveMessage", {"MaxNumberOfMessages": 11}, "InvalidParameterValue"),
        ("ReceiveMessage", {"VisibilityTimeout": -1}, "InvalidParameterValue"),
        ("ReceiveMessage", {"VisibilityTimeout": 43201}, "InvalidParameterValue"),
        ("ReceiveMessage", {"WaitTimeSeconds": "20"}, "InvalidParameterValue"),
        ("DeleteMessageBatch", {"Entries": ["made up"]}, "SerializationException"),
        ("ReceiveMessage", {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/0/none"}, "QueueDoesNotExist"),
        ("DeleteMessage", {"ReceiptHandle": "made up"}, "ReceiptHandleIsInvalid"),
    ):
        answer = sqs(shop, action, **body)
        assert answer.status_code == 400
        assert answer.json()["__type"].endswith(kind)
