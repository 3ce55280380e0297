"""Takes in what warehouses report: each parcel once, and never more than was ordered."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.order import OVER, Order
from dockseal.domain.release import Release
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport
from dockseal.domain.shown import same_number
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.correcting import Correcting, by_person
from dockseal.fulfillment_processing.progress import Progress
from dockseal.fulfillment_processing.references import References, unknown_report
from dockseal.fulfillment_processing.rehearsal import refuse_test
from dockseal.fulfillment_processing.reports import (
    all_of,
    check_against,
    check_report,
    contents_of,
    fits,
    left_of_release,
    lines_of,
    same_contents,
    same_label,
    shown,
    tidied,
)
from dockseal.fulfillment_processing.stops import note_parcel
from dockseal.fulfillment_processing.unit_codes import with_known_codes
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.planting import refuse_canary
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """Takes in shipment reports."""

    storage: Storage
    trail: Trail
    clock: Clock
    canaries: Callable[[], frozenset[OrderRef]] = frozenset

    def report(self, report: ShipmentReport, *, actor: Actor | None = None) -> Package:
        """Keeps one parcel, and moves its order on when parts or all of it have left.

        Args:
            report: The same `report_id` of the same warehouse again returns the package it made; with another
                carrier or number it corrects that one. A parcel that another report told of is no new one.
            actor: Who reports; the warehouse itself if left out.

        Raises:
            BadInput: the report cannot be used; the sentence says what to do.
            MoveRefused: another report of the same order was taken in at the same moment; send it again.
        """
        refuse_test(report.release)
        report = tidied(report)
        check_report(report, self.clock.now())
        who = actor or Actor(kind=ActorKind.WAREHOUSE, name=report.warehouse)
        with self.storage.transaction():
            order, release = References(storage=self.storage).of_report(report)
            refuse_canary(self.canaries(), order)
            known = self.storage.packages.find_report(report.warehouse, report.report_id)
            if known is not None:
                return self._again(report, known, order, release=release, who=who)
            check_against(report, order)
            if report.corrects:
                return self._correction(report, order, release, who=who)
            return self._new(report, order, release, who=who)

    @property
    def progress(self) -> Progress:
        """What moves the orders on."""
        return Progress(storage=self.storage, trail=self.trail, clock=self.clock)

    @property
    def _correcting(self) -> Correcting:
        return Correcting(progress=self.progress, clock=self.clock)

    def _again(
        self, report: ShipmentReport, known: Package, order: Order, *, release: Release, who: Actor
    ) -> Package:
        """Takes a report id that is known: a repeat, or a correction of what it told."""
        if self._correcting.repeated(report, known, order) and not _left_otherwise(report, known):
            return known
        if known.order == order.ref and (known.report_id == report.report_id or by_person(known.report_id)):
            if report.corrects == report.report_id:
                check_against(report, order)
                return self._correction(report, order, release, who=who)
            if same_contents(report, known, order):
                return self._corrected(report, known, order, release=release, who=who)
        raise BadInput(
            f"report {shown(report.report_id)} was already taken in with other contents; give every parcel a "
            "report id of its own"
        )

    def _correction(self, report: ShipmentReport, order: Order, release: Release, *, who: Actor) -> Package:
        package = self.storage.packages.find_report(report.warehouse, report.corrects)
        if package is None:
            package = self._numbered(report, order)
        if package.order != order.ref:
            raise BadInput(
                f"report {shown(report.report_id)} is of order {order.id} and corrects a parcel of another "
                "order; report the parcel of each order by itself"
            )
        return self._corrected(report, package, order, release=release, who=who)

    def _numbered(self, report: ShipmentReport, order: Order) -> Package:
        """Returns the parcel that has the number a correction names; a correction gave it that, maybe."""
        number = report.corrects_number
        found = [
            package
            for package in self.storage.packages.of_order(order.ref)
            if package.warehouse == report.warehouse and same_number(package.tracking_number, number)
        ]
        if len(found) != 1:
            raise unknown_report(report)
        return found[0]

    def _corrected(
        self, report: ShipmentReport, package: Package, order: Order, *, release: Release, who: Actor
    ) -> Package:
        contents = package.contents
        named = report.contents or report.by_sku
        if named or package.state is PackageState.REFUSED:
            others = [
                each
                for each in self.storage.packages.of_order(order.ref)
                if each.reference_id != package.reference_id
            ]
            told = report if named else replace(report, contents=contents)
            contents = with_known_codes(self._contents(told, order, release, others), known=package.contents)
        return self._correcting.correct(report, package, order, contents=contents, who=who)

    def _new(self, report: ShipmentReport, order: Order, release: Release, *, who: Actor) -> Package:
        earlier = self.storage.packages.of_order(order.ref)
        left = left_of_release(order, release, earlier)
        carriers = self.storage.packages.former_carriers
        twin = _twin(report, order, earlier, left=left, carriers=carriers)
        if twin is not None:
            return self._correcting.told_again(report, twin, who=who)
        unnumbered = _unnumbered(report, order, earlier, left=left)
        if unnumbered is not None:
            return self._corrected(report, unnumbered, order, release=release, who=who)
        contents = self._contents(report, order, release, earlier)
        order = self.progress.caught_up(order, release, who, self.clock.now())
        order = note_parcel(self.storage, self.trail, order, release, actor=who, at=self.clock.now())
        package = self.storage.packages.add(
            _package(report, order, release, contents=contents, earlier=earlier), warehouse=report.warehouse
        )
        self.trail.record(
            Tag.ORDER_PACKAGE_REPORTED,
            actor=who,
            order=order.ref,
            package=package.reference_id,
            units=sum(content.quantity for content in contents),
        )
        self.progress.advance(order, [*earlier, package], who)
        return package

    def _contents(
        self, report: ShipmentReport, order: Order, release: Release, packages: list[Package]
    ) -> tuple[Content, ...]:
        left = left_of_release(order, release, packages)
        if order.state in OVER:
            # Amazon counts a cancelled order down to nothing, but the parcel is out there all the same.
            return lines_of(report, order, left=left) or all_of(left)
        return contents_of(report, order, left=left)


def _left_otherwise(report: ShipmentReport, known: Package) -> bool:
    """Tells whether a report corrects, under its own id, nothing but when its parcel left."""
    corrects_itself = report.corrects == report.report_id == known.report_id
    return corrects_itself and same_label(report, known) and report.shipped_at != known.shipped_at


def _twin(
    report: ShipmentReport,
    order: Order,
    packages: list[Package],
    *,
    left: dict[str, int],
    carriers: Callable[[Package], Collection[str]],
) -> Package | None:
    """Returns the package that another report told of already; some warehouses report each parcel twice.

    What such a warehouse calls a carrier stays its name also where a person named the right one meanwhile:
    `carriers` gives those that a package had with its number.
    """
    named = bool(report.contents or report.by_sku)
    if not named and any(left.values()):
        return None  # it holds what is left, which no earlier one does
    if not report.tracking_number and fits(report, order, left=left):
        return None  # without numbers, nothing tells two parcels apart but that both were ordered
    for package in reversed(packages):
        numbered_alike = package.tracking_number == report.tracking_number
        standing = package.state is not PackageState.REFUSED
        if not (numbered_alike and standing and same_contents(report, package, order)):
            continue
        if report.carrier == package.carrier or report.carrier in carriers(package):
            return package
    return None


def _unnumbered(
    report: ShipmentReport, order: Order, packages: list[Package], *, left: dict[str, int]
) -> Package | None:
    """Returns the package, told of without a number, that this report gives one: it is no new parcel."""
    if not report.tracking_number or fits(report, order, left=left):
        return None
    for package in packages:
        standing = package.state is not PackageState.REFUSED and not package.bought
        silent = standing and not package.tracking_number and package.warehouse == report.warehouse
        if silent and same_contents(report, package, order):
            return package
    return None


def _package(
    report: ShipmentReport,
    order: Order,
    release: Release,
    *,
    contents: tuple[Content, ...],
    earlier: list[Package],
) -> Package:
    return Package(
        order=order.ref,
        reference_id=max((package.reference_id for package in earlier), default=0) + 1,
        carrier=report.carrier,
        service=report.service,
        tracking_number=report.tracking_number,
        shipped_at=report.shipped_at,
        contents=contents,
        state=PackageState.REPORTED,
        report_id=report.report_id,
        release=release.ref,
        bought=report.bought,
    )
