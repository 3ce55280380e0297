"""A seller is connected: from its consent at Amazon to the first order that a notification brings."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from dockseal.cli.opened import person
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import OrderState
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Region
from dockseal.errors import AmazonUnavailable, BadInput, CredentialRefused
from spapi_simulator import Behaviours, Fault, Line, Role
from town import ACME, CALLBACK, MakeTown, Town, missing, query_of

_PLAIN = {Role.INVENTORY_AND_ORDER_TRACKING}


def test_a_consent_leads_to_orders_that_notifications_bring(town: Town) -> None:
    checklist = town.connect()
    assert missing(checklist) == {}
    seller = town.kept()
    assert (seller.marketplaces, seller.selling_partner_id) == (("ATVPDKIKX0DER",), town.account.seller_id)
    assert seller.may_read == {"orders-v2026", "orders-v0", "recipient-v0", "buyer"}
    assert seller.consent_until == town.clock.now() + timedelta(days=365)

    town.run(minutes=1)
    searches = len(town.calls("searchOrders"))
    order_id = town.amazon.place_order(town.account, lines=[Line(sku="MUG-1")])
    town.run(minutes=1)
    assert town.order(order_id).state is OrderState.RELEASED
    assert len(town.calls("searchOrders")) == searches


def test_the_address_for_the_seller_names_application_state_and_way_back(town: Town) -> None:
    url = town.start()
    told = query_of(url)
    assert urlsplit(url).netloc == "sellercentral.amazon.com"
    assert (told["application_id"], told["redirect_uri"]) == (town.application.application_id, CALLBACK)
    assert len(told["state"]) >= 43
    assert "version" not in told
    assert town.start() != url


def test_a_seller_of_a_country_with_a_seller_central_of_its_own_is_sent_there(town: Town) -> None:
    url = town.start(marketplaces=("A2EUQ1WTGCTBG2",))
    assert urlsplit(url).netloc == "sellercentral.amazon.ca"


def test_a_draft_is_consented_to_in_its_beta_version(make_town: MakeTown) -> None:
    town = make_town(draft=True)
    assert query_of(town.start())["version"] == "beta"
    assert missing(town.connect()) == {}


def test_neither_code_nor_state_nor_token_is_kept_or_audited(town: Town) -> None:
    address = town.consent(town.start())
    told = query_of(address)
    town.back(address)
    kept = b"".join(path.read_bytes() for path in town.folder.rglob("*") if path.is_file())
    (token,) = [each.refresh_token for each in town.amazon._accounts.authorisations.values()]
    for secret in (told["state"], told["spapi_oauth_code"], token, town.application.client_secret):
        assert secret.encode() not in kept
    assert [row["seller"] for row in town.audited("seller:consent:given")] == [ACME]


def test_an_address_is_good_once(town: Town) -> None:
    address = town.consent(town.start())
    town.back(address)
    exchanges = town.calls("lwaToken")
    with pytest.raises(BadInput, match=r"used before.*sellers connect"):
        town.back(address)
    assert town.calls("lwaToken") == exchanges


def test_an_invented_state_exchanges_nothing(town: Town) -> None:
    town.consent(town.start())
    with pytest.raises(BadInput, match="not here"):
        town.app.connecting.finish("invented", town.account.seller_id, Secret("code"), person())
    assert town.calls("lwaToken") == []
    assert town.app.storage.sellers.all() == []


def test_a_state_ends_after_fifteen_minutes(town: Town) -> None:
    address = town.consent(town.start())
    town.clock.advance(timedelta(minutes=15))
    with pytest.raises(BadInput, match="over 15 minutes ago"):
        town.back(address)


def test_a_code_that_is_too_old_is_refused_and_a_new_consent_works(town: Town) -> None:
    address = town.consent(town.start())
    town.clock.advance(timedelta(minutes=6))
    with pytest.raises(CredentialRefused, match="start the consent again"):
        town.back(address)
    assert town.audited("seller:consent:refused")[0]["reason"] == "code_refused"
    assert missing(town.connect()) == {}


def test_a_seller_that_declines_is_taken_note_of(town: Town) -> None:
    address = town.consent(town.start(), decision="decline")
    with pytest.raises(BadInput, match="acme-us did not consent"):
        town.back(address)
    assert town.audited("seller:consent:refused") == [{"reason": "declined", "seller": ACME}]
    assert town.app.storage.sellers.all() == []


def test_the_consent_of_another_account_changes_nothing(town: Town) -> None:
    town.connect()
    other = town.amazon.add_seller(region="NA", marketplaces=("ATVPDKIKX0DER",))
    with pytest.raises(BadInput, match="another account"):
        town.connect(account=other)
    assert town.kept().selling_partner_id == town.account.seller_id
    with pytest.raises(BadInput, match="kept as seller acme-us already"):
        town.connect(seller=SellerId("acme-two"))


class Killed(BaseException):
    """The process ends here."""


class KillsAfter(httpx.BaseTransport):
    """Ends the process once the answer to a code has come."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner, self.armed = inner, False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        if self.armed and b"authorization_code" in request.read():
            raise Killed
        return answer


