"""Why an order is not further yet, in one sentence that also says what would change it.

Pure: it decides over facts alone, which `why_facts` collects. It stands on this floor because no service may
look at another's work, and this room watches over all of them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrdersApi, OrderState
from dockseal.domain.release import ReleaseState
from dockseal.domain.seller import Seller
from dockseal.domain.shipment import Package, PackageState
from dockseal.domain.stop import ANSWERED, Stop
from dockseal.monitoring_audit.completeness import moment
from dockseal.monitoring_audit.why_facts import Facts

_S = OrderState
_UNPAID = frozenset({AmazonStatus.PENDING, AmazonStatus.PENDING_AVAILABILITY})
_READS: Mapping[OrdersApi, tuple[str, ...]] = MappingProxyType(
    {OrdersApi.V2026: ("getOrder",), OrdersApi.V0: ("getOrder v0", "getOrderItems")}
)
_ADDRESSES: Mapping[OrdersApi, tuple[str, ...]] = MappingProxyType(
    {OrdersApi.V2026: ("getOrder",), OrdersApi.V0: ("createRestrictedDataToken", "getOrderAddress")}
)
_CONFIRMS = ("confirmShipment",)
_TO_CONFIRM = frozenset({PackageState.REPORTED, PackageState.INTENDED})


def why(facts: Facts) -> str:
    """Says in one sentence why an order is not further, and what would change that."""
    order = facts.order
    if order is not None:
        return _IN[order.state](facts, order)
    if facts.notices:
        return _noticed(facts)
    return _in_no_table(facts)


def _in_no_table(facts: Facts) -> str:
    asked = facts.asked
    if asked is None:
        to = f"The sweeps are complete to {moment(facts.complete_to, facts.now)}" if facts.complete_to else ""
        return _joined(
            f"Order {facts.which} is not imported: no notification and no list of Amazon's showed it as "
            "one to ship",
            f"{to or 'No sweep is complete yet'}, so a newer order comes by itself; "
            "--ask-amazon asks for it now and takes it in",
        )
    if asked.reading is not None:
        return _not_kept(facts, asked.reading)
    if asked.unanswered:
        return _joined(
            f"Order {facts.which} is not imported, and Amazon could not be asked: {asked.unanswered[0]}",
            "Ask again later",
        )
    return _joined(
        f"Order {facts.which} is not imported, because Amazon knows no such order of any seller here",
        "Compare the id in Seller Central; if it is another account's, add that with `dockseal sellers add`",
    )


def _not_kept(facts: Facts, reading: AmazonOrder) -> str:
    told = f"Order {facts.which} is not imported"
    if reading.fulfilled_by is FulfilledBy.AMAZON:
        return f"{told}, because Amazon ships it itself (AFN); nothing will change that."
    return (
        f"{told}, because Amazon shows it {_status(reading)} and it was over before we first saw it; nothing "
        "is left to ship."
    )


def _noticed(facts: Facts) -> str:
    notice = facts.notices[0]
    told = f"Order {facts.which} is not imported yet"
    if facts.seller is None:
        served = f"because seller {notice.seller} is no longer served"
        return f"{told}, {served}; add it with `dockseal sellers add`."
    if stopped := _stopped(facts, facts.seller, "take_in"):
        return f"{told}: {stopped}"
    if notice.next_try is not None and notice.next_try > facts.now:
        tries = "once" if notice.tries == 1 else f"{notice.tries} times"
        return (
            f"{told}: Amazon told of it and did not show it when it was read {tries}; it is read again at "
            f"{moment(notice.next_try, facts.now)}."
        )
    if spent := _spent(facts, _READS[facts.seller.orders_api]):
        return f"{told}: it was noticed at {moment(notice.noticed_at, facts.now)} and waits for {spent}."
    return f"{told}: it was noticed at {moment(notice.noticed_at, facts.now)} and is read within seconds."


def _accepted(facts: Facts, order: Order) -> str:
    told = f"Order {order.id} is not released"
    if stopped := _stopped(facts, facts.seller, "examine"):
        return f"{told}: {stopped}"
    if order.amazon.status in _UNPAID:
        return (
            f"{told}, because Amazon shows it {_status(order.amazon)}: the buyer's payment is not through; "
            "it goes on as soon as Amazon says that it is, or ends if Amazon cancels it."
        )
    taken_in = moment(order.accepted_at, facts.now)
    return f"{told}: it was taken in at {taken_in} and is examined within seconds."


def _held(_facts: Facts, order: Order) -> str:
    if order.hold is None:
        return f"Order {order.id} is held without a reason; run `dockseal orders examine {order.id}`."
    return _joined(f"Order {order.id} is held ({order.hold.code}): {order.hold.sentence}")


def _releasable(facts: Facts, order: Order) -> str:
    told = f"Order {order.id} is not released"
    sealed = order.sealed_until is not None and order.sealed_until > facts.now
    tried = order.next_try is not None and order.next_try > facts.now and _sent_before(facts)
    if sealed or tried or not facts.needs_address:
        return _for_the_warehouse(facts, order, told)
    if stopped := _stopped(facts, facts.seller, "retrieve"):
        return f"{told}: {stopped}"
    if order.next_try is not None and order.next_try > facts.now:
        return (
            f"{told}: Amazon gave no answer when its address was asked for; it is asked again at "
            f"{moment(order.next_try, facts.now)}."
        )
    if facts.seller and (spent := _spent(facts, _ADDRESSES[facts.seller.orders_api])):
        return f"{told}: it waits for its address, and that for {spent}."
    if order.sealed_until is not None:
        return f"{told}: its sealed address has reached its deadline, and is retrieved again within seconds."
    return f"{told}: its address is not retrieved yet, and is within seconds."


def _sent_before(facts: Facts) -> bool:
    # What is passed on is sealed nowhere: then the release tells that the order waits for its warehouse.
    return any(release.state is ReleaseState.INTENDED for release in facts.releases)


def _for_the_warehouse(facts: Facts, order: Order, told: str) -> str:
    if stopped := _stopped(facts, facts.seller, "release"):
        return f"{told}: {stopped}"
    if order.next_try is not None and order.next_try > facts.now:
        words = f" ({order.attention.rstrip('.')})" if order.attention else ""
        return (
            f"{told}: warehouse {order.warehouse} did not take it{words}; it is handed over again, under the "
            f"same reference, at {moment(order.next_try, facts.now)}."
        )
    return f"{told}: it is ready, and is handed to warehouse {order.warehouse} within seconds."


def _released(facts: Facts, order: Order) -> str:
    if waited := [stop for stop in facts.stops if stop.state not in ANSWERED]:
        return _waits_for_stop(facts, order, waited[0])
    taken = [release.settled_at for release in facts.releases if release.settled_at is not None]
    since = f" since {moment(taken[-1], facts.now)}" if taken else ""
    return (
        f"Order {order.id} is not confirmed, because it is at warehouse {order.warehouse}{since} and no "
        f"parcel of it was reported; {_ship_by(facts, order)}, and the warehouse's report is what "
        "it waits for."
    )


def _waits_for_stop(facts: Facts, order: Order, stop: Stop) -> str:
    asked = f"was asked at {moment(stop.asked_at, facts.now)}" if stop.asked_at else "is being asked"
    return (
        f"Order {order.id} is not confirmed, because it is to be stopped: warehouse {stop.warehouse} {asked} "
        f"not to ship reference {stop.release}, and its answer is what it waits for."
    )


def _partly_shipped(facts: Facts, order: Order) -> str:
    packed = sum(content.quantity for package in facts.packages for content in package.contents)
    ordered = sum(line.ordered for line in order.amazon.lines)
    if stopped := _held_parcel(facts, order) or _refused(facts, order):
        return stopped
    return (
        f"Order {order.id} is not confirmed as a whole, because warehouse {order.warehouse} reported "
        f"{packed} of {ordered} units; {_ship_by(facts, order)}, and the rest of its parcels is "
        "what it waits for."
    )


def _shipped(facts: Facts, order: Order) -> str:
    if stopped := _held_parcel(facts, order) or _refused(facts, order):
        return stopped
    told = f"Order {order.id} is not confirmed"
    if stopped := _stopped(facts, facts.seller, "confirm"):
        return f"{told}: {stopped}"
    for package in (each for each in facts.packages if each.state in _TO_CONFIRM):
        if package.next_try is not None and package.next_try > facts.now:
            return f"{told}: {_put_off(package, order)} at {moment(package.next_try, facts.now)}."
    if spent := _spent(facts, _CONFIRMS):
        return f"{told}: its parcel waits for {spent}."
    return f"{told}: its parcels were reported, and Amazon is told of them within seconds."


def _put_off(package: Package, order: Order) -> str:
    number = package.reference_id
    if package.state is PackageState.INTENDED and not order.attention:
        return (
            f"Amazon gave no usable answer to parcel {number}; it is read back, so that it is told only once,"
        )
    words = f" ({order.attention.rstrip('.')})" if order.attention else ""
    return f"Amazon did not take parcel {number}{words}; it is told again"


def _held_parcel(facts: Facts, order: Order) -> str:
    """Says that a parcel is held before Amazon is told of it; empty if none is."""
    held = next((each for each in facts.packages if each.state is PackageState.HELD), None)
    if held is None or held.hold is None:
        return ""
    return _joined(
        f"Order {order.id} is not confirmed, because parcel {held.reference_id} is held ({held.hold.code}): "
        f"{held.hold.sentence}"
    )


def _refused(facts: Facts, order: Order) -> str:
    """Says that Amazon refused a parcel and nothing took its place; empty if it did not."""
    refused = [package for package in facts.packages if package.state is PackageState.REFUSED]
    if not refused or (not order.attention and len(refused) < len(facts.packages)):
        return ""
    words = refused[-1].refusal.rstrip(".") or "no reason given"
    return (
        f"Order {order.id} is not confirmed, because Amazon refused parcel {refused[-1].reference_id} "
        f"({words}); correct it, or have the warehouse report it again under a new report id."
    )


def _confirmed(facts: Facts, order: Order) -> str:
    told = f"Order {order.id} is not verified"
    if stopped := _stopped(facts, facts.seller, "verify"):
        return f"{told}: {stopped}"
    waiting = [package for package in facts.packages if package.state is PackageState.CONFIRMED]
    told_at = [package.confirmed_at for package in waiting if package.confirmed_at is not None]
    confirmed_at = max(told_at, default=order.confirmed_at or order.accepted_at)
    at = min((each.next_try for each in waiting if each.next_try), default=confirmed_at + facts.verify_after)
    tries = max((each.tries for each in waiting), default=0)
    asked = f" and does not show it so far (read {tries}×)" if tries else ""
    when = f"at {moment(at, facts.now)}" if at > facts.now else "within seconds"
    taken = moment(confirmed_at, facts.now)
    return f"{told}: Amazon took its confirmation at {taken}{asked}; it is read back {when}."


def _verified(facts: Facts, order: Order) -> str:
    del facts
    return f"Order {order.id} waits for nothing: Amazon shows every parcel as it was sent."


def _shredded(facts: Facts, order: Order) -> str:
    del facts
    return f"Order {order.id} waits for nothing: it is over, and its personal data was destroyed."


def _cancelled(facts: Facts, order: Order) -> str:
    del facts
    return f"Order {order.id} is not shipped, because it was cancelled at Amazon; nothing will change that."


_IN: Mapping[OrderState, Callable[[Facts, Order], str]] = MappingProxyType(
    {
        _S.ACCEPTED: _accepted,
        _S.HELD: _held,
        _S.RELEASABLE: _releasable,
        _S.RELEASED: _released,
        _S.PARTLY_SHIPPED: _partly_shipped,
        _S.SHIPPED: _shipped,
        _S.CONFIRMED: _confirmed,
        _S.VERIFIED: _verified,
        _S.SHREDDED: _shredded,
        _S.CANCELLED: _cancelled,
    }
)


def _stopped(facts: Facts, seller: Seller | None, step: str) -> str:
    """Says that the seller rests or the step fails; empty when neither."""
    if seller is not None and seller.rests_because:
        return _joined(
            f"the lanes of seller {seller.id} rest, because {seller.rests_because}",
            "Authorise it again, and they go on",
        )
    if sentence := facts.failing.get(step):
        return _joined(
            f"the step {step} of its seller fails, {sentence}", "It is tried again by itself, soon"
        )
    return ""


def _spent(facts: Facts, operations: tuple[str, ...]) -> str:
    """Names the quota that is spent, and until when; empty if none is."""
    waits = [
        (quota.next_at, quota.operation)
        for quota in facts.quotas
        if quota.operation in operations and quota.next_at is not None and quota.next_at > facts.now
    ]
    if not waits:
        return ""
    until, operation = max(waits)
    return f"Amazon's quota of {operation}, spent until {moment(until, facts.now)}"


def _ship_by(facts: Facts, order: Order) -> str:
    ship_by: datetime | None = order.amazon.ship_by
    if ship_by is None:
        return "Amazon names no ship-by instant"
    if ship_by < facts.now:
        return f"its ship-by passed {_span(facts.now - ship_by)} ago"
    return f"its ship-by is in {_span(ship_by - facts.now)}"


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} d"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _status(reading: AmazonOrder) -> str:
    return reading.status_text or reading.status.value


def _joined(*clauses: str) -> str:
    """Joins clauses into one sentence, whatever their ends."""
    first, *others = [clause.rstrip(". ") for clause in clauses]
    lower = [clause if clause.startswith("--") else clause[0].lower() + clause[1:] for clause in others]
    return "; ".join([first, *lower]) + "."
