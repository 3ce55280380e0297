"""Errors of SQS, and reading what a request brings."""

from collections.abc import Mapping
from types import MappingProxyType

from spapi_simulator.front.answers import JSON

_NAMESPACE = "AWS.SimpleQueueService"
QUERY_CODES: Mapping[str, str] = MappingProxyType({
    "QueueDoesNotExist": f"{_NAMESPACE}.NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
    **{
        name: f"{_NAMESPACE}.{name}"
        for name in (
            "BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest", "InvalidBatchEntryId",
            "MessageNotInflight", "PurgeQueueInProgress", "QueueDeletedRecently",
            "TooManyEntriesInBatchRequest", "UnsupportedOperation",
        )
    },
})  # fmt: skip
"""What an error is called by clients that grew up with the older query protocol; the rest keep their name."""


class SqsFault(Exception):
    """An error in the shape AWS gives it."""

    def __init__(self, kind: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status


def invalid(name: str, reason: str) -> SqsFault:
    """Return the error for a parameter that is given and wrong."""
    return SqsFault("InvalidParameterValue", f"{name} {reason}")


def whole(given: JSON, name: str, default: int, *, most: int, least: int = 0) -> int:
    """Return a parameter that must be a whole number within bounds."""
    number = given.get(name, default)
    if not isinstance(number, int) or isinstance(number, bool):
        raise invalid(name, "must be a whole number.")
    if not least <= number <= most:
        raise invalid(name, f"must be between {least} and {most}.")
    return number


def names(given: JSON, name: str) -> list[str]:
    """Return a parameter that must be a list of texts; empty where it is not given."""
    found = given.get(name) or []
    if not isinstance(found, list) or any(not isinstance(one, str) for one in found):
        raise SqsFault("SerializationException", f"{name} is not a list of texts.")
    return found


def mapping(given: JSON, name: str) -> JSON:
    """Return a parameter that must be an object; empty where it is not given."""
    found = given.get(name) or {}
    if not isinstance(found, dict):
        raise SqsFault("SerializationException", f"{name} is not a JSON object.")
    return found
