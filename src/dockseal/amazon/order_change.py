"""ORDER_CHANGE notifications (payload version 1.0) as notices. They carry a postal code, which is dropped."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.amazon.piece import Piece
from dockseal.domain.identifiers import AmazonOrderId, amazon_order_id
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.seller import Seller
from dockseal.errors import AnswerUnreadable

TYPE = "ORDER_CHANGE"
_NAME = re.compile(r"[A-Za-z_]{1,60}")
_ID = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")
_WHOSE = "a notification"
_QUEUE_KEEPS = timedelta(days=14)
"""SQS keeps no message longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotForUs:
    """A notification that asks nothing of us, and why."""

    reason: str


def notice_from(body: str, sellers: Callable[[str, str], Seller | None], now: datetime) -> Notice | NotForUs:
    """Reads one message of the queue, as SQS carries it or wrapped by EventBridge (`detail`).

    Args:
        body: The message.
        sellers: Finds our seller by its merchant token and a marketplace id.
        now: When it was received.

    Raises:
        AnswerUnreadable: it is no notification, or lacks its id, its seller or its order.
    """
    envelope = _envelope(body)
    kind = envelope.text("NotificationType") or envelope.text("notificationType")
    if kind != TYPE:
        return NotForUs(reason=f"it is of type {kind if _NAME.fullmatch(kind) else 'unknown'}, not {TYPE}")
    change = envelope.piece("Payload").piece("OrderChangeNotification")
    summary = change.piece("Summary")
    if summary.text("FulfillmentType") == "AFN":
        return NotForUs(reason="Amazon ships the order")
    seller = sellers(change.needed_text("SellerId"), summary.needed_text("MarketplaceId"))
    if seller is None:
        return NotForUs(reason="no seller here has that merchant token and marketplace")
    return Notice(
        id=_notification_id(envelope.piece("NotificationMetadata")),
        seller=seller.id,
        amazon_order_id=_order_id(change),
        source=_source(change),
        noticed_at=_told_at(envelope, now),
        ship_by=_hint(summary, "LatestShipDate"),
    )


def _envelope(body: str) -> Piece:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise AnswerUnreadable("a message of the queue is no JSON object: see what else writes to the queue")
    detail = values.get("detail")
    inner: Mapping[str, object] = detail if isinstance(detail, dict) else values
    return Piece(whose=_WHOSE, values=inner)


def _notification_id(metadata: Piece) -> str:
    text = metadata.text("NotificationId")
    if not _ID.fullmatch(text):
        raise metadata.fault("NotificationId", "an id of up to 100 characters")
    return text


def _order_id(change: Piece) -> AmazonOrderId:
    try:
        return amazon_order_id(change.text("AmazonOrderId"))
    except ValueError:
        raise change.fault("AmazonOrderId", "an order id of 3-7-7 digits") from None


def _source(change: Piece) -> NoticeSource:
    asks = change.text("OrderChangeType") == "BuyerRequestedChange"
    return NoticeSource.BUYER if asks else NoticeSource.NOTIFICATION


def _told_at(envelope: Piece, now: datetime) -> datetime:
    """Returns when Amazon sent it, by Amazon's clock; `now` where that cannot be."""
    sent_at = _hint(envelope.piece("NotificationMetadata"), "PublishTime")
    return sent_at if sent_at is not None and now - _QUEUE_KEEPS <= sent_at <= now else now


def _hint(summary: Piece, name: str) -> datetime | None:
    """Returns an instant; one that cannot be read is left out, since the order itself is read anyway."""
    try:
        return summary.instant(name)
    except AnswerUnreadable:
        return None
