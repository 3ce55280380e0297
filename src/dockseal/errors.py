"""Every error that leaves a room of Dockseal.

    DocksealError
    ├── SettingsFault             the settings cannot work                          never
    ├── BadInput                  what somebody gave us cannot be used              never
    │   └── ReferenceUnknown      nothing here fits it yet                          never
    ├── AmazonError
    │   ├── AmazonThrottled       the quota is spent; nothing was sent or done      at its instant
    │   ├── AmazonUnavailable     5xx, a cut line, an answer that is no JSON        soon
    │   ├── OutcomeUnknown        a write was sent and its answer was lost          soon, after asking
    │   ├── AmazonRefused         Amazon says no to this request                    never
    │   │   └── OrderUnknown      Amazon knows no such order                        never
    │   ├── AccessDenied          403: role, token or region                        never
    │   ├── CredentialRefused     the seller's or application's credentials ended   never
    │   └── AnswerUnreadable      Amazon's answer lacks what we cannot do without   never
    ├── WarehouseError
    │   ├── WarehouseUnavailable  down, slow or failing                             soon
    │   └── WarehouseRefused      the warehouse says no to this order               never
    ├── VaultError
    │   ├── GrantRefused          nobody granted this                               never
    │   │   ├── BudgetSpent       as much was opened as an hour allows              never
    │   │   └── LockedOut         too many failures in a row                        never
    │   │       └── ActorLocked   this actor opened a canary, or somebody locked it never
    │   ├── TwoPersonsNeeded      two officers did not ask for this together        never
    │   ├── NothingSealed         no personal data is kept for this order           never
    │   ├── PastDeadline          the deadline has passed                           never
    │   ├── KeyDestroyed          the key was shredded                              never
    │   ├── SealBroken            the sealed record was altered or moved            never
    │   ├── SignatureRefused      what is said to be signed by us is not            never
    │   └── PlaintextRefused      personal data was about to be shown by accident   never
    ├── OpensExhausted            a machine opened as much as an hour allows        at its instant
    │   ├── OpensStopped          nobody may open anything, because of an incident  at its instant
    │   └── RegisterBroken        nobody can tell which orders are canaries         at its instant
    ├── RoleMissing               Amazon gives us no personal data for this order   never
    ├── ChannelFailed             a channel of alerts did not take a message           soon
    ├── StorageError
    │   ├── StorageUnavailable    the database cannot be reached or is locked       soon
    │   └── MoveRefused           the order may not make this move                  never
    ├── AnchorUnavailable         a place outside cannot be told of the trail       soon
    ├── AnchorRefused             a place outside knows another trail               never
    ├── SiemUnavailable           the SIEM does not take audit rows                 soon
    └── TrailBroken               the audit trail does not add up                   never

`retry` says whether the same act can succeed later without a person. Texts name the order or setting and
the next step; none carries personal data or a secret.
"""

from datetime import datetime
from enum import Enum


class Retry(Enum):
    """Whether trying again can help."""

    NEVER = "never"
    SOON = "soon"
    AT = "at"


class DocksealError(Exception):
    """The root: everything Dockseal raises on purpose."""

    retry: Retry = Retry.NEVER


class SettingsFault(DocksealError):
    """The settings cannot work; `faults` lists every one, each with its next step."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class BadInput(DocksealError):
    """What somebody gave us cannot be used; the text names it and what to do."""


class ReferenceUnknown(BadInput):
    """It names a release or a report that is not here; the same may fit once that came."""


class AmazonError(DocksealError):
    """Amazon did not do what was asked."""


class AmazonThrottled(AmazonError):
    """The quota of an operation is spent until `until`; nothing was done."""

    retry = Retry.AT

    def __init__(self, operation: str, until: datetime) -> None:
        super().__init__(f"Amazon's quota for {operation} is spent until {until:%H:%M:%S} UTC")
        self.operation = operation
        self.until = until


class AmazonUnavailable(AmazonError):
    """Amazon answered 5xx, not at all, or with something that is no JSON."""

    retry = Retry.SOON


class OutcomeUnknown(AmazonError):
    """A write was sent and its answer was lost: read Amazon back before sending again."""

    retry = Retry.SOON


class AmazonRefused(AmazonError):
    """Amazon answered 4xx: the same request will be refused again."""

    def __init__(self, operation: str, *, status: int, code: str, message: str, request_id: str = "") -> None:
        super().__init__(f"Amazon refused {operation} ({status} {code}): {message or 'no message given'}")
        self.operation = operation
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id


class OrderUnknown(AmazonRefused):
    """Amazon knows no such order, or it belongs to another seller."""


class AccessDenied(AmazonRefused):
    """403: a role is missing, the token is for another path, or the region is wrong."""


class CredentialRefused(AmazonError):
    """Login with Amazon no longer takes a refresh token or a client secret."""


class AnswerUnreadable(AmazonError):
    """Amazon's answer lacks something we cannot do without; names the order and the field."""


