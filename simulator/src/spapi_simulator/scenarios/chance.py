"""Choices of buyers, the same for the same seed."""

import random
from collections.abc import Sequence
from decimal import Decimal

from spapi_simulator.world.records import Line
from spapi_simulator.world.seeded import Seeded

PRODUCTS = ("Enamel mug", "Oak cutting board", "Linen towel", "Garden twine", "Desk lamp", "Tea sampler")


class Chance:
    """A generator of what buyers choose in one scenario.

    Attributes:
        draw: Plain random choices, for whatever is not about baskets.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        self.draw: random.Random = Seeded(seed).chooser(purpose)

    def happens(self, share: float) -> bool:
        """Say yes in this share of the cases."""
        return self.draw.random() < share

    def basket(
        self, sizes: Sequence[int] = (1, 1, 1, 2, 2, 3), *, worth: Decimal = Decimal(1)
    ) -> tuple[Line, ...]:
        """Return what one buyer buys.

        Args:
            sizes: How many different articles, each entry equally likely.
            worth: What prices are multiplied by, for currencies of another size than the dollar.
        """
        return tuple(
            self._line(number, worth) for number in self.draw.sample(range(1, 60), self.draw.choice(sizes))
        )

    def moments(self, count: int, seconds: float) -> list[float]:
        """Return when things happen, in seconds from the start, evenly over a time and in order."""
        return sorted(self.draw.uniform(0, seconds) for _ in range(count))

    def _line(self, number: int, worth: Decimal) -> Line:
        quantity = self.draw.choice((1, 1, 1, 1, 2, 3))
        price = Decimal(f"{self.draw.randint(5, 80)}.{self.draw.choice(('00', '50', '99'))}")
        return Line(
            sku=f"SKU-{number:03d}",
            quantity=quantity,
            title=PRODUCTS[number % len(PRODUCTS)],
            price=f"{price * worth:.2f}",
        )
