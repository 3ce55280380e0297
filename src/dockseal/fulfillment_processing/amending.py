"""Corrects a package because a person says so: the number, the carrier, when it left, what lies in it.

It goes the way of a warehouse's correction: what was told before is kept, and Amazon is told again under the
same id.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import Content, Package, ShipmentReport
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.correcting import BY_PERSON
from dockseal.fulfillment_processing.reports import merged, tidied
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.fulfillment_processing.unit_codes import with_known_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What a person says of a parcel; None leaves a thing as it is."""

    carrier: str | None = None
    service: str | None = None
    """Left out beside another carrier, there is none: services are their carrier's."""
    tracking_number: str | None = None
    """Empty: the service has none."""
    shipped_at: datetime | None = None
    """With a zone."""
    contents: tuple[Content, ...] = ()
    """All that lies in it; empty: what is known of that stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amending:
    """Takes corrections by people in."""

    tracking: Tracking

    def correct(
        self,
        ref: OrderRef,
        reference_id: int,
        amendment: Amendment,
        actor: Actor,
        *,
        report_id: str = "",
    ) -> Package:
        """Makes a package what a person says of it, and has Amazon told again.

        Args:
            ref: Our reference of the order.
            reference_id: Which of its packages.
            amendment: What is to be otherwise.
            actor: Who says so.
            report_id: Names this correction, so that the same one twice is one; see `new_correction_id`.

        Returns:
            The package as it is now; as it was, if all of it is known already.

        Raises:
            BadInput: no such package is here, or it cannot be corrected so; the sentence says what to do.
            MoveRefused: something else of the order came in at the same moment; try again.
        """
        storage = self.tracking.storage
        with storage.transaction():
            order = storage.orders.get(ref)
            package = storage.packages.get(order, reference_id)
            if order.state is OrderState.SHREDDED:
                raise BadInput(
                    f"order {order.id} is over, and Amazon is told of it no more: correct its parcel in "
                    "Seller Central"
                )
            report = _report(order, package, amendment, report_id or new_correction_id())
            if _says_nothing_new(tidied(report), package):
                return package
            return self.tracking.report(report, actor=actor)


def new_correction_id() -> str:
    """Draws the id of one correction by a person."""
    return f"{BY_PERSON}{secrets.token_hex(8)}"


def _report(order: Order, package: Package, amendment: Amendment, report_id: str) -> ShipmentReport:
    carrier = package.carrier if amendment.carrier is None else amendment.carrier
    service = package.service if carrier == package.carrier else ""
    number = amendment.tracking_number
    return ShipmentReport(
        report_id=report_id,
        warehouse=package.warehouse,
        release=package.release,
        order_id="" if package.release else order.id,
        carrier=carrier,
        service=service if amendment.service is None else amendment.service,
        tracking_number=package.tracking_number if number is None else number,
        shipped_at=amendment.shipped_at or package.shipped_at,
        contents=amendment.contents,
        corrects=package.report_id,
    )


def _says_nothing_new(report: ShipmentReport, package: Package) -> bool:
    told = (report.carrier, report.service, report.tracking_number, report.shipped_at)
    known = (package.carrier, package.service, package.tracking_number, package.shipped_at)
    contents = with_known_codes(merged(report.contents), known=package.contents)
    return told == known and (not contents or set(contents) == set(package.contents))
