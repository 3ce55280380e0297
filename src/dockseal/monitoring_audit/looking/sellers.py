"""Whether every seller is complete, has consented, and lets its addresses be read."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import ADDRESS_HOLDS
from dockseal.domain.seller import Seller, v0_warning
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.looking.sentences import sentence_of
from dockseal.storage.store import Storage

LATE_SWEEPS = 3
"""A seller that is not complete to within so many turns of its sweep is late."""
SWEEP_AGE = timedelta(minutes=30)
"""A sweep that is complete up to a longer time ago is late, unless the caller knows better."""
REMINDED = timedelta(days=30)
"""So long before the end of a consent or a client secret somebody is told."""


def look_at_sellers(storage: Storage, now: datetime, late_after: timedelta) -> Iterator[Check]:
    """Tells of every seller; a sweep that is complete up to a time longer ago than `late_after` is late."""
    for seller in storage.sellers.all():
        if seller.rests_because:
            yield Check(
                name=f"seller {seller.id}",
                ok=False,
                sentence=sentence_of(f"Its lanes rest: {seller.rests_because}"),
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
        yield Check(name=f"consent {seller.id}", ok=False, sentence=sentence_of(sentence), about=seller.id)


def consent_reminder(seller: Seller, now: datetime) -> str:
    """Returns what to do about a consent that ends within 30 days, or has ended; empty when nothing."""
    until = seller.consent_until
    if until is None or until - now > REMINDED:
        return ""
    how = f"have the seller renew it with `dockseal sellers connect {seller.id}`"
    if until <= now:
        return f"Its consent ended on {until:%Y-%m-%d}: {how}"
    return f"Its consent ends on {until:%Y-%m-%d}, in {(until - now).days} days: {how}"
