"""The life of a feed: it waits in the queue, is worked on, and ends with a report and a notification.

A file that cannot be read as a whole - wrong charset, XML that is not well-formed, another MessageType or
MerchantIdentifier, a column that is missing - ends as FATAL, with a report that says so of message 0. Which
of FATAL and DONE Amazon gives for each of these is UNVERIFIED. Every other file ends as DONE, however many of
its messages failed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from spapi_simulator.feeds.acknowledgement import Acknowledgement
from spapi_simulator.feeds.decoding import decode
from spapi_simulator.feeds.documents import FeedDocuments, Upload
from spapi_simulator.feeds.feed import CANCELLED, DONE, FATAL, IN_PROGRESS, IN_QUEUE, Feed
from spapi_simulator.feeds.fulfillment import Fulfillment
from spapi_simulator.feeds.messages import Errand, Result, Unreadable
from spapi_simulator.feeds.processing_report import FLAT_TYPE, XML_TYPE, flat_report, xml_report
from spapi_simulator.front.answers import JSON
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.present import Present

Tell = Callable[[str, str, str, JSON], None]
"""Publishes a notification: seller id, type, payload version, payload."""
_Work = Callable[[str, Errand], list[Result]]


class Processing:
    """Works through feeds; one of a seller waits while another of the same type is in progress."""

    def __init__(
        self,
        fulfillment: Fulfillment,
        acknowledgement: Acknowledgement,
        documents: FeedDocuments,
        *,
        present: Present,
        behaviours: Behaviours,
        tell: Tell,
    ) -> None:
        self._documents = documents
        self._present = present
        self._behaviours = behaviours
        self._tell = tell
        self._busy_until: dict[tuple[str, str], datetime] = {}
        self._xml: dict[str, _Work] = {
            "POST_ORDER_FULFILLMENT_DATA": fulfillment.xml,
            "POST_ORDER_ACKNOWLEDGEMENT_DATA": acknowledgement.xml,
        }
        self._flat: dict[str, _Work] = {
            "POST_FLAT_FILE_FULFILLMENT_DATA": fulfillment.flat,
            "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA": acknowledgement.flat,
        }

    @property
    def feed_types(self) -> frozenset[str]:
        """The feed types that are worked on here."""
        return frozenset(self._xml | self._flat)

    def enqueue(self, feed: Feed, upload: Upload) -> None:
        """Put a new feed into the queue."""
        self._present.after(self._behaviours.feed_queue_seconds, lambda: self._start(feed, upload))

    def cancel(self, feed: Feed) -> None:
        """End a feed that still is in the queue."""
        feed.started_at = self._present.now()
        self._end(feed, CANCELLED)

    def _start(self, feed: Feed, upload: Upload) -> None:
        if feed.status != IN_QUEUE:
            return
        now, lane = self._present.now(), (feed.seller_id, feed.feed_type)
        free = self._busy_until.get(lane, now)
        if free > now:
            self._present.at(free, lambda: self._start(feed, upload))
            return
        feed.status, feed.started_at = IN_PROGRESS, now
        lasts = timedelta(seconds=self._behaviours.feed_processing_seconds)
        self._busy_until[lane] = now + lasts
        self._present.at(now + lasts, lambda: self._finish(feed, upload))

    def _finish(self, feed: Feed, upload: Upload) -> None:
        errand = Errand(
            seller_id=feed.seller_id, marketplace_ids=feed.marketplace_ids, now=self._present.now()
        )
        is_xml = feed.feed_type in self._xml
        work = (self._xml if is_xml else self._flat)[feed.feed_type]
        results: list[Result] = []
        fault: Unreadable | None = None
        try:
            results = work(decode(upload.content, upload.content_type), errand)
        except Unreadable as whole:
            fault = whole
        report = (
            xml_report(results, feed_id=feed.feed_id, seller_id=feed.seller_id, fault=fault)
            if is_xml
            else flat_report(results, fault=fault)
        )
        document = self._documents.add_result(
            report,
            XML_TYPE if is_xml else FLAT_TYPE,
            seller_id=feed.seller_id,
            region=feed.region,
            compress=len(report) >= self._behaviours.feed_report_gzip_from_bytes,
        )
        feed.result_document_id = document.document_id
        self._end(feed, FATAL if fault else DONE)

    def _end(self, feed: Feed, status: str) -> None:
        feed.status, feed.ended_at = status, self._present.now()
        told: JSON = {
            "sellerId": feed.seller_id,
            "accountId": f"amzn1.merchant.o.{feed.seller_id}",
            "feedId": feed.feed_id,
            "feedType": feed.feed_type,
            "processingStatus": status,
        }
        if feed.result_document_id:
            told["resultFeedDocumentId"] = feed.result_document_id
        payload: JSON = {"feedProcessingFinishedNotification": told}
        self._tell(feed.seller_id, "FEED_PROCESSING_FINISHED", "2020-09-04", payload)
