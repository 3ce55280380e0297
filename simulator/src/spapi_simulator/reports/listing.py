"""getReports: which reports are wanted, and the pages they come in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

import httpx

from spapi_simulator.front.answers import Refusal, refuse_input
from spapi_simulator.front.bodies import listed, size_of_page
from spapi_simulator.front.days import DayTokens, created_between
from spapi_simulator.reports.report import STATUSES, Report
from spapi_simulator.reports.types import REPORT_TYPES
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.seeded import Seeded

TOKEN, TYPES = "nextToken", "reportTypes"
_OTHERS = ("createdUntil", "createdSince", "pageSize", "marketplaceIds", "processingStatuses", TYPES)
_NOT_TOGETHER = "NextToken cannot be specified with other input parameters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One getReports request; `after` is the id of the last report that was shown."""

    seller_id: str
    types: frozenset[str]
    statuses: frozenset[str]
    marketplaces: frozenset[str]
    since: datetime
    until: datetime
    size: int
    after: str = ""

    def wants(self, report: Report) -> bool:
        """Say whether a report passes the filters."""
        wish = report.wish
        return (
            wish.kind.name in self.types
            and (not self.statuses or report.status in self.statuses)
            and (not self.marketplaces or not self.marketplaces.isdisjoint(wish.marketplace_ids))
            and self.since <= report.created_at <= self.until
        )

    def page(self, newest_first: Iterable[Report]) -> tuple[list[Report], bool]:
        """Return the next reports, and whether there are more."""
        rest = iter(newest_first)
        if self.after:
            for report in rest:
                if report.report_id == self.after:
                    break
        found = list(islice((one for one in rest if self.wants(one)), self.size + 1))
        return found[: self.size], len(found) > self.size


class Questions:
    """Reads questions, and remembers those whose answer goes on; a token is good for a day."""

    def __init__(self, seeded: Seeded, behaviours: Behaviours) -> None:
        self._behaviours = behaviours
        self._tokens: DayTokens[Question] = DayTokens(seeded)

    def read(self, query: httpx.QueryParams, seller_id: str, now: datetime) -> Question:
        """Return what a request asks.

        Raises:
            Refusal: 400 for a token with anything beside it or one that is not known, for a value outside its
                bounds, and without a report type.
        """
        if token := query.get(TOKEN):
            if given := [name for name in _OTHERS if name in query]:
                raise refuse_input(";".join(given) + ";", message=_NOT_TOGETHER)
            return self._find(token, seller_id, now)
        types = listed(query, TYPES, allowed=REPORT_TYPES, most=10)
        if not types:
            raise refuse_input("Either reportTypes or nextToken is required.")
        since, until = created_between(query, now=now, behaviours=self._behaviours)
        return Question(
            seller_id=seller_id,
            types=frozenset(types),
            statuses=frozenset(listed(query, "processingStatuses", allowed=STATUSES)),
            marketplaces=frozenset(listed(query, "marketplaceIds", most=10)),
            since=since,
            until=until,
            size=size_of_page(query, "pageSize", default=10),
        )

    def keep(self, question: Question, last: Report, now: datetime) -> str:
        """Return a token for the page after a report."""
        rest = replace(question, after=last.report_id)
        return self._tokens.keep(rest, seller_id=question.seller_id, now=now)

    def _find(self, token: str, seller_id: str, now: datetime) -> Question:
        question = self._tokens.find(token, seller_id=seller_id, now=now)
        if question is None:
            if self._behaviours.null_message_for_bad_tokens:
                raise Refusal(400, "InvalidInput", message=None)
            raise refuse_input("could not decode your NextToken")
        return question
