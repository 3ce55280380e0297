"""Looks at an installation, running or not, from the ground up; what stands on a fault is not looked at."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from dockseal.bootstrap.build import build
from dockseal.bootstrap.databases import places_of
from dockseal.bootstrap.doctor.distributions import look_at_distributions
from dockseal.bootstrap.doctor.folders import look_at_folders
from dockseal.bootstrap.doctor.network import look_at_amazon, look_at_port
from dockseal.domain.clock import Clock
from dockseal.domain.secret import Secret
from dockseal.errors import DocksealError, SettingsFault
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.looking.certificate import look_at_certificate
from dockseal.monitoring_audit.looking.disk import look_at_disk
from dockseal.monitoring_audit.looking.keys_of_vault import look_at_keys_of_vault
from dockseal.pii_security.epochs import ended
from dockseal.settings import Settings
from dockseal.storage.store import Storage


def diagnose(
    settings: Settings,
    clock: Clock,
    *,
    served: bool,
    lock: Path,
    transport: httpx.BaseTransport | None = None,
    ask_passphrase: Callable[[], Secret] | None = None,
) -> tuple[Check, ...]:
    """Returns everything that was looked at, and never raises an error of ours.

    Args:
        settings: What the installation chose.
        clock: Tells the time.
        served: Whether a running `dockseal serve` answered.
        lock: The lock file, if there is one.
        transport: Carries the one call to Amazon; None: the network.
        ask_passphrase: Asks for the master key's passphrase where no file is set; None: nobody can be asked.
    """
    ground = [
        *look_at_distributions(lock),
        *look_at_folders(settings),
        *look_at_disk((settings.data_dir, settings.key_dir)),
        *look_at_certificate(settings.tls_certificate, clock.now()),
        *look_at_port(settings, served=served),
        *look_at_amazon(settings, clock, transport),
        *_databases(settings),
    ]
    if any(check.vital and not check.ok for check in ground):
        return tuple(ground)
    return (*ground, *_inside(settings, clock, ask_passphrase))


def _databases(settings: Settings) -> Iterator[Check]:
    try:
        faults = Storage.examine(places_of(settings))
    except DocksealError as fault:
        faults = (str(fault),)
    for sentence in faults:
        yield Check(name="database", ok=False, sentence=f"{sentence}.", vital=True)
    if not faults:
        sentence = "Both databases answer and their tables are up to date, or they are yet to be made."
        yield Check(name="database", ok=True, sentence=sentence)


def _inside(settings: Settings, clock: Clock, ask: Callable[[], Secret] | None) -> Iterator[Check]:
    try:
        dockseal = build(settings, clock=clock, ask_passphrase=ask)
    except SettingsFault as fault:
        for sentence in fault.faults:
            yield Check(name="start", ok=False, sentence=f"{sentence}.", vital=True)
        return
    except DocksealError as fault:
        yield Check(name="start", ok=False, sentence=f"{fault}.", vital=True)
        return
    try:
        now = clock.now()
        live = [epoch for epoch in dockseal.storage.sealed.epochs() if not ended(epoch, now)]
        yield from look_at_keys_of_vault(live, dockseal.keys.masters())
        for sentence in dockseal.start_faults():
            yield Check(name="start", ok=False, sentence=f"{sentence}.", vital=True)
        for sentence in dockseal.storage.warnings():
            yield Check(name="server", ok=False, sentence=f"{sentence}.")
        if not dockseal.storage.warehouses.all():
            sentence = "There is no warehouse: add one with `dockseal warehouses add`."
            yield Check(name="warehouses", ok=False, sentence=sentence)
        if not dockseal.storage.sellers.all():
            sentence = "There is no seller: add one with `dockseal sellers add`."
            yield Check(name="sellers", ok=False, sentence=sentence)
        # No lane runs here: what they alone know, a running `dockseal serve` tells.
        yield from (check for check in dockseal.health().checks if not check.name.startswith("lane "))
    except DocksealError as fault:
        yield Check(name="start", ok=False, sentence=f"{fault}.", vital=True)
    finally:
        dockseal.close()
