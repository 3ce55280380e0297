"""Repairs what Amazon shows otherwise than it was sent: sends it again under its id, then tells a person."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dockseal.domain.access import Actor
from dockseal.domain.attention import with_earlier
from dockseal.domain.clock import Clock
from dockseal.domain.order import Order, OrderState
from dockseal.domain.parcel_sentences import not_arriving, shipped_elsewhere
from dockseal.domain.shipment import Package, PackageState
from dockseal.domain.shown import failed
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.comparison import Comparison, counts_more
from dockseal.shipment_confirmation.lasting import lasting
from dockseal.storage.store import Storage

MOST = 2
"""So often a package is sent again."""
_OTHERWISE = (
    r"Amazon (?:still )?shows parcel {}(?:, whose label it sold,)? otherwise than .*?"
    r"(?:compare the order in Seller Central|report it corrected|the label was voided there)\."
)
_ELSEWHERE = r"Amazon shows (?:a part of )?order \S+ as shipped.*?see that nothing is shipped twice\."
"""The sentences of `_sent_again`, `_given_up` and `shipped_elsewhere`, whatever they named."""
_COMPARED_AGAIN = timedelta(hours=1)
"""What a person sees to at Amazon is read by the sweeps; so often it is compared anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairing:
    """Sends packages again, a bounded number of times; always inside the transaction of who looked."""

    storage: Storage
    trail: Trail
    clock: Clock
    actor: Actor

    def repair(self, order: Order, wrong: Sequence[Package], found: Comparison) -> bool:
        """Has packages sent again, or a person told of them; tells whether something is to be sent.

        Args:
            order: Their order.
            wrong: Packages that Amazon took, and shows otherwise.
            found: What it shows.
        """
        sent, told = [], []
        for package in wrong:
            if package.bought or package.repairs >= MOST:
                told += self._given_up(package, found)
            else:
                self._send_again(package, found)
                sent.append(_sent_again(package, found))
        if not sent and not told:
            return False
        attention = with_earlier(order.attention, [*sent, *told])
        if sent and order.state is OrderState.CONFIRMED:
            self.storage.orders.move(order, OrderState.SHIPPED, attention=attention)
        else:
            self.storage.orders.change(order, attention=attention)
        return bool(sent)

    def _send_again(self, package: Package, found: Comparison) -> None:
        changes: dict[str, Any] = {}
        if package.reference_id in found.references:
            changes["amazon_reference"] = found.references[package.reference_id]
        self.storage.packages.change(
            package,
            state=PackageState.REPORTED,
            repairs=package.repairs + 1,
            next_try=None,
            tries=0,
            **changes,
        )
        self.trail.record(
            Tag.ORDER_PACKAGE_DIFFERS,
            actor=self.actor,
            order=package.order,
            package=package.reference_id,
            code=found.of(package)[0].what.value,
        )

    def _given_up(self, package: Package, found: Comparison) -> list[str]:
        """Returns what a person is told, once."""
        known = package.repairs > MOST
        self.storage.packages.change(
            package, repairs=MOST + 1, next_try=self.clock.now() + _COMPARED_AGAIN, tries=package.tries + 1
        )
        if known:
            return []
        if package.bought:
            return [
                f"Amazon shows parcel {package.reference_id}, whose label it sold, otherwise than it was "
                f"bought ({_what(package, found)}): look in Seller Central whether the label was voided "
                "there."
            ]
        return [
            f"Amazon still shows parcel {package.reference_id} otherwise than it was sent {MOST + 1} times "
            f"({_what(package, found)}): correct it in Seller Central, or have the warehouse report it "
            "corrected."
        ]


def told_of_packages(order: Order, packages: Sequence[Package], found: Comparison) -> str:
    """Returns what of an order's attention is still to be seen to, now that packages of it were verified.

    Of a whole order that Amazon shows as sent, only a parcel that does not reach the buyer, one that nobody
    reported, what was warned of before Amazon was told, and what is `lasting`. Of one under way, all but what
    was said of these packages, and of a parcel that is found.
    """
    if order.state is OrderState.CONFIRMED and all(each.state is PackageState.VERIFIED for each in packages):
        still = [not_arriving(order.id, each) for each in order.amazon.packages or () if failed(each)]
        if found.others:
            still.append(shipped_elsewhere(order.id, order.amazon.status, found.others))
        still += [package.warning for package in packages if package.warning]
        kept = [*lasting(order.attention), *(one for one in still if one in order.attention)]
        return with_earlier("", kept)
    words = order.attention
    for package in packages:
        if package.state is PackageState.VERIFIED:
            words = re.sub(_OTHERWISE.format(package.reference_id), "", words)
    if not (found.others or counts_more(order.amazon, packages)):
        words = re.sub(_ELSEWHERE, "", words)
    return " ".join(words.split())


def _sent_again(package: Package, found: Comparison) -> str:
    return (
        f"Amazon shows parcel {package.reference_id} otherwise than it was sent "
        f"({_what(package, found)}); it was sent again. If this stays, compare the order in Seller Central."
    )


def _what(package: Package, found: Comparison) -> str:
    return "; ".join(each.sentence for each in found.of(package))
