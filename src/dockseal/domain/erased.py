"""What is handed out once personal data was erased on request: a certificate without any."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.clock import instant_text

KIND = "dockseal erasure 1"
"""What a certificate says it is, so that nothing else that we sign can be taken for one."""


class Reason(StrEnum):
    """Who asked for it."""

    BUYER = "buyer"
    """The buyer, through the seller."""
    AMAZON = "amazon"
    """Amazon, by its deletion request."""
    SELLER = "seller"
    """The seller, who leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What somebody asked to erase: it is erased again wherever a backup brings it back."""

    what: str
    """`order` or `seller`."""
    subject: str
    """Our reference of the order, or our name of the seller."""
    reason: Reason
    at: datetime
    until: datetime
    """From then on no backup brings it back, and this is dropped."""
    seller: str = ""
    """Whose order it is; empty for a seller."""
    amazon_order_id: str = ""
    """An order that was taken in after the backup was made has another reference of ours, and this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What was erased since it was asked for: by the run that ended it, and by those that were killed."""

    what: str
    """`order`, `buyer` or `seller`."""
    subject: str
    """Our reference of the order, or our name of the seller; never Amazon's. A buyer's is drawn anew."""
    reason: Reason
    began_at: datetime
    done_at: datetime
    orders: int
    """Orders that were looked through."""
    stopped: int
    """Orders among them that nobody ships any more."""
    records: int
    """Sealed records that were deleted."""
    credentials: int
    """Sealed versions of credentials that were deleted."""
    copies_end_by: datetime
    """By then no copy in any backup can be opened, key backups included."""
    audit_row: int
    """Number of the row in the audit trail that says the same."""
    audit_hash: str
    """Its hash."""

    def as_json(self) -> str:
        """Returns it as JSON, to be signed and filed."""
        return json.dumps({"certificate": KIND, **asdict(self)}, indent=2, default=instant_text)
