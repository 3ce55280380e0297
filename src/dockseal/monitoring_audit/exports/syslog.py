"""An audit row as a syslog message (RFC 5424), framed by octet counting (RFC 5425, RFC 6587)."""

from datetime import UTC

from dockseal.domain.audit import AuditRow
from dockseal.monitoring_audit.exports.formats import Format, json_line
from dockseal.monitoring_audit.exports.ocsf import failed

_LOG_AUDIT = 13
"""The facility (RFC 5424, 6.2.1)."""
_WARNING, _INFORMATIONAL = 4, 6
_LAST_SEQUENCE = 2147483647
"""Of `sequenceId`, which begins anew at 1 after it (RFC 5424, 7.3.1)."""


def message(row: AuditRow, form: Format, *, hostname: str) -> bytes:
    """Returns the message of a row: its tag's first part is the MSGID, its JSON the message itself.

    Args:
        row: Which.
        form: How the JSON is written.
        hostname: Names this machine, in ASCII without spaces; `-` if it has no name.
    """
    priority = _LOG_AUDIT * 8 + (_WARNING if failed(row) else _INFORMATIONAL)
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    sequence = (row.seq - 1) % _LAST_SEQUENCE + 1
    about = row.tag.partition(":")[0][:32] or "-"
    head = f'<{priority}>1 {at} {hostname} dockseal - {about} [meta sequenceId="{sequence}"]'
    return f"{head} {json_line(form, row)}".encode("ascii", "replace")


def framed(one: bytes) -> bytes:
    """Returns a message with its length before it, by which the receiver knows where the next one begins."""
    return b"%d %b" % (len(one), one)
