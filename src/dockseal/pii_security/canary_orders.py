"""Which orders are canaries, as work asks that must go on, and as work asks that must rather wait.

The register is broken where somebody altered it, or put an earlier one back. Then nobody can tell. Work of
our own goes on as if there were no canaries: at the worst Amazon is asked of one, and knows it not. What
shows people and warehouses what there is to do waits: they would open canaries, and be locked for honest
work.
"""

from collections.abc import Callable

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import RegisterBroken, VaultError
from dockseal.pii_security.locks import LOOKED_AFTER


def known_canaries(canaries: Callable[[], frozenset[OrderRef]]) -> frozenset[OrderRef]:
    """Returns the canary orders; none where the register is broken.

    Raises:
        StorageError: it cannot be read now.
    """
    try:
        return canaries()
    except VaultError:
        return frozenset()


def canaries_or_wait(canaries: Callable[[], frozenset[OrderRef]], clock: Clock) -> frozenset[OrderRef]:
    """Returns the canary orders.

    Raises:
        RegisterBroken: the register is broken.
        StorageError: it cannot be read now.
    """
    try:
        return canaries()
    except VaultError:
        raise RegisterBroken(clock.now() + LOOKED_AFTER) from None
