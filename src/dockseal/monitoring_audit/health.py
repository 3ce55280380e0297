"""Whether Dockseal is well: each check with a sentence that says what to do."""

from collections.abc import Callable, Iterator, Sequence, Set
from datetime import datetime, timedelta

from dockseal.domain.application import Application
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import ADDRESS_HOLDS
from dockseal.domain.outage import Outage
from dockseal.domain.seller import Seller, v0_warning
from dockseal.errors import DocksealError, StorageError
from dockseal.monitoring_audit.archives import archives
from dockseal.monitoring_audit.checks import Check, Health, LaneHealth
from dockseal.monitoring_audit.incident_checks import incident_checks
from dockseal.monitoring_audit.inventory import inventory
from dockseal.monitoring_audit.rotations import last_rotation
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

LATE_SWEEPS = 3
"""A seller that is not complete to within so many turns of its sweep is late."""
SWEEP_AGE = timedelta(minutes=30)
"""A sweep that is complete up to a longer time ago is late, unless the caller knows better."""

REMINDED = timedelta(days=30)
"""So long before the end of a consent or a client secret somebody is told."""
REMEMBERED = timedelta(days=1)
"""So long a notification that was set aside is told of."""
ROTATED_WITHIN = timedelta(hours=1)
"""A new client secret that was asked for arrives sooner."""

UNANSWERED = 8
"""Tries after which a warehouse that does not take orders is told of: a quarter of an hour or so."""
SHRED_WITHIN = timedelta(hours=1)
"""So long after its end a key is gone, and so long ago at most the lanes that see to it ran."""
MANY_OPENS = 50_000
"""More opens than this within an hour are more than orders explain."""
OPENED_WITHIN = timedelta(hours=1)
"""So long an open counts against a budget, and one that was refused for it is told of."""
_TOLD_AS = {"seller": "consent", "application": "client secret"}
"""Checks that tell of the end of a credential, by whose it is."""
_WATCHED = frozenset({"shorten", "shred"})
"""Lanes that run by the clock, whether there is work or not: their silence is a fault."""


def health(
    storage: Storage,
    lanes: Sequence[LaneHealth],
    clock: Clock,
    *,
    keys: Callable[[], object] | None = None,
    key_ends: Callable[[], Sequence[datetime]] | None = None,
    shredder: Callable[[], Sequence[str]] | None = None,
    late_after: timedelta = SWEEP_AGE,
    outages: Sequence[Outage] = (),
    many_opens: int = MANY_OPENS,
    contact: str = "",
) -> Health:
    """Looks at everything and never raises.

    Args:
        storage: Whose databases are tried out.
        lanes: How each lane fares; empty where none run.
        clock: Tells the time.
        keys: Reads the key store; raises an error of ours when that fails.
        key_ends: Tells when the epoch of each key that is left ends; None: nobody looks.
        shredder: Tells what a shredder that stands apart has not done; None: there is none.
        late_after: A sweep that is complete up to a longer time ago is late.
        outages: What of Amazon's is down, though it looks like a refusal.
        many_opens: More opens than this within an hour are told of.
        contact: The mail address of whom Amazon reaches about incidents; empty: nobody.
    """
    now = clock.now()
    checks = [
        _try("database", "The operations database can be written.", lambda: storage.probe.write(now)),
        _try("vault", "The vault database can be read.", storage.probe.read_vault),
    ]
    if keys is not None:
        checks.append(_try("keys", "The key store can be read.", keys))
    checks.extend(_lane(lane, now) for lane in lanes)
    checks.extend(_shredding(storage, key_ends, now))
    checks.extend(_shredder(shredder))
    checks.extend(_openings(storage, now, many_opens))
    checks.extend(
        Check(
            name=f"amazon {each.operation} {each.seller}",
            ok=False,
            sentence=each.sentence,
            about=each.seller,
        )
        for each in outages
    )
    try:
        checks.extend(_sellers(storage, now, late_after))
        checks.extend(_applications(storage, now))
        checks.extend(_warehouses(storage))
        checks.extend(_set_aside(storage, now))
        checks.extend(_unmatched(storage))
        checks.extend(_credentials(storage, now, {check.name for check in checks}))
        checks.extend(_archives(storage, now))
        checks.extend(_lockouts(storage, now))
        checks.extend(incident_checks(storage, now, contact=contact))
    except StorageError as fault:
        checks.append(
            Check(name="sellers", ok=False, sentence=_sentence(f"The sellers cannot be read: {fault}"))
        )
    return Health(checks=tuple(checks))


def _try(name: str, well: str, act: Callable[[], object]) -> Check:
    try:
        act()
    except DocksealError as fault:
        return Check(name=name, ok=False, sentence=_sentence(str(fault)), vital=True)
    return Check(name=name, ok=True, sentence=well, vital=True)


