"""Offers (ShippingServiceOfferId): each answers one question of one seller, and only for a while."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from spapi_simulator.front.answers import refuse_input
from spapi_simulator.merchant_fulfillment.question import Question
from spapi_simulator.merchant_fulfillment.rates import Quote
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.seeded import Seeded

_REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a seller was offered, and for which parcel.

    Attributes:
        ship_date: The day it counts from; on it, prices and dates are what they were.
    """

    seller_id: str
    service_id: str
    bound: tuple[object, ...]
    ship_date: datetime
    expires_at: datetime


class Offers:
    """Keeps offers until a day after they expired, so that "expired" differs from "unknown"."""

    def __init__(self, seeded: Seeded, behaviours: Behaviours) -> None:
        self._seeded = seeded
        self._behaviours = behaviours
        self._kept: dict[str, Offer] = {}

    def keep(self, seller_id: str, question: Question, quote: Quote, *, now: datetime) -> str:
        """Return the id of a new offer."""
        self._forget(now)
        offer_id = base64.b64encode(self._seeded.digest("offer") + self._seeded.digest("offer")).decode()
        self._kept[offer_id] = Offer(
            seller_id=seller_id,
            service_id=quote.service.service_id,
            bound=question.bound,
            ship_date=quote.ship_date,
            expires_at=now + timedelta(seconds=self._behaviours.label_offer_seconds),
        )
        return offer_id

    def find(
        self, offer_id: str, service_id: str, seller_id: str, question: Question, *, now: datetime
    ) -> Offer:
        """Return an offer that can be bought; it stays good for another label until it expires.

        Raises:
            Refusal: 400 for an offer that is unknown, another seller's, for another service or another
                parcel, or that has expired.
        """
        offer = self._kept.get(offer_id)
        if offer is None or offer.seller_id != seller_id:
            raise refuse_input(message="ShippingServiceOfferId is not valid.")
        if now >= offer.expires_at:
            raise refuse_input(message="ShippingServiceOfferId has expired; please ask for new offers.")
        if offer.service_id != service_id or offer.bound != question.bound:
            raise refuse_input(
                message="ShippingServiceOfferId does not belong to this ShippingServiceId and these details."
            )
        return offer

    def _forget(self, now: datetime) -> None:
        # All offers live equally long, so the oldest, which come first, also end first.
        old = takewhile(lambda entry: entry[1].expires_at + _REMEMBERED <= now, self._kept.items())
        for offer_id in [offer_id for offer_id, _ in old]:
            del self._kept[offer_id]
