"""Whatever is reported, corrected and told twice, in whatever order: nothing is lost, nothing is too many."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import Order, OrderLine, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content, PackageState, ShipmentReport, SkuContent
from dockseal.fulfillment_processing.inbox import Inbox, digest_of
from dockseal.fulfillment_processing.matching import Matching
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.monitoring_audit.verifying import verify

RENO = WarehouseId("reno")
ITEMS = ("1", "2", "3")
SKUS = ("MUG", "MUG", "TRAY")
S = OrderState

ids = st.sampled_from(["r-1", "r-2", "r-3", "r-4", "r-5"])
quantities = st.integers(0, 3)
reports = st.fixed_dictionaries(
    {
        "report_id": ids,
        "corrects": st.one_of(st.just(""), st.just(""), ids),
        "tracking_number": st.sampled_from(["1ZA", "1ZB", "1ZC"]),
        "named": st.sampled_from(["by reference", "by order id", "by nothing", "wrongly"]),
        "contents": st.lists(st.tuples(st.sampled_from([*ITEMS, "7"]), quantities), max_size=2),
        "by_sku": st.lists(st.tuples(st.sampled_from(["MUG", "TRAY", "PLATE"]), quantities), max_size=2),
    }
)
steps = st.one_of(reports, reports, reports, st.sampled_from(["again", "release", "confirm", "refuse"]))


def report_of(wish: dict[str, Any], order: Order, world: Any) -> ShipmentReport:
    named = wish["named"]
    release = {"by reference": release_ref(order.ref, 1), "wrongly": ReleaseRef("nowhere-1")}.get(named, "")
    prefix = f"{order.ref}/"
    return ShipmentReport(
        report_id=prefix + wish["report_id"],
        warehouse=RENO,
        release=ReleaseRef(release),
        order_id=order.id if named == "by order id" else "",
        corrects=prefix + wish["corrects"] if wish["corrects"] else "",
        carrier="UPS",
        tracking_number=wish["tracking_number"],
        shipped_at=world.clock.now() - timedelta(hours=1),
        contents=tuple(Content(order_item_id=item, quantity=n) for item, n in wish["contents"]),
        by_sku=tuple(SkuContent(sku=sku, quantity=n) for sku, n in wish["by_sku"]),
    )


def release(world: Any, order: Order) -> None:
    with world.storage.transaction():
        world.storage.releases.intend(
            Release(
                ref=release_ref(order.ref, 1),
                order=order.ref,
                warehouse=RENO,
                state=ReleaseState.INTENDED,
                intended_at=world.clock.now(),
            )
        )


def amazon_answers(world: Any, order: Order, answer: PackageState) -> None:
    """Amazon confirms or refuses what it was told of, as the confirming lane would note it."""
    for package in world.storage.packages.of_order(order.ref):
        if package.state is PackageState.REPORTED:
            world.storage.packages.change(package, state=answer)
    kept = world.order(order)
    if kept.state is S.SHIPPED and answer is PackageState.CONFIRMED:
        world.storage.orders.move(kept, S.CONFIRMED, confirmed_at=world.clock.now())


def parcel(report_id: str, tracking_number: str, corrects: str = "") -> dict[str, Any]:
    """A parcel with all that is left."""
    return {
        "report_id": report_id,
        "corrects": corrects,
        "tracking_number": tracking_number,
        "named": "by reference",
        "contents": [],
        "by_sku": [],
    }


REPORTED_ANEW_AND_THEN_CORRECTED = [
    "release",
    parcel("r-1", "1ZA"),
    "refuse",
    parcel("r-2", "1ZB"),
    parcel("r-3", "1ZC", corrects="r-1"),
]
"""What Amazon refused is packed twice, unless its correction looks at what is left."""


@example(ordered=(2, 1, 0), what=REPORTED_ANEW_AND_THEN_CORRECTED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ordered=st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(0, 2)),
    what=st.lists(steps, max_size=14),
)
def test_each_report_is_a_package_or_kept_and_never_more_is_packed_than_was_ordered(
    world: Any, new_order: Callable[..., Order], ordered: tuple[int, int, int], what: list[Any]
) -> None:
    inbox = Inbox(tracking=Tracking(storage=world.storage, trail=world.trail, clock=world.clock))
    lines = tuple(
        OrderLine(order_item_id=item, sku=sku, ordered=quantity)
        for item, sku, quantity in zip(ITEMS, SKUS, ordered, strict=True)
    )
    order = world.keep(new_order(S.RELEASABLE, lines=lines))
    told: list[ShipmentReport] = []
    for step in what:
        if step == "again":
            Matching(inbox=inbox).again(RENO)
        elif step == "release":
            release(world, order)
        elif step == "confirm":
            amazon_answers(world, order, PackageState.CONFIRMED)
        elif step == "refuse":
            amazon_answers(world, order, PackageState.REFUSED)
        else:
            told.append(report_of(step, order, world))
            inbox.take(RENO, told[-1], keep=True)
        packed = packed_of(world, order)
        assert all(packed[line.order_item_id] <= line.ordered for line in lines)
    release(world, order)
    Matching(inbox=inbox).again(RENO)
    for report in told:
        package = world.storage.packages.find_report(RENO, report.report_id)
        unmatched = world.storage.unmatched.find(RENO, digest_of(report))
        assert (package is not None and package.order == order.ref) or unmatched is not None
    packages = world.storage.packages.of_order(order.ref)
    assert [package.reference_id for package in packages] == list(range(1, len(packages) + 1))
    assert world.order(order).state in expected(world, order)
    verify(world.storage)


def packed_of(world: Any, order: Order) -> Counter[str]:
    packed = Counter[str]()
    for package in world.storage.packages.of_order(order.ref):
        if package.state is not PackageState.REFUSED:
            packed.update({each.order_item_id: each.quantity for each in package.contents})
    return packed


def expected(world: Any, order: Order) -> set[OrderState]:
    """The states that fit what is packed; what Amazon refused changes none by itself."""
    packages = world.storage.packages.of_order(order.ref)
    if not packages:
        return {S.RELEASABLE}
    if any(package.state is PackageState.REFUSED for package in packages):
        return {S.PARTLY_SHIPPED, S.SHIPPED, S.CONFIRMED}
    packed = packed_of(world, order)
    if any(packed[line.order_item_id] < line.ordered for line in order.amazon.lines):
        return {S.PARTLY_SHIPPED}
    told = all(package.state is PackageState.CONFIRMED for package in packages)
    return {S.SHIPPED, S.CONFIRMED} if told else {S.SHIPPED}
