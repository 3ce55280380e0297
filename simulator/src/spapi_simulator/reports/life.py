"""The life of a report: IN_QUEUE, IN_PROGRESS, and then DONE, CANCELLED without data, or FATAL."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.days import RETENTION
from spapi_simulator.front.documents import Documents
from spapi_simulator.reports.fulfillable import Fulfillable
from spapi_simulator.reports.order_rows import Showing
from spapi_simulator.reports.report import CANCELLED, DONE, FATAL, IN_PROGRESS, IN_QUEUE, Report, Wish
from spapi_simulator.reports.types import DOCUMENT_LIFE, ByClock
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.present import Present
from spapi_simulator.world.records import OrderRecord
from spapi_simulator.world.seeded import Seeded

DOCUMENT_PREFIX = "amzn1.spdoc.1.4."
Tell = Callable[[str, str, str, JSON], object]
"""Publishes a notification: seller, type, payload version, payload."""
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)


class Life:
    """Keeps the reports of all sellers and moves them on when the time has come."""

    def __init__(
        self,
        book: Book,
        present: Present,
        seeded: Seeded,
        *,
        documents: Documents,
        behaviours: Behaviours,
        tell: Tell,
    ) -> None:
        self._book = book
        self._present = present
        self._seeded = seeded
        self._documents = documents
        self._behaviours = behaviours
        self._tell = tell
        self._fulfillable = Fulfillable(book, present)
        self._reports: dict[str, dict[str, Report]] = {}

    def create(
        self, wish: Wish, *, start: datetime | None, end: datetime | None, schedule_id: str = ""
    ) -> Report:
        """Put a report into the queue; without an end it reaches to now."""
        now = self._present.now()
        shelf = self._reports.setdefault(wish.seller.seller_id, {})
        self._forget(shelf)
        report = Report(
            report_id=self._new_id(shelf),
            wish=wish,
            created_at=now,
            data_start=start,
            data_end=end or now,
            schedule_id=schedule_id,
        )
        shelf[report.report_id] = report
        self._present.after(self._behaviours.report_queue_seconds, lambda: self._start(report))
        return report

    def find(self, seller_id: str, report_id: str) -> Report | None:
        """Return a report that Amazon still has."""
        report = self._reports.get(seller_id, {}).get(report_id)
        return report if report is not None and self._kept(report) else None

    def newest_first(self, seller_id: str) -> Iterator[Report]:
        """Yield the reports of a seller that Amazon still has."""
        return (one for one in reversed(self._reports.get(seller_id, {}).values()) if self._kept(one))

    def cancel(self, report: Report) -> bool:
        """Take a report out of the queue; False when it is no longer in it."""
        if report.status != IN_QUEUE:
            return False
        self._end(report, CANCELLED)
        return True

    def _start(self, report: Report) -> None:
        """Look at the orders now; what changes while the report is made is not in it."""
        if report.status != IN_QUEUE:
            return
        report.status = IN_PROGRESS
        report.started_at = self._present.now()
        status, body = self._outcome(report)
        self._present.after(
            self._behaviours.report_processing_seconds, lambda: self._end(report, status, body)
        )

    def _end(self, report: Report, status: str, body: str = "") -> None:
        if body:
            self._file(report, body)
        report.status = status
        report.ended_at = self._present.now()
        seller_id = report.wish.seller.seller_id
        finished: JSON = {
            "sellerId": seller_id,
            "accountId": f"amzn1.merchant.o.{seller_id}",
            "reportId": report.report_id,
            "reportType": report.wish.kind.name,
            "processingStatus": status,
        }
        if report.document_id:
            finished["reportDocumentId"] = report.document_id
        payload: JSON = {"reportProcessingFinishedNotification": finished}
        self._tell(seller_id, "REPORT_PROCESSING_FINISHED", "2020-09-04", payload)

    def _file(self, report: Report, body: str) -> None:
        """Put the content behind a document id; what its charset does not have becomes a question mark."""
        wish, charset = report.wish, self._behaviours.report_charset
        report.document_id = (
            f"{DOCUMENT_PREFIX}{wish.seller.region.lower()}.{self._seeded.uuid('report document')}"
            f".T{self._seeded.letters('report document', 13)}.{self._seeded.digits('report document', 4)}"
        )
        document = self._documents.open(
            report.document_id,
            content_type=f"{wish.kind.media}; charset={charset}",
            life=DOCUMENT_LIFE,
            owner=wish.seller.seller_id,
            roles=wish.kind.roles,
        )
        raw = body.encode(charset, errors="replace")
        self._documents.fill(document, raw, compress=len(raw) >= self._behaviours.report_gzip_from_bytes)
        # Nobody may ever ask for it again, so that nobody would notice that it is to be forgotten.
        self._present.at(document.dies_at, lambda: self._documents.find(document.document_id))

    def _outcome(self, report: Report) -> tuple[str, str]:
        """Return how a report will end, and its content where it has one."""
        wish, now = report.wish, self._present.now()
        showing = Showing(
            now=now,
            behaviours=self._behaviours,
            fulfillable_at=self._fulfillable.at,
            charset=self._behaviours.report_charset,
            options=wish.options,
        )
        start, widest = report.data_start or _BEGINNING, wish.kind.widest
        if report.data_start is not None and report.created_at - start > wish.kind.oldest:
            return FATAL, ""
        if widest is not None and report.data_end - start > widest:
            return DONE, wish.kind.build((), showing)
        known = min(report.data_end, now - timedelta(seconds=self._behaviours.report_lag_seconds))
        if report.schedule_id and known == report.data_end:
            # The periods of a schedule touch; what happens at their border belongs to the later one.
            known -= _INSTANT
        orders = [
            order
            for order in self._between(report, start, known)
            if order.marketplace.marketplace_id in wish.marketplace_ids and wish.kind.wants(order)
        ]
        return (DONE, wish.kind.build(orders, showing)) if orders else (CANCELLED, "")

    def _between(self, report: Report, after: datetime, before: datetime) -> Iterable[OrderRecord]:
        seller_id, clock = report.wish.seller.seller_id, report.wish.kind.clock
        if clock is ByClock.FULFILLABLE:
            return self._fulfillable.between(seller_id, after, before)
        shelf = self._book.shelf(seller_id)
        clocked = shelf.by_creation if clock is ByClock.CREATED else shelf.by_update
        found = shelf.between(clocked, after, before, beyond=None, now=self._present.now())
        return (order for _, order in found)

    def _kept(self, report: Report) -> bool:
        return self._present.now() - report.created_at <= RETENTION

    def _forget(self, shelf: dict[str, Report]) -> None:
        """Drop the oldest reports that Amazon no longer has."""
        while shelf and not self._kept(oldest := next(iter(shelf.values()))):
            del shelf[oldest.report_id]

    def _new_id(self, shelf: dict[str, Report]) -> str:
        while (found := f"50{self._seeded.digits('report', 9)}") in shelf:
            pass
        return found
