"""Finds a store that is older than what another one has seen: a backup was put in its place.

The vault, the folder of the keys and the operations database are told of the newest audit row, in this order,
so that none has ever seen less than the one told after it. Three stores of the same instant look like that
instant: only what is kept outside, such as the trail's head, tells them from it.
"""

from dataclasses import dataclass
from enum import StrEnum

from dockseal.domain.audit import Seen
from dockseal.pii_security.beside_keys import BesideKeys
from dockseal.storage.store import Storage

_UNSEEN = Seen(seq=0, hash="")


class Store(StrEnum):
    """A store that a backup can be put in the place of."""

    OPERATIONS = "operations"
    VAULT = "vault"
    KEYS = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """Compares what the stores have seen, and tells them."""

    storage: Storage
    beside: BesideKeys

    def old(self) -> frozenset[Store]:
        """Returns the stores that are older than another one knows.

        Raises:
            StorageError: a store cannot be read.
        """
        vault = self.storage.seen.in_vault() or _UNSEEN
        keys = self.beside.seen() or _UNSEEN
        operations = self.storage.seen.in_operations() or _UNSEEN
        found = set()
        if not (self._in_trail(vault) and self._in_trail(keys)):
            found.add(Store.OPERATIONS)
        if vault.seq < max(keys.seq, operations.seq):
            found.add(Store.VAULT)
        if keys.seq < operations.seq:
            found.add(Store.KEYS)
        return frozenset(found)

    def faults(self) -> tuple[str, ...]:
        """Returns a sentence if any store is older than another one knows."""
        old = ", ".join(sorted(self.old()))
        if not old:
            return ()
        return (
            f"older than the other stores: {old}. If a backup was restored, run `dockseal restored`: it "
            "shreds and erases anew what was shredded and erased since, before anything is served. If nobody "
            "restored one, somebody else put it there: find out first",
        )

    def note(self) -> None:
        """Tells every store of the newest audit row; none while one of them is old."""
        if not self.old():
            self._tell(back=False)

    def accept(self) -> None:
        """Tells every store of the newest audit row, whatever it has seen: a restore was made up for."""
        self._tell(back=True)

    def _tell(self, *, back: bool) -> None:
        seq, digest = self.storage.audit.noted_head()
        seen = Seen(seq=seq, hash=digest)
        self.storage.seen.note_in_vault(seen, back=back)
        self.beside.note(seen, back=back)
        self.storage.seen.note_in_operations(seen, back=back)

    def _in_trail(self, seen: Seen) -> bool:
        if seen.seq == 0:
            return True
        row = next(iter(self.storage.audit.rows(seen.seq - 1, 1)), None)
        return row is not None and (row.seq, row.hash) == (seen.seq, seen.hash)
