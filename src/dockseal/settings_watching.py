"""The settings of the Monitoring & Audit Module: a part of `settings`, which alone reads them."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from dockseal.domain.policy import LEAST_TRAIL
from dockseal.domain.siem_url import siem_faults
from dockseal.domain.web_url import bare, protected

_KEPT_MOST = timedelta(days=500)
"""Leaves time to take old rows out before they are 18 months old."""


class WatchingSettings(BaseModel):
    """How the audit trail is kept and known outside, and who is told of what."""

    canary_percent: int = Field(
        0,
        ge=0,
        le=50,
        description="So many of a hundred orders that people or warehouses can open are kept to be canary "
        "orders; 0: none but those of `dockseal canaries plant`. See [incidents.md](incidents.md).",
    )
    impoc_name: str = Field(
        "", max_length=80, description="Who Amazon reaches about incidents (IMPOC): their name."
    )
    impoc_mail: str = Field(
        "",
        pattern=r"^$|^[^\s@]+@[^\s@]+$",
        description="Their mail address; confirmed every 180 days with `dockseal incidents contact`.",
    )
    audit_keep: timedelta = Field(
        timedelta(days=400),
        description="How long audit rows stay in the table, 365 days at least; `dockseal audit archive` "
        "takes older ones out. At 18 months they are deleted everywhere.",
    )
    audit_anchor_dir: Path | None = Field(
        None,
        description="Folder, best on another machine's disk, that is told each half minute how far the audit "
        "trail is; see [audit-trail.md](audit-trail.md).",
    )
    audit_anchor_bucket: str = Field(
        "",
        pattern=r"^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w./-]*)?$",
        description="The same for a bucket of Amazon S3 that was made with object lock: s3://bucket/prefix.",
    )
    audit_witness: str = Field(
        "", description="URL of a witness (C2SP tlog-witness) that signs how far the audit trail is."
    )
    audit_witness_key: str = Field(
        "", description="Its verifier key, as `dockseal witness` prints it: name+id+base64."
    )
    alerts_ca: Path | None = Field(
        None,
        description="PEM file of the authorities that certificates of alert channels are checked against. "
        "Unset: the public ones.",
    )
    alerts_runbook: str = Field(
        "docs/alerts.md",
        pattern=r"^[^\s#\"<>]+$",
        description="Where your people read what to do about each alert, up to its `#section`: such as an "
        "https:// address that shows docs/alerts.md.",
    )
    siem_url: str = Field(
        "",
        description="SIEM that is told of every audit row: syslog+tls://host:6514 or https://host/path; see "
        "[audit-search.md](audit-search.md). Empty: none.",
    )
    siem_format: Literal["ocsf", "json"] = Field(
        "ocsf", description="What it is told in: OCSF events, or the rows as they are hashed."
    )
    siem_ca: Path | None = Field(
        None,
        description="PEM file of the authorities its certificate is checked against. Unset: the system's.",
    )
    siem_certificate: Path | None = Field(
        None, description="PEM client certificate chain, for a SIEM that asks for one."
    )
    siem_key: Path | None = Field(None, description="PEM private key of that certificate, mode 0400 or 0600.")
    siem_token_file: Path | None = Field(
        None,
        description="File with the bearer token for an https:// SIEM, mode 0400 or 0600; read for each call.",
    )
    otlp_endpoint: str = Field(
        "",
        description="Base URL of a collector that gets traces by OTLP over HTTP, such as "
        "http://127.0.0.1:4318; see [monitoring.md](monitoring.md). Empty: no traces.",
    )


def watching_faults(settings: WatchingSettings) -> Iterable[str]:
    """Yields what of these settings cannot work, each with what to do."""
    if not LEAST_TRAIL <= settings.audit_keep <= _KEPT_MOST:
        yield "DOCKSEAL_AUDIT_KEEP must be P365D to P500D: 12 months are demanded (DPP 2.6.1), 18 allowed"
    yield from _witness_faults(settings)
    yield from siem_faults(settings.siem_url, settings.model_fields_set)
    yield from _web_faults("OTLP_ENDPOINT", settings.otlp_endpoint, "a collector")


def _witness_faults(settings: WatchingSettings) -> Iterable[str]:
    yield from _web_faults("AUDIT_WITNESS", settings.audit_witness, "a witness")
    if bool(settings.audit_witness) != bool(settings.audit_witness_key):
        yield (
            "DOCKSEAL_AUDIT_WITNESS and DOCKSEAL_AUDIT_WITNESS_KEY belong together: set both, the key as the "
            "witness's operator gives it"
        )


def _web_faults(name: str, url: str, whose: str) -> Iterable[str]:
    if url and not protected(url):
        yield f"DOCKSEAL_{name} must begin with https:// (or lead to {whose} on 127.0.0.1)"
    elif not bare(url):
        yield f"DOCKSEAL_{name} carries a login or a query, and no setting is a secret: leave them out"
