"""Applications, sellers, authorisations and their tokens (Login with Amazon, Tokens API)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spapi_simulator.world.marketplaces import MARKETPLACES
from spapi_simulator.world.roles import ALL_ROLES, Role
from spapi_simulator.world.seeded import Seeded

TOKEN_LIFE = timedelta(seconds=3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A developer's application."""

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    application_id: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A selling-partner account in one region."""

    seller_id: str
    region: str
    marketplaces: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Authorisation:
    """A seller's consent to an application: the refresh token and the roles it carries."""

    refresh_token: str = field(repr=False)
    application: Application
    seller: Seller
    roles: frozenset[Role]
    revoked: bool = False


@dataclass(slots=True, kw_only=True)
class AccessToken:
    """A bearer token; `authorisation` is None for a grantless one."""

    application: Application
    authorisation: Authorisation | None
    scope: str = ""
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedResource:
    """A method and a path that an RDT opens; the path may hold a literal `{orderId}`."""

    method: str
    path: str
    elements: frozenset[str]


@dataclass(slots=True, kw_only=True)
class RestrictedToken:
    """A Restricted Data Token (createRestrictedDataToken)."""

    authorisation: Authorisation
    application: Application
    resources: Sequence[RestrictedResource]
    expires_at: datetime


class Accounts:
    """Everybody who may ask, and every token they hold."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self.applications: dict[str, Application] = {}
        self.sellers: dict[str, Seller] = {}
        self.authorisations: dict[str, Authorisation] = {}
        self.access_tokens: dict[str, AccessToken] = {}
        self.restricted_tokens: dict[str, RestrictedToken] = {}

    def add_application(self, name: str, roles: Iterable[Role] | None = None) -> Application:
        """Register an application; without `roles` it has all of them."""
        application = Application(
            name=name,
            client_id=f"amzn1.application-oa2-client.{self._seeded.hex('client')}",
            client_secret=f"amzn1.oa2-cs.v1.{self._seeded.hex('client secret', 64)}",
            application_id=f"amzn1.sp.solution.{self._seeded.uuid('application')}",
            roles=ALL_ROLES if roles is None else frozenset(roles),
        )
        self.applications[application.client_id] = application
        return application

    def add_seller(self, region: str, marketplaces: Sequence[str]) -> Seller:
        """Open a selling-partner account.

        Raises:
            ValueError: A marketplace is unknown or belongs to another region.
        """
        for marketplace_id in marketplaces:
            known = MARKETPLACES.get(marketplace_id)
            if known is None or known.region != region:
                raise ValueError(f"Marketplace {marketplace_id} is not one of region {region}.")
        seller_id = "A" + self._seeded.letters("seller", 13)
        seller = Seller(seller_id=seller_id, region=region, marketplaces=tuple(marketplaces))
        self.sellers[seller.seller_id] = seller
        return seller

    def region_of(self, seller_id: str) -> str:
        """Return the region of a seller, empty for none."""
        seller = self.sellers.get(seller_id)
        return seller.region if seller else ""

    def authorise(self, application: Application, seller: Seller, roles: Iterable[Role] | None) -> str:
        """Record a seller's consent and return the refresh token."""
        token = f"Atzr|{self._seeded.secret('refresh')}"
        granted = application.roles if roles is None else frozenset(roles) & application.roles
        self.authorisations[token] = Authorisation(
            refresh_token=token, application=application, seller=seller, roles=granted
        )
        return token

    def issue_access(
        self, application: Application, authorisation: Authorisation | None, *, scope: str = "", now: datetime
    ) -> str:
        """Return a new access token for an hour: `Atza|` for a seller, `Atc|` without one."""
        token = f"{'Atza' if authorisation else 'Atc'}|{self._seeded.secret('access')}"
        self.access_tokens[token] = AccessToken(
            application=application, authorisation=authorisation, scope=scope, expires_at=now + TOKEN_LIFE
        )
        return token

    def issue_restricted(
        self,
        authorisation: Authorisation,
        resources: Sequence[RestrictedResource],
        *,
        application: Application,
        now: datetime,
    ) -> str:
        """Return a new RDT for an hour."""
        token = f"Atz.sprdt|{self._seeded.secret('restricted')}"
        self.restricted_tokens[token] = RestrictedToken(
            authorisation=authorisation,
            application=application,
            resources=resources,
            expires_at=now + TOKEN_LIFE,
        )
        return token

    def expire_access_tokens(self, now: datetime) -> None:
        """End every access token and every RDT at once."""
        for access in self.access_tokens.values():
            access.expires_at = min(access.expires_at, now)
        for restricted in self.restricted_tokens.values():
            restricted.expires_at = min(restricted.expires_at, now)
