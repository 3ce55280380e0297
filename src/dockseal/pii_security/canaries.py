"""Canary orders: invented buyers among real ones, whom no work has a reason to open (DPP 2.6, 2.6.1).

Which orders they are stands in one sealed record of the credential vault and nowhere else: their rows, their
trail and their age are those of any order. See docs/decisions/0025-canary-orders.md.
"""

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.credentials import CredentialVault

NAME = "installation/canaries"


class Canaries:
    """The register of canary orders. Whoever has no keys cannot read it."""

    def __init__(self, credentials: CredentialVault) -> None:
        self._credentials = credentials
        self._changing = threading.Lock()
        self._known: tuple[str, Mapping[OrderRef, SellerId]] | None = None

    def __call__(self) -> frozenset[OrderRef]:
        """Returns every canary order: also those that were retired, and those that are no orders yet.

        Raises:
            SealBroken: the register was altered, or an earlier one was put back.
            StorageError: it cannot be read.
        """
        return frozenset(self.by_order())

    def by_order(self) -> Mapping[OrderRef, SellerId]:
        """Returns every canary order, and among whose orders it is; raises as a call does."""
        mark = self._credentials.storage.credential_marks.get(NAME)
        version, known = mark.mark if mark is not None else "", self._known
        if known is None or known[0] != version:
            # Unsealing takes as long as all the rest of an open: done once for each version.
            known = self._known = (version, self._read())
        return known[1]

    def read_again(self) -> None:
        """Reads the register, whatever is remembered of it; raises as a call does."""
        self._read()

    def add(self, orders: Mapping[OrderRef, SellerId], actor: Actor) -> None:
        """Writes orders into the register; do it before they are orders.

        Raises:
            MoveRefused: somebody else changed it at the same moment; add them again.
        """
        with self._alone():
            self._write({**self._read(), **orders}, actor)

    def drop(self, orders: Iterable[OrderRef], actor: Actor) -> None:
        """Takes orders out of the register of which nothing is left to open.

        Raises:
            MoveRefused: somebody else changed it at the same moment; drop them again.
        """
        with self._alone():
            gone = frozenset(orders)
            left = {ref: seller for ref, seller in self._read().items() if ref not in gone}
            self._write(left, actor)

    def renew(self, actor: Actor) -> int:
        """Writes the register anew from what a restored vault still has; returns how many orders it names.

        Raises:
            MoveRefused: somebody else changed it at the same moment; renew it again.
        """
        with self._alone():
            orders = _orders(self._credentials.restored(NAME))
            self._write(orders, actor)
        return len(orders)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Lets nobody change the register between its reading and its writing, in other processes too."""
        storage = self._credentials.storage
        with self._changing, storage.transaction():
            storage.credential_marks.claim(NAME)
            yield

    def _read(self) -> Mapping[OrderRef, SellerId]:
        return _orders(self._credentials.contents(NAME))

    def _write(self, orders: Mapping[OrderRef, SellerId], actor: Actor) -> None:
        contents = {"orders": " ".join(f"{ref}/{seller}" for ref, seller in sorted(orders.items()))}
        self._credentials.store(NAME, contents, tag=Tag.CANARY_REGISTER_CHANGED, actor=actor, credential=NAME)


def _orders(kept: Mapping[str, str] | None) -> Mapping[OrderRef, SellerId]:
    pairs = (each.partition("/") for each in (kept["orders"].split() if kept else ()))
    return MappingProxyType({OrderRef(ref): SellerId(seller) for ref, _, seller in pairs})
