"""Which class and activity of OCSF each tag of the audit trail is.

The numbers are those of the Open Cybersecurity Schema Framework 1.5.0 (github.com/ocsf/ocsf-schema).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from dockseal.monitoring_audit.tags import Tag

OCSF_VERSION = "1.5.0"


class OcsfClass(IntEnum):
    """A class of events, by its `class_uid`."""

    ACCOUNT_CHANGE = 3001
    AUTHENTICATION = 3002
    ENTITY_MANAGEMENT = 3004
    APPLICATION_LIFECYCLE = 6002
    API_ACTIVITY = 6003
    DATASTORE_ACTIVITY = 6005


class Severity(IntEnum):
    """How much a row wants somebody's look, by its `severity_id`."""

    INFORMATIONAL = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity of a class."""

    of: OcsfClass
    id: int
    name: str


def _activity(of: OcsfClass, number: int, name: str) -> Activity:
    return Activity(of=of, id=number, name=name)


_C, _T = OcsfClass, Tag
_TAGS: Mapping[Activity, tuple[Tag, ...]] = {
    _activity(_C.API_ACTIVITY, 1, "Create"): (
        _T.ORDER_LIFE_ACCEPTED,
        _T.ORDER_RELEASE_INTENDED,
        _T.ORDER_RELEASE_REPEATED,
        _T.ORDER_PACKAGE_REPORTED,
        _T.ORDER_PACKAGE_REPEATED,
        _T.ORDER_LABEL_INTENDED,
        _T.ORDER_LABEL_BOUGHT,
        _T.ORDER_LABEL_NOT_BOUGHT,
        _T.TOKEN_RDT_ISSUED,
        _T.SELLER_CONSENT_ASKED,
        _T.WAREHOUSE_TEST_BEGUN,
        _T.WAREHOUSE_MESSAGE_KEPT,
        _T.ALERT_LIFE_RAISED,
        _T.ALERT_MESSAGE_SENT,
        _T.ALERT_MESSAGE_FAILED,
        _T.ALERT_CHANNEL_TRIED,
        _T.INCIDENT_CASE_OPENED,
        _T.INCIDENT_NOTICE_SENT,
        _T.COMPLIANCE_PACK_MADE,
    ),
    _activity(_C.API_ACTIVITY, 2, "Read"): (
        _T.ORDER_PACKAGE_VERIFIED,
        _T.ORDER_PACKAGE_DIFFERS,
        _T.ORDER_DATA_RETRIEVED,
        _T.SELLER_DATA_READ_AHEAD,
        _T.WAREHOUSE_TEST_SEEN,
    ),
    _activity(_C.API_ACTIVITY, 3, "Update"): (
        _T.ORDER_LIFE_HELD,
        _T.ORDER_LIFE_UNHELD,
        _T.ORDER_LIFE_ROUTED,
        _T.ORDER_LIFE_RELEASED,
        _T.ORDER_LIFE_PARTLY_SHIPPED,
        _T.ORDER_LIFE_SHIPPED,
        _T.ORDER_LIFE_CONFIRMED,
        _T.ORDER_LIFE_VERIFIED,
        _T.ORDER_LIFE_CANCELLED,
        _T.ORDER_ATTENTION_SEEN,
        _T.ORDER_RELEASE_TAKEN,
        _T.ORDER_RELEASE_REFUSED,
        _T.ORDER_STOP_WANTED,
        _T.ORDER_STOP_ASKED,
        _T.ORDER_STOP_ANSWERED,
        _T.ORDER_STOP_UNANSWERED,
        _T.ORDER_CANCELLATION_INTENDED,
        _T.ORDER_CANCELLATION_SENT,
        _T.ORDER_CANCELLATION_TAKEN,
        _T.ORDER_CANCELLATION_SHOWN,
        _T.ORDER_CANCELLATION_REFUSED,
        _T.ORDER_CANCELLATION_DROPPED,
        _T.ORDER_PACKAGE_CORRECTED,
        _T.ORDER_PACKAGE_HELD,
        _T.ORDER_PACKAGE_CLEARED,
        _T.ORDER_PACKAGE_INTENDED,
        _T.ORDER_PACKAGE_SENT,
        _T.ORDER_PACKAGE_RETURNED,
        _T.ORDER_PACKAGE_CONFIRMED,
        _T.ORDER_PACKAGE_REFUSED,
        _T.OFFICER_ASK_USED,
        _T.OFFICER_ASK_REFUSED,
        _T.WAREHOUSE_MESSAGE_MATCHED,
        _T.WAREHOUSE_MESSAGE_DISMISSED,
        _T.ALERT_LIFE_ACKNOWLEDGED,
        _T.ALERT_LIFE_RESOLVED,
        _T.ALERT_MUTE_BEGUN,
        _T.ALERT_MUTE_ENDED,
        _T.INCIDENT_CASE_NOTED,
        _T.INCIDENT_CASE_CLOSED,
        _T.INCIDENT_MEASURE_INTENDED,
        _T.INCIDENT_CONTACT_CONFIRMED,
        _T.INCIDENT_RUNBOOK_REVIEWED,
        _T.COMPLIANCE_CONTROL_ATTESTED,
        _T.AUDIT_CLOCK_EXPLAINED,
    ),
    _activity(_C.API_ACTIVITY, 4, "Delete"): (
        _T.ORDER_LABEL_VOID_INTENDED,
        _T.ORDER_LABEL_VOIDED,
        _T.ORDER_LABEL_VOID_REFUSED,
    ),
    _activity(_C.DATASTORE_ACTIVITY, 1, "Read"): (_T.ORDER_DATA_ARCHIVED,),
    _activity(_C.DATASTORE_ACTIVITY, 2, "Update"): (_T.ORDER_DATA_SHORTENED,),
    _activity(_C.DATASTORE_ACTIVITY, 4, "Query"): (_T.DATA_BUYER_SEARCHED,),
    _activity(_C.DATASTORE_ACTIVITY, 6, "Create"): (_T.ARCHIVE_FILE_MADE, _T.AUDIT_SEGMENT_ARCHIVED),
    _activity(_C.DATASTORE_ACTIVITY, 7, "Delete"): (
        _T.ORDER_LIFE_SHREDDED,
        _T.ORDER_DATA_ERASED,
        _T.ARCHIVE_FILE_DELETED,
        _T.DATA_ERASURE_INTENDED,
        _T.DATA_ERASURE_DONE,
        _T.DATA_ORDERS_FORGOTTEN,
        _T.AUDIT_SEGMENT_DELETED,
    ),
    _activity(_C.DATASTORE_ACTIVITY, 9, "Encrypt"): (_T.ORDER_DATA_SEALED,),
    _activity(_C.DATASTORE_ACTIVITY, 10, "Decrypt"): (
        _T.ORDER_DATA_OPENED,
        _T.ORDER_DATA_OPEN_REFUSED,
        _T.ARCHIVE_FILE_OPENED,
        _T.ARCHIVE_FILE_OPEN_REFUSED,
        _T.INCIDENT_CANARY_OPENED,
    ),
    _activity(_C.ENTITY_MANAGEMENT, 1, "Create"): (
        _T.KEY_EPOCH_CREATED,
        _T.KEY_MASTER_CREATED,
        _T.KEY_SIGNING_STORED,
        _T.SELLER_ACCOUNT_ADDED,
        _T.SELLER_CREDENTIAL_STORED,
        _T.APPLICATION_ACCOUNT_ADDED,
        _T.APPLICATION_CREDENTIAL_STORED,
        _T.WAREHOUSE_ACCOUNT_ADDED,
        _T.WAREHOUSE_CREDENTIAL_STORED,
        _T.WAREHOUSE_KEY_ADDED,
        _T.ALERT_CHANNEL_ADDED,
        _T.ALERT_CREDENTIAL_STORED,
    ),
    _activity(_C.ENTITY_MANAGEMENT, 2, "Read"): (
        _T.SELLER_ACCOUNT_CHECKED,
        _T.APPLICATION_SECRET_END_TOLD,
    ),
    _activity(_C.ENTITY_MANAGEMENT, 3, "Update"): (
        _T.KEY_MASTER_ROTATION_INTENDED,
        _T.KEY_MASTER_ROTATED,
        _T.KEY_CREDENTIAL_RESEALED,
        _T.SELLER_SHADOW_SWITCHED,
        _T.SELLER_API_MIGRATED,
        _T.APPLICATION_SECRET_ROTATION_INTENDED,
        _T.APPLICATION_SECRET_ROTATION_REFUSED,
        _T.APPLICATION_SECRET_ROTATED,
        _T.WAREHOUSE_OPTIONS_CHANGED,
        _T.WAREHOUSE_API_KEY_REPLACED,
        _T.WAREHOUSE_SKUS_CHANGED,
        _T.WAREHOUSE_SHIPS_FROM_CHANGED,
        _T.WAREHOUSE_CARRIER_TAUGHT,
        _T.WAREHOUSE_CARRIER_FORGOTTEN,
        _T.WAREHOUSE_HOURS_CHANGED,
        _T.CANARY_REGISTER_CHANGED,
    ),
    _activity(_C.ENTITY_MANAGEMENT, 4, "Delete"): (
        _T.KEY_EPOCH_SHRED_INTENDED,
        _T.KEY_EPOCH_SHREDDED,
        _T.KEY_EPOCH_DESTROY_ASKED,
        _T.KEY_CREDENTIAL_FORMER_DROPPED,
        _T.SELLER_CREDENTIAL_ERASED,
        _T.WAREHOUSE_API_KEY_FORMER_DROPPED,
        _T.WAREHOUSE_KEY_REMOVED,
        _T.ALERT_CHANNEL_REMOVED,
    ),
    _activity(_C.ENTITY_MANAGEMENT, 10, "Activate"): (_T.SELLER_CONSENT_GIVEN, _T.SELLER_CONSENT_REFUSED),
    _activity(_C.ENTITY_MANAGEMENT, 12, "Suspend"): (_T.SELLER_ACCOUNT_RESTED,),
    _activity(_C.ENTITY_MANAGEMENT, 13, "Resume"): (_T.SELLER_ACCOUNT_RESUMED,),
    _activity(_C.ACCOUNT_CHANGE, 1, "Create"): (_T.OFFICER_REGISTRY_ADDED,),
    _activity(_C.ACCOUNT_CHANGE, 6, "Delete"): (_T.OFFICER_REGISTRY_REMOVED,),
    _activity(_C.ACCOUNT_CHANGE, 9, "Lock"): (_T.ACCESS_LOCKOUT_BEGUN, _T.ACCESS_LOCK_PUT),
    _activity(_C.ACCOUNT_CHANGE, 12, "Unlock"): (_T.ACCESS_LOCKOUT_CLEARED, _T.ACCESS_LOCK_LIFTED),
    _activity(_C.AUTHENTICATION, 1, "Logon"): (
        _T.CONSOLE_SESSION_OPENED,
        _T.CONSOLE_SIGN_IN_REFUSED,
        _T.API_KEY_REFUSED,
    ),
    _activity(_C.APPLICATION_LIFECYCLE, 3, "Start"): (_T.SERVICE_PROCESS_STARTED,),
    _activity(_C.APPLICATION_LIFECYCLE, 4, "Stop"): (_T.SERVICE_PROCESS_STOPPED,),
    _activity(_C.APPLICATION_LIFECYCLE, 99, "Restore"): (_T.SERVICE_STORES_RESTORED,),
}
ACTIVITY: Mapping[Tag, Activity] = MappingProxyType(
    {tag: activity for activity, tags in _TAGS.items() for tag in tags}
)
"""The activity of each tag."""

FAILED: Mapping[Tag, Severity] = MappingProxyType(
    {
        _T.ORDER_RELEASE_REFUSED: Severity.LOW,
        _T.ORDER_STOP_UNANSWERED: Severity.LOW,
        _T.ORDER_CANCELLATION_REFUSED: Severity.LOW,
        _T.ORDER_PACKAGE_REFUSED: Severity.LOW,
        _T.ORDER_PACKAGE_DIFFERS: Severity.LOW,
        _T.ORDER_LABEL_NOT_BOUGHT: Severity.LOW,
        _T.ORDER_LABEL_VOID_REFUSED: Severity.LOW,
        _T.ALERT_MESSAGE_FAILED: Severity.LOW,
        _T.SELLER_CONSENT_REFUSED: Severity.LOW,
        _T.APPLICATION_SECRET_ROTATION_REFUSED: Severity.LOW,
        _T.ORDER_DATA_OPEN_REFUSED: Severity.MEDIUM,
        _T.ARCHIVE_FILE_OPEN_REFUSED: Severity.MEDIUM,
        _T.OFFICER_ASK_REFUSED: Severity.MEDIUM,
        _T.CONSOLE_SIGN_IN_REFUSED: Severity.MEDIUM,
        _T.API_KEY_REFUSED: Severity.MEDIUM,
    }
)
"""What was tried and not done, and how much that wants a look."""
NOTABLE: Mapping[Tag, Severity] = MappingProxyType(
    {
        _T.DATA_BUYER_SEARCHED: Severity.LOW,
        _T.ARCHIVE_FILE_OPENED: Severity.MEDIUM,
        _T.KEY_EPOCH_DESTROY_ASKED: Severity.MEDIUM,
        _T.OFFICER_REGISTRY_ADDED: Severity.MEDIUM,
        _T.OFFICER_REGISTRY_REMOVED: Severity.MEDIUM,
        _T.SERVICE_STORES_RESTORED: Severity.MEDIUM,
        _T.ALERT_MUTE_BEGUN: Severity.LOW,
        _T.AUDIT_SEGMENT_DELETED: Severity.LOW,
        _T.AUDIT_CLOCK_EXPLAINED: Severity.MEDIUM,
        _T.ACCESS_LOCKOUT_BEGUN: Severity.HIGH,
        _T.ACCESS_LOCK_PUT: Severity.HIGH,
        _T.INCIDENT_CANARY_OPENED: Severity.HIGH,
        _T.INCIDENT_CASE_OPENED: Severity.HIGH,
    }
)
"""What was done and wants a look all the same; every other deed is informational."""
