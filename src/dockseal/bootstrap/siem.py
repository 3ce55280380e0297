"""Builds what a SIEM is told with."""

import platform
import re
import ssl

from dockseal.domain.siem_url import SiemUrl
from dockseal.errors import SiemUnavailable
from dockseal.monitoring_audit.exports.formats import Format
from dockseal.monitoring_audit.exports.siem import HttpSiem, Siem, SyslogSiem
from dockseal.pii_security.files import read_closed
from dockseal.settings import Settings

_NO_NAME = re.compile(r"[^A-Za-z0-9.-]")


def siem_name(settings: Settings) -> str:
    """Returns scheme, host and port of the SIEM; empty: there is none."""
    return str(SiemUrl.parsed(settings.siem_url)) if settings.siem_url else ""


def siem_of(settings: Settings) -> Siem | None:
    """Returns the SIEM that the settings name; None: there is none. Nothing is opened yet."""
    if not settings.siem_url:
        return None
    url, form = SiemUrl.parsed(settings.siem_url), Format(settings.siem_format)

    def context() -> ssl.SSLContext:
        return _context(settings)

    if url.syslog:
        hostname = _NO_NAME.sub("-", platform.node())[:255] or "-"
        return SyslogSiem(url=url, form=form, hostname=hostname, context=context)
    place = settings.siem_token_file
    if place is None:
        return HttpSiem(url=url, form=form, context=context)
    return HttpSiem(
        url=url,
        form=form,
        context=context,
        token=lambda: read_closed(place, "the token of the SIEM").decode(errors="replace").strip(),
    )


def _context(settings: Settings) -> ssl.SSLContext:
    """Returns what checks the SIEM's certificate: TLS 1.2 or better.

    Raises:
        SettingsFault: the key can be read by others than its owner.
        SiemUnavailable: a file of certificates cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=settings.siem_ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.siem_certificate is not None and settings.siem_key is not None:
            read_closed(settings.siem_key, "the key of the client certificate for the SIEM")
            context.load_cert_chain(settings.siem_certificate, settings.siem_key)
    except OSError as fault:
        raise SiemUnavailable(
            f"a certificate for the SIEM cannot be read ({fault.strerror or type(fault).__name__}): see the "
            "files of DOCKSEAL_SIEM_CA, DOCKSEAL_SIEM_CERTIFICATE and DOCKSEAL_SIEM_KEY"
        ) from None
    return context
