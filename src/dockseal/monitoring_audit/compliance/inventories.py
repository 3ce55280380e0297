"""Registers out of the facts: who has access, how long what is kept, which keys and secrets there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dockseal.monitoring_audit.compliance.facts import Facts

Cell = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A table of what is there now."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def access(facts: Facts) -> tuple[Register, ...]:
    """Returns who can sign in or call, and who opened how much."""
    hours = facts.access.session_longest.total_seconds() / 3600
    people = (
        ("person:console", f"a one-time link made on the machine; {hours:g} hours at most", "the console"),
        ("whoever logs in on the machine", "the operating system's own rules", "every command"),
        (f"{facts.access.officers} officers", "a signing key each", "what nobody does alone, by two"),
    )
    return (
        Register(name="people", title="Who can sign in", columns=("who", "how", "what"), rows=people),
        Register(
            name="keys",
            title="Keys of the machine API",
            columns=("warehouse", "key", "scopes"),
            rows=facts.access.api_keys,
        ),
        Register(
            name="opens",
            title=f"Openings of personal data{_of_the_table(facts)}",
            columns=("actor", "opens"),
            rows=facts.access.opens,
        ),
    )


def retention(facts: Facts) -> tuple[Register, ...]:
    """Returns how old what is kept is, and what is past its end."""
    kept, segments = facts.retention, facts.trail.segments
    rows: tuple[tuple[Cell, ...], ...] = (
        ("sealed records of personal data", kept.records),
        ("age of the oldest record, in days", _days(facts, kept.oldest_sealed_at)),
        ("kept for days at most", kept.keep.days),
        ("days that backups of keys live, taken off", kept.key_backups.days),
        ("records past their deadline", kept.past_deadline),
        ("keys past their end", kept.ended_keys),
        ("epochs shredded", kept.shredded_epochs),
        ("orders, without personal data", kept.orders),
        ("age of the oldest order, in days", _days(facts, kept.oldest_order_at)),
        ("erasures that were not finished", kept.unfinished_erasures),
        ("archives that a law demands", kept.archives),
        ("archives past their end", len(kept.overdue_archives)),
        ("rows of the audit trail, those in segments included", facts.trail.rows),
        ("age of the oldest row in its table, in days", _days(facts, segments.since)),
        ("rows that left the table for segments, up to number", segments.upto),
        ("segments kept", segments.kept),
        ("segments past their end", len(segments.overdue)),
    )
    return (Register(name="retention", title="What is kept", columns=("what", "how much"), rows=rows),)


def keys(facts: Facts) -> tuple[Register, ...]:
    """Returns every key and secret with its age; never what it is."""
    secrets = tuple(
        (
            each.name,
            each.kind.value,
            each.owner,
            _day(each.stored_at),
            _day(each.rotated_at),
            _day(each.due),
            each.stage(facts.now).value,
        )
        for each in facts.credentials
    )
    own: tuple[tuple[Cell, ...], ...] = (
        ("provider", facts.keys.provider),
        ("the master key lies under", facts.keys.guard),
        ("keys of epochs", facts.keys.epochs),
        ("of them opened by no master key", len(facts.keys.unopened)),
        ("epochs shredded", facts.retention.shredded_epochs),
    )
    return (
        Register(name="own", title="Keys", columns=("what", "how much"), rows=own),
        Register(
            name="secrets",
            title="Secrets",
            columns=("name", "class", "owner", "stored", "rotated", "due", "look"),
            rows=secrets,
        ),
    )


def network(facts: Facts) -> tuple[Register, ...]:
    """Returns every channel, and how it is encrypted."""
    return (
        Register(
            name="channels",
            title="Channels",
            columns=("channel", "encrypted or local", "how"),
            rows=tuple((each.name, "yes" if each.sealed else "no", each.how) for each in facts.channels),
        ),
    )


def as_document(registers: Iterable[Register]) -> dict[str, object]:
    """Returns registers as JSON has them."""
    return {each.name: [dict(zip(each.columns, row, strict=True)) for row in each.rows] for each in registers}


def _of_the_table(facts: Facts) -> str:
    """Says since when the audit trail's table tells, where older rows left it."""
    segments = facts.trail.segments
    if not segments.upto or segments.since is None:
        return " on record"
    return f" on record since {segments.since:%Y-%m-%d}; what was before is in segments"


def _days(facts: Facts, since: datetime | None) -> int:
    return 0 if since is None else (facts.now - since).days


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"
