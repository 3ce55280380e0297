import json
from typing import Any

import pytest
from notifying import (
    AMAZON,
    BRIDGE,
    DESTINATIONS,
    FEED,
    SUBSCRIPTIONS,
    arn_of,
    call,
    destination,
    fresh_application,
    subscribe,
)
from shop import Shop, error, open_shop
from test_queues import sqs

from spapi_simulator import Behaviours


@pytest.fixture
def fresh(shop: Shop) -> Shop:
    """A shop whose application has no subscription yet."""
    return fresh_application(shop)


def test_a_destination_is_created_read_and_deleted(fresh: Shop) -> None:
    assert call(fresh, "GET", DESTINATIONS).json() == {"payload": []}
    made = destination(fresh)
    shape = {
        "destinationId": made,
        "name": "mine",
        "resource": {"sqs": {"arn": "arn:aws:sqs:us-east-1:000000000000:more"}},
    }
    assert call(fresh, "GET", f"{DESTINATIONS}/{made}").json() == {"payload": shape}
    assert call(fresh, "GET", DESTINATIONS).json() == {"payload": [shape]}
    gone = call(fresh, "DELETE", f"{DESTINATIONS}/{made}")
    assert (gone.status_code, gone.json()) == (200, {})
    assert error(call(fresh, "GET", f"{DESTINATIONS}/{made}"))[:2] == (404, "NotFound")


def test_a_partner_event_source_is_named_after_account_and_application(fresh: Shop) -> None:
    made = destination(fresh, BRIDGE)
    resource = call(fresh, "GET", f"{DESTINATIONS}/{made}").json()["payload"]["resource"]
    name = f"aws.partner/sellingpartnerapi.amazon.com/123456789012/{fresh.app.application_id}"
    assert resource == {"eventBridge": {"accountId": "123456789012", "region": "us-east-1", "name": name}}
    again = call(fresh, "POST", DESTINATIONS, {"name": "again", "resourceSpecification": BRIDGE})
    assert error(again)[:2] == (409, "Conflict")
    destination(fresh, {"eventBridge": BRIDGE["eventBridge"] | {"region": "eu-west-1"}})


def test_the_same_queue_twice_is_a_conflict_for_one_application_alone(fresh: Shop) -> None:
    destination(fresh)
    body = {"name": "again", "resourceSpecification": {"sqs": {"arn": arn_of(fresh)}}}
    status, code, text = error(call(fresh, "POST", DESTINATIONS, body))
    assert (status, code) == (409, "Conflict")
    assert text.startswith(f"A destination with arn {arn_of(fresh)} already exists for the application")
    fresh.app = fresh.sim.add_application(name="another")
    assert call(fresh, "POST", DESTINATIONS, body).status_code == 200


def test_a_destination_of_another_application_is_unknown(fresh: Shop) -> None:
    made = destination(fresh)
    fresh.app = fresh.sim.add_application(name="another")
    fresh.refresh_token = fresh.sim.authorize(fresh.app, fresh.seller)
    for method in ("GET", "DELETE"):
        assert call(fresh, method, f"{DESTINATIONS}/{made}").status_code == 404
    assert subscribe(fresh, FEED, made).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"name": "x", "resourceSpecification": {}},
        {"name": "x", "resourceSpecification": "made up"},
        {"name": "x", "resourceSpecification": {"sqs": {"arn": "made up"}}},
        {"name": "x", "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:us-east-1:000000000000:none"}}},
        {"name": "x", "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:us-east-1:000000000000:o.fifo"}}},
        {"name": "x", "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:eu-west-1:000000000000:orders"}}},
        {"name": "x", "resourceSpecification": {"eventBridge": {"accountId": "12", "region": "us-east-1"}}},
        {"name": "x", "resourceSpecification": {"eventBridge": {"accountId": "123456789012"}}},
        {"name": "x", "resourceSpecification": {"eventBridge": BRIDGE["eventBridge"] | {"region": "NA"}}},
        {"name": "x" * 257, "resourceSpecification": BRIDGE},
        {"name": "", "resourceSpecification": BRIDGE},
        {"name": "x", "resourceSpecification": BRIDGE | {"sqs": {"arn": "arn:aws:sqs:a:b:c"}}},
    ],
)
def test_a_destination_that_cannot_be_is_refused(fresh: Shop, body: object) -> None:
    assert error(call(fresh, "POST", DESTINATIONS, body))[:2] == (400, "InvalidInput")


