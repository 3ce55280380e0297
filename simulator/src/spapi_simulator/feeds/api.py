"""Feeds API v2021-06-30: the six operations."""

from collections.abc import Callable, Mapping

from spapi_simulator.feeds.acknowledgement import Acknowledgement
from spapi_simulator.feeds.documents import FeedDocuments
from spapi_simulator.feeds.feed import IN_QUEUE, Feed, Shelf
from spapi_simulator.feeds.fulfillment import Fulfillment
from spapi_simulator.feeds.listing import Page, ask_for
from spapi_simulator.feeds.processing import Processing, Tell
from spapi_simulator.front.answers import JSON, Reply, refuse_input, refuse_unknown
from spapi_simulator.front.bodies import optional_part, text, texts
from spapi_simulator.front.days import DayTokens
from spapi_simulator.front.documents import Documents
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import Operation
from spapi_simulator.orders.shipping import Shipping
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.present import Present
from spapi_simulator.world.seeded import Seeded

_API = "feeds_2021-06-30"
_FEEDS = "/feeds/2021-06-30/feeds"
_DOCUMENTS = "/feeds/2021-06-30/documents"

OPERATIONS = (
    Operation(
        "getFeeds", "GET", _FEEDS, 0.0222, 10, api=_API,
        honours=("feedTypes", "marketplaceIds", "pageSize", "processingStatuses", "createdSince",
                 "createdUntil", "nextToken"),
    ),
    Operation(
        "createFeed", "POST", _FEEDS, 0.0083, 15, api=_API,
        honours=("feedType", "marketplaceIds", "inputFeedDocumentId", "feedOptions"),
    ),
    Operation("getFeed", "GET", f"{_FEEDS}/{{feedId}}", 2, 15, api=_API, honours=("feedId",)),
    Operation("cancelFeed", "DELETE", f"{_FEEDS}/{{feedId}}", 2, 15, api=_API, honours=("feedId",)),
    Operation("createFeedDocument", "POST", _DOCUMENTS, 0.5, 15, api=_API, honours=("contentType",)),
    Operation(
        "getFeedDocument", "GET", f"{_DOCUMENTS}/{{feedDocumentId}}", 0.0222, 10, api=_API,
        honours=("feedDocumentId", "enableContentEncodingUrlHeader"),
    ),
)  # fmt: skip


