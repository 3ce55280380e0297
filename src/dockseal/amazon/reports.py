"""Reports API v2021-06-30, as far as it shows nobody: asking for an order report, and how it stands.

The report is that of everything a seller is still to ship (GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING): the
other one of orders with addresses shows neither what is shipped already nor the ship-by instant. It names no
marketplace, so it is asked for of one at a time. What is in it is read in `order_report`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.amazon.operations import CREATE_REPORT, GET_REPORT
from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Session
from dockseal.domain.clock import instant_text
from dockseal.domain.identifiers import SellerId

TO_SHIP = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"


class ReportState(StrEnum):
    """`processingStatus` of a report."""

    BEING_MADE = "IN_PROGRESS"
    """Also in the queue, or in a state that Amazon has added since."""
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    """Cancelled, which Amazon also says where there is nothing to show."""
    FATAL = "FATAL"


_ENDS = frozenset({ReportState.DONE, ReportState.CANCELLED, ReportState.FATAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a report stands."""

    state: ReportState
    document_id: str = ""
    """Amazon's id of what it shows; empty until it is done."""


class Reports:
    """Asks for order reports. Every method raises the errors of `Session.call`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, seller: SellerId, marketplace_id: str, since: datetime) -> str:
        """Asks for the report of one marketplace (createReport); returns Amazon's id of it.

        Args:
            seller: Whose orders.
            marketplace_id: Where they were bought.
            since: Orders that could be shipped earlier are left out.

        Raises:
            AccessDenied: the roles do not cover it.
            AnswerUnreadable: the answer lacks the id.
        """
        body = {
            "reportType": TO_SHIP,
            "marketplaceIds": [marketplace_id],
            "dataStartTime": instant_text(since),
        }
        answer = self._session.call(CREATE_REPORT, seller, body=body)
        return Piece(whose=f"a report of seller {seller}", values=answer.json or {}).needed_text("reportId")

    def standing(self, seller: SellerId, report_id: str) -> Standing:
        """Tells how a report stands (getReport).

        Raises:
            AnswerUnreadable: it is done, and the answer lacks the id of its document.
        """
        answer = self._session.call(GET_REPORT, seller, resource_id=report_id)
        report = Piece(whose=f"report {report_id} of seller {seller}", values=answer.json or {})
        word = report.text("processingStatus")
        state = ReportState(word) if word in _ENDS else ReportState.BEING_MADE
        if state is not ReportState.DONE:
            return Standing(state=state)
        return Standing(state=state, document_id=report.needed_text("reportDocumentId"))
