"""What Seller Central shows a browser: the page that asks for consent, and the page that says why not."""

from collections.abc import Iterable, Mapping
from html import escape

import httpx

from spapi_simulator.world.accounts import Application, Seller
from spapi_simulator.world.marketplaces import MARKETPLACES
from spapi_simulator.world.roles import Role

_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def consent(
    *,
    action: str,
    application: Application,
    roles: frozenset[Role],
    sellers: Iterable[Seller],
    hidden: Mapping[str, str],
) -> httpx.Response:
    """Return the page with one form for each seller.

    Args:
        action: The path that the forms post to.
        application: What wants to act for the seller.
        roles: What it would be allowed.
        sellers: Who may consent here.
        hidden: What the forms bring back unchanged.
    """
    items = "".join(f"<li>{escape(role)}</li>" for role in sorted(roles))
    fields = "".join(_field(name, value) for name, value in hidden.items())
    forms = "".join(_form(action, fields, seller) for seller in sellers)
    forms = forms or "<p>No selling partner has an account here.</p>"
    name = escape(application.name)
    return _page(
        f"Authorize {name}",
        f"<p>{name} asks to act for you at Amazon. It would have these roles:</p><ul>{items}</ul>{forms}",
    )


def error(code: str, sentence: str, *, request_id: str, status: int = 400) -> httpx.Response:
    """Return the page that says why there is no consent, with Amazon's error code."""
    return _page(
        "There was a problem",
        f"<p>Error code: {escape(code)}</p><p>{escape(sentence)}</p><p>Request: {escape(request_id)}</p>",
        status=status,
    )


def redirect(to: str) -> httpx.Response:
    """Send the browser on; the address holds a code, so nobody may keep or pass it on."""
    head = {name: value for name, value in _HEADERS.items() if name != "content-type"}
    return httpx.Response(302, headers={**head, "location": to})


def _form(action: str, fields: str, seller: Seller) -> str:
    shops = escape(", ".join(MARKETPLACES[one].name for one in seller.marketplaces))
    return (
        f'<form method="post" action="{escape(action)}"><h2>Seller {escape(seller.seller_id)}</h2>'
        f"<p>{shops}</p>{fields}"
        f"{_field('selling_partner_id', seller.seller_id)}"
        '<button name="decision" value="confirm">Confirm</button> '
        '<button name="decision" value="decline">Decline</button></form>'
    )


def _field(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def _page(title: str, body: str, *, status: int = 200) -> httpx.Response:
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
    return httpx.Response(status, headers=_HEADERS, content=text.encode())
