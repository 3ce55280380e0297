"""What a newer reading of an order means for it: pure, one answer for each piece of news and each stage.

`news` compares two readings. `ANSWERS` says what each piece of news does to an order at each stage; what is
not in it changes nothing but the reading that is kept. What a warehouse has, or may have, is never
overwritten: it is to be stopped (`Change.stop`), which the fulfillment engine sees to, or a person reads a
sentence. One that nobody has seen to yet is never replaced.

Amazon shows no address without personal data. In v2026-01-01 any change moves `lastUpdatedTime`, so an order
that is not released yet has its sealed recipient retrieved again after each. Of an order at the warehouse
only the fact is noted (`Change.compare_address`): the PII Security Layer retrieves the address once more,
compares it with the sealed one, and asks for a person only where they differ. A clock that moved is no
alarm by itself: parcel scans, deliveries, invoices and settled taxes move it too. In v0 it moves with the
status alone.

An order from a report (`flooding`) has no packages yet, and was shown as it was at its `read_at`: only what
Amazon changed after that can be another address. What a report does not show and the first reading does, a
program or a gift, is news.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from dockseal.domain.attention import with_earlier
from dockseal.domain.order import KEPT_HOLDS, NOT_BY_US, AmazonOrder, AmazonStatus, Hold, Order, OrderState
from dockseal.domain.parcel_sentences import REST_SHIPPED, not_arriving, shipped_elsewhere
from dockseal.domain.shipment import Package
from dockseal.domain.stop import WHAT_HAPPENS, WHAT_HAPPENS_TO_THE_REST, StopReason
from dockseal.monitoring_audit.tags import Tag
from dockseal.order_synchronization.parcel_news import newly_failed, unknown

_MOST_LINES = 5
_UNPAID = frozenset({AmazonStatus.PENDING, AmazonStatus.PENDING_AVAILABILITY})
_TO_SHIP = frozenset({AmazonStatus.UNSHIPPED, AmazonStatus.PARTIALLY_SHIPPED})


class News(Enum):
    """One thing that a reading says and the one before it did not."""

    CANCELLED = "cancelled"
    STILL_CANCELLED = "cancelled, as it was before"
    REOPENED = "no longer cancelled"
    CANCEL_WISHED = "the buyer wishes to cancel"
    CANCEL_WITHDRAWN = "the buyer no longer wishes to cancel"
    ITEMS = "other items or quantities"
    SHIP_SOONER = "to be shipped sooner"
    UNPAID = "not paid after all"
    SHIPPED = "shipped"
    PARTLY_SHIPPED = "partly shipped"
    NOT_BY_US = "in a program that wants it shipped otherwise"
    STRANGER = "a parcel that nobody reported here"
    NOT_ARRIVING = "a parcel that does not reach the buyer"
    GIFT = "a gift"
    TOUCHED = "changed at Amazon, whatever else is news"


class Stage(Enum):
    """How far an order got, as far as an answer depends on it."""

    EXAMINED_LATER = "accepted"
    HELD = "held"
    READY = "releasable"
    AT_WAREHOUSE = "released"
    PARTLY_GONE = "partly shipped"
    GONE = "shipped, confirmed or verified"
    OVER = "cancelled or shredded"


_S, _N = Stage, News
STAGES: Mapping[OrderState, Stage] = MappingProxyType(
    {
        OrderState.NOTICED: _S.OVER,
        OrderState.ACCEPTED: _S.EXAMINED_LATER,
        OrderState.HELD: _S.HELD,
        OrderState.RELEASABLE: _S.READY,
        OrderState.RELEASED: _S.AT_WAREHOUSE,
        OrderState.PARTLY_SHIPPED: _S.PARTLY_GONE,
        OrderState.SHIPPED: _S.GONE,
        OrderState.CONFIRMED: _S.GONE,
        OrderState.VERIFIED: _S.GONE,
        OrderState.SHREDDED: _S.OVER,
        OrderState.CANCELLED: _S.OVER,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to do with an order besides keeping the reading."""

    to: OrderState | None = None
    """The state to move to; None: it stays."""
    tag: Tag | None = None
    """What the audit trail is told of the move."""
    hold: Hold | None = None
    """Why it is held, where it moves to held."""
    revised: bool = False
    """What a warehouse was or will be told has changed."""
    retrieve_again: bool = False
    """What is sealed of its recipient may be out of date, and is not handed over any more."""
    compare_address: bool = False
    """The warehouse has it: its address is to be compared with the sealed one."""
    stop: StopReason | None = None
    """Why what a warehouse has of it, or may have, is to be stopped."""
    attention: str = ""
    """Every sentence for a person, those not seen to yet among them; empty leaves the one there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one piece of news does at one stage."""

    to: OrderState | None = None
    tag: Tag | None = None
    hold: Hold | None = None
    """Its sentence may name `{shipped}`, where it moves to held."""
    revised: bool = False
    retrieve_again: bool = False
    compare_address: bool = False
    stop: StopReason | None = None
    attention: str = ""
    """May name `{items}`: what changed, line by line; `{shipped}`: what Amazon counts as shipped and nobody
    reported; `{rest}`: the same of what is left; `{failed}`: what does not reach the buyer."""


