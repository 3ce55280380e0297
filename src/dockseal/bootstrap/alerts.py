"""Builds what raises alerts, and what tells of them."""

from dockseal.monitoring_audit.alerts.alerting import Alerting
from dockseal.monitoring_audit.alerts.channel_book import ChannelBook
from dockseal.monitoring_audit.alerts.channels.opening import Opening
from dockseal.monitoring_audit.alerts.last_word import LastWord
from dockseal.monitoring_audit.alerts.telling import Telling
from dockseal.pii_security.channel_secrets import ChannelSecrets
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.in_use import InUse
from dockseal.pii_security.shapes import without_secrets
from dockseal.pii_security.vault import Vault
from dockseal.pipeline import AlertServices
from dockseal.settings import Settings

_LONGEST = 4000
"""Characters of a text that are looked through."""


def alert_services_of(settings: Settings, vault: Vault, credentials: CredentialVault) -> AlertServices:
    """Returns what raises alerts, whose texts are cleaned as those of logs are, and what sends them."""
    storage, trail, clock = vault.storage, vault.trail, vault.clock
    opening = _opening(settings, vault, credentials)
    return AlertServices(
        alerting=Alerting(
            storage=storage,
            trail=trail,
            clock=clock,
            clean=lambda text: cleaned(text, vault.in_use),
            last_word=LastWord(open=opening.open, clock=clock),
        ),
        telling=Telling(storage=storage, trail=trail, clock=clock, open=opening.open),
    )


def channel_book_of(settings: Settings, vault: Vault, credentials: CredentialVault) -> ChannelBook:
    """Returns what keeps the channels of alerts."""
    secrets = ChannelSecrets(credentials=credentials)
    return ChannelBook(
        storage=vault.storage,
        trail=vault.trail,
        clock=vault.clock,
        seal=secrets.store,
        forget=secrets.forget,
        open=_opening(settings, vault, credentials).open,
    )


def cleaned(text: str, in_use: InUse) -> str:
    """Returns a text without secrets; one that repeats a buyer's data is left out as a whole."""
    if in_use.repeated_in(text):
        return "a text that repeats a buyer's data was refused"
    return without_secrets(text[:_LONGEST])


def _opening(settings: Settings, vault: Vault, credentials: CredentialVault) -> Opening:
    return Opening(
        contents=ChannelSecrets(credentials=credentials).read,
        clock=vault.clock,
        runbooks=settings.alerts_runbook,
        authorities=settings.alerts_ca,
    )
