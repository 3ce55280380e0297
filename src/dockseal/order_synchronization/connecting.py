"""Connecting a seller: consent at Amazon, and then everything that its orders need to flow.

    start ─▶ (the seller consents at Seller Central) ─▶ finish ─▶ check
                                                                  ▲ again, as often as wanted

A state is drawn for each consent, of which only the hash is kept, for 15 minutes; it is used once, and before
the code is exchanged: whoever brings the same address again is told to start anew. After that every step asks
what is there before it makes anything, so that a run that was cut off is simply run again.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from dockseal.domain.access import Actor
from dockseal.domain.application import Application, PendingConsent
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.policy import CONSENT_LIVES
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Region, Seller
from dockseal.errors import AmazonError, AmazonUnavailable, BadInput, CredentialRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.order_synchronization.checking import Checking
from dockseal.order_synchronization.checklist import Checklist, unfinished
from dockseal.storage.store import Storage

STATE_LIVES = timedelta(minutes=15)
_FORGOTTEN = timedelta(days=1)
_PARTNER = re.compile(r"[A-Z0-9]{5,30}")


class Amazon(Protocol):
    """What a consent asks of Amazon."""

    def consent_url(
        self, application: Application, region: Region, marketplaces: Sequence[str], state: str
    ) -> str:
        """Returns the address of the page that asks a seller for its consent."""

    def exchange(self, application: Application, code: Secret) -> Secret:
        """Exchanges the code of a consent, once, for the seller's refresh token."""

    def consented(self, seller: SellerId) -> None:
        """Is told that a seller has a new refresh token."""


