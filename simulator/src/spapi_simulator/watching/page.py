"""The page at `/_simulator/` that shows a world to people: one file, with nothing from elsewhere."""

import base64
import hashlib
import re
from importlib.resources import files

import httpx

_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


def page() -> httpx.Response:
    """Return the page, under a policy that lets it run and load nothing but itself."""
    text = files("spapi_simulator.watching").joinpath("page.html").read_text(encoding="utf-8")
    policy = ["default-src 'none'", "connect-src 'self'", "img-src data:", "base-uri 'none'"]
    policy += ["form-action 'none'", "frame-ancestors 'none'"]
    policy += [f"{kind}-src '{_digest(inside)}'" for kind, inside in _INLINE.findall(text)]
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "; ".join(policy),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    return httpx.Response(200, headers=headers, content=text.encode())


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
