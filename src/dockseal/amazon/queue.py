"""The SQS queue that ORDER_CHANGE notifications arrive in.

Bodies carry a postal code: they are personal data, and are neither logged nor shown.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import structlog
from boto3.session import Session as AwsSession
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from dockseal.errors import AccessDenied, AmazonError, AmazonRefused, AmazonUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

log = structlog.get_logger(__name__)

_REGION = re.compile(r"https://(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?/")
_BATCH = 10
_STAND_IN_KEY = "stand-in"
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "ExpiredToken"})
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One received message; it comes back unless it is deleted."""

    body: str = field(repr=False)
    handle: str = field(repr=False)
    receive_count: int
    """How often it was received, this time included."""


class SqsQueue:
    """One queue, read through boto3 with the machine's own AWS credentials.

    Args:
        url: The queue's URL.
        transport: Carries the requests in place of the network, such as a simulator's.
        wait_seconds: How long one read waits for a message (long polling, at most 20).
        endpoint_url: Base URL that stands in for Amazon SQS; empty: the host of `url`.
        region: AWS region when the URL does not name one.
    """

    def __init__(
        self,
        url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        wait_seconds: int = 20,
        endpoint_url: str = "",
        region: str = "us-east-1",
    ) -> None:
        self._url = url
        self._wait_seconds = wait_seconds
        stands_in = transport is not None or bool(endpoint_url)
        self._client = _client(
            region=region_of(url) or region,
            endpoint_url=endpoint_url,
            read_timeout=wait_seconds + 10,
            key=_STAND_IN_KEY if stands_in else None,
        )
        if transport is not None:
            detour: Callable[..., Any] = _Detour(transport)
            self._client.meta.events.register("before-send.sqs", detour)

    def receive(self) -> list[Message]:
        """Waits for up to ten messages.

        Raises:
            AmazonUnavailable: SQS is down or cannot be reached.
            AccessDenied: the machine's AWS credentials do not reach the queue.
            AmazonRefused: there is no such queue.
        """
        answer = asked(
            "ReceiveMessage",
            lambda: self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=self._wait_seconds,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            ),
        )
        return [
            Message(
                body=each.get("Body", ""),
                handle=each.get("ReceiptHandle", ""),
                receive_count=int(each.get("Attributes", {}).get("ApproximateReceiveCount", "1")),
            )
            for each in answer.get("Messages", [])
        ]

    def delete(self, messages: Sequence[Message]) -> None:
        """Deletes received messages. One that SQS could not delete comes back, which is harmless.

        Raises:
            AmazonUnavailable: SQS is down or cannot be reached.
        """
        for start in range(0, len(messages), _BATCH):
            entries = [
                {"Id": str(index), "ReceiptHandle": message.handle}
                for index, message in enumerate(messages[start : start + _BATCH])
            ]
            answer = self._delete(entries)
            if answer:
                log.warning("queue.not_deleted", count=answer)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _delete(self, entries: list[dict[str, str]]) -> int:
        """Deletes up to ten messages; returns how many SQS did not delete."""
        answer = asked(
            "DeleteMessageBatch",
            lambda: self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[{"Id": each["Id"], "ReceiptHandle": each["ReceiptHandle"]} for each in entries],
            ),
        )
        return len(answer.get("Failed", []))


@dataclass(frozen=True, slots=True)
class _Detour:
    """Carries boto3's requests over an httpx transport (botocore event `before-send`)."""

    transport: httpx.BaseTransport

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent = httpx.Request(
            request.method,
            request.url,
            headers=[(name, _text(value)) for name, value in request.headers.items()],
            content=_bytes(request.body),
        )
        response = self.transport.handle_request(sent)
        try:
            content = response.read()
        finally:
            response.close()
        headers = HTTPHeaders.from_dict(dict(response.headers.items()))
        return AWSResponse(request.url, response.status_code, headers, _Raw(content))


@dataclass(frozen=True, slots=True)
class _Raw:
    """What botocore reads a body from."""

    content: bytes = field(repr=False)

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        """Yields the whole body at once."""
        yield self.content


def _client(*, region: str, endpoint_url: str, read_timeout: int, key: str | None) -> "SQSClient":
    config = Config(
        connect_timeout=10, read_timeout=read_timeout, retries={"total_max_attempts": 1, "mode": "standard"}
    )
    return AwsSession(region_name=region).client(
        "sqs",
        endpoint_url=endpoint_url or None,
        aws_access_key_id=key,
        aws_secret_access_key=key,
        config=config,
    )


def client_over(transport: httpx.BaseTransport | None, *, region: str, endpoint_url: str) -> "SQSClient":
    """Returns a client of SQS, over `transport` in place of the network where there is one."""
    stands_in = transport is not None or bool(endpoint_url)
    key = _STAND_IN_KEY if stands_in else None
    client = _client(region=region, endpoint_url=endpoint_url, read_timeout=30, key=key)
    if transport is not None:
        detour: Callable[..., Any] = _Detour(transport)
        client.meta.events.register("before-send.sqs", detour)
    return client


def asked(operation: str, ask: Callable[[], Result]) -> Result:
    """Returns what SQS answers.

    Raises:
        AmazonUnavailable: SQS is down or cannot be reached.
        AccessDenied: the machine's AWS credentials do not allow it.
        AmazonRefused: SQS refuses it for another reason.
    """
    try:
        return ask()
    except (NoCredentialsError, PartialCredentialsError):
        failure: AmazonError = AccessDenied(
            operation, status=403, code="NoCredentials", message="give this machine AWS credentials"
        )
    except ClientError as error:
        failure = _failure(operation, error)
    except (BotoCoreError, httpx.HTTPError) as error:
        failure = AmazonUnavailable(
            f"the queue gave no usable answer to {operation} ({type(error).__name__}); it is asked again"
        )
    raise failure


def _failure(operation: str, error: ClientError) -> AmazonError:
    answer = error.response
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    told = answer.get("Error", {})
    code, message = str(told.get("Code", ""))[:80], str(told.get("Message", ""))[:300]
    if status >= 500 or status == 429 or "Throttl" in code:
        return AmazonUnavailable(f"the queue answered {operation} with {status}; it is asked again")
    kind = AccessDenied if status in {401, 403} or code in _DENIED else AmazonRefused
    return kind(operation, status=status, code=code, message=message)


def region_of(url: str) -> str:
    """Returns the AWS region that a queue's URL names; empty for none."""
    match = _REGION.match(url)
    return (match.group(1) or match.group(2)) if match else ""


def _bytes(body: object) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else b""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
