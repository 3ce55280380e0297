"""One call of the Selling Partner API: token, quota, sending, and what its answer means."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from dockseal.amazon.circuit import Circuits, Question, question_of
from dockseal.amazon.endpoints import Endpoints
from dockseal.amazon.login import Login, caller_name
from dockseal.amazon.operations import Operation
from dockseal.amazon.quotas import Quotas
from dockseal.amazon.refusals import refusal, token_is_old
from dockseal.amazon.wire import CallMade, Lost, Reply, Wire
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Region, Seller
from dockseal.errors import (
    AmazonError,
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    BadInput,
    OutcomeUnknown,
)

__all__ = ["Answer", "CallMade", "Query", "Session", "path_of"]

log = structlog.get_logger(__name__)

Query = Mapping[str, str | Sequence[str]]
_ORDER_ID = re.compile(r"[0-9A-Za-z-]{1,40}")
_RESOURCE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,199}")
_PLACE = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A 2xx answer."""

    status: int
    json: dict[str, object] | None = field(repr=False)
    """Its JSON object; None when the body is empty (204)."""
    request_id: str


class Session:
    """Calls Amazon for any seller. Safe to use from many threads."""

    def __init__(
        self,
        wire: Wire,
        clock: Clock,
        *,
        endpoints: Endpoints,
        login: Login,
        quotas: Quotas,
        sellers: Callable[[SellerId], Seller],
        circuits: Circuits,
        observe: Callable[[CallMade], None],
    ) -> None:
        self._wire = wire
        self._clock = clock
        self._endpoints = endpoints
        self._login = login
        self._quotas = quotas
        self._sellers = sellers
        self._circuits = circuits
        self._observe = observe

    def call(
        self,
        operation: Operation,
        seller: SellerId,
        *,
        order_id: str = "",
        resource_id: str = "",
        query: Query | None = None,
        body: object = None,
        rdt: Secret | None = None,
        write: bool = False,
    ) -> Answer:
        """Makes one call; an access token that Amazon no longer takes is replaced, once.

        Args:
            operation: What is called.
            seller: Whose account; its region chooses the host.
            order_id: Fills `{orderId}` of the path.
            resource_id: Fills another place of the path, such as `{reportId}`.
            query: Query parameters; lists are joined by commas, as Amazon takes them.
            body: Sent as JSON.
            rdt: Restricted data token to send in place of the access token.
            write: The call changes something: a lost answer leaves open whether it did.

        Raises:
            AmazonThrottled: the quota is spent; nothing was sent, or Amazon refused it with 429.
            AmazonUnavailable: no usable answer to a read, or nothing was sent.
            OutcomeUnknown: no usable answer to a write that was sent.
            OrderUnknown: 404 for an order.
            AccessDenied: 401 or 403.
            AmazonRefused: another 4xx.
            CredentialRefused: the seller's credentials ended.
        """
        path = path_of(operation, order_id, resource_id)
        region = self._sellers(seller).region
        url = self._endpoints.api[region] + path
        flat = {name: _joined(value) for name, value in (query or {}).items()}
        token = rdt or self._login.token(seller)
        reply = self._send(operation, seller, url, token=token, query=flat, body=body)
        if rdt is None and isinstance(reply, Reply) and token_is_old(reply):
            self._login.drop(seller, token)
            token = self._login.token(seller)
            reply = self._send(operation, seller, url, token=token, query=flat, body=body)
        question = question_of(operation, seller, region, path=path, query=flat, rdt=rdt is not None)
        return self._judged(operation, seller, reply, write=write, question=question)

    def call_grantless(
        self,
        operation: Operation,
        application: str,
        region: Region,
        *,
        scope: str,
        body: object = None,
        write: bool = False,
    ) -> Answer:
        """Makes one call that an application makes for itself, with a grantless token.

        Args:
            operation: What is called.
            application: Our name of the application.
            region: Chooses the host.
            scope: What the token must be for.
            body: Sent as JSON.
            write: As in `call`, whose errors it raises.
        """
        caller, url = caller_name(application), self._endpoints.api[region] + operation.path
        token = self._login.grantless(application, scope)
        reply = self._send(operation, caller, url, token=token, query={}, body=body)
        if isinstance(reply, Reply) and token_is_old(reply):
            self._login.drop(caller, token, scope)
            token = self._login.grantless(application, scope)
            reply = self._send(operation, caller, url, token=token, query={}, body=body)
        return self._judged(operation, caller, reply, write=write)

    def _send(
        self,
        operation: Operation,
        seller: SellerId,
        url: str,
        *,
        token: Secret,
        query: Mapping[str, str],
        body: object,
    ) -> Reply | Lost:
        self._quotas.take(seller, operation)
        sent_at = self._clock.now()
        headers = {"x-amz-access-token": token.reveal(), "accept": "application/json"}
        reply = self._wire.send(operation.method, url, headers=headers, query=query, body=body)
        now = self._clock.now()
        seconds = (now - sent_at).total_seconds()
        status, request_id = (0, "") if isinstance(reply, Lost) else (reply.status, reply.request_id)
        log.info(
            "amazon.call",
            seller=seller,
            operation=operation.name,
            path=operation.path,
            status=status,
            request_id=request_id,
            milliseconds=round(seconds * 1000),
        )
        self._observe(
            CallMade(
                seller=seller,
                operation=operation.name,
                status=status,
                at=now,
                seconds=seconds,
                request_id=request_id,
            )
        )
        return reply

    def _judged(
        self,
        operation: Operation,
        seller: SellerId,
        reply: Reply | Lost,
        *,
        write: bool,
        question: Question | None = None,
    ) -> Answer:
        if reply is Lost.BEFORE_SENDING:
            raise AmazonUnavailable(f"Amazon cannot be reached for {operation.name}; it is tried again")
        if isinstance(reply, Lost):
            raise _no_answer(operation, "the connection ended before the answer", write=write)
        if reply.status == 429:
            raise AmazonThrottled(operation.name, self._quotas.spent(seller, operation))
        self._quotas.learn(seller, operation, reply.rate_limit)
        if not 200 <= reply.status < 300:
            error = _refused(operation, reply, write=write)
            if question is not None and isinstance(error, AmazonRefused):
                raise self._circuits.judged(question, error)
            raise error
        if question is not None:
            self._circuits.worked(question)
        if reply.empty:
            return Answer(status=reply.status, json=None, request_id=reply.request_id)
        if not isinstance(reply.json, dict):
            raise _no_answer(operation, f"status {reply.status} without a JSON object", write=write)
        return Answer(status=reply.status, json=reply.json, request_id=reply.request_id)


