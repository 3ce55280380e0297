"""The gate before every SP-API operation: headers, token, region, scope of an RDT."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from spapi_simulator.accounts import Accounts, Application, Authorisation, RestrictedToken, Seller
from spapi_simulator.answers import refuse_access, refuse_input
from spapi_simulator.marketplaces import MARKETPLACES, REGION_OF_HOST
from spapi_simulator.operations import Operation
from spapi_simulator.roles import Role

MISSING = "Access token is missing in the request header."
EXPIRED = "The access token you provided has expired."
NOT_VALID = "The access token you provided is revoked, malformed or invalid."
WRONG_REGION = "The marketplaces you provided are not valid for region."
_LONGEST_USER_AGENT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: the account, the application, and the personal data an RDT opens for this request."""

    application: Application
    authorisation: Authorisation
    elements: frozenset[str]

    @property
    def seller(self) -> Seller:
        """The account whose orders are asked for."""
        return self.authorisation.seller

    @property
    def roles(self) -> frozenset[Role]:
        """The roles the seller's consent carries."""
        return self.authorisation.roles

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
    """One request that passed the gate, as an operation sees it."""

    caller: Caller
    path: Mapping[str, str]
    query: httpx.QueryParams
    body: bytes
    now: datetime


def caller_of(request: httpx.Request, operation: Operation, accounts: Accounts, *, now: datetime) -> Caller:
    """Return who makes a request.

    Raises:
        Refusal: 400 for a user-agent that is missing or longer than 500 characters; 403 for a token that is
            missing, unknown, revoked, expired, of another region, grantless, or an RDT used elsewhere.
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
        caller = _plain_caller(token, accounts, now=now)
    region = REGION_OF_HOST.get(request.url.host)
    if region is not None and region != caller.seller.region:
        raise refuse_access()
    if not caller.roles:
        raise refuse_access()
    return caller


def _plain_caller(token: str, accounts: Accounts, *, now: datetime) -> Caller:
    access = accounts.access_tokens.get(token)
    if access is None or (access.authorisation is not None and access.authorisation.revoked):
        raise refuse_access(NOT_VALID)
    if now >= access.expires_at:
        raise refuse_access(EXPIRED)
    if access.authorisation is None:
        raise refuse_access()
    return Caller(application=access.application, authorisation=access.authorisation, elements=frozenset())


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
    return Caller(application=token.application, authorisation=token.authorisation, elements=elements)
