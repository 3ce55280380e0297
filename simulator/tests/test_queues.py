import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from shop import Shop

from spapi_simulator.watching.server import SimulatorServer

AUTHORIZATION = {"authorization": "AWS4-HMAC-SHA256 Credential=test"}
NOWHERE = "https://sqs.us-east-1.amazonaws.com/000000000000/none"


def sqs(shop: Shop, action: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    target = {"x-amz-target": f"AmazonSQS.{action}", **(AUTHORIZATION if headers is None else headers)}
    return shop.http.post(shop.queue_url, headers=target, json={"QueueUrl": shop.queue_url} | body)


def receive(shop: Shop, **body: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        sqs(shop, "ReceiveMessage", MaxNumberOfMessages=10, **body).json().get("Messages", [])
    )
    return found


def attributes(shop: Shop, **body: Any) -> dict[str, str]:
    answer = sqs(shop, "GetQueueAttributes", AttributeNames=["All"], **body)
    found: dict[str, str] = answer.json()["Attributes"]
    return found


def refused(answer: httpx.Response) -> str:
    assert answer.status_code == 400
    return str(answer.json()["__type"]).removeprefix("com.amazonaws.sqs#")


def test_a_message_comes_back_unless_it_is_deleted(shop: Shop) -> None:
    shop.place()
    (first,) = receive(shop, VisibilityTimeout=60)
    assert receive(shop) == []
    shop.clock.advance(seconds=60)
    (again,) = receive(shop, AttributeNames=["All"])
    assert again["MessageId"] == first["MessageId"]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    assert sqs(shop, "DeleteMessage", ReceiptHandle=again["ReceiptHandle"]).status_code == 200
    assert sqs(shop, "DeleteMessage", ReceiptHandle=first["ReceiptHandle"]).status_code == 200
    shop.clock.advance(timedelta(days=1))
    assert receive(shop) == []


def test_visibility_can_be_changed_while_a_message_is_in_flight(shop: Shop) -> None:
    shop.place()
    (message,) = receive(shop)
    handle = message["ReceiptHandle"]
    sqs(shop, "ChangeMessageVisibility", ReceiptHandle=handle, VisibilityTimeout=0)
    again = sqs(shop, "ChangeMessageVisibility", ReceiptHandle=handle, VisibilityTimeout=9)
    assert refused(again) == "MessageNotInflight"
    assert len(receive(shop)) == 1
    sqs(shop, "DeleteMessage", ReceiptHandle=handle)
    gone = sqs(shop, "ChangeMessageVisibility", ReceiptHandle=handle, VisibilityTimeout=9)
    assert refused(gone) == "InvalidParameterValue"


def test_attributes_are_told_only_when_asked_for(shop: Shop) -> None:
    shop.place()
    shop.clock.advance(seconds=5)
    (message,) = receive(shop, VisibilityTimeout=0)
    assert "Attributes" not in message
    (message,) = receive(shop, VisibilityTimeout=0, MessageSystemAttributeNames=["SentTimestamp"])
    assert list(message["Attributes"]) == ["SentTimestamp"]
    (message,) = receive(shop, AttributeNames=["All"])
    times = message["Attributes"]
    assert int(times["ApproximateFirstReceiveTimestamp"]) - int(times["SentTimestamp"]) == 5000


def test_message_attributes_come_with_their_digest(shop: Shop) -> None:
    given = {
        "origin.host": {"DataType": "String", "StringValue": "north"},
        "origin.port": {"DataType": "Number", "StringValue": "5"},
        "seal": {"DataType": "Binary", "BinaryValue": "AAEC"},
    }
    sent = sqs(shop, "SendMessage", MessageBody="invented", MessageAttributes=given).json()
    (all_of_them,) = receive(shop, VisibilityTimeout=0, MessageAttributeNames=["All"])
    assert all_of_them["MessageAttributes"] == given
    assert all_of_them["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    (some,) = receive(shop, VisibilityTimeout=0, MessageAttributeNames=["origin.*"])
    assert sorted(some["MessageAttributes"]) == ["origin.host", "origin.port"]
    (one,) = receive(shop, VisibilityTimeout=0, MessageAttributeNames=["seal"])
    octets = b"\0\0\0\x04seal\0\0\0\x06Binary\x02\0\0\0\x03\0\x01\x02"
    assert one["MD5OfMessageAttributes"] == hashlib.md5(octets).hexdigest()
    (none,) = receive(shop)
    assert "MessageAttributes" not in none


def test_a_message_received_too_often_goes_to_the_dead_letters(shop: Shop) -> None:
    dead = sqs(shop, "CreateQueue", QueueName="dead").json()["QueueUrl"]
    arn = attributes(shop, QueueUrl=dead)["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
    assert sqs(shop, "SetQueueAttributes", Attributes={"RedrivePolicy": policy}).status_code == 200
    shop.place()
    for _ in range(2):
        assert len(receive(shop, VisibilityTimeout=0)) == 1
    shop.clock.advance(seconds=100)
    assert receive(shop) == []
    (buried,) = receive(shop, QueueUrl=dead, AttributeNames=["All"])
    assert buried["Attributes"]["ApproximateReceiveCount"] == "1"
    age = int(buried["Attributes"]["ApproximateFirstReceiveTimestamp"])
    assert age - int(buried["Attributes"]["SentTimestamp"]) == 100_000
    assert buried["Attributes"]["DeadLetterQueueSourceArn"].endswith(":orders")
    sources = sqs(shop, "ListDeadLetterSourceQueues", QueueUrl=dead).json()
    assert sources == {"queueUrls": [shop.queue_url]}
    sqs(shop, "DeleteQueue", QueueUrl=dead)
    shop.place()
    for _ in range(3):
        assert len(receive(shop, VisibilityTimeout=0)) == 1


def test_attributes_count_towards_the_size_of_a_message(shop: Shop) -> None:
    sqs(shop, "SetQueueAttributes", Attributes={"MaximumMessageSize": "1024"})
    given = {"colour": {"DataType": "String", "StringValue": "blue"}}
    for size, status in ((1008, 200), (1009, 400)):
        answer = sqs(shop, "SendMessage", MessageBody="x" * size, MessageAttributes=given)
        assert answer.status_code == status


def test_a_message_is_forgotten_after_its_retention_period(shop: Shop) -> None:
    shop.place()
    sqs(shop, "SetQueueAttributes", Attributes={"MessageRetentionPeriod": "60"})
    shop.clock.advance(seconds=60)
    assert attributes(shop)["ApproximateNumberOfMessages"] == "1"
    shop.clock.advance(seconds=1)
    assert receive(shop) == []
    assert attributes(shop)["ApproximateNumberOfMessages"] == "0"


def test_a_delayed_message_is_counted_as_delayed(shop: Shop) -> None:
    sqs(shop, "SetQueueAttributes", Attributes={"DelaySeconds": "30"})
    sqs(shop, "SendMessage", MessageBody="later")
    sqs(shop, "SendMessage", MessageBody="now", DelaySeconds=0)
    counted = attributes(shop)
    assert counted["ApproximateNumberOfMessagesDelayed"] == "1"
    assert counted["ApproximateNumberOfMessages"] == "1"
    assert counted["ApproximateNumberOfMessagesNotVisible"] == "0"
    shop.clock.advance(seconds=30)
    assert len(receive(shop)) == 2


def test_a_batch_does_what_it_can(shop: Shop) -> None:
    entries = [{"Id": "a", "MessageBody": "one"}, {"Id": "b", "MessageBody": "two", "DelaySeconds": 901}]
    sent = sqs(shop, "SendMessageBatch", Entries=entries).json()
    assert [one["Id"] for one in sent["Successful"]] == ["a"]
    assert [(one["Id"], one["SenderFault"]) for one in sent["Failed"]] == [("b", True)]
    (message,) = receive(shop)
    hide = [
        {"Id": "a", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0},
        {"Id": "b", "ReceiptHandle": "made up", "VisibilityTimeout": 0},
    ]
    hidden = sqs(shop, "ChangeMessageVisibilityBatch", Entries=hide).json()
    assert [one["Code"] for one in hidden["Failed"]] == ["ReceiptHandleIsInvalid"]
    assert len(receive(shop)) == 1


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        ([], "EmptyBatchRequest"),
        ("made up", "EmptyBatchRequest"),
        (["made up"], "SerializationException"),
        ([{"Id": str(n), "MessageBody": "x"} for n in range(11)], "TooManyEntriesInBatchRequest"),
        ([{"Id": "1", "MessageBody": "x"}] * 2, "BatchEntryIdsNotDistinct"),
        ([{"Id": "a b", "MessageBody": "x"}], "InvalidBatchEntryId"),
        ([{"Id": str(n), "MessageBody": "x" * 600_000} for n in range(2)], "BatchRequestTooLong"),
    ],
)
def test_a_batch_that_is_none_is_refused(shop: Shop, entries: object, kind: str) -> None:
    assert refused(sqs(shop, "SendMessageBatch", Entries=entries)) == kind


@pytest.mark.parametrize(
    ("action", "body", "kind"),
    [
        ("ReceiveMessage", {"MaxNumberOfMessages": 11}, "InvalidParameterValue"),
        ("ReceiveMessage", {"VisibilityTimeout": -1}, "InvalidParameterValue"),
        ("ReceiveMessage", {"VisibilityTimeout": 43201}, "InvalidParameterValue"),
        ("ReceiveMessage", {"WaitTimeSeconds": "20"}, "InvalidParameterValue"),
        ("ReceiveMessage", {"AttributeNames": "All"}, "SerializationException"),
        ("ReceiveMessage", {"QueueUrl": NOWHERE}, "QueueDoesNotExist"),
        ("DeleteMessageBatch", {"Entries": ["made up"]}, "SerializationException"),
        ("DeleteMessage", {"ReceiptHandle": "made up"}, "ReceiptHandleIsInvalid"),
        ("ChangeMessageVisibility", {"ReceiptHandle": "made up"}, "MissingParameter"),
        ("SendMessage", {"MessageBody": ""}, "MissingParameter"),
        ("SendMessage", {"MessageBody": "\0"}, "InvalidMessageContents"),
        ("SendMessage", {"MessageBody": "x" * 1_048_577}, "InvalidParameterValue"),
        ("SendMessage", {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "Text"}}},
         "InvalidParameterValue"),
        ("SendMessage", {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "String"}}},
         "InvalidParameterValue"),
        ("SetQueueAttributes", {"Attributes": {"MadeUp": "1"}}, "InvalidAttributeName"),
        ("SetQueueAttributes", {"Attributes": {"VisibilityTimeout": "43201"}}, "InvalidAttributeValue"),
        ("SetQueueAttributes", {"Attributes": {"VisibilityTimeout": 30}}, "InvalidAttributeValue"),
        ("SetQueueAttributes", {"Attributes": {"Policy": "made up"}}, "InvalidAttributeValue"),
        (
            "SetQueueAttributes",
            {"Attributes": {"RedrivePolicy": '{"deadLetterTargetArn":"x","maxReceiveCount":0}'}},
            "InvalidAttributeValue",
        ),
        ("SetQueueAttributes", {"Attributes": {"FifoQueue": "true"}}, "UnsupportedOperation"),
        ("SetQueueAttributes", {}, "MissingParameter"),
        ("SetQueueAttributes", {"Attributes": ["made up"]}, "SerializationException"),
        ("SetQueueAttributes", {"Attributes": {"SqsManagedSseEnabled": "yes"}}, "InvalidAttributeValue"),
        ("SetQueueAttributes", {"Attributes": {"RedriveAllowPolicy": "[]"}}, "InvalidAttributeValue"),
        (
            "SendMessage",
            {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "?"}}},
            "SerializationException",
        ),
        (
            "SendMessage",
            {
                "MessageBody": "x",
                "MessageAttributes": {f"a{n}": {"DataType": "Number", "StringValue": "1"} for n in range(11)},
            },
            "InvalidParameterValue",
        ),
        ("SetQueueAttributes",
         {"Attributes": {"RedrivePolicy": '{"deadLetterTargetArn":"arn:aws:sqs:a:b:c","maxReceiveCount":3}'}},
         "InvalidParameterValue"),
        ("GetQueueAttributes", {"AttributeNames": ["MadeUp"]}, "InvalidAttributeName"),
        ("CreateQueue", {"QueueName": "a b"}, "InvalidParameterValue"),
        ("CreateQueue", {"QueueName": "orders.fifo"}, "UnsupportedOperation"),
        ("CreateQueue", {"QueueName": "orders", "Attributes": {"DelaySeconds": "5"}}, "QueueNameExists"),
        ("GetQueueUrl", {"QueueName": "none"}, "QueueDoesNotExist"),
        ("ListQueues", {"MaxResults": 0}, "InvalidParameterValue"),
        ("MadeUp", {}, "InvalidAction"),
    ],
)  # fmt: skip
def test_sqs_refuses(shop: Shop, action: str, body: dict[str, Any], kind: str) -> None:
    assert refused(sqs(shop, action, **body)) == kind


