"""How the rotation of an application's client secret stands, read from the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.audit import AuditRow
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

_FEW = 50
_TAGS = (
    Tag.APPLICATION_SECRET_ROTATION_INTENDED,
    Tag.APPLICATION_SECRET_ROTATION_REFUSED,
    Tag.APPLICATION_SECRET_ROTATED,
    Tag.APPLICATION_CREDENTIAL_STORED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRotation:
    """What was written last of it."""

    tag: Tag
    at: datetime

    @property
    def open(self) -> bool:
        """Whether Amazon was asked for a secret that has not arrived."""
        return self.tag is Tag.APPLICATION_SECRET_ROTATION_INTENDED

    @property
    def refused(self) -> bool:
        """Whether Amazon gave none."""
        return self.tag is Tag.APPLICATION_SECRET_ROTATION_REFUSED


def last_rotation(storage: Storage, application: str) -> LastRotation | None:
    """Returns what was written last of an application's client secret; None when nothing was lately."""
    rows = [row for tag in _TAGS for row in storage.audit.search(tag=tag.value, limit=_FEW)]
    own = [row for row in rows if _about(row, application)]
    newest = max(own, key=lambda row: row.seq, default=None)
    return None if newest is None else LastRotation(tag=Tag(newest.tag), at=newest.at)


def _about(row: AuditRow, application: str) -> bool:
    return ("application", application) in row.fields
