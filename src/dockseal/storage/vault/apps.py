"""The Django app of the vault database."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Names the app; its tables live in the alias `vault`."""

    name = "dockseal.storage.vault"
    label = "vault"
