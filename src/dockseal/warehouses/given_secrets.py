"""Which secrets a warehouse has: drawn by us, or given by it, such as a key for its server.

Those given lie in the credential vault as one, each by the name that its adapter knows it by.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault


def signs(factory: object) -> bool:
    """Tells whether a webhook secret is drawn for the warehouses of an adapter; `factory` is its class."""
    return getattr(factory, "signs", False) is True


def reports_by_api(factory: object) -> bool:
    """Tells whether the warehouses of an adapter report by our API, and get a key for it."""
    return getattr(factory, "reports_by_api", True) is True


def key_use(factory: object) -> str:
    """Returns what the API key of the warehouses of an adapter is for, in a few words."""
    return str(getattr(factory, "key_use", "Authorization: Bearer …, POST /api/v1/shipments"))


def given_names(factory: object) -> tuple[str, ...]:
    """Returns the names of the secrets that a warehouse may give us, for its adapter."""
    return tuple(getattr(factory, "given", ()))


def check_options(factory: object, warehouse: Warehouse) -> None:
    """Refuses options that cannot work, where an adapter can tell that without secrets.

    Raises:
        SettingsFault: they cannot.
    """
    check = getattr(factory, "check_options", None)
    if check is not None:
        check(warehouse)


def given_secrets(kept: Secret | None, warehouse: str) -> Mapping[str, Secret]:
    """Returns what a warehouse gave us, by name; empty if it gave nothing.

    Args:
        kept: What the vault keeps of the warehouse.
        warehouse: Our name of it.

    Raises:
        SettingsFault: the vault keeps something else, such as a webhook secret.
    """
    if kept is None:
        return MappingProxyType({})
    try:
        found = json.loads(kept.reveal())
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise SettingsFault(
            (f"what is kept as secret of warehouse {warehouse} was not given by it; add it under a new name",)
        )
    return MappingProxyType({name: Secret(text) for name, text in found.items()})


def with_given(kept: Secret | None, warehouse: str, name: str, text: Secret | None) -> Secret:
    """Returns what the vault is to keep once a warehouse gave us one secret more, or a newer one.

    Args:
        kept: What the vault keeps of the warehouse.
        warehouse: Our name of it.
        name: Which secret it is.
        text: The secret; None: it is to be forgotten.

    Raises:
        SettingsFault: the vault keeps something else, such as a webhook secret.
    """
    known = {**given_secrets(kept, warehouse), name: text}
    return Secret(
        json.dumps({each: left.reveal() for each, left in sorted(known.items()) if left is not None})
    )
