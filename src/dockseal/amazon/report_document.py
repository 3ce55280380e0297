"""Reading the document of a report (getReportDocument) into memory: nothing of it touches a disk."""

import codecs
from email.message import Message

from dockseal.amazon.documents import fetched, plain
from dockseal.amazon.operations import GET_REPORT_DOCUMENT
from dockseal.amazon.session import Session, path_of
from dockseal.amazon.tokens import Resource
from dockseal.amazon.wire import Fetched, Wire
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import Secret
from dockseal.errors import AnswerUnreadable


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


def document_resource(document_id: str) -> Resource:
    """Returns what a restricted data token must open: the one document, and never documents at large."""
    path = path_of(GET_REPORT_DOCUMENT, resource_id=document_id)
    return Resource(method=GET_REPORT_DOCUMENT.method, path=path)


def _lines(found: Fetched, whose: str) -> list[str]:
    charset = _charset(found.content_type, whose)
    # Split before decoding: one damaged line must not take the others with it.
    lines = plain(found.content, whose).removeprefix(codecs.BOM_UTF8).split(b"\n")
    return [line.removesuffix(b"\r").decode(charset, errors="replace") for line in lines]


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
