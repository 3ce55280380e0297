"""A carrier in Amazon's words."""

from dataclasses import dataclass

OTHER = "Other"
"""The code of a carrier that Amazon has none for."""
LONGEST_NAME = 50
"""Most characters of a carrier's name at Amazon (Seller Central Australia, help page 641)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A carrier in Amazon's words (confirmShipment, `carrierCode` and `carrierName`).

    Raises:
        ValueError: the name is missing beside `Other`, given beside another code, or too long.
    """

    code: str
    name: str = ""
    """Only with the code `Other`, where Amazon asks for it; at most 50 characters."""
    service: str = ""
    """The service that stood in the same text as the carrier."""

    def __post_init__(self) -> None:
        if not self.code:
            raise ValueError("A carrier needs Amazon's code for it; that of a carrier without one is Other.")
        if (self.code == OTHER) != bool(self.name):
            raise ValueError("A carrier has a name if, and only if, its code is Other.")
        if len(self.name) > LONGEST_NAME:
            raise ValueError(f"The name of a carrier has at most {LONGEST_NAME} characters at Amazon.")

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.code
