"""A message in a queue, and the digests SQS returns with it."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A message attribute; `kind` is String, Number or Binary, with a label of the sender's after a dot."""

    kind: str
    text: str = ""
    octets: bytes = b""

    @property
    def binary(self) -> bool:
        """Whether it holds octets."""
        return self.kind.split(".")[0] == "Binary"

    @property
    def value(self) -> bytes:
        """The octets, or the text in UTF-8."""
        return self.octets if self.binary else self.text.encode()

    def shape(self) -> dict[str, str]:
        """Return it as the JSON protocol writes it."""
        if self.binary:
            return {"DataType": self.kind, "BinaryValue": base64.b64encode(self.octets).decode()}
        return {"DataType": self.kind, "StringValue": self.text}


Attributes = Mapping[str, Attribute]


@dataclass(slots=True, kw_only=True)
class Message:
    """A message in a queue. The body of a notification holds a postal code: repr leaves it out.

    Attributes:
        visible_at: When it can be received; later than now while it is delayed or in flight.
        came_from: The ARN of the queue that gave it up, in a dead-letter queue.
    """

    message_id: str
    body: str = field(repr=False)
    attributes: Attributes = field(default_factory=dict, repr=False)
    sent_at: datetime
    visible_at: datetime
    receive_count: int = 0
    first_received_at: datetime | None = None
    came_from: str = ""
    handles: list[str] = field(default_factory=list, repr=False)

    @property
    def md5(self) -> str:
        """The digest of the body."""
        return _md5(self.body.encode())


def attributes_md5(attributes: Attributes) -> str:
    """Return the digest of attributes: name, type and value by name, each with its length before it."""
    parts = []
    for name, one in sorted(attributes.items()):
        transport = b"\x02" if one.binary else b"\x01"
        parts += [_sized(name.encode()), _sized(one.kind.encode()), transport, _sized(one.value)]
    return _md5(b"".join(parts))


def _sized(value: bytes) -> bytes:
    return len(value).to_bytes(4) + value


def _md5(value: bytes) -> str:
    return hashlib.md5(value, usedforsecurity=False).hexdigest()
