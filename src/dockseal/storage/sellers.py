"""The sellers: one row per selling-partner account and region."""

from dataclasses import replace
from typing import Any

from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import OrdersApi
from dockseal.domain.seller import STOPPED_BY, Region, Seller
from dockseal.errors import BadInput
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import SellerRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted


@edge
class Sellers:
    """The table of sellers."""

    def add(self, seller: Seller) -> Seller:
        """Keeps a new seller.

        Raises:
            BadInput: a seller of this name is already kept.
        """
        if not inserted(SellerRow(id=seller.id, **_columns(seller)), OPERATIONS):
            raise BadInput(f"seller {seller.id} is already kept; choose another name, or change that one")
        return seller

    def get(self, seller: SellerId) -> Seller:
        """Returns a seller.

        Raises:
            BadInput: no seller has this name.
        """
        row = SellerRow.objects.filter(pk=seller).first()
        if row is None:
            raise BadInput(f"no seller is named {seller}; `dockseal sellers list` shows them all")
        return _seller(row)

    def all(self) -> list[Seller]:
        """Returns every seller by name."""
        return [_seller(row) for row in SellerRow.objects.order_by("id")]

    def awake(self, *, shadow: bool | None = None) -> list[SellerId]:
        """Returns the names of the sellers that do not rest; of those in shadow only, if asked for."""
        rows = SellerRow.objects.filter(rests_because="")
        if shadow is not None:
            rows = rows.filter(shadow=shadow)
        return [SellerId(name) for name in rows.order_by("id").values_list("id", flat=True)]

    def queue_urls(self) -> list[str]:
        """Returns every queue that a seller has, once, in order."""
        rows = SellerRow.objects.exclude(queue_url="").order_by("queue_url")
        return list(rows.values_list("queue_url", flat=True).distinct())

    def change(self, seller: Seller, **changes: Any) -> Seller:
        """Changes fields of a seller, leaving the others as they are kept; returns it as kept now.

        Why it rests stays as it is where an incident stopped it: only `wake` ends that.

        Raises:
            BadInput: the name is among them, or no seller has this name.
        """
        if "id" in changes:
            raise BadInput(f"seller {seller.id} keeps its name; add another seller instead")
        after = _columns(replace(seller, **changes))
        rows = SellerRow.objects.filter(pk=seller.id)
        if "rests_because" in changes:
            rows.exclude(rests_because__startswith=STOPPED_BY).update(rests_because=after["rests_because"])
        if others := {name: after[name] for name in changes if name != "rests_because"}:
            rows.update(**others)
        return self.get(seller.id)

    def wake(self, seller: SellerId) -> bool:
        """Has a seller work again that an incident stopped; tells whether one did."""
        rows = SellerRow.objects.filter(pk=seller, rests_because__startswith=STOPPED_BY)
        return bool(rows.update(rests_because=""))

    def by_partner(self, selling_partner_id: str, marketplace_id: str) -> Seller | None:
        """Returns the seller with this merchant token that sells in this marketplace."""
        rows = SellerRow.objects.filter(selling_partner_id=selling_partner_id).order_by("id")
        # One account has a handful of rows; JSON containment is not portable between databases.
        return next((_seller(row) for row in rows if marketplace_id in row.marketplaces), None)


def _columns(seller: Seller) -> dict[str, Any]:
    return {
        "region": seller.region.value,
        "marketplaces": list(seller.marketplaces),
        "selling_partner_id": seller.selling_partner_id,
        "orders_api": seller.orders_api.value,
        "queue_url": seller.queue_url,
        "warehouse": seller.warehouse,
        "rests_because": seller.rests_because,
        "application": seller.application,
        "consent_until": seller.consent_until,
        "may_read": sorted(seller.may_read),
        "shadow": seller.shadow,
    }


def _seller(row: SellerRow) -> Seller:
    return Seller(
        id=SellerId(row.id),
        region=Region(row.region),
        marketplaces=tuple(row.marketplaces),
        selling_partner_id=row.selling_partner_id,
        orders_api=OrdersApi(row.orders_api),
        queue_url=row.queue_url,
        warehouse=WarehouseId(row.warehouse),
        rests_because=row.rests_because,
        application=row.application,
        consent_until=row.consent_until,
        may_read=frozenset(row.may_read),
        shadow=row.shadow,
    )
