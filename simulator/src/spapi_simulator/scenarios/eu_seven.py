"""One seller in seven countries."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from spapi_simulator.scenarios.base import Planned, Scenario
from spapi_simulator.world.marketplaces import MARKETPLACES

_COUNTRIES = ("DE", "FR", "IT", "ES", "NL", "SE", "PL")
_WORTH = {"EUR": Decimal(1), "SEK": Decimal(11), "PLN": Decimal("4.3")}
"""What a euro is in the currencies of these countries, about."""


class EuSeven(Scenario):
    """Orders from seven countries of one region, each in its own currency."""

    name = "eu-seven"
    summary = "one seller in DE, FR, IT, ES, NL, SE and PL, with orders in euros, kronor and zlotys"
    region = "EU"
    marketplaces = tuple(
        one.marketplace_id
        for country in _COUNTRIES
        for one in MARKETPLACES.values()
        if one.country == country
    )

    @property
    def plan(self) -> Iterator[Planned]:
        """Every order, evenly over the hours and the marketplaces of the seller whose turn it is."""
        chance = self.chance()
        for index, moment in enumerate(chance.moments(self.orders, self.hours * 3600)):
            marketplace_id = chance.draw.choice(self._sellers[index % len(self._sellers)].marketplaces)
            worth = _WORTH.get(MARKETPLACES[marketplace_id].currency, Decimal(1))
            yield Planned(
                at=self.start + timedelta(seconds=moment),
                lines=chance.basket(worth=worth),
                marketplace_id=marketplace_id,
                then=((timedelta(minutes=20), "authorise"),) if chance.happens(0.05) else (),
            )
