"""What a person asks of the audit trail, in their words, made into a question."""

from dataclasses import dataclass
from datetime import UTC, datetime

from dockseal.domain.access import ActorKind, Purpose
from dockseal.domain.clock import parse_instant
from dockseal.domain.trail_query import TrailQuery
from dockseal.errors import BadInput
from dockseal.monitoring_audit.kinds import reference
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

_KINDS = tuple(f"{kind}:" for kind in ActorKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What stands in the fields of a form, or in the options of a command; empty: not asked for."""

    actor: str = ""
    order: str = ""
    """Amazon's order id, or our reference."""
    purpose: str = ""
    tag: str = ""
    """A tag, or how it begins, such as `order:data`."""
    since: str = ""
    until: str = ""
    seller: str = ""
    warehouse: str = ""


def query_of(wanted: Wanted, storage: Storage) -> TrailQuery:
    """Returns the question to the trail.

    Amazon's order id is looked up among the orders: the trail itself never holds it.

    Raises:
        BadInput: a word cannot be used; says which ones can.
    """
    since, until = instant("since", wanted.since), instant("until", wanted.until)
    if since is not None and until is not None and since >= until:
        raise BadInput("the time ends before it begins: give an `until` that is later than `since`")
    return TrailQuery(
        actor=_actor(wanted.actor),
        order=_order(wanted.order, storage),
        purpose=_purpose(wanted.purpose),
        tags=tags_of(wanted.tag),
        since=since,
        until=until,
        seller=wanted.seller,
        warehouse=wanted.warehouse,
    )


def tags_of(text: str) -> tuple[str, ...]:
    """Returns the tags that are, or begin with, these parts; none for an empty text.

    Raises:
        BadInput: no tag does.
    """
    if not text:
        return ()
    parts = text.removesuffix(":")
    found = tuple(tag.value for tag in Tag if tag == parts or tag.startswith(f"{parts}:"))
    if not found:
        raise BadInput(
            f"no tag of the audit trail begins with the parts {text!r}: take one of docs/audit-tags.md, such "
            "as order:data:opened, or its beginning, such as order:data"
        )
    return found


def instant(name: str, text: str) -> datetime | None:
    """Reads a day, which begins in UTC, or an instant with its zone; None for an empty text.

    Raises:
        BadInput: it is neither.
    """
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        return parse_instant(text)
    except ValueError:
        raise BadInput(
            f"`{name}` is no time: write a day in UTC, such as 2026-11-02, or an instant with its zone, such "
            "as 2026-11-02T08:00:00Z"
        ) from None


def _actor(text: str) -> str:
    if text and not text.startswith(_KINDS):
        raise BadInput(
            f"an actor is written with its kind, as the trail has it: service:{text}, person:{text} or "
            f"warehouse:{text}"
        )
    return text


def _purpose(text: str) -> str:
    names = {purpose.name.lower(): purpose for purpose in Purpose}
    found = [name for name, purpose in names.items() if text in {name, purpose.value}]
    if text and not found:
        raise BadInput(f"{text!r} is no purpose: take one of {', '.join(names)}")
    return found[0] if found else ""


def _order(text: str, storage: Storage) -> str:
    if not text:
        return ""
    found = [order for order in storage.orders.list(text=text, limit=2) if text in {order.id, order.ref}]
    if len(found) > 1:
        raise BadInput(f"more than one seller has order {text}: give our reference of it")
    if found:
        return found[0].ref
    try:
        return reference(text)
    except ValueError:
        raise BadInput(f"no order goes by {text!r}: see `dockseal orders list`") from None
