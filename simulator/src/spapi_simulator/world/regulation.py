"""Articles that need somebody's approval before they may be shipped (getOrderRegulatedInfo)."""

from dataclasses import dataclass
from datetime import datetime

PENDING, APPROVED, REJECTED = "Pending", "Approved", "Rejected"
EXPIRED, CANCELLED = "Expired", "Cancelled"
FIELDS = (
    ("pets_rx_name", "Pet name", "Testpet"),
    ("pets_rx_species", "Pet type", "Dog"),
    ("pets_rx_clinic", "Clinic", "Example Animal Clinic"),
)
"""What an invented buyer told of an invented pet: (FieldId, FieldLabel, FieldValue)."""
REASONS = (
    ("rx_reject_product", "The medicine does not suit this pet."),
    ("rx_reject_age", "The pet is too young for this medicine."),
    ("rx_reject_weight", "The pet's weight does not fit the size that was ordered."),
)
"""Why an approval may be refused: (RejectionReasonId, RejectionReasonDescription)."""


@dataclass(slots=True, kw_only=True)
class Regulation:
    """Where the verification of an order's regulated items stands."""

    status: str = PENDING
    reviewer: str = ""
    reason: str = ""
    reviewed_at: datetime | None = None
    dosage_label: bool = False
