"""Who is an officer, as the audit trail tells: the registry beside the keys must not say more."""

from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

_MOST = 10_000


def officers_on_record(storage: Storage) -> dict[str, str]:
    """Returns the fingerprint of each officer by name."""
    rows = [
        row
        for tag in (Tag.OFFICER_REGISTRY_ADDED, Tag.OFFICER_REGISTRY_REMOVED)
        for row in storage.audit.search(tag=tag.value, limit=_MOST)
    ]
    standing: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.seq):
        told = dict(row.fields)
        if row.tag == Tag.OFFICER_REGISTRY_ADDED:
            standing[told["officer"]] = told["fingerprint"]
        else:
            standing.pop(told["officer"], None)
    return standing
