"""An audit row as an event of the Open Cybersecurity Schema Framework (OCSF), for a SIEM or a data lake.

The row itself stays whole: its number is `metadata.sequence`, its hash `metadata.uid`, its tag
`metadata.event_code`, its order `metadata.correlation_uid`, and its fields stand in `unmapped`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dockseal import __version__
from dockseal.domain.access import ActorKind
from dockseal.domain.audit import AuditRow
from dockseal.monitoring_audit.exports.ocsf_classes import (
    ACTIVITY,
    FAILED,
    NOTABLE,
    OCSF_VERSION,
    Activity,
    OcsfClass,
    Severity,
)
from dockseal.monitoring_audit.meanings import meaning
from dockseal.monitoring_audit.tags import Tag

Part = dict[str, object]
_PRODUCT: Mapping[str, str] = MappingProxyType(
    {"name": "Dockseal", "vendor_name": "Dockseal", "version": __version__}
)
_USER_TYPES: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        ActorKind.PERSON: (1, "User"),
        ActorKind.SERVICE: (3, "System"),
        ActorKind.WAREHOUSE: (99, "Warehouse"),
    }
)
_ENTITIES = ("epoch", "credential", "master", "key", "application", "warehouse", "seller")
"""Fields that name what was managed; the first that a row has."""
_BY_VALUE: Mapping[str, Tag] = MappingProxyType({tag.value: tag for tag in Tag})
_UNKNOWN = Activity(of=OcsfClass.API_ACTIVITY, id=0, name="Unknown")
"""A row whose tag is none of ours: somebody else wrote it, and a SIEM should see that."""


def event(row: AuditRow) -> Part:
    """Returns the event of a row, ready to be written as JSON."""
    tag = _BY_VALUE.get(row.tag)
    activity = ACTIVITY[tag] if tag else _UNKNOWN
    told: Part = {
        "activity_id": activity.id,
        "activity_name": activity.name,
        "category_uid": activity.of // 1000,
        "class_uid": activity.of.value,
        "type_uid": activity.of * 100 + activity.id,
        "time": int(row.at.timestamp() * 1000),
        "severity_id": _severity(tag).value,
        "status_id": 2 if failed(row) else 1,
        "message": meaning(row.tag),
        "metadata": _metadata(row),
        "unmapped": {
            "actor": row.actor,
            "order": row.order,
            "previous": row.previous,
            **dict(row.fields),
        },
    }
    return told | _by(row, activity) | _OF_CLASS[activity.of](row, dict(row.fields))


def _by(row: AuditRow, activity: Activity) -> Part:
    if activity.of is OcsfClass.APPLICATION_LIFECYCLE:
        return {}  # the class knows no actor
    return {"actor": {"user": _user(row.actor)}}


def failed(row: AuditRow) -> bool:
    """Tells whether a row is of something that was tried and not done."""
    return _BY_VALUE.get(row.tag) in FAILED


def _severity(tag: Tag | None) -> Severity:
    if tag is None:
        return Severity.HIGH
    return FAILED.get(tag) or NOTABLE.get(tag) or Severity.INFORMATIONAL


def _metadata(row: AuditRow) -> Part:
    told: Part = {
        "version": OCSF_VERSION,
        "product": dict(_PRODUCT),
        "uid": row.hash,
        "sequence": row.seq,
        "event_code": row.tag,
        "log_name": "audit trail",
        "original_time": row.at.isoformat(),
    }
    return told | ({"correlation_uid": row.order} if row.order else {})


def _user(name: str) -> Part:
    number, words = _USER_TYPES.get(name.partition(":")[0], (0, "Unknown"))
    return {"name": name, "type_id": number, "type": words}


def _of_api(row: AuditRow, _: Mapping[str, str]) -> Part:
    return {
        "api": {"operation": row.tag, "service": {"name": "Dockseal"}},
        "src_endpoint": {"svc_name": "Dockseal"},
    }


def _of_datastore(_: AuditRow, fields: Mapping[str, str]) -> Part:
    source: Part = {"src_endpoint": {"svc_name": "Dockseal"}}
    if "archive" in fields:
        file = {"name": "archive", "uid": fields["archive"], "type_id": 99, "type": "File"}
        return source | {"type_id": 2, "databucket": file}
    return source | {"type_id": 1, "database": {"name": "vault", "type_id": 1}}


def _of_entity(row: AuditRow, fields: Mapping[str, str]) -> Part:
    named = next((fields[name] for name in _ENTITIES if name in fields), "installation")
    return {"entity": {"name": named, "type": row.tag.rpartition(":")[0], "type_id": 99}}


def _of_account(_: AuditRow, fields: Mapping[str, str]) -> Part:
    name = fields.get("officer") or fields.get("source") or "unknown"
    return {"user": _user(name)}


def _of_authentication(row: AuditRow, _: Mapping[str, str]) -> Part:
    return {"user": _user(row.actor), "service": {"name": f"Dockseal {row.tag.partition(':')[0]}"}}


def _of_application(_: AuditRow, __: Mapping[str, str]) -> Part:
    return {"app": dict(_PRODUCT)}


_OF_CLASS: Mapping[OcsfClass, Callable[[AuditRow, Mapping[str, str]], Part]] = MappingProxyType(
    {
        OcsfClass.API_ACTIVITY: _of_api,
        OcsfClass.DATASTORE_ACTIVITY: _of_datastore,
        OcsfClass.ENTITY_MANAGEMENT: _of_entity,
        OcsfClass.ACCOUNT_CHANGE: _of_account,
        OcsfClass.AUTHENTICATION: _of_authentication,
        OcsfClass.APPLICATION_LIFECYCLE: _of_application,
    }
)