def test_a_malformed_destination_can_be_an_internal_failure() -> None:
    shop = open_shop(behaviours=Behaviours(malformed_destination_is_internal_failure=True))
    assert error(call(shop, "POST", DESTINATIONS, []))[:2] == (500, "InternalFailure")
    assert error(call(shop, "POST", DESTINATIONS, {"resourceSpecification": {}}))[:2] == (400, "InvalidInput")


def policy(arn: str, **changes: Any) -> dict[str, str]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": AMAZON},
        "Action": ["SQS:SendMessage", "sqs:GetQueueAttributes"],
        "Resource": arn,
    }
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement | changes]})}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"Principal": {"AWS": ["437568002678"]}}, 200),
        ({"Principal": "*", "Action": "sqs:*"}, 200),
        ({"Action": "sqs:SendMessage"}, 400),
        ({"Principal": {"AWS": "arn:aws:iam::111111111111:root"}}, 400),
        ({"Resource": "arn:aws:sqs:us-east-1:000000000000:other"}, 400),
        ({"Effect": "Deny"}, 400),
    ],
)
def test_a_queue_must_let_amazon_send(fresh: Shop, changes: dict[str, Any], status: int) -> None:
    arn = "arn:aws:sqs:us-east-1:000000000000:wire"
    sqs(fresh, "CreateQueue", QueueName="wire")
    body = {"name": "wire", "resourceSpecification": {"sqs": {"arn": arn}}}
    assert call(fresh, "POST", DESTINATIONS, body).status_code == 400
    sqs(fresh, "SetQueueAttributes", QueueUrl="/wire", Attributes=policy(arn, **changes))
    assert call(fresh, "POST", DESTINATIONS, body).status_code == status


def test_a_denial_in_the_policy_wins(fresh: Shop) -> None:
    arn = arn_of(fresh)
    document = json.loads(policy(arn)["Policy"])
    document["Statement"].append(document["Statement"][0] | {"Effect": "Deny", "Action": "sqs:Send*"})
    sqs(fresh, "SetQueueAttributes", QueueUrl="/more", Attributes={"Policy": json.dumps(document)})
    body = {"name": "denied", "resourceSpecification": {"sqs": {"arn": arn}}}
    assert call(fresh, "POST", DESTINATIONS, body).status_code == 400


def test_a_queue_under_awss_own_key_cannot_take_notifications(fresh: Shop) -> None:
    arn = arn_of(fresh)
    body = {"name": "sealed", "resourceSpecification": {"sqs": {"arn": arn}}}
    for key, status in (("alias/aws/sqs", 400), ("alias/of-the-seller", 200)):
        sqs(fresh, "SetQueueAttributes", QueueUrl="/more", Attributes={"KmsMasterKeyId": key})
        assert call(fresh, "POST", DESTINATIONS, body).status_code == status


def test_the_policy_of_a_queue_can_be_left_unread() -> None:
    shop = open_shop(behaviours=Behaviours(check_queue_policy=False))
    sqs(shop, "CreateQueue", QueueName="wire")
    wire = {"sqs": {"arn": "arn:aws:sqs:us-east-1:000000000000:wire"}}
    assert subscribe(shop, FEED, destination(shop, wire)).status_code == 200


def test_a_destination_with_subscriptions_stays(fresh: Shop) -> None:
    made = destination(fresh)
    subscription = subscribe(fresh, FEED, made).json()["payload"]["subscriptionId"]
    refused = error(call(fresh, "DELETE", f"{DESTINATIONS}/{made}"))
    assert refused == (403, "Unauthorized", "Destination has subscriptions")
    assert call(fresh, "DELETE", f"{SUBSCRIPTIONS}/{FEED}/{subscription}").json() == {}
    assert call(fresh, "DELETE", f"{DESTINATIONS}/{made}").status_code == 200
