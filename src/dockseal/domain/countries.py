"""Country codes as ISO 3166 has them, whatever was written."""

from collections.abc import Mapping
from types import MappingProxyType

_ALSO: Mapping[str, str] = MappingProxyType({"UK": "GB", "EL": "GR"})
"""Codes in wide use that ISO 3166 reserves or knows otherwise: the first by habit, the second by the EU."""


def iso_country(text: str) -> str:
    """Returns a country code as ISO 3166 writes it; what is no such code comes back in capitals."""
    code = text.strip().upper()
    return _ALSO.get(code, code)
