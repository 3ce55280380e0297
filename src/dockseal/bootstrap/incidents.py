"""Builds what people do about incidents."""

from collections.abc import Callable
from functools import partial
from typing import Any

from dockseal.bootstrap.measures import Revoking
from dockseal.domain.access import Actor
from dockseal.monitoring_audit.checks import Health
from dockseal.order_synchronization.rotating import Rotating
from dockseal.pii_security.canary_orders import known_canaries
from dockseal.pii_security.incidents.cases import Cases
from dockseal.pii_security.incidents.casework import Casework
from dockseal.pii_security.incidents.custody import Custody
from dockseal.pii_security.incidents.evidence import Evidence
from dockseal.pii_security.incidents.notice import Contact
from dockseal.pii_security.rotating_keys import Rotated
from dockseal.pii_security.signing import Signing
from dockseal.pii_security.two_persons import TwoPersons
from dockseal.pii_security.vault import Vault
from dockseal.settings import Settings

FOLDER = "incidents"
"""Its name in the folder of the data."""
_PERSONS = {"impoc_name", "impoc_mail"}


def casework_of(
    settings: Settings,
    vault: Vault,
    *,
    signing: Signing,
    two: TwoPersons,
    rotating: Rotating,
    rotate_keys: Callable[[Actor], Rotated],
    health: Callable[[], Health],
) -> Casework:
    """Returns what people do about incidents.

    Args:
        settings: What the installation chose.
        vault: Its storage, trail, keys and clock serve here too.
        signing: Signs entries and manifests.
        two: The officers, who unlock.
        rotating: Rotates client secrets.
        rotate_keys: Rotates the master key.
        health: Looks at everything.
    """
    cases = Cases(storage=vault.storage, trail=vault.trail, clock=vault.clock)
    custody = Custody(storage=vault.storage, trail=vault.trail, clock=vault.clock, signing=signing)
    chosen: dict[str, Any] = settings.model_dump(mode="json", exclude=_PERSONS)
    revoking = Revoking(cases=cases, signing=signing, rotating=rotating, rotate_keys=rotate_keys)
    return Casework(
        cases=cases,
        custody=custody,
        evidence=Evidence(
            custody=custody,
            keys=vault.keys,
            folder=settings.data_dir / FOLDER,
            settings=chosen,
            health=health,
        ),
        measures=revoking.measures(),
        two=two,
        contact=Contact(name=settings.impoc_name, mail=settings.impoc_mail),
        canaries=partial(known_canaries, vault.canaries),
    )
