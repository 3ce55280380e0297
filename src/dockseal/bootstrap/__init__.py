"""Builds the App from Settings: the only room that knows which class does what."""

from dockseal.bootstrap.app import App
from dockseal.bootstrap.build import (
    build,
    build_shredder,
    create_keys,
    guards_of,
    open_keys,
    open_officers,
)
from dockseal.bootstrap.databases import cut_trail, migrate_databases, roles_script

__all__ = [
    "App",
    "build",
    "build_shredder",
    "create_keys",
    "cut_trail",
    "guards_of",
    "migrate_databases",
    "open_keys",
    "open_officers",
    "roles_script",
]
