"""An application registered with Amazon, and a seller's consent to it on its way."""

from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.seller import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application of the developer's; its client id and secrets are in the credential vault."""

    id: str
    """Our name for it."""
    application_id: str
    """Amazon's: `amzn1.sp.solution…`, or `amzn1.sellerapps.app…` of older ones."""
    redirect_uri: str
    """Where Amazon sends sellers back to with a code; must be registered with Amazon."""
    rotation_queue_url: str = ""
    """SQS queue that new client secrets arrive in; empty: rotated by hand."""
    secret_expires_at: datetime | None = None
    """When its newest client secret ends; None: nobody told us."""
    draft: bool = False
    """Not published: sellers consent with `version=beta`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingConsent:
    """What a seller was sent to Amazon for; known again by its `state`, of which only a hash is kept."""

    state_hash: str
    application: str
    seller: SellerId
    region: Region
    marketplaces: tuple[str, ...]
    """Wanted; empty: all that the seller takes part in."""
    warehouse: WarehouseId
    expires_at: datetime
