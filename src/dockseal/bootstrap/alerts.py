"""Builds what raises alerts, and what tells of them."""

from dockseal.monitoring_audit.alerts.alerting import Alerting
from dockseal.monitoring_audit.alerts.channel_book import ChannelBook
from dockseal.monitoring_audit.alerts.channels.opening import Opening
from dockseal.monitoring_audit.alerts.last_word import LastWord
from dockseal.monitoring_audit.alerts.telling import Telling
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.in_use import InUse
from dockseal.pii_security.shapes import without_secrets
from dockseal.pii_security.vault import Vault
from dockseal.settings import Settings

_LONGEST = 4000
"""Characters of a text that are looked through."""


def alerting_of(settings: Settings, vault: Vault, credentials: CredentialVault) -> Alerting:
    """Returns what raises alerts; its texts are cleaned as those of logs are."""
    return Alerting(
        storage=vault.storage,
        trail=vault.trail,
        clock=vault.clock,
        clean=lambda text: cleaned(text, vault.in_use),
        last_word=LastWord(open=_opening(settings, vault, credentials).open, clock=vault.clock),
    )


def telling_of(settings: Settings, vault: Vault, credentials: CredentialVault) -> Telling:
    """Returns what sends alerts."""
    opening = _opening(settings, vault, credentials)
    return Telling(storage=vault.storage, trail=vault.trail, clock=vault.clock, open=opening.open)


def channel_book_of(settings: Settings, vault: Vault, credentials: CredentialVault) -> ChannelBook:
    """Returns what keeps the channels of alerts."""
    return ChannelBook(
        storage=vault.storage,
        trail=vault.trail,
        clock=vault.clock,
        seal=credentials.store_channel,
        forget=credentials.forget_channel,
        open=_opening(settings, vault, credentials).open,
    )


def cleaned(text: str, in_use: InUse) -> str:
    """Returns a text without secrets; one that repeats a buyer's data is left out as a whole."""
    if in_use.repeated_in(text):
        return "a text that repeats a buyer's data was refused"
    return without_secrets(text[:_LONGEST])


def _opening(settings: Settings, vault: Vault, credentials: CredentialVault) -> Opening:
    return Opening(
        contents=credentials.channel,
        clock=vault.clock,
        runbooks=settings.alerts_runbook,
        authorities=settings.alerts_ca,
    )
