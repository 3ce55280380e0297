"""Moves a seller to Orders v2026-01-01, with the proof that both Orders APIs tell its orders alike."""

from collections import Counter
from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import SellerId
from dockseal.domain.notice import Watermark
from dockseal.domain.order import OrdersApi
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

ENOUGH = 50
"""So many orders are compared before a seller is moved, unless somebody asks for other numbers."""
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was compared, and what came of it."""

    compared: int
    """Orders that were read with both Orders APIs."""
    differing: int
    """Fields of them that the two tell differently."""
    sentence: str
    """What differs, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrating:
    """Switches shadow mode, and moves sellers."""

    storage: Storage
    trail: Trail

    def shadow(self, seller: SellerId, actor: Actor, *, on: bool) -> bool:
        """Switches shadow mode; tells whether that changed anything.

        Raises:
            BadInput: no seller has this name.
        """
        with self.storage.transaction():
            known = self.storage.sellers.get(seller)
            if known.shadow is on:
                return False
            self.storage.sellers.change(known, shadow=on)
            self.trail.record(Tag.SELLER_SHADOW_SWITCHED, actor=actor, seller=seller, on=on)
        return True

    def proof(self, seller: SellerId) -> Proof:
        """Returns what the comparison of a seller's orders came to so far."""
        found = self.storage.differences.of_seller(seller)
        fields = Counter(
            " ".join(each.field.split()[::2]) if " " in each.field else each.field for each in found
        )
        kinds = ", ".join(f"{field} ({count})" for field, count in fields.most_common(_NAMED))
        examples = ", ".join(dict.fromkeys(each.amazon_order_id for each in found[:_NAMED]))
        return Proof(
            compared=self.storage.differences.count_compared(seller),
            differing=self.storage.differences.count(seller),
            sentence=f"{kinds}; see order {examples}" if found else "",
        )

    def migrate(
        self, seller: SellerId, actor: Actor, *, at_least: int = ENOUGH, even_so: bool = False
    ) -> Proof:
        """Moves a seller to Orders v2026-01-01; shadow mode stays as it is and now compares the other way.

        Args:
            seller: Who is moved.
            actor: Who says so.
            at_least: How many orders must have been compared.
            even_so: Move it although too few were, or some differ.

        Raises:
            BadInput: it is there already, or the proof is not enough.
        """
        with self.storage.transaction():
            known = self.storage.sellers.get(seller)
            if known.orders_api is OrdersApi.V2026:
                raise BadInput(f"seller {seller} is read with Orders {OrdersApi.V2026.value} already")
            proof = self.proof(seller)
            _check(seller, proof, at_least=at_least, even_so=even_so)
            self.storage.sellers.change(known, orders_api=OrdersApi.V2026)
            self._close_window(seller)
            self.trail.record(
                Tag.SELLER_API_MIGRATED,
                actor=actor,
                seller=seller,
                orders_api=OrdersApi.V2026,
                compared=proof.compared,
                differing=proof.differing,
                even_so=even_so,
            )
        return proof

    def _close_window(self, seller: SellerId) -> None:
        """Drops the page token of v0, which v2026-01-01 does not know: the window starts over."""
        mark = self.storage.watermarks.get(seller)
        if mark is not None and mark.page_token:
            self.storage.watermarks.set(Watermark(seller=seller, complete_to=mark.complete_to))


def _check(seller: SellerId, proof: Proof, *, at_least: int, even_so: bool) -> None:
    if even_so:
        return
    if proof.differing:
        raise BadInput(
            f"the two Orders APIs differ in {proof.differing} fields of orders of seller {seller}: "
            f"{proof.sentence}. Find out why first, or say --even-so"
        )
    if proof.compared < at_least:
        raise BadInput(
            f"only {proof.compared} of at least {at_least} orders of seller {seller} were "
            "compared: run `dockseal "
            f"sellers shadow {seller} --on`, let it run, and migrate then, or say --even-so"
        )
