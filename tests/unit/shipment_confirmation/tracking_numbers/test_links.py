"""The number inside a tracking link."""

import pytest

from dockseal.shipment_confirmation.tracking_numbers.links import numbers_in
from dockseal.shipment_confirmation.tracking_numbers.normalising import Fault, Number, Refusal, normalised

UPS = "1Z5R89390357567127"
USPS = "9400111201080805483016"
POST = "RB123456785GB"

LINKS = (
    ("https://www.ups.com/track?loc=en_US&tracknum={}&requester=ST/trackdetails", UPS),
    ("http://wwwapps.ups.com/WebTracking/track?track=yes&trackNums={}", UPS),
    ("https://www.ups.com/track?loc=null&tracknum={}&requester=WT%2F", UPS),
    ("https://tools.usps.com/go/TrackConfirmAction?tLabels={}", USPS),
    ("https://tools.usps.com/go/TrackConfirmAction_input?qtc_tLabels1={}", USPS),
    ("https://www.fedex.com/fedextrack/?trknbr={}&trkqual=2459123000~986578788855~FX", "986578788855"),
    ("https://www.fedex.com/apps/fedextrack/?tracknumbers={}", "986578788855"),
    ("http://www.dhl.com/en/express/tracking.html?brand=DHL&AWB={}", "3318810025"),
    ("https://www.dhl.com/fr-fr/home/tracking.html?tracking-id={}", "3318810025"),
    (
        "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={}",
        "00340433836442636597",
    ),
    ("https://webtrack.dhlglobalmail.com/?trackingnumber={}", "GM2951173225174494"),
    ("https://www.deutschepost.de/sendung/simpleQuery.html?piececode={}", "RB123456785DE"),
    ("https://www.royalmail.com/track-your-item#/tracking-results/{}", POST),
    ("https://www.royalmail.com/track-your-item?trackNumber={}", POST),
    ("https://www.parcelforce.com/track-trace?trackNumber={}", POST),
    ("https://tracking.dpd.de/status/en_US/parcel/{}", "09980000020033"),
    ("https://tracking.dpd.de/parcelstatus?query={}&locale=en_D2", "09980000020033"),
    ("https://track.dpd.co.uk/parcels/{}*20123", "15501234567890"),
    ("https://gls-group.eu/DE/de/paketverfolgung?match={}", "123456789011"),
    ("https://www.evri.com/track/parcel/{}/details", "T00AA12345678901"),
    ("https://www.laposte.fr/outils/suivre-vos-envois?code={}", "6A12345678901"),
    ("http://www.chronopost.fr/expedier/inputLTNumbersNoJahia.do?listeNumeros={}", "XY123456789FR"),
    (
        "https://www.correos.es/ss/Satellite/site/pagina-tracking/info?idioma=en_GB&numeroEnvio={}",
        "RB123456785ES",
    ),
    ("https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={}", "7035114477138472"),
    ("http://www.ontrac.com/tracking/?number={}", "C11031500001879"),
    ("http://lasership.com/track/{}/", "1LS717793482164"),
    ("https://postnl.nl/tracktrace/?B={}&P=1012AB&D=NL", "3SABCD1234567"),
    ("https://jouw.postnl.nl/track-and-trace/{}-NL-1012AB", "3SABCD1234567"),
    ("https://inpost.pl/sledzenie-przesylek?number={}", "620000000000000000000001"),
    ("https://auspost.com.au/mypost/track/details/{}", "33ABC123456789"),
    ("https://t.17track.net/en#nums={}", UPS),
    ("www.ups.com/track?tracknum={}", UPS),
    ("ups.com/track?tracknum={}", UPS),
)


@pytest.mark.parametrize(("link", "number"), LINKS)
def test_a_tracking_link_gives_its_number(link: str, number: str) -> None:
    assert normalised(link.format(number)) == Number(text=number)
    assert normalised(f"Your parcel is on its way ({link.format(number.lower())}).") == Number(text=number)


def test_a_number_beside_its_own_link_is_one_number_and_beside_another_two() -> None:
    link = f"https://www.ups.com/track?tracknum={UPS}"
    assert normalised(f"{UPS} ({link})") == Number(text=UPS)
    assert normalised(f"{USPS} {link}") == Fault(refusal=Refusal.SEVERAL)


@pytest.mark.parametrize(
    "link",
    [
        f"https://shop.example/t/{UPS}",
        f"https://shop.example/orders/8812?parcel={UPS}&lang=en&page=2",
        f"https://shop.example/#/where?n={UPS.lower()}",
        "https://shop.example/t?n=1Z+5R8+939+03+5756+7127",
        "https://shop.example/t?n=1Z%205R8%20939%2003%205756%207127",
    ],
)
def test_an_unknown_link_gives_its_number_where_it_can_only_be_one(link: str) -> None:
    assert normalised(link) == Number(text=UPS)


@pytest.mark.parametrize(
    ("link", "refusal"),
    [
        (f"https://shop.example/477179081230/{UPS}", Refusal.SEVERAL),
        (f"https://www.ups.com/track?trackNums={UPS}%0A1Z879E930346834440", Refusal.SEVERAL),
        (f"https://t.17track.net/en#nums={UPS},{USPS}", Refusal.SEVERAL),
        ("https://www.ups.com/track", Refusal.UNREADABLE),
        ("https://www.ups.com/track?tracknum=", Refusal.UNREADABLE),
        ("https://shop.example/orders/8812", Refusal.UNREADABLE),
        ("https://[", Refusal.UNREADABLE),
    ],
)
def test_a_link_with_two_numbers_or_none_is_refused(link: str, refusal: Refusal) -> None:
    assert normalised(link) == Fault(refusal=refusal)


def test_a_known_link_is_read_by_its_own_parameter_alone() -> None:
    link = f"https://www.ups.com/track?tracknum={UPS}&ref=477179081230"
    assert numbers_in(link) == (UPS,)


def test_a_link_of_a_host_that_ends_alike_is_an_unknown_one() -> None:
    assert numbers_in(f"https://notups.com/track?tracknum={UPS}&ref=477179081230") == (UPS, "477179081230")
