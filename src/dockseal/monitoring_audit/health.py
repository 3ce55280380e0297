"""Whether Dockseal is well: each check with a sentence that says what to do. What is looked at: `looking`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from dockseal.domain.clock import Clock
from dockseal.domain.outage import Outage
from dockseal.errors import DocksealError
from dockseal.monitoring_audit.alerts.checks import alert_checks
from dockseal.monitoring_audit.checks import Check, Health, LaneHealth
from dockseal.monitoring_audit.looking.anchors import look_at_anchors
from dockseal.monitoring_audit.looking.applications import look_at_applications
from dockseal.monitoring_audit.looking.archives import look_at_archives
from dockseal.monitoring_audit.looking.canaries import look_at_canaries
from dockseal.monitoring_audit.looking.credentials import look_at_credentials
from dockseal.monitoring_audit.looking.incidents import look_at_incidents
from dockseal.monitoring_audit.looking.lanes import look_at_lanes
from dockseal.monitoring_audit.looking.lockouts import look_at_lockouts
from dockseal.monitoring_audit.looking.notifications import look_at_notifications
from dockseal.monitoring_audit.looking.old_orders import look_at_old_orders
from dockseal.monitoring_audit.looking.openings import MANY_OPENS, look_at_openings
from dockseal.monitoring_audit.looking.outages import look_at_outages
from dockseal.monitoring_audit.looking.segments import KEPT_IN_TABLE, look_at_segments
from dockseal.monitoring_audit.looking.sellers import SWEEP_AGE, look_at_sellers
from dockseal.monitoring_audit.looking.sentences import sentence_of
from dockseal.monitoring_audit.looking.shredding import look_at_shredding
from dockseal.monitoring_audit.looking.siem import look_at_siem
from dockseal.monitoring_audit.looking.stores import look_at_stores
from dockseal.monitoring_audit.looking.unmatched import look_at_unmatched
from dockseal.monitoring_audit.looking.warehouses import look_at_warehouses
from dockseal.storage.store import Storage

_Look = Callable[[], Iterable[Check]]


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
    anchors: Sequence[str] | None = None,
    audit_keep: timedelta = KEPT_IN_TABLE,
    siem: str = "",
    contact: str = "",
    canaries: Callable[[], object] | None = None,
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
        anchors: The places outside that are told how far the audit trail is; None: nobody asks.
        audit_keep: How long audit rows stay in their table.
        siem: What is told of the audit trail; empty: nothing is.
        contact: The mail address of whom Amazon reaches about incidents; empty: nobody.
        canaries: Reads the register of canary orders; raises an error of ours when it is broken.
    """
    now, checks = clock.now(), list[Check]()
    looks: tuple[tuple[str, _Look], ...] = (
        # First: a countdown of 24 hours stands above everything that follows.
        ("incidents", lambda: look_at_incidents(storage, now, contact=contact)),
        ("stores", lambda: look_at_stores(storage, now, keys)),
        ("lanes", lambda: look_at_lanes(lanes, now)),
        ("shredding", lambda: look_at_shredding(storage, now, key_ends=key_ends, shredder=shredder)),
        ("openings", lambda: look_at_openings(storage, now, many_opens)),
        ("outages", lambda: look_at_outages(outages)),
        ("anchors", lambda: () if anchors is None else look_at_anchors(storage, anchors, now)),
        ("siem", lambda: look_at_siem(storage, siem, now)),
        ("canaries", lambda: () if canaries is None else look_at_canaries(canaries)),
        ("segments", lambda: look_at_segments(storage, audit_keep, now)),
        ("sellers", lambda: look_at_sellers(storage, now, late_after)),
        ("applications", lambda: look_at_applications(storage, now)),
        ("warehouses", lambda: look_at_warehouses(storage)),
        ("notifications", lambda: look_at_notifications(storage, now)),
        ("unmatched", lambda: look_at_unmatched(storage)),
        ("credentials", lambda: look_at_credentials(storage, now, {check.name for check in checks})),
        ("orders", lambda: look_at_old_orders(storage, now)),
        ("archives", lambda: look_at_archives(storage, now)),
        ("lockouts", lambda: look_at_lockouts(storage, now)),
        ("alerts", lambda: alert_checks(storage, now)),
    )
    for name, look in looks:
        checks.extend(_seen(name, look))
    return Health(checks=tuple(checks))


def _seen(name: str, look: _Look) -> Iterator[Check]:
    """Yields what a look finds; one that cannot go on hides no other, and says so by a check of its own."""
    try:
        yield from look()
    except (DocksealError, KeyError, ValueError) as fault:
        # Only our own errors are known to repeat nothing of what they met.
        why = str(fault) if isinstance(fault, DocksealError) else f"what is kept has {type(fault).__name__}"
        sentence = f"What the look at {name} would tell is not known: {why}"
        yield Check(name=f"blind {name}", ok=False, sentence=sentence_of(sentence))
