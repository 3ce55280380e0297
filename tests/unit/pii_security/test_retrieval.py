from datetime import datetime, timedelta

import pytest

from dockseal.domain.access import FIELDS, FOUND_BY, Actor, Grant, Purpose
from dockseal.domain.clue import ClueKind
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.order import AmazonStatus, Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.errors import (
    AccessDenied,
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    AnswerUnreadable,
    CredentialRefused,
    DocksealError,
    OrderUnknown,
    OutcomeUnknown,
    RoleMissing,
)
from dockseal.pii_security.retrieval import BATCH, Retrieval
from unit.pii_security.safe import NOW, SELLER, Safe, someone
from unit.pii_security.scripted import ScriptedAmazon

MINUTE = timedelta(minutes=1)


def refusal(kind: type[AmazonRefused], status: int) -> AmazonRefused:
    return kind("getOrderAddress", status=status, code="Refused", message="Amazon's own words")


def hold_of(safe: Safe, order: Order) -> tuple[str, str]:
    """The code and sentence of a hold, once its audit row is checked."""
    kept = safe.now_is(order)
    assert kept.state is OrderState.HELD
    assert kept.hold is not None
    (row,) = safe.rows(order, tag="order:life:held")
    assert dict(row.fields)["code"] == kept.hold.code
    assert kept.sealed_until is None
    return kept.hold.code, kept.hold.sentence


