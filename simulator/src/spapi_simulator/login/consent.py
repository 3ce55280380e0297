"""The consent page at Seller Central, and the way back to the application with a code.

A seller comes from the developer's website (`/apps/authorize/consent`), or from the Appstore: then Amazon
sends them to the application's Login URI, and the application sends them on to `/apps/authorize/confirm/…`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx

from spapi_simulator.login import consent_page as page
from spapi_simulator.world.accounts import Accounts, Application, Seller
from spapi_simulator.world.marketplaces import MARKETPLACES, SELLER_CENTRAL
from spapi_simulator.world.seeded import Seeded

CONSENT = "/apps/authorize/consent"
CONFIRM = "/apps/authorize/confirm/"
_STATE_LIFE = timedelta(hours=1)
_REGION_AT = {SELLER_CENTRAL[one.country]: one.region for one in MARKETPLACES.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What a consent is asked for, once everything about it is right."""

    application: Application
    redirect_uri: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Started:
    """A consent given in the Appstore that the application has not come back for yet."""

    application: Application
    seller: Seller
    dies_at: datetime


class _NoConsent(Exception):
    """Amazon shows an error page; the code is one of Amazon's authorization error codes."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Consent:
    """Asks sellers whether an application may act for them (SP-API, "Website authorization workflow")."""

    def __init__(self, accounts: Accounts, seeded: Seeded) -> None:
        self._accounts = accounts
        self._seeded = seeded
        self._started: dict[str, _Started] = {}

    @staticmethod
    def operation_of(request: httpx.Request) -> str:
        """Name the request for faults and the journal; empty when it is not for Seller Central."""
        path = request.url.path
        if path.startswith(CONFIRM):
            return "appstoreConfirm"
        return "consent" if path == CONSENT or request.url.host in _REGION_AT else ""

    def answer(self, request: httpx.Request, *, request_id: str, now: datetime) -> httpx.Response:
        """Show the page, or send the browser back to the application."""
        path = request.url.path
        try:
            if path.startswith(CONFIRM) and request.method == "GET":
                return page.redirect(self._complete(path.removeprefix(CONFIRM), request.url.params, now))
            if path == CONSENT and request.method == "GET":
                return self._ask(request)
            if path == CONSENT and request.method == "POST":
                return page.redirect(self._decide(request))
        except _NoConsent as reason:
            return page.error(reason.code, reason.sentence, request_id=request_id)
        return page.error("404", "Seller Central has no such page here.", request_id=request_id, status=404)

    def start(self, application: Application, seller: Seller, *, base: str, now: datetime) -> str:
        """Consent in the Appstore; return the address that Amazon sends the seller's browser to.

        Args:
            application: What the seller found in the Appstore; it needs a Login URI.
            seller: Who consents.
            base: Scheme and host for the callback where Seller Central's own cannot be reached.
            now: The instant of the consent; the application has an hour to come back.

        Raises:
            ValueError: The application has no Login URI.
        """
        if not application.login_uri:
            raise ValueError("The application has no Login URI; give login_uri to add_application.")
        self._started = {state: one for state, one in self._started.items() if now < one.dies_at}
        amazon_state = self._seeded.secret("amazon state")
        self._started[amazon_state] = _Started(
            application=application, seller=seller, dies_at=now + _STATE_LIFE
        )
        country = MARKETPLACES[seller.marketplaces[0]].country
        host = base or f"https://{SELLER_CENTRAL[country]}"
        told = {
            "amazon_callback_uri": f"{host}{CONFIRM}{application.application_id}",
            "amazon_state": amazon_state,
            "selling_partner_id": seller.seller_id,
        }
        if self._accounts.is_draft(application):
            told["version"] = "beta"
        return _with_query(application.login_uri, told)

    def _ask(self, request: httpx.Request) -> httpx.Response:
        wish = self._wish(request.url.params)
        return page.consent(
            action=CONSENT,
            application=wish.application,
            roles=self._accounts.roles_of(wish.application),
            sellers=self._sellers_at(request.url.host),
            hidden={
                "application_id": wish.application.application_id,
                "redirect_uri": wish.redirect_uri,
                "state": wish.state,
                "version": request.url.params.get("version", ""),
            },
        )

    def _decide(self, request: httpx.Request) -> str:
        form = _form(request)
        wish = self._wish(form)
        if form.get("decision") != "confirm":
            return _with_query(wish.redirect_uri, {"error": "access_denied", "state": wish.state})
        here = {one.seller_id: one for one in self._sellers_at(request.url.host)}
        seller = here.get(form.get("selling_partner_id", ""))
        if seller is None:
            raise _NoConsent("MD1000", "This selling partner has no account here.")
        return self._back(wish, seller)

    def _complete(self, application_id: str, given: Mapping[str, str], now: datetime) -> str:
        wish = self._wish({**given, "application_id": application_id})
        started = self._started.get(given.get("amazon_state", ""))
        if started is None or now >= started.dies_at or started.application != wish.application:
            raise _NoConsent("MD1000", "amazon_state is not one that Amazon gave for this application.")
        del self._started[given["amazon_state"]]
        return self._back(wish, started.seller)

    def _wish(self, given: Mapping[str, str]) -> _Wish:
        """Return what is asked for; every fault is one of Amazon's "Authorization Errors"."""
        application = self._accounts.find_application(given.get("application_id", ""))
        if application is None:
            raise _NoConsent("MD1000", "There is no application with this application_id.")
        if self._accounts.is_draft(application) and given.get("version") != "beta":
            raise _NoConsent("MD1000", "The application is in Draft state; add version=beta to the address.")
        if not application.redirect_uris:
            raise _NoConsent("MD5100", "The application has no OAuth redirect URI.")
        redirect_uri = given.get("redirect_uri") or application.redirect_uris[0]
        if "#" in redirect_uri:
            raise _NoConsent("MD5110", "The redirect URI has a fragment.")
        if redirect_uri not in application.redirect_uris:
            raise _NoConsent(
                "MD5101", "The redirect URI does not match one of those listed for the application."
            )
        return _Wish(application=application, redirect_uri=redirect_uri, state=given.get("state", ""))

    def _back(self, wish: _Wish, seller: Seller) -> str:
        code = self._accounts.grant_code(wish.application, seller, redirect_uri=wish.redirect_uri)
        return _with_query(
            wish.redirect_uri,
            {"state": wish.state, "selling_partner_id": seller.seller_id, "spapi_oauth_code": code},
        )

    def _sellers_at(self, host: str) -> list[Seller]:
        """Return who can be signed in at a host: everybody where it is none of Seller Central's."""
        region = _REGION_AT.get(host)
        return [one for one in self._accounts.sellers.values() if region in {None, one.region}]


def _form(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode(errors="replace"), keep_blank_values=True))


def _with_query(uri: str, more: Mapping[str, str]) -> str:
    """Add to an address that may have a query already; %20 rather than + comes back the same everywhere."""
    joint = "&" if urlsplit(uri).query else "?"
    return uri + joint + urlencode(more, quote_via=quote)
