"""Labels for what a warehouse has packed: what to ask for, and what becomes of the parcel.

Amazon counts a parcel as shipped when it sells its label. So a bought label is a reported parcel, and a
voided one takes that parcel back.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.attention import with_earlier
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.label import Box, Label, LabelAsk, LabelFile, LabelState, Rate
from dockseal.domain.lane import Outcome
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content, PackageState, ShipmentReport
from dockseal.errors import BadInput, MoveRefused
from dockseal.fulfillment_processing.reports import left_of_release
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.planting import refuse_canary
from dockseal.storage.store import Storage
from dockseal.warehouses.ship_from import sender_of

LABELLER = Actor(kind=ActorKind.SERVICE, name="labelling")
LONGEST_ID = 100
"""Characters of a parcel's id."""
_BATCH = 50
_SHIPPING = frozenset({OrderState.RELEASED, OrderState.PARTLY_SHIPPED})
_LEFT = frozenset({OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.CONFIRMED, OrderState.VERIFIED})
_ON_ITS_WAY = frozenset({PackageState.REPORTED, PackageState.INTENDED})
_UNSETTLED = frozenset({LabelState.INTENDED, LabelState.VOID_INTENDED})
VOIDED = "its label was voided"
WHAT_BECAME = MappingProxyType(
    {
        LabelState.NOT_BOUGHT: "The label whose answer was lost was not bought: buy it again.",
        LabelState.FOUND: "The label whose answer was lost was bought: print it in Seller Central, where it "
        "can be voided too.",
    }
)
"""What a person is told once a lost answer is settled."""


