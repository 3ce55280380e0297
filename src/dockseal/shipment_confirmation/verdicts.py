"""What a feed's end says of each package in it: pure.

Amazon publishes no list of the codes in a processing report. So a message that failed goes by a call, which
Amazon answers for certain, unless its code is known to be final; and where the report does not add up, what
became of a package is read back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from dockseal.amazon.feeds import FeedStatus
from dockseal.amazon.processing_report import WHOLE_FEED, ProcessingReport
from dockseal.shipment_confirmation.feeding import Heard

FINAL_CODES = frozenset({"18028"})
"""The seller has no such order (seen in Amazon's own reports): a call would be refused too."""
_CANCELLED = "the feed was cancelled before Amazon worked on it"
_NO_WORDS = "Amazon could not work on the feed"


class Fate(StrEnum):
    """What became of a package."""

    CONFIRMED = "confirmed"
    """Amazon took it."""
    REFUSED = "refused"
    """Amazon does not take it."""
    RETURNED = "returned"
    """Amazon did not take it with this feed: it goes by a call."""
    UNSURE = "unsure"
    """Nobody can say: Amazon is read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a package, and Amazon's words about it: a fault, or a warning."""

    fate: Fate
    words: str = ""


def verdicts(heard: Heard | None, numbers: Collection[int]) -> dict[int, Verdict]:
    """Returns what became of each package.

    Args:
        heard: How the feed ended; None: nobody can read that.
        numbers: The packages that are in the feed.
    """
    report = None if heard is None else heard.report
    if heard is not None and heard.status is FeedStatus.CANCELLED and not (report and report.processed):
        return dict.fromkeys(numbers, Verdict(fate=Fate.RETURNED, words=_CANCELLED))
    if heard is None or report is None:
        return dict.fromkeys(numbers, Verdict(fate=Fate.UNSURE))
    whole = report.faults.get(WHOLE_FEED, "")
    own = {number: words for number in numbers if (words := report.faults.get(str(number)))}
    others = Verdict(fate=Fate.UNSURE, words=whole)
    if heard.status is FeedStatus.DONE and not whole and _adds_up(report, sent=len(numbers), own=len(own)):
        others = Verdict(fate=Fate.CONFIRMED)
    elif not report.processed and (whole or heard.status is FeedStatus.FATAL):
        others = Verdict(fate=Fate.RETURNED, words=whole or _NO_WORDS)
    return {
        number: _failed(own[number]) if number in own else _warned(others, report, number)
        for number in numbers
    }


def _adds_up(report: ProcessingReport, *, sent: int, own: int) -> bool:
    """Tells whether Amazon worked through all that was sent, and says of each failure whose it is."""
    return report.processed >= sent and max(report.failed, len(report.faults)) <= own


def _failed(words: str) -> Verdict:
    code = words.partition(":")[0]
    return Verdict(fate=Fate.REFUSED if code in FINAL_CODES else Fate.RETURNED, words=words)


def _warned(verdict: Verdict, report: ProcessingReport, number: int) -> Verdict:
    if verdict.fate is not Fate.CONFIRMED:
        return verdict
    return Verdict(fate=Fate.CONFIRMED, words=report.warnings.get(str(number), ""))
