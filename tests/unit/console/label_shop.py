"""Where the labels of the console's tests are bought: one rate, and a purchase that is never answered."""

from decimal import Decimal

from dockseal.domain.access import Actor
from dockseal.domain.label import Label, LabelAsk, LabelFile, Rate
from dockseal.domain.order import Order
from dockseal.domain.release import Release
from dockseal.errors import OutcomeUnknown

RATE = Rate(
    service_id="GROUND",
    offer_id="offer-1",
    carrier="UPS",
    service="UPS Ground",
    amount=Decimal("8.60"),
    currency="USD",
)


class LittleShop:
    """Knows one rate."""

    def rates(self, order: Order, ask: LabelAsk) -> tuple[Rate, ...]:
        return (RATE,)

    def buy(
        self, order: Order, release: Release, ask: LabelAsk, rate: Rate, *, parcel_id: str, actor: Actor
    ) -> Label:
        raise OutcomeUnknown("Amazon's answer was lost: look at it again in half an hour")

    def show(self, label: Label, actor: Actor) -> LabelFile:
        return LabelFile(b"%PDF-", "application/pdf")

    def void(self, label: Label, actor: Actor) -> Label:
        raise OutcomeUnknown("Amazon's answer was lost: ask again")

    def look_up(self) -> list[Label]:
        return []

    def void_again(self) -> list[Label]:
        return []
