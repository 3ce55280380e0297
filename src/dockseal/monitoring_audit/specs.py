"""The fields that each tag of the audit trail takes: typed, so that none can hold personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dockseal.monitoring_audit.kinds import (
    Kind,
    code,
    count,
    field_names,
    flag,
    instant,
    purpose,
    reference,
)
from dockseal.monitoring_audit.tags import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """The fields one tag takes."""

    kinds: Mapping[str, Kind]
    needed: frozenset[str]
    """Without these a row would not say enough."""


def _spec(*needed: str, **kinds: Kind) -> Spec:
    return Spec(kinds=MappingProxyType(kinds), needed=frozenset(needed))


def _order(*needed: str, **kinds: Kind) -> Spec:
    common = {"seller": reference, "warehouse": reference, "release": reference, "package": count}
    return _spec(*needed, **(common | kinds))


_SEAL: dict[str, Kind] = {"fields": count, "field_names": field_names}
_T = Tag

SPECS: Mapping[Tag, Spec] = MappingProxyType(
    {
        _T.ORDER_LIFE_ACCEPTED: _order(source=code),
        _T.ORDER_LIFE_HELD: _order("code", code=code),
        _T.ORDER_LIFE_UNHELD: _order(code=code),
        _T.ORDER_LIFE_ROUTED: _order(part=count, rule=count, open=flag),
        _T.ORDER_LIFE_RELEASED: _order(parts=count),
        _T.ORDER_LIFE_PARTLY_SHIPPED: _order(packages=count),
        _T.ORDER_LIFE_SHIPPED: _order(packages=count),
        _T.ORDER_LIFE_CONFIRMED: _order(packages=count),
        _T.ORDER_LIFE_VERIFIED: _order(packages=count),
        _T.ORDER_LIFE_CANCELLED: _order(reason=code),
        _T.ORDER_LIFE_SHREDDED: _order(epoch=reference),
        _T.ORDER_ATTENTION_SEEN: _order(),
        _T.ORDER_RELEASE_INTENDED: _order("release"),
        _T.ORDER_RELEASE_REPEATED: _order("release"),
        _T.ORDER_RELEASE_TAKEN: _order("release"),
        _T.ORDER_RELEASE_REFUSED: _order("release", code=code),
        _T.ORDER_STOP_WANTED: _order("release", "reason", reason=code),
        _T.ORDER_STOP_ASKED: _order("release", by=code),
        _T.ORDER_STOP_ANSWERED: _order("release", "answer", answer=code),
        _T.ORDER_STOP_UNANSWERED: _order("release"),
        _T.ORDER_CANCELLATION_INTENDED: _order("reason", reason=code, lines=count),
        _T.ORDER_CANCELLATION_SENT: _order("feed", feed=reference),
        _T.ORDER_CANCELLATION_TAKEN: _order(feed=reference),
        _T.ORDER_CANCELLATION_SHOWN: _order(),
        _T.ORDER_CANCELLATION_REFUSED: _order(feed=reference),
        _T.ORDER_CANCELLATION_DROPPED: _order(),
        _T.ORDER_PACKAGE_REPORTED: _order("package", units=count),
        _T.ORDER_PACKAGE_REPEATED: _order("package"),
        _T.ORDER_PACKAGE_CORRECTED: _order(
            "package",
            "was",
            was=code,
            carrier=flag,
            tracking=flag,
            ship_date=flag,
            contents=flag,
            units=count,
        ),
        _T.ORDER_PACKAGE_HELD: _order("package", "code", package=count, code=code),
        _T.ORDER_PACKAGE_CLEARED: _order("package", "code", package=count, code=code),
        _T.ORDER_PACKAGE_INTENDED: _order("package"),
        _T.ORDER_PACKAGE_SENT: _order("package", "feed", feed=reference),
        _T.ORDER_PACKAGE_RETURNED: _order("package"),
        _T.ORDER_PACKAGE_CONFIRMED: _order("package"),
        _T.ORDER_PACKAGE_VERIFIED: _order("package"),
        _T.ORDER_PACKAGE_REFUSED: _order("package", code=code, status=count),
        _T.ORDER_PACKAGE_DIFFERS: _order("package", code=code),
        _T.ORDER_LABEL_INTENDED: _order("label", label=reference),
        _T.ORDER_LABEL_BOUGHT: _order("label", label=reference, found=flag),
        _T.ORDER_LABEL_NOT_BOUGHT: _order("label", label=reference, code=code),
        _T.ORDER_LABEL_VOID_INTENDED: _order("label", label=reference),
        _T.ORDER_LABEL_VOIDED: _order("label", label=reference),
        _T.ORDER_LABEL_VOID_REFUSED: _order("label", label=reference),
        _T.ORDER_DATA_RETRIEVED: _order(purpose=purpose, source=code, grant=reference, **_SEAL),
        _T.ORDER_DATA_SEALED: _order(epoch=reference, deadline=instant, version=count, **_SEAL),
        _T.ORDER_DATA_SHORTENED: _order("deadline", epoch=reference, deadline=instant, version=count),
        _T.ORDER_DATA_OPENED: _order("purpose", purpose=purpose, grant=reference, **_SEAL),
        _T.ORDER_DATA_OPEN_REFUSED: _order(purpose=purpose, reason=code, grant=reference),
        _T.ORDER_DATA_ERASED: _order(reason=code),
        _T.DATA_BUYER_SEARCHED: _spec(
            "seller", "subject", seller=reference, subject=reference, field_names=field_names
        ),
        _T.ORDER_DATA_ARCHIVED: _order("archive", archive=reference, basis=reference, until=instant),
        _T.ARCHIVE_FILE_MADE: _spec(
            "archive",
            "basis",
            "until",
            "officers",
            archive=reference,
            basis=reference,
            until=instant,
            orders=count,
            field_names=field_names,
            ask=reference,
            officers=reference,
        ),
        _T.ARCHIVE_FILE_OPENED: _spec(
            "archive", "officers", archive=reference, officers=reference, orders=count
        ),
        _T.ARCHIVE_FILE_OPEN_REFUSED: _spec("archive", archive=reference, reason=code),
        _T.ARCHIVE_FILE_DELETED: _spec(
            "archive", archive=reference, reason=code, ask=reference, officers=reference
        ),
        _T.DATA_ERASURE_INTENDED: _spec("what", "subject", what=code, subject=reference, reason=code),
        _T.DATA_ERASURE_DONE: _spec(
            "what", "subject", what=code, subject=reference, reason=code, records=count, credentials=count
        ),
        _T.DATA_ORDERS_FORGOTTEN: _spec("before", "orders", before=instant, orders=count),
        _T.TOKEN_RDT_ISSUED: _spec("seller", seller=reference, resources=count, expires_at=instant),
        _T.KEY_EPOCH_CREATED: _spec("epoch", epoch=reference, ends_at=instant),
        _T.KEY_EPOCH_SHRED_INTENDED: _spec("epoch", epoch=reference, records=count),
        _T.KEY_EPOCH_SHREDDED: _spec("epoch", epoch=reference, records=count, by=reference),
        _T.KEY_MASTER_CREATED: _spec(),
        _T.KEY_MASTER_ROTATION_INTENDED: _spec(),
        _T.KEY_MASTER_ROTATED: _spec("master", master=reference, epochs=count, credentials=count),
        _T.KEY_CREDENTIAL_RESEALED: _spec("credential", credential=reference, version=count),
        _T.KEY_CREDENTIAL_FORMER_DROPPED: _spec("credential", credential=reference, version=count),
        _T.KEY_SIGNING_STORED: _spec("credential", credential=reference, version=count),
        _T.KEY_EPOCH_DESTROY_ASKED: _spec("epoch", epoch=reference, ask=reference, officers=reference),
        _T.OFFICER_REGISTRY_ADDED: _spec(
            "officer",
            "fingerprint",
            officer=reference,
            fingerprint=reference,
            ask=reference,
            officers=reference,
        ),
        _T.OFFICER_REGISTRY_REMOVED: _spec("officer", officer=reference, ask=reference, officers=reference),
        _T.OFFICER_ASK_USED: _spec("what", "ask", "officers", what=code, ask=reference, officers=reference),
        _T.OFFICER_ASK_REFUSED: _spec("what", what=code, ask=reference),
        _T.SELLER_ACCOUNT_ADDED: _spec(
            "seller", seller=reference, region=code, orders_api=code, warehouse=reference
        ),
        _T.SELLER_ACCOUNT_RESTED: _spec("seller", seller=reference, reason=code),
        _T.SELLER_ACCOUNT_RESUMED: _spec("seller", seller=reference),
        _T.SELLER_CREDENTIAL_STORED: _spec("seller", seller=reference, version=count),
        _T.SELLER_CREDENTIAL_ERASED: _spec("seller", seller=reference, versions=count),
        _T.SELLER_SHADOW_SWITCHED: _spec("seller", "on", seller=reference, on=flag),
        _T.SELLER_API_MIGRATED: _spec(
            "seller",
            "compared",
            "differing",
            seller=reference,
            orders_api=code,
            compared=count,
            differing=count,
            even_so=flag,
        ),
        _T.SELLER_CONSENT_ASKED: _spec("seller", seller=reference, application=reference, region=code),
        _T.SELLER_CONSENT_GIVEN: _spec("seller", seller=reference, application=reference, region=code),
        _T.SELLER_CONSENT_REFUSED: _spec("seller", seller=reference, reason=code),
        _T.SELLER_ACCOUNT_CHECKED: _spec("seller", seller=reference, done=count, missing=count),
        _T.SELLER_DATA_READ_AHEAD: _spec("seller", "orders", seller=reference, orders=count, source=code),
        _T.APPLICATION_ACCOUNT_ADDED: _spec("application", application=reference),
        _T.APPLICATION_CREDENTIAL_STORED: _spec("application", application=reference, version=count),
        _T.APPLICATION_SECRET_ROTATION_INTENDED: _spec("application", application=reference, reason=code),
        _T.APPLICATION_SECRET_ROTATION_REFUSED: _spec("application", application=reference, reason=code),
        _T.APPLICATION_SECRET_ROTATED: _spec("application", application=reference, expires_at=instant),
        _T.APPLICATION_SECRET_END_TOLD: _spec("application", application=reference, expires_at=instant),
        _T.WAREHOUSE_ACCOUNT_ADDED: _spec("warehouse", warehouse=reference, adapter=code),
        _T.WAREHOUSE_TEST_BEGUN: _spec("warehouse", "release", warehouse=reference, release=reference),
        _T.WAREHOUSE_TEST_SEEN: _spec("warehouse", "release", warehouse=reference, release=reference),
        _T.WAREHOUSE_CREDENTIAL_STORED: _spec("warehouse", warehouse=reference, version=count),
        _T.WAREHOUSE_API_KEY_REPLACED: _spec("warehouse", warehouse=reference, former_until=instant),
        _T.WAREHOUSE_API_KEY_FORMER_DROPPED: _spec("warehouse", warehouse=reference),
        _T.WAREHOUSE_KEY_ADDED: _spec(
            "warehouse",
            "key",
            warehouse=reference,
            key=reference,
            orders_read=flag,
            addresses_read=flag,
            shipments_write=flag,
        ),
        _T.WAREHOUSE_KEY_REMOVED: _spec("warehouse", "key", warehouse=reference, key=reference),
        _T.WAREHOUSE_MESSAGE_KEPT: _spec("warehouse", "number", warehouse=reference, number=count, kind=code),
        _T.WAREHOUSE_MESSAGE_MATCHED: _spec("warehouse", "number", warehouse=reference, number=count),
        _T.WAREHOUSE_MESSAGE_DISMISSED: _spec("warehouse", "number", warehouse=reference, number=count),
        _T.WAREHOUSE_OPTIONS_CHANGED: _spec("warehouse", "options", warehouse=reference, options=count),
        _T.WAREHOUSE_SKUS_CHANGED: _spec("warehouse", "skus", warehouse=reference, skus=count),
        _T.WAREHOUSE_SHIPS_FROM_CHANGED: _spec("warehouse", warehouse=reference),
        _T.WAREHOUSE_CARRIER_TAUGHT: _spec("warehouse", warehouse=reference),
        _T.WAREHOUSE_CARRIER_FORGOTTEN: _spec("warehouse", warehouse=reference),
        _T.WAREHOUSE_HOURS_CHANGED: _spec("warehouse", "days", warehouse=reference, days=count),
        _T.AUDIT_CLOCK_EXPLAINED: _spec("row", row=count),
        _T.AUDIT_SEGMENT_ARCHIVED: _spec(
            "row", "until", "head", "standing", row=count, until=instant, head=reference, standing=reference
        ),
        _T.AUDIT_SEGMENT_DELETED: _spec("row", row=count),
        _T.ALERT_LIFE_RAISED: _spec("alert", "rule", "severity", alert=reference, rule=code, severity=code),
        _T.ALERT_LIFE_ACKNOWLEDGED: _spec("alert", "until", alert=reference, rule=code, until=instant),
        _T.ALERT_LIFE_RESOLVED: _spec("alert", alert=reference, rule=code),
        _T.ALERT_MUTE_BEGUN: _spec("mute", "rule", "until", mute=reference, rule=code, until=instant),
        _T.ALERT_MUTE_ENDED: _spec("mute", mute=reference),
        _T.ALERT_MESSAGE_SENT: _spec(
            "message", "channel", message=reference, channel=reference, alerts=count
        ),
        _T.ALERT_MESSAGE_FAILED: _spec(
            "message", "channel", message=reference, channel=reference, given_up=flag
        ),
        _T.ALERT_CHANNEL_ADDED: _spec("channel", channel=reference, kind=code, least=code),
        _T.ALERT_CHANNEL_TRIED: _spec("channel", channel=reference),
        _T.ALERT_CHANNEL_REMOVED: _spec("channel", channel=reference),
        _T.ALERT_CREDENTIAL_STORED: _spec("channel", channel=reference, version=count),
        _T.ACCESS_LOCKOUT_BEGUN: _spec("source", "until", source=reference, until=instant),
        _T.ACCESS_LOCKOUT_CLEARED: _spec("source", source=reference),
        _T.ACCESS_LOCK_PUT: _spec("subject", "incident", subject=reference, incident=reference),
        _T.ACCESS_LOCK_LIFTED: _spec(
            "subject", "ask", "officers", subject=reference, ask=reference, officers=reference
        ),
        _T.CANARY_REGISTER_CHANGED: _spec("credential", credential=reference, version=count),
        _T.INCIDENT_CANARY_OPENED: _spec(
            "incident", "canary", incident=reference, canary=reference, granted=flag
        ),
        _T.INCIDENT_CASE_OPENED: _spec("incident", incident=reference, source=code, detected_at=instant),
        _T.INCIDENT_CASE_NOTED: _spec(
            "incident",
            "entry",
            "digest",
            incident=reference,
            entry=count,
            kind=code,
            digest=reference,
            measure=code,
            subject=reference,
        ),
        _T.INCIDENT_CASE_CLOSED: _spec("incident", incident=reference),
        _T.INCIDENT_MEASURE_INTENDED: _spec(
            "incident", "measure", incident=reference, measure=code, subject=reference
        ),
        _T.INCIDENT_NOTICE_SENT: _spec("incident", "in_time", incident=reference, in_time=flag),
        _T.INCIDENT_CONTACT_CONFIRMED: _spec(),
        _T.INCIDENT_RUNBOOK_REVIEWED: _spec(),
        _T.CONSOLE_SESSION_OPENED: _spec(),
        _T.CONSOLE_SIGN_IN_REFUSED: _spec(reason=code),
        _T.API_KEY_REFUSED: _spec(reason=code, warehouse=reference),
        _T.COMPLIANCE_CONTROL_ATTESTED: _spec(
            "control",
            "on",
            "until",
            "by",
            "document",
            control=reference,
            on=instant,
            until=instant,
            by=reference,
            document=reference,
        ),
        _T.COMPLIANCE_PACK_MADE: _spec("pack", pack=reference, met=count, not_met=count),
        _T.SERVICE_PROCESS_STARTED: _spec(version=code),
        _T.SERVICE_PROCESS_STOPPED: _spec(reason=code),
        _T.SERVICE_STORES_RESTORED: _spec(
            "operations", "vault", "keys", operations=flag, vault=flag, keys=flag, erased=count, records=count
        ),
    }
)
"""What each tag takes."""


def checked(tag: Tag, fields: Mapping[str, object]) -> dict[str, str]:
    """Returns the texts that are kept of a row's fields.

    Raises:
        ValueError: a field is unknown to the tag, missing, or of another kind; never shows its value.
    """
    spec = SPECS[tag]
    unknown = sorted(set(fields) - set(spec.kinds))
    if unknown:
        raise ValueError(f"{tag} takes no field {', '.join(unknown)}")
    missing = sorted(spec.needed - set(fields))
    if missing:
        raise ValueError(f"{tag} needs {', '.join(missing)}")
    return {name: _text(tag, name, spec.kinds[name], value=fields[name]) for name in sorted(fields)}


def _text(tag: Tag, name: str, kind: Kind, *, value: object) -> str:
    try:
        return kind(value)
    except ValueError as fault:
        raise ValueError(f"{name} of {tag} takes {fault}") from None
