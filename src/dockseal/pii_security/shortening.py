"""Shortens: moves deadlines earlier once it is known that an order left before its data was sealed."""

from dataclasses import dataclass

from dockseal.domain.lane import Outcome
from dockseal.domain.order import Order
from dockseal.errors import KeyDestroyed, MoveRefused, SealBroken
from dockseal.pii_security.epochs import end_of
from dockseal.pii_security.vault import Vault

BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortening:
    """The lane that follows late news: a parcel reported days after it left, an address read again since.

    Opens do not wait for it: they count the deadline anew each time.
    """

    vault: Vault

    def run(self) -> Outcome:
        """Moves every deadline that is later than the order's news allows.

        Raises:
            SealBroken: a record was altered: restore it, or erase the order; the others were moved.
            StorageError: a database or the key store cannot be used; run again.
        """
        orders, done, more = self.vault.storage.orders, 0, False
        broken: SealBroken | None = None
        for until in map(end_of, self.vault.keys.epochs()):
            left_before = until - self.vault.retention.lasts
            late = orders.kept_too_long(until, left_before=left_before, limit=BATCH)
            more = more or len(late) == BATCH
            for order in late:
                try:
                    done += self._shorten(order)
                except SealBroken as fault:
                    broken = fault  # it opens for nobody, and must not stop the others
        if broken is not None:
            raise broken
        return Outcome(done=done, more=more and done > 0)

    def _shorten(self, order: Order) -> bool:
        try:
            return self.vault.shorten(order)
        except (MoveRefused, KeyDestroyed):
            return False  # changed or ended meanwhile: the next run, or shredding, takes it as it is
