"""Whatever is sent, the simulator refuses in Amazon's shape: it never fails, and never answers 500.

Every answer is checked against Amazon's models besides (conformance.py).
"""

import copy
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import amazon
import httpx
import plausible
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plausible import NA, OPERATIONS, Asked, World
from shop import Shop

from spapi_simulator.watching.server import SimulatorServer

LONG = "9" * 5000
TEXTS = (
    "", " ", "\x00", "\x7f", "null", "true", "-1", "0", "1e999", "NaN", "Infinity", LONG, "a,b,,c", ",", "..",
    "../../etc", "%", "%zz", "%00", "%2F", "{orderId}", "💥", "١٢٣", "۱۱۱-۱۱۱۱۱۱۱-۱۱۱۱۱۱۱", "１１１", "²",
    "\u202e", "a\r\nx: y", "<x/>", "' OR 1=1", "\ufeff", "İ", "0x10", "1_000", "+1", "1.0", "9" * 400,
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00",
    "2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "2026-11-02T24:00:00Z", "2026-11-02", "20261102T080000Z",
    "2026-11-02T08:00:00+25:00", "2026-11-02T08:00:00.123456789012Z", "2026-11-02t08:00:00z", "2026-W01-1",
    "٢٠٢٦-11-02T08:00:00Z", "2026-11-02T08:00:00", "0000-00-00T00:00:00Z", "-001-01-01T00:00:00Z",
    "1969-12-31", "Atzr|x", "000-0000000-0000000",
)  # fmt: skip
VALUES = (
    *TEXTS, None, True, False, 0, -1, 1, 2**31, -(2**63), 10**400, 1.5, -0.0, 1e308,
    float("nan"), float("inf"), float("-inf"), [], [[]], [None], {}, {"": None}, [{}], "\ud800",
    ["\udfff"], {"\ud800": "\ud800"}, [1] * 2000, {"a": {"b": {"c": []}}},
)  # fmt: skip
BODIES = (
    b"", b" ", b"null", b"true", b"0", b'"x"', b"[]", b"{", b"{}", b"}", b"\x00", b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}", b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1e999}', b'{"a":' + b"9" * 5000 + b"}",
    b'{"a":"\xff"}', b'{"a":"\\ud800"}', b"[" * 100_000, b'{"a":' * 20_000, b'{"a":1,"a":2}', b"<xml/>",
    b"a=b&c=d", b'{"a":"' + b"x" * 1_000_000 + b'"}',
    b"{'a':1}", b'{"a":1}{"b":2}', b"\xed\xa0\x80", "{“a”:1}".encode(),
)  # fmt: skip
KINDS = (
    None,
    "",
    "application/json",
    "application/JSON; charset=UTF-16",
    "text/plain",
    "multipart/form-data",
    "\xff",
)


def check(answer: httpx.Response) -> None:
    """Holds for every answer there can be."""
    assert answer.status_code < 500, answer.text[:300]
    if answer.status_code >= 400:
        (first, *_) = answer.json()["errors"]
        assert first["code"]
        assert isinstance(first["message"], str)


@pytest.fixture(scope="module")
def seeds() -> list[Asked]:
    """One request for each operation."""
    return list({asked.bucket: asked for asked in plausible.requests(plausible.open_world())}.values())


def seed_of(world: World, bucket: str) -> Asked:
    return next(asked for asked in plausible.requests(world) if asked.bucket == bucket)


