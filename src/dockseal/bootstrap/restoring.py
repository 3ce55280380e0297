"""Builds what erases on request, and erases again what a backup brings back."""

from dockseal.pii_security.beside_keys import BesideKeys
from dockseal.pii_security.erasure import Erasure
from dockseal.pii_security.key_asks import BESIDE
from dockseal.pii_security.restoring import Restoring
from dockseal.pii_security.rollback import Rollback
from dockseal.pii_security.shredding import Shredding
from dockseal.pii_security.vault import Vault
from dockseal.settings import Settings


def restoring_of(settings: Settings, vault: Vault) -> Restoring:
    """Returns what a restored backup is made up for with.

    Args:
        settings: Name the folder of the keys.
        vault: Keeps personal data; its storage, keys, trail and clock serve the others too.
    """
    # Where the shredder stands apart, the service may not write among the keys.
    beside = BesideKeys(settings.key_asks_dir / BESIDE if settings.shredder == "apart" else settings.key_dir)
    rollback = Rollback(storage=vault.storage, beside=beside)
    return Restoring(
        storage=vault.storage,
        keys=vault.keys,
        trail=vault.trail,
        beside=beside,
        rollback=rollback,
        erasure=Erasure(
            storage=vault.storage,
            keys=vault.keys,
            trail=vault.trail,
            retention=vault.retention,
            clock=vault.clock,
            beside=beside,
            rollback=rollback,
        ),
        shredding=Shredding(
            storage=vault.storage,
            keys=vault.keys,
            trail=vault.trail,
            clock=vault.clock,
            metrics=vault.metrics,
        ),
    )
