"""The answers to Amazon's questions: short, in English, and made of the facts of now.

Each is given only where everything it says is shown or on record; see `questionnaire`.
"""

from datetime import datetime, timedelta

from dockseal.domain.access import Purpose
from dockseal.domain.policy import (
    ACCESS_REVIEWED_WITHIN,
    CLIENT_SECRET_LIVES,
    LOGS_REVIEWED_WITHIN,
    PASSWORD_LIVES,
    PASSWORDS_REMEMBERED,
    PEN_TESTED_WITHIN,
    SCANNED_WITHIN,
    SHORTEST_PASSWORD,
)
from dockseal.monitoring_audit.compliance.facts import Facts

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def _done(facts: Facts, control: str) -> str:
    """Says when people did something last."""
    return f"{facts.attestations[control].on:%Y-%m-%d}"


def _day(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d}"


def _warehouses(facts: Facts) -> str:
    return ", ".join(name for name, _ in facts.use.warehouses) or "none yet"


def organisation(_: Facts) -> str:
    """What software cannot answer."""
    return (
        "In your words: a private application of one seller or firm, its marketplaces, and what no "
        "application in Amazon's store does for it, such as its warehouse's system, language or carrier."
    )


def app(facts: Facts) -> str:
    """What it does, and why it needs restricted roles."""
    return (
        "We ship our own orders. The application takes them in, hands them to our warehouses "
        f"({_warehouses(facts)}), and confirms the parcels to Amazon. It needs delivery addresses to print "
        f"labels for merchant-fulfilled parcels, one order at a time, for {len(Purpose)} fixed purposes. "
        f"Personal data is deleted within {facts.retention.keep.days} days of shipment: its key is destroyed."
    )


def network(facts: Facts) -> str:
    """Which network controls there are."""
    return (
        f"Console and machine API: {facts.channels[0].how}; each page needs a session, each call a key. All "
        f"{len(facts.channels)} channels use TLS 1.2 or newer or SFTP, or stay on one machine. Around it a "
        "firewall that denies by default, segments, intrusion detection and a web application firewall: "
        "reviewed on "
        f"{_done(facts, '1.1.1-firewall')}, drawn on {_done(facts, '1.1.3')}."
    )


def access(facts: Facts) -> str:
    """How access is kept to who needs it."""
    return (
        "Every person and program has an identity of its own. Personal data opens under a grant for one "
        "order, one purpose and its fields, and else for nobody. Access is revoked within 24 hours of "
        f"leaving or of a change of role; sessions end after {facts.access.session_longest // _HOUR} hours. "
        f"Access is reviewed every {ACCESS_REVIEWED_WITHIN.days} days, last on "
        f"{_done(facts, '1.2.2-review')}."
    )


def devices(facts: Facts) -> str:
    """How loss of data through devices is prevented."""
    return (
        "No personal devices; disks are encrypted, malware protection cannot be switched off, removable "
        f"media are blocked; devices were listed on {_done(facts, '2.3-assets')}. The console locks after "
        f"{facts.access.session_idle // _MINUTE} idle minutes. There is no bulk export: one person opens "
        f"{facts.access.person_budget} orders an hour at most, each on record; more is refused and told."
    )


def policy(facts: Facts) -> str:
    """What the policy covers, and where it is."""
    return (
        "It covers how personal data is collected, processed, stored, used, shared and disposed of: "
        f"{facts.attestations['2.2'].document}, reviewed on {_done(facts, '2.2')}. A record of processing "
        "per field is made by the software itself. Data is classified as personal, secret, Amazon's and ours."
    )


def encryption(facts: Facts) -> str:
    """How data is encrypted, and keys are managed."""
    keys = facts.keys
    return (
        "AES-256-GCM before the first write, a key per record, wrapped by the key of an epoch that is "
        f"destroyed at its end. Keys: provider {keys.provider}, apart from the data, the master key under "
        f"{keys.guard}, usable by the service alone; made, used, rotated and destroyed by it, each step on "
        f"record. {keys.epochs} epoch keys now. Two officers sign before one is destroyed early, or an "
        "archive opened."
    )


def backups(facts: Facts) -> str:
    """How data comes back, and still ends in time."""
    return (
        "Backups of the databases hold ciphertext alone. Keys are backed up apart, for "
        f"{facts.retention.key_backups.days} days that are taken off the 30: the rule reaches every backup. "
        "A restored store serves nothing before it has shredded and erased again what was since. Backups "
        f"lie in a second place; a restore was rehearsed on {_done(facts, '2.7.3-drill')}, its record has "
        "the times to recover."
    )