def _shredding(
    storage: Storage, key_ends: Callable[[], Sequence[datetime]] | None, now: datetime
) -> Iterator[Check]:
    """Looks for what should be gone, whichever process should have seen to it."""
    try:
        first_key = min(key_ends(), default=None) if key_ends else None
        first_row = storage.sealed.oldest_deadline()
    except DocksealError:
        return  # the checks of keys and vault say so
    what_to_do = "look at the lane shred, and at who may delete in the key store and the vault"
    if first_key is not None and now - first_key >= SHRED_WITHIN:
        sentence = f"The key of the epoch that ended on {first_key:%Y-%m-%d %H:%M} UTC is still there"
        yield Check(name="shredding keys", ok=False, sentence=f"{sentence}: {what_to_do}.", vital=True)
    if first_row is not None and now - first_row >= SHRED_WITHIN:
        sentence = f"Personal data that was due on {first_row:%Y-%m-%d %H:%M} UTC is still kept, sealed"
        yield Check(name="shredding records", ok=False, sentence=f"{sentence}: {what_to_do}.", vital=True)


def _shredder(faults: Callable[[], Sequence[str]] | None) -> Iterator[Check]:
    """Looks for what a shredder that stands apart should have done."""
    try:
        found = faults() if faults else ()
    except DocksealError:
        return  # the check of keys says so
    for sentence in found:
        yield Check(name="shredder", ok=False, sentence=sentence)


def _openings(storage: Storage, now: datetime, many: int) -> Iterator[Check]:
    """Looks for more opens than the work explains."""
    since = now - OPENED_WITHIN
    try:
        refused = storage.audit.recent(Tag.ORDER_DATA_OPEN_REFUSED, since, reason="budget_spent")
        before = storage.audit.newest_but(Tag.ORDER_DATA_OPENED, many)
    except StorageError as fault:
        yield Check(name="openings", ok=False, sentence=_sentence(f"The trail cannot be read: {fault}"))
        return
    for actor in sorted({row.actor for row in refused}):
        yield Check(name=f"openings {actor}", ok=False, sentence=_spent(actor))
    if before is not None and before.at > since:
        sentence = (
            f"Personal data was opened more than {many} times within an hour: see who did in the audit rows "
            "order:data:opened, and stop `dockseal serve` if no orders explain it."
        )
        yield Check(name="openings", ok=False, sentence=sentence)


def _spent(actor: str) -> str:
    if actor.startswith("service:"):
        return (
            f"{actor} opened as much personal data within an hour as a service may, and its orders wait: see "
            "whether the orders explain it; if they do, raise DOCKSEAL_SERVICE_OPENS_AN_HOUR."
        )
    if actor.startswith("warehouse:"):
        return (
            f"{actor} opened as much personal data within an hour as a warehouse may, and waits: see whether "
            "the orders explain it; if they do, raise DOCKSEAL_WAREHOUSE_OPENS_AN_HOUR."
        )
    return (
        f"{actor} asked to open more personal data within an hour than one person may, and was refused: "
        "ask what for; the pages of the orders show what was opened."
    )


def _lane(lane: LaneHealth, now: datetime) -> Check:
    name = f"lane {lane.name}"
    if not lane.alive:
        return Check(name=name, ok=False, sentence="Nothing runs this lane; restart Dockseal.", vital=True)
    if lane.failing:
        since = f" since {lane.failing_since:%Y-%m-%d %H:%M:%S} UTC" if lane.failing_since else ""
        return Check(
            name=name,
            ok=False,
            sentence=_sentence(f"It has failed{since}, and is tried again by itself: {lane.failing}"),
            about=lane.about,
        )
    if lane.name in _WATCHED and lane.finished_at and now - lane.finished_at >= SHRED_WITHIN:
        silent = f"It has ended no run since {lane.finished_at:%Y-%m-%d %H:%M:%S} UTC; restart Dockseal."
        return Check(name=name, ok=False, sentence=silent, vital=True)
    return Check(name=name, ok=True, sentence="It runs.", vital=True, about=lane.about)


def _sellers(storage: Storage, now: datetime, late_after: timedelta) -> Iterator[Check]:
    for seller in storage.sellers.all():
        if seller.rests_because:
            yield Check(
                name=f"seller {seller.id}",
                ok=False,
                sentence=_sentence(f"Its lanes rest: {seller.rests_because}"),
                about=seller.id,
            )
        else:
            yield _sweep(storage, seller, now, late_after)
        yield from _consent(seller, now)
        ends = v0_warning(seller, now)
        if ends:
            yield Check(name=f"orders API {seller.id}", ok=False, sentence=ends, about=seller.id)
    for name, count in storage.orders.held_for(ADDRESS_HOLDS):
        yield Check(name=f"addresses {name}", ok=False, sentence=_no_addresses(name, count), about=name)


def _no_addresses(seller: SellerId, count: int) -> str:
    orders = "one order waits" if count == 1 else f"{count} orders wait"
    return (
        f"Amazon does not let this application read addresses: {orders}. Ask for the role Direct-to-Consumer "
        f"Shipping (Restricted) in Solution Provider Portal, then authorise seller {seller} "
        "again; its orders "
        "are then examined again by themselves."
    )


def _consent(seller: Seller, now: datetime) -> Iterator[Check]:
    if sentence := consent_reminder(seller, now):
        yield Check(name=f"consent {seller.id}", ok=False, sentence=_sentence(sentence), about=seller.id)


