"""A carrier in Amazon's words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Who carries a parcel, as confirmShipment names it."""

    code: str
    """Amazon's `carrierCode`, exact in case and spacing."""
    name: str = ""
    """`carrierName`: only with the code `Other`, where Amazon asks for it."""
    service: str = ""
    """What was said of the service beside the carrier's name, such as `Ground`."""
