"""A seller and the regions of the Selling Partner API."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import OrdersApi

V0_READS_END = datetime(2027, 3, 27, tzinfo=UTC)
"""From then on Amazon answers no read of the Orders API v0."""
_WARN_BEFORE = timedelta(days=90)
RECIPIENT_V0 = "recipient-v0"
"""In `may_read` when Amazon gives restricted data tokens for addresses: found out by trying."""
RECIPIENT_V2026 = "recipient-v2026"
"""In `may_read` once an order came with its address in Orders v2026-01-01, which nobody can try before."""


class Region(StrEnum):
    """The three regions of the Selling Partner API; each needs its own refresh token."""

    NA = "NA"
    EU = "EU"
    FE = "FE"


STOPPED_BY = "incident "
"""How the sentence begins of a seller that rests because of an incident: nothing but people wake it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """One selling-partner account in one region."""

    id: SellerId
    region: Region
    marketplaces: tuple[str, ...]
    selling_partner_id: str
    """Amazon's merchant token; `SellerId` of a notification is compared with it."""
    orders_api: OrdersApi = OrdersApi.V2026
    queue_url: str = ""
    """SQS queue of its ORDER_CHANGE notifications; empty: only the sweep notices its orders."""
    warehouse: WarehouseId
    """Where its orders are released to."""
    rests_because: str = ""
    """A sentence when its lanes rest, such as refused credentials; empty while it works."""
    application: str = ""
    """Name of the application it consented to; empty: it brought an application of its own."""
    consent_until: datetime | None = None
    """When its consent must be renewed; None: it does not end, as with self-authorisation."""
    may_read: frozenset[str] = frozenset()
    """What was found out, by trying, that Amazon lets us read of it; empty: nobody tried."""
    shadow: bool = False
    """Whether every order is read with both Orders APIs, and differences are reported."""

    @property
    def stopped_by(self) -> str:
        """The incident that it rests because of; empty where it works, or rests for another reason."""
        return self.rests_because.split()[1] if self.rests_because.startswith(STOPPED_BY) else ""


def stopped(seller: SellerId, incident: str) -> str:
    """Returns why a seller rests that an incident stopped."""
    return (
        f"{STOPPED_BY}{incident} stopped it, and neither a consent nor a new secret wakes it: once it may go "
        f"on, run `dockseal incidents wake {seller}`"
    )


def v0_warning(seller: Seller, now: datetime) -> str:
    """Returns a sentence for a seller that is read with Orders v0 as its end nears; else nothing."""
    if seller.orders_api is not OrdersApi.V0 or now < V0_READS_END - _WARN_BEFORE:
        return ""
    days = (V0_READS_END - now).days
    ends = f"ends in {days} days, on" if days >= 0 else "ended on"
    return (
        f"The Orders API v0 that seller {seller.id} is read with {ends} {V0_READS_END:%Y-%m-%d}: "
        "compare both "
        f"with `dockseal sellers shadow {seller.id} --on`, then run `dockseal sellers migrate {seller.id}`."
    )
