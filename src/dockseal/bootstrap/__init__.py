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
from dockseal.bootstrap.databases import cut_trail, forget_orders, migrate_databases, roles_script
from dockseal.bootstrap.doctor.diagnosis import diagnose
from dockseal.bootstrap.evidence import make_pack
from dockseal.bootstrap.facts import facts_of
from dockseal.bootstrap.watching import tracer_of

__all__ = [
    "App",
    "build",
    "build_shredder",
    "create_keys",
    "cut_trail",
    "diagnose",
    "facts_of",
    "forget_orders",
    "guards_of",
    "make_pack",
    "migrate_databases",
    "open_keys",
    "open_officers",
    "roles_script",
    "tracer_of",
]
