"""A person with a browser: keeps cookies, and sends forms with the hidden fields of their page."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from dockseal.console.ports import App
from dockseal.console.sign_in import new_link
from dockseal.console.wsgi import application
from dockseal.domain.clock import ManualClock

BASE = "http://127.0.0.1:8377"
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Person:
    def __init__(self, world: App, people: ManualClock, *, remote: str = "127.0.0.1") -> None:
        self.world, self.people = world, people
        wsgi = application(world, people=people)
        self.client = httpx.Client(
            transport=httpx.WSGITransport(app=wsgi, remote_addr=remote), base_url=BASE, follow_redirects=False
        )

    def link(self) -> str:
        return urlsplit(new_link(self.world, BASE, people=self.people)).path

    def sign_in(self) -> httpx.Response:
        link = self.link()
        return self.send(link, page=link)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def send(self, path: str, values: Mapping[str, str] | None = None, *, page: str) -> httpx.Response:
        """Sends a form from `page` to `path`."""
        found = _CSRF.search(self.get(page).text)
        assert found, f"{page} has no form"
        return self.client.post(path, data={"csrfmiddlewaretoken": found[1], **(values or {})})
