"""Clues: what a sealed record can be found again by, a few bits each, and never the value itself."""

from dataclasses import dataclass
from enum import StrEnum

from dockseal.domain.identifiers import OrderRef, SellerId


class ClueKind(StrEnum):
    """Everything there is a clue of: a closed list. Names, streets and postal codes have none."""

    EMAIL = "email"
    """The buyer's address at Amazon's relay, where it came with what was read anyhow."""
    PHONE = "phone"
    """The phone number of the delivery address."""
    ORDER = "order"
    """Amazon's order id: for whoever has the vault without the operations database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One row of the blind index: it belongs to one sealed record, and goes with it."""

    order: OrderRef
    seller: SellerId
    epoch: str
    """That of the record: the key that makes these bits is derived from the epoch's."""
    kind: ClueKind
    bits: int
    """So few that other values have them too."""
    proof: bytes
    """The whole word these bits were made of, encrypted with the record's own data key."""
