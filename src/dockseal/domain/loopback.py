"""This machine's own addresses: what is sent to them leaves no machine, and needs no TLS."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Tells whether a host is this machine.

    Args:
        host: A name or an address, IPv6 without brackets, such as `localhost` or `::1` (RFC 5735, RFC 4291).
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
