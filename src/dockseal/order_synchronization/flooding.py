"""A flood: so many orders wait that Amazon makes a report of them sooner than they can be read.

One report is asked for at a time of each marketplace, and written down, so that a restart does not ask again.
Pages and single reads go on while it is made: nothing waits for it.

**What it may answer.** A report shows an order as it was up to `ReportTerms.lag` before it was asked for. It
answers what was noticed until then; of later notices each is followed up by a reading. An order that is here
already is not touched, since it was read, and a reading knows more.

**What it does not show.** A buyer's wish to cancel is in no report. An order that a notification tells such a
wish of is left to be read by itself, and its notices stay open. Orders from a report are released like any
others, for in a flood it is the waiting that does harm; the sweep goes on over every one of them, and what a
reading then knows more reaches a released order as a decision (`changes`), as every later change does.

**When there is none.** Amazon refuses it for want of a role, cancels it (as it does where there is nothing
to show) or fails: that is written in the ledger, and for a day no other is asked for of that marketplace.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from dockseal.amazon.reports import ReportState, Standing
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order_report import AskedReport, OrdersOfReport, ReportTerms
from dockseal.domain.sync_run import SyncOutcome, SyncSource
from dockseal.errors import (
    AmazonRefused,
    AmazonThrottled,
    AnswerUnreadable,
    BadInput,
    MoveRefused,
    RoleMissing,
)
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger, Tally
from dockseal.order_synchronization.planning import Plan
from dockseal.storage.store import Storage

MOST = 20_000
"""So many waiting orders are looked at."""
REST = timedelta(days=1)
"""How long no report is asked for after one that came to nothing."""
LONGEST = timedelta(hours=6)
"""A report that cannot be read by then is given up."""
_NO = (RoleMissing, AmazonRefused, AnswerUnreadable, BadInput)
_CALLS_TO_READ = 3
"""createRestrictedDataToken, getReportDocument and the document itself."""
_ENDED = {
    ReportState.CANCELLED: "Amazon cancelled it, as it does where there is nothing to show",
    ReportState.FATAL: "Amazon failed to make it",
}


class ReportDesk(Protocol):
    """What of Amazon is needed here. Every method raises the errors of `Session.call`."""

    def ask(self, seller: SellerId, marketplace_id: str, since: datetime) -> str:
        """Asks for a report; returns Amazon's id of it."""

    def standing(self, seller: SellerId, report_id: str) -> Standing:
        """Tells how a report stands."""


