"""Finds the release that a warehouse speaks of, by our reference or by Amazon's order id."""

from dataclasses import dataclass

from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId
from dockseal.domain.order import Order
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import ShipmentReport
from dockseal.errors import BadInput, ReferenceUnknown
from dockseal.fulfillment_processing.reports import shown
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Leads from what a warehouse names to a release; no warehouse is led to a release of another."""

    storage: Storage

    def of_report(self, report: ShipmentReport) -> tuple[Order, Release]:
        """Returns what a parcel was shipped for.

        Raises:
            ReferenceUnknown: nothing fits yet.
            BadInput: several releases fit.
        """
        if report.release or not (report.order_id or report.corrects):
            return self.named(report.warehouse, report.release)
        if report.order_id:
            return self._only(report.warehouse, report.order_id)
        earlier = self.storage.packages.find_report(report.warehouse, report.corrects)
        if earlier is None:
            raise unknown_report(report)
        return self.named(report.warehouse, earlier.release)

    def named(self, warehouse: WarehouseId, ref: ReleaseRef) -> tuple[Order, Release]:
        """Returns the release of a reference, and its order.

        Raises:
            ReferenceUnknown: nothing was released to this warehouse under it.
        """
        release = self.storage.releases.get(ref)
        order = self.storage.orders.by_release(ref)
        if release is None or order is None or release.warehouse != warehouse:
            raise ReferenceUnknown(
                f"nothing was released to warehouse {warehouse} under the reference "
                f"{shown(ref)}; report the reference exactly as it came with the order"
            )
        return order, release

    def typed(self, warehouse: WarehouseId, text: str) -> Release:
        """Returns the release that a person means: by its reference, or by the order's.

        Args:
            warehouse: Where it was released to.
            text: The reference of a release, our reference of an order, or Amazon's order id.

        Raises:
            BadInput: nothing fits, or several releases do.
        """
        release = self.storage.releases.get(ReleaseRef(text))
        if release is not None:
            return self.named(warehouse, release.ref)[1]
        of_order = self.storage.releases.of_order(OrderRef(text))
        found = [each for each in of_order if each.warehouse == warehouse]
        if found:
            return _one(found, text)
        return self._only(warehouse, text)[1]

    def _only(self, warehouse: WarehouseId, order_id: str) -> tuple[Order, Release]:
        found = self.storage.releases.at_warehouse(warehouse, order_id)
        if not found:
            raise ReferenceUnknown(
                f"no order {shown(order_id)} was released to warehouse {warehouse}; report the reference or "
                "the order id exactly as it came with the order"
            )
        return self.named(warehouse, _one(found, order_id).ref)


def unknown_report(report: ShipmentReport) -> ReferenceUnknown:
    """Returns why a correction cannot be used: what it corrects is not here."""
    if report.corrects_number:
        return ReferenceUnknown(
            f"report {shown(report.report_id)} corrects a parcel by its tracking number, and warehouse "
            f"{report.warehouse} told of none of this order that has it; give the number that was told last"
        )
    return ReferenceUnknown(
        f"report {shown(report.report_id)} corrects report {shown(report.corrects)}, which warehouse "
        f"{report.warehouse} has not told; tell the first one too"
    )


def _one(found: list[Release], name: str) -> Release:
    """Returns the only release, or the only one that the warehouse did not give back."""
    under_way = {ReleaseState.INTENDED, ReleaseState.ACCEPTED}
    standing = [each for each in found if each.state in under_way] or found
    if len(standing) > 1:
        refs = ", ".join(each.ref for each in standing)
        raise BadInput(
            f"order {shown(name)} went to warehouse {standing[0].warehouse} under several references "
            f"({refs}); name one of them"
        )
    return standing[0]
