"""What things are called on the pages: states, audit rows, times."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from dockseal.domain.audit import AuditRow
from dockseal.domain.order import OrderState
from dockseal.domain.shipment import PackageState
from dockseal.domain.shipping import Risk
from dockseal.monitoring_audit.tags import Tag

_S = OrderState
FLOW = (
    _S.NOTICED,
    _S.ACCEPTED,
    _S.RELEASABLE,
    _S.RELEASED,
    _S.PARTLY_SHIPPED,
    _S.SHIPPED,
    _S.CONFIRMED,
    _S.VERIFIED,
    _S.SHREDDED,
)
"""The straight way of an order; held and cancelled are its detours."""
OPEN = (_S.ACCEPTED, _S.HELD, _S.RELEASABLE, _S.RELEASED, _S.PARTLY_SHIPPED, _S.SHIPPED, _S.CONFIRMED)
"""States in which something is still to be done."""
TO_SHIP = (_S.ACCEPTED, _S.HELD, _S.RELEASABLE, _S.RELEASED, _S.PARTLY_SHIPPED)
"""States in which parcels are still to leave, so that the ship-by instant counts."""

MEANINGS: Mapping[OrderState, str] = MappingProxyType(
    {
        _S.NOTICED: "Amazon told us; not read yet",
        _S.ACCEPTED: "read, being examined or unpaid",
        _S.HELD: "stopped; a person must look",
        _S.RELEASABLE: "on its way to the warehouse",
        _S.RELEASED: "the warehouse is packing",
        _S.PARTLY_SHIPPED: "some parcels have left",
        _S.SHIPPED: "left; Amazon is being told",
        _S.CONFIRMED: "Amazon was told",
        _S.VERIFIED: "Amazon shows it as sent",
        _S.SHREDDED: "address destroyed",
        _S.CANCELLED: "nothing is shipped",
    }
)

PARCEL_STANDS: Mapping[PackageState, str] = MappingProxyType(
    {
        PackageState.REPORTED: "Amazon is told of it soon",
        PackageState.HELD: "Amazon is not told of it until somebody sees to it",
        PackageState.INTENDED: "Amazon is being told of it",
        PackageState.CONFIRMED: "Amazon took it; whether Amazon shows it is looked at next",
        PackageState.VERIFIED: "Amazon shows it as it was sent",
        PackageState.REFUSED: "Amazon does not take it like this: correct it",
    }
)
PARCEL_BOUGHT = "Amazon sold its label, and knows of it by that"
PARCEL_GIVEN_BACK = "Its label was given back: it is no parcel of the order any more"
PARCEL_OVER = "Amazon is told of no parcel of an order that is over"
RISKS: Mapping[Risk, str] = MappingProxyType(
    {
        Risk.ON_TRACK: "enough working time is left",
        Risk.AT_RISK: "the last parcel leaves soon, or has left",
        Risk.BLOCKED: "a person must look first",
        Risk.OVERDUE: "late for Amazon",
    }
)

TOLD: Mapping[str, str] = MappingProxyType(
    {
        Tag.ORDER_LIFE_ACCEPTED: "Taken in from Amazon, without personal data",
        Tag.ORDER_LIFE_HELD: "Held",
        Tag.ORDER_LIFE_UNHELD: "No longer held",
        Tag.ORDER_LIFE_ROUTED: "Found valid, and routed",
        Tag.ORDER_LIFE_RELEASED: "Taken by the warehouse",
        Tag.ORDER_LIFE_PARTLY_SHIPPED: "Partly shipped",
        Tag.ORDER_LIFE_SHIPPED: "Shipped completely",
        Tag.ORDER_LIFE_CONFIRMED: "Confirmed to Amazon",
        Tag.ORDER_LIFE_VERIFIED: "Read back: Amazon shows it as sent",
        Tag.ORDER_LIFE_CANCELLED: "Cancelled",
        Tag.ORDER_LIFE_SHREDDED: "Shredded: nobody can read its personal data any more",
        Tag.ORDER_ATTENTION_SEEN: "Somebody saw to it",
        Tag.ORDER_RELEASE_INTENDED: "About to be handed to the warehouse",
        Tag.ORDER_RELEASE_TAKEN: "The warehouse said that it has it",
        Tag.ORDER_RELEASE_REFUSED: "The warehouse refused it",
        Tag.ORDER_RELEASE_REPEATED: "About to be handed to the warehouse once more",
        Tag.ORDER_STOP_WANTED: "To be stopped at the warehouse",
        Tag.ORDER_STOP_ASKED: "The warehouse was asked to stop it",
        Tag.ORDER_STOP_ANSWERED: "The warehouse answered whether it stopped it",
        Tag.ORDER_STOP_UNANSWERED: "The warehouse did not answer in time",
        Tag.ORDER_CANCELLATION_INTENDED: "About to be cancelled at Amazon",
        Tag.ORDER_CANCELLATION_SENT: "Amazon was told to cancel it",
        Tag.ORDER_CANCELLATION_TAKEN: "Amazon took the cancellation",
        Tag.ORDER_CANCELLATION_SHOWN: "Amazon shows it cancelled",
        Tag.ORDER_CANCELLATION_REFUSED: "Amazon refused the cancellation",
        Tag.ORDER_CANCELLATION_DROPPED: "Not to be cancelled any more",
        Tag.ORDER_PACKAGE_REPORTED: "A parcel was reported",
        Tag.ORDER_PACKAGE_REPEATED: "A parcel was reported once more, under another report id",
        Tag.ORDER_PACKAGE_CORRECTED: "A parcel was corrected",
        Tag.ORDER_PACKAGE_HELD: "A parcel is held before Amazon is told of it",
        Tag.ORDER_PACKAGE_CLEARED: "Somebody looked at a held parcel; it goes on",
        Tag.ORDER_PACKAGE_SENT: "Amazon has the feed that tells of a parcel",
        Tag.ORDER_PACKAGE_RETURNED: "A feed did not tell of a parcel; it is told anew",
        Tag.ORDER_PACKAGE_INTENDED: "About to tell Amazon of a parcel",
        Tag.ORDER_PACKAGE_CONFIRMED: "Amazon took a parcel",
        Tag.ORDER_PACKAGE_VERIFIED: "Amazon shows a parcel as sent",
        Tag.ORDER_PACKAGE_REFUSED: "Amazon refused a parcel",
        Tag.ORDER_PACKAGE_DIFFERS: "Amazon shows a parcel otherwise than sent",
        Tag.ORDER_LABEL_INTENDED: "About to buy a label from Amazon",
        Tag.ORDER_LABEL_BOUGHT: "Amazon sold a label",
        Tag.ORDER_LABEL_NOT_BOUGHT: "Amazon did not sell the label",
        Tag.ORDER_LABEL_VOID_INTENDED: "About to give a label back",
        Tag.ORDER_LABEL_VOIDED: "Amazon took the label back",
        Tag.ORDER_LABEL_VOID_REFUSED: "Amazon did not take the label back",
        Tag.ORDER_DATA_RETRIEVED: "Personal data retrieved from Amazon",
        Tag.ORDER_DATA_SEALED: "Personal data sealed",
        Tag.ORDER_DATA_SHORTENED: "Personal data kept for a shorter time",
        Tag.ORDER_DATA_OPENED: "Personal data opened",
        Tag.ORDER_DATA_OPEN_REFUSED: "Opening personal data was refused",
        Tag.ORDER_DATA_ERASED: "Personal data erased",
        Tag.ORDER_DATA_ARCHIVED: "Personal data archived, as a law demands",
    }
)
_SHOWN = (
    "package",
    "units",
    "packages",
    "code",
    "reason",
    "purpose",
    "answer",
    "warehouse",
    "rule",
    "source",
    "deadline",
)
_LEAST = timedelta(minutes=1)


def told(row: AuditRow) -> str:
    """Returns what an audit row says, for people."""
    return TOLD.get(row.tag, row.tag)


def details(row: AuditRow) -> str:
    """Returns the fields of an audit row that help a person, on one line."""
    fields = dict(row.fields)
    return " · ".join(f"{name} {_plain(fields[name])}" for name in _SHOWN if name in fields)


def _plain(text: str) -> str:
    return text[:16].replace("T", " ") + " UTC" if text[10:11] == "T" else text.replace("_", " ")


def actor(text: str) -> str:
    """Returns who an audit row names, for people: `service:release` as `release`."""
    kind, _, name = text.partition(":")
    return name if kind == "service" else f"{kind} {name}"


def span(time: timedelta) -> str:
    """Returns a length of time in its two largest units, such as `2 d 4 h` or `35 min`."""
    if time < _LEAST:
        return "under 1 min"
    minutes = int(time.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours and days < 10 else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"


def stage_id(state: OrderState) -> str:
    """Returns a state as it stands in URLs and class names."""
    return state.value.replace(" ", "-")


def state_of(text: str) -> OrderState | None:
    """Reads a state from a URL; None if it is none."""
    return next((state for state in OrderState if stage_id(state) == text), None)


def risk_id(risk: Risk) -> str:
    """Returns a risk as it stands in URLs and class names."""
    return risk.value.replace(" ", "-")


def risk_of(text: str) -> Risk | None:
    """Reads a risk from a URL; None if it is none."""
    return next((risk for risk in Risk if risk_id(risk) == text), None)


def left_text(ship_by: datetime | None, now: datetime) -> str:
    """Returns how long it is until the ship-by instant."""
    if ship_by is None:
        return "no ship-by"
    return f"{span(now - ship_by)} late" if ship_by < now else f"{span(ship_by - now)} left"
