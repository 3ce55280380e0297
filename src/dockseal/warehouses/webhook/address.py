"""Which URLs may be posted to, with personal data or with what is nobody else's business."""

import ipaddress
import re

import httpx

from dockseal.domain.loopback import is_loopback
from dockseal.errors import SettingsFault

_HOST_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?")


def webhook_url(text: str, warehouse: str) -> httpx.URL:
    """Returns the URL of a webhook warehouse.

    Raises:
        SettingsFault: it is missing or no URL, it holds a password, or it would send addresses in clear.
    """
    if not text:
        raise SettingsFault((f"warehouse {warehouse} has no url; add the option url=https://…",))
    try:
        return web_address(text)
    except ValueError as fault:
        raise SettingsFault((f"the url of warehouse {warehouse} {fault}",)) from None


def web_address(text: str) -> httpx.URL:
    """Returns a text as the URL of somebody who is posted to.

    Raises:
        ValueError: it is none, holds a password, or would send in clear; says what to do, and never the text.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not _is_host(url):
        raise ValueError("is no web address; write it as https://…")
    if url.userinfo:
        raise ValueError("holds a user name or password; remove it")
    if url.scheme == "http" and not is_loopback(url.host):
        raise ValueError(
            "begins with http:// and would send unencrypted; use https:// (http:// is allowed to "
            "this machine only)"
        )
    return url


def _is_host(url: httpx.URL) -> bool:
    name = url.raw_host.decode()
    if _HOST_NAME.fullmatch(name):
        return True
    try:
        ipaddress.ip_address(url.host)
    except ValueError:
        return False
    return True
