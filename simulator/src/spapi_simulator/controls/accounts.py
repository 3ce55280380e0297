"""Applications, sellers and what joins them, past every API: register, authorise, revoke."""

from collections.abc import Iterable, Sequence

from spapi_simulator.application_management import ApplicationManagement
from spapi_simulator.controls.base import Controls
from spapi_simulator.login.consent import Consent
from spapi_simulator.world.accounts import Accounts, Application, ClientSecret, Seller
from spapi_simulator.world.roles import Role


class AccountControls(Controls):
    """The accounts of a simulator, touched from outside."""

    _accounts: Accounts
    _consent: Consent
    _management: ApplicationManagement

    def add_application(
        self,
        *,
        name: str = "application",
        roles: Iterable[Role] | None = None,
        redirect_uris: Sequence[str] = (),
        login_uri: str = "",
        draft: bool = False,
    ) -> Application:
        """Register an application.

        Args:
            name: What sellers read on the consent page.
            roles: Its roles; all of them when not given.
            redirect_uris: Where sellers may be sent back to with a code; the first is the default.
            login_uri: Where the Appstore sends sellers, see `start_in_appstore`.
            draft: Not published: sellers consent with `version=beta` alone.
        """
        with self._world():
            application = self._accounts.add_application(
                name, roles, redirect_uris=redirect_uris, login_uri=login_uri, draft=draft
            )
            self._management.watch(application)
            return application

    def publish_application(self, app: Application) -> None:
        """List a draft in the Appstore: sellers consent without `version=beta` from now on."""
        with self._world():
            self._accounts.publish(app)

    def add_role(self, app: Application, role: Role) -> None:
        """Approve a role for an application; sellers must authorise it again before it counts."""
        with self._world():
            self._accounts.add_role(app, role)

    def client_secrets(self, app: Application) -> tuple[ClientSecret, ...]:
        """Return the secrets of an application that are good now, the newest last."""
        with self._world():
            return self._accounts.secrets_of(app)

    def start_in_appstore(self, app: Application, seller: Seller, *, base: str = "") -> str:
        """Let a seller consent in the Appstore; return where Amazon sends the seller's browser.

        Args:
            app: An application with a Login URI.
            seller: Who consents.
            base: Scheme and host of this simulator when it is served over HTTP; Seller Central otherwise.
        """
        with self._world():
            return self._consent.start(app, seller, base=base, now=self._present.now())

    def set_participation(
        self, seller: Seller, marketplace_id: str, *, participating: bool = True, suspended: bool = False
    ) -> None:
        """Say whether a seller sells in a marketplace, and whether their listings there are suspended."""
        with self._world():
            standing = self._accounts.standing(seller, marketplace_id)
            standing.participating, standing.listings_suspended = participating, suspended

    def add_seller(self, *, region: str = "NA", marketplaces: Sequence[str] = ("ATVPDKIKX0DER",)) -> Seller:
        """Open a selling-partner account in a region."""
        with self._world():
            return self._accounts.add_seller(region, marketplaces)

    def applications(self) -> list[Application]:
        """Return every application."""
        return list(self._accounts.applications.values())

    def sellers(self) -> list[Seller]:
        """Return every seller."""
        return list(self._accounts.sellers.values())

    def authorize(self, app: Application, seller: Seller, roles: Iterable[Role] | None = None) -> str:
        """Let a seller authorise an application; return the refresh token."""
        with self._world():
            return self._accounts.authorise(app, seller, roles)

    def revoke(self, refresh_token: str) -> None:
        """Take an authorisation back; its access tokens die with it."""
        with self._world():
            self._accounts.revoke(refresh_token)

    def lose_roles(self, refresh_token: str) -> None:
        """Let an authorisation lose its roles at Amazon's side: 403 from now on, until it is given anew."""
        with self._world():
            self._accounts.authorisations[refresh_token].roles = frozenset()

    def give_roles(self, refresh_token: str, roles: Iterable[Role] | None = None) -> None:
        """Let an authorisation gain roles at Amazon's side, without a new consent: all of its application."""
        with self._world():
            authorisation = self._accounts.authorisations[refresh_token]
            has = self._accounts.roles_of(authorisation.application)
            authorisation.roles |= has if roles is None else frozenset(roles) & has

    def expire_access_tokens(self) -> None:
        """End every access token and RDT now."""
        with self._world():
            self._accounts.expire_access_tokens(self._present.now())