def places(body: Any) -> Iterator[tuple[Any, ...]]:
    """Where something can be changed in a body."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield (key,)
            yield from ((key, *more) for more in places(value))
    elif isinstance(body, list):
        for index, value in enumerate(body[:1]):
            yield (index,)
            yield from ((index, *more) for more in places(value))


def put(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(body)
    inner = made
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    return made


def raw(world: World, asked: Asked, *, path: str = "", query: str = "", **more: Any) -> httpx.Response:
    token = world.token(asked.operation.scope)
    headers = [("x-amz-access-token", token), *more.pop("headers", [("content-type", "application/json")])]
    url = f"{asked.host}{path or asked.url}{query and '?'}{query}"
    return world.shop.http.request(asked.operation.method, url, headers=headers, **more)


@pytest.mark.parametrize("bucket", list(OPERATIONS))
def test_nonsense_in_any_place_of_a_body_is_refused(bucket: str) -> None:
    world = plausible.open_world()
    asked = seed_of(world, bucket)
    every = list(places(asked.body))
    share = 1 + len(every) // 10  # big bodies share the values out among their places
    for number, place in enumerate(every):
        for value in VALUES[number % share :: share]:
            content = json.dumps(put(asked.body, place, value)).encode()
            check(raw(world, asked, content=content))
        without = json.dumps({key: one for key, one in asked.body.items() if key != place[0]}).encode()
        check(raw(world, asked, content=without))


@pytest.mark.parametrize("bucket", list(OPERATIONS))
def test_bodies_that_are_no_json_are_refused(bucket: str) -> None:
    world = plausible.open_world()
    asked = seed_of(world, bucket)
    for content in BODIES:
        check(raw(world, asked, content=content))
    for kind in KINDS:
        head = [] if kind is None else [("content-type", kind.encode("latin-1"))]
        check(raw(world, asked, content=json.dumps(asked.body).encode(), headers=head))


@pytest.mark.parametrize("bucket", list(OPERATIONS))
def test_nonsense_in_any_parameter_is_refused(bucket: str, models: object) -> None:
    world = plausible.open_world()
    asked = seed_of(world, bucket)
    told = amazon.described(asked.operation.api)[asked.operation.method, asked.operation.template]
    content = None if asked.body is None else json.dumps(asked.body).encode()
    for where, name in told.takes:
        known = {key: str(one) for key, one in asked.query.items() if key != name}
        rest = "&".join(f"{key}={quote(one, safe='')}" for key, one in known.items())
        for number, text in enumerate(TEXTS):
            value = f"{name}={quote(text, safe='')}"
            if where == "query":
                ways = (f"{rest}&{value}", f"{rest}&{value}&{value}", value)
                check(raw(world, asked, query=ways[number % 3], content=content))
            elif where == "path" and text not in {"", ".."}:
                path = asked.operation.template.format_map({**asked.path, name: quote(text, safe="")})
                check(raw(world, asked, path=path, content=content))


def test_nonsense_as_a_query_as_a_whole_changes_nothing(seeds: list[Asked]) -> None:
    world = plausible.open_world()
    for asked in (one for one in seeds if one.operation.method == "GET"):
        for query in ("&&&", "=", "=x", "%", "%FF=%FE", "a" * 20_000, "x=1&" * 5000, ";", "?", "%00", "[]=1"):
            check(raw(world, asked, query=query))


def test_headers_that_make_no_sense_are_refused(seeds: list[Asked]) -> None:
    world = plausible.open_world()
    tokens = ("", " ", "\xff", "Atza|" + LONG, "Atz.sprdt|x", "null", "a" * 100_000, "Atc|x")
    for asked in seeds:
        for token in tokens:
            headers = {"x-amz-access-token": token.encode("latin-1"), "content-type": "application/json"}
            answer = world.shop.http.request(asked.operation.method, NA + asked.url, headers=headers)
            assert answer.status_code == 403
            check(answer)
        agent = {"x-amz-access-token": world.token(asked.operation.scope), "user-agent": "a" * 501}
        assert (
            world.shop.http.request(asked.operation.method, NA + asked.url, headers=agent).status_code == 400
        )


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "X"])
def test_methods_and_paths_that_nobody_knows_are_not_found(method: str, seeds: list[Asked]) -> None:
    world = plausible.open_world()
    known = {(asked.operation.method, asked.operation.template) for asked in seeds}
    for asked in seeds:
        for path in (asked.url + "/", asked.url + "/x", "/" + asked.url, asked.url.upper()):
            answer = world.shop.http.request(method, NA + path, headers={"x-amz-access-token": world.token()})
            check(answer)
        if not any(one == method and asked.operation.template.split("{")[0] in path for one, path in known):
            assert world.shop.http.request(method, NA + asked.url).status_code == 404


def test_login_refuses_whatever_it_cannot_read(shop: Shop) -> None:
    names = ("grant_type", "refresh_token", "client_id", "client_secret", "scope", "code", "redirect_uri")
    for name in names:
        for text in TEXTS:
            answer = shop.login(**{name: text})
            assert answer.status_code in {200, 400, 401}, answer.text
            assert {"error", "error_description"} <= set(answer.json()) or answer.status_code == 200
    for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        for body in BODIES:
            url = "https://api.amazon.com/auth/o2/token"
            answer = shop.http.post(url, content=body, headers={"content-type": kind})
            assert answer.status_code in {400, 401}
            assert set(answer.json()) == {"error", "error_description"}


ACTIONS = (
    "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch", "ChangeMessageVisibility", "SendMessage",
    "GetQueueUrl", "GetQueueAttributes", "PurgeQueue", "CreateQueue", "SetQueueAttributes", "Invented", "",
)  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS)
def test_queues_refuse_whatever_they_cannot_read(shop: Shop, action: str) -> None:
    shop.place()
    headers = {"x-amz-target": f"AmazonSQS.{action}", "authorization": "AWS4-HMAC-SHA256 Credential=test"}
    names = (
        "MaxNumberOfMessages",
        "VisibilityTimeout",
        "ReceiptHandle",
        "Entries",
        "DelaySeconds",
        "MessageBody",
    )
    names = (*names, "QueueUrl", "QueueName", "Attributes", "AttributeNames", "WaitTimeSeconds")
    bodies = list(BODIES)
    bodies += [
        json.dumps({"QueueUrl": shop.queue_url, name: value}).encode() for name in names for value in VALUES
    ]
    for body in bodies:
        answer = shop.http.post(shop.queue_url, content=body, headers=headers)
        assert answer.status_code < 500, (answer.text[:300], body[:100])
        if answer.status_code >= 400:
            assert answer.json()["__type"]


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /orders/v0/orders HTTP/1.0\r\n\r\n",
        b"POST /auth/o2/token HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n",
        b"POST /auth/o2/token HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /auth/o2/token HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n",
        b"GET //// HTTP/1.1\r\nhost: a b\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nhost: [::1\r\n\r\n",
        b"GET /\xff\xfe?\xff HTTP/1.1\r\nhost: x\r\nx-amz-access-token: \xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x:99999999\r\n\r\n",
        b"POST /auth/o2/token HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_a_server_survives_what_is_no_http(
    shop: Shop, sent: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with SimulatorServer(shop.sim) as server:
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port), timeout=30) as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            heard = line.recv(65536)
        assert heard.startswith(b"HTTP/1.1 ")
        assert not heard.startswith(b"HTTP/1.1 5")
        assert httpx.post(f"{server.url}/auth/o2/token", data={}).status_code in {400, 401}
    assert "Traceback" not in capsys.readouterr().err


def of_schema(api: str, schema: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that a schema of Amazon's allows, and a few that it does not."""
    schema = amazon.resolve(api, schema)
    odd = st.sampled_from(VALUES)
    if "enum" in schema:
        return st.one_of(st.sampled_from(schema["enum"]), odd)
    kind = schema.get("type", "object")
    if kind == "array":
        inner = of_schema(api, schema["items"], depth + 1)
        return st.one_of(st.lists(inner, max_size=2), odd)
    if kind == "object" and depth < 6:
        fields = {
            name: of_schema(api, one, depth + 1) for name, one in amazon.properties(api, schema).items()
        }
        needed = {name: one for name, one in fields.items() if name in schema.get("required", ())}
        rest = {name: one for name, one in fields.items() if name not in needed}
        return st.fixed_dictionaries(needed, optional=rest)
    plain: dict[str, st.SearchStrategy[Any]] = {
        "integer": st.integers(), "number": st.floats(), "boolean": st.booleans(), "string": st.text()
    }  # fmt: skip
    return st.one_of(plain.get(kind, st.none()), odd)


@pytest.mark.parametrize(
    "bucket", [name for name, one in OPERATIONS.items() if one.method in {"POST", "PATCH"}]
)
def test_bodies_made_from_amazons_schema_are_answered(bucket: str, models: object) -> None:
    world = plausible.open_world()
    asked = seed_of(world, bucket)
    told = amazon.described(asked.operation.api)[asked.operation.method, asked.operation.template]
    if told.body is None:
        return

    @settings(
        max_examples=40, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(of_schema(told.api, told.body))
    def answered(body: Any) -> None:
        if isinstance(asked.body, dict) and isinstance(body, dict):
            body = {**asked.body, **body}
        check(raw(world, asked, content=json.dumps(body).encode()))

    answered()