def test_a_releasable_order_is_read_sealed_and_recorded(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    order = safe.order()
    outcome = retrieval.run(SELLER)
    assert (outcome.done, outcome.more, outcome.again_at) == (1, False, None)
    assert safe.tags(order) == ["order:data:retrieved", "order:data:sealed"]
    kept = safe.now_is(order)
    assert kept.sealed_until is not None
    assert safe.vault.open(order.ref, safe.grant(order)).disclose()["name"] == "Testperson Alpha"
    assert retrieval.run(SELLER).done == 0
    assert len(amazon.read_) == 1


def test_a_gift_message_is_asked_for_only_where_there_is_one(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    plain, gift = safe.order(), safe.order(has_gift_message=True)
    retrieval.run(SELLER)
    hand_over = FIELDS[Purpose.HAND_OVER]
    assert dict(amazon.read_) == {plain.id: hand_over - {Field.GIFT_MESSAGE}, gift.id: hand_over}


def test_an_email_address_that_comes_along_makes_a_clue_and_is_not_sealed(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    order = safe.order(OrderState.RELEASABLE)
    amazon.gives = lambda fields: someone(buyer_email="alpha@marketplace.example").only(fields | FOUND_BY)
    retrieval.run(SELLER)
    assert not amazon.read_[0][1] & FOUND_BY, "it was not asked for"
    assert ClueKind.EMAIL in {clue.kind for clue in safe.storage.blind_index.of_order(order.ref)}
    (row,) = safe.rows(order, tag="order:data:sealed")
    assert "buyer_email" not in dict(row.fields)["field_names"]


@pytest.mark.parametrize("state", sorted(set(OrderState) - {OrderState.RELEASABLE, OrderState.NOTICED}))
def test_nothing_is_read_for_orders_that_are_not_about_to_be_released(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval, state: OrderState
) -> None:
    safe.order(state)
    assert retrieval.run(SELLER).done == 0
    assert amazon.read_ == []
    assert amazon.tokens == []


def test_what_has_passed_its_deadline_is_read_again(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    order = safe.sealed()
    safe.clock.advance(timedelta(days=29))
    retrieval.run(SELLER)
    assert len(amazon.read_) == 1
    assert safe.vault.open(order.ref, safe.grant(order)).fields()


def test_a_run_takes_fifty_orders_and_says_that_more_are_due(safe: Safe, retrieval: Retrieval) -> None:
    for _ in range(BATCH + 1):
        safe.order()
    first = retrieval.run(SELLER)
    assert (first.done, first.more) == (50, True)
    second = retrieval.run(SELLER)
    assert (second.done, second.more) == (1, False)


def test_a_token_covers_exactly_the_paths_of_the_orders_and_fifty_at_most(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    amazon.wants_tokens = True
    orders = [safe.order(has_gift_message=number % 2 == 0) for number in range(BATCH)]
    assert retrieval.run(SELLER).done == BATCH
    assert len(amazon.tokens) == 2
    paths = [resource.path for token in amazon.tokens for resource in token]
    expected = {f"/{order.id}/address" for order in orders} | {
        f"/{order.id}/items" for order in orders if order.amazon.has_gift_message
    }
    assert sorted(paths) == sorted(expected)
    rows = safe.rows(tag="token:rdt:issued")
    assert sum(int(dict(row.fields)["resources"]) for row in rows) == 75


def test_a_spent_quota_stops_the_batch_until_its_instant_and_keeps_what_was_done(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    first = safe.order(ship_by=NOW + timedelta(hours=1))
    second = safe.order(ship_by=NOW + timedelta(hours=2))
    until = NOW + timedelta(seconds=2)
    amazon.fails[second.id] = [AmazonThrottled("getOrder", until)]
    outcome = retrieval.run(SELLER)
    assert (outcome.done, outcome.again_at) == (1, until)
    assert safe.now_is(first).sealed_until is not None
    assert safe.now_is(second) == second, "a spent quota is not the order's failure"


@pytest.mark.parametrize("failure", [AmazonUnavailable("down"), OutcomeUnknown("lost")])
def test_while_amazon_is_down_the_wait_grows_from_one_minute_to_five(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval, failure: DocksealError
) -> None:
    order = safe.order()
    amazon.fails[order.id] = [failure] * 5
    waits = []
    for _ in range(5):
        again_at = retrieval.run(SELLER).again_at
        assert again_at is not None
        waits.append(again_at - safe.clock.now())
        assert retrieval.run(SELLER).again_at == again_at, "meanwhile it is left alone"
        safe.clock.advance(again_at - safe.clock.now())
    assert waits == [MINUTE, 2 * MINUTE, 4 * MINUTE, 5 * MINUTE, 5 * MINUTE]
    assert retrieval.run(SELLER).done == 1
    assert safe.now_is(order).tries == 0


def test_an_order_amazon_fails_at_does_not_block_those_after_it(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    bad, good = safe.order(ship_by=NOW), safe.order(ship_by=NOW + timedelta(hours=2))
    amazon.fails[bad.id] = [AmazonUnavailable("down")]
    outcome = retrieval.run(SELLER)
    assert (outcome.done, outcome.again_at) == (1, NOW + MINUTE)
    assert safe.now_is(good).sealed_until is not None
    assert safe.now_is(bad).tries == 1


@pytest.mark.parametrize(
    ("fails", "asked"),
    [([0, 1, 2], 3), ([0, 1, 3, 4], 7), ([0, 1, 3, 4, 5], 6), ([2, 3, 4], 5)],
    ids=["at once", "never three in a row", "after one that worked", "in the middle"],
)
@pytest.mark.parametrize("wants_tokens", [False, True])
def test_three_failures_in_a_row_end_the_run_and_fewer_do_not(
    safe: Safe,
    amazon: ScriptedAmazon,
    retrieval: Retrieval,
    *,
    fails: list[int],
    asked: int,
    wants_tokens: bool,
) -> None:
    amazon.wants_tokens = wants_tokens
    orders = [safe.order(ship_by=NOW + timedelta(hours=hour)) for hour in range(7)]
    for number in fails:
        amazon.fails[orders[number].id] = [AmazonUnavailable("down")]
    outcome = retrieval.run(SELLER)
    kept = [safe.now_is(order) for order in orders]
    assert [number for number, order in enumerate(kept) if order.tries] == fails
    assert [number for number, order in enumerate(kept) if order.sealed_until] == [
        number for number in range(asked) if number not in fails
    ]
    assert (outcome.done, outcome.again_at) == (asked - len(fails), NOW + MINUTE)


@pytest.mark.parametrize(
    ("failure", "code", "says"),
    [
        (
            RoleMissing("Amazon's own words"),
            "address_role_missing",
            "Direct-to-Consumer Shipping (Restricted)",
        ),
        (refusal(AccessDenied, 403), "address_denied", "Check the roles"),
        (refusal(OrderUnknown, 404), "order_unknown", "Amazon knows no order"),
        (refusal(AmazonRefused, 400), "address_refused", "Amazon's own words"),
        (AnswerUnreadable("the answer holds no recipient"), "address_unreadable", "Seller Central"),
    ],
)
@pytest.mark.parametrize("at_the_token", [False, True])
def test_a_refusal_holds_that_order_with_a_sentence_and_the_others_flow_on(
    safe: Safe,
    amazon: ScriptedAmazon,
    retrieval: Retrieval,
    *,
    failure: DocksealError,
    code: str,
    says: str,
    at_the_token: bool,
) -> None:
    amazon.wants_tokens = at_the_token
    bad, good = safe.order(), safe.order()
    if at_the_token:
        amazon.token_fails = lambda paths: failure if any(bad.id in path.path for path in paths) else None
    else:
        amazon.fails[bad.id] = [failure]
    assert retrieval.run(SELLER).done == 2
    held, sentence = hold_of(safe, bad)
    assert held == code
    assert says in sentence
    assert bad.id in sentence
    if at_the_token and isinstance(failure, RoleMissing | AccessDenied):
        assert hold_of(safe, good)[0] == code, "a role is the seller's, so it is missing for all"
    else:
        assert safe.now_is(good).sealed_until is not None


@pytest.mark.parametrize(
    ("failure", "until"),
    [
        (AmazonThrottled("createRestrictedDataToken", NOW + MINUTE / 2), NOW + MINUTE / 2),
        (AmazonUnavailable("down"), NOW + MINUTE),
    ],
)
def test_a_token_that_cannot_be_had_now_stops_the_batch(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval, failure: DocksealError, until: datetime
) -> None:
    amazon.wants_tokens = True
    order = safe.order()
    amazon.token_fails = lambda _: failure
    outcome = retrieval.run(SELLER)
    assert (outcome.done, outcome.again_at) == (0, until)
    assert safe.now_is(order).state is OrderState.RELEASABLE


@pytest.mark.parametrize("at_the_token", [False, True])
def test_refused_credentials_reach_the_lane_runner_and_hold_nothing(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval, at_the_token: bool
) -> None:
    amazon.wants_tokens = at_the_token
    order = safe.order()
    amazon.token_fails = lambda _: CredentialRefused("the seller's token ended")
    amazon.fails[order.id] = [CredentialRefused("the seller's token ended")]
    with pytest.raises(CredentialRefused):
        retrieval.run(SELLER)
    assert safe.now_is(order) == order


def test_without_the_role_for_gift_messages_a_parcel_goes_without_one_and_a_person_is_told(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    amazon.wants_tokens = True
    amazon.token_fails = lambda paths: (
        RoleMissing("no access") if any(path.path.endswith("/items") for path in paths) else None
    )
    gift, plain = safe.order(has_gift_message=True), safe.order()
    assert retrieval.run(SELLER).done == 2
    assert "without its gift message" in safe.now_is(gift).attention
    assert safe.now_is(plain).attention == ""
    opened = safe.vault.open(gift.ref, safe.grant(gift))
    assert Field.ADDRESS_LINE_1 in opened.fields()
    assert Field.GIFT_MESSAGE not in opened.fields()


ADDRESS = {Field.NAME, Field.ADDRESS_LINE_1, Field.CITY, Field.POSTAL_CODE, Field.COUNTRY}


@pytest.mark.parametrize(
    ("present", "code", "says"),
    [
        (set(), "address_role_missing", "acme-us"),
        ({Field.CITY, Field.COUNTRY}, "address_role_missing", "Direct-to-Consumer Shipping (Restricted)"),
        (
            {Field.COMPANY, Field.CITY, Field.COUNTRY},
            "address_role_missing",
            "authorise the seller again",
        ),
        (ADDRESS - {Field.NAME}, "address_incomplete", "no name "),
        (ADDRESS - {Field.ADDRESS_LINE_1}, "address_incomplete", "no address_line_1 "),
        (ADDRESS - {Field.CITY, Field.COUNTRY}, "address_incomplete", "no city, country "),
    ],
)
def test_an_address_no_parcel_can_go_to_holds_the_order_and_is_not_sealed(
    safe: Safe,
    amazon: ScriptedAmazon,
    retrieval: Retrieval,
    *,
    present: set[Field],
    code: str,
    says: str,
) -> None:
    amazon.gives = lambda _: someone(company="Sample Company").only(present)
    order = safe.order()
    retrieval.run(SELLER)
    held, sentence = hold_of(safe, order)
    assert held == code
    assert says in sentence
    by_itself = code == "address_role_missing"
    assert by_itself or f"dockseal orders examine {order.id}" in sentence
    assert "Testperson" not in sentence
    assert safe.storage.sealed.count() == 0
    assert safe.tags(order) == ["order:data:retrieved", "order:life:held"]


def test_a_company_can_stand_for_a_name(safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval) -> None:
    amazon.gives = lambda _: someone(company="Sample Company").only(ADDRESS - {Field.NAME} | {Field.COMPANY})
    order = safe.order()
    retrieval.run(SELLER)
    assert safe.now_is(order).sealed_until is not None


def test_fields_nobody_asked_for_are_not_sealed(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    amazon.gives = lambda _: someone(buyer_email="invented@example.com")
    order = safe.order()
    retrieval.run(SELLER)
    (row,) = safe.rows(order, tag="order:data:sealed")
    assert "buyer_email" not in dict(row.fields)["field_names"]


def test_an_order_cancelled_while_it_is_read_is_neither_sealed_nor_held(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    order = safe.order()

    def cancelling(fields: frozenset[Field]) -> Recipient:
        safe.to(order, OrderState.CANCELLED)
        return someone().only(fields)

    amazon.gives = cancelling
    assert retrieval.run(SELLER).done == 0
    assert safe.now_is(order).state is OrderState.CANCELLED
    assert safe.storage.sealed.count() == 0


def test_while_no_epoch_can_be_used_the_order_is_parked(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    order, deadline = safe.order(), safe.retention.deadline(NOW)
    while deadline > NOW:
        safe.keys.destroy(safe.retention.epoch_of(deadline))
        deadline -= safe.retention.epoch_length
    outcome = retrieval.run(SELLER)
    assert (outcome.done, outcome.again_at) == (0, NOW + MINUTE)
    assert safe.now_is(order).tries == 1


def test_the_grant_of_a_retrieval_ends_with_it(
    safe: Safe, amazon: ScriptedAmazon, retrieval: Retrieval
) -> None:
    good, bad = safe.order(), safe.order()
    amazon.fails[bad.id] = [refusal(AmazonRefused, 400)]
    issued: list[Grant] = []
    issue = safe.grants.issue

    def noting(actor: Actor, purpose: Purpose, *, seller: SellerId, order: OrderRef) -> Grant:
        issued.append(issue(actor, purpose, seller=seller, order=order))
        return issued[-1]

    safe.grants.issue = noting  # type: ignore[method-assign, assignment]  # listens in on the real one
    retrieval.run(SELLER)
    assert {grant.order for grant in issued} == {good.ref, bad.ref}
    assert not any(safe.grants.issued(grant) for grant in issued)


def test_an_order_that_left_longer_ago_than_is_kept_is_held_and_not_sealed(
    safe: Safe, retrieval: Retrieval
) -> None:
    order = safe.order(status=AmazonStatus.SHIPPED, updated_at=NOW - timedelta(days=40))
    retrieval.run(SELLER)
    hold = safe.now_is(order).hold
    assert hold is not None
    assert hold.code == "left_long_ago"
    assert safe.storage.sealed.count() == 0
