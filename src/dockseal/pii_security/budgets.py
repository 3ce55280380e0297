"""Budgets: how much personal data one actor may open within an hour, for each purpose."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.errors import BudgetSpent, OpensExhausted
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

WINDOW = timedelta(hours=1)
"""Opens count for so long. It slides: no full hour begins with a fresh budget."""
PERSONS = 60
"""What one person packs by hand within an hour, with room to spare."""
SERVICES = 50_000
"""More than Amazon's quotas let a seller's flood bring within an hour."""
WAREHOUSES = 10_000
"""More than one warehouse packs within an hour, each address looked at twice."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """How many orders each sort of actor may open within an hour, for each purpose.

    A person's opens are counted in the audit trail, those of services and warehouses in a table by the
    minute, in the transaction of the open: a restart or a second process gives nobody a new budget. Past it
    a person is refused. A service or a warehouse is told when it may go on, so that its orders wait; health
    tells of each.
    """

    persons: int = PERSONS
    services: int = SERVICES
    warehouses: int = WAREHOUSES

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
            BudgetSpent: a person had as many already; says from when on there may be one more.
            OpensExhausted: a service or a warehouse had as many already; says that too.
        """
        if actor.kind is ActorKind.PERSON:
            self._check_person(storage, actor, purpose, now)
        else:
            self._check_machine(storage, actor, purpose, now)

    def _check_person(self, storage: Storage, actor: Actor, purpose: Purpose, now: datetime) -> None:
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

    def _check_machine(self, storage: Storage, actor: Actor, purpose: Purpose, now: datetime) -> None:
        """Counts whole minutes, the one that an hour ago lies in among them: rather too many than too few."""
        minute = now.replace(second=0, microsecond=0)
        counts, key = storage.open_counts, (str(actor), purpose.name.lower())
        this_minute = counts.one_more(*key, minute)
        warehouse = actor.kind is ActorKind.WAREHOUSE
        allowed = self.warehouses if warehouse else self.services
        if counts.since(*key, minute - WINDOW) > allowed:
            first = counts.first_since(*key, minute - WINDOW)
            raise OpensExhausted(str(actor), allowed, first + WINDOW + _MINUTE)
        if this_minute == 1:
            counts.purge(minute - WINDOW)
