"""What stands before every page: session, host, forms, headers, faults."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from dockseal.domain.order import Order
from unit.console.person import Person
from unit.console.world import CANARY, RENO_KEY, World, fill

OPEN_TO_ALL = {
    "connect/callback",
    "sign-in",
    "sign-in/<str:token>",
    "static/<str:name>",
    "health",
    "health/live",
    "health/ready",
    "metrics",
    "shipstation/<str:name>",
    "shipstation/<str:name>/sales_orders_export",
    "shipstation/<str:name>/shipment_notification",
}
FORMS = {
    "orders/<slug:ref>/open",
    "orders/<slug:ref>/examine",
    "orders/<slug:ref>/seen",
    "orders/<slug:ref>/parcels",
    "unmatched/<int:number>/match",
    "unmatched/<int:number>/dismiss",
    "alerts/<slug:ref>/acknowledge",
    "alerts/mutes",
    "alerts/mutes/<slug:ref>/end",
    "connect/start",
    "connect/check/<str:name>",
    "sign-out",
}


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)


def at(route: str, order: Order, *, name: str = "console.css") -> str:
    """The path of a route, with something in each of its places."""
    places = {
        "<slug:ref>": order.ref,
        "<slug:incident_id>": "x",
        "<slug:code>": "x",
        "<str:token>": "x",
        "<str:name>": name,
        "<int:number>": "1",
    }
    for place, text in places.items():
        route = route.replace(place, text)
    return f"/{route}"


def every_route(person: Person) -> list[str]:
    person.get("/health")  # Django reads the addresses with the first request
    return list(routes(get_resolver()))


def test_every_page_needs_a_session_unless_it_is_on_this_list(stranger: Person, world: World) -> None:
    orders = fill(world)
    found = every_route(stranger)
    assert len(found) > 10
    for route in found:
        path = at(route, orders["by_hand"]).replace("<slug:label_id>", "x")
        if route in OPEN_TO_ALL or route.startswith("api/v1/"):
            continue
        for answer in (stranger.get(path), stranger.client.post(path), stranger.client.put(path)):
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), route
            assert orders["by_hand"].id not in answer.text


def test_the_machine_api_needs_a_key_for_all_but_its_description(stranger: Person) -> None:
    found = [route for route in every_route(stranger) if route.startswith("api/v1/")]
    open_ones = ["api/v1/", "api/v1/openapi.json"]
    assert len(found) > 10
    for route in sorted(set(found) - set(open_ones)):
        path = "/" + re.sub(r"<[^>]*>", "reno", route)
        answers = [stranger.get(path), stranger.client.post(path, json={})]
        assert {each.status_code for each in answers} <= {401, 405}, route
        assert 401 in {each.status_code for each in answers}, route
    assert stranger.get("/api/v1/openapi.json").json()["info"]["title"] == "Dockseal machine API"


def test_no_page_shows_personal_data_that_nobody_opened(person: Person, world: World) -> None:
    orders = fill(world)
    for route in every_route(person):
        for order in orders.values():
            path = "/" + route.replace("<slug:ref>", order.ref).replace("<str:token>", "x").replace(
                "<int:number>", "1"
            )
            page = person.get(path).text
            assert not [field for field, text in CANARY.items() if text in page], route


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8377", ""]
)
def test_a_request_for_another_host_is_refused(person: Person, host: str) -> None:
    for path in ("/", "/sign-in", "/health", "/metrics", "/api/v1/openapi.json", "/static/console.css"):
        answer = person.get(path, Host=host)
        assert answer.status_code == 400, path
        assert "dockseal sign-in" in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8377", "localhost:8377", "[::1]:8377"])
def test_loopback_by_its_own_names_is_answered(person: Person, host: str) -> None:
    assert person.get("/sign-in", Host=host).status_code == 200


def test_every_form_needs_its_csrf_token(person: Person, world: World) -> None:
    order = fill(world)["by_hand"]
    rows = len(world.storage.audit.rows())
    for form in sorted(FORMS):
        path = "/" + form.replace("<slug:ref>", order.ref).replace("<str:name>", order.seller).replace(
            "<int:number>", "1"
        )
        answer = person.client.post(path, data={"purpose": "shipping_label"})
        assert answer.status_code == 403, form
        assert "load its page again" in answer.text
    assert len(world.storage.audit.rows()) == rows
    assert person.get("/").status_code == 200


def test_a_sign_in_form_from_elsewhere_does_not_use_the_link_up(stranger: Person) -> None:
    link = stranger.link()
    assert stranger.client.post(link).status_code == 403
    stranger.send(link, page=link)
    assert stranger.get("/").status_code == 200


def test_forms_are_sent_never_fetched(person: Person, world: World) -> None:
    order = fill(world)["by_hand"]
    for form in FORMS:
        path = "/" + form.replace("<slug:ref>", order.ref).replace("<str:name>", order.seller).replace(
            "<int:number>", "1"
        )
        assert person.get(path).status_code == 405


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/health", "/metrics", "/api/v1/openapi.json", "/static/console.css", "/nowhere"],
)
def test_every_answer_carries_the_security_headers(person: Person, path: str) -> None:
    headers = person.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    if not path.startswith("/static/"):
        assert headers["cache-control"] == "no-store"


def test_no_page_has_inline_script_or_style(person: Person, world: World) -> None:
    orders = fill(world)
    pages = ("/", "/synchronization", "/connect", "/sign-in", "/sign-in/x", "/nowhere")
    for path in (*pages, f"/orders/{orders['by_hand'].ref}"):
        page = person.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick" not in page
        assert "hx-on" not in page


def test_an_address_with_nothing_there_says_so(person: Person) -> None:
    for path in ("/nowhere", "/orders/unknown-reference", "/orders/a/b"):
        answer = person.get(path)
        assert answer.status_code == 404
        assert "begin at the list of orders" in answer.text
    assert "error" in person.get("/api/v1/nowhere").json()


def test_a_body_that_is_too_large_is_refused(person: Person) -> None:
    answer = person.client.post(
        "/api/v1/shipments", content=b"x" * 300_000, headers={"Authorization": f"Bearer {RENO_KEY}"}
    )
    assert answer.status_code in {400, 413}
    assert "too large" in answer.json()["error"]


def test_a_database_that_cannot_be_used_is_said_in_a_sentence(person: Person, world: World) -> None:
    world.storage.close()
    world.storage.places.operations.rename(world.storage.places.operations.with_suffix(".away"))
    world.storage.places.operations.mkdir()
    answer = person.get("/")
    assert answer.status_code == 503
    assert "The database cannot be used now" in answer.text
