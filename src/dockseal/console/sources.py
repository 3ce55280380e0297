"""Where a request comes from, as failures are counted: by address, an IPv6 one by the network it is in."""

import ipaddress

from django.http import HttpRequest

from dockseal.console.desk import Desk, desk_of
from dockseal.pii_security.lockouts import Lockouts

_IPV6_NETWORK = 64
"""One customer of a provider has so much; each address in it would be a new source otherwise."""


def source_of(request: HttpRequest, door: str) -> str:
    """Names the source of a request at one door, such as `api/192.0.2.7`."""
    text = str(request.META.get("REMOTE_ADDR", "")).partition("%")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return f"{door}/unknown"
    if address.version == 4:
        return f"{door}/{address}"
    return f"{door}/{ipaddress.ip_network((int(address), _IPV6_NETWORK), strict=False)}"


def lockouts_of(request: HttpRequest) -> Lockouts:
    """Returns who failed how often in a row, by the clock of people."""
    return lockouts_at(desk_of(request))


def lockouts_at(desk: Desk) -> Lockouts:
    """Returns who failed how often in a row, by the clock of people."""
    return Lockouts(storage=desk.app.storage, trail=desk.app.trail, clock=desk.people)
