"""The door: every request comes in here, meets its faults, and goes to a desk or to an SP-API operation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import httpx

from spapi_simulator.front import documents
from spapi_simulator.front.answers import (
    QUOTA_EXCEEDED,
    Refusal,
    Reply,
    html_response,
    json_response,
    refuse_input,
    spapi_response,
)
from spapi_simulator.front.faults import Fault, Faults
from spapi_simulator.front.gate import Ask, Caller, caller_of
from spapi_simulator.front.journal import Call, Journal
from spapi_simulator.front.limits import Limits
from spapi_simulator.front.operations import Catalogue, Operation
from spapi_simulator.world.accounts import Accounts
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.marketplaces import DOCUMENTS_HOST, REGION_OF_HOST
from spapi_simulator.world.present import Present
from spapi_simulator.world.seeded import Seeded

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


class Desk(Protocol):
    """What is not an SP-API operation: Login with Amazon, the consent page, SQS, documents."""

    def operation_of(self, request: httpx.Request) -> str:
        """Name the request for faults and the journal; empty when it is for somebody else."""
        ...

    def answer(self, request: httpx.Request, *, request_id: str, now: datetime) -> httpx.Response:
        """Answer a request of its own."""
        ...


class Door:
    """Routes requests and keeps the journal."""

    def __init__(
        self,
        present: Present,
        seeded: Seeded,
        *,
        accounts: Accounts,
        limits: Limits,
        faults: Faults,
        behaviours: Behaviours,
        desks: Sequence[Desk],
        catalogue: Catalogue,
        handlers: Mapping[str, Handler],
    ) -> None:
        self._present = present
        self._seeded = seeded
        self._accounts = accounts
        self._limits = limits
        self._faults = faults
        self._behaviours = behaviours
        self._desks = desks
        self._catalogue = catalogue
        self._handlers = handlers
        self.journal = Journal()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            httpx.ConnectError: A fault lost the connection before the request arrived.
            httpx.ReadTimeout: A fault lost the answer.
        """
        now = self._present.now()
        request_id = self._seeded.uuid("request")
        for desk in self._desks:
            if name := desk.operation_of(request):
                return self._answer_at(desk, name, request, request_id, now)
        found = self._catalogue.find(request.method, request.url.path)
        if found is None:
            refusal = Refusal(404, "NotFound", message="The simulator does not answer this method and path.")
            self._note("unknown", request, request_id, now, status=404)
            return spapi_response(refusal, request_id=request_id, rate=None)
        return self._answer_operation(*found, request, request_id, now)

    def _answer_at(
        self, desk: Desk, name: str, request: httpx.Request, request_id: str, now: datetime
    ) -> httpx.Response:
        fault = self._faults.meet(name, request, facts={}, now=now)
        status, empty = 0, False
        try:
            response = _with_fault(
                fault,
                request,
                lambda: desk.answer(request, request_id=request_id, now=now),
                request_id=request_id,
            )
            status, empty = response.status_code, response.content == b"{}"
        finally:
            template = "" if request.headers.get("x-amz-target") else request.url.path
            if name in {"getDocument", "putDocument"}:
                template = documents.PATH
            self._note(name, request, request_id, now, status=status, template=template, keep=not empty)
        return response

    def _answer_operation(
        self,
        operation: Operation,
        path: Mapping[str, str],
        request: httpx.Request,
        request_id: str,
        now: datetime,
    ) -> httpx.Response:
        caller = self._caller(request, operation, now)
        seller_id = caller.seller_id if isinstance(caller, Caller) else ""
        rate, _ = self._limits.usage(seller_id, operation)
        region = REGION_OF_HOST.get(request.url.host, self._accounts.region_of(seller_id))
        facts = {"seller_id": seller_id, "region": region}
        fault = self._faults.meet(operation.name, request, facts=facts, now=now)
        answers: list[Reply | Refusal] = []

        def work() -> httpx.Response:
            answer = caller
            if isinstance(answer, Caller):
                if fault is not None and fault.effect == "redact" and request.method == "GET":
                    answer = replace(answer, elements=frozenset(), blinded=True)
                ask = _ask(request, answer, path, now=now, fault=fault)
                answers.append(answered := self._operate(operation, ask))
                return spapi_response(answered, request_id=request_id, rate=rate)
            answers.append(answer)
            return spapi_response(answer, request_id=request_id, rate=rate)

        status = 0
        try:
            response = _with_fault(fault, request, work, request_id=request_id)
            status = response.status_code
        finally:
            self._note(
                operation.name,
                request,
                request_id,
                now,
                status=status,
                seller_id=seller_id,
                template=operation.template,
                subject=next(iter(path.values()), ""),
                code=next((one.code for one in answers if isinstance(one, Refusal)), ""),
                restricted=isinstance(caller, Caller) and caller.restricted,
                fault=fault.effect if fault else "",
            )
        return response

    def _caller(self, request: httpx.Request, operation: Operation, now: datetime) -> Caller | Refusal:
        try:
            return caller_of(request, operation, self._accounts, now=now)
        except Refusal as refusal:
            return refusal

    def _operate(self, operation: Operation, ask: Ask) -> Reply | Refusal:
        client_id = ask.caller.application.client_id
        if not self._limits.take(ask.caller.seller_id, client_id, operation, now=ask.now):
            self.journal.throttled[operation.name] += 1
            return Refusal(429, "QuotaExceeded", message=QUOTA_EXCEEDED)
        if ask.sandbox and self._behaviours.static_sandbox:
            return refuse_input(message="Could not match input arguments")
        try:
            return self._handlers[operation.bucket](ask)
        except Refusal as refusal:
            return refusal
        except RecursionError:
            # A body nested beyond any sense makes the JSON reader give up; Amazon would call it bad input.
            return refuse_input()

    def _note(
        self,
        operation: str,
        request: httpx.Request,
        request_id: str,
        now: datetime,
        *,
        status: int,
        seller_id: str = "",
        template: str = "",
        subject: str = "",
        code: str = "",
        restricted: bool = False,
        fault: str = "",
        keep: bool = True,
    ) -> None:
        call = Call(
            at=now,
            operation=operation,
            seller_id=seller_id,
            status=status,
            request_id=request_id,
            path_template=template,
            method=request.method,
            subject=subject,
            code=code,
            restricted=restricted,
            fault=fault,
        )
        self.journal.note(call, keep=keep)


def _ask(
    request: httpx.Request, caller: Caller, path: Mapping[str, str], *, now: datetime, fault: Fault | None
) -> Ask:
    url = request.url
    at_amazon = url.host in REGION_OF_HOST
    base = f"https://{DOCUMENTS_HOST}" if at_amazon else f"{url.scheme}://{url.netloc.decode()}"
    return Ask(
        caller=caller,
        path=path,
        query=url.params,
        body=request.content,
        now=now,
        documents_base=base,
        fault=fault,
        sandbox=url.host.startswith("sandbox."),
    )


def _with_fault(
    fault: Fault | None, request: httpx.Request, work: Callable[[], httpx.Response], *, request_id: str
) -> httpx.Response:
    if fault is None:
        return work()
    if fault.works:
        response = work()
        if fault.effect == "slow":
            response.extensions["slow"] = fault.seconds
        elif fault.effect == "cut":
            response.extensions["cut"] = True
        return response
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
    code = fault.code or _CODES.get(fault.status, "InternalFailure")
    message = _FAULT_MESSAGES.get(fault.status, _INTERNAL)
    return spapi_response(Refusal(fault.status, code, message=message), request_id=request_id, rate=None)
