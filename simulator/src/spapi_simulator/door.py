"""The door: every request comes in here, meets its faults, and goes to LWA, SQS or an SP-API operation."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from spapi_simulator.accounts import Accounts
from spapi_simulator.answers import (
    QUOTA_EXCEEDED,
    Refusal,
    Reply,
    html_response,
    json_response,
    refuse_input,
    spapi_response,
)
from spapi_simulator.clock import Clock
from spapi_simulator.faults import Fault, Faults
from spapi_simulator.gate import Ask, Caller, caller_of
from spapi_simulator.limits import Limits
from spapi_simulator.lwa import OPERATION as LWA_OPERATION
from spapi_simulator.lwa import PATH as LWA_PATH
from spapi_simulator.lwa import Lwa
from spapi_simulator.marketplaces import LWA_HOST, is_sqs_host
from spapi_simulator.operations import Operation, find
from spapi_simulator.seeded import Seeded
from spapi_simulator.sqs import Sqs, action_of

Handler = Callable[[Ask], Reply]
_CODES = {
    400: "InvalidInput",
    403: "Unauthorized",
    404: "NotFound",
    429: "QuotaExceeded",
    503: "ServiceUnavailable",
}
_FAULT_MESSAGES = {429: QUOTA_EXCEEDED, 503: "Service is temporarily unavailable. Please try again."}
_INTERNAL = "We encountered an internal error. Please try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it was answered: never a token, never a body, never an order id."""

    at: datetime
    operation: str
    seller_id: str
    status: int
    request_id: str
    path_template: str


class Door:
    """Routes requests and keeps the list of calls."""

    def __init__(
        self,
        clock: Clock,
        seeded: Seeded,
        *,
        accounts: Accounts,
        limits: Limits,
        faults: Faults,
        lwa: Lwa,
        sqs: Sqs,
        handlers: Mapping[str, Handler],
    ) -> None:
        self._clock = clock
        self._seeded = seeded
        self._accounts = accounts
        self._limits = limits
        self._faults = faults
        self._lwa = lwa
        self._sqs = sqs
        self._handlers = handlers
        self.calls: list[Call] = []
        self.throttled: Counter[str] = Counter()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            httpx.ConnectError: A fault lost the connection before the request arrived.
            httpx.ReadTimeout: A fault lost the answer.
        """
        now = self._clock.now()
        request_id = self._seeded.uuid("request")
        path, host = request.url.path, request.url.host
        if host == LWA_HOST or path == LWA_PATH:
            return self._answer_lwa(request, request_id, now)
        if is_sqs_host(host) or action_of(request):
            work = lambda: self._sqs.answer(request, request_id=request_id, now=now)  # noqa: E731 - a name for it would be said once
            fault = self._faults.meet(action_of(request), seller_id="", now=now)
            return _with_fault(fault, request, work, request_id=request_id)
        return self._answer_operation(request, request_id, now)

    def _answer_lwa(self, request: httpx.Request, request_id: str, now: datetime) -> httpx.Response:
        fault = self._faults.meet(LWA_OPERATION, seller_id="", now=now)
        status = 0
        try:
            response = _with_fault(
                fault,
                request,
                lambda: self._lwa.answer(request, request_id=request_id, now=now),
                request_id=request_id,
            )
            status = response.status_code
        finally:
            self._record(LWA_OPERATION, "", status, request_id=request_id, template=LWA_PATH, now=now)
        return response

    def _answer_operation(self, request: httpx.Request, request_id: str, now: datetime) -> httpx.Response:
        found = find(request.method, request.url.path)
        if found is None:
            refusal = Refusal(404, "NotFound", message="The simulator does not answer this method and path.")
            self._record("unknown", "", 404, request_id=request_id, template="", now=now)
            return spapi_response(refusal, request_id=request_id, rate=None)
        operation, path = found
        caller = self._caller(request, operation, now)
        seller_id = caller.seller.seller_id if isinstance(caller, Caller) else ""
        rate = self._limits.rate(operation.rate)

        def work() -> httpx.Response:
            answer = (
                caller
                if isinstance(caller, Refusal)
                else self._operate(request, operation, path, caller, now)
            )
            return spapi_response(answer, request_id=request_id, rate=rate)

        fault = self._faults.meet(operation.name, seller_id=seller_id, now=now)
        try:
            response = _with_fault(fault, request, work, request_id=request_id)
        except httpx.TransportError:
            self._record(
                operation.name, seller_id, 0, request_id=request_id, template=operation.template, now=now
            )
            raise
        status = response.status_code
        self._record(
            operation.name, seller_id, status, request_id=request_id, template=operation.template, now=now
        )
        return response

    def _caller(self, request: httpx.Request, operation: Operation, now: datetime) -> Caller | Refusal:
        try:
            return caller_of(request, operation, self._accounts, now=now)
        except Refusal as refusal:
            return refusal

    def _operate(
        self,
        request: httpx.Request,
        operation: Operation,
        path: Mapping[str, str],
        caller: Caller,
        now: datetime,
    ) -> Reply | Refusal:
        key = (caller.seller.seller_id, caller.application.client_id, operation.bucket)
        if not self._limits.take(key, operation.rate, operation.burst, now=now):
            self.throttled[operation.name] += 1
            return Refusal(429, "QuotaExceeded", message=QUOTA_EXCEEDED)
        ask = Ask(caller=caller, path=path, query=request.url.params, body=request.content, now=now)
        try:
            return self._handlers[operation.bucket](ask)
        except Refusal as refusal:
            return refusal
        except RecursionError:
            # A body nested beyond any sense makes the JSON reader give up; Amazon would call it bad input.
            return refuse_input()

    def _record(
        self, operation: str, seller_id: str, status: int, *, request_id: str, template: str, now: datetime
    ) -> None:
        self.calls.append(
            Call(
                at=now,
                operation=operation,
                seller_id=seller_id,
                status=status,
                request_id=request_id,
                path_template=template,
            )
        )


def _with_fault(
    fault: Fault | None, request: httpx.Request, work: Callable[[], httpx.Response], *, request_id: str
) -> httpx.Response:
    if fault is None:
        return work()
    if fault.effect == "after":
        work()
    if fault.status is None:
        if fault.effect == "before":
            raise httpx.ConnectError("The simulator refused the connection, as asked.", request=request)
        raise httpx.ReadTimeout("The simulator lost the answer, as asked.", request=request)
    if fault.body == "html":
        return html_response(fault.status, request_id=request_id)
    if fault.body is None:
        return json_response(fault.status, None, headers={"x-amzn-RequestId": request_id})
    code = _CODES.get(fault.status, "InternalFailure")
    message = _FAULT_MESSAGES.get(fault.status, _INTERNAL)
    return spapi_response(Refusal(fault.status, code, message=message), request_id=request_id, rate=None)
