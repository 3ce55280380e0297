"""What the probes look at: how a running Dockseal is, in values. None of them is personal or a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.credential_age import Credential


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way that data goes over a network."""

    name: str
    """Such as `console` or `warehouse reno`."""
    sealed: bool
    """Whether it is encrypted on the way, or does not leave this machine."""
    how: str
    """In a few words, without an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFacts:
    """Who is let in, and how."""

    session_idle: timedelta
    session_longest: timedelta
    refused_after: int | None
    """Failures in a row after which a trial was locked out; None: it never was."""
    locked_out: int
    """Sources that are locked out now."""
    person_budget: int
    service_budget: int
    warehouse_budget: int
    """Opens within an hour that each sort of actor is allowed."""
    open_files: tuple[str, ...]
    """Files and folders of the databases that others than their owner can read, by name."""
    officers: int
    opens: tuple[tuple[str, int], ...]
    """Actors on record, and how often each opened personal data."""
    api_keys: tuple[tuple[str, str, str], ...]
    """Keys of the machine API: warehouse, key, scopes."""
    purposes: frozenset[str]
    """Purposes that anything was opened for lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionFacts:
    """What is kept, and until when."""

    keep: timedelta
    key_backups: timedelta
    records: int
    """Sealed records of personal data."""
    oldest_sealed_at: datetime | None
    past_deadline: int
    """Records that are still there past their deadline."""
    too_long: int
    """Records whose deadline lies further from their sealing than the policy allows."""
    ended_keys: int
    """Keys of epochs that are over."""
    shredded_epochs: int
    copies: tuple[str, ...]
    """Sentences on copies of keys that live too long."""
    orders: int
    oldest_order_at: datetime | None
    left_behind: tuple[str, ...]
    """Sellers whose consent ended long ago, and of whom something is still kept."""
    unfinished_erasures: int
    """Erasures that were asked for more than a day ago, and not finished."""
    without_origin: int
    """Orders and sealed records that no configured seller answers for."""
    of_another: int
    """Sealed records whose seller is not their order's."""
    archives: int
    """Archives that a law demands, and that nobody has deleted."""
    overdue_archives: tuple[str, ...]
    """Those of them whose time is over, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """The keys."""

    provider: str
    guard: str
    """What the master key lies under."""
    epochs: int
    unopened: tuple[str, ...]
    """Epochs whose key no master key opens."""
    faults: tuple[str, ...]
    """Sentences on files of the key store that others can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFacts:
    """What left the table of the audit trail for segments, as the trail itself tells."""

    upto: int
    """The rows up to this one left; 0: none did."""
    since: datetime | None
    """When the first row was written that never left; None: there is none."""
    kept: int
    """Segments that nobody has deleted."""
    kept_until: datetime | None
    """When the next of them is to be deleted."""
    overdue: tuple[int, ...]
    """Those of them whose time is over, by their last row."""
    early: tuple[int, ...]
    """Segments that were deleted before their rows were twelve months old."""
    faults: tuple[str, ...]
    """Sentences on rows that left for no segment on record, and on segments of which too little is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFacts:
    """The audit trail."""

    rows: int
    """All that were ever written, those in segments included."""
    head: str
    first_at: datetime | None
    """When the first row was written that is still in the table."""
    fault: str
    """Why it does not add up; empty when it does."""
    guarded: bool
    """Whether the database itself refuses to change or delete a row."""
    segments: SegmentFacts
    old_stores: tuple[str, ...]
    """Stores that are older than another one knows."""
    places: tuple[str, ...]
    """The places outside that are told of it."""
    unanchored: tuple[str, ...]
    """Sentences on those that do not know how far it is, or on there being none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts:
    """How incidents are seen to."""

    contact_named: bool
    """Whether the settings name whom Amazon reaches."""
    contact_confirmed_at: datetime | None
    plan_reviewed_at: datetime | None
    cases: int
    open_cases: int
    untold: tuple[str, ...]
    """Cases whose 24 hours are over, and of which Amazon was not told."""
    told_late: int
    faults: tuple[str, ...]
    """Sentences on cases whose record is not whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseFacts:
    """What Amazon's data is used for, and who gets it."""

    unknown_operations: tuple[str, ...]
    """Operations of Amazon's that were called and are not among those that are registered."""
    too_fast: tuple[str, ...]
    """Buckets that would let more calls through than Amazon ever allowed."""
    warehouses: tuple[tuple[str, str], ...]
    """Who is handed orders: name and adapter."""
    unregistered: int
    """Hand-overs to a warehouse that is not configured."""
    model_clients: tuple[str, ...]
    """Clients of providers of artificial intelligence that this process has loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What people put on record: that they did something, and until when that holds."""

    control: str
    on: datetime
    until: datetime
    by: str
    document: str
    """SHA-256 or address of what they wrote."""
    row: int
    """Its audit row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it, as it was at one moment."""

    now: datetime
    version: str
    sellers: int
    channels: tuple[Channel, ...]
    listens_beyond: bool
    """Whether the console can be reached from other machines."""
    access: AccessFacts
    credentials: tuple[Credential, ...]
    settings_with_secrets: tuple[str, ...]
    """Settings that hold what looks like a secret, by name."""
    simulated: bool
    """Whether a simulator stands in Amazon's place."""
    retention: RetentionFacts
    keys: KeyFacts
    trail: TrailFacts
    incidents: IncidentFacts
    use: UseFacts
    attestations: Mapping[str, Attestation]
    """The newest of each control that people see to."""
