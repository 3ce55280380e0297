"""Builds the App from Settings: the only room that knows which class does what."""

from dockseal.bootstrap.app import App
from dockseal.bootstrap.build import build, create_keys, guards_of

__all__ = ["App", "build", "create_keys", "guards_of"]
