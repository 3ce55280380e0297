"""What each rule's alert means, what to look at, and what to do; docs/alerts.md is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """One section of the runbook."""

    means: str
    look: str
    act: str


def _book(means: str, look: str, act: str) -> Runbook:
    return Runbook(means=means, look=look, act=act)


RUNBOOKS: Mapping[str, Runbook] = MappingProxyType(
    {
        "sweep": _book(
            "A seller's orders are not complete to within three turns of `DOCKSEAL_SWEEP_EVERY`: new orders "
            "may be missing.",
            "`dockseal sellers status`, the page Synchronization, and the last answers of Amazon in "
            "`dockseal sellers runs SELLER`.",
            "If Amazon is down, wait: the sweep goes on where it stood, and nothing is lost. If it refuses, "
            "do what the sentence of its lane says.",
        ),
        "seller": _book(
            "A seller's lanes rest, mostly because Amazon no longer takes its credentials: none of its "
            "orders moves.",
            "The sentence, and the page Sellers.",
            "Have the seller consent again with `dockseal sellers connect SELLER`; its lanes then go on.",
        ),
        "blind": _book(
            "One of the looks of health could not go on: what it would tell is not known, and every other "
            "look was made all the same.",
            "The sentence, which names the look; the disk and the database's own log. Where it names an "
            "error of Python's, a row is not as it was written: `dockseal audit verify`.",
            "Make what it reads readable again. Other alerts stay as they were until then.",
        ),
        "amazon": _book(
            "An operation of Amazon's answers as if it refused, and does so to questions that worked "
            "before: an outage.",
            "The metrics of calls by status, and Amazon's own health page for the Selling Partner API.",
            "Wait; orders wait as well, and go on by themselves. If it lasts a day, open a case with Amazon.",
        ),
        "orders-api": _book(
            "A seller is still read with Orders API v0, which ends.",
            "`dockseal sellers shadow SELLER` and what it found.",
            "Move it with `dockseal sellers migrate SELLER` once both Orders APIs say the same.",
        ),
        "addresses": _book(
            "Amazon does not let the application read addresses: orders are held.",
            "The page Sellers, and the roles of the application in Solution Provider Portal.",
            "Ask for the role that the sentence names, then have the seller authorise again; the orders go "
            "on by themselves.",
        ),
        "notifications": _book(
            "A notification could not be read and was set aside; sweeps find its order all the same.",
            "The reason in the sentence, and whether Amazon announced a new version of it.",
            "If they become many, report them as a fault of Dockseal; nothing is lost meanwhile.",
        ),
        "ship-by-overdue": _book(
            "Orders are past ship-by, and Amazon does not know of all their packages: they count as late.",
            "The page Shipping, filtered by overdue: each order says what it waits for.",
            "Have parcels that left reported now; for the others, see with the warehouse what stops them.",
        ),
        "ship-by-at-risk": _book(
            "Orders will be late unless somebody acts: what is left of the warehouse's working time is "
            "short.",
            "The page Shipping, filtered by at risk.",
            "Have the warehouse send them with its next parcel, or release what holds them.",
        ),
        "warehouse": _book(
            "A warehouse does not take orders; they are sent again by themselves.",
            "What the orders say of its answers, and whether its system runs.",
            "Ask the warehouse. If its address or secret changed, give the new one.",
        ),
        "unmatched": _book(
            "A warehouse reported something that fits no order: perhaps a parcel Amazon is not told of.",
            "The page Unmatched, or `dockseal tracking list`.",
            "Match each to its order, or dismiss it.",
        ),
        "canary": _book(
            "Somebody opened an order that nobody has a reason to open: it is a trap, and its data is "
            "invented.",
            "Who, in the sentence; what else this actor opened, in the audit rows `order:data:opened`.",
            "Treat it as a breach until it is explained: keep the actor locked out, revoke what it can use, "
            "open or go on with the incident, and keep the evidence.",
        ),
        "canary-register": _book(
            "Nobody can tell which orders are canaries: somebody altered the vault, or an earlier copy of it "
            "was put back. People and warehouses open nothing; our own services go on.",
            "`dockseal audit verify`, who can write the vault's database, and whether a backup was restored.",
            "Open an incident unless a restore explains it; then `dockseal canaries renew`.",
        ),
        "incident": _book(
            "An incident is open, and the time to notify Amazon (24 hours from detection) is running.",
            "The incident's own page or command: what is known, what is still to be filled in.",
            "Send the notice in time with what is known; it can be completed later, the deadline cannot.",
        ),
        "incident-measure": _book(
            "A measure about an incident was cut off: it may have been done, or not.",
            "What it was to do, in the list of `dockseal incidents revoke ID`, and whether that is so.",
            "Take it again with the command that the sentence names: each can be repeated.",
        ),
        "incident-contact": _book(
            "Nobody looked for half a year whether Amazon reaches the right person about incidents.",
            "Who is set, and whether they still work here and read that mailbox.",
            "Correct it where it is wrong, and confirm it with the command that the sentence names.",
        ),
        "incident-runbook": _book(
            "Nobody reviewed the incident plan for half a year.",
            "The plan, with the people who would act by it.",
            "Correct it where it is out of date, and confirm it with the command that the sentence names.",
        ),
        "opens-stopped": _book(
            "All opening of personal data is stopped because of an incident: orders wait.",
            "The incident that the sentence names.",
            "Once it is understood, let opening go on as the sentence says; two officers must ask for it.",
        ),
        "unusual-opens": _book(
            "An actor opened more personal data within an hour than it ever does, or is new and opened more "
            "than a newcomer should.",
            "The audit rows `order:data:opened` of this actor: which orders, what for, and whether they "
            "were there to be packed.",
            "Ask the person. If work explains it, acknowledge it: the habit follows. If nobody can say, "
            "lock it out and treat it as a breach.",
        ),
        "openings": _book(
            "Personal data was opened past a limit that holds for everybody, or an actor was refused for it.",
            "Who and how often, in the sentence and in the audit rows `order:data:opened`.",
            "If orders explain it, raise the limit that the sentence names. If not, stop `dockseal serve` "
            "and treat it as a breach.",
        ),
        "lockout": _book(
            "A person or an address failed ten times in a row and is refused for a while.",
            "`dockseal lockouts list`, and the audit rows `access:lockout:begun`.",
            "Find out who it was. `dockseal lockouts clear SOURCE` lets it try again; leave a stranger "
            "locked out.",
        ),
        "shredding": _book(
            "Personal data, or the key it lies under, is still there an hour after its end: erasing is "
            "overdue.",
            "The lane `shred`, the shredder if it stands apart, and who may delete in the key store and the "
            "vault.",
            "Make the lane run again. What is past its end is not opened meanwhile, but it must go (DPP "
            "2.1).",
        ),
        "shredder": _book(
            "The shredder that stands apart has not done what it was asked.",
            "Whether `dockseal shredder` runs as its own user, and its log.",
            "Start it again; it catches up by itself.",
        ),
        "archive": _book(
            "An archive that a law demanded is past its time.",
            "`dockseal archive list`.",
            "Run `dockseal archive delete` on its file, and destroy every copy of it.",
        ),
        "old-orders": _book(
            "Orders are 17 months old or older. They hold no personal data, and Amazon's other data may be "
            "kept for 18 months.",
            "`dockseal compliance report`, clause 1.7-age: it says how old the oldest is.",
            "Run `dockseal orders forget` once a month; on PostgreSQL then `dockseal database forget` as the "
            "owner of the tables.",
        ),
        "consent": _book(
            "A seller's consent ends within thirty days, or has ended.",
            "The date in the sentence, and the page Sellers.",
            "Have the seller renew it with `dockseal sellers connect SELLER`: without it nothing can be "
            "read.",
        ),
        "client-secret": _book(
            "A client secret ends soon, or a new one was asked for and did not come.",
            "The sentence, and the rotation queue of the application.",
            "Rotate it with `dockseal applications rotate APPLICATION`: past its end every call fails.",
        ),
        "credential": _book(
            "A secret or a key gets old: it is to be rotated at least once a year (DPP 1.4.2).",
            "`dockseal credentials list`.",
            "Run the command that the sentence names.",
        ),
        "audit": _book(
            "The audit trail does not add up, or was not anchored outside for too long.",
            "`dockseal audit verify`, and the places that the trail is anchored at.",
            "If a row is bad, treat it as a breach and keep copies of everything. If only the anchor is "
            "behind, make its place reachable again.",
        ),
        "siem": _book(
            "The audit rows do not reach the SIEM: it is behind.",
            "Whether its address answers, and its certificate.",
            "Make it reachable; the rows are kept, and sent from where it stood.",
        ),
        "database": _book(
            "The operations database cannot be written: nothing moves.",
            "The disk (full?), the file's owner, the server of PostgreSQL.",
            "Make it writable; Dockseal goes on by itself. Alerts are told by a last message, and then as "
            "soon as it can be written.",
        ),
        "vault": _book(
            "The vault's database cannot be read: nothing is retrieved and nothing released.",
            "The disk, the file's owner, the server of PostgreSQL.",
            "Make it readable; Dockseal goes on by itself.",
        ),
        "keys": _book(
            "The key store cannot be read: nothing can be sealed or opened.",
            "The folder of the keys, or AWS KMS or the transit engine that they lie under, and its token.",
            "Make it readable. Never put another key store in its place: what was sealed could not be "
            "opened.",
        ),
        "lane": _book(
            "A lane fails again and again, or nothing runs it: one kind of work stands still.",
            "The sentence, and the log lines of this lane.",
            "Do what the sentence says. If nothing runs it, restart `dockseal serve`.",
        ),
        "certificate": _book(
            "The console's certificate ends soon, has ended, or cannot be read.",
            "The file of `DOCKSEAL_TLS_CERTIFICATE`, and what renews it.",
            "Renew it, and start `dockseal serve` anew.",
        ),
        "disk": _book(
            "A disk that databases or keys lie on is filling up.",
            "What takes the room: `du` on the folder of the sentence, logs, backups.",
            "Make room, or move the folder to a larger disk while `dockseal serve` is stopped.",
        ),
        "alert-channel": _book(
            "A channel of alerts does not take messages; the other channels tell of it.",
            "Its last fault, in the sentence and in `dockseal alerts channels list`.",
            "Mend it and run `dockseal alerts channels test CHANNEL`, or remove it. Its messages of the "
            "last day are sent again by themselves.",
        ),
        "other": _book(
            "A check that no rule names is not well.",
            "The sentence of the check, and `dockseal health`.",
            "Do what the sentence says.",
        ),
    }
)
"""The runbook, by the rules' ids."""
