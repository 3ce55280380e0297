"""The secrets of a warehouse that it gave us: a key for its server, a key that opens its files, …

They lie in the credential vault as one, each by the name that its adapter knows it by.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault


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


def with_given(kept: Secret | None, warehouse: str, name: str, text: Secret) -> Secret:
    """Returns what the vault is to keep once a warehouse gave us one secret more, or a newer one.

    Raises:
        SettingsFault: the vault keeps something else, such as a webhook secret.
    """
    known = {**given_secrets(kept, warehouse), name: text}
    return Secret(json.dumps({each: secret.reveal() for each, secret in sorted(known.items())}))
