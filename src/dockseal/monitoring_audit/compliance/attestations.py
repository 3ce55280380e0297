"""What people put on record of the clauses they see to. The audit trail is the store: nobody edits it."""

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime

from dockseal.domain.access import Actor
from dockseal.domain.audit import AuditRow
from dockseal.errors import BadInput
from dockseal.monitoring_audit.compliance.controls import Control
from dockseal.monitoring_audit.compliance.facts import Attestation
from dockseal.monitoring_audit.kinds import reference
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

_MOST = 10_000


def attestations(storage: Storage) -> dict[str, Attestation]:
    """Returns the newest word of each control; a withdrawn or mistaken one is put right by a newer one.

    A row that lacks what it should say attests nothing; that the trail was changed is clause 2.6.1's to say.
    """
    rows = storage.audit.search(tag=Tag.COMPLIANCE_CONTROL_ATTESTED.value, limit=_MOST)
    found: dict[str, Attestation] = {}
    for row in rows:
        with contextlib.suppress(KeyError, ValueError):
            told = _attestation(row)
            found.setdefault(told.control, told)
    return found


def attest(
    storage: Storage,
    trail: Trail,
    control: Control,
    *,
    on: datetime,
    until: datetime | None,
    by: str,
    document: str,
    actor: Actor,
    now: datetime,
) -> Attestation:
    """Puts on record that people did what a clause asks of them.

    Args:
        storage: Whose transaction the row is in.
        trail: Keeps it.
        control: Which clause.
        on: When they did it.
        until: Until when that holds; None: as long as the policy allows.
        by: Who answers for it: a name or a role, without spaces.
        document: SHA-256 (hex) or address of what they wrote.
        actor: Who types it.
        now: The present instant.

    Raises:
        BadInput: software sees to this clause, a date cannot be, or a word cannot be kept.
    """
    term = control.every
    if not control.by_people or term is None:
        raise BadInput(f"nobody attests {control.id}: Dockseal looks at it itself, or does not have it")
    until = on + term if until is None else until
    if on > now:
        raise BadInput("what was done is attested, not what will be: give a day that is past")
    if not on < until <= on + term:
        raise BadInput(f"{control.id} is done anew every {term.days} days: give a day between")
    for name, word in (("--by", by), ("--document", document)):
        _refuse_free_text(name, word)
    with storage.transaction():
        row = trail.record(
            Tag.COMPLIANCE_CONTROL_ATTESTED,
            actor=actor,
            control=control.id,
            on=on,
            until=until,
            by=by,
            document=document,
        )
    return _attestation(row)


def known(control: str, controls: Iterable[Control]) -> Control:
    """Returns the control of this id.

    Raises:
        BadInput: there is none.
    """
    by_id = {each.id: each for each in controls}
    if control not in by_id:
        people = ", ".join(each.id for each in by_id.values() if each.by_people)
        raise BadInput(f"no clause is named {control}; people attest {people}")
    return by_id[control]


def _refuse_free_text(name: str, word: str) -> None:
    try:
        reference(word)
    except ValueError:
        raise BadInput(
            f"{name} takes a word of letters, digits and . _ : / -, 100 at most: a role such as "
            "security-officer, the SHA-256 of a document, or its address"
        ) from None


def _attestation(row: AuditRow) -> Attestation:
    told = dict(row.fields)
    return Attestation(
        control=told["control"],
        on=_instant(told["on"]),
        until=_instant(told["until"]),
        by=told["by"],
        document=told["document"],
        row=row.seq,
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
