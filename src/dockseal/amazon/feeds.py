"""Feeds API v2021-06-30: sending one file with many wishes, and reading what became of each.

Amazon takes the file at a presigned URL, works through it by and by, and makes a processing report. What is
sent here holds no personal data, and touches no disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.amazon.documents import fetched, plain, presigned
from dockseal.amazon.operations import (
    CREATE_FEED,
    CREATE_FEED_DOCUMENT,
    GET_FEED,
    GET_FEED_DOCUMENT,
    GET_FEEDS,
)
from dockseal.amazon.piece import Piece
from dockseal.amazon.processing_report import ProcessingReport, processing_report
from dockseal.amazon.session import Session
from dockseal.amazon.wire import Lost, Wire
from dockseal.domain.clock import instant_text
from dockseal.domain.feed import FeedKind
from dockseal.domain.identifiers import SellerId
from dockseal.errors import AmazonUnavailable

XML_TYPE = "text/xml; charset=UTF-8"
"""Amazon wants this to be the same in createFeedDocument and in the upload."""
MOST_MARKETPLACES = 25
_PAGE = "100"


class FeedStatus(StrEnum):
    """`processingStatus` of a feed."""

    UNDER_WAY = "IN_PROGRESS"
    """Also in the queue, or in a state that Amazon has added since."""
    DONE = "DONE"
    """Worked through, which says nothing of each wish in it."""
    CANCELLED = "CANCELLED"
    FATAL = "FATAL"
    """Some, none or all of it was carried out."""


_ENDS = frozenset({FeedStatus.DONE, FeedStatus.CANCELLED, FeedStatus.FATAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStanding:
    """How a feed stands."""

    status: FeedStatus
    document_id: str = ""
    """Amazon's id of its processing report; empty while there is none."""


class Feeds:
    """Sends feeds. Every method raises the errors of `Session.call`."""

    def __init__(self, session: Session, wire: Wire) -> None:
        self._session = session
        self._wire = wire

    def upload(self, seller: SellerId, content: bytes) -> str:
        """Puts a file where Amazon finds it (createFeedDocument); nothing comes of it before `create`.

        Returns:
            Amazon's id of the document.

        Raises:
            AmazonUnavailable: it could not be put there; nothing was done.
            AnswerUnreadable: the answer lacks the id or a usable address.
        """
        whose = f"a feed of seller {seller}"
        answer = self._session.call(CREATE_FEED_DOCUMENT, seller, body={"contentType": XML_TYPE})
        document_id = Piece(whose=whose, values=answer.json or {}).needed_text("feedDocumentId")
        status = self._wire.put(presigned(answer, whose), content, XML_TYPE)
        if isinstance(status, Lost) or not 200 <= status < 300:
            raise AmazonUnavailable(f"{whose} could not be uploaded; it is tried again")
        return document_id

    def create(
        self, seller: SellerId, kind: FeedKind, *, marketplaces: Sequence[str], document_id: str
    ) -> str:
        """Has Amazon work through an uploaded file (createFeed); returns Amazon's id of the feed.

        Raises:
            OutcomeUnknown: it was sent and the answer was lost; look for it with `since` before it is sent
                again.
        """
        body = {
            "feedType": kind.value,
            "marketplaceIds": list(marketplaces[:MOST_MARKETPLACES]),
            "inputFeedDocumentId": document_id,
        }
        answer = self._session.call(CREATE_FEED, seller, body=body, write=True)
        return Piece(whose=f"a feed of seller {seller}", values=answer.json or {}).needed_text("feedId")

    def since(self, seller: SellerId, kind: FeedKind, created: datetime) -> tuple[str, ...]:
        """Returns Amazon's ids of feeds of one kind created since an instant, the oldest first (getFeeds).

        At most a hundred: the newest.
        """
        query = {"feedTypes": kind.value, "createdSince": instant_text(created), "pageSize": _PAGE}
        answer = self._session.call(GET_FEEDS, seller, query=query)
        feeds = Piece(whose=f"the feeds of seller {seller}", values=answer.json or {}).needed_pieces("feeds")
        found = sorted((feed.needed_instant("createdTime"), feed.needed_text("feedId")) for feed in feeds)
        return tuple(feed_id for _, feed_id in found)

    def standing(self, seller: SellerId, feed_id: str) -> FeedStanding:
        """Tells how a feed stands (getFeed)."""
        answer = self._session.call(GET_FEED, seller, resource_id=feed_id)
        feed = Piece(whose=f"feed {feed_id} of seller {seller}", values=answer.json or {})
        word = feed.text("processingStatus")
        status = FeedStatus(word) if word in _ENDS else FeedStatus.UNDER_WAY
        return FeedStanding(status=status, document_id=feed.text("resultFeedDocumentId"))

    def report(self, seller: SellerId, document_id: str) -> ProcessingReport:
        """Reads a processing report (getFeedDocument).

        Raises:
            AnswerUnreadable: it is no processing report.
            AmazonUnavailable: it cannot be fetched, or was cut off.
        """
        whose = f"a processing report of seller {seller}"
        answer = self._session.call(GET_FEED_DOCUMENT, seller, resource_id=document_id)
        return processing_report(plain(fetched(self._wire, answer, whose).content, whose), whose)
