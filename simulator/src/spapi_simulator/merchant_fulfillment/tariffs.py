"""Carriers and their services: invented prices and limits for names a seller would recognise."""

from collections.abc import Iterable
from decimal import Decimal

from spapi_simulator.merchant_fulfillment.services import (
    ANYWHERE,
    PDF,
    PNG,
    ZPL203,
    ZPL300,
    Carrier,
    Service,
)

_CARRIERS = (
    Carrier(name="USPS", code="USPS", tracking="94001#################"),
    Carrier(
        name="UPS", code="UPS", tracking="1Z@@@@@@##########", formats=(PNG, PDF, ZPL203), po_boxes=False
    ),
    Carrier(name="FedEx", code="FedEx", tracking="77##########", po_boxes=False, prints_custom_text=False),
    Carrier(name="Dynamex", code="Other", tracking="DX##########", pickup=True, po_boxes=False),
    Carrier(
        name="DHL Express", code="DHL Express", tracking="31########", formats=(PDF, ZPL203), po_boxes=False
    ),
    Carrier(name="Canada Post", code="Canada Post", tracking="73##############"),
    Carrier(name="Royal Mail", code="Royal Mail", tracking="QX#########GB", pickup=True),
    Carrier(name="DPD", code="DPD", tracking="1550##########", pickup=True, po_boxes=False),
    Carrier(name="DHL", code="DHL", tracking="00340434############"),
    Carrier(name="Deutsche Post", code="Deutsche Post", tracking="RX#########DE", formats=(PDF, PNG)),
    Carrier(name="Colissimo", code="Colissimo", tracking="6A###########", formats=(PDF, ZPL203)),
    Carrier(name="Poste Italiane", code="Poste Italiane", tracking="IX#########IT"),
    Carrier(name="Correos", code="Correos", tracking="PQ@@@@############"),
    Carrier(
        name="Yamato Transport",
        code="YamatoTransport",
        tracking="4###########",
        formats=(PDF, ZPL203, ZPL300),
    ),
    Carrier(name="Sagawa Express", code="SagawaExpress", tracking="5###########", formats=(PDF, ZPL203)),
    Carrier(name="Australia Post", code="Australia Post", tracking="33@@@##########"),
    Carrier(name="India Post", code="India Post", tracking="EX#########IN", formats=(PDF,)),
)
_COURIERS = frozenset({"UPS", "FedEx", "Dynamex", "DHL Express"})
"""Carriers that price light, bulky parcels by their size."""
_TARIFFS = """\
USPS_PTP_FC|USPS First Class|USPS|US|home|0.45|55|150|2-5|4.10|3.00|1
USPS_PTP_PRI|USPS Priority Mail|USPS|US|home|31.75|150|274|1-3|7.90|2.40|2
USPS_PTP_EXP|USPS Priority Mail Express|USPS|US|home|31.75|150|274|1-2|27|6|2
USPS_PTP_PRI_INTL|USPS Priority Mail International|USPS|US|abroad|20|105|200|6-10|38|9|1
UPS_PTP_GND|UPS Ground|UPS|US CA|home|68|274|419|1-5|8.60|1.90|3
UPS_PTP_2ND_DAY_AIR|UPS 2nd Day Air|UPS|US|home|68|274|419|2-2|18.40|5.20|3
UPS_PTP_NEXT_DAY_AIR_SAVER|UPS Next Day Air Saver|UPS|US|home|68|274|419|1-1|36|9|3
FEDEX_PTP_GROUND|FedEx Ground|FedEx|US CA|home|68|274|419|1-5|8.80|1.85|3
FEDEX_PTP_STANDARD_OVERNIGHT|FedEx Standard Overnight|FedEx|US|home|68|302|419|1-1|39|9.50|3
DYNAMEX_PTP_SAME|Dynamex Same Day|Dynamex|US|home|30|120|300|0-0|22|2|2
CANADA_POST_EXPEDITED|Canada Post Expedited Parcel|Canada Post|CA|home|30|200|300|2-6|9|2|2
ROYAL_MAIL_TRACKED_48|Royal Mail Tracked 48|Royal Mail|GB|home|20|61|250|2-3|4.40|1.20|2
ROYAL_MAIL_TRACKED_24|Royal Mail Tracked 24|Royal Mail|GB|home|20|61|250|1-2|5.60|1.50|2
ROYAL_MAIL_INTL_TRACKED|Royal Mail International Tracked|Royal Mail|GB|abroad|2|60|90|4-8|15|11|1
DPD_UK_NEXT_DAY|DPD Next Day|DPD|GB|home|30|100|300|1-1|8.90|0.80|2
DHL_PAKET|DHL Paket|DHL|DE|home|31.5|120|300|1-2|5.90|0.55|3
DHL_PAKET_EU|DHL Paket International|DHL|DE|union|31.5|120|300|2-5|14|1.60|2
DEUTSCHE_POST_BRIEF|Deutsche Post Warensendung|Deutsche Post|DE|home|1|35|90|2-4|2.80|1.00|0
COLISSIMO_DOMICILE|Colissimo Domicile|Colissimo|FR|home|30|150|200|2-3|6.40|1.10|2
COLISSIMO_EUROPE|Colissimo Europe|Colissimo|FR|union|30|150|200|3-6|14|2.20|2
POSTE_ITALIANE_DELIVERY|Poste Delivery Standard|Poste Italiane|IT|home|30|150|220|2-4|8|0.90|2
CORREOS_PAQ_ESTANDAR|Correos Paq Estandar|Correos|ES|home|30|120|210|2-4|7|1.00|2
YAMATO_TAQBIN|Yamato TA-Q-BIN|Yamato Transport|JP|home|30|170|200|1-2|6|0.60|2
SAGAWA_HIKYAKU|Sagawa Hikyaku Express|Sagawa Express|JP|home|50|170|260|1-2|6.20|0.55|2
AUSTRALIA_POST_PARCEL|Australia Post Parcel Post|Australia Post|AU|home|22|105|300|2-8|7|1.70|2
INDIA_POST_SPEED|India Post Speed Post|India Post|IN|home|35|150|300|2-5|1.20|0.70|2
DHL_EXPRESS_WORLDWIDE|DHL Express Worldwide|DHL Express|*|abroad|70|120|400|2-4|42|9|3
DHL_EXPRESS_DOMESTIC|DHL Express Domestic|DHL Express|*|home|70|120|400|1-2|19|3|3
"""
"""A service in each line: its id, its name, its carrier, the countries it starts from (* for all), its reach,
the heaviest parcel in kg, the longest side and length with girth in cm, days, price, price for each kg in US
dollars, and how good its proof of delivery gets."""


def _services() -> Iterable[Service]:
    carriers = {carrier.name: carrier for carrier in _CARRIERS}
    for line in _TARIFFS.splitlines():
        service_id, name, carrier, origins, reach, *numbers = line.split("|")
        kilos, longest, girth, days, base, per_kilo, level = numbers
        fewest, most = map(int, days.split("-"))
        yield Service(
            service_id=service_id,
            name=name,
            carrier=carriers[carrier],
            origins=ANYWHERE if origins == "*" else frozenset(origins.split()),
            reach=reach,
            kilos=Decimal(kilos),
            longest=int(longest),
            girth=int(girth),
            days=(fewest, most),
            base=Decimal(base),
            per_kilo=Decimal(per_kilo),
            level=int(level),
            by_volume=carrier in _COURIERS,
        )


SERVICES = {service.service_id: service for service in _services()}


def services_from(country: str) -> list[Service]:
    """Return what starts from a country."""
    return [service for service in SERVICES.values() if country in service.origins]
