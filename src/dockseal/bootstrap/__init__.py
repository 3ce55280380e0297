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
from dockseal.bootstrap.databases import migrate_databases, roles_script
from dockseal.bootstrap.watching import tracer_of

__all__ = [
    "App",
    "build",
    "build_shredder",
    "create_keys",
    "guards_of",
    "migrate_databases",
    "open_keys",
    "open_officers",
    "roles_script",
    "tracer_of",
]