class Vault(Protocol):
    """Seals refresh tokens."""

    def store_consent(self, seller: SellerId, application: str, refresh_token: Secret, actor: Actor) -> None:
        """Seals the refresh token of a seller of an application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which seller is to be connected, and to what."""

    seller: SellerId
    application: str
    region: Region
    marketplaces: tuple[str, ...] = ()
    """Wanted; empty: all that the seller takes part in."""
    warehouse: WarehouseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting:
    """Connects sellers."""

    storage: Storage
    amazon: Amazon
    vault: Vault
    checking: Checking
    trail: Trail
    clock: Clock

    def start(self, wish: Wish, actor: Actor) -> str:
        """Returns the address that a seller consents at, within 15 minutes.

        Raises:
            BadInput: the application or warehouse is unknown, or the region does not fit.
        """
        application = self._checked(wish)
        state, now = secrets.token_urlsafe(32), self.clock.now()
        consent = PendingConsent(
            state_hash=state_hash(state),
            application=wish.application,
            seller=wish.seller,
            region=wish.region,
            marketplaces=wish.marketplaces,
            warehouse=wish.warehouse,
            expires_at=now + STATE_LIVES,
        )
        with self.storage.transaction():
            self.storage.consents.purge(now - _FORGOTTEN)
            self.storage.consents.add(consent)
            self.trail.record(
                Tag.SELLER_CONSENT_ASKED,
                actor=actor,
                seller=wish.seller,
                application=wish.application,
                region=wish.region,
            )
        return self.amazon.consent_url(application, wish.region, wish.marketplaces, state)

    def asked(self, state: str) -> PendingConsent | None:
        """Returns what a seller was sent to Amazon for; None when this state is unknown, used or too old."""
        return self.storage.consents.find(state_hash(state), self.clock.now())

    def finish(self, state: str, selling_partner_id: str, code: Secret, actor: Actor) -> Checklist:
        """Takes what a seller came back from Amazon with, and connects it.

        Raises:
            BadInput: the state is unknown, used or older than 15 minutes, or another account consented.
            AmazonError: the code could not be exchanged; the text says to start again.
        """
        consent = self._used(state)
        self._check_account(consent, selling_partner_id, actor)
        application = self.storage.applications.get(consent.application)
        refresh_token = self._exchanged(consent, application, code, actor)
        wish = Wish(
            seller=consent.seller,
            application=consent.application,
            region=consent.region,
            marketplaces=consent.marketplaces,
            warehouse=consent.warehouse,
        )
        self._keep(wish, selling_partner_id, refresh_token, actor=actor, lives=CONSENT_LIVES)
        return self.checking.run(consent.seller, actor, wanted=consent.marketplaces)

    def declined(self, state: str, actor: Actor) -> SellerId:
        """Takes note that a seller said no at Amazon's page; returns which one.

        Raises:
            BadInput: the state is unknown, used or older than 15 minutes.
        """
        consent = self._used(state)
        self._refused(consent, "declined", actor)
        return consent.seller

    def self_authorised(
        self, wish: Wish, selling_partner_id: str, refresh_token: Secret, actor: Actor
    ) -> Checklist:
        """Connects a seller whose refresh token was made in Solution Provider Portal: it does not end.

        Raises:
            BadInput: the application or warehouse is unknown, or the account is another seller's.
        """
        self._checked(wish)
        self._check_partner(wish.seller, wish.region, selling_partner_id)
        self._keep(wish, selling_partner_id, refresh_token, actor=actor, lives=None)
        return self.checking.run(wish.seller, actor, wanted=wish.marketplaces)

    def again(
        self, seller: SellerId, actor: Actor, *, wanted: tuple[str, ...] = (), queue_url: str = ""
    ) -> Checklist:
        """Looks at a known seller once more, and makes what is missing, without a new consent.

        Raises:
            BadInput: no seller has this name, or it brought a client of its own.
        """
        return self.checking.run(seller, actor, wanted=wanted, queue_url=queue_url)

    def _checked(self, wish: Wish) -> Application:
        self.storage.warehouses.get(wish.warehouse)
        for marketplace in wish.marketplaces:
            known = MARKETPLACES.get(marketplace)
            if known is None or known.region is not wish.region:
                raise BadInput(
                    f"marketplace {marketplace[:20]} is none of region {wish.region.value}: connect each "
                    "region as a seller of its own"
                )
        kept = self._kept(wish.seller)
        if kept is not None and kept.region is not wish.region:
            raise BadInput(f"seller {wish.seller} is of region {kept.region.value}: choose another name")
        return self.storage.applications.get(wish.application)

    def _used(self, state: str) -> PendingConsent:
        with self.storage.transaction():
            consent = self.storage.consents.use(state_hash(state), self.clock.now())
        if consent is None:
            raise BadInput(
                "this address from Amazon was used before, or its consent was started over 15 minutes ago or "
                "not here: run `dockseal sellers connect` again and have the seller consent once more"
            )
        return consent

    def _check_account(self, consent: PendingConsent, partner_id: str, actor: Actor) -> None:
        try:
            self._check_partner(consent.seller, consent.region, partner_id)
        except BadInput:
            self._refused(consent, "another_account", actor)
            raise

    def _check_partner(self, name: SellerId, region: Region, partner_id: str) -> None:
        if not _PARTNER.fullmatch(partner_id):
            raise BadInput("selling_partner_id must be Amazon's merchant token, such as A2EXAMPLE: check it")
        kept = self._kept(name)
        if kept is not None and kept.selling_partner_id != partner_id:
            raise BadInput(
                f"another account than that of seller {name} consented: sign in to Seller Central with the "
                "right one, or choose another name"
            )
        for other in self.storage.sellers.all():
            if (other.selling_partner_id, other.region) == (partner_id, region) and other.id != name:
                raise BadInput(f"this account is kept as seller {other.id} already: connect that one again")

    def _keep(
        self,
        wish: Wish,
        partner_id: str,
        refresh_token: Secret,
        *,
        actor: Actor,
        lives: timedelta | None,
    ) -> None:
        """Keeps the seller and seals its token, together; a new one rests until it is checked."""
        until = None if lives is None else self.clock.now() + lives
        known = self._kept(wish.seller)
        with self.storage.transaction():
            if known is None:
                self.storage.sellers.add(_new(wish, partner_id))
                self.trail.record(
                    Tag.SELLER_ACCOUNT_ADDED, actor=actor, seller=wish.seller, warehouse=wish.warehouse
                )
            seller = self.storage.sellers.change(
                self.storage.sellers.get(wish.seller),
                application=wish.application,
                warehouse=wish.warehouse,
                consent_until=until,
            )
            rests = seller.rests_because not in {"", unfinished(seller.id)}
            if rests and not self.storage.sellers.change(seller, rests_because="").rests_because:
                self.trail.record(Tag.SELLER_ACCOUNT_RESUMED, actor=actor, seller=seller.id)
            self.vault.store_consent(wish.seller, wish.application, refresh_token, actor)
            self.trail.record(
                Tag.SELLER_CONSENT_GIVEN,
                actor=actor,
                seller=wish.seller,
                application=wish.application,
                region=wish.region,
            )
        self.amazon.consented(wish.seller)

    def _exchanged(
        self, consent: PendingConsent, application: Application, code: Secret, actor: Actor
    ) -> Secret:
        try:
            return self.amazon.exchange(application, code)
        except CredentialRefused:
            self._refused(consent, "code_refused", actor)
            raise
        except AmazonError as error:
            self._refused(consent, "exchange_failed", actor)
            failure = type(error).__name__
        raise AmazonUnavailable(
            f"the code of seller {consent.seller} could not be exchanged ({failure}), and a code is good "
            f"once: run `dockseal sellers connect {consent.seller}` again and have it consent once more"
        )

    def _refused(self, consent: PendingConsent, reason: str, actor: Actor) -> None:
        with self.storage.transaction():
            self.trail.record(Tag.SELLER_CONSENT_REFUSED, actor=actor, seller=consent.seller, reason=reason)

    def _kept(self, name: SellerId) -> Seller | None:
        return next((seller for seller in self.storage.sellers.all() if seller.id == name), None)


def state_hash(state: str) -> str:
    """Returns what is kept of a state."""
    return hashlib.sha256(state.encode()).hexdigest()


def _new(wish: Wish, partner_id: str) -> Seller:
    return Seller(
        id=wish.seller,
        region=wish.region,
        marketplaces=wish.marketplaces,
        selling_partner_id=partner_id,
        warehouse=wish.warehouse,
        application=wish.application,
        rests_because=unfinished(wish.seller),
    )
