"""Reads X12 strictly: envelopes, counts and control numbers must agree, or the part that does not is a fault.

Whatever bytes come, nothing is raised. What is wrong with an interchange or a group spoils that one, what is
wrong with a transaction set spoils that set alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dockseal.warehouses.edi.syntax import ISA_LENGTH, ISA_WIDTHS, REPEATS_SINCE, Delimiters, Segment

LARGEST = 20_000_000
"""Bytes of a file that is read; a larger one is no advice of a day."""

_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_BETWEEN = "\r\n"
"""What may stand behind a segment terminator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a transaction set, in words and in the codes of a 997."""

    words: str
    code: str = "5"
    """AK502: 3 control numbers differ, 4 the count is wrong, 5 segments are in error, …"""
    tag: str = ""
    """The segment at fault, if it is one (AK301)."""
    position: int = 0
    """Where it stands in the set, ST being 1 (AK302)."""
    segment_code: str = "8"
    """AK304: 3 a mandatory segment is missing, 8 it has elements in error, …"""
    element: int = 0
    """The element at fault, if it is one (AK401)."""
    element_code: str = ""
    """AK403: 1 it is missing, 7 an unknown code, 8 no date, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionSet:
    """One document, from its ST to its SE."""

    code: str
    control: str
    segments: tuple[Segment, ...]
    """From ST to SE: the first one stands at position 1."""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Documents of one kind."""

    code: str
    control: str
    version: str
    sets: tuple[TransactionSet, ...]
    declared: int
    """How many sets its trailer counts."""
    fault: str = ""
    """A sentence; empty if its envelope adds up."""
    fault_code: str = ""
    """The same as a code of AK905."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interchange:
    """One envelope from ISA to IEA."""

    control: str
    sender: tuple[str, str]
    """(qualifier, id)."""
    receiver: tuple[str, str]
    usage: str
    delimiters: Delimiters
    groups: tuple[Group, ...]
    ended: bool
    """Whether it has its IEA."""
    fault: str = ""
    """A sentence; empty if its envelope adds up."""


@dataclass(slots=True)
class Reading:
    """What a file holds."""

    interchanges: list[Interchange] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """A sentence for each stretch that belongs to no interchange."""


def read(content: bytes) -> Reading:
    """Returns the interchanges of a file, and what of it is none."""
    reading = Reading()
    if len(content) > LARGEST:
        reading.faults.append(f"it has {len(content)} bytes; more than {LARGEST} are not read")
        return reading
    rest = _text(content).lstrip("\ufeff \t\r\n\x1a\x00")
    if not rest:
        reading.faults.append("it is empty")
    while rest:
        delimiters, fault = _delimiters(rest)
        if delimiters is None:
            reading.faults.append(fault)
            return reading
        segments, rest = _until_iea(rest, delimiters)
        reading.interchanges.append(_interchange(segments, delimiters))
        rest = rest.lstrip(" \t\r\n\x1a\x00")
    return reading


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _delimiters(text: str) -> tuple[Delimiters | None, str]:
    """Returns what the ISA at the beginning of a text declares, or None and a sentence."""
    isa = text[:ISA_LENGTH]
    if not isa.startswith("ISA") or len(isa) < ISA_LENGTH:
        return None, "it holds something that does not begin with a whole ISA segment of 106 characters"
    element, at = isa[3], 3
    for width in ISA_WIDTHS:
        if isa[at] != element:
            return None, f"its ISA segment has no delimiter at character {at + 1}: a field has a wrong length"
        at += width + 1
    version, repetition = isa[84:89], isa[82]
    found = Delimiters(
        element=element,
        component=isa[104],
        segment=isa[105],
        repetition=repetition if version.isascii() and version.isdigit() and version >= REPEATS_SINCE else "",
    )
    parts = found.in_use()
    if len(set(parts)) != len(parts) or any(part.isalnum() or part == " " for part in parts):
        return None, "its ISA segment declares delimiters that are letters, digits, blanks or twice the same"
    return found, ""


def _until_iea(text: str, delimiters: Delimiters) -> tuple[list[Segment], str]:
    """Returns the segments up to the IEA, and the text behind it; all of them if there is no IEA."""
    segments: list[Segment] = []
    at = 0
    while at < len(text):
        end = text.find(delimiters.segment, at)
        if end < 0:
            if text[at:].strip():
                segments.append(Segment("", ()))
            return segments, ""
        piece = text[at:end].lstrip(_BETWEEN)
        if segments and piece.startswith("ISA" + delimiters.element):
            # The next interchange begins though this one has not ended: it is not to be lost with it.
            return segments, text[at:]
        tag, *elements = piece.split(delimiters.element)
        segments.append(Segment(tag, tuple(elements)))
        at = end + 1
        if tag == "IEA":
            break
    return segments, text[at:]


