"""Static files, health and metrics."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

import dockseal.console
from dockseal.console.assets import Assets
from dockseal.domain.clock import ManualClock
from unit.console.person import Person
from unit.console.world import World, fill

STATIC = Path(dockseal.console.__file__).parent / "static"
FAR = "203.0.113.9"


def test_a_static_file_is_kept_for_good_under_its_version(stranger: Person) -> None:
    for asset in Assets.load().by_name.values():
        answer = stranger.get(asset.url)
        assert answer.content == asset.content
        assert answer.headers["content-type"] == asset.content_type
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_static_file_without_its_version_is_asked_for_again(stranger: Person) -> None:
    for query in ("", "?v=older"):
        answer = stranger.get(f"/static/console.css{query}")
        assert answer.headers["cache-control"] == "no-cache"
    again = stranger.get("/static/console.css", If_None_Match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["htmx.LICENSE", "htmx.SOURCE", "..%2fapi.py", "seal.svg.bak", ".css"])
def test_nothing_but_the_listed_files_is_served(stranger: Person, name: str) -> None:
    assert stranger.get(f"/static/{name}").status_code == 404


def test_every_static_file_that_a_page_names_is_there(person: Person) -> None:
    page = person.get("/").text
    urls = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert len(urls) == 4
    for url in urls:
        assert person.get(url.replace("&amp;", "&")).headers["cache-control"].endswith("immutable")


def test_htmx_is_the_file_its_note_says() -> None:
    note = (STATIC / "htmx.SOURCE").read_text()
    assert hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest() in note
    assert "Zero-Clause BSD" in (STATIC / "htmx.LICENSE").read_text()


def test_health_is_200_while_dockseal_works(stranger: Person) -> None:
    answer = stranger.get("/health")
    assert answer.status_code == 200
    assert answer.json()["verdict"] == "degraded"
    names = {check["name"]: check["ok"] for check in answer.json()["checks"]}
    assert names["database"] is True
    assert names["sweep acme-us"] is False


def test_health_is_503_when_the_vault_cannot_be_read(stranger: Person, world: World) -> None:
    world.storage.close()
    world.storage.places.vault.unlink()
    world.storage.places.vault.mkdir()
    answer = stranger.get("/health")
    assert answer.status_code == 503
    assert answer.json()["verdict"] == "failing"


def test_metrics_are_prometheus_text_without_order_ids(stranger: Person, world: World) -> None:
    orders = fill(world)
    answer = stranger.get("/metrics")
    assert answer.status_code == 200
    assert list(text_string_to_metric_families(answer.text))
    for order in orders.values():
        assert order.id not in answer.text
        assert order.ref not in answer.text


def test_from_elsewhere_metrics_need_their_key_and_health_tells_the_verdict_alone(
    world: World, people: ManualClock
) -> None:
    far = Person(world, people, remote=FAR)
    assert far.get("/metrics").status_code == 401
    assert list(json.loads(far.get("/health").text)) == ["verdict"]
    assert far.get("/metrics", Authorization="Bearer wrong").status_code == 401
    key = hashlib.sha256(b"console/metrics").hexdigest()
    # The key is what the key store derives for this purpose, as hex; the tests' store derives with SHA-256.
    assert far.get("/metrics", Authorization=f"Bearer {key}").status_code == 200
    assert "checks" in far.get("/health", Authorization=f"Bearer {key}").json()


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"])
def test_what_a_proxy_on_this_machine_passes_on_is_not_from_this_machine(
    stranger: Person, header: str
) -> None:
    assert stranger.get("/metrics", **{header.replace("-", "_"): FAR}).status_code == 401
