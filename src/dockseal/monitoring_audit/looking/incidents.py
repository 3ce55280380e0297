"""What health says of incidents: how long is left to tell Amazon, who is locked, what is to be confirmed."""

from collections.abc import Iterator
from datetime import datetime

from dockseal.domain.incident import ESCALATED_AFTER, EVERYBODY, Incident, Source
from dockseal.domain.policy import PLAN_REVIEWED_WITHIN
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

_MORE = (
    "",
    "Four hours are over: have a second person read the notice",
    "Twelve hours are over: tell whoever answers for Amazon information in your house",
    "Twenty hours are over: send it as it is, a suspicion suffices",
)


def look_at_incidents(storage: Storage, now: datetime, *, contact: str = "") -> Iterator[Check]:
    """Looks at open cases, at locks, and at what is to be confirmed by now.

    Args:
        storage: Whose tables are read.
        now: The time.
        contact: The mail address of whom Amazon reaches; empty: nobody is set.

    Raises:
        StorageError: they cannot be read.
    """
    head = storage.audit.head()
    # A clock that is put back gives nobody more time: the trail knows how late it was before.
    latest = now if head is None else max(now, head.at)
    for incident in storage.incidents.all(open_only=True):
        yield _countdown(incident, latest, contact)
        if incident.source is Source.CANARY:
            yield Check(
                name=f"canary {incident.actor or 'unknown'}",
                ok=False,
                sentence=(
                    f"{incident.actor or 'Somebody without a grant'} asked for a canary order, which no work "
                    f"needs: see `dockseal incidents show {incident.id}`, find out who it was, and close the "
                    "case when it is understood."
                ),
                about=incident.id,
            )
        yield from _cut_off(storage, incident)
    for lock in storage.locks.among(EVERYBODY):
        yield Check(
            name="opens stopped",
            ok=False,
            sentence=(
                f"All opening of personal data is stopped since {lock.since:%Y-%m-%d %H:%M} UTC because of "
                f"incident {lock.incident}, and orders wait: two officers let it go on with `dockseal "
                "incidents unlock everybody`."
            ),
        )
    if contact:
        yield from _reminders(storage, now)


def _countdown(incident: Incident, now: datetime, contact: str) -> Check:
    name, show = f"incident {incident.id}", f"`dockseal incidents show {incident.id}`"
    if incident.told_at is not None:
        sentence = (
            f"Amazon was told on {incident.told_at:%Y-%m-%d %H:%M} UTC: find the root cause, then close it "
            f"with remediation and corrective control; {show}."
        )
        return Check(name=name, ok=False, sentence=sentence, about=incident.id)
    what = f"mail the notice that `dockseal incidents notice {incident.id}` prints to security@amazon.com"
    after = now - incident.detected_at
    more = _MORE[sum(after >= step for step in ESCALATED_AFTER)]
    whom = "" if contact else "; nobody is named in it: set DOCKSEAL_IMPOC_NAME and DOCKSEAL_IMPOC_MAIL"
    if now >= incident.tell_by:
        late = int((now - incident.tell_by).total_seconds() // 3600)
        begin = f"Amazon should have been told {late} hours ago: {what} at once, and say why it is late"
    else:
        left = int((incident.tell_by - now).total_seconds() // 3600)
        minutes = int((incident.tell_by - now).total_seconds() // 60) % 60
        begin = f"{left} h {minutes} min are left to tell Amazon: {what}, and mark it with --sent"
    sentence = f"{begin}{whom}.{f' {more}.' if more and now < incident.tell_by else ''}"
    return Check(name=name, ok=False, sentence=sentence, about=incident.id)


def _cut_off(storage: Storage, incident: Incident) -> Iterator[Check]:
    """Tells of measures of which an intent is the last that the trail knows."""
    tags = (Tag.INCIDENT_MEASURE_INTENDED, Tag.INCIDENT_CASE_NOTED)
    last: dict[tuple[str, str], str] = {}
    for row in storage.audit.since(incident.seq, tags, incident=incident.id):
        told = dict(row.fields)
        last[told.get("measure", ""), told.get("subject", "")] = row.tag
    for (measure, subject), tag in sorted(last.items()):
        if tag == Tag.INCIDENT_MEASURE_INTENDED:
            command = f"dockseal incidents revoke {incident.id} {measure} {subject}".rstrip()
            yield Check(
                name=f"incident measure {incident.id}/{measure}",
                ok=False,
                sentence=f"A measure was begun, and nobody knows whether it was done: run `{command}` again.",
                about=incident.id,
            )


def _reminders(storage: Storage, now: datetime) -> Iterator[Check]:
    wanted = (
        (
            Tag.INCIDENT_CONTACT_CONFIRMED,
            "incident contact",
            "Who Amazon reaches about incidents",
            "look whether it is still right, and run `dockseal incidents contact --confirm`",
        ),
        (
            Tag.INCIDENT_RUNBOOK_REVIEWED,
            "incident runbook",
            "The incident plan",
            "review docs/incidents.md and your own plan, and run `dockseal incidents runbook --reviewed`",
        ),
    )
    for tag, name, what, to_do in wanted:
        last = next(iter(storage.audit.search(tag=tag.value, limit=1)), None)
        if last is None or now - last.at >= PLAN_REVIEWED_WITHIN:
            since = "was never looked at" if last is None else f"was last looked at on {last.at:%Y-%m-%d}"
            yield Check(name=name, ok=False, sentence=f"{what} {since}, and is every 180 days: {to_do}.")
