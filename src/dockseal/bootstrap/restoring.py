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
    rollback = rollback_of(settings, vault)
    beside = rollback.beside
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


def rollback_of(settings: Settings, vault: Vault) -> Rollback:
    """Returns what tells an old store from the others, and has them told how far the trail is.

    Args:
        settings: Name the folder of the keys.
        vault: Its storage has the two databases.
    """
    return Rollback(storage=vault.storage, beside=_beside(settings))


def _beside(settings: Settings) -> BesideKeys:
    # Where the shredder stands apart, the service may not write among the keys.
    apart = settings.shredder == "apart"
    return BesideKeys(settings.key_asks_dir / BESIDE if apart else settings.key_dir)
