"""Budgets: how much personal data one actor may open within an hour, for each purpose."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.errors import BudgetSpent
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

WINDOW = timedelta(hours=1)
"""Opens count for so long. It slides: no full hour begins with a fresh budget."""
PERSONS = 60
"""What one person packs by hand within an hour, with room to spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """How many orders each sort of actor may open within an hour, for each purpose.

    Opens are counted in the audit trail, so that a restart or a second process gives nobody a new budget.
    Services have none: refusing them would stop every order. Health tells of it when they open too many.
    """

    persons: int = PERSONS

    def check(self, storage: Storage, actor: Actor, purpose: Purpose, *, now: datetime) -> None:
        """Refuses an open whose audit row is the one too many.

        Call it after that row was appended, in the same transaction: rows are appended one at a time, so no
        two opens can both be the last one allowed.

        Args:
            storage: Whose trail is counted.
            actor: Who opens.
            purpose: What for.
            now: The time of the open.

        Raises:
            BudgetSpent: there were as many already; the sentence says from when on there may be one more.
        """
        if actor.kind is not ActorKind.PERSON:
            return
        opened = storage.audit.recent(
            Tag.ORDER_DATA_OPENED,
            now - WINDOW,
            actor=str(actor),
            limit=self.persons + 1,
            purpose=purpose.name.lower(),
        )
        if len(opened) > self.persons:
            until = opened[-1].at + WINDOW
            raise BudgetSpent(
                f"{actor.name} has opened personal data for a {purpose.value} {self.persons} times within an "
                f"hour, as often as one person may: it opens again from {until:%H:%M:%S} UTC on; if the work "
                "needs more, raise DOCKSEAL_OPENS_AN_HOUR"
            )
