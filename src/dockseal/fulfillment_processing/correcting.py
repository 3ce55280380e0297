"""Corrects a package that a warehouse reports anew: Amazon is told again, under the same id.

To send a `packageReferenceId` again is Amazon's way to edit a package, also one that was confirmed.
"""

from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.order import OVER, Order, OrderState
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.progress import Progress
from dockseal.fulfillment_processing.reports import same_contents, same_label, shown
from dockseal.monitoring_audit.tags import Tag

BY_PERSON = "person-"
"""Begins the ids of corrections that people make; those of a warehouse may too, and lose nothing by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correcting:
    """Changes packages; always inside the transaction of the report that does."""

    progress: Progress
    clock: Clock

    def repeated(self, report: ShipmentReport, known: Package, order: Order) -> bool:
        """Tells whether a report says what it, or one of its earlier versions, said before."""
        packages = self.progress.storage.packages
        versions = packages.former(report.warehouse, report.report_id)
        if known.report_id == report.report_id:
            versions.append(known)
        return known.order == order.ref and any(
            same_label(report, version) and same_contents(report, version, order) for version in versions
        )

    def told_again(self, report: ShipmentReport, twin: Package, *, who: Actor) -> Package:
        """Keeps the id of a report that tells of a parcel that another report told of already."""
        version = _as_told(report, twin, twin.contents)
        self.progress.storage.packages.keep_former(version, report.warehouse, self.clock.now())
        self._record(Tag.ORDER_PACKAGE_REPEATED, twin, who)
        return twin

    def correct(
        self,
        report: ShipmentReport,
        package: Package,
        order: Order,
        *,
        contents: tuple[Content, ...],
        who: Actor,
    ) -> Package:
        """Makes a package what a report says of it, and has Amazon told again.

        Raises:
            BadInput: the order is over, and Amazon is told of it no more; or Amazon sold the parcel's label.
        """
        if order.state is OrderState.SHREDDED:
            raise BadInput(
                f"report {shown(report.report_id)} corrects a parcel of order {order.id}, which is over; "
                "correct it in Seller Central"
            )
        # Only a correction is taken at its word on when a parcel left: some reports say when they were made.
        moved = bool(report.corrects) and report.shipped_at != package.shipped_at
        if same_label(report, package) and set(contents) == set(package.contents) and not moved:
            return self.told_again(report, package, who=who)
        if package.bought:
            raise BadInput(
                f"Amazon sold the label of parcel {package.reference_id} of order {order.id}, and knows the "
                "parcel by it: void that label, and report the parcel that left"
            )
        storage = self.progress.storage
        storage.packages.keep_former(package, report.warehouse, self.clock.now())
        told = _as_told(report, package, contents)
        over = order.state in OVER
        changed = storage.packages.change(
            package,
            report_id=told.report_id,
            carrier=told.carrier,
            service=told.service,
            tracking_number=told.tracking_number,
            shipped_at=report.shipped_at,
            contents=contents,
            state=package.state if over else PackageState.REPORTED,
            refusal=package.refusal if over else "",
            hold=package.hold if over else None,
            cleared=frozenset(),
            next_try=None,
            tries=0,
            repairs=0,
        )
        self._record(
            Tag.ORDER_PACKAGE_CORRECTED,
            changed,
            who,
            was=package.state,
            carrier=(package.carrier, package.service) != (told.carrier, told.service),
            tracking=package.tracking_number != told.tracking_number,
            ship_date=package.shipped_at != report.shipped_at,
            contents=set(package.contents) != set(contents),
            units=sum(content.quantity for content in contents),
        )
        if not over:
            packages = storage.packages.of_order(order.ref)
            order = self.progress.advance(order, packages, who)
            self.progress.left_otherwise(order, package, packages)
        return changed

    def _record(self, tag: Tag, package: Package, who: Actor, **fields: str | int | PackageState) -> None:
        self.progress.trail.record(
            tag, actor=who, order=package.order, package=package.reference_id, **fields
        )


def by_person(report_id: str) -> bool:
    """Tells whether a person made this correction: the warehouse does not know its id."""
    return report_id.startswith(BY_PERSON)


def _as_told(report: ShipmentReport, package: Package, contents: tuple[Content, ...]) -> Package:
    return Package(
        order=package.order,
        reference_id=package.reference_id,
        carrier=report.carrier,
        service=report.service,
        tracking_number=report.tracking_number,
        shipped_at=report.shipped_at,
        contents=contents,
        state=package.state,
        report_id=report.report_id,
        release=package.release,
    )
