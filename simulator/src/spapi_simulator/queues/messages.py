"""The actions of SQS on messages: send, receive, hide and delete them, one by one and in batches."""

import base64
import re
from collections.abc import Callable
from datetime import datetime

from spapi_simulator.front.answers import JSON
from spapi_simulator.queues.faults import SqsFault, invalid, mapping, names, whole
from spapi_simulator.queues.message import Attribute, Message, attributes_md5
from spapi_simulator.queues.queue import Queue

_MOST = 10
_LONGEST_DELAY = 900
_LONGEST_VISIBILITY = 43_200
_LARGEST_BATCH = 1_048_576
_MOST_ATTRIBUTES = 10
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_KIND = re.compile(r"(String|Number|Binary)(\.[\x21-\x7e]{1,200})?")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,256}")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def send(queue: Queue, given: JSON, now: datetime) -> JSON:
    """Answer SendMessage."""
    body = given.get("MessageBody")
    if not isinstance(body, str) or not body:
        raise SqsFault("MissingParameter", "The request must contain the parameter MessageBody.")
    if _FORBIDDEN.search(body):
        raise SqsFault("InvalidMessageContents", "The message holds characters outside the allowed set.")
    attributes = _read_attributes(given)
    if _size(body, attributes) > queue.number("MaximumMessageSize"):
        raise invalid("MessageBody", "is longer than the queue allows.")
    delay = whole(given, "DelaySeconds", queue.number("DelaySeconds"), most=_LONGEST_DELAY)
    message = queue.send(body, now=now, delay=delay, attributes=attributes)
    answer: JSON = {"MessageId": message.message_id, "MD5OfMessageBody": message.md5}
    return answer | ({"MD5OfMessageAttributes": attributes_md5(attributes)} if attributes else {})


def send_batch(queue: Queue, given: JSON, now: datetime) -> JSON:
    """Answer SendMessageBatch: all of them together may be as large as one message."""
    bodies = [str(one.get("MessageBody", "")) for one in _entries(given)]
    total = sum(len(one.encode(errors="replace")) for one in bodies)
    if total > _LARGEST_BATCH:
        raise SqsFault("BatchRequestTooLong", f"The batch may hold {_LARGEST_BATCH} bytes.")
    return _each(given, lambda entry: send(queue, entry, now))


def receive(queue: Queue, given: JSON, now: datetime) -> JSON:
    """Answer ReceiveMessage. Waiting is the server's business: nothing arrives while time stands still."""
    most = whole(given, "MaxNumberOfMessages", 1, least=1, most=_MOST)
    whole(given, "WaitTimeSeconds", 0, most=20)
    default = queue.number("VisibilityTimeout")
    visibility = whole(given, "VisibilityTimeout", default, most=_LONGEST_VISIBILITY)
    system = set(names(given, "AttributeNames")) | set(names(given, "MessageSystemAttributeNames"))
    wanted = names(given, "MessageAttributeNames")
    taken = queue.receive(most, visibility=visibility, now=now)
    return {"Messages": [_shape(message, system, wanted) for message in taken]} if taken else {}


