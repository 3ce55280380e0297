"""The Django app of the operations database."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Names the app; its tables live in the alias `default`."""

    name = "dockseal.storage.operations"
    label = "operations"
