"""The 997, both ways: what a partner says to our orders, and what we say to its advices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dockseal.warehouses.edi.reading import Fault, Group, TransactionSet
from dockseal.warehouses.edi.syntax import Document, Segment, segment

CODE = "997"
GROUP = "FA"
"""GS01."""

_ACCEPTED = frozenset("AE")
_SET_CODES: Mapping[str, str] = MappingProxyType(
    {
        "1": "this document is not taken here",
        "2": "its trailer is missing",
        "3": "its control numbers differ",
        "4": "its count of segments is wrong",
        "5": "segments are in error",
        "6": "its code is missing or unknown",
        "7": "its control number is missing or bad",
        "23": "its control number was used before",
    }
)
"""AK502 to AK506 (data element 718)."""
_SEGMENT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "1": "is unknown",
        "2": "was not expected",
        "3": "is missing",
        "4": "stands in a loop too often",
        "5": "stands too often",
        "6": "is not used in this document",
        "7": "stands in the wrong place",
        "8": "has elements in error",
    }
)
"""AK304 (data element 720)."""
_ELEMENT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "1": "is missing",
        "2": "is missing beside another one",
        "3": "is one too many",
        "4": "is too short",
        "5": "is too long",
        "6": "has a character that is not allowed",
        "7": "has an unknown code",
        "8": "is no date",
        "9": "is no time",
        "10": "excludes another one",
    }
)
"""AK403 (data element 723)."""
_GROUP_CODES: Mapping[str, str] = MappingProxyType(
    {
        "1": "this kind of group is not taken here",
        "2": "this version is not taken here",
        "3": "its trailer is missing",
        "4": "its control numbers differ",
        "5": "its count of documents is wrong",
        "6": "its control number is bad",
    }
)
"""AK905 to AK909 (data element 716)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What a 997 says of one of our groups."""

    group: str
    """The control number of the group."""
    accepted: bool
    """Whether the group as a whole was taken, if maybe without some of its sets."""
    words: str
    """Why it was not; empty if it was."""
    sets: Mapping[str, str]
    """Of the sets that are named: why they were rejected, by control number; empty: accepted."""

    def why_rejected(self, control: str) -> str:
        """Returns why a set was rejected; empty: it was accepted."""
        if not self.accepted:
            return self.sets.get(control) or self.words
        return self.sets.get(control, "")


def acknowledged(document: TransactionSet) -> Acknowledged | Fault:
    """Reads a 997."""
    group = trailer = None
    sets: dict[str, str] = {}
    control = ""
    words: list[str] = []
    for each in document.segments:
        if each.tag == "AK1":
            group = each
        elif each.tag == "AK2":
            control, words = each[2], []
        elif each.tag == "AK3":
            words.append(f"segment {_plain(each[1])} {_word(_SEGMENT_CODES, each[4] or '8')}")
        elif each.tag == "AK4":
            words.append(f"element {_plain(each[1])} of it {_word(_ELEMENT_CODES, each[3])}")
        elif each.tag == "AK5":
            codes = [_word(_SET_CODES, code) for code in each.elements[1:] if code]
            rejected = ", ".join([*codes, *words]) or "it said no more"
            sets[control] = "" if each[1] in _ACCEPTED else rejected
        elif each.tag == "AK9":
            trailer = each
    if group is None or trailer is None:
        missing = "AK1" if group is None else "AK9"
        return Fault(words=f"it has no {missing}", tag=missing, segment_code="3")
    codes = [_word(_GROUP_CODES, code) for code in trailer.elements[4:] if code]
    return Acknowledged(
        group=group[2],
        accepted=trailer[1] in _ACCEPTED | {"P"},
        words=", ".join(codes) or "it rejects the whole group and said no more",
        sets=sets,
    )


def answer(group: Group, faults: Mapping[int, Fault], *, refused: bool, code: str = "") -> Document:
    """Returns our 997 to a group.

    Args:
        group: What was received.
        faults: What is wrong with its sets, by their place in the group.
        refused: Whether the group is rejected as a whole.
        code: Why, as a code of AK905; may be empty.
    """
    version = [group.version] if group.version[:6] >= "005010" else []
    segments = [segment("AK1", group.code, group.control, *version)]
    for at, each in enumerate(group.sets):
        segments.extend(_answer_to(each, faults.get(at)))
    accepted = 0 if refused else len(group.sets) - len(faults)
    status = "A" if accepted == len(group.sets) and not refused else "P" if accepted else "R"
    counts = (str(group.declared), str(len(group.sets)), str(accepted))
    segments.append(segment("AK9", status, *counts, code))
    return Document(code=CODE, segments=tuple(segments))


def _answer_to(each: TransactionSet, fault: Fault | None) -> Sequence[Segment]:
    said = [segment("AK2", each.code, each.control)]
    if fault is None:
        return [*said, segment("AK5", "A")]
    if fault.tag:
        place = str(fault.position or len(each.segments))
        said.append(segment("AK3", fault.tag, place, "", fault.segment_code))
        if fault.element:
            said.append(segment("AK4", str(fault.element), "", fault.element_code))
    return [*said, segment("AK5", "R", fault.code)]


def _word(words: Mapping[str, str], code: str) -> str:
    return words.get(code) or f"code {_plain(code)}"


def _plain(text: str) -> str:
    """Returns a short code for a sentence. A 997 repeats bad values in AK404, and that is never read."""
    return text if text.isascii() and text.isalnum() and len(text) <= 3 else "(unreadable)"