# Also before a release is noted: an earlier try to hand it over may have been taken.
_CANCEL = Answer(to=OrderState.CANCELLED, tag=Tag.ORDER_LIFE_CANCELLED, stop=StopReason.CANCELLED)
_STOP = Answer(
    to=OrderState.CANCELLED,
    tag=Tag.ORDER_LIFE_CANCELLED,
    stop=StopReason.CANCELLED,
    attention=WHAT_HAPPENS[StopReason.CANCELLED],
)
_WISHED = Answer(stop=StopReason.BUYER, attention=WHAT_HAPPENS[StopReason.BUYER])
_WITHDRAWN = Answer(
    attention="The buyer no longer asks to cancel: if the warehouse has stopped it, the order is released "
    "anew; if not, it ships."
)
_REVISED = Answer(revised=True, stop=StopReason.ITEMS)
_ITEMS = Answer(revised=True, stop=StopReason.ITEMS, attention=WHAT_HAPPENS[StopReason.ITEMS])
_SOONER = Answer(
    attention="Amazon wants it shipped sooner than the warehouse was told: tell the warehouse the new date."
)
_UNPAID_AFTER_ALL = Answer(
    attention="Amazon shows it as not paid after the release: ask the warehouse to wait until it is paid."
)
_OTHERWISE = Answer(
    attention="Amazon shows it in a program that wants it shipped otherwise: tell the warehouse to stop it, "
    "and ship it from Seller Central."
)
_GIFT = Answer(
    attention="Amazon shows a gift of which the warehouse was not told: copy its message from Seller Central."
)
_STRANGER = Answer(attention="{shipped}")
_NOT_ARRIVING = Answer(attention="{failed}")
_ELSEWHERE = Answer(
    to=OrderState.HELD, tag=Tag.ORDER_LIFE_HELD, hold=Hold(code="shipped_elsewhere", sentence="{shipped}")
)
_COMPARE = Answer(compare_address=True)
_AGAIN = Answer(retrieve_again=True)

