"""How old every credential is."""

from collections.abc import Iterator, Set
from datetime import datetime

from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.inventory import inventory
from dockseal.monitoring_audit.looking.sentences import sentence_of
from dockseal.storage.store import Storage

_TOLD_AS = {"seller": "consent", "application": "client secret"}
"""Checks that tell of the end of a credential, by whose it is."""


def look_at_credentials(storage: Storage, now: datetime, told: Set[str]) -> Iterator[Check]:
    """Tells of every credential that is to be rotated, but of those that a check in `told` names already."""
    for each in inventory(storage):
        whose, _, name = each.owner.partition(" ")
        known = f"{_TOLD_AS.get(whose, whose)} {name}" in told
        if not known and (sentence := each.alarm(now)):
            yield Check(name=f"credential {each.name}", ok=False, sentence=sentence_of(sentence))
