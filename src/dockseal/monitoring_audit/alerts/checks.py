"""The checks that alerts add to health: channels that fail, opens that are unusual."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from dockseal.domain.alert import Message, MessageState
from dockseal.domain.identifiers import SellerId
from dockseal.domain.shipping import Risk, RiskCount
from dockseal.monitoring_audit.alerts.habits import unusual_opens
from dockseal.monitoring_audit.checks import Check
from dockseal.storage.store import Storage

TRIES = 3
"""A message that did not leave in so many is told of."""


def alert_checks(storage: Storage, now: datetime) -> Iterator[Check]:
    """Yields what is not well with the alerts themselves, and what they alone look at.

    Raises:
        StorageError: the database cannot be used.
    """
    yield from unusual_opens(storage, now)
    yield from _channels(storage)


def _channels(storage: Storage) -> Iterator[Check]:
    channels = {channel.id for channel in storage.alert_channels.all()}
    last = [storage.alert_messages.last(channel) for channel in channels]
    given_up = [each for each in last if each is not None and each.state is MessageState.GIVEN_UP]
    tried = [
        each for each in storage.alert_messages.waiting() if each.tries >= TRIES and each.channel in channels
    ]
    stuck: dict[str, Message] = {}
    for message in (*tried, *given_up):
        stuck.setdefault(message.channel, message)
    for channel, message in sorted(stuck.items()):
        sentence = (
            f"A message has not left in {message.tries} tries since {message.made_at:%Y-%m-%d %H:%M} UTC: "
            f"{message.fault}. Run `dockseal alerts channels test {channel}`; what is newer than a day is "
            "sent again by itself."
        )
        yield Check(name=f"alert channel {channel}", ok=False, sentence=sentence, about=channel)


def ship_by_checks(counts: tuple[RiskCount, ...]) -> Iterator[Check]:
    """Yields a check for each seller with orders that are late for Amazon, or will be.

    Args:
        counts: How many orders stand how, as the Shipment Confirmation Service sees them.
    """
    for seller, number in _numbers(counts, Risk.OVERDUE):
        orders = "One order is" if number == 1 else f"{number} orders are"
        sentence = f"{orders} past ship-by: see on the console's page Shipping what they wait for."
        yield Check(name=f"ship-by overdue {seller}", ok=False, sentence=sentence, about=seller)
    for seller, number in _numbers(counts, Risk.AT_RISK):
        orders = "One order runs" if number == 1 else f"{number} orders run"
        sentence = (
            f"{orders} out of time before ship-by: see the console's page Shipping, and have the warehouse "
            "send them with its next parcel."
        )
        yield Check(name=f"ship-by at risk {seller}", ok=False, sentence=sentence, about=seller)


def _numbers(counts: tuple[RiskCount, ...], risk: Risk) -> list[tuple[SellerId, int]]:
    numbers: Counter[SellerId] = Counter()
    for count in counts:
        if count.risk is risk:
            numbers[count.seller] += count.number
    return sorted((+numbers).items())
