"""Applications, sellers, authorisations and their tokens (Login with Amazon, Tokens API)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Protocol, TypeVar

from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.marketplaces import MARKETPLACES
from spapi_simulator.world.present import Present
from spapi_simulator.world.roles import ALL_ROLES, Role
from spapi_simulator.world.seeded import Seeded

TOKEN_LIFE = timedelta(seconds=3600)
CODE_LIFE = timedelta(minutes=5)
_KEPT_AFTER_EXPIRY = timedelta(days=1)
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A developer's application as it was registered; what changes later is in its `Registration`.

    Attributes:
        client_secret: The first secret; `Accounts.secrets_of` tells which ones live now.
        roles: The roles it began with; `Accounts.roles_of` tells which ones it has now.
        redirect_uris: Where sellers may be sent back to after their consent; the first is the default.
        login_uri: Where the Appstore sends a seller to sign in at the developer's website.
    """

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    application_id: str
    roles: frozenset[Role]
    redirect_uris: tuple[str, ...] = ()
    login_uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecret:
    """What an application proves itself with at Login with Amazon, and until when."""

    value: str = field(repr=False)
    expires_at: datetime

    @property
    def expires(self) -> bool:
        """Whether it ends at all: `Behaviours.client_secret_days` can say never."""
        return self.expires_at != _FOREVER


@dataclass(slots=True, kw_only=True)
class Registration:
    """What Amazon keeps of an application and changes over time.

    Attributes:
        draft: Not published yet: sellers consent with `version=beta` alone.
        roles: What the next consent will carry.
        secrets: One, or two while a rotation is under way; the newest last.
    """

    draft: bool
    roles: frozenset[Role]
    secrets: tuple[ClientSecret, ...]


@dataclass(slots=True, kw_only=True)
class Standing:
    """How a seller stands in one marketplace (Sellers API: Participation)."""

    participating: bool = True
    listings_suspended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A selling-partner account in one region."""

    seller_id: str
    region: str
    marketplaces: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Authorisation:
    """A seller's consent to an application: the refresh token and the roles it carries.

    Attributes:
        revoked: It is over: the seller took it back, it ran out, or a newer one took its place.
    """

    refresh_token: str = field(repr=False)
    application: Application
    seller: Seller
    roles: frozenset[Role]
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An authorisation code: a consent on its way to the application, good for one exchange."""

    application: Application
    seller: Seller
    redirect_uri: str
    roles: frozenset[Role]
    expires_at: datetime


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


class _Expiring(Protocol):
    @property
    def expires_at(self) -> datetime: ...


_Token = TypeVar("_Token", bound=_Expiring)


