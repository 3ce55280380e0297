"""What the page of sellers shows: who is connected and how, and the form that connects one more."""

from collections.abc import Mapping
from dataclasses import dataclass

from dockseal.console.desk import Desk
from dockseal.domain.identifiers import SellerId, WarehouseId, slug
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.seller import Region, Seller, v0_warning
from dockseal.errors import BadInput
from dockseal.monitoring_audit.addresses import Addresses, addresses
from dockseal.monitoring_audit.looking.sellers import consent_reminder
from dockseal.order_synchronization.connecting import Wish

_REGIONS: Mapping[Region, str] = {
    Region.NA: "North America",
    Region.EU: "Europe",
    Region.FE: "Far East",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One seller."""

    seller: Seller
    region: str
    countries: str
    addresses: Addresses
    reminders: tuple[str, ...]
    """What somebody should do about its consent or its Orders API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A region, and its marketplaces as (id, country)."""

    id: str
    name: str
    marketplaces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SellersPage:
    """Everything the page shows."""

    cards: tuple[Card, ...]
    waiting: tuple[tuple[str, str], ...]
    """(token, seller) of those that came back from Amazon and that nobody finished yet."""
    applications: tuple[str, ...]
    warehouses: tuple[str, ...]
    places: tuple[Place, ...]


def sellers_page(desk: Desk) -> SellersPage:
    """Gathers the page."""
    storage = desk.app.storage
    return SellersPage(
        cards=tuple(_card(desk, seller) for seller in storage.sellers.all()),
        waiting=tuple(_waiting(desk)),
        applications=tuple(each.id for each in storage.applications.all()),
        warehouses=tuple(each.id for each in storage.warehouses.all()),
        places=tuple(_place(region) for region in Region),
    )


def wish_from(desk: Desk, form: Mapping[str, str]) -> Wish:
    """Reads the form that connects a seller; of a known one everything stays as it is.

    Raises:
        BadInput: something is missing or cannot be used.
    """
    try:
        name = SellerId(slug(form.get("name", "").strip()))
    except ValueError as error:
        raise BadInput(str(error)) from None
    known = next((each for each in desk.app.storage.sellers.all() if each.id == name), None)
    if known is not None and not known.application:
        raise BadInput(
            f"seller {name} brought a client of its own: change it with `dockseal sellers add {name} "
            "… --again`"
        )
    if known is not None:
        return Wish(
            seller=name, application=known.application, region=known.region, warehouse=known.warehouse
        )
    application, warehouse, where = (form.get(each, "") for each in ("application", "warehouse", "where"))
    marketplace = MARKETPLACES.get(where)
    if not application or not warehouse or not (marketplace or where in set(Region)):
        raise BadInput("choose where the seller sells, its application and its warehouse")
    return Wish(
        seller=name,
        application=application,
        region=marketplace.region if marketplace else Region(where),
        marketplaces=(where,) if marketplace else (),
        warehouse=WarehouseId(warehouse),
    )


def _card(desk: Desk, seller: Seller) -> Card:
    now = desk.app.clock.now()
    reminders = (consent_reminder(seller, now), v0_warning(seller, now))
    return Card(
        seller=seller,
        region=_REGIONS[seller.region],
        countries=", ".join(_country(id_) for id_ in seller.marketplaces),
        addresses=addresses(desk.app.storage, seller),
        reminders=tuple(sentence for sentence in reminders if sentence),
    )


def _waiting(desk: Desk) -> list[tuple[str, str]]:
    """Returns who came back; anybody may call that address, so only what was asked for here counts."""
    found: list[tuple[str, str]] = []
    for token, each in desk.returns.waiting(desk.people.now()):
        asked = desk.app.connecting.asked(each.state)
        if asked is not None:
            found.append((token, asked.seller))
    return found


def _place(region: Region) -> Place:
    known = [(id_, each.country) for id_, each in MARKETPLACES.items() if each.region is region]
    return Place(id=region.value, name=_REGIONS[region], marketplaces=tuple(known))


def _country(marketplace: str) -> str:
    known = MARKETPLACES.get(marketplace)
    return known.country if known else marketplace
