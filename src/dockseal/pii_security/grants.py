"""Grants: leave to read some fields of one order for one purpose. No grant, no plaintext."""

import secrets
import threading
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from dockseal.domain.access import FIELDS, Actor, ActorKind, Grant, Purpose
from dockseal.domain.clock import Clock
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.errors import GrantRefused

LIFE = timedelta(minutes=5)
ALLOWED: Mapping[ActorKind, frozenset[Purpose]] = MappingProxyType(
    {
        ActorKind.SERVICE: frozenset({Purpose.HAND_OVER, Purpose.LEGAL_RECORD}),
        ActorKind.PERSON: frozenset({Purpose.SHIPPING_LABEL, Purpose.PACKING_SLIP}),
        ActorKind.WAREHOUSE: frozenset({Purpose.HAND_OVER}),
    }
)
"""Who may ask for what. A warehouse may open what it gets from its shelf; elsewhere it is handed data."""
TWO_ASK_FOR = frozenset({Purpose.LEGAL_RECORD})
"""Purposes that nobody has alone: a grant for them names the officers who asked."""
_SWEEP_AT = 1000


class Grants:
    """Issues grants and remembers them: one made by hand, or changed afterwards, is refused.

    They live in this process's memory only, and end with it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, Grant] = {}
        self._sweep_at = _SWEEP_AT
        self._lock = threading.Lock()

    def issue(
        self,
        actor: Actor,
        purpose: Purpose,
        *,
        seller: SellerId,
        order: OrderRef,
        ttl: timedelta = LIFE,
        officers: frozenset[str] = frozenset(),
        fields: frozenset[Field] | None = None,
    ) -> Grant:
        """Grants an actor the fields of a purpose, or some of them, for one order.

        Args:
            actor: Who will read.
            purpose: Why.
            seller: Whose order it is.
            order: Which one.
            ttl: How long it is good for; five minutes at most.
            officers: Who asked for it together, as `TwoPersons` found; for a purpose that needs it.
            fields: Which fields it will read; None: all of the purpose.

        Raises:
            GrantRefused: this sort of actor may not read for this purpose, or not for so long, or two
                officers did not ask for it, or a field is not one of the purpose.
        """
        if purpose not in ALLOWED.get(actor.kind, frozenset()):
            raise GrantRefused(f"a {actor.kind.value} may not open personal data for a {purpose.value}")
        if purpose in TWO_ASK_FOR and len(officers) < 2:
            raise GrantRefused(f"personal data is opened for a {purpose.value} if two officers ask for it")
        if not timedelta(0) < ttl <= LIFE:
            raise GrantRefused("a grant is good for five minutes at most: ask again when it is needed")
        if fields is not None and not fields <= FIELDS[purpose]:
            raise GrantRefused(f"a {purpose.value} does not need all of these fields: leave the others out")
        grant = Grant(
            id=secrets.token_hex(16),
            actor=actor,
            purpose=purpose,
            seller=seller,
            order=order,
            fields=FIELDS[purpose] if fields is None else fields,
            expires_at=self._clock.now() + ttl,
        )
        with self._lock:
            self._sweep()
            self._issued[grant.id] = grant
        return grant

    def issued(self, grant: Grant) -> bool:
        """Tells whether this very grant, unchanged, was issued here; expired or not."""
        with self._lock:
            return self._issued.get(grant.id) == grant

    def check(self, grant: Grant, order: OrderRef) -> None:
        """Refuses a grant that does not cover an order now.

        Raises:
            GrantRefused: it was not issued here, was changed, has expired or is for another order.
        """
        if not self.issued(grant):
            raise GrantRefused("this grant was not issued by Dockseal, was changed, or has ended: ask anew")
        if self._clock.now() >= grant.expires_at:
            raise GrantRefused(f"the grant for order {grant.order} has expired: ask for a new one")
        if grant.order != order:
            raise GrantRefused(f"the grant is for order {grant.order}, not for {order}")

    def end(self, grant: Grant) -> None:
        """Ends a grant before it expires."""
        with self._lock:
            self._issued.pop(grant.id, None)

    def _sweep(self) -> None:
        if len(self._issued) < self._sweep_at:
            return
        now = self._clock.now()
        self._issued = {key: grant for key, grant in self._issued.items() if grant.expires_at > now}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._issued))
