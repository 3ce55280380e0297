"""Amazon SQS, as its JSON 1.0 protocol speaks it: enough for any client that keeps a standard queue.

A request must carry an AWS Signature Version 4; the signature is not checked, since no key exists here.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

import httpx

from spapi_simulator.front.answers import JSON, json_response
from spapi_simulator.queues import messages
from spapi_simulator.queues.administration import Administration
from spapi_simulator.queues.faults import QUERY_CODES, SqsFault
from spapi_simulator.queues.queue import REGION, Queue, Queues
from spapi_simulator.world.marketplaces import is_sqs_host

_TARGET = "AmazonSQS."
_KIND = "application/x-amz-json-1.0"
_SCOPE = re.compile(r"Credential=[^/,]+/\d{8}/([a-z0-9-]+)/sqs/")
_ON_MESSAGES: Mapping[str, Callable[[Queue, JSON, datetime], JSON]] = MappingProxyType({
    "SendMessage": messages.send,
    "SendMessageBatch": messages.send_batch,
    "ReceiveMessage": messages.receive,
    "DeleteMessage": messages.delete,
    "DeleteMessageBatch": messages.delete_batch,
    "ChangeMessageVisibility": messages.change_visibility,
    "ChangeMessageVisibilityBatch": messages.change_visibility_batch,
})  # fmt: skip


def action_of(request: httpx.Request) -> str:
    """Return the SQS action a request asks for; empty when it is no SQS request."""
    target = str(request.headers.get("x-amz-target", ""))
    return target.removeprefix(_TARGET) if target.startswith(_TARGET) else ""


class Sqs:
    """The actions on queues; time is the simulator's."""

    def __init__(self, queues: Queues) -> None:
        self._owner = owner = Administration(queues)
        self._on_queues: Mapping[str, Callable[[JSON, datetime], JSON]] = MappingProxyType({
            "GetQueueUrl": lambda given, _: owner.url(given),
            "ListQueues": lambda given, _: owner.urls(given),
            "ListDeadLetterSourceQueues": lambda given, _: owner.sources(given),
            "GetQueueAttributes": lambda given, now: owner.attributes(given, now=now),
            "SetQueueAttributes": lambda given, now: owner.change(given, now=now),
            "PurgeQueue": lambda given, now: owner.purge(given, now=now),
            "DeleteQueue": lambda given, now: owner.delete(given, now=now),
        })  # fmt: skip

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
            headers["x-amzn-query-error"] = f"{QUERY_CODES.get(fault.kind, fault.kind)};Sender"
            shape: JSON = {"__type": f"com.amazonaws.sqs#{fault.kind}", "message": fault.message}
            return json_response(fault.status, shape, headers=headers, kind=_KIND)

    def _act(self, request: httpx.Request, now: datetime) -> JSON:
        authorization = str(request.headers.get("authorization", ""))
        if "AWS4-HMAC-SHA256" not in authorization:
            raise SqsFault("MissingAuthenticationToken", "The request must contain a signature.", status=403)
        try:
            given = json.loads(request.content)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise SqsFault("SerializationException", "The body is not a JSON object.")
        action = action_of(request)
        if on_messages := _ON_MESSAGES.get(action):
            return on_messages(self._owner.queue(given), given, now)
        if action == "CreateQueue":
            scope = _SCOPE.search(authorization)
            return self._owner.create(given, region=scope[1] if scope else REGION, now=now)
        if on_queues := self._on_queues.get(action):
            return on_queues(given, now)
        raise SqsFault("InvalidAction", "The action is not valid for this endpoint.")
