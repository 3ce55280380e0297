"""Django's settings for mypy and `makemigrations` only; the program itself never imports this."""

from pathlib import Path

from dockseal.storage.database import django_values
from dockseal.storage.places import DatabasePlaces

_VALUES = django_values(
    DatabasePlaces(operations=Path(":memory:"), vault=Path(":memory:")),
    "for type checks and migrations only",
    None,
)
globals().update(_VALUES)
