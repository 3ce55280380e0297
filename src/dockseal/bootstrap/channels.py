"""The ways that data goes over a network, each as it is set up now: for the probes of compliance."""

from collections.abc import Iterator

import httpx

from dockseal.bootstrap.app import App
from dockseal.bootstrap.databases import open_databases
from dockseal.domain.alert import Channel as AlertChannel
from dockseal.domain.alert import ChannelKind
from dockseal.domain.database_url import DatabaseUrl
from dockseal.domain.loopback import is_loopback
from dockseal.domain.release import Warehouse
from dockseal.monitoring_audit.alerts.channels.options import Encryption
from dockseal.monitoring_audit.anchors.bucket import BucketAnchor
from dockseal.monitoring_audit.compliance.facts import Channel
from dockseal.pii_security.channel_secrets import ChannelSecrets
from dockseal.settings import Settings
from dockseal.storage.router import NAMES, OPERATIONS, VAULT

_TLS = "TLS 1.2 or newer"
_HERE = "on this machine alone"
_SEALED = frozenset({"https", "syslog+tls"})


def channels_of(app: App) -> Iterator[Channel]:
    """Yields every channel, the console first.

    Raises:
        StorageError: a database cannot be used.
    """
    settings = app.settings
    console = _console(settings)
    yield console
    yield _web("Amazon", settings.amazon_url or "https://")
    yield from _queues(app)
    for alias in (OPERATIONS, VAULT):
        yield _database(app, alias, getattr(settings, f"{NAMES[alias]}_database"))
    if settings.key_at:
        # Where it is no URL, it is a key of AWS KMS, whose client speaks TLS alone.
        at = settings.key_at.split()[0]
        yield _web("key server", at if at.startswith("http") else "https://")
    for warehouse in app.storage.warehouses.all():
        yield _warehouse(warehouse, console)
    for channel in app.storage.alert_channels.all():
        yield _alerts(channel, app)
    yield from _watchers(app)


def _console(settings: Settings) -> Channel:
    local, tls = is_loopback(settings.console_host), settings.tls_certificate is not None
    return Channel(name="console", sealed=tls or local, how=_TLS if tls else _HERE if local else "plain HTTP")


def _queues(app: App) -> Iterator[Channel]:
    for seller in app.storage.sellers.all():
        if seller.queue_url:
            yield _web(f"queue of {seller.id}", seller.queue_url)
    for application in app.storage.applications.all():
        if application.rotation_queue_url:
            yield _web(f"queue of application {application.id}", application.rotation_queue_url)


def _warehouse(warehouse: Warehouse, console: Channel) -> Channel:
    """Tells how orders get to a warehouse; one without an address comes to the console's port."""
    name = f"warehouse {warehouse.id}"
    if url := warehouse.option("url"):
        return _web(name, url)
    if warehouse.option("sftp"):
        return Channel(name=name, sealed=True, how="SFTP, its host key known")
    if warehouse.option("root"):
        return Channel(name=name, sealed=True, how="by files in a folder")
    return Channel(name=name, sealed=console.sealed, how=f"the console's own port: {console.how}")


def _alerts(channel: AlertChannel, app: App) -> Channel:
    name = f"alerts {channel.id}"
    if channel.kind is ChannelKind.MAIL:
        return _mail(name, channel)
    origin = ChannelSecrets(credentials=app.credentials).origin(channel.id)
    if not origin:
        return Channel(name=name, sealed=False, how="its address cannot be read: add it --again")
    return _web(name, origin)


def _mail(name: str, channel: AlertChannel) -> Channel:
    if is_loopback(channel.options.get("host", "")):
        return Channel(name=name, sealed=True, how=_HERE)
    sealed = channel.options.get("encryption") in {Encryption.STARTTLS, Encryption.TLS}
    return Channel(name=name, sealed=sealed, how=_TLS if sealed else "plain SMTP")


def _watchers(app: App) -> Iterator[Channel]:
    """Tells of what is told how Dockseal fares, and how far its audit trail is."""
    settings = app.settings
    for name, url in (
        ("SIEM", settings.siem_url),
        ("collector of traces", settings.otlp_endpoint),
        ("audit witness", settings.audit_witness),
    ):
        if url:
            yield _web(name, url)
    for anchor in app.anchoring.anchors:
        if isinstance(anchor, BucketAnchor):
            yield _web("anchor bucket", anchor.endpoint)


def _web(name: str, url: str) -> Channel:
    scheme = url.partition("://")[0]
    try:
        local = is_loopback(httpx.URL(url).host)
    except httpx.InvalidURL:
        local = False
    if local:
        return Channel(name=name, sealed=True, how=_HERE)
    sealed = scheme in _SEALED
    return Channel(name=name, sealed=sealed, how=_TLS if sealed else f"plain {scheme}")


def _database(app: App, alias: str, text: str) -> Channel:
    """Tells of a database by the connection that is open to it, whatever the settings would make of one."""
    name = f"{NAMES[alias]} database"
    if not text:
        file = f"{NAMES[alias]}.sqlite3"
        others = any(each.startswith(file) for each in open_databases(app.settings))
        # Clause 1.3 falls with its rights; it is on no way that could be encrypted.
        return Channel(name=name, sealed=True, how=f"a file {_HERE}{', which others read' if others else ''}")
    if DatabaseUrl.parsed(text).local:
        return Channel(name=name, sealed=True, how=_HERE)
    mode, encrypted = app.storage.evidence.sent(alias)
    sealed = encrypted and mode == "verify-full"
    if sealed:
        return Channel(name=name, sealed=True, how=f"TLS, certificate verified ({mode})")
    return Channel(name=name, sealed=False, how=f"TLS, whose ever it is ({mode})" if encrypted else "plain")
