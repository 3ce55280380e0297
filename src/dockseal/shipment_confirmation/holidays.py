"""The public holidays of a country or a part of it, by the library `holidays` (MIT, released monthly).

A region is written as ISO 3166 has it: `US`, `DE-BY`.
"""

import difflib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays as library

from dockseal.errors import BadInput


def known_region(region: str) -> str:
    """Returns a region as it is spelled, such as `DE-Augsburg`, in whatever case; an empty one keeps none.

    Raises:
        BadInput: the country or its subdivision is not known; the sentence names what is near.
    """
    if not region:
        return ""
    country, _, part = region.partition("-")
    country = country.upper()
    known = library.list_supported_countries()
    if country not in known:
        raise BadInput(
            f"the holidays of {country!r} are not known: write a country by its two letters, such as DE or US"
        )
    if not part:
        return country
    spelled = {each.casefold(): each for each in known[country]}.get(part.casefold())
    if spelled is None:
        near = _near(part, known[country])
        raise BadInput(f"{country} has no part {part!r} with holidays of its own: {near}")
    return f"{country}-{spelled}"


def public_holidays(region: str, years: Iterable[int]) -> frozenset[date]:
    """Returns the public holidays of a region in some years; none where the region is not known."""
    return frozenset().union(*(_of_year(region, year) for year in years))


@lru_cache(maxsize=1000)
def _of_year(region: str, year: int) -> frozenset[date]:
    country, _, part = region.partition("-")
    if not country:
        return frozenset()
    try:
        return frozenset(library.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:  # a region that a later release of the library no longer knows
        return frozenset()


def _near(part: str, parts: list[str]) -> str:
    if not parts:
        return "write the country alone"
    near = difflib.get_close_matches(part, parts, n=3, cutoff=0.1) or parts[:3]
    return f"did you mean {' or '.join(near)}?"
