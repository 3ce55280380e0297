"""A notification that nobody can read, set aside."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """What is kept of a message that was taken off a queue unread: why, but none of its body."""

    queue_url: str
    message_id: str
    """SQS's own id of the message."""
    reason: str
    """A sentence that names what could not be read, never what stood there."""
    at: datetime
    receive_count: int
    """How often it was tried."""
