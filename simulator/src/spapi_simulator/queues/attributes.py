"""The attributes of a queue: which there are, what they may be, and what they are by default."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from spapi_simulator.front.answers import JSON
from spapi_simulator.queues.faults import SqsFault
from spapi_simulator.queues.policy import is_policy

_NUMBERS: Mapping[str, tuple[int, int, int]] = MappingProxyType({
    "VisibilityTimeout": (30, 0, 43_200),
    "DelaySeconds": (0, 0, 900),
    "MessageRetentionPeriod": (345_600, 60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 0, 20),
    "MaximumMessageSize": (1_048_576, 1_024, 1_048_576),
    "KmsDataKeyReusePeriodSeconds": (300, 60, 86_400),
})  # fmt: skip
"""Each attribute that is a number: its default, least and most."""
_FLAGS = frozenset({"SqsManagedSseEnabled"})
_OF_FIFO = frozenset({"FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"})
_TEXTS = frozenset({"Policy", "KmsMasterKeyId", "RedrivePolicy", "RedriveAllowPolicy"})
SETTABLE = frozenset(_NUMBERS) | _FLAGS | _TEXTS
READABLE = SETTABLE | {
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
}
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {name: str(default) for name, (default, _, _) in _NUMBERS.items() if not name.startswith("Kms")}
    | {"SqsManagedSseEnabled": "true"}
)
_AWS_KEY = "alias/aws/sqs"
_DIGITS = re.compile(r"[0-9]{1,9}")


def read_attributes(given: JSON) -> dict[str, str]:
    """Return the attributes of CreateQueue or SetQueueAttributes.

    Raises:
        SqsFault: One is unknown, belongs to FIFO queues, or has a value it cannot have.
    """
    attributes: dict[str, str] = {}
    for name, value in given.items():
        if name in _OF_FIFO:
            raise SqsFault("UnsupportedOperation", f"{name}: only standard queues are kept here.")
        if name not in SETTABLE:
            raise SqsFault("InvalidAttributeName", f"Unknown Attribute {name}.")
        if not isinstance(value, str) or not _fits(name, value):
            raise SqsFault("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
        attributes[name] = value
    return attributes


def redrive_of(attributes: Mapping[str, str]) -> tuple[str, int] | None:
    """Return the ARN of the dead-letter queue, and after how many receipts a message goes there."""
    policy = _object(attributes.get("RedrivePolicy", ""))
    return (str(policy["deadLetterTargetArn"]), int(str(policy["maxReceiveCount"]))) if policy else None


def amazon_can_use_key(attributes: Mapping[str, str]) -> bool:
    """Say whether Amazon's account can encrypt for a queue.

    The policy of the key that AWS manages itself admits no other account; a customer's own key is taken to.
    """
    return _AWS_KEY not in attributes.get("KmsMasterKeyId", "")


def _fits(name: str, value: str) -> bool:
    if name in _NUMBERS:
        _, least, most = _NUMBERS[name]
        return bool(_DIGITS.fullmatch(value)) and least <= int(value) <= most
    if name in _FLAGS:
        return value in {"true", "false"}
    if name == "Policy":
        return not value or is_policy(value)
    if name == "RedrivePolicy":
        return not value or _is_redrive(_object(value))
    if name == "RedriveAllowPolicy":
        return not value or bool(_object(value))
    return True


def _is_redrive(policy: JSON) -> bool:
    count = str(policy.get("maxReceiveCount", ""))
    target = policy.get("deadLetterTargetArn")
    return isinstance(target, str) and bool(_DIGITS.fullmatch(count)) and 1 <= int(count) <= 1000


def _object(text: str) -> JSON:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
