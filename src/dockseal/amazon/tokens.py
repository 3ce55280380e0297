"""Tokens API v2021-03-01: restricted data tokens (createRestrictedDataToken). Kept in memory only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.amazon.operations import CREATE_RDT
from dockseal.amazon.session import Session
from dockseal.amazon.wire import whole_seconds
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.secret import Secret
from dockseal.errors import AccessDenied, AmazonRefused, AnswerUnreadable, BadInput, RoleMissing

MOST_RESOURCES = 50
_BEFORE_EXPIRY = timedelta(seconds=60)
_NO_ROLE = ("does not have access", "do not have access")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One exact method and path that a token is to open."""

    method: str
    path: str
    elements: tuple[str, ...] = ()
    """`dataElements`: `buyerInfo`, `shippingAddress`; only where the operation takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rdt:
    """A restricted data token."""

    token: Secret
    expires_at: datetime
    """A minute before Amazon's own end of it."""
    resources: tuple[Resource, ...]


class RestrictedDataTokens:
    """Asks for restricted data tokens."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def issue(self, seller: SellerId, resources: Sequence[Resource]) -> Rdt:
        """Asks for one token over exactly these resources.

        Raises:
            RoleMissing: the application's or the seller's roles do not cover one of them.
            BadInput: none or more than 50 are given.
        """
        if not 1 <= len(resources) <= MOST_RESOURCES:
            raise BadInput(f"a restricted data token opens 1 to 50 resources, not {len(resources)}")
        asked_at = self._clock.now()
        body = {"restrictedResources": [_json(each) for each in resources]}
        try:
            answer = self._session.call(CREATE_RDT, seller, body=body)
        except AccessDenied:
            raise
        except AmazonRefused as refused:
            if any(words in refused.message for words in _NO_ROLE):
                raise _role_missing(seller, refused) from None
            raise
        return rdt_from(answer.json or {}, seller, asked_at=asked_at, resources=tuple(resources))


def rdt_from(
    answer: Mapping[str, object], seller: SellerId, *, asked_at: datetime, resources: tuple[Resource, ...]
) -> Rdt:
    """Reads the answer; tolerates the `payload` wrapper of older guides.

    Raises:
        AnswerUnreadable: it lacks the token or its lifetime.
    """
    payload = answer.get("payload")
    values = payload if isinstance(payload, dict) else answer
    token, seconds = values.get("restrictedDataToken"), whole_seconds(values.get("expiresIn"))
    if not isinstance(token, str) or not token or seconds is None:
        raise AnswerUnreadable(
            f"Amazon's restricted data token for seller {seller} lacks restrictedDataToken or expiresIn; "
            "it is asked for again"
        )
    expires_at = asked_at + timedelta(seconds=seconds) - _BEFORE_EXPIRY
    return Rdt(token=Secret(token), expires_at=expires_at, resources=resources)


def _json(resource: Resource) -> dict[str, object]:
    shape: dict[str, object] = {"method": resource.method, "path": resource.path}
    if resource.elements:
        shape["dataElements"] = list(resource.elements)
    return shape


def _role_missing(seller: SellerId, refused: AmazonRefused) -> RoleMissing:
    return RoleMissing(
        f"Amazon gives seller {seller} no restricted data token: {refused.message}. Give the application the "
        f"restricted role, authorise it again in Seller Central, then run `dockseal sellers add {seller} … "
        "--again`"
    )