class Accounts:
    """Everybody who may ask, and every token they hold."""

    def __init__(self, seeded: Seeded, present: Present, behaviours: Behaviours) -> None:
        self._seeded = seeded
        self._present = present
        self._behaviours = behaviours
        self._registrations: dict[str, Registration] = {}
        self._standings: dict[tuple[str, str], Standing] = {}
        self._codes: dict[str, Code] = {}
        self.applications: dict[str, Application] = {}
        self.sellers: dict[str, Seller] = {}
        self.authorisations: dict[str, Authorisation] = {}
        self.access_tokens: dict[str, AccessToken] = {}
        self.restricted_tokens: dict[str, RestrictedToken] = {}

    def add_application(
        self,
        name: str,
        roles: Iterable[Role] | None = None,
        *,
        redirect_uris: Sequence[str] = (),
        login_uri: str = "",
        draft: bool = False,
    ) -> Application:
        """Register an application; without `roles` it has all of them."""
        client_id = f"amzn1.application-oa2-client.{self._seeded.hex('client')}"
        secret = self.new_secret()
        application = Application(
            name=name,
            client_id=client_id,
            client_secret=secret.value,
            application_id=f"amzn1.sp.solution.{self._seeded.uuid('application')}",
            roles=ALL_ROLES if roles is None else frozenset(roles),
            redirect_uris=tuple(redirect_uris),
            login_uri=login_uri,
        )
        self.applications[client_id] = application
        self._registrations[client_id] = Registration(draft=draft, roles=application.roles, secrets=(secret,))
        return application

    def find_application(self, application_id: str) -> Application | None:
        """Return the application with an id of the form `amzn1.sp.solution.…`."""
        known = self.applications.values()
        return next((one for one in known if one.application_id == application_id), None)

    def is_draft(self, application: Application) -> bool:
        """Say whether an application still waits to be published."""
        return self._registrations[application.client_id].draft

    def publish(self, application: Application) -> None:
        """List an application in the Appstore: from now on sellers consent without `version=beta`."""
        self._registrations[application.client_id].draft = False

    def roles_of(self, application: Application) -> frozenset[Role]:
        """Return the roles an application has now, which older consents may lack."""
        return self._registrations[application.client_id].roles

    def add_role(self, application: Application, role: Role) -> None:
        """Approve a role; only sellers who consent after this have granted it."""
        self._registrations[application.client_id].roles |= {role}

    def new_secret(self) -> ClientSecret:
        """Make a client secret that no application has yet."""
        days = self._behaviours.client_secret_days
        ends = _FOREVER if days is None else self._present.now() + timedelta(days=days)
        return ClientSecret(value=f"amzn1.oa2-cs.v1.{self._seeded.hex('client secret', 64)}", expires_at=ends)

    def secrets_of(self, application: Application) -> tuple[ClientSecret, ...]:
        """Return the secrets that are good now, the newest last: two in a rotation, none once all ran out."""
        now = self._present.now()
        return tuple(
            one for one in self._registrations[application.client_id].secrets if now < one.expires_at
        )

    def replace_secret(self, application: Application, old: ClientSecret | None, new: ClientSecret) -> None:
        """Give an application its next secret, beside `old` with the little time that has left."""
        secrets = (new,) if old is None else (old, new)
        self._registrations[application.client_id].secrets = secrets

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

    def standing(self, seller: Seller, marketplace_id: str) -> Standing:
        """Return how a seller stands in a marketplace, to be read or changed.

        Raises:
            ValueError: The seller does not sell there.
        """
        if marketplace_id not in seller.marketplaces:
            raise ValueError(f"Seller {seller.seller_id} has no account in marketplace {marketplace_id}.")
        return self._standings.setdefault((seller.seller_id, marketplace_id), Standing())

    def authorise(self, application: Application, seller: Seller, roles: Iterable[Role] | None) -> str:
        """Record a self-authorisation, which has no end, and return the refresh token."""
        has = self.roles_of(application)
        granted = has if roles is None else frozenset(roles) & has
        return self._consented(application, seller, granted).refresh_token

    def grant_code(self, application: Application, seller: Seller, *, redirect_uri: str) -> str:
        """Record that a seller consented at the website, and return the code for five minutes.

        The consent carries the roles the application has at this instant.
        """
        now = self._present.now()
        _prune(self._codes, now)
        code = self._seeded.letters("authorisation code", 20)
        self._codes[code] = Code(
            application=application,
            seller=seller,
            redirect_uri=redirect_uri,
            roles=self.roles_of(application),
            expires_at=now + CODE_LIFE,
        )
        return code

    def find_code(self, code: str) -> Code | None:
        """Return what a code stands for, unless it is unknown, used or too old."""
        found = self._codes.get(code)
        return found if found is not None and self._present.now() < found.expires_at else None

    def redeem(self, code: str) -> Authorisation:
        """Use up a code that `find_code` knows; such a consent ends after `Behaviours.consent_days`."""
        used = self._codes.pop(code)
        authorisation = self._consented(used.application, used.seller, used.roles)
        if (days := self._behaviours.consent_days) is not None:
            self._present.after(days * 86400, lambda: self.revoke(authorisation.refresh_token))
        return authorisation

    def revoke(self, refresh_token: str) -> None:
        """End an authorisation; its access tokens and RDTs die with it."""
        self.authorisations[refresh_token].revoked = True

    def _consented(self, application: Application, seller: Seller, roles: frozenset[Role]) -> Authorisation:
        if self._behaviours.reauthorisation_ends_old_token:
            for older in self.authorisations.values():
                if (older.application, older.seller) == (application, seller):
                    older.revoked = True
        token = f"Atzr|{self._seeded.secret('refresh')}"
        authorisation = self.authorisations[token] = Authorisation(
            refresh_token=token, application=application, seller=seller, roles=roles
        )
        return authorisation

    def issue_access(
        self, application: Application, authorisation: Authorisation | None, *, scope: str = "", now: datetime
    ) -> str:
        """Return a new access token for an hour: `Atza|` for a seller, `Atc|` without one."""
        _prune(self.access_tokens, now)
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
        _prune(self.restricted_tokens, now)
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


def _prune(tokens: dict[str, _Token], now: datetime) -> None:
    """Forget what expired more than a day ago; until then "expired" differs from "not valid"."""
    # All tokens of a kind live equally long, so the oldest, which come first, also end first.
    old = takewhile(lambda entry: entry[1].expires_at + _KEPT_AFTER_EXPIRY <= now, tokens.items())
    for token in [token for token, _ in old]:
        del tokens[token]
