"""The order reports that Amazon was asked for: one row for each marketplace of a seller."""

from dockseal.domain.identifiers import SellerId
from dockseal.domain.order_report import AskedReport
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import OrderReportRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted


@edge
class OrderReports:
    """The table of order reports."""

    def of_seller(self, seller: SellerId) -> list[AskedReport]:
        """Returns the reports last asked for of a seller, the oldest first."""
        rows = OrderReportRow.objects.filter(seller=seller).order_by("asked_at", "pk")
        return [
            AskedReport(
                seller=SellerId(row.seller),
                marketplace_id=row.marketplace_id,
                asked_at=row.asked_at,
                report_id=row.report_id,
                rests_until=row.rests_until,
            )
            for row in rows
        ]

    def put(self, report: AskedReport) -> None:
        """Keeps a report in place of the last one of its marketplace."""
        row = OrderReportRow(
            seller=report.seller,
            marketplace_id=report.marketplace_id,
            asked_at=report.asked_at,
            report_id=report.report_id,
            rests_until=report.rests_until,
        )
        upserted(row, OPERATIONS, by=("seller", "marketplace_id"))