def delete(queue: Queue, given: JSON, now: datetime) -> JSON:
    """Answer DeleteMessage; a message that is gone already counts as deleted."""
    del now
    if not queue.delete(str(given.get("ReceiptHandle", ""))):
        raise SqsFault("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
    return {}


def delete_batch(queue: Queue, given: JSON, now: datetime) -> JSON:
    """Answer DeleteMessageBatch."""
    return _each(given, lambda entry: delete(queue, entry, now))


def change_visibility(queue: Queue, given: JSON, now: datetime) -> JSON:
    """Answer ChangeMessageVisibility, which works on messages in flight only."""
    if "VisibilityTimeout" not in given:
        raise SqsFault("MissingParameter", "The request must contain the parameter VisibilityTimeout.")
    seconds = whole(given, "VisibilityTimeout", 0, most=_LONGEST_VISIBILITY)
    handle = str(given.get("ReceiptHandle", ""))
    if not queue.knows(handle):
        raise SqsFault("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
    message = queue.message_of(handle)
    if message is None:
        raise invalid("ReceiptHandle", "is of a message that does not exist.")
    if message.visible_at <= now:
        raise SqsFault("MessageNotInflight", "The message referred to is not in flight.")
    queue.hide(message, seconds, now=now)
    return {}


def change_visibility_batch(queue: Queue, given: JSON, now: datetime) -> JSON:
    """Answer ChangeMessageVisibilityBatch."""
    return _each(given, lambda entry: change_visibility(queue, entry, now))


def _entries(given: JSON) -> list[JSON]:
    entries = given.get("Entries")
    if not isinstance(entries, list) or not entries:
        raise SqsFault("EmptyBatchRequest", "A batch holds 1 to 10 entries.")
    if len(entries) > _MOST:
        raise SqsFault("TooManyEntriesInBatchRequest", "A batch holds 1 to 10 entries.")
    found = [entry for entry in entries if isinstance(entry, dict)]
    if len(found) != len(entries):
        raise SqsFault("SerializationException", "An entry of the batch is not a JSON object.")
    ids = [entry.get("Id") for entry in found]
    if any(not isinstance(one, str) or not _ID.fullmatch(one) for one in ids):
        raise SqsFault("InvalidBatchEntryId", "An Id may hold 80 letters, digits, hyphens and underscores.")
    if len(set(ids)) != len(ids):
        raise SqsFault("BatchEntryIdsNotDistinct", "Two entries of the batch have the same Id.")
    return found


def _each(given: JSON, act: Callable[[JSON], JSON]) -> JSON:
    """Carry out an action for every entry; one that fails does not keep the others from it."""
    done: list[JSON] = []
    failed: list[JSON] = []
    for entry in _entries(given):
        try:
            done.append({"Id": entry["Id"]} | act(entry))
        except SqsFault as fault:
            failed.append(
                {"Id": entry["Id"], "SenderFault": True, "Code": fault.kind, "Message": fault.message}
            )
    return {"Successful": done, "Failed": failed}


def _read_attributes(given: JSON) -> dict[str, Attribute]:
    found = mapping(given, "MessageAttributes")
    if len(found) > _MOST_ATTRIBUTES:
        raise invalid("MessageAttributes", "may hold 10 attributes.")
    return {name: _read_attribute(name, one) for name, one in found.items()}


def _read_attribute(name: str, given: object) -> Attribute:
    if not _NAME.fullmatch(name):
        raise invalid(
            "MessageAttributes", "may be named with 256 letters, digits, hyphens, dots and underscores."
        )
    kind = given.get("DataType") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise invalid("MessageAttributes", f"{name} has no DataType of String, Number or Binary.")
    text, octets = given.get("StringValue"), given.get("BinaryValue")
    if kind.startswith("Binary") and isinstance(octets, str) and octets:
        try:
            return Attribute(kind=kind, octets=base64.b64decode(octets, validate=True))
        except ValueError as fault:
            raise SqsFault("SerializationException", f"{name} is not in base64.") from fault
    if not kind.startswith("Binary") and isinstance(text, str) and text and not _FORBIDDEN.search(text):
        return Attribute(kind=kind, text=text)
    raise invalid("MessageAttributes", f"{name} has no value of its DataType.")


def _size(body: str, attributes: dict[str, Attribute]) -> int:
    extra = sum(len(name.encode()) + len(one.kind) + len(one.value) for name, one in attributes.items())
    return len(body.encode()) + extra


def _shape(message: Message, system: set[str], wanted: list[str]) -> JSON:
    shape: JSON = {
        "MessageId": message.message_id,
        "ReceiptHandle": message.handles[-1],
        "MD5OfBody": message.md5,
        "Body": message.body,
    }
    told = {key: value for key, value in _system(message).items() if "All" in system or key in system}
    if told:
        shape["Attributes"] = told
    asked = {key: one for key, one in message.attributes.items() if _is_wanted(key, wanted)}
    if asked:
        shape["MessageAttributes"] = {key: one.shape() for key, one in asked.items()}
        shape["MD5OfMessageAttributes"] = attributes_md5(asked)
    return shape


def _system(message: Message) -> dict[str, str]:
    first = message.first_received_at
    known = {
        "ApproximateReceiveCount": str(message.receive_count),
        "SentTimestamp": _millis(message.sent_at),
        "ApproximateFirstReceiveTimestamp": _millis(first) if first else "",
        "DeadLetterQueueSourceArn": message.came_from,
    }
    return {key: value for key, value in known.items() if value}


def _millis(instant: datetime) -> str:
    return str(int(instant.timestamp() * 1000))


def _is_wanted(name: str, wanted: list[str]) -> bool:
    """Say whether an attribute is asked for: by its name, as one of `prefix.*`, or with all."""
    return any(
        one in {"All", ".*", name} or (one.endswith(".*") and name.startswith(one[:-1])) for one in wanted
    )
