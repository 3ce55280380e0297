"""Amazon SQS, as its JSON 1.0 protocol speaks it: enough for any client that reads a standard queue.

A request must carry an AWS Signature Version 4; the signature is not checked, since no key exists here.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

import httpx

from spapi_simulator.front.answers import JSON, json_response
from spapi_simulator.queues.queue import Message, Queue, Queues
from spapi_simulator.world.marketplaces import is_sqs_host

_TARGET = "AmazonSQS."
_KIND = "application/x-amz-json-1.0"
_MOST = 10
_LONGEST_DELAY = 900
_LONGEST_VISIBILITY = 43200
# Clients that grew up with the older query protocol show these codes instead.
_QUERY_CODES = MappingProxyType({"QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue"})


class SqsFault(Exception):
    """An error in the shape AWS gives it."""

    def __init__(self, kind: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status


def action_of(request: httpx.Request) -> str:
    """Return the SQS action a request asks for; empty when it is no SQS request."""
    target = str(request.headers.get("x-amz-target", ""))
    return target.removeprefix(_TARGET) if target.startswith(_TARGET) else ""


class Sqs:
    """The actions on queues; time is the simulator's."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues
        self._actions: Mapping[str, Callable[[JSON, datetime], JSON]] = MappingProxyType(
            {
                "ReceiveMessage": self._receive,
                "DeleteMessage": self._delete,
                "DeleteMessageBatch": self._delete_batch,
                "ChangeMessageVisibility": self._change_visibility,
                "SendMessage": self._send,
                "GetQueueUrl": self._queue_url,
                "GetQueueAttributes": self._attributes,
                "PurgeQueue": self._purge,
            }
        )

    @staticmethod
    def operation_of(request: httpx.Request) -> str:
        """Name the request for faults and the journal; empty when it is not for SQS."""
        return action_of(request) or ("unknown" if is_sqs_host(request.url.host) else "")

    def answer(self, request: httpx.Request, *, request_id: str, now: datetime) -> httpx.Response:
        """Answer one action."""
        headers = {"x-amzn-RequestId": request_id}
        try:
            body = self._act(request, now)
            return json_response(200, body, headers=headers, kind=_KIND)
        except SqsFault as fault:
            headers["x-amzn-query-error"] = f"{_QUERY_CODES.get(fault.kind, fault.kind)};Sender"
            shape: JSON = {"__type": f"com.amazonaws.sqs#{fault.kind}", "message": fault.message}
            return json_response(fault.status, shape, headers=headers, kind=_KIND)

    def _act(self, request: httpx.Request, now: datetime) -> JSON:
        if "AWS4-HMAC-SHA256" not in request.headers.get("authorization", ""):
            raise SqsFault("MissingAuthenticationToken", "The request must contain a signature.", status=403)
        action = self._actions.get(action_of(request))
        if action is None:
            raise SqsFault("InvalidAction", "The action is not valid for this endpoint.")
        try:
            given = json.loads(request.content)
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise SqsFault("SerializationException", "The body is not a JSON object.")
        return action(given, now)

    def _queue(self, given: JSON, name: str = "QueueUrl") -> Queue:
        queue = self._queues.find(str(given.get(name, "")))
        if queue is None:
            raise SqsFault("QueueDoesNotExist", "The specified queue does not exist.")
        return queue

    def _receive(self, given: JSON, now: datetime) -> JSON:
        queue = self._queue(given)
        most = _number(given, "MaxNumberOfMessages", 1, least=1, most=_MOST)
        _number(given, "WaitTimeSeconds", 0, most=20)
        visibility = _number(given, "VisibilityTimeout", queue.visibility, most=_LONGEST_VISIBILITY)
        taken = queue.receive(most, visibility=visibility, now=now)
        return {"Messages": [_shape(message) for message in taken]} if taken else {}

    def _delete(self, given: JSON, now: datetime) -> JSON:
        del now
        if not self._queue(given).delete(str(given.get("ReceiptHandle", ""))):
            raise SqsFault("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        return {}

    def _delete_batch(self, given: JSON, now: datetime) -> JSON:
        del now
        queue, entries = self._queue(given), given.get("Entries")
        if not isinstance(entries, list) or not 1 <= len(entries) <= _MOST:
            raise SqsFault("EmptyBatchRequest", "A batch holds 1 to 10 entries.")
        done: list[object] = []
        failed: list[object] = []
        for entry in entries:
            if not isinstance(entry, dict):
                raise SqsFault("SerializationException", "An entry of the batch is not a JSON object.")
            if queue.delete(str(entry.get("ReceiptHandle", ""))):
                done.append({"Id": entry.get("Id")})
            else:
                fault = {"Id": entry.get("Id"), "SenderFault": True, "Code": "ReceiptHandleIsInvalid"}
                failed.append(fault)
        return {"Successful": done, "Failed": failed}

    def _change_visibility(self, given: JSON, now: datetime) -> JSON:
        seconds = _number(given, "VisibilityTimeout", 0, most=_LONGEST_VISIBILITY)
        if not self._queue(given).change_visibility(str(given.get("ReceiptHandle", "")), seconds, now=now):
            raise SqsFault("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        return {}

    def _send(self, given: JSON, now: datetime) -> JSON:
        body = str(given.get("MessageBody", ""))
        delay = _number(given, "DelaySeconds", 0, most=_LONGEST_DELAY)
        message = self._queue(given).send(body, now=now, delay=delay)
        return {"MessageId": message.message_id, "MD5OfMessageBody": message.md5}

    def _queue_url(self, given: JSON, now: datetime) -> JSON:
        del now
        return {"QueueUrl": self._queue(given, "QueueName").url}

    def _attributes(self, given: JSON, now: datetime) -> JSON:
        queue = self._queue(given)
        visible, hidden = queue.counts(now)
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": str(visible),
                "ApproximateNumberOfMessagesNotVisible": str(hidden),
                "VisibilityTimeout": str(queue.visibility),
            }
        }

    def _purge(self, given: JSON, now: datetime) -> JSON:
        del now
        self._queue(given).purge()
        return {}


def _shape(message: Message) -> JSON:
    return {
        "MessageId": message.message_id,
        "ReceiptHandle": message.handles[-1],
        "MD5OfBody": message.md5,
        "Body": message.body,
        "Attributes": {
            "ApproximateReceiveCount": str(message.receive_count),
            "SentTimestamp": str(int(message.sent_at.timestamp() * 1000)),
        },
    }


def _number(given: JSON, name: str, default: int, *, most: int, least: int = 0) -> int:
    number = given.get(name, default)
    if not isinstance(number, int) or isinstance(number, bool):
        raise SqsFault("InvalidParameterValue", f"{name} must be a whole number.")
    if not least <= number <= most:
        raise SqsFault("InvalidParameterValue", f"{name} must be between {least} and {most}.")
    return number