ANSWERS: Mapping[tuple[News, Stage], Answer] = MappingProxyType(
    {
        (_N.CANCELLED, _S.EXAMINED_LATER): _CANCEL,
        (_N.CANCELLED, _S.HELD): _CANCEL,
        (_N.CANCELLED, _S.READY): _CANCEL,
        (_N.CANCELLED, _S.AT_WAREHOUSE): _STOP,
        (_N.CANCELLED, _S.PARTLY_GONE): _STOP,
        (_N.CANCELLED, _S.GONE): Answer(
            attention="Amazon shows it cancelled although it was shipped: look at it in Seller Central."
        ),
        # Read as cancelled before, and yet not over here: the move is still owed.
        (_N.STILL_CANCELLED, _S.EXAMINED_LATER): _CANCEL,
        (_N.STILL_CANCELLED, _S.HELD): _CANCEL,
        (_N.STILL_CANCELLED, _S.READY): _CANCEL,
        (_N.STILL_CANCELLED, _S.AT_WAREHOUSE): _STOP,
        (_N.STILL_CANCELLED, _S.PARTLY_GONE): _STOP,
        (_N.REOPENED, _S.OVER): Answer(
            attention="Amazon shows it to be shipped although it was cancelled: look at it in "
            "Seller Central, "
            "and ship it from there."
        ),
        # Examination holds it; what an unanswered try handed over is to be stopped all the same.
        (_N.CANCEL_WISHED, _S.EXAMINED_LATER): Answer(stop=StopReason.BUYER),
        (_N.CANCEL_WISHED, _S.HELD): Answer(stop=StopReason.BUYER),
        (_N.CANCEL_WISHED, _S.READY): Answer(stop=StopReason.BUYER),
        (_N.CANCEL_WISHED, _S.AT_WAREHOUSE): _WISHED,
        (_N.CANCEL_WISHED, _S.PARTLY_GONE): Answer(
            stop=StopReason.BUYER, attention=WHAT_HAPPENS_TO_THE_REST[StopReason.BUYER]
        ),
        (_N.CANCEL_WITHDRAWN, _S.AT_WAREHOUSE): _WITHDRAWN,
        (_N.CANCEL_WITHDRAWN, _S.PARTLY_GONE): _WITHDRAWN,
        (_N.ITEMS, _S.EXAMINED_LATER): _REVISED,
        (_N.ITEMS, _S.HELD): _REVISED,
        (_N.ITEMS, _S.READY): _REVISED,
        (_N.ITEMS, _S.AT_WAREHOUSE): _ITEMS,
        (_N.ITEMS, _S.PARTLY_GONE): replace(_ITEMS, attention=WHAT_HAPPENS_TO_THE_REST[StopReason.ITEMS]),
        (_N.SHIP_SOONER, _S.AT_WAREHOUSE): _SOONER,
        (_N.SHIP_SOONER, _S.PARTLY_GONE): _SOONER,
        (_N.UNPAID, _S.READY): Answer(
            to=OrderState.HELD,
            tag=Tag.ORDER_LIFE_HELD,
            hold=Hold(
                code="unpaid",
                sentence="Amazon shows it as not paid after all; it is examined again when Amazon changes "
                "it.",
            ),
        ),
        (_N.UNPAID, _S.AT_WAREHOUSE): _UNPAID_AFTER_ALL,
        (_N.UNPAID, _S.PARTLY_GONE): _UNPAID_AFTER_ALL,
        # What is still to be handed over would be shipped twice. Before that, examination holds it.
        (_N.SHIPPED, _S.READY): _ELSEWHERE,
        (_N.PARTLY_SHIPPED, _S.READY): replace(
            _ELSEWHERE, hold=Hold(code="partly_shipped_elsewhere", sentence="{shipped}")
        ),
        (_N.SHIPPED, _S.AT_WAREHOUSE): _STRANGER,
        (_N.SHIPPED, _S.PARTLY_GONE): Answer(attention="{rest}"),
        (_N.PARTLY_SHIPPED, _S.AT_WAREHOUSE): _STRANGER,
        (_N.STRANGER, _S.AT_WAREHOUSE): _STRANGER,
        (_N.STRANGER, _S.PARTLY_GONE): _STRANGER,
        (_N.STRANGER, _S.GONE): _STRANGER,
        (_N.NOT_ARRIVING, _S.PARTLY_GONE): _NOT_ARRIVING,
        (_N.NOT_ARRIVING, _S.GONE): _NOT_ARRIVING,
        (_N.NOT_BY_US, _S.AT_WAREHOUSE): _OTHERWISE,
        (_N.NOT_BY_US, _S.PARTLY_GONE): _OTHERWISE,
        (_N.GIFT, _S.AT_WAREHOUSE): _GIFT,
        (_N.TOUCHED, _S.EXAMINED_LATER): _AGAIN,
        # The cause of a hold may be gone: the order is examined again.
        (_N.TOUCHED, _S.HELD): Answer(to=OrderState.ACCEPTED, tag=Tag.ORDER_LIFE_UNHELD, retrieve_again=True),
        (_N.TOUCHED, _S.READY): _AGAIN,
        (_N.TOUCHED, _S.AT_WAREHOUSE): _COMPARE,
        (_N.TOUCHED, _S.PARTLY_GONE): _COMPARE,
    }
)
"""What is not here changes nothing."""