def logs(facts: Facts) -> str:
    """How it is logged, and who looks."""
    since = f" since {facts.trail.first_at:%Y-%m-%d}" if facts.trail.first_at else ""
    older = ", old ones in segments" if facts.trail.segments.upto else ""
    return (
        "One audit trail for all channels, chained by SHA-256 and guarded by the database: "
        f"{facts.trail.rows} rows{since}, kept for 12 months and more{older}. Who opens which order, and "
        "why, is a row before it happens. Personal data is never in logs: rows are typed and take no free "
        f"text. Reviewed every {LOGS_REVIEWED_WITHIN.days} days, last on {_done(facts, '2.6.1-review')}."
    )


def incidents(facts: Facts) -> str:
    """What is done in an incident."""
    return (
        "Roles and steps are written down: isolate, revoke keys and sessions, keep the evidence with a chain "
        "of custody, find the cause, mend, write it up. We mail security@amazon.com within 24 hours of "
        "detecting an incident; a suspicion counts. The plan is reviewed every six months, last on "
        f"{_day(facts.incidents.plan_reviewed_at)}, and rehearsed, last on {_done(facts, '1.6.2')}."
    )


def passwords(facts: Facts) -> str:
    """How passwords are managed."""
    return (
        f"{SHORTEST_PASSWORD} characters of four kinds at least, no part of the user's name, none of the "
        f"last {PASSWORDS_REMEMBERED}, changed within {PASSWORD_LIVES.days} days, and a second factor for "
        f"every account. {facts.access.refused_after} failures in a row lock out."
    )


def testing(_: Facts) -> str:
    """Whether tests use personal data."""
    return (
        "Never. Tests use invented people, apart from production, against a simulator of Amazon. No real "
        "order leaves production."
    )


def credentials(facts: Facts) -> str:
    """How exposure of credentials is prevented."""
    return (
        f"All {len(facts.credentials)} credentials are sealed in a vault, listed with owner and age, and "
        f"rotated within 12 months, client secrets within {CLIENT_SECRET_LIVES.days} days. None stands in "
        "code, in settings or in logs: the code's whole history is scanned, and no setting takes one."
    )


def findings(facts: Facts) -> str:
    """How findings are tracked."""
    return (
        f"Scans every {SCANNED_WITHIN.days} days, last on {_done(facts, '2.7.1-scan')}; a penetration test "
        f"every {PEN_TESTED_WITHIN.days} days, last on {_done(facts, '2.7.1-pen-test')}. Each finding has an "
        "owner and a date: critical (CVSS 9 and more) within 7 days, high (7 and more) within 30."
    )


def code(facts: Facts) -> str:
    """How faults in code are dealt with."""
    return (
        "Each release passes static analysis, type checks, scans for secrets and for known faults of its "
        f"dependencies, and its tests; reviewed on {_done(facts, '2.7.2-changes')}. A web application "
        "firewall stands before it. A hot fix goes the same way, and a release can be taken back."
    )


def changes(facts: Facts) -> str:
    """How changes are managed."""
    return (
        "Changes are tested apart from production, reviewed and approved by a second person, deployed by few "
        f"named roles, and recorded; last reviewed on {_done(facts, '2.7.2-changes')}."
    )


def outsiders(facts: Facts) -> str:
    """Who outside gets data."""
    return (
        f"Our warehouses, each for its own orders ({_warehouses(facts)}), and through them the carriers that "
        f"deliver; each hand-over is on record. Assessed every year, last on {_done(facts, '2.8')}. Nobody "
        "else; no other sources of data, no brokers."
    )


def kept(facts: Facts) -> str:
    """How long personal data is kept."""
    told = facts.retention
    return (
        "Less than 31 days after order shipments. The software counts each deadline: "
        f"{told.keep.days} days at most, backups of keys included; {told.past_deadline} of {told.records} "
        "records are past theirs."
    )


def contact(facts: Facts) -> str:
    """Who the contact is: name and mail are people's to fill in."""
    return (
        "Our point of contact for incidents is (fill in name and mail address, as DOCKSEAL_IMPOC_NAME and "
        f"DOCKSEAL_IMPOC_MAIL have them), confirmed on {_day(facts.incidents.contact_confirmed_at)}."
    )


def yes(_: Facts) -> str:
    """What a question of the form's second part asks for."""
    return "Yes."