@pytest.mark.parametrize(
    "statement",
    [
        "made up",
        {},
        {"Effect": "Allow", "Principal": {"AWS": {"made": "up"}}, "Action": {"made": "up"}, "Resource": [5]},
        {"Effect": ["Allow"], "Principal": "*", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": "*"}, "Action": "*", "Resource": "*"},
    ],
)
def test_a_policy_that_says_nothing_admits_nobody(shop: Shop, statement: object) -> None:
    policy = json.dumps({"Statement": [statement]})
    assert sqs(shop, "SetQueueAttributes", Attributes={"Policy": policy}).status_code == 200
    shop.place()
    assert receive(shop) == []


def test_what_is_nested_beyond_any_sense_is_refused(shop: Shop) -> None:
    deep = "[" * 200_000
    for name in ("Policy", "RedrivePolicy"):
        answer = sqs(shop, "SetQueueAttributes", Attributes={name: deep})
        assert refused(answer) == "InvalidAttributeValue"
    headers = {"x-amz-target": "AmazonSQS.ReceiveMessage", **AUTHORIZATION}
    assert refused(shop.http.post(shop.queue_url, headers=headers, content=deep)) == "SerializationException"


def test_half_characters_are_refused(shop: Shop) -> None:
    half = "\ud800"
    assert refused(sqs_raw(shop, "SendMessage", MessageBody=half)) == "InvalidMessageContents"
    for attributes in (
        {"a": {"DataType": "String", "StringValue": half}},
        {half: {"DataType": "String", "StringValue": "x"}},
        {"a": {"DataType": f"String.{half}", "StringValue": "x"}},
    ):
        answer = sqs_raw(shop, "SendMessage", MessageBody="x", MessageAttributes=attributes)
        assert refused(answer) == "InvalidParameterValue"
    entries = [{"Id": "1", "MessageBody": half}]
    assert len(sqs_raw(shop, "SendMessageBatch", Entries=entries).json()["Failed"]) == 1


def sqs_raw(shop: Shop, action: str, **body: Any) -> httpx.Response:
    """Send what httpx itself would not write as JSON."""
    headers = {"x-amz-target": f"AmazonSQS.{action}", **AUTHORIZATION}
    content = json.dumps({"QueueUrl": shop.queue_url} | body)
    return shop.http.post(shop.queue_url, headers=headers, content=content)


def test_a_request_without_a_signature_is_refused(shop: Shop) -> None:
    assert sqs(shop, "ReceiveMessage", headers={}).status_code == 403


def test_purging_and_deleting_take_a_minute(shop: Shop) -> None:
    shop.place()
    assert sqs(shop, "PurgeQueue").status_code == 200
    assert refused(sqs(shop, "PurgeQueue")) == "PurgeQueueInProgress"
    shop.clock.advance(seconds=60)
    assert sqs(shop, "PurgeQueue").status_code == 200
    assert sqs(shop, "DeleteQueue").status_code == 200
    assert refused(sqs(shop, "ReceiveMessage")) == "QueueDoesNotExist"
    assert refused(sqs(shop, "CreateQueue", QueueName="orders")) == "QueueDeletedRecently"
    shop.clock.advance(seconds=60)
    assert sqs(shop, "CreateQueue", QueueName="orders").status_code == 200


def test_a_queue_may_be_created_again_as_it_is(shop: Shop) -> None:
    asked = {"QueueName": "again", "Attributes": {"DelaySeconds": "5", "SqsManagedSseEnabled": "false"}}
    first = sqs(shop, "CreateQueue", **asked).json()["QueueUrl"]
    assert sqs(shop, "CreateQueue", **asked).json()["QueueUrl"] == first
    assert sqs(shop, "CreateQueue", QueueName="again").json()["QueueUrl"] == first
    shop.clock.advance(seconds=60)
    sqs(shop, "SetQueueAttributes", QueueUrl=first, Attributes={"DelaySeconds": "6"})
    assert refused(sqs(shop, "CreateQueue", **asked)) == "QueueNameExists"
    kept = attributes(shop, QueueUrl=first)
    assert int(kept["LastModifiedTimestamp"]) - int(kept["CreatedTimestamp"]) == 60
    some = sqs(shop, "GetQueueAttributes", QueueUrl=first, AttributeNames=["DelaySeconds", "Policy"]).json()
    assert some == {"Attributes": {"DelaySeconds": "6"}}
    assert sqs(shop, "GetQueueAttributes", QueueUrl=first).json() == {}


def test_queues_are_listed_in_pages(shop: Shop) -> None:
    for number in range(3):
        sqs(shop, "CreateQueue", QueueName=f"more-{number}")
    first = sqs(shop, "ListQueues", QueueNamePrefix="more-", MaxResults=2).json()
    assert len(first["QueueUrls"]) == 2
    rest = sqs(shop, "ListQueues", QueueNamePrefix="more-", MaxResults=2, NextToken=first["NextToken"])
    assert [one.rsplit("/", 1)[-1] for one in rest.json()["QueueUrls"]] == ["more-2"]
    assert sqs(shop, "ListQueues", QueueNamePrefix="none").json() == {}


@pytest.fixture
def queues(shop: Shop) -> Iterator[Any]:
    with SimulatorServer(shop.sim) as server:
        yield boto3.client(
            "sqs",
            endpoint_url=server.url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


def test_boto3_leads_a_queue_through_its_whole_life(queues: Any) -> None:
    dead = queues.create_queue(QueueName="dead")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    assert arn == "arn:aws:sqs:eu-west-1:000000000000:dead"
    url = queues.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "90"})["QueueUrl"]
    assert queues.get_queue_url(QueueName="work")["QueueUrl"] == url
    assert queues.list_queues(QueueNamePrefix="wo")["QueueUrls"] == [url]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    queues.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive})
    kept = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (kept["VisibilityTimeout"], kept["RedrivePolicy"]) == ("90", redrive)
    colour = {"colour": {"DataType": "String", "StringValue": "blue"}}
    queues.send_message(QueueUrl=url, MessageBody="one", MessageAttributes=colour)
    more = [{"Id": "2", "MessageBody": "two"}, {"Id": "3", "MessageBody": "three"}]
    assert len(queues.send_message_batch(QueueUrl=url, Entries=more)["Successful"]) == 2
    received = queues.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    )["Messages"]
    assert received[0]["MessageAttributes"]["colour"]["StringValue"] == "blue"
    assert "ApproximateFirstReceiveTimestamp" in received[0]["Attributes"]
    first, second, third = (one["ReceiptHandle"] for one in received)
    queues.delete_message(QueueUrl=url, ReceiptHandle=first)
    queues.change_message_visibility(QueueUrl=url, ReceiptHandle=second, VisibilityTimeout=0)
    batch = [{"Id": "3", "ReceiptHandle": third, "VisibilityTimeout": 0}]
    assert queues.change_message_visibility_batch(QueueUrl=url, Entries=batch)["Failed"] == []
    assert "Messages" not in queues.receive_message(QueueUrl=url)
    buried = queues.receive_message(QueueUrl=dead, MaxNumberOfMessages=10)["Messages"]
    assert sorted(one["Body"] for one in buried) == ["three", "two"]
    queues.purge_queue(QueueUrl=dead)
    queues.delete_queue(QueueUrl=url)
    with pytest.raises(queues.exceptions.QueueDoesNotExist):
        queues.receive_message(QueueUrl=url)


def test_boto3_knows_the_errors_by_their_classes(shop: Shop, queues: Any) -> None:
    queues.create_queue(QueueName="work")
    with pytest.raises(queues.exceptions.QueueNameExists):
        queues.create_queue(QueueName="work", Attributes={"DelaySeconds": "1"})
    with pytest.raises(queues.exceptions.ReceiptHandleIsInvalid):
        queues.delete_message(QueueUrl=shop.queue_url, ReceiptHandle="made up")
    with pytest.raises(ClientError) as stopped:
        queues.receive_message(QueueUrl=shop.queue_url, MaxNumberOfMessages=11)
    assert stopped.value.response["Error"]["Code"] == "InvalidParameterValue"
