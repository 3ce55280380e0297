"""Opens a channel: takes what is secret of it out of the credential vault."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from dockseal.domain.alert import Channel, ChannelKind
from dockseal.domain.clock import Clock
from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault
from dockseal.monitoring_audit.alerts.channels.mail import Mail
from dockseal.monitoring_audit.alerts.channels.posting import client
from dockseal.monitoring_audit.alerts.channels.slack import Slack
from dockseal.monitoring_audit.alerts.channels.webhook import Webhook
from dockseal.monitoring_audit.alerts.telling import Sender

Contents = Callable[[str], Mapping[str, Secret] | None]
"""Returns what is secret of a channel, by name; None if nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Makes senders.

    Attributes:
        contents: Reads the credential vault.
        clock: Tells the time.
        runbooks: Where the runbook is, up to its sections.
        authorities: PEM file of the authorities that certificates are checked against; None: the public ones.
        transport: Carries web requests; None: the network.
    """

    contents: Contents
    clock: Clock
    runbooks: str
    authorities: Path | None = None
    transport: httpx.BaseTransport | None = None

    def open(self, channel: Channel) -> Sender:
        """Makes ready to send to a channel.

        Raises:
            SettingsFault: what is secret of it is missing, or the file of authorities cannot be read.
            SealBroken: what is kept of it was altered.
        """
        secret = self.contents(channel.id) or {}
        tls = self._tls()
        if channel.kind is ChannelKind.MAIL:
            password = secret.get("password")
            return Mail(channel.options, tls, self.clock, password=password, runbooks=self.runbooks)
        if "url" not in secret or (channel.kind is ChannelKind.WEBHOOK and "key" not in secret):
            raise SettingsFault(
                (f"the address of channel {channel.id} is not in the credential vault; add it --again",)
            )
        http = client(self.transport, tls)
        if channel.kind is ChannelKind.SLACK:
            return Slack(http, url=secret["url"], runbooks=self.runbooks)
        return Webhook(http, self.clock, url=secret["url"], key=secret["key"], runbooks=self.runbooks)

    def _tls(self) -> ssl.SSLContext:
        if self.authorities is None:
            # Those that calls to Amazon and to warehouses are checked against as well.
            context = httpx.create_ssl_context(trust_env=False)
        else:
            try:
                context = ssl.create_default_context(cafile=str(self.authorities))
            except OSError:
                raise SettingsFault(
                    ("DOCKSEAL_ALERTS_CA cannot be read as PEM; name the file of your authority",)
                ) from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context
