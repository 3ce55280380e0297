"""What a channel is set to, checked before it is kept."""

import re
from collections.abc import Mapping
from enum import StrEnum

from dockseal.domain.alert import ChannelKind
from dockseal.domain.loopback import is_loopback
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.warehouses.webhook.address import web_address

_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")


class Encryption(StrEnum):
    """How a mail server is spoken to."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """To this machine only."""


PORTS: Mapping[Encryption, int] = {Encryption.STARTTLS: 587, Encryption.TLS: 465, Encryption.NONE: 25}


def web_options(name: str, url: Secret) -> dict[str, str]:
    """Returns what is shown of a channel with a web address: its host alone, since the rest may be a secret.

    Raises:
        BadInput: it is no web address, holds a password, or would send in clear.
    """
    try:
        address = web_address(url.reveal())
    except ValueError as fault:
        raise BadInput(f"the address of channel {name} {fault}") from None
    return {"host": address.host}


def mail_options(
    name: str, *, host: str, port: int, encryption: Encryption, sender: str, to: tuple[str, ...], user: str
) -> dict[str, str]:
    """Returns what a channel of mail is set to.

    Raises:
        BadInput: something is missing or cannot be, or it would send in clear.
    """
    if not _HOST.fullmatch(host) or not all(0 < len(label) < 64 for label in host.split(".")):
        raise BadInput(f"channel {name} needs the name of its mail server: give --host, such as mail.example")
    if not user.isascii():
        raise BadInput(f"channel {name} is given a user that mail servers cannot read: use letters of ASCII")
    if encryption is Encryption.NONE and not is_loopback(host):
        raise BadInput(
            f"channel {name} would send alerts and its password unencrypted: use starttls or tls (none is "
            "allowed to this machine only)"
        )
    if not to:
        raise BadInput(f"channel {name} needs somebody to write to: give --to")
    for address in (sender, *to):
        if not _MAIL_ADDRESS.fullmatch(address):
            raise BadInput(
                f"channel {name} is given an address that is none: write --to and --sender as a@b.example"
            )
    if not 0 < (port or PORTS[encryption]) < 65536:
        raise BadInput(f"channel {name} is given a port that is none: use {PORTS[encryption]}")
    return {
        "host": host,
        "port": str(port or PORTS[encryption]),
        "encryption": encryption.value,
        "sender": sender,
        "to": ", ".join(to),
        "user": user,
    }


def goes_to(kind: ChannelKind, options: Mapping[str, str]) -> str:
    """Returns in a few words where a channel goes."""
    if kind is ChannelKind.MAIL:
        return f"{options['to']} by {options['host']}:{options['port']} ({options['encryption']})"
    return options["host"]
