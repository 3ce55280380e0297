"""Builds the App from Settings: the only room that knows which class does what."""

from dockseal.bootstrap.app import App
from dockseal.bootstrap.build import build, build_shredder, create_keys, open_keys, open_officers

__all__ = ["App", "build", "build_shredder", "create_keys", "open_keys", "open_officers"]
