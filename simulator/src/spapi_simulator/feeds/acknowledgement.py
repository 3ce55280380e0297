"""Acknowledgement feeds, by which sellers take orders on or cancel them.

POST_ORDER_ACKNOWLEDGEMENT_DATA is XML and does both; POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA only cancels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from spapi_simulator.feeds import envelope, flat
from spapi_simulator.feeds.envelope import check_children, value
from spapi_simulator.feeds.messages import Errand, Problem, Rejected, Result, find_order
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import OrderRecord

CANCEL_REASONS = frozenset({
    "NoInventory", "ShippingAddressUndeliverable", "CustomerExchange", "BuyerCanceled", "GeneralAdjustment",
    "CarrierCreditDecision", "RiskAssessmentInformationNotValid", "CarrierCoverageFailure", "CustomerReturn",
    "MerchandiseNotReceived", "CannotVerifyInformation", "PricingError", "RejectOrder", "WeatherDelay",
})  # fmt: skip
_LONGEST_ORDER_NUMBER = 64
_OPEN = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One item of an acknowledgement; the reason is empty where nothing is cancelled."""

    item_id: str
    reason: str


class Acknowledgement:
    """Takes orders on, and cancels what sellers cannot ship.

    A cancellation names every item and its reason; whether Amazon cancels an order whose Failure names no
    item is UNVERIFIED, and here it is an error.
    """

    def __init__(self, book: Book, behaviours: Behaviours) -> None:
        self._book = book
        self._behaviours = behaviours

    def xml(self, text: str, errand: Errand) -> list[Result]:
        """Carry out the messages of an XML feed, each for itself.

        Raises:
            Unreadable: The file as a whole is wrong.
        """
        return envelope.carry_out(
            text,
            lambda body: self._acknowledge(body, errand),
            message_type="OrderAcknowledgement",
            seller_id=errand.seller_id,
        )

    def flat(self, text: str, errand: Errand) -> list[Result]:
        """Cancel the items of a flat file, row by row.

        Raises:
            Unreadable: The file as a whole is wrong.
        """
        results = []
        needed = ("order-id", "amazon-order-item-code", "cancellation-reason-code")
        for row in flat.read(text, needed=needed):
            order_id, item_id, reason = (row[name] for name in needed)
            done = Result(number=row.number, order_id=order_id, item_id=item_id)
            try:
                order = find_order(self._book, errand, order_id)
                self._cancel(order, [_Line(item_id=item_id, reason=reason)])
            except Rejected as fault:
                done = done.spoiled(fault)
            results.append(done)
        return results

    def _acknowledge(self, body: Element, errand: Errand) -> None:
        check_children(body, ("AmazonOrderID", "MerchantOrderID", "StatusCode"), many=("Item",))
        order_id, own, status = (
            value(body, name) for name in ("AmazonOrderID", "MerchantOrderID", "StatusCode")
        )
        lines = [_line(item) for item in body.findall("Item")]
        order = find_order(self._book, errand, order_id)
        if status == "Failure":
            self._cancel(order, lines)
        elif status == "Success":
            self._accept(order, lines, own)
        else:
            raise Rejected(Problem.INVALID_FIELD, "StatusCode must be Success or Failure.")

    def _accept(self, order: OrderRecord, lines: Sequence[_Line], own: str) -> None:
        _check_items(order, lines)
        if any(line.reason for line in lines):
            raise Rejected(Problem.INVALID_FIELD, "A CancelReason needs the StatusCode Failure.")
        if len(own) > _LONGEST_ORDER_NUMBER:
            raise Rejected(Problem.INVALID_FIELD, "MerchantOrderID may hold 64 characters.")
        if order.status == "CANCELLED":
            raise Rejected(Problem.WRONG_STATE, "The order is cancelled.")
        if own and own != order.seller_order_id:
            self._book.number(order, own)

    def _cancel(self, order: OrderRecord, lines: Sequence[_Line]) -> None:
        """Cancel items once every one of them is found fit for it."""
        if order.fulfilled_by != "MERCHANT" or order.status not in _OPEN:
            raise Rejected(
                Problem.WRONG_STATE,
                f"The order cannot be cancelled by its seller in status {order.v0_status}.",
            )
        if not lines:
            raise Rejected(Problem.MISSING_FIELD, "A cancellation needs an Item with its CancelReason.")
        _check_items(order, lines)
        for line in lines:
            if line.reason not in CANCEL_REASONS:
                problem = Problem.INVALID_FIELD if line.reason else Problem.MISSING_FIELD
                raise Rejected(problem, "The reason of the cancellation is not one that Amazon knows.")
        left = {item.order_item_id: item.quantity_ordered - item.quantity_shipped for item in order.items}
        if len({line.item_id for line in lines}) < len(lines):
            raise Rejected(Problem.INVALID_FIELD, "An item is named twice.")
        if any(left[line.item_id] <= 0 for line in lines):
            raise Rejected(Problem.WRONG_STATE, "Nothing is left of the item to cancel.")
        for line in lines:
            self._book.cancel_item(
                order.order_id,
                line.item_id,
                left[line.item_id],
                stays=self._behaviours.cancelled_items_stay,
                by="MERCHANT",
                reason=line.reason,
            )


def _line(item: Element) -> _Line:
    check_children(item, ("AmazonOrderItemCode", "MerchantOrderItemID", "CancelReason"))
    return _Line(item_id=value(item, "AmazonOrderItemCode"), reason=value(item, "CancelReason"))


def _check_items(order: OrderRecord, lines: Sequence[_Line]) -> None:
    for line in lines:
        if not line.item_id:
            raise Rejected(Problem.MISSING_FIELD, "The Amazon item code is missing.")
        if order.item(line.item_id) is None:
            raise Rejected(Problem.UNKNOWN_ITEM, "The order has no such item.")
