"""The nine operations of the Reports API v2021-06-30."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from spapi_simulator.front.answers import JSON, Reply, refuse_access, refuse_input, refuse_unknown
from spapi_simulator.front.bodies import choice, listed, optional_part, text, texts
from spapi_simulator.front.dates import parse
from spapi_simulator.front.documents import Documents
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import Operation
from spapi_simulator.login.tokens import DOCUMENT
from spapi_simulator.reports import listing
from spapi_simulator.reports.life import DOCUMENT_PREFIX, Life, Tell
from spapi_simulator.reports.listing import Questions
from spapi_simulator.reports.report import Report, Wish
from spapi_simulator.reports.schedules import PERIODS, Schedule, Schedules
from spapi_simulator.reports.types import REPORT_TYPES, Scheduling
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.marketplaces import MARKETPLACES
from spapi_simulator.world.present import Present
from spapi_simulator.world.seeded import Seeded

_ROOT = "/reports/2021-06-30"
_REPORTS, _SCHEDULES = f"{_ROOT}/reports", f"{_ROOT}/schedules"
_ONE_REPORT, _ONE_SCHEDULE = f"{_REPORTS}/{{reportId}}", f"{_SCHEDULES}/{{reportScheduleId}}"
_WISH = ("reportType", "marketplaceIds", "reportOptions")
_API = "reports_2021-06-30"
_slow = partial(Operation, rate=0.0222, burst=10, api=_API)

OPERATIONS = (
    Operation("createReport", "POST", _REPORTS, 0.0167, 15, api=_API,
              honours=(*_WISH, "dataStartTime", "dataEndTime")),
    Operation("getReport", "GET", _ONE_REPORT, 2, 15, api=_API, honours=("reportId",)),
    Operation("getReportDocument", "GET", f"{_ROOT}/documents/{{reportDocumentId}}", 0.0167, 15, api=_API,
              restricted=frozenset({DOCUMENT}), generic=False,
              honours=("reportDocumentId", "enableContentEncodingUrlHeader")),
    _slow("getReports", "GET", _REPORTS,
          honours=("reportTypes", "processingStatuses", "marketplaceIds", "pageSize", "createdSince",
                   "createdUntil", "nextToken")),
    _slow("cancelReport", "DELETE", _ONE_REPORT, honours=("reportId",)),
    _slow("createReportSchedule", "POST", _SCHEDULES, honours=(*_WISH, "period", "nextReportCreationTime")),
    _slow("getReportSchedules", "GET", _SCHEDULES, honours=("reportTypes",)),
    _slow("getReportSchedule", "GET", _ONE_SCHEDULE, honours=("reportScheduleId",)),
    _slow("cancelReportSchedule", "DELETE", _ONE_SCHEDULE, honours=("reportScheduleId",)),
)  # fmt: skip


class Reports:
    """Answers the nine operations; each method names its own."""

    def __init__(
        self,
        book: Book,
        present: Present,
        seeded: Seeded,
        *,
        documents: Documents,
        behaviours: Behaviours,
        tell: Tell,
    ) -> None:
        self._documents = documents
        self._behaviours = behaviours
        self._life = Life(book, present, seeded, documents=documents, behaviours=behaviours, tell=tell)
        self._schedules = Schedules(self._life, present, seeded)
        self._questions = Questions(seeded, behaviours)

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {
            "createReport": self.create_report,
            "getReport": self.get_report,
            "getReports": self.get_reports,
            "cancelReport": self.cancel_report,
            "getReportDocument": self.get_document,
            "createReportSchedule": self.create_schedule,
            "getReportSchedules": self.get_schedules,
            "getReportSchedule": self.get_schedule,
            "cancelReportSchedule": self.cancel_schedule,
        }

    def create_report(self, ask: Ask) -> Reply:
        """Answer createReport; both ends of the window are now unless they are given."""
        body = ask.json()
        wish = _wish(body, ask)
        if not wish.kind.requested:
            raise refuse_input("Reports of this type are only made by a schedule.")
        start, end = _past(body, "dataStartTime", ask.now), _past(body, "dataEndTime", ask.now)
        if start is None and not wish.kind.open_start:
            start = min(ask.now, end or ask.now)
        if start is not None and end is not None and end < start:
            raise refuse_input("dataEndTime must not be earlier than dataStartTime.")
        report = self._life.create(wish, start=start, end=end)
        return Reply(status=202, body={"reportId": report.report_id})

    def get_report(self, ask: Ask) -> Reply:
        """Answer getReport."""
        return Reply(body=self._report(ask).shape())

    def get_reports(self, ask: Ask) -> Reply:
        """Answer getReports, newest first. A token must come alone."""
        seller_id = ask.caller.seller.seller_id
        question = self._questions.read(ask.query, seller_id, ask.now)
        ask.caller.check_marketplaces(sorted(question.marketplaces))
        found, more = question.page(self._life.newest_first(seller_id))
        body: JSON = {"reports": [report.shape() for report in found]}
        if more:
            body[listing.TOKEN] = self._questions.keep(question, found[-1], ask.now)
        return Reply(body=body)

    def cancel_report(self, ask: Ask) -> Reply:
        """Answer cancelReport; only a report in the queue can be cancelled."""
        report = self._report(ask)
        if not self._life.cancel(report):
            raise refuse_input(f"A report that is {report.status} cannot be cancelled.")
        return Reply(body={})

    def get_document(self, ask: Ask) -> Reply:
        """Answer getReportDocument; a restricted document needs an RDT for exactly this path."""
        caller, document_id = ask.caller, ask.path["reportDocumentId"]
        shows_encoding = _switch(ask, "enableContentEncodingUrlHeader")
        document = self._documents.find(document_id) if document_id.startswith(DOCUMENT_PREFIX) else None
        if document is None or document.owner != caller.seller.seller_id:
            raise refuse_unknown()
        if document.roles and not (caller.restricted and document.roles & caller.roles):
            raise refuse_access()
        url = self._documents.link(document, base=ask.documents_base, shows_encoding=shows_encoding)
        body: JSON = {"reportDocumentId": document_id, "url": url}
        if document.gzipped:
            body["compressionAlgorithm"] = "GZIP"
        return Reply(body=body)

    def create_schedule(self, ask: Ask) -> Reply:
        """Answer createReportSchedule; it replaces one of the same type and marketplaces."""
        body = ask.json()
        wish = _wish(body, ask)
        period = choice(body, "period", PERIODS)
        given = body.get("nextReportCreationTime")
        first = None if given is None else parse(given, "nextReportCreationTime")
        self._check_schedulable(wish)
        schedule = self._schedules.create(wish, period, first=first)
        return Reply(status=201, body={"reportScheduleId": schedule.schedule_id})

    def get_schedules(self, ask: Ask) -> Reply:
        """Answer getReportSchedules."""
        types = listed(ask.query, listing.TYPES, allowed=REPORT_TYPES, most=10)
        if not types:
            raise refuse_input("reportTypes is required.")
        found = self._schedules.of_seller(ask.caller.seller.seller_id)
        return Reply(body={"reportSchedules": [one.shape() for one in found if one.wish.kind.name in types]})

    def get_schedule(self, ask: Ask) -> Reply:
        """Answer getReportSchedule."""
        return Reply(body=self._schedule(ask).shape())

    def cancel_schedule(self, ask: Ask) -> Reply:
        """Answer cancelReportSchedule."""
        self._schedules.cancel(self._schedule(ask))
        return Reply(body={})

    def _check_schedulable(self, wish: Wish) -> None:
        kind = wish.kind
        allowed = {Scheduling.ALLOWED}
        if self._behaviours.undocumented_report_schedules:
            allowed.add(Scheduling.UNDOCUMENTED)
        if kind.scheduling not in allowed:
            message = f"Creation of report schedule type {kind.name} is not allowed at this time"
            raise refuse_input(message=message)
        for other in self._schedules.of_seller(wish.seller.seller_id):
            if kind.rivals and other.wish.kind is not kind and other.wish.kind.rivals == kind.rivals:
                raise refuse_input(f"{other.wish.kind.name} is scheduled; only one of the two may be.")

    def _report(self, ask: Ask) -> Report:
        report = self._life.find(ask.caller.seller.seller_id, ask.path["reportId"])
        if report is None:
            raise refuse_unknown()
        return report

    def _schedule(self, ask: Ask) -> Schedule:
        schedule = self._schedules.find(ask.caller.seller.seller_id, ask.path["reportScheduleId"])
        if schedule is None:
            raise refuse_unknown()
        return schedule


def _wish(body: JSON, ask: Ask) -> Wish:
    """Return what a body wishes to see.

    Raises:
        Refusal: 400 for a type that is not made here, or not for these marketplaces; 403 without its role.
    """
    kind = REPORT_TYPES.get(text(body, "reportType"))
    if kind is None:
        raise refuse_input("This reportType is unsupported.")
    marketplaces = texts(body, "marketplaceIds", least=1, most=25)
    ask.caller.check_marketplaces(marketplaces)
    if any(MARKETPLACES[one].region not in kind.regions for one in marketplaces):
        raise refuse_input("This reportType does not exist for these marketplaces.")
    if kind.roles and not kind.roles & ask.caller.roles:
        raise refuse_access()
    given = optional_part(body, "reportOptions")
    options = {name: value for name, value in given.items() if isinstance(value, str)}
    if len(options) != len(given):
        raise refuse_input("reportOptions must hold texts.")
    return Wish(
        seller=ask.caller.seller,
        kind=kind,
        marketplace_ids=tuple(dict.fromkeys(marketplaces)),
        options=options,
    )


def _past(body: JSON, name: str, now: datetime) -> datetime | None:
    """Return an end of the window; it may not lie in the future."""
    given = body.get(name)
    if given is None:
        return None
    instant = parse(given, name)
    if instant > now:
        raise refuse_input(f"{name} must not be later than now.")
    return instant


def _switch(ask: Ask, name: str) -> bool:
    given: str = ask.query.get(name, "false")
    if given not in {"true", "false"}:
        raise refuse_input(f"{name} must be true or false.")
    return given == "true"