def test_after_a_kill_between_exchange_and_commit_connecting_again_works(make_town: MakeTown) -> None:
    town = make_town(carry=KillsAfter)
    line = town.line
    assert isinstance(line, KillsAfter)
    line.armed = True
    address = town.consent(town.start())
    with pytest.raises(Killed):
        town.back(address)
    line.armed = False
    town.restart()
    with pytest.raises(BadInput, match=r"used before.*run `dockseal sellers connect` again"):
        town.back(address)
    assert town.app.storage.sellers.all() == []
    assert missing(town.connect()) == {}


def test_a_lost_answer_to_the_code_says_that_a_code_is_good_once(town: Town) -> None:
    address = town.consent(town.start())
    town.amazon.faults.add(Fault(operation="lwaToken", status=None, effect="after", times=1))
    with pytest.raises(AmazonUnavailable, match="a code is good once"):
        town.back(address)
    assert missing(town.connect()) == {}


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("getMarketplaceParticipations", "marketplaces"),
        ("searchOrders", "orders"),
        ("createDestination", "notifications"),
        ("createSubscription", "notifications"),
        ("CreateQueue", "queue"),
        ("SetQueueAttributes", "queue"),
    ],
)
def test_what_fails_is_told_and_resumed_there(town: Town, operation: str, name: str) -> None:
    town.amazon.faults.add(Fault(operation=operation, status=503, times=1))
    found = missing(town.connect())
    assert set(found) == {name}
    assert "sellers connect acme-us --again" in found[name]
    codes = sum(1 for call in town.calls("lwaToken") if call == 200)
    assert missing(town.again()) == {}
    assert codes <= sum(1 for call in town.calls("lwaToken") if call == 200) <= codes + 1
    assert town.kept().rests_because == ""


def test_a_seller_that_is_not_connected_to_its_end_rests(town: Town) -> None:
    town.amazon.faults.add(Fault(operation="getMarketplaceParticipations", status=503, times=1))
    town.connect()
    town.run(minutes=5)
    assert town.calls("searchOrders") == []
    assert "--again" in town.kept().rests_because
    assert missing(town.again()) == {}
    assert town.kept().marketplaces == ("ATVPDKIKX0DER",)


def test_running_it_again_makes_nothing_twice(town: Town) -> None:
    town.connect()
    for _ in range(3):
        assert missing(town.again()) == {}
    town.connect()
    assert town.calls("createDestination") == [200]
    assert town.calls("createSubscription") == [200]


def test_what_another_run_made_meanwhile_is_taken_over(town: Town) -> None:
    queue = town.amazon.add_queue("dockseal-dockseal")
    town.amazon.subscribe(town.application, town.account, queue)
    assert missing(town.connect()) == {}
    assert town.kept().queue_url == queue
    assert town.calls("createDestination") == town.calls("createSubscription") == []


def test_notifications_that_go_elsewhere_are_told_of(town: Town) -> None:
    town.amazon.subscribe(town.application, town.account, town.amazon.add_queue("another"))
    found = missing(town.connect())
    assert set(found) == {"notifications"}
    assert "--queue-url" in found["notifications"]
    other = "https://sqs.us-east-1.amazonaws.com/000000000000/another"
    assert missing(town.again(queue_url=other)) == {}
    assert town.kept().queue_url == other


def test_the_sellers_of_an_application_share_its_queue(town: Town) -> None:
    town.connect()
    other = town.amazon.add_seller(region="EU", marketplaces=("A1PA6795UKMFR9",))
    name = SellerId("acme-eu")
    checklist = town.connect(account=other, seller=name, region=Region.EU, marketplaces=())
    assert missing(checklist) == {}
    assert town.kept(name).queue_url == town.kept().queue_url
    assert town.kept(name).marketplaces == ("A1PA6795UKMFR9",)


def test_the_missing_role_is_found_out_without_reading_anybodys_data(make_town: MakeTown) -> None:
    town = make_town(app_roles=_PLAIN)
    found = missing(town.connect())
    assert set(found) == {"names and streets"}
    assert "Direct-to-Consumer Shipping (Restricted)" in found["names and streets"]
    assert town.kept().may_read == {"orders-v2026", "orders-v0"}
    assert "getOrderAddress" not in {call.operation for call in town.amazon.calls}

    town.amazon.add_role(town.application, Role.DIRECT_TO_CONSUMER_SHIPPING)
    assert set(missing(town.again())) == {"names and streets"}
    assert missing(town.connect()) == {}


