"""The documents of the Feeds API: what sellers upload, and the reports that come back."""

from dataclasses import dataclass
from datetime import timedelta

from spapi_simulator.front.documents import Document, Documents
from spapi_simulator.world.present import Present
from spapi_simulator.world.seeded import Seeded

UPLOAD_LIFE = timedelta(days=2)
RESULT_LIFE = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was uploaded when its feed was created."""

    content: bytes
    content_type: str


class FeedDocuments:
    """Opens documents under ids of their own, so that no other API's document passes for one of a feed."""

    def __init__(self, documents: Documents, present: Present, seeded: Seeded) -> None:
        self._documents = documents
        self._present = present
        self._seeded = seeded
        self._uploads: dict[str, Document] = {}
        self._results: dict[str, Document] = {}

    def open_upload(self, content_type: str, *, seller_id: str, region: str) -> Document:
        """Make room for what a seller is going to upload."""
        return self._open(self._uploads, content_type, UPLOAD_LIFE, owner=seller_id, region=region)

    def add_result(
        self, content: bytes, content_type: str, *, seller_id: str, region: str, compress: bool
    ) -> Document:
        """Keep a processing report."""
        document = self._open(self._results, content_type, RESULT_LIFE, owner=seller_id, region=region)
        self._documents.fill(document, content, compress=compress)
        return document

    def upload(self, document_id: str, seller_id: str) -> Upload | None:
        """Return what a seller has uploaded; None for a document that is not one, empty, or too old."""
        document = self._find(self._uploads, document_id, seller_id)
        if document is None or document.content is None:
            return None
        return Upload(content=document.content, content_type=document.content_type)

    def find(self, document_id: str, seller_id: str) -> Document | None:
        """Return a seller's document that holds something, of either kind."""
        for kept in (self._results, self._uploads):
            document = self._find(kept, document_id, seller_id)
            if document is not None and document.content is not None:
                return document
        return None

    def link(
        self, document: Document, *, base: str, method: str = "GET", shows_encoding: bool = False
    ) -> str:
        """Return a presigned URL; see `Documents.link`."""
        return self._documents.link(document, base=base, method=method, shows_encoding=shows_encoding)

    def _open(
        self, kept: dict[str, Document], content_type: str, life: timedelta, *, owner: str, region: str
    ) -> Document:
        name, letters = self._seeded.uuid("feed document"), self._seeded.letters("feed document", 13)
        document_id = f"amzn1.tortuga.4.{region.lower()}.{name}.T{letters}"
        document = self._documents.open(document_id, content_type=content_type, life=life, owner=owner)
        self._forget(kept)
        kept[document_id] = document
        return document

    def _find(self, kept: dict[str, Document], document_id: str, seller_id: str) -> Document | None:
        self._forget(kept)
        document = kept.get(document_id)
        return document if document is not None and document.owner == seller_id else None

    def _forget(self, kept: dict[str, Document]) -> None:
        """Drop what is too old; documents of one kind live equally long and lie here by age."""
        now = self._present.now()
        while kept and (oldest := next(iter(kept.values()))).dies_at <= now:
            del kept[oldest.document_id]