class ReportReader(Protocol):
    """Reads a finished report where personal data may be seen, and gives on what is none."""

    def __call__(
        self, report: AskedReport, document_id: str, *, as_of: datetime, passed_over: frozenset[str]
    ) -> OrdersOfReport:
        """Returns the orders that are new here.

        Args:
            report: Which one.
            document_id: Amazon's id of what it shows.
            as_of: It shows everything that happened before this instant.
            passed_over: Orders that are to be read by themselves.

        Raises:
            RoleMissing: the roles do not cover it.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Flooding:
    """Takes in a flood of orders by order reports.

    Attributes:
        outlook: Plans how waiting orders would come in.
        reports: Asks for reports.
        read: Reads one that is done.
        first: How far back the first window of a seller reaches.
        terms: What is counted on; None: no report is ever asked for.
        without_recipient: Gives the warehouses that need no personal data: for them no report is asked for.
    """

    storage: Storage
    outlook: Callable[[SellerId, Sequence[Notice], ReportTerms], Plan]
    reports: ReportDesk
    read: ReportReader
    keeping: Keeping
    ledger: Ledger
    clock: Clock
    first: timedelta
    terms: ReportTerms | None
    without_recipient: Callable[[], frozenset[WarehouseId]] = frozenset

    def run(self, seller: SellerId) -> Outcome:
        """Follows the reports that are being made, and asks for one where there is a flood.

        Raises:
            AmazonUnavailable: Amazon is down; the same is asked again.
            CredentialRefused: the seller's credentials ended.
        """
        terms = self.terms
        if terms is None or self.storage.sellers.get(seller).warehouse in self.without_recipient():
            return NOTHING
        asked = self.storage.order_reports.of_seller(seller)
        done = 0
        try:
            for report in asked:
                if report.report_id:
                    done += self._follow(report, terms)
            self._ask_in_flood(seller, asked, terms)
        except AmazonThrottled as throttled:
            return Outcome(done=done, again_at=throttled.until)
        return Outcome(done=done)

    def _ask_in_flood(self, seller: SellerId, asked: Sequence[AskedReport], terms: ReportTerms) -> None:
        now = self.clock.now()
        waiting, long = self.storage.notices.open_count(seller), self._window_is_long(seller, terms)
        if waiting < terms.flood and not long:
            return
        taken = {each.marketplace_id for each in asked if each.report_id or _rests(each, now)}
        free = [each for each in self.storage.sellers.get(seller).marketplaces if each not in taken]
        if free and (long or self._is_flood(seller, terms)):
            mark = self.storage.watermarks.get(seller)
            since = mark.complete_to if mark else now - self.first
            for marketplace_id in free:
                self._ask(seller, marketplace_id, since, waiting=waiting)

    def _window_is_long(self, seller: SellerId, terms: ReportTerms) -> bool:
        """Tells whether the sweep has an open window of new orders that many pages did not end.

        Such as a new seller's. A window of orders that are here already, as after a crowd was confirmed, is
        none: a report would show nothing, and for a day no other would be asked for.
        """
        mark = self.storage.watermarks.get(seller)
        if mark is None or not mark.page_token or mark.window_started_at is None:
            return False
        window = self.storage.sync_runs.find(
            seller, SyncSource.SWEEP, mark.window_started_at, mark.window_since
        )
        if window is None or window.pages < terms.pages:
            return False
        new = self.storage.orders.accepted_since(seller, mark.window_started_at)
        return 2 * new >= window.news or 2 * (new + len(self._new(seller))) >= window.news

    def _is_flood(self, seller: SellerId, terms: ReportTerms) -> bool:
        new = self._new(seller)
        return len(new) >= terms.flood and self.outlook(seller, new, terms).report_is_sooner

    def _new(self, seller: SellerId) -> list[Notice]:
        """Returns the due notices of orders that are not here yet."""
        due = self.storage.notices.due(seller, self.clock.now(), MOST)
        kept = self.storage.orders.kept_among(seller, [notice.amazon_order_id for notice in due])
        return [notice for notice in due if notice.amazon_order_id not in kept]

    def _ask(self, seller: SellerId, marketplace_id: str, since: datetime, *, waiting: int) -> None:
        """Asks, and writes the answer down. A crash in between costs a second report, and nothing else."""
        report = AskedReport(seller=seller, marketplace_id=marketplace_id, asked_at=self.clock.now())
        with self.ledger.run(seller, SyncSource.REPORT) as tally:
            tally.calls = 1
            try:
                report_id = self.reports.ask(seller, marketplace_id, since)
            except _NO as fault:
                self._give_up(report, tally, str(fault))
                return
            with self.storage.transaction():
                self.storage.order_reports.put(replace(report, report_id=report_id))
            tally.outcome = SyncOutcome.UNFINISHED
            tally.sentence = (
                f"{waiting} notices are open, or a sweep does not end: an order report of marketplace "
                f"{marketplace_id} is being made, and pages and single reads go on meanwhile."
            )

    def _follow(self, report: AskedReport, terms: ReportTerms) -> int:
        """Looks how a report stands, and takes in what it shows once it is done; returns how many orders."""
        with self.ledger.run(report.seller, SyncSource.REPORT) as tally:
            tally.calls = 1
            if self.clock.now() - report.asked_at >= LONGEST:
                self._give_up(report, tally, "it could not be read within six hours")
                return 0
            try:
                standing = self.reports.standing(report.seller, report.report_id)
                if standing.state is ReportState.BEING_MADE:
                    tally.idle = True
                elif standing.state is ReportState.DONE:
                    self._take_in(report, standing.document_id, tally, terms=terms)
                else:
                    self._give_up(report, tally, _ENDED[standing.state])
            except _NO as fault:
                self._give_up(report, tally, str(fault))
            return tally.news

    def _take_in(self, report: AskedReport, document_id: str, tally: Tally, *, terms: ReportTerms) -> None:
        as_of = report.asked_at - terms.lag
        wishes = self.storage.notices.of_source(report.seller, NoticeSource.BUYER)
        tally.calls += _CALLS_TO_READ
        shown = self.read(report, document_id, as_of=as_of, passed_over=wishes)
        for order in shown.orders:
            try:
                with self.storage.transaction():
                    tally.news += self.keeping.keep(report.seller, order, read_at=as_of)
                    self.storage.notices.close(report.seller, order.amazon_order_id, as_of)
            except MoveRefused:  # read by itself in the same instant: that reading stays
                continue
        tally.orders = len(shown.orders) + shown.left
        # The next one may show what this one lags behind.
        self._settle(report, self.clock.now() + terms.lag)

    def _give_up(self, report: AskedReport, tally: Tally, why: str) -> None:
        tally.outcome = SyncOutcome.FAILED
        tally.sentence = (
            f"No order report of marketplace {report.marketplace_id}: {why}. Pages and single reads take the "
            "orders in; another report is asked for in a day at the earliest."
        )
        self._settle(report, self.clock.now() + REST)

    def _settle(self, report: AskedReport, rests_until: datetime) -> None:
        with self.storage.transaction():
            self.storage.order_reports.put(replace(report, report_id="", rests_until=rests_until))


def _rests(report: AskedReport, now: datetime) -> bool:
    return report.rests_until is not None and now < report.rests_until
