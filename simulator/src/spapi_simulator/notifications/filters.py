"""Processing directives: the event filters and filter expressions that a subscription is narrowed by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from spapi_simulator.front.answers import JSON, Refusal, refuse_input
from spapi_simulator.front.bodies import choice, optional_part, part, text, texts
from spapi_simulator.notifications.expression_nodes import Node
from spapi_simulator.notifications.expressions import BadExpression, matches, read_expression
from spapi_simulator.notifications.kinds import ORDER_CHANGE, Kind
from spapi_simulator.world.marketplaces import MARKETPLACES

CHANGE_TYPES = ("BuyerRequestedChange", "DeliveryTipChange", "OrderStatusChange")
EMPTY_FILTER = "Processing Directive eventFilter must not be empty"
_PERIODS = MappingProxyType({"FiveMinutes": 300, "TenMinutes": 600})
_IDENTIFIERS = ("id", "acsin", "aftn", "containerNumber", "houseBillOfLadingNumber", "carrierTracking")
_LONGEST_EXPRESSION = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """What a subscription lets through.

    Attributes:
        shape: The directive as it was given; empty for everything.
        text: The filter expression; empty where there is none.
        period: For how many seconds notifications of one article are aggregated.
    """

    shape: JSON = field(default_factory=dict)
    text: str = ""
    marketplace_ids: frozenset[str] = frozenset()
    change_types: frozenset[str] = frozenset()
    tracking: JSON = field(default_factory=dict)
    expression: Node | None = None
    period: int = 0

    def lets_through(self, kind: Kind, payload: JSON) -> bool:
        """Say whether a notification with this payload is delivered."""
        if self.expression is not None:
            return matches(self.expression, payload)
        if self.marketplace_ids and at(payload, kind.marketplace) not in self.marketplace_ids:
            return False
        if self.tracking and _tracked(payload) != self.tracking:
            return False
        change = at(payload, ("OrderChangeNotification", "OrderChangeType"))
        return not self.change_types or change in self.change_types


ANYTHING = Directive()


def read_directive(body: JSON, kind: Kind, *, needed: bool = False) -> Directive:
    """Return the processing directive of createSubscription.

    Args:
        body: The body of the request.
        kind: What is subscribed to.
        needed: Refuse ORDER_CHANGE without one, as Amazon did in 2023.

    Raises:
        Refusal: 400 for a filter that is empty, or unknown to the type, or that comes with an expression.
    """
    given = optional_part(body, "processingDirective")
    filtered, expressed = given.get("eventFilter"), given.get("filterExpression")
    if filtered is not None and expressed is not None:
        raise refuse_input("eventFilter and filterExpression may not be given together.")
    if filtered is not None:
        return _read_filter(part(given, "eventFilter"), kind)
    if expressed is not None:
        return _read_expression(expressed, kind)
    if needed and kind.name == ORDER_CHANGE:
        raise refuse_input("processingDirective is required for this notification type.")
    return ANYTHING


def _read_filter(given: JSON, kind: Kind) -> Directive:
    if not given:
        raise Refusal(400, "InvalidInput", message=EMPTY_FILTER)
    if text(given, "eventFilterType") != kind.name or not kind.filters:
        raise refuse_input(
            "eventFilterType must be a notification type that has one, and the one subscribed to."
        )
    if unknown := set(given) - kind.filters - {"eventFilterType"}:
        raise refuse_input(f"{kind.name} has no filter {min(unknown)[:40]}.")
    places, changes = texts(given, "marketplaceIds"), texts(given, "orderChangeTypes")
    if any(one not in MARKETPLACES for one in places):
        raise refuse_input("marketplaceIds has a value that is not known.")
    if any(one not in CHANGE_TYPES for one in changes):
        raise refuse_input(f"orderChangeTypes may hold {', '.join(CHANGE_TYPES)}.")
    period = 0
    if given.get("aggregationSettings") is not None:
        period = _PERIODS[choice(part(given, "aggregationSettings"), "aggregationTimePeriod", _PERIODS)]
    return Directive(
        shape={"eventFilter": given},
        marketplace_ids=frozenset(places),
        change_types=frozenset(changes),
        tracking=_read_identifier(optional_part(given, "trackingIdentifier")),
        period=period,
    )


def _read_identifier(given: JSON) -> JSON:
    if given and (len(given) != 1 or set(given) - set(_IDENTIFIERS)):
        raise refuse_input("trackingIdentifier must hold exactly one identifier.")
    return given


def _read_expression(given: object, kind: Kind) -> Directive:
    if not kind.expression:
        raise refuse_input(f"{kind.name} knows no filterExpression.")
    if not isinstance(given, str) or not 1 <= len(given) <= _LONGEST_EXPRESSION:
        raise refuse_input(f"filterExpression must be text of 1 to {_LONGEST_EXPRESSION} characters.")
    try:
        expression = read_expression(given)
    except BadExpression as fault:
        raise refuse_input(f"filterExpression: {fault}") from fault
    return Directive(shape={"filterExpression": given}, text=given, expression=expression)


def at(payload: JSON, path: tuple[str, ...]) -> object:
    """Return what a payload holds at a path; None where there is nothing."""
    found: object = payload
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _tracked(payload: JSON) -> object:
    return at(payload, ("shipmentTrackingMilestoneChangedNotification", "trackingDetail", "identifier"))
