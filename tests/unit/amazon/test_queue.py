import json
from collections.abc import Callable

import httpx
import pytest

from dockseal.amazon.aws import Aws
from dockseal.amazon.queue import Message, SqsQueue
from dockseal.errors import AccessDenied, AmazonRefused, AmazonUnavailable

URL = "https://sqs.eu-west-1.amazonaws.com/000000000000/orders"
Handler = Callable[[httpx.Request], httpx.Response]


def queue(handler: Handler, endpoint_url: str = "") -> SqsQueue:
    aws = Aws(transport=httpx.MockTransport(handler), endpoint_url=endpoint_url)
    return SqsQueue(URL, aws, wait_seconds=0)


def a_message(number: int) -> Message:
    return Message(body="{}", handle=f"handle-{number}", receive_count=1)


def test_messages_are_received_with_their_count_and_do_not_show_their_body() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        told = {
            "Body": "Testperson Alpha",
            "ReceiptHandle": "h1",
            "Attributes": {"ApproximateReceiveCount": "3"},
        }
        return httpx.Response(200, json={"Messages": [told, {"Body": "b", "ReceiptHandle": "h2"}]})

    first, second = queue(handler).receive()
    assert (first.body, first.handle, first.receive_count) == ("Testperson Alpha", "h1", 3)
    assert second.receive_count == 1
    assert "Testperson" not in repr(first)
    (request,) = seen
    assert request.url == "https://sqs.eu-west-1.amazonaws.com/"
    assert request.headers["x-amz-target"] == "AmazonSQS.ReceiveMessage"
    assert "/eu-west-1/sqs/aws4_request" in request.headers["authorization"]
    assert json.loads(request.content)["MaxNumberOfMessages"] == 10


def test_an_empty_queue_gives_no_messages() -> None:
    assert queue(lambda _: httpx.Response(200, json={})).receive() == []


def test_another_host_can_stand_in_for_sqs() -> None:
    hosts: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        assert json.loads(request.content)["QueueUrl"] == URL
        return httpx.Response(200, json={})

    queue(handler, "http://127.0.0.1:9").receive()
    assert hosts == ["127.0.0.1"]


def test_messages_are_deleted_ten_at_a_time() -> None:
    sizes: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sizes.append(len(json.loads(request.content)["Entries"]))
        return httpx.Response(200, json={"Successful": [], "Failed": []})

    queue(handler).delete([a_message(number) for number in range(23)])
    assert sizes == [10, 10, 3]


def _cut(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("cut")


@pytest.mark.parametrize(
    "handler",
    [
        _cut,
        lambda _: httpx.Response(503, text="<html>Service Unavailable</html>"),
        lambda _: httpx.Response(
            400, json={"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow"}
        ),
    ],
)
def test_a_queue_that_is_down_is_unavailable_and_asked_once(handler: Handler) -> None:
    count = 0

    def counted(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        return handler(request)

    with pytest.raises(AmazonUnavailable, match="ReceiveMessage"):
        queue(counted).receive()
    assert count == 1


def test_a_queue_we_may_not_read_is_told_from_one_that_is_not_there() -> None:
    denied = {"__type": "com.amazon.coral.service#AccessDeniedException", "message": "not authorized"}
    gone = {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "The specified queue does not exist."}
    with pytest.raises(AccessDenied, match="AccessDenied"):
        queue(lambda _: httpx.Response(403, json=denied)).receive()
    with pytest.raises(AmazonRefused, match="does not exist") as caught:
        queue(lambda _: httpx.Response(400, json=gone)).receive()
    assert not isinstance(caught.value, AccessDenied)
