"""What is known beside an order and its package when the package is judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.carrier import Carrier
from dockseal.domain.shipment import Package
from dockseal.shipment_confirmation.tracking_numbers.reuse import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known.

    Attributes:
        now: The present instant.
        taught: What its warehouse means by names of carriers, as a person said, by normalised name.
        same_number: How its tracking number was used for other orders.
        beside: Other parcels of its order that Amazon was told of with the same number.
        supply_source: Amazon's id of its warehouse as a place that is shipped from; empty: none.
    """

    now: datetime
    taught: Mapping[str, Carrier]
    same_number: tuple[Use, ...] = ()
    beside: tuple[Package, ...] = ()
    supply_source: str = ""
