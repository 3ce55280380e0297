"""Reads the processing report of an XML feed: what became of each of its messages.

Amazon lists the messages that failed or got a warning, and counts the others. Its words can name an order's
id; nobody's data is in them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dockseal.errors import AnswerUnreadable

WHOLE_FEED = "0"
"""The message that stands for the file as a whole."""
_DEEPEST = 12
_LONGEST = 300
_NUMBER = re.compile(r"0*(\d{1,20})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingReport:
    """What became of a feed."""

    processed: int
    """How many messages Amazon worked through."""
    faults: Mapping[str, str]
    """Amazon's words by the number of the message that failed; `WHOLE_FEED` for the file."""
    warnings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The same of messages that were carried out all the same."""
    failed: int = 0
    """How many messages failed, as Amazon counts them."""

    def fault_of(self, message: int) -> str:
        """Returns why a message failed, or the whole file; empty if it was carried out."""
        return self.faults.get(str(message)) or self.faults.get(WHOLE_FEED, "")


def processing_report(content: bytes, whose: str) -> ProcessingReport:
    """Reads a processing report.

    Args:
        content: The document.
        whose: What it is, in words.

    Raises:
        AnswerUnreadable: it is none.
    """
    root = _parsed(content)
    report = root.find("Message/ProcessingReport") if root is not None else None
    if report is None:
        raise AnswerUnreadable(f"{whose} cannot be read: look at the feed in Seller Central")
    return ProcessingReport(
        processed=_count(report.findtext("ProcessingSummary/MessagesProcessed")),
        faults=MappingProxyType(dict(_results(report, "error"))),
        warnings=MappingProxyType(dict(_results(report, "warning"))),
        failed=_count(report.findtext("ProcessingSummary/MessagesWithError")),
    )


def _results(report: Element, code_of_result: str) -> Iterator[tuple[str, str]]:
    for result in report.findall("Result"):
        if _text(result, "ResultCode").lower() == code_of_result:
            found = _NUMBER.fullmatch(_text(result, "MessageID"))
            words = _text(result, "ResultDescription") or "Amazon gave no reason"
            code = _text(result, "ResultMessageCode")
            yield (found[1] if found else WHOLE_FEED), f"{code}: {words}"[:_LONGEST] if code else words


def _count(text: str | None) -> int:
    found = _NUMBER.fullmatch((text or "").strip())
    return int(found[1]) if found else 0


def _text(element: Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())[:_LONGEST]


def _parsed(content: bytes) -> Element | None:
    """Returns the root; None for what is no XML, declares entities of its own, or goes too deep.

    Amazon says UTF-8 of documents that are in Cp1252 at times (selling-partner-api-models #2748, #4888).
    """
    root = _parsed_as(content, None)
    return _parsed_as(content, "windows-1252") if root is None else root


def _parsed_as(content: bytes, encoding: str | None) -> Element | None:
    builder, parser, depth = TreeBuilder(), expat.ParserCreate(encoding), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _Refused
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def refuse(*_: object) -> None:
        raise _Refused

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, _Refused, AssertionError, ValueError, LookupError):
        return None


class _Refused(Exception):
    """The document does what no processing report does."""