class LabelShop(Protocol):
    """Where labels are bought: the PII Security Layer, since a label shows the buyer."""

    def rates(self, order: Order, ask: LabelAsk) -> tuple[Rate, ...]:
        """Returns the services that would carry a parcel, the cheapest first."""

    def buy(
        self, order: Order, release: Release, ask: LabelAsk, rate: Rate, *, parcel_id: str, actor: Actor
    ) -> Label:
        """Buys one label."""

    def show(self, label: Label, actor: Actor) -> LabelFile:
        """Returns what is printed on a label, for one print."""

    def void(self, label: Label, actor: Actor) -> Label:
        """Gives a label back."""

    def look_up(self) -> list[Label]:
        """Settles purchases whose answer was lost; returns those it settled."""

    def void_again(self) -> list[Label]:
        """Asks again for what was to be voided when an answer was lost; returns what was voided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelling:
    """Rates, buys, prints and voids labels for releases, and takes their parcels in."""

    storage: Storage
    labels: LabelShop
    tracking: Tracking
    trail: Trail
    clock: Clock

    def rates(self, ref: ReleaseRef, box: Box, contents: tuple[Content, ...] = ()) -> tuple[Rate, ...]:
        """Returns what would carry a parcel of a release, the cheapest first.

        Args:
            ref: Which release.
            box: Its measures.
            contents: What lies in it; empty: everything that is in no parcel yet.

        Raises:
            BadInput: no label can be bought for it now; says why.
            MoveRefused: another label of the order is not settled yet.
            AmazonError: Amazon does not answer, or refuses.
        """
        order, release = self._packed(ref)
        return self.labels.rates(order, self._ask(order, release, box, contents))

    def buy(
        self,
        ref: ReleaseRef,
        box: Box,
        service_id: str,
        *,
        parcel_id: str,
        actor: Actor,
        contents: tuple[Content, ...] = (),
        offer_id: str = "",
    ) -> Label:
        """Buys a label and takes its parcel in; the same parcel of a warehouse again gets the same label.

        Args:
            ref: Which release.
            box: Its measures.
            service_id: Which of the `rates`.
            parcel_id: Names the parcel, as whoever packed it does.
            actor: Who buys it.
            contents: As for `rates`.
            offer_id: Which offer of that service; empty: what the service costs now.

        Raises:
            BadInput: no label can be bought for it now, or not with this service.
            MoveRefused: another label of the order is not settled yet.
            AmazonError: it was not bought, or its answer was lost.
        """
        known = self._known(ref, parcel_id)
        if known is not None:
            return known
        order, release = self._packed(ref)
        ask = self._ask(order, release, box, contents)
        offered = (each for each in self.labels.rates(order, ask) if each.service_id == service_id)
        chosen = next(offered, None)
        if chosen is None:
            raise BadInput(
                f"no such service carries this parcel of order {order.id}: ask for its rates again"
            )
        if chosen.more_is_asked:
            raise BadInput(
                f"{chosen.service} wants more told about order {order.id}, as customs do: buy it in Seller "
                "Central, or choose another service"
            )
        if offer_id:  # of an earlier answer: Amazon names each offer anew, and knows the old ones for a while
            chosen = replace(chosen, offer_id=offer_id)
        label = self.labels.buy(order, release, ask, chosen, parcel_id=parcel_id, actor=actor)
        return self._take_in(label)

    def show(self, label_id: str, actor: Actor) -> LabelFile:
        """Returns what is printed on a label; see `LabelShop`."""
        return self.labels.show(self._label(label_id), actor)

    def void(self, label_id: str, actor: Actor) -> Label:
        """Voids a label, and takes its parcel back; see `LabelShop`."""
        voided = self.labels.void(self._label(label_id), actor)
        return self._take_back(voided)

    def run(self) -> Outcome:
        """Settles what was cut off: purchases without an answer, parcels that were not taken in yet.

        Raises:
            AmazonUnavailable: Amazon is down; the rest waits.
            AmazonThrottled: the quota is spent; the rest waits.
        """
        done = 0
        for label in self.storage.labels.unreported(_BATCH):
            done += self._take_in(label).reported
        for label in self.labels.look_up():
            self._tell(label)
            done += 1
        self.labels.void_again()
        for label in self.storage.labels.to_take_back(_BATCH):
            self._take_back(label)
            done += 1
        return Outcome(done=done)

    def _known(self, ref: ReleaseRef, parcel_id: str) -> Label | None:
        """Returns the label of a parcel that has one."""
        if not 1 <= len(parcel_id) <= LONGEST_ID or not parcel_id.isprintable():
            raise BadInput(f"give each parcel an id of 1 to {LONGEST_ID} printable characters")
        release = self.storage.releases.get(ref)
        known = None if release is None else self.storage.labels.of_parcel(release.warehouse, parcel_id)
        if known is None:
            return None
        if known.release != ref:
            raise BadInput("a parcel of another order has this id; give each parcel an id of its own")
        if known.state is LabelState.INTENDED:
            raise MoveRefused("the label of this parcel is being bought; ask for it again in a few minutes")
        if known.state in {LabelState.NOT_BOUGHT, LabelState.VOIDED}:
            raise BadInput(f"the label of this parcel is {known.state}; give it another id, and buy one anew")
        return known

    def _packed(self, ref: ReleaseRef) -> tuple[Order, Release]:
        release, order = self.storage.releases.get(ref), self.storage.orders.by_release(ref)
        if release is None or order is None:
            raise BadInput("nothing was released under this reference; send it as it came")
        refuse_canary(self.tracking.canaries(), order)
        if release.state is not ReleaseState.ACCEPTED or order.state not in _SHIPPING:
            raise BadInput(f"order {order.id} is {order.state}: no label is bought for it now")
        if any(label.state in _UNSETTLED for label in self.storage.labels.of_order(order.ref)):
            raise MoveRefused(f"another label of order {order.id} is being bought or voided; wait for it")
        self._check_others(order)
        return order, release

    def _check_others(self, order: Order) -> None:
        packages = self.storage.packages.of_order(order.ref)
        held = next((each for each in packages if each.state is PackageState.HELD), None)
        if held is not None:
            raise BadInput(
                f"parcel {held.reference_id} of order {order.id} is held, and Amazon is not told of it yet: "
                "see to it first"
            )
        if any(each.state in _ON_ITS_WAY for each in packages):
            # Amazon numbers the parcel of a label itself: one it is yet to be told of could take its place.
            raise BadInput(
                f"Amazon is being told of another parcel of order {order.id}: buy the label in a few minutes"
            )

    def _ask(self, order: Order, release: Release, box: Box, contents: tuple[Content, ...]) -> LabelAsk:
        left = left_of_release(order, release, self.storage.packages.of_order(order.ref))
        wanted = contents or tuple(
            Content(order_item_id=item, quantity=rest) for item, rest in left.items() if rest
        )
        for each in wanted:
            if not 1 <= each.quantity <= left.get(each.order_item_id, 0):
                raise BadInput(
                    f"that is more than is left to ship of order {order.id}; ask for what is packed"
                )
        if not wanted:
            raise BadInput(f"everything of order {order.id} is in reported parcels already")
        sender = sender_of(self.storage.warehouses.get(release.warehouse))
        return LabelAsk(order_id=order.id, contents=wanted, sender=sender, box=box)

    def _label(self, label_id: str) -> Label:
        label = self.storage.labels.get(label_id)
        if label is None:
            raise BadInput("no such label was bought here; `dockseal labels list ORDER` shows them")
        return label

    def _take_in(self, label: Label) -> Label:
        """Takes the parcel of a bought label in; tells a person where that cannot be."""
        if label.state is LabelState.FOUND and not label.tracking_number:
            self._tell(label)
            return self.storage.labels.change(label, reported=True)
        report = ShipmentReport(
            report_id=_report_id(label),
            warehouse=label.warehouse,
            release=label.release,
            carrier=label.carrier,
            service=label.service,
            tracking_number=label.tracking_number,
            shipped_at=self.clock.now(),
            contents=label.contents,
            bought=True,
        )
        try:
            self.tracking.report(report, actor=LABELLER)
        except MoveRefused:
            return label  # another report of the order came in just now; the lane takes this one in
        except BadInput as fault:
            self._attend(label, f"The parcel of a bought label cannot be taken in: {fault}.")
        return self.storage.labels.change(label, reported=True)

    def _take_back(self, label: Label) -> Label:
        """Takes the parcel of a voided label off its order."""
        with self.storage.transaction():
            package = self.storage.packages.find_report(label.warehouse, _report_id(label))
            if package is not None and package.state is not PackageState.REFUSED:
                self.storage.packages.change(package, state=PackageState.REFUSED, refusal=VOIDED)
            order = self.storage.orders.get(label.order)
            if order.state in _LEFT:
                rest = [
                    each
                    for each in self.storage.packages.of_order(label.order)
                    if each.state is not PackageState.REFUSED
                ]
                self._back(order, OrderState.PARTLY_SHIPPED if rest else OrderState.RELEASED)
            return self.storage.labels.change(label, reported=False)

    def _back(self, order: Order, state: OrderState) -> None:
        if order.state is state:
            return
        self.storage.orders.move(order, state, shipped_at=None, confirmed_at=None)
        tag = Tag.ORDER_LIFE_RELEASED if state is OrderState.RELEASED else Tag.ORDER_LIFE_PARTLY_SHIPPED
        self.trail.record(tag, actor=LABELLER, order=order.ref)

    def _tell(self, label: Label) -> None:
        sentence = WHAT_BECAME.get(label.state)
        if sentence is not None:
            self._attend(label, sentence)

    def _attend(self, label: Label, sentence: str) -> None:
        with self.storage.transaction():
            order = self.storage.orders.get(label.order)
            self.storage.orders.change(order, attention=with_earlier(order.attention, [sentence]))


def _report_id(label: Label) -> str:
    return f"label-{label.id}"
