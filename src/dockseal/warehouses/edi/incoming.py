"""Reads one file of the partner: what it tells, what we answer, and what of ours it acknowledges."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.warehouse_message import LateRefusal, Taken, WarehouseMessage
from dockseal.warehouses.edi import advice_945
from dockseal.warehouses.edi.acknowledgement import CODE, GROUP, Acknowledged, acknowledged, answer
from dockseal.warehouses.edi.advice_945 import Advices
from dockseal.warehouses.edi.ledger import Entry, Kind
from dockseal.warehouses.edi.profile import Profile
from dockseal.warehouses.edi.reading import Fault, Group, Interchange, TransactionSet, read
from dockseal.warehouses.edi.syntax import Document

VERSIONS = ("004010", "005010")

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_AGAIN = "the warehouse is told so by a 997, and should send it again corrected"


@dataclass(slots=True)
class Incoming:
    """What a file holds."""

    messages: list[WarehouseMessage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences for a person, about what was read."""
    faults: list[str] = field(default_factory=list)
    """Sentences about what could not be read."""
    answers: list[Document] = field(default_factory=list)
    """Our 997s, one for each group."""
    settled: list[tuple[Entry, frozenset[str]]] = field(default_factory=list)
    """Our interchanges that it acknowledges, each with the control numbers of its rejected sets."""
    whole: bool = True
    """Whether it ends as an interchange does; if not, it may still be being written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the files of one partner. The same file is read the same, as long as the ledger is.

    Attributes:
        numbered: Our interchanges, by control number.
        asked_to_stop: The releases that the partner was asked not to ship.
    """

    profile: Profile
    warehouse: WarehouseId
    now: datetime
    numbered: Mapping[int, Entry]
    asked_to_stop: frozenset[str]

    def read(self, name: str, content: bytes) -> Incoming:
        """Reads a file; whatever it holds, nothing is raised for it."""
        found = Incoming()
        reading = read(content)
        for fault in reading.faults:
            found.faults.append(f"{self._file(name)} cannot be read: {fault}; ask the warehouse for it again")
        found.whole = not reading.faults
        for interchange in reading.interchanges:
            found.whole = found.whole and interchange.ended
            self._interchange(interchange, name, found=found)
        return found

    def _interchange(self, interchange: Interchange, name: str, *, found: Incoming) -> None:
        where = f"{self._file(name)}, interchange {_shown(interchange.control)}"
        stranger = self._stranger(interchange)
        if stranger:
            found.faults.append(f"{where}: {stranger}")
            return
        if interchange.fault:
            answered = any(group.code != GROUP for group in interchange.groups)
            what_next = _AGAIN if answered else "the warehouse should send it again: tell it so"
            found.faults.append(f"{where}: {interchange.fault}; nothing of it is taken in, and {what_next}")
        for group in interchange.groups:
            inside = f"{where}, group {_shown(group.control)}"
            if group.code == GROUP:
                if not interchange.fault:
                    self._acknowledgements(group, inside, found=found)
                continue
            if interchange.fault:
                found.answers.append(answer(group, {}, refused=True))
            else:
                self._group(group, inside, found=found)

    def _stranger(self, interchange: Interchange) -> str:
        """Returns why an interchange is none between the partner and us; empty if it is one."""
        ends = [(end.qualifier, end.id) for end in (self.profile.partner, self.profile.us)]
        if [interchange.sender, interchange.receiver] != ends:
            return (
                "its sender and receiver (ISA05 to ISA08) are not those of the profile, so it is left out "
                "and not answered; correct us or partner in the profile, or tell the warehouse"
            )
        if interchange.usage != self.profile.envelope.usage:
            return (
                f"it is not marked as {self.profile.usage} (ISA15), so it is left out and not answered; "
                "agree with the warehouse when tests end"
            )
        return ""

    def _group(self, group: Group, where: str, *, found: Incoming) -> None:
        fault, code = group.fault, group.fault_code
        if not fault and group.code != advice_945.GROUP:
            fault, code = f"groups of kind {_shown(group.code)} are not taken here", "1"
        if not fault and group.version[:6] not in VERSIONS:
            fault, code = f"version {_shown(group.version)} is not read here, only 4010 and 5010", "2"
        if fault:
            found.faults.append(f"{where}: {fault}; nothing of it is taken in, and {_AGAIN}")
            found.answers.append(answer(group, {}, refused=True, code=code))
            return
        faults: dict[int, Fault] = {}
        for at, each in enumerate(group.sets):
            wrong = self._advice(each, found)
            if wrong is not None:
                faults[at] = wrong
                found.faults.append(f"{where}, document {_shown(each.control)}: {wrong.words}; {_AGAIN}")
        found.answers.append(answer(group, faults, refused=False))

    def _advice(self, each: TransactionSet, found: Incoming) -> Fault | None:
        if each.fault is not None:
            return each.fault
        if each.code != advice_945.CODE:
            return Fault(words=f"documents {_shown(each.code)} are not taken here", code="1")
        advices = Advices(
            profile=self.profile,
            warehouse=self.warehouse,
            now=self.now,
            asked_to_stop=self.asked_to_stop,
        )
        advice = advices.read(each)
        if isinstance(advice, Fault):
            return advice
        found.messages.extend(advice.messages)
        found.notes.extend(advice.notes)
        return None

    def _acknowledgements(self, group: Group, where: str, *, found: Incoming) -> None:
        """Takes what a group of 997s says; nobody answers a 997, so its faults are for a person."""
        if group.fault:
            found.faults.append(f"{where}: {group.fault}; ask the warehouse for its 997 again")
            return
        for each in group.sets:
            said = self._ours(each)
            if isinstance(said, str):
                found.faults.append(f"{where}, document {_shown(each.control)}: {said}; ask the warehouse")
                continue
            entry, says = said
            found.messages.extend(_taken_or_not(entry, says))
            found.notes.extend(self._stops_not_read(entry, says))
            rejected = frozenset(control for control in entry.keys if says.why_rejected(control))
            found.settled.append((entry, rejected))

    def _ours(self, each: TransactionSet) -> tuple[Entry, Acknowledged] | str:
        """Returns which of our interchanges a 997 is about and what it says, or what is wrong with it."""
        if each.code != CODE:
            return "it is no 997"
        said = each.fault or acknowledged(each)
        if isinstance(said, Fault):
            return said.words
        number = said.group
        is_one = number.isascii() and number.isdigit() and len(number) <= 9
        entry = self.numbered.get(int(number)) if is_one else None
        if entry is None:
            return f"it acknowledges our group {_shown(number)}, which was not sent from here"
        return entry, said

    def _stops_not_read(self, entry: Entry, said: Acknowledged) -> Iterator[str]:
        if entry.kind is not Kind.STOP:
            return
        for control, reference in entry.keys.items():
            why = said.why_rejected(control)
            if why:
                yield (
                    f"warehouse {self.warehouse} could not read the wish that release {reference} is not "
                    f"shipped ({why}): call the warehouse"
                )

    def _file(self, name: str) -> str:
        return f"warehouse {self.warehouse}, file {_shown(name)}"


def _taken_or_not(entry: Entry, said: Acknowledged) -> Iterator[WarehouseMessage]:
    if entry.kind is not Kind.ORDERS:
        return
    for control, reference in entry.keys.items():
        why = said.why_rejected(control)
        if why:
            yield LateRefusal(release=ReleaseRef(reference), words=f"its 997 rejects the order: {why}")
        else:
            yield Taken(release=ReleaseRef(reference))


def _shown(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else "(unreadable)"
