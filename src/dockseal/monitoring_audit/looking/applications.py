"""Whether the client secrets of applications are rotated as they should be."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dockseal.domain.application import Application
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.looking.sellers import REMINDED
from dockseal.monitoring_audit.looking.sentences import sentence_of
from dockseal.monitoring_audit.rotations import last_rotation
from dockseal.storage.store import Storage

ROTATED_WITHIN = timedelta(hours=1)
"""A new client secret that was asked for arrives sooner."""


def look_at_applications(storage: Storage, now: datetime) -> Iterator[Check]:
    """Tells of every application whose client secret needs somebody."""
    for application in storage.applications.all():
        if sentence := secret_reminder(storage, application, now):
            yield Check(name=f"client secret {application.id}", ok=False, sentence=sentence_of(sentence))


def secret_reminder(storage: Storage, application: Application, now: datetime) -> str:
    """Returns what to do about a client secret that is not rotated as it should be; empty when nothing."""
    by_hand = (
        f"make a new one in Solution Provider Portal and run `dockseal applications rotate {application.id}`"
    )
    last = last_rotation(storage, application.id)
    if last is not None and last.open and now - last.at >= ROTATED_WITHIN:
        return (
            f"A new client secret was asked for on {last.at:%Y-%m-%d} and has not arrived: look at the "
            f"rotation queue and its policy, or {by_hand}"
        )
    if last is not None and last.refused:
        return (
            "Amazon gave no new client secret: register the rotation queue for the application in Solution "
            f"Provider Portal, or {by_hand}"
        )
    ends = application.secret_expires_at
    if ends is not None and ends - now <= REMINDED:
        return f"Its client secret ends on {ends:%Y-%m-%d}: {by_hand}"
    return ""