class WarehouseError(DocksealError):
    """A warehouse did not take an order."""


class WarehouseUnavailable(WarehouseError):
    """The warehouse is down, slow or failing; it may or may not have taken the order."""

    retry = Retry.SOON


class WarehouseRefused(WarehouseError):
    """The warehouse says no to this order, and why."""


class DoesNotFit(WarehouseRefused):
    """A recipient does not fit into what the warehouse's system can take; names the field and the limit."""


class VaultError(DocksealError):
    """Personal data was not opened or not sealed."""


class GrantRefused(VaultError):
    """No grant covers this."""


class BudgetSpent(GrantRefused):
    """This actor opened as much for this purpose as an hour allows."""


class LockedOut(GrantRefused):
    """This person or address failed too often in a row, and is refused for a while."""


class ActorLocked(LockedOut):
    """This actor may open nothing any more, until two officers say so."""

    def __init__(self, actor: str, incident: str) -> None:
        super().__init__(
            f"{actor} is locked because of incident {incident}, and opens nothing: two officers let it open "
            f"again with `dockseal incidents unlock {actor}`"
        )


class TwoPersonsNeeded(VaultError):
    """Two different officers did not ask for exactly this; the text names the condition that failed."""


class OpensExhausted(DocksealError):
    """A service or a warehouse opened as much as an hour allows; its orders wait until `until`."""

    retry = Retry.AT

    def __init__(self, actor: str, allowed: int, until: datetime) -> None:
        kind = actor.partition(":")[0]
        super().__init__(
            f"{actor} opened personal data {allowed} times within an hour, as often as a {kind} may: it "
            f"goes on at {until:%H:%M} UTC; if the orders explain it, raise "
            f"DOCKSEAL_{kind.upper()}_OPENS_AN_HOUR"
        )
        self.until = until


class OpensStopped(OpensExhausted):
    """All opening is stopped because of an incident; orders wait."""

    def __init__(self, incident: str, until: datetime) -> None:
        DocksealError.__init__(
            self,
            f"all opening of personal data is stopped because of incident {incident}: two officers let it go "
            "on with `dockseal incidents unlock everybody`; orders wait until then",
        )
        self.until = until


class RegisterBroken(OpensExhausted):
    """Nobody can tell which orders are canaries: people and warehouses open nothing until it is mended."""

    def __init__(self, until: datetime) -> None:
        DocksealError.__init__(
            self,
            "the register of canary orders is broken, and as long people and warehouses open nothing: find "
            "out who altered the vault, and run `dockseal canaries renew`",
        )
        self.until = until


class NothingSealed(VaultError):
    """No personal data is kept for this order."""


class PastDeadline(VaultError):
    """The deadline of this personal data has passed; it is never opened again."""


class KeyDestroyed(VaultError):
    """The key was shredded: nobody can read this any more."""


class SealBroken(VaultError):
    """A sealed record was altered, or moved to another order."""


class SignatureRefused(VaultError):
    """A signature does not fit what it stands under, or is nobody's we know."""


class PlaintextRefused(VaultError, TypeError):
    """Personal data was about to be shown, copied or stored by accident."""

    def __init__(self) -> None:
        super().__init__("personal data cannot be shown, copied or stored; use disclose() under a grant")


class RoleMissing(DocksealError):
    """Amazon left out personal data that the seller's roles do not cover."""


class ChannelFailed(DocksealError):
    """A channel of alerts did not take a message; the text says why, without its address."""

    retry = Retry.SOON


class StorageError(DocksealError):
    """The database did not do what was asked."""


class StorageUnavailable(StorageError):
    """The database cannot be reached, or stayed locked."""

    retry = Retry.SOON


class MoveRefused(StorageError):
    """The table of moves does not allow this, or somebody else moved the order first."""


class AnchorUnavailable(DocksealError):
    """A place outside cannot be told how far the audit trail is, or be read."""

    retry = Retry.SOON


class AnchorRefused(DocksealError):
    """A place outside knows another audit trail, or what it kept was altered."""


class SiemUnavailable(DocksealError):
    """The SIEM was not told of audit rows, or did not say that it has them; they wait."""

    retry = Retry.SOON


class TrailBroken(DocksealError):
    """The audit trail does not add up; `seq` is the first bad row, 0 where it is no row."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(f"audit row {seq}: {what}" if seq else f"the audit trail: {what}")
        self.seq = seq
