"""The gate before every SP-API operation: headers, token, region, scope of an RDT or of a grantless token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from spapi_simulator.front.answers import JSON, Refusal, refuse_access, refuse_input
from spapi_simulator.front.bodies import read_object
from spapi_simulator.front.faults import Fault
from spapi_simulator.front.operations import Operation
from spapi_simulator.world.accounts import Accounts, Application, Authorisation, RestrictedToken, Seller
from spapi_simulator.world.marketplaces import MARKETPLACES, REGION_OF_HOST
from spapi_simulator.world.roles import RESTRICTED_ROLES, Role

MISSING = "Access token is missing in the request header."
EXPIRED = "The access token you provided has expired."
NOT_VALID = "The access token you provided is revoked, malformed or invalid."
WRONG_REGION = "The marketplaces you provided are not valid for region."
_LONGEST_USER_AGENT = 500
_LARGEST_BODY = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: the application, the account, and the personal data an RDT opens for this request.

    `authorisation` is None for a grantless token: the application speaks for itself then. `blinded` is one
    whom a fault keeps from personal data.
    """

    application: Application
    authorisation: Authorisation | None
    elements: frozenset[str] = frozenset()
    restricted: bool = False
    blinded: bool = False

    @property
    def seller(self) -> Seller:
        """The account whose data is asked for.

        Raises:
            Refusal: 403 when the token is grantless.
        """
        if self.authorisation is None:
            raise refuse_access()
        return self.authorisation.seller

    @property
    def seller_id(self) -> str:
        """The account's id, empty for a grantless token."""
        return self.authorisation.seller.seller_id if self.authorisation else ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles the seller's consent carries."""
        roles = self.authorisation.roles if self.authorisation else frozenset()
        return roles - RESTRICTED_ROLES if self.blinded else roles

    def check_marketplaces(self, marketplace_ids: list[str]) -> None:
        """Refuse marketplaces of another region, or ones the seller does not sell in."""
        for marketplace_id in marketplace_ids:
            known = MARKETPLACES.get(marketplace_id)
            if known is None or known.region != self.seller.region:
                raise refuse_access(WRONG_REGION)
            if marketplace_id not in self.seller.marketplaces:
                raise refuse_access()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request that passed the gate, as an operation sees it.

    Attributes:
        path: The values in the path by their names.
        documents_base: Scheme and host that presigned URLs must begin with, so that the caller reaches them.
        fault: The fault it met that lets it be carried out, such as a half page.
        sandbox: Whether it came in at a sandbox host.
    """

    caller: Caller
    path: Mapping[str, str]
    query: httpx.QueryParams
    body: bytes
    now: datetime
    documents_base: str
    fault: Fault | None = None
    sandbox: bool = False

    @property
    def shown_after(self) -> float:
        """For how many seconds a fault keeps from reads what this call does."""
        return self.fault.seconds if self.fault is not None and self.fault.effect == "later" else 0

    def json(self) -> JSON:
        """Return the body, which must be a JSON object.

        Raises:
            Refusal: 400 for anything else.
        """
        return read_object(self.body)


def caller_of(request: httpx.Request, operation: Operation, accounts: Accounts, *, now: datetime) -> Caller:
    """Return who makes a request.

    Raises:
        Refusal: 400 for a user-agent that is missing or longer than 500 characters; 403 for a token that is
            missing, unknown, revoked, expired, of another region, grantless where a seller's is needed or
            the other way round, or an RDT used elsewhere; 413 and 415 for a body too large or not JSON.
    """
    agent = request.headers.get("user-agent", "")
    if not agent.strip() or len(agent) > _LONGEST_USER_AGENT:
        raise refuse_input("The user-agent header is required and may hold 500 characters.")
    token = request.headers.get("x-amz-access-token", "")
    if not token:
        raise refuse_access(MISSING)
    if restricted := accounts.restricted_tokens.get(token):
        caller = _restricted_caller(restricted, request, operation, now=now)
    else:
        caller = _plain_caller(token, operation, accounts, now=now)
    region = REGION_OF_HOST.get(request.url.host)
    if caller.authorisation is not None:
        if region is not None and region != caller.seller.region:
            raise refuse_access()
        if not caller.roles:
            raise refuse_access()
    _check_body(request)
    return caller


def _check_body(request: httpx.Request) -> None:
    if len(request.content) > _LARGEST_BODY:
        raise Refusal(413, "RequestTooLarge", message="The request size exceeded the maximum accepted size.")
    kind = request.headers.get("content-type", "application/json")
    if request.content and "json" not in kind.lower():
        raise Refusal(415, "UnsupportedMediaType", message="The entity body is in an unsupported format.")


def _plain_caller(token: str, operation: Operation, accounts: Accounts, *, now: datetime) -> Caller:
    access = accounts.access_tokens.get(token)
    if access is None or (access.authorisation is not None and access.authorisation.revoked):
        raise refuse_access(NOT_VALID)
    if now >= access.expires_at:
        raise refuse_access(EXPIRED)
    if operation.scope:
        if operation.scope not in access.scope.split():
            raise refuse_access()
    elif access.authorisation is None:
        raise refuse_access()
    return Caller(application=access.application, authorisation=access.authorisation)


def _restricted_caller(
    token: RestrictedToken, request: httpx.Request, operation: Operation, *, now: datetime
) -> Caller:
    if token.authorisation.revoked:
        raise refuse_access(NOT_VALID)
    if now >= token.expires_at:
        raise refuse_access(EXPIRED)
    opened = [
        resource
        for resource in token.resources
        if resource.method == request.method and resource.path in {request.url.path, operation.template}
    ]
    if not opened:
        raise refuse_access()
    elements = frozenset().union(*(resource.elements for resource in opened))
    return Caller(
        application=token.application, authorisation=token.authorisation, elements=elements, restricted=True
    )
