"""A seller and the regions of the Selling Partner API."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import OrdersApi


class Region(StrEnum):
    """The three regions of the Selling Partner API; each needs its own refresh token."""

    NA = "NA"
    EU = "EU"
    FE = "FE"


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