def change_of(order: Order, reading: AmazonOrder, ours: tuple[Package, ...] | None = None) -> Change:
    """Decides what a reading that is not older than the last one does to an order.

    Args:
        order: As it is kept.
        reading: What Amazon says of it now.
        ours: Its packages as warehouses reported them; None: Amazon may show one whose report is under way.
    """
    stage = STAGES[order.state]
    found = set(news(order.amazon, reading))
    if ours is not None and unknown(order.amazon, reading, ours):
        found.add(News.STRANGER)
    elif stage is Stage.READY and ours != ():
        # A part of it may be at another warehouse, which shipped it.
        found -= {News.SHIPPED, News.PARTLY_SHIPPED}
    told = [each for each in News if each in found]
    answers = [ANSWERS[each, stage] for each in told if (each, stage) in ANSWERS]
    if order.hold is not None and order.hold.code in KEPT_HOLDS:
        answers = [
            replace(answer, to=None, tag=None) if answer.to is OrderState.ACCEPTED else answer
            for answer in answers
        ]
    # A cancellation ends the order: where it is to go otherwise no longer matters.
    moving = next((answer for answer in answers if answer.to is not None), Answer())
    cancelled = moving.to is OrderState.CANCELLED
    words = _words(order, reading, ours or ())
    sentences = [answer.attention.format(**words) for answer in answers if answer.attention]
    return Change(
        to=moving.to,
        tag=moving.tag,
        hold=moving.hold
        and Hold(code=moving.hold.code, sentence=moving.hold.sentence.format(shipped=words["shipped"])),
        revised=not cancelled and any(answer.revised for answer in answers),
        retrieve_again=not cancelled
        and any(answer.retrieve_again for answer in answers)
        and (reading.updated_at > _as_of(order, reading) or News.GIFT in told),
        compare_address=not cancelled
        and any(answer.compare_address for answer in answers)
        and _address_may_differ(order, reading),
        stop=_most_serious(answers),
        attention=with_earlier(order.attention, sentences) if sentences else "",
    )


def _words(order: Order, reading: AmazonOrder, ours: Sequence[Package]) -> dict[str, str]:
    """Returns what sentences may name."""
    others = unknown(order.amazon, reading, ours)
    shipped = shipped_elsewhere(order.id, reading.status, others)
    return {
        "items": _items_text(order.amazon, reading),
        "shipped": shipped,
        "rest": shipped if others else REST_SHIPPED,
        "failed": " ".join(not_arriving(order.id, each) for each in newly_failed(order.amazon, reading)),
    }


def _most_serious(answers: Iterable[Answer]) -> StopReason | None:
    reasons = [answer.stop for answer in answers if answer.stop is not None]
    return max(reasons, key=lambda each: each.weight, default=None)


