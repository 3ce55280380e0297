import sys

import pytest

pytest_plugins = ("pytester",)

HEAD = "import httpx\nimport pytest\nfrom spapi_simulator import Behaviours, Fault\n"
LOGIN = """
def token(amazon):
    form = {"grant_type": "refresh_token", "refresh_token": amazon.refresh_token}
    form |= {"client_id": amazon.app.client_id, "client_secret": amazon.app.client_secret}
    answer = amazon.http.post("https://api.amazon.com/auth/o2/token", data=form)
    return {"x-amz-access-token": answer.json()["access_token"]}
"""


def run(pytester: pytest.Pytester, text: str, *more: str) -> pytest.RunResult:
    pytester.makepyfile(HEAD + LOGIN + text)
    # An installed plugin is loaded by its entry point already, and must not be loaded twice.
    plugin = () if pytester._request.config.pluginmanager.has_plugin("spapi_simulator") else (
        "-p", "spapi_simulator.pytest_plugin",
    )  # fmt: skip
    return pytester.runpytest_subprocess(*plugin, "--strict-markers", "-p", "no:cacheprovider", *more)


def test_a_test_places_an_order_and_its_client_reads_it(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_it(amazon):
    order_id = amazon.place(2, 1)
    amazon.advance(seconds=121)
    url = "https://sellingpartnerapi-na.amazon.com/orders/v0/orders"
    query = {"MarketplaceIds": amazon.seller.marketplaces[0], "CreatedAfter": "2026-11-02T00:00:00Z"}
    answer = amazon.http.get(url, params=query, headers=token(amazon)).json()
    assert [one["AmazonOrderId"] for one in answer["payload"]["Orders"]] == [order_id]
    assert [item.quantity_ordered for item in amazon.sim.order(order_id).items] == [2, 1]
    assert len(amazon.sim.messages(amazon.queue_url)) == 1
    assert amazon.refresh_token not in repr(amazon)

def test_another_has_a_world_of_its_own(amazon):
    assert amazon.sim.orders() == []
""",
    )
    result.assert_outcomes(passed=2)


def test_clients_of_any_language_are_served_over_http(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
urls = []

def test_it(amazon):
    url = amazon.serve()
    assert url == amazon.serve()
    urls.append(url)
    amazon.sim.faults.add(Fault(operation="lwaToken", status=503, times=1))
    assert httpx.post(url + "/auth/o2/token").status_code == 503

def test_it_ends_with_its_test():
    with pytest.raises(httpx.ConnectError):
        httpx.get(urls[0] + "/_simulator/state")
""",
    )
    result.assert_outcomes(passed=2)


def test_the_marker_says_how_the_world_is(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
pytestmark = pytest.mark.amazon(seed=11)

@pytest.mark.amazon(marketplaces=["A1PA6795UKMFR9", "A13V1IB3VIYZZH"])
@pytest.mark.amazon(behaviours=Behaviours(list_lag_seconds=0))
def test_it(amazon):
    assert (amazon.seller.region, len(amazon.seller.marketplaces)) == ("EU", 2)
    assert amazon.sim.seed == 11
    assert amazon.sim.behaviours.list_lag_seconds == 0
    assert amazon.sim.order(amazon.place()).marketplace.country == "DE"

@pytest.mark.amazon(region="FE", seed=12)
def test_the_nearest_marker_counts(amazon):
    assert (amazon.seller.region, amazon.sim.seed) == ("FE", 12)
""",
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        ("sead=1", "*The marker amazon may say seed, start, region, marketplaces, behaviours.*"),
        ("7", "*The marker amazon takes its choices by name.*"),
        ("region='EU', marketplaces=['ATVPDKIKX0DER']", "*is not one of region EU.*"),
        ("region='XX'", "*There is no region XX.*"),
    ],
)
def test_a_marker_that_makes_no_sense_is_said_to(
    pytester: pytest.Pytester, marker: str, sentence: str
) -> None:
    result = run(pytester, f"@pytest.mark.amazon({marker})\ndef test_it(amazon):\n    pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([sentence])


def test_the_marker_is_explained(pytester: pytest.Pytester) -> None:
    result = run(pytester, "", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.amazon(seed=7, *"])


def test_no_world_is_loaded_before_a_test_asks_for_it(pytester: pytest.Pytester) -> None:
    script = pytester.makepyfile(
        "import sys, spapi_simulator.pytest_plugin\n"
        "assert 'spapi_simulator.testing' not in sys.modules\n"
        "assert 'spapi_simulator.watching.server' not in sys.modules\n"
    )
    assert pytester.run(sys.executable, script).ret == 0