def _interchange(segments: Sequence[Segment], delimiters: Delimiters) -> Interchange:
    isa = segments[0]
    body = segments[1:]
    fault = ""
    ended = bool(body) and body[-1].tag == "IEA"
    if ended:
        trailer, body = body[-1], body[:-1]
        if trailer[2] != isa[13]:
            fault = "the control numbers of its ISA and IEA differ"
    else:
        trailer = Segment("IEA")
        fault = "it ends without an IEA: it was cut off"
    groups, strays = _groups(body)
    if not fault and strays:
        fault = f"{strays} of its segments stand in no functional group"
    if not fault and _count(trailer[1]) != len(groups):
        fault = f"its IEA counts {_shown(trailer[1])} functional groups, but there are {len(groups)}"
    if not fault and not groups:
        fault = "it holds no functional group"
    return Interchange(
        control=isa[13],
        sender=(isa[5].strip(), isa[6].strip()),
        receiver=(isa[7].strip(), isa[8].strip()),
        usage=isa[15],
        delimiters=delimiters,
        groups=tuple(groups),
        ended=ended,
        fault=fault,
    )


def _groups(segments: Sequence[Segment]) -> tuple[list[Group], int]:
    """Returns the groups, and how many segments stand outside of any; TA1 may."""
    groups: list[Group] = []
    strays = 0
    inner: list[Segment] | None = None
    for each in segments:
        if each.tag == "GS":
            if inner is not None:
                groups.append(_group(inner, None))
            inner = [each]
        elif inner is None:
            strays += each.tag != "TA1"
        elif each.tag == "GE":
            groups.append(_group(inner, each))
            inner = None
        else:
            inner.append(each)
    if inner is not None:
        groups.append(_group(inner, None))
    return groups, strays


def _group(segments: Sequence[Segment], trailer: Segment | None) -> Group:
    header = segments[0]
    sets, strays = _sets(segments[1:])
    fault = code = ""
    if trailer is None:
        fault, code = "it has no GE trailer", "3"
    elif trailer[2] != header[6]:
        fault, code = "the control numbers of its GS and GE differ", "4"
    elif not _NUMBER.fullmatch(header[6]):
        fault, code = "its control number is none", "6"
    elif _count(trailer[1]) != len(sets):
        fault, code = f"its GE counts {_shown(trailer[1])} documents, but there are {len(sets)}", "5"
    elif strays:
        fault, code = f"{strays} of its segments stand in no document", "5"
    declared = _count(trailer[1]) if trailer is not None else len(sets)
    return Group(
        code=header[1],
        control=header[6],
        version=header[8],
        sets=tuple(sets),
        declared=len(sets) if declared < 0 else declared,
        fault=fault,
        fault_code=code,
    )


def _sets(segments: Sequence[Segment]) -> tuple[list[TransactionSet], int]:
    sets: list[TransactionSet] = []
    strays = 0
    inner: list[Segment] | None = None
    for each in segments:
        if each.tag == "ST":
            if inner is not None:
                sets.append(_set(inner, ended=False))
            inner = [each]
        elif inner is None:
            strays += 1
        else:
            inner.append(each)
            if each.tag == "SE":
                sets.append(_set(inner, ended=True))
                inner = None
    if inner is not None:
        sets.append(_set(inner, ended=False))
    return sets, strays


def _set(segments: Sequence[Segment], *, ended: bool) -> TransactionSet:
    header, trailer = segments[0], segments[-1]
    fault = None
    if not ended:
        fault = Fault(words="it has no SE trailer", code="2")
    elif trailer[2] != header[2]:
        fault = Fault(words="the control numbers of its ST and SE differ", code="3")
    elif _count(trailer[1]) != len(segments):
        words = f"its SE counts {_shown(trailer[1])} segments, but there are {len(segments)}"
        fault = Fault(words=words, code="4")
    else:
        fault = _bad_tag(segments)
    return TransactionSet(code=header[1], control=header[2], segments=tuple(segments), fault=fault)


def _bad_tag(segments: Sequence[Segment]) -> Fault | None:
    for position, each in enumerate(segments, 1):
        if not _TAG.fullmatch(each.tag):
            return Fault(words=f"its segment {position} has no tag", position=position, segment_code="1")
    return None


def _count(text: str) -> int:
    return int(text) if text.isascii() and _NUMBER.fullmatch(text) else -1


def _shown(text: str) -> str:
    return text if _count(text) >= 0 else "no number of"