def news(before: AmazonOrder, now: AmazonOrder) -> frozenset[News]:
    """Compares two readings of one order, of which `now` is not the older one."""
    found = {News.TOUCHED}
    found |= _status_news(before, now)
    if now.status is not AmazonStatus.CANCELLED:
        wished, wishes = _wishes(before), _wishes(now)
        if wishes - wished:
            found.add(News.CANCEL_WISHED)
        elif wished - wishes and now.status in _TO_SHIP and wished <= set(what_to_ship(now)):
            found.add(News.CANCEL_WITHDRAWN)
        if what_to_ship(before) != what_to_ship(now):
            found.add(News.ITEMS)
        found |= _unshown_news(before, now)
    if newly_failed(before, now):
        found.add(News.NOT_ARRIVING)
    if now.status in _TO_SHIP and before.ship_by and now.ship_by and now.ship_by < before.ship_by:
        found.add(News.SHIP_SOONER)
    if News.ITEMS in found and before.status is AmazonStatus.PARTIALLY_SHIPPED:
        found.discard(News.SHIPPED)  # what was left of it was cancelled
    return frozenset(found)


def what_to_ship(order: AmazonOrder) -> dict[str, tuple[str, int]]:
    """Returns SKU and quantity by item id; an item cancelled to nothing is one that is gone."""
    return {line.order_item_id: (line.sku, line.ordered) for line in order.lines if line.ordered}


def _status_news(before: AmazonOrder, now: AmazonOrder) -> set[News]:
    if now.status is before.status:
        return {News.STILL_CANCELLED} if now.status is AmazonStatus.CANCELLED else set()
    if now.status is AmazonStatus.CANCELLED:
        return {News.CANCELLED}
    if now.status is AmazonStatus.SHIPPED:
        return {News.SHIPPED}
    if before.status is AmazonStatus.CANCELLED and now.status in _TO_SHIP:
        return {News.REOPENED}
    if now.status is AmazonStatus.PARTIALLY_SHIPPED:
        return {News.PARTLY_SHIPPED}
    return {News.UNPAID} if now.status in _UNPAID and before.status not in _UNPAID else set()


def _unshown_news(before: AmazonOrder, now: AmazonOrder) -> set[News]:
    """Returns what a report does not show of an order, and a reading does."""
    found = {News.NOT_BY_US} if (now.programs - before.programs) & NOT_BY_US else set()
    return found | ({News.GIFT} if now.has_gift_message and not before.has_gift_message else set())


def _wishes(order: AmazonOrder) -> set[str]:
    return {line.order_item_id for line in order.lines if line.buyer_wants_cancel}


def _address_may_differ(order: Order, now: AmazonOrder) -> bool:
    """Tells whether Amazon's clock moved for no other reason that is seen, as parcels and v0 give one.

    Where a part was shipped, a parcel is no reason to look away: the address of the rest may have moved with
    it. Such orders are few, and a comparison is one call.
    """
    return (
        now.updated_at > _as_of(order, now)
        and now.status in _TO_SHIP
        and now.packages is not None
        and (now.packages == (order.amazon.packages or ()) or now.status is AmazonStatus.PARTIALLY_SHIPPED)
    )


def _as_of(order: Order, now: AmazonOrder) -> datetime:
    """Returns until when changes are in what is kept of an order.

    A source that shows no packages is a report, or v0: there the clock tells less than when it was read.
    """
    if order.amazon.packages is None and now.packages is not None:
        return max(order.read_at, order.amazon.updated_at)
    return order.amazon.updated_at


def _items_text(before: AmazonOrder, now: AmazonOrder) -> str:
    """Says what changed, such as `MUG-1 2 to 1, TEA-9 cancelled`."""
    old, new = what_to_ship(before), what_to_ship(now)
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    lines = [_item_text(old.get(name), new.get(name)) for name in names[:_MOST_LINES]]
    more = len(names) - _MOST_LINES
    return ", ".join([*lines, *([f"{more} more"] if more > 0 else [])])


def _item_text(old: tuple[str, int] | None, new: tuple[str, int] | None) -> str:
    sku = (new or old or ("", 0))[0][:40] or "an item"
    if new is None:
        return f"{sku} cancelled"
    if old is None:
        return f"{sku} {new[1]} added"
    return f"{sku} {old[1]} to {new[1]}" if old[0] == new[0] else f"{old[0][:40] or 'an item'} is now {sku}"