def _refused(operation: Operation, reply: Reply, *, write: bool) -> AmazonError:
    from_amazon = reply.empty or isinstance(reply.json, dict)
    if 400 <= reply.status < 500 and from_amazon:
        return refusal(operation, reply)
    return _no_answer(operation, f"status {reply.status}", write=write)


def _no_answer(operation: Operation, what: str, *, write: bool) -> AmazonUnavailable | OutcomeUnknown:
    if write:
        return OutcomeUnknown(
            f"Amazon gave no usable answer to {operation.name} ({what}): it may be done; Amazon is read back "
            "before it is sent again"
        )
    return AmazonUnavailable(f"Amazon gave no usable answer to {operation.name} ({what}); it is tried again")


def path_of(operation: Operation, order_id: str = "", resource_id: str = "") -> str:
    """Returns the path of a call, such as a restricted data token is asked for.

    Raises:
        BadInput: an id of the path is missing, or could lead elsewhere.
    """
    if "{orderId}" in operation.path:
        if not _ORDER_ID.fullmatch(order_id):
            raise BadInput(f"{operation.name} needs an order id of the form 3-7-7 digits")
        return operation.path.replace("{orderId}", order_id)
    if "{" not in operation.path:
        return operation.path
    if not _RESOURCE_ID.fullmatch(resource_id):
        raise BadInput(f"{operation.name} needs an id of up to 200 letters, digits and . _ -")
    return _PLACE.sub(resource_id, operation.path)


def _joined(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else ",".join(value)