class Feeds:
    """Answers the Feeds API; each method names its operation.

    Only the feed types that change orders are taken: every other one is refused as unknown, rather than
    taken and left without effect.
    """

    def __init__(
        self,
        book: Book,
        present: Present,
        seeded: Seeded,
        *,
        shipping: Shipping,
        documents: Documents,
        behaviours: Behaviours,
        tell: Tell,
    ) -> None:
        self._documents = FeedDocuments(documents, present, seeded)
        self._seeded = seeded
        self._behaviours = behaviours
        self._shelf = Shelf()
        self._pages: DayTokens[Page] = DayTokens(seeded)
        self._processing = Processing(
            Fulfillment(book, shipping, behaviours),
            Acknowledgement(book, behaviours),
            self._documents,
            present=present,
            behaviours=behaviours,
            tell=tell,
        )

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {
            "getFeeds": self.get_feeds,
            "createFeed": self.create_feed,
            "getFeed": self.get_feed,
            "cancelFeed": self.cancel_feed,
            "createFeedDocument": self.create_feed_document,
            "getFeedDocument": self.get_feed_document,
        }

    def create_feed_document(self, ask: Ask) -> Reply:
        """Answer createFeedDocument: an empty document for two days, and a link to fill it."""
        content_type = text(ask.json(), "contentType", longest=200)
        seller = ask.caller.seller
        document = self._documents.open_upload(content_type, seller_id=seller.seller_id, region=seller.region)
        url = self._documents.link(document, base=ask.documents_base, method="PUT")
        return Reply(status=201, body={"feedDocumentId": document.document_id, "url": url})

    def create_feed(self, ask: Ask) -> Reply:
        """Answer createFeed: put what was uploaded into the queue."""
        body, seller = ask.json(), ask.caller.seller
        feed_type = text(body, "feedType")
        if feed_type not in self._processing.feed_types:
            raise refuse_input("feedType is not one that can be processed.")
        marketplace_ids = texts(body, "marketplaceIds", least=1, most=25)
        ask.caller.check_marketplaces(marketplace_ids)
        options = optional_part(body, "feedOptions")
        if any(not isinstance(value, str) for value in options.values()):
            raise refuse_input("feedOptions must hold texts.")
        upload = self._documents.upload(text(body, "inputFeedDocumentId"), seller.seller_id)
        if upload is None:
            raise refuse_input(
                "inputFeedDocumentId is not a document that was uploaded in the last two days."
            )
        place = self._shelf.next_place()
        feed = Feed(
            feed_id=f"{50000 + int(self._seeded.digits('feed', 4))}{place:06d}",
            place=place,
            seller_id=seller.seller_id,
            region=seller.region,
            feed_type=feed_type,
            marketplace_ids=tuple(marketplace_ids),
            created_at=ask.now,
        )
        self._shelf.add(feed)
        self._processing.enqueue(feed, upload)
        return Reply(status=202, body={"feedId": feed.feed_id})

    def get_feed(self, ask: Ask) -> Reply:
        """Answer getFeed."""
        return Reply(body=self._feed(ask).shape())

    def cancel_feed(self, ask: Ask) -> Reply:
        """Answer cancelFeed; only a feed that still waits can be cancelled."""
        feed = self._feed(ask)
        if feed.status != IN_QUEUE:
            raise refuse_input(f"A feed in status {feed.status} cannot be cancelled.")
        self._processing.cancel(feed)
        return Reply(body={})

    def get_feeds(self, ask: Ask) -> Reply:
        """Answer getFeeds, the newest first."""
        seller_id, token = ask.caller.seller.seller_id, ask.query.get("nextToken")
        before: int | None = None
        if token is None:
            question = ask_for(ask.query, ask.caller, now=ask.now, behaviours=self._behaviours)
        else:
            if len(ask.query) > 1:
                raise refuse_input("nextToken must be the only parameter.")
            page = self._pages.find(token, seller_id=seller_id, now=ask.now)
            if page is None:
                raise refuse_input("nextToken is not valid.")
            question, before = page.question, page.before
        found = [
            feed
            for feed in self._shelf.newest_first(seller_id, now=ask.now)
            if question.wants(feed) and (before is None or feed.place < before)
        ]
        shown = found[: question.size]
        body: JSON = {"feeds": [feed.shape() for feed in shown]}
        if len(found) > len(shown):
            rest = Page(question=question, before=shown[-1].place)
            body["nextToken"] = self._pages.keep(rest, seller_id=seller_id, now=ask.now)
        return Reply(body=body)

    def get_feed_document(self, ask: Ask) -> Reply:
        """Answer getFeedDocument, for a processing report or for what was uploaded."""
        wanted = ask.query.get("enableContentEncodingUrlHeader", "false").lower()
        if wanted not in {"true", "false"}:
            raise refuse_input("enableContentEncodingUrlHeader must be true or false.")
        document = self._documents.find(ask.path["feedDocumentId"], ask.caller.seller.seller_id)
        if document is None:
            raise refuse_unknown()
        url = self._documents.link(document, base=ask.documents_base, shows_encoding=wanted == "true")
        body: JSON = {"feedDocumentId": document.document_id, "url": url}
        if document.gzipped:
            body["compressionAlgorithm"] = "GZIP"
        return Reply(body=body)

    def _feed(self, ask: Ask) -> Feed:
        feed_id = ask.path["feedId"]
        if not (feed_id.isascii() and feed_id.isdigit()):
            raise refuse_input("feedId is not valid.")
        feed = self._shelf.find(feed_id, seller_id=ask.caller.seller.seller_id, now=ask.now)
        if feed is None:
            raise refuse_unknown()
        return feed
