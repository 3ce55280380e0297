"""People and warehouses that harvest: they open what they see as fast as they can."""

from collections.abc import Sequence

import httpx

from day import SELLER, Day
from dockseal.cli.opened import person
from dockseal.console.wsgi import application
from dockseal.domain.access import Actor, Purpose
from dockseal.domain.incident import Incident
from dockseal.domain.order import Order
from dockseal.errors import BudgetSpent, LockedOut, OpensStopped
from faults.canaried import place

ME = person()


def orders(day: Day, number: int) -> list[Order]:
    """Orders that can be opened; every field of their buyers occurs nowhere else."""
    ids = place(day, number)
    day.run(minutes=5)
    return [day.order(each) for each in ids]


def plant(day: Day, number: int) -> list[Order]:
    """Canary orders, without the hour that passes until all of them are there."""
    day.app.planting.want(SELLER, number, ME)
    return day.app.planting.grow(SELLER, at_once=True)


def harvest(
    day: Day, found: Sequence[Order], actor: Actor, purpose: Purpose = Purpose.SHIPPING_LABEL
) -> set[str]:
    """Opens one order after the other until it is refused; returns whose buyers were seen."""
    seen = set()
    for order in found:
        grant = day.app.grants.issue(actor, purpose, seller=SELLER, order=order.ref)
        try:
            day.app.vault.open(order.ref, grant)
        except (LockedOut, BudgetSpent, OpensStopped):
            break
        seen.add(order.ref)
    return seen


def case_of(day: Day) -> Incident:
    """The only case."""
    (case,) = day.app.storage.incidents.all()
    return case


def checks(day: Day) -> dict[str, str]:
    """What health asks somebody to look at."""
    return {each.name: each.sentence for each in day.app.health().checks if not each.ok}


class Wms:
    """A warehouse's system, or who stole its key: reads on from where it was."""

    def __init__(self, day: Day) -> None:
        self.next, key = "", day.warehouse.secrets.api_key.reveal()
        self.client = httpx.Client(
            transport=httpx.WSGITransport(application(day.app)),
            base_url="http://127.0.0.1/api/v1",
            headers={"Authorization": f"Bearer {key}"},
        )

    def get(self, path: str, **asked: str) -> httpx.Response:
        return self.client.get(path, params=asked)

    def new(self) -> list[str]:
        """The references of what is new, one page of two after the other."""
        refs: list[str] = []
        while page := self.get("/orders", after=self.next, limit="2").json():
            self.next = page["next"]
            if not page["orders"]:
                break
            refs += [order["reference"] for order in page["orders"]]
        return refs

    def opens(self, ref: str) -> httpx.Response:
        return self.client.post(f"/orders/{ref}/address", json={"fields": ["name", "city"]})