def test_marketplaces_the_seller_does_not_take_part_in_are_said(town: Town) -> None:
    town.amazon.set_participation(town.account, "A2EUQ1WTGCTBG2", participating=False)
    found = missing(town.connect(marketplaces=("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2")))
    assert "CA (A2EUQ1WTGCTBG2)" in found["marketplaces"]
    assert town.kept().marketplaces == ("ATVPDKIKX0DER",)
    town.amazon.set_participation(town.account, "A2EUQ1WTGCTBG2")
    assert missing(town.again(wanted=("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"))) == {}
    assert len(town.kept().marketplaces) == 2


def test_marketplaces_of_another_region_are_refused_before_the_seller_is_asked(town: Town) -> None:
    with pytest.raises(BadInput, match="each region"):
        town.start(marketplaces=("A1PA6795UKMFR9",))


def test_a_queue_of_the_operators_is_opened_to_amazon_beside_whom_it_lets_in(town: Town) -> None:
    queue = town.amazon._queues.find(town.amazon.add_queue("dockseal-dockseal"))
    assert queue is not None
    own = {
        "Sid": "own",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "sqs:PurgeQueue",
        "Resource": queue.arn,
    }
    queue.attributes["Policy"] = json.dumps({"Version": "2012-10-17", "Statement": [own]})
    assert not queue.admits_amazon
    assert missing(town.connect()) == {}
    assert queue.admits_amazon
    assert own in json.loads(queue.attributes["Policy"])["Statement"]


def test_a_queue_under_the_key_that_aws_manages_is_told_of(town: Town) -> None:
    url = town.amazon.add_queue("dockseal-dockseal")
    queue = town.amazon._queues.find(url)
    assert queue is not None
    queue.attributes["KmsMasterKeyId"] = "alias/aws/sqs"
    found = missing(town.connect())
    assert "SSE-SQS" in found["queue"]
    queue.attributes["KmsMasterKeyId"] = ""
    assert missing(town.again()) == {}


def test_a_self_authorised_seller_needs_no_consent_and_has_no_end(town: Town) -> None:
    token = town.amazon.authorize(town.application, town.account)
    checklist = town.app.connecting.self_authorised(
        town.wish(), town.account.seller_id, Secret(token), person()
    )
    assert missing(checklist) == {}
    assert town.kept().consent_until is None
    order_id = town.amazon.place_order(town.account, lines=[Line(sku="MUG-1")])
    town.run(minutes=1)
    assert town.order(order_id).state is OrderState.RELEASED


def test_a_revoked_consent_rests_one_seller_while_another_flows(town: Town) -> None:
    other = town.amazon.add_seller(region="NA", marketplaces=("ATVPDKIKX0DER",))
    name = SellerId("bolt-us")
    town.connect()
    town.connect(account=other, seller=name)
    (token,) = [
        each.refresh_token
        for each in town.amazon._accounts.authorisations.values()
        if each.seller == town.account
    ]
    town.amazon.revoke(token)
    town.run(minutes=30)
    assert "dockseal sellers connect acme-us" in town.kept().rests_because
    order_id = town.amazon.place_order(other, lines=[Line(sku="MUG-1")])
    mine = town.amazon.place_order(town.account, lines=[Line(sku="MUG-1")])
    town.run(minutes=2)
    found = town.app.storage.orders.find(name, order_id)
    assert found is not None
    assert found.state is OrderState.RELEASED
    assert not town.knows(mine)

    assert missing(town.connect()) == {}
    town.run(minutes=20)
    assert town.order(mine).state is OrderState.RELEASED


def test_a_consent_is_reminded_of_a_month_before_its_end_and_rests_after_it(make_town: MakeTown) -> None:
    town = make_town(behaviours=Behaviours(client_secret_days=None))
    town.connect()

    def reminders() -> list[str]:
        return [each.sentence for each in town.app.health().checks if each.name == "consent acme-us"]

    town.clock.advance(timedelta(days=334))
    assert reminders() == []
    town.clock.advance(timedelta(days=2))
    (sentence,) = reminders()
    assert "2027-11-02" in sentence
    assert "`dockseal sellers connect acme-us`" in sentence
    town.skip(days=30)
    town.run(minutes=30)
    assert "invalid_grant" in town.kept().rests_because
    assert missing(town.connect()) == {}
    assert reminders() == []
    assert town.kept().rests_because == ""
