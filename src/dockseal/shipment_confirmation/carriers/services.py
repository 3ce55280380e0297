"""What follows the carrier's name: the service, the country, the legal form (a data table and its rules).

The words are those of the carriers' own services, as warehouses and label software write them (2026-11).
"""

import re

from dockseal.shipment_confirmation.carriers.words import Word, spelled, word_set, words_of

LONGEST = 50
"""Amazon's limit of `ShippingMethod` and `CarrierName` (type `String` of the amzn-base XSD, and
sellercentral.amazon.com.au/gp/help/external/641: 1 to 50 characters)."""

_SERVICE_WORDS = word_set(
    """
    advanced advantage aereo after afternoon air avec basic box brief buch bucher bulky business by c2c
    celere certificada certificado chrono class classic collect collection commercial con connect
    courrier daily day days delivery direct dispatch domestic domicil domicile domicilio
    door drop early eco economic economico economique economy einschreiben entrega envelope envelopes
    estandar eu euro europe europlus evening expedite expedited export expres expreso express expresse
    fast first flat flatrate flex flexible for freight giftcard grossbrief ground guaranteed half heavy
    home hour hours ii import insured inter internacional international internazionale intl item
    kleinpaket kompakt large late letter letterbox letters lettre light lite local locker long ltl mail
    maxi maxibrief media medium midday midi mini morning my mypack nachnahme national nekopos next night
    noon normal off office one only ordinaria ordinario overnight pac pacco pack package packages
    packchen packet paeckchen pak paket paketi pakket pallet paq paquet parcel parcels parcelshop pick
    pickup plus point post postal predict premium prepaid prime prio priority pro proof punto
    raccomandata rapid rate recommande recommandee regional registered regular relais relay residential
    return returns road rodoviario round same sans saturday saver second sedex select semi sendung
    service services shipment shipping shop signature signed sin single small smart smartmail
    smartparcel special standard std store suivi suivie sunday super surepost surface takkyubin tarifa
    terrestre terrestrial track trackable tracked tracking two ultra untracked up upto urgent urgente
    walleted warenpost warensendung web weekend with without worldwide xl xpect xpress xpresspost xs
    zone ゆうパケット ゆうパック クリックポスト クール便 コンパクト ネコポス レターパック 宅急便 宅配便
    速達 飛脚宅配便
    """
)
_PLACES = word_set(
    """
    ae america at au australia austria be belgie belgique belgium br brasil brazil ca canada ch cz de
    denmark deutschland dk eg egypt es espana fr france gb germany ie in india ireland it italia italy
    japan jp kingdom ksa lu mexico mx nederland netherlands nl osterreich pl poland polska portugal pt sa
    schweiz se sg singapore spain sverige sweden switzerland tr turkey turkiye uae uk united us usa za
    """
)
"""A carrier's name goes with the country it works in; this is no service."""
_LEGAL = word_set(
    """
    ab ag aps as bv co com company corp corporation doo gmbh inc incorporated kg kk limited llc llp ltd
    mbh nv ohg oo oy plc private pte pty pvt sa sarl sas sasu sau se sl slu sp spa srl z zoo
    """
)
_NOTHING = word_set(
    """
    carrier carriers correo corriere courier couriers delivery group kargo kurier kurye service services
    shipment shipping versand
    """
)
"""Said of any carrier, so that they are not a service right behind its name."""
_COMPANY = word_set(
    """
    cargo chain courier couriers forwarding fulfillment fulfilment group haulage holding holdings kurier
    logistica logistics logistik logistique lojistik movers moving partners post spedition
    supply transport transportation transportes transports trasporti trucking warehouse
    """
)
"""With these behind it, even a well-known name is likely a part of another company's."""
_SPELLED = spelled(
    """
    2Day 3Day AM B2B B2C C2C COD DAP DDP EU GA II LTL MyPack PAC PM PO ParcelShop SEDEX SmartMail
    SmartParcel SurePost UK US USA XL XS XXL and by eParcel for of with
    """
)
_NUMBER = 6
"""A word with so many digits is a number of the parcel or a telephone, not a service."""
_COUNTED = re.compile(r"\d{1,4}(?:h|hr|hrs|er|kg|g|lb|oz|st|nd|rd|th|day|days|am|pm|de|x\d+)?")


def service_in(words: tuple[Word, ...], *, any_service: bool) -> str | None:
    """Returns the service that stands behind a carrier's name: empty if there is none.

    Args:
        words: What follows the name.
        any_service: The name is so well known that unknown words are a service too.

    Returns:
        None where the words look like a part of another name.
    """
    rest = _without_frame(tuple(word for word in words if _digits(word) < _NUMBER))
    if not is_service(rest) and (not any_service or any(word.plain in _COMPANY for word in rest)):
        return None
    return written(rest)


def is_service(words: tuple[Word, ...]) -> bool:
    """Tells whether words can be nothing but the name of a service."""
    return all(_known(word.plain) for word in words)


def written(words: tuple[Word, ...]) -> str:
    """Writes a service for the buyer, at most as long as Amazon takes it."""
    return shortened(" ".join(_SPELLED.get(word.plain) or _capital(word.given) for word in words))


def shortened(service: str) -> str:
    """Returns a service as long as Amazon takes it, without the words that are too many."""
    if len(service) <= LONGEST:
        return service
    return service[: LONGEST + 1].rsplit(" ", 1)[0][:LONGEST]


def parted(text: str) -> tuple[Word, ...] | None:
    """Returns the service words in a text without spaces, such as `nextday`; None where it has others."""
    found: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(2, len(text) + 1):
        for start, words in list(found.items()):
            if end - start > 1 and _known(text[start:end]):
                found[end] = (*words, text[start:end])
                break
    return words_of(" ".join(found[len(text)])) if len(text) in found else None


def _without_frame(words: tuple[Word, ...]) -> tuple[Word, ...]:
    start, end = 0, len(words)
    while start < end and words[start].plain in _PLACES | _LEGAL | _NOTHING:
        start += 1
    while end > start and words[end - 1].plain in _LEGAL:
        end -= 1
    return words[start:end]


def _known(word: str) -> bool:
    return word in _SERVICE_WORDS or word in _PLACES or _COUNTED.fullmatch(word) is not None


def _digits(word: Word) -> int:
    return sum(letter.isdecimal() for letter in word.plain)


def _capital(given: str) -> str:
    return given[:1].upper() + given[1:].lower()
