"""Documents behind presigned URLs: what feeds upload and what feeds and reports leave to be fetched.

Amazon keeps them in S3. A link lives five minutes and is good for one method; an upload must carry the
Content-Type it was made for.
"""

import gzip
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from spapi_simulator.front.dates import seconds
from spapi_simulator.world.marketplaces import DOCUMENTS_HOST
from spapi_simulator.world.present import Present
from spapi_simulator.world.roles import Role
from spapi_simulator.world.seeded import Seeded

PATH = "/spapi-documents/"
LINK_LIFE = timedelta(minutes=5)
_SWEEP = 100


@dataclass(slots=True, kw_only=True)
class Document:
    """One document; `content` is None until it is uploaded.

    Attributes:
        content: The bytes as they lie there, compressed when `gzipped`.
        content_type: With its charset, as the upload declared it or the report was made.
        dies_at: When Amazon forgets it.
        owner: The selling partner it belongs to, empty for nobody's.
        roles: Any one of these is needed for a restricted document, and an RDT; empty for one that is not.
    """

    document_id: str
    content_type: str
    created_at: datetime
    dies_at: datetime
    content: bytes | None = field(default=None, repr=False)
    gzipped: bool = False
    owner: str = ""
    roles: frozenset[Role] = frozenset()

    @property
    def plain(self) -> bytes:
        """The bytes without compression."""
        body = self.content or b""
        return gzip.decompress(body) if self.gzipped else body


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    document_id: str
    method: str
    dies_at: datetime
    shows_encoding: bool


class Documents:
    """Keeps documents, hands out links to them, and answers at the links' end."""

    def __init__(self, seeded: Seeded, present: Present) -> None:
        self._seeded = seeded
        self._present = present
        self._documents: dict[str, Document] = {}
        self._links: dict[str, _Link] = {}
        self._sweep_at = _SWEEP

    def open(
        self,
        document_id: str,
        *,
        content_type: str,
        life: timedelta,
        owner: str = "",
        roles: frozenset[Role] = frozenset(),
    ) -> Document:
        """Make room for a document; it is empty until somebody uploads it or `fill` does."""
        now = self._present.now()
        if len(self._documents) >= self._sweep_at:
            self._documents = {key: one for key, one in self._documents.items() if now < one.dies_at}
            self._sweep_at = 2 * len(self._documents) + _SWEEP
        document = Document(
            document_id=document_id,
            content_type=content_type,
            created_at=now,
            dies_at=now + life,
            owner=owner,
            roles=roles,
        )
        self._documents[document_id] = document
        return document

    @staticmethod
    def fill(document: Document, body: bytes, *, compress: bool = False) -> None:
        """Put in what Amazon made, compressed with GZIP where that is wanted."""
        document.content = gzip.compress(body, mtime=0) if compress else body
        document.gzipped = compress

    def find(self, document_id: str) -> Document | None:
        """Return a document that Amazon still has."""
        document = self._documents.get(document_id)
        if document is not None and self._present.now() >= document.dies_at:
            del self._documents[document_id]
            return None
        return document

    def link(
        self, document: Document, *, base: str, method: str = "GET", shows_encoding: bool = False
    ) -> str:
        """Return a presigned URL.

        Args:
            document: What it leads to.
            base: Scheme and host that the caller can reach, see `Ask.documents_base`.
            method: The one method it is good for.
            shows_encoding: Whether the answer names GZIP as its Content-Encoding, so that clients unpack it.
        """
        now = self._present.now()
        self._links = {key: one for key, one in self._links.items() if now < one.dies_at + LINK_LIFE}
        signature = self._seeded.hex("signature", 64)
        self._links[signature] = _Link(
            document_id=document.document_id,
            method=method,
            dies_at=now + LINK_LIFE,
            shows_encoding=shows_encoding,
        )
        lasts = int(LINK_LIFE.total_seconds())
        stamp = seconds(now).replace("-", "").replace(":", "")
        signed = f"X-Amz-Date={stamp}&X-Amz-Expires={lasts}&X-Amz-Signature={signature}"
        return f"{base}{PATH}{document.document_id}?{signed}"

    def operation_of(self, request: httpx.Request) -> str:
        """Name the request for faults and the journal; empty when it is not for a document."""
        if request.url.host != DOCUMENTS_HOST and not request.url.path.startswith(PATH):
            return ""
        return "putDocument" if request.method == "PUT" else "getDocument"

    def answer(self, request: httpx.Request, *, request_id: str, now: datetime) -> httpx.Response:
        """Answer an upload or a download as S3 does."""
        link = self._links.get(request.url.params.get("X-Amz-Signature", ""))
        name = request.url.path.removeprefix(PATH)
        if link is None or not hmac.compare_digest(link.document_id, name) or link.method != request.method:
            return _refuse("SignatureDoesNotMatch", "The request signature does not match.", request_id)
        document = self.find(link.document_id)
        if now >= link.dies_at or document is None:
            return _refuse("AccessDenied", "Request has expired", request_id)
        if request.method == "PUT":
            return self._store(document, request, request_id)
        if document.content is None:
            return _refuse("NoSuchKey", "The specified key does not exist.", request_id, status=404)
        headers = {"content-type": document.content_type, "x-amz-request-id": request_id}
        if document.gzipped and link.shows_encoding:
            headers["content-encoding"] = "gzip"
        return httpx.Response(200, headers=headers, content=document.content)

    @staticmethod
    def _store(document: Document, request: httpx.Request, request_id: str) -> httpx.Response:
        if request.headers.get("content-type", "") != document.content_type:
            return _refuse("SignatureDoesNotMatch", "The Content-Type is not the one signed.", request_id)
        document.content = request.content
        return httpx.Response(200, headers={"x-amz-request-id": request_id})


def _refuse(code: str, message: str, request_id: str, *, status: int = 403) -> httpx.Response:
    page = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
    )
    return httpx.Response(status, headers={"content-type": "application/xml"}, content=page.encode())