def consent_reminder(seller: Seller, now: datetime) -> str:
    """Returns what to do about a consent that ends within 30 days, or has ended; empty when nothing."""
    until = seller.consent_until
    if until is None or until - now > REMINDED:
        return ""
    how = f"have the seller renew it with `dockseal sellers connect {seller.id}`"
    if until <= now:
        return f"Its consent ended on {until:%Y-%m-%d}: {how}"
    return f"Its consent ends on {until:%Y-%m-%d}, in {(until - now).days} days: {how}"


def _applications(storage: Storage, now: datetime) -> Iterator[Check]:
    for application in storage.applications.all():
        if sentence := secret_reminder(storage, application, now):
            yield Check(name=f"client secret {application.id}", ok=False, sentence=_sentence(sentence))


def _credentials(storage: Storage, now: datetime, told: Set[str]) -> Iterator[Check]:
    """Looks at the age of every credential, but of those whose end was told of already."""
    for each in inventory(storage):
        whose, _, name = each.owner.partition(" ")
        known = f"{_TOLD_AS.get(whose, whose)} {name}" in told
        if not known and (sentence := each.alarm(now)):
            yield Check(name=f"credential {each.name}", ok=False, sentence=_sentence(sentence))


def _warehouses(storage: Storage) -> Iterator[Check]:
    for name, count in storage.releases.unanswered(UNANSWERED):
        orders = "an order" if count == 1 else f"{count} orders"
        yield Check(
            name=f"warehouse {name}",
            ok=False,
            sentence=(
                f"It has not taken {orders} in {UNANSWERED} tries or more: see what those orders say of its "
                "answers, and that it runs; they are sent again by themselves."
            ),
        )


def _set_aside(storage: Storage, now: datetime) -> Iterator[Check]:
    found = storage.set_aside.since(now - REMEMBERED)
    if found:
        many = "A notification" if len(found) == 1 else f"{len(found)} notifications"
        yield Check(
            name="notifications",
            ok=False,
            sentence=_sentence(
                f"{many} could not be read since yesterday; sweeps find the orders. The last one, "
                f"{found[0].message_id}: {found[0].reason}"
            ),
        )


def _unmatched(storage: Storage) -> Iterator[Check]:
    for warehouse, count in storage.unmatched.open_counts().items():
        what = "One thing it reported fits" if count == 1 else f"{count} things it reported fit"
        yield Check(
            name=f"unmatched {warehouse}",
            ok=False,
            sentence=f"{what} no order: match or dismiss it on the console's page Unmatched, or see "
            "`dockseal tracking list`.",
            about=warehouse,
        )


def _archives(storage: Storage, now: datetime) -> Iterator[Check]:
    for each in archives(storage):
        if each.overdue(now):
            sentence = (
                f"It was kept for {each.basis} until {each.until:%Y-%m-%d}: run `dockseal archive delete` on "
                "its file, and destroy every copy of it."
            )
            yield Check(name=f"archive {each.id}", ok=False, sentence=sentence)


def _lockouts(storage: Storage, now: datetime) -> Iterator[Check]:
    for each in storage.lockouts.all():
        if each.locked(now):
            sentence = (
                f"It failed {each.failures} times in a row, and is locked out until "
                f"{each.locked_until:%H:%M} UTC: find out who it was; `dockseal lockouts clear "
                f"{each.source}` lets it try again."
            )
            yield Check(name=f"lockout {each.source}", ok=False, sentence=sentence)


def secret_reminder(storage: Storage, application: Application, now: datetime) -> str:
    """Returns what to do about a client secret that is not rotated as it should be; empty when nothing."""
    by_hand = (
        f"make a new one in Solution Provider Portal and run `dockseal applications rotate {application.id}`"
    )
    last = last_rotation(storage, application.id)
    if last is not None and last.open and now - last.at >= ROTATED_WITHIN:
        return (
            f"A new client secret was asked for on {last.at:%Y-%m-%d} and has not arrived: look at the "
            f"rotation queue and its policy, or {by_hand}"
        )
    if last is not None and last.refused:
        return (
            "Amazon gave no new client secret: register the rotation queue for the application in Solution "
            f"Provider Portal, or {by_hand}"
        )
    ends = application.secret_expires_at
    if ends is not None and ends - now <= REMINDED:
        return f"Its client secret ends on {ends:%Y-%m-%d}: {by_hand}"
    return ""


def _sweep(storage: Storage, seller: Seller, now: datetime, late_after: timedelta) -> Check:
    name = f"sweep {seller.id}"
    watermark = storage.watermarks.get(seller.id)
    if watermark is None:
        sentence = "It was never completed; the first one may still run."
        return Check(name=name, ok=False, sentence=sentence, about=seller.id)
    minutes = int((now - watermark.complete_to).total_seconds() // 60)
    late = now - watermark.complete_to >= late_after
    sentence = f"It is complete to {watermark.complete_to:%H:%M:%S} UTC, {minutes} minutes ago"
    more = "; look at its lane and at Amazon's answers to it" if late else ""
    return Check(name=name, ok=not late, sentence=f"{sentence}{more}.", about=seller.id)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
