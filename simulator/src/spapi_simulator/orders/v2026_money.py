"""Orders API v2026-01-01: the money of an order: PROCEEDS, EXPENSE, PROMOTION, TAX and PAYMENT."""

from decimal import Decimal

from spapi_simulator.front.answers import JSON
from spapi_simulator.orders.v0_shapes import amount_text
from spapi_simulator.world.records import Item, OrderRecord, item_total

_METHODS = {"Other": "STANDARD", "COD": "COD", "CVS": "CVS"}


def money(amount: Decimal, order: OrderRecord) -> JSON:
    """Return a v2026 `Money`."""
    return {"amount": amount_text(amount, order), "currencyCode": order.marketplace.currency}


def proceeds_of(order: OrderRecord) -> list[JSON]:
    """Return the breakdowns of an order: the sums of its items' own."""
    sums: dict[str, Decimal] = {}
    for item in order.items:
        for kind, amount in _amounts(item).items():
            sums[kind] = sums.get(kind, Decimal(0)) + amount
    return [{"type": kind, "subtotal": money(amount, order)} for kind, amount in sums.items()]


def payment(order: OrderRecord) -> JSON:
    """Return how an order was paid."""
    method = _METHODS[order.terms.payment_method]
    return {"paymentExecutions": [{"paymentMethod": method, "paymentAmount": money(order.total, order)}]}


def item_money(order: OrderRecord, item: Item, data: frozenset[str]) -> JSON:
    """Return the parts of an item that tell of money, as far as they were asked for."""
    line = item.line
    shape: JSON = {}
    if "PROCEEDS" in data:
        shape["proceeds"] = {
            "proceedsTotal": money(item_total(item), order),
            "breakdowns": [
                {"type": kind, "subtotal": money(amount, order)} for kind, amount in _amounts(item).items()
            ],
        }
    if "EXPENSE" in data and line.points:
        worth = {"pointsNumber": line.points, "pointsMonetaryValue": money(Decimal(line.points) / 100, order)}
        shape["expense"] = {"pointsCost": {"pointsGranted": worth}}
    if "PROMOTION" in data and line.promotion_ids:
        shape["promotion"] = {"breakdowns": [{"promotionId": one} for one in line.promotion_ids]}
    if "TAX" in data and order.marketplace.country == "US" and Decimal(line.tax):
        facilitator = {"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services, Inc."}
        shape["tax"] = {"taxCollections": [facilitator]}
    return shape


def _amounts(item: Item) -> dict[str, Decimal]:
    line = item.line
    amounts = {
        "ITEM": item.price * item.quantity_ordered,
        "SHIPPING": Decimal(line.shipping),
        "TAX": Decimal(line.tax),
        "DISCOUNT": -Decimal(line.discount),
    }
    return {kind: amount for kind, amount in amounts.items() if amount or kind == "ITEM"}
