"""Shipments: bought with their labels, cancelled, and refunded or not."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from spapi_simulator.merchant_fulfillment.addresses import Address
from spapi_simulator.merchant_fulfillment.label import Label
from spapi_simulator.merchant_fulfillment.question import Question
from spapi_simulator.merchant_fulfillment.rates import Quote
from spapi_simulator.merchant_fulfillment.services import DEFAULT
from spapi_simulator.orders.shipping import Shipping
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.present import Present
from spapi_simulator.world.records import OrderRecord, PackageRecord
from spapi_simulator.world.seeded import Seeded

PURCHASED, REFUND_PENDING = "Purchased", "RefundPending"
REFUND_APPLIED, REFUND_REJECTED = "RefundApplied", "RefundRejected"
_NOT_SCANNED = "SHIPPED"
_DIGITS, _ALPHABET = "0123456789", "0123456789ABCDEFGHJKLMNPRSTUVWXY"


@dataclass(slots=True, kw_only=True)
class Shipment:
    """A label that was bought, for one package of an order.

    Attributes:
        offer_id: The offer it was bought by, empty where none was named.
        slip: Whether a packing slip is printed with it.
        reference: The packageReferenceId of its package.
    """

    shipment_id: str
    seller_id: str
    order: OrderRecord
    question: Question
    quote: Quote
    offer_id: str
    recipient: Address
    slip: bool
    tracking: str
    reference: str
    created_at: datetime
    updated_at: datetime
    status: str = PURCHASED

    @property
    def label_format(self) -> str:
        """The format its label is printed in."""
        wished = self.question.wishes.label_format
        return self.quote.service.carrier.formats[0] if wished == DEFAULT else wished

    @property
    def custom_text(self) -> str:
        """The seller's own text, where the carrier has room for it."""
        wishes, carrier = self.question.wishes, self.quote.service.carrier
        return wishes.custom_text if carrier.prints_custom_text else ""

    def label(self) -> Label:
        """Return what is printed on its label."""
        weight = self.question.weight
        return Label(
            carrier=self.quote.service.carrier.name,
            service=self.quote.service.name,
            tracking=self.tracking,
            sender=self.question.sender.lines(),
            recipient=self.recipient.lines(),
            weight=f"{weight['Value']} {weight['Unit']}",
            ship_date=self.quote.ship_date.date().isoformat(),
            order_id=self.order.order_id if self.question.wishes.standard_id else "",
            custom_text=self.custom_text,
            slip=self._slip_lines() if self.slip else (),
        )

    def _slip_lines(self) -> tuple[str, ...]:
        items = [(self.order.item(one.order_item_id), one.quantity) for one in self.question.items]
        contents = [f"{quantity} x {item.title} ({item.sku})" for item, quantity in items if item]
        return (f"Order {self.order.order_id}", *contents)


class Shipments:
    """Every shipment bought here."""

    def __init__(
        self, present: Present, seeded: Seeded, *, shipping: Shipping, behaviours: Behaviours
    ) -> None:
        self._present = present
        self._seeded = seeded
        self._shipping = shipping
        self._behaviours = behaviours
        self._bought: dict[str, Shipment] = {}

    def find(self, shipment_id: str, seller_id: str) -> Shipment | None:
        """Return a shipment of a seller by its id."""
        shipment = self._bought.get(shipment_id)
        return shipment if shipment is not None and shipment.seller_id == seller_id else None

    def buy(
        self,
        order: OrderRecord,
        question: Question,
        quote: Quote,
        *,
        recipient: Address,
        offer_id: str = "",
        slip: bool = False,
        shown_after: float = 0,
    ) -> Shipment:
        """Buy a label: its package goes on the order at once, so nobody has to confirm it.

        Raises:
            Refusal: 400 for a package that the order cannot have.
        """
        now, service = self._present.now(), quote.service
        package = PackageRecord(
            package_reference_id=self._shipping.next_reference(order),
            carrier_code=service.carrier.code,
            carrier_name=service.carrier.name,
            shipping_method=service.name,
            tracking_number="",
            ship_date=quote.ship_date,
            items=question.items,
            created_at=now,
        )
        self._shipping.check(order, package, bought=True)
        shipment = Shipment(
            shipment_id=self._seeded.uuid("shipment"),
            seller_id=order.seller_id,
            order=order,
            question=question,
            quote=quote,
            offer_id=offer_id,
            recipient=recipient,
            slip=slip,
            tracking=self._tracking(service.carrier.tracking),
            reference=package.package_reference_id,
            created_at=now,
            updated_at=now,
        )
        tracked = replace(package, tracking_number=shipment.tracking)
        self._shipping.put(order, tracked, shown_after=shown_after)
        self._bought[shipment.shipment_id] = shipment
        return shipment

    def cancel(self, shipment: Shipment) -> None:
        """Ask for the money back; the package comes off its order unless its carrier has scanned it.

        What the carrier decides is known after `Behaviours.label_refund_seconds`.
        """
        package = self._package(shipment)
        scanned = package is not None and package.status != _NOT_SCANNED
        if package is not None and not scanned:
            self._shipping.take_off(shipment.order, shipment.reference)
        self._becomes(shipment, REFUND_PENDING)
        decision = REFUND_REJECTED if scanned else REFUND_APPLIED
        wait = self._behaviours.label_refund_seconds
        self._present.after(wait, partial(self._becomes, shipment, decision))

    def _becomes(self, shipment: Shipment, status: str) -> None:
        shipment.status, shipment.updated_at = status, self._present.now()

    def _package(self, shipment: Shipment) -> PackageRecord | None:
        """Return its package, unless a later report put another parcel in its place."""
        package = shipment.order.package(shipment.reference)
        return package if package is not None and package.tracking_number == shipment.tracking else None

    def _tracking(self, pattern: str) -> str:
        noise = iter(self._seeded.digest("tracking"))
        alphabets = {"#": _DIGITS, "@": _ALPHABET}
        return "".join(
            alphabets[mark][next(noise) % len(alphabets[mark])] if mark in alphabets else mark
            for mark in pattern
        )
