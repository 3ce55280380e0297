"""Reading the document of a report (getReportDocument) into memory: nothing of it touches a disk."""

import codecs
import gzip
import zlib
from email.message import Message

from dockseal.amazon.operations import GET_REPORT_DOCUMENT
from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Answer, Session, path_of
from dockseal.amazon.tokens import Resource
from dockseal.amazon.wire import Fetched, Lost, Wire
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import Secret
from dockseal.errors import AmazonUnavailable, AnswerUnreadable

_LOOPBACK = "http://127.0.0.1"


class ReportDocuments:
    """Reads documents with personal data. Every method raises the errors of `Session.call`."""

    def __init__(self, session: Session, wire: Wire) -> None:
        self._session = session
        self._wire = wire

    def lines(self, seller: SellerId, document_id: str, rdt: Secret) -> list[str]:
        """Returns the lines of a document, in the charset that it declares.

        Args:
            seller: Whose it is.
            document_id: Amazon's id of it.
            rdt: Restricted data token for exactly `document_resource`.

        Returns:
            Each line without its end; what is not in that charset is U+FFFD.

        Raises:
            AnswerUnreadable: it has no usable URL, or is in a charset nobody knows.
            AmazonUnavailable: it cannot be fetched, or was cut off.
        """
        whose = f"a report document of seller {seller}"
        answer = self._session.call(GET_REPORT_DOCUMENT, seller, resource_id=document_id, rdt=rdt)
        return _lines(fetched(self._wire, answer, whose), whose)


def fetched(wire: Wire, answer: Answer, whose: str) -> Fetched:
    """Reads what lies at the presigned address that an answer gives.

    Args:
        wire: Fetches it.
        answer: Amazon's, with a `url`.
        whose: What it is, in words.

    Raises:
        AnswerUnreadable: there is no usable address.
        AmazonUnavailable: it cannot be fetched.
    """
    found = wire.fetch(presigned(answer, whose))
    if isinstance(found, Lost) or found.status != 200:
        raise AmazonUnavailable(f"{whose} cannot be fetched now; it is tried again with a new address")
    return found


def presigned(answer: Answer, whose: str) -> Secret:
    """Returns the presigned address that an answer gives.

    Raises:
        AnswerUnreadable: there is none, or it is not encrypted.
    """
    url = Piece(whose=whose, values=answer.json or {}).needed_text("url")
    if not url.startswith(("https://", f"{_LOOPBACK}:", f"{_LOOPBACK}/")):
        raise AnswerUnreadable(f"Amazon's address of {whose} is not encrypted: it is not used")
    return Secret(url)


def document_resource(document_id: str) -> Resource:
    """Returns what a restricted data token must open: the one document, and never documents at large."""
    path = path_of(GET_REPORT_DOCUMENT, resource_id=document_id)
    return Resource(method=GET_REPORT_DOCUMENT.method, path=path)


def _lines(found: Fetched, whose: str) -> list[str]:
    charset = _charset(found.content_type, whose)
    # Split before decoding: one damaged line must not take the others with it.
    lines = plain(found.content, whose).removeprefix(codecs.BOM_UTF8).split(b"\n")
    return [line.removesuffix(b"\r").decode(charset, errors="replace") for line in lines]


def plain(content: bytes, whose: str) -> bytes:
    """Unpacks GZIP, told by its first bytes: Amazon names it in the answer, or the header did already.

    Raises:
        AmazonUnavailable: it was cut off.
    """
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        raise AmazonUnavailable(f"{whose} was cut off on its way; it is tried again") from None


def _charset(content_type: str, whose: str) -> str:
    """Returns a codec; UTF-8 where none is declared."""
    header = Message()
    header["content-type"] = content_type
    name = header.get_content_charset("utf-8")
    try:
        # A charset in which a tab or a line's end is written otherwise cannot be split into lines as bytes.
        known = "\t\r\n?".encode(name) == b"\t\r\n?"
    except (LookupError, UnicodeError):
        known = False
    if not known:
        raise AnswerUnreadable(f"{whose} is in a charset nobody knows: its orders are read by themselves")
    return name
