"""The SQS queue that ORDER_CHANGE notifications arrive in.

Bodies carry a postal code: they are personal data, and are neither logged nor shown.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import structlog
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from dockseal.amazon.aws import Aws
from dockseal.domain.withheld import Withheld
from dockseal.errors import AccessDenied, AmazonError, AmazonRefused, AmazonUnavailable

log = structlog.get_logger(__name__)

_REGION = re.compile(r"https://(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?/")
_BATCH = 10
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "ExpiredToken"})
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Withheld):
    """One received message; it comes back unless it is deleted."""

    body: str = field(repr=False)
    handle: str = field(repr=False)
    receive_count: int
    """How often it was received, this time included."""
    id: str = ""
    """SQS's own id of it, the same each time it comes."""


class SqsQueue:
    """One queue, read through boto3.

    Args:
        url: The queue's URL.
        aws: Makes the client.
        wait_seconds: How long one read waits for a message (long polling, at most 20).
    """

    def __init__(self, url: str, aws: Aws, *, wait_seconds: int = 20) -> None:
        self._url = url
        self._wait_seconds = wait_seconds
        self._client = aws.sqs(region=region_of(url), read_timeout=wait_seconds + 10)

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
                id=each.get("MessageId", ""),
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
