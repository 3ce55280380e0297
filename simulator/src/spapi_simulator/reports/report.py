"""A report, and the schedule that may have made it, as the Reports API shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from spapi_simulator.front.answers import JSON
from spapi_simulator.reports.order_rows import stamp
from spapi_simulator.reports.types import ReportType
from spapi_simulator.world.accounts import Seller

IN_QUEUE, IN_PROGRESS = "IN_QUEUE", "IN_PROGRESS"
DONE, CANCELLED, FATAL = "DONE", "CANCELLED", "FATAL"
STATUSES = (IN_QUEUE, IN_PROGRESS, DONE, CANCELLED, FATAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a seller wants to see: a type, for marketplaces, with options."""

    seller: Seller
    kind: ReportType
    marketplace_ids: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Report:
    """One report, from the queue to its end."""

    report_id: str
    wish: Wish
    created_at: datetime
    data_start: datetime | None
    data_end: datetime
    schedule_id: str = ""
    status: str = IN_QUEUE
    started_at: datetime | None = None
    ended_at: datetime | None = None
    document_id: str = ""

    def shape(self) -> JSON:
        """Return a `Report`."""
        instants = {
            "dataStartTime": self.data_start,
            "dataEndTime": self.data_end,
            "processingStartTime": self.started_at,
            "processingEndTime": self.ended_at,
        }
        ids = {"reportScheduleId": self.schedule_id, "reportDocumentId": self.document_id}
        return {
            "reportId": self.report_id,
            "reportType": self.wish.kind.name,
            "marketplaceIds": list(self.wish.marketplace_ids),
            "processingStatus": self.status,
            "createdTime": stamp(self.created_at),
            **{name: stamp(instant) for name, instant in instants.items() if instant is not None},
            **{name: one for name, one in ids.items() if one},
        }
