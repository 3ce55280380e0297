"""The number inside a tracking link: pure, nothing is fetched."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

FINDS = re.compile(r"(?:https?://|www\.)[^\s<>\"']+|\b(?:[a-z0-9-]+\.)+[a-z]{2,6}/[^\s<>\"']+", re.IGNORECASE)
"""A link inside a text, with its scheme or without."""
_APART = re.compile(r"[,;|*]+")
_SEPARATORS = re.compile(r"[\s\-._+]")
_DESTINATION = re.compile(r"-[A-Z]{2}-[0-9A-Z]{3,8}$", re.IGNORECASE)
"""What PostNL's links have behind the number: country and post code."""
_BEHIND = ").,;:]}>'\""
"""Signs of the text around a link that stand right behind it."""
_NUMBER = re.compile(r"(?=(?:[A-Z]*[0-9]){6})[0-9A-Z]{8,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where the tracking links of a carrier have the number."""

    hosts: re.Pattern[str]
    """The end of the host's name."""
    parameters: frozenset[str]
    """In small letters; in the query, or in a query behind `#`."""


def _link(hosts: str, *parameters: str) -> Link:
    return Link(hosts=re.compile(rf"(?:^|\.)(?:{hosts})$"), parameters=frozenset(parameters))


LINKS: tuple[Link, ...] = (
    _link(r"ups\.com|upsmi\.com", "tracknum", "tracknums", "inquirynumber1", "inquirynumber",
          "trackingnumber"),
    _link(r"usps\.com", "tlabels", "qtc_tlabels1", "origtracknum", "strorigtracknum", "labelnumber"),
    _link(r"fedex\.com", "trknbr", "tracknumbers", "tracknumber", "trackingnumber", "tracking"),
    _link(
        r"dhl(?:-usa|globalmail|parcel)?\.[a-z.]+|dhl\.express|deutschepost\.de",
        "awb", "tracking-id", "piececode", "idc", "trackingnumber", "tc", "search",
    ),
    _link(r"royalmail\.com|parcelforce\.com", "tracknumber", "trackingnumber", "parceltrackingnumber"),
    _link(r"dpd(?:group|local)?\.[a-z.]+", "parcelnumber", "parcelno", "parcel", "match", "reference",
          "query"),
    _link(r"gls-group\.[a-z.]+|gls-[a-z]+\.[a-z.]+|gls\.[a-z.]+", "match", "trackingnumber"),
    _link(r"evri\.com|myhermes\.(?:co\.uk|de)|hermesworld\.com", "barcode", "trackingnumber", "id"),
    _link(r"laposte\.fr|colissimo\.fr|chronopost\.fr", "code", "colispart", "parcelnumber", "listenumeros",
          "listenumeroslt"),
    _link(r"correos(?:express)?\.(?:es|com)|cttexpress\.com", "numero", "numeroenvio", "tracking-number",
          "sc"),
    _link(r"canadapost(?:-postescanada)?\.ca|purolator\.com", "searchfor", "pin", "trackingnumber",
          "searchvalue"),
    _link(r"ontrac\.com|lasership\.com", "number", "tracking_number", "tracking", "track_number_input"),
    _link(r"poste\.it|sda\.it|brt\.it", "mpcode1", "trackingnumber", "nspediz", "brtcode"),
    _link(r"inpost\.(?:pl|co\.uk|it)|poczta-polska\.pl", "number", "numer"),
    _link(r"postnl\.(?:nl|post|be)|bpost\.be|bpost\.cloud", "b", "barcode", "barcodes", "itemcode", "itemid"),
    _link(r"kuronekoyamato\.co\.jp|sagawa-exp\.co\.jp|japanpost\.jp", "number00", "number01", "pno",
          "okurijono", "oku01", "reqcodeno1", "requestno1"),
    _link(r"auspost\.com\.au|aramex\.com|delhivery\.com|bluedart\.com", "id", "shipmentnumber", "trackid"),
    _link(r"tnt\.com", "cons"),
    _link(r"17track\.net|aftership\.com|parcelsapp\.com", "nums", "tracking-numbers"),
)  # fmt: skip
"""Links of carriers and of public trackers, as their pages and tracking_number_data have them."""


def numbers_in(link: str) -> tuple[str, ...]:
    """Returns the numbers of a tracking link, each once, as they stand there.

    A carrier's own link has it in a parameter it is known by, or in its path. Of any other link everything
    that could be a number is returned, for the caller to see whether there is only one.
    """
    try:
        link = link.rstrip(_BEHIND)
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return ()
    known = next((each for each in LINKS if each.hosts.search(host)), None)
    if known is not None:
        named = tuple(_split(value for name, value in _parameters(parts) if name in known.parameters))
        if any(map(plausible, named)):
            return tuple(dict.fromkeys(filter(plausible, named)))
    anywhere = (*(value for _, value in _parameters(parts)), *_segments(parts))
    return tuple(dict.fromkeys(each for each in _split(anywhere) if plausible(each)))


def plausible(text: str) -> bool:
    """Tells whether a text could be a tracking number: 8 to 40 letters and digits, 6 digits or more."""
    return _NUMBER.fullmatch(_SEPARATORS.sub("", text).upper()) is not None


def _parameters(parts: SplitResult) -> Iterator[tuple[str, str]]:
    for query in (parts.query, parts.fragment.partition("?")[2] or parts.fragment):
        for name, value in parse_qsl(query):
            yield name.lower(), value


def _segments(parts: SplitResult) -> Iterator[str]:
    for path in (parts.path, parts.fragment.partition("?")[0]):
        for segment in path.split("/"):
            if "=" not in segment:
                yield _DESTINATION.sub("", unquote(segment))


def _split(values: Iterable[str]) -> Iterator[str]:
    """Several numbers of one value stand apart by a sign, or by blanks, which one number may have within."""
    for value in values:
        for part in _APART.split(value):
            words = part.split()
            apart = sum(map(plausible, words)) > 1
            yield from (each for each in (words if apart else (part.strip(),)) if each)
