"""When a report is asked for, how it is followed, and what is kept of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dockseal.amazon.reports import ReportState, Standing
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId
from dockseal.domain.notice import Notice, NoticeSource, Watermark
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, OrderLine
from dockseal.domain.order_report import AskedReport, OrdersOfReport, ReportTerms
from dockseal.domain.seller import Region, Seller
from dockseal.domain.sync_run import SyncOutcome, SyncRun, SyncSource
from dockseal.errors import AccessDenied, AmazonThrottled, AmazonUnavailable, DocksealError, RoleMissing
from dockseal.monitoring_audit.trail import Trail
from dockseal.order_synchronization.flooding import LONGEST, REST, Flooding
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger
from dockseal.order_synchronization.planning import Plan
from dockseal.storage.store import DatabasePlaces, Storage

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
ACME = SellerId("acme-us")
US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
TERMS = ReportTerms(flood=3, takes=timedelta(minutes=45), lag=timedelta(minutes=30))
DENIED = AccessDenied("createReport", status=403, code="Unauthorized", message="no such role")
DONE = Standing(state=ReportState.DONE, document_id="document-1")


def an_id(number: int) -> AmazonOrderId:
    return AmazonOrderId(f"113-0000000-{number:07}")


def swept(world: "World", *, pages: int, page_token: str, news: int = 0) -> None:
    """The sweep's open window has shown so many pages."""
    since = NOW - timedelta(days=7)
    mark = Watermark(
        seller=ACME, complete_to=since, window_since=since, window_started_at=NOW, page_token=page_token
    )
    run = SyncRun(
        seller=ACME,
        source=SyncSource.SWEEP,
        started_at=NOW,
        ended_at=NOW,
        outcome=SyncOutcome.UNFINISHED,
        window_since=since,
        pages=pages,
        news=news,
    )
    world.storage.watermarks.set(mark)
    world.storage.sync_runs.put(run)


def order(number: int) -> AmazonOrder:
    return AmazonOrder(
        amazon_order_id=an_id(number),
        marketplace_id=US,
        status=AmazonStatus.UNSHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        updated_at=NOW - timedelta(days=1),
        lines=(OrderLine(order_item_id="1", sku="MUG-1", ordered=1),),
    )


@dataclass
class World:
    """A seller with waiting orders, an Amazon that makes reports, and who reads them."""

    storage: Storage
    terms: ReportTerms | None = TERMS
    clock: ManualClock = field(default_factory=lambda: ManualClock(start=NOW))
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    says: Standing | DocksealError = field(default_factory=lambda: Standing(state=ReportState.BEING_MADE))
    refuses: DocksealError | None = None
    unreadable: DocksealError | None = None
    shows: tuple[AmazonOrder, ...] = ()
    passed_over: frozenset[str] = frozenset()
    sooner: bool = True
    spared: frozenset[WarehouseId] = frozenset()

    def ask(self, seller: SellerId, marketplace_id: str, since: datetime) -> str:
        if self.refuses:
            raise self.refuses
        self.asked.append((marketplace_id, since))
        return f"report-{len(self.asked)}"

    def standing(self, seller: SellerId, report_id: str) -> Standing:
        if isinstance(self.says, DocksealError):
            raise self.says
        return self.says

    def read(
        self, report: AskedReport, document_id: str, *, as_of: datetime, passed_over: frozenset[str]
    ) -> OrdersOfReport:
        if self.unreadable:
            raise self.unreadable
        self.passed_over = passed_over
        return OrdersOfReport(orders=self.shows, left=2)

    def outlook(self, seller: SellerId, due: Sequence[Notice], terms: ReportTerms) -> Plan:
        return Plan(all_in=NOW, report_is_sooner=self.sooner)

    @property
    def keeping(self) -> Keeping:
        return Keeping(storage=self.storage, trail=Trail(self.storage, self.clock), clock=self.clock)

    def run(self) -> int:
        flooding = Flooding(
            storage=self.storage,
            outlook=self.outlook,
            reports=self,
            read=self.read,
            keeping=self.keeping,
            ledger=Ledger(storage=self.storage, clock=self.clock),
            clock=self.clock,
            first=timedelta(days=7),
            terms=self.terms,
            without_recipient=lambda: self.spared,
        )
        return flooding.run(ACME).done

    def notice(
        self, number: int, *, ago: float = 60, source: NoticeSource = NoticeSource.NOTIFICATION
    ) -> None:
        """Amazon told of an order so many minutes ago."""
        told_at = self.clock.now() - timedelta(minutes=ago)
        self.storage.notices.add(
            Notice(
                id=f"{source}/{number}/{ago}",
                seller=ACME,
                amazon_order_id=an_id(number),
                source=source,
                noticed_at=told_at,
            )
        )

    def rows(self) -> list[SyncRun]:
        return self.storage.sync_runs.latest(ACME, 50)[::-1]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    places = DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests")
    storage.sellers.add(
        Seller(
            id=ACME,
            region=Region.NA,
            marketplaces=(US,),
            selling_partner_id="A00EXAMPLE",
            warehouse=WarehouseId("reno"),
        )
    )
    made = World(storage=storage)
    for number in range(3):
        made.notice(number)
    yield made
    storage.close()


@pytest.mark.parametrize(("pages", "page_token", "asked"), [(20, "more", 1), (19, "more", 0), (20, "", 0)])
def test_a_window_that_many_pages_did_not_end_is_a_flood_with_few_notices(
    world: World, pages: int, page_token: str, asked: int
) -> None:
    world.terms = ReportTerms()
    swept(world, pages=pages, page_token=page_token)
    world.run()
    assert len(world.asked) == asked


@pytest.mark.parametrize("accepted_ago", [-1, 1], ids=["new ones", "known ones"])
def test_a_long_window_is_a_flood_if_most_of_what_it_shows_is_new(world: World, accepted_ago: float) -> None:
    world.terms = ReportTerms()
    for number in range(100, 110):
        world.keeping.keep(ACME, order(number), read_at=NOW)
        kept = world.storage.orders.find(ACME, an_id(number))
        assert kept is not None
        at = NOW - timedelta(minutes=accepted_ago)
        world.storage.orders.change(kept, accepted_at=at)
    swept(world, pages=20, page_token="more", news=10)
    world.run()
    assert len(world.asked) == (1 if accepted_ago < 0 else 0)


def test_orders_that_a_long_window_had_noticed_and_are_yet_to_be_read_count_as_new(world: World) -> None:
    world.terms = ReportTerms()
    swept(world, pages=20, page_token="more", news=6)
    world.run()
    assert len(world.asked) == 1, "three notices wait"


def test_a_flood_has_a_report_asked_for_from_the_watermark_on_and_once(world: World) -> None:
    world.storage.watermarks.set(Watermark(seller=ACME, complete_to=NOW - timedelta(hours=3)))
    world.run()
    world.run()
    assert world.asked == [(US, NOW - timedelta(hours=3))]
    (row,) = world.rows()
    assert row.outcome is SyncOutcome.UNFINISHED


def test_a_seller_that_was_never_swept_is_asked_for_as_far_back_as_its_first_sweep(world: World) -> None:
    world.run()
    assert world.asked == [(US, NOW - timedelta(days=7))]


def test_each_marketplace_has_a_report_of_its_own(world: World) -> None:
    world.storage.sellers.change(world.storage.sellers.get(ACME), marketplaces=(US, CA))
    world.run()
    assert [marketplace for marketplace, _ in world.asked] == [US, CA]


@pytest.mark.parametrize(
    "why", ["few wait", "they are kept", "reading is sooner", "off", "no address is needed"]
)
def test_no_report_is_asked_for_where_it_is_of_no_use(world: World, why: str) -> None:
    if why == "few wait":
        world.terms = ReportTerms(flood=4)
    if why == "they are kept":
        world.keeping.keep(ACME, order(1), read_at=NOW)
    world.sooner = why != "reading is sooner"
    if why == "off":
        world.terms = None
    world.spared = frozenset({WarehouseId("reno")}) if why == "no address is needed" else frozenset()
    world.run()
    assert world.asked == []
    assert world.rows() == []


def test_a_report_that_is_done_is_kept_and_answers_what_was_noticed_until_then(world: World) -> None:
    world.notice(1, ago=5)
    world.run()
    world.notice(2, ago=-1)
    world.says, world.shows = DONE, (order(0), order(1), order(2))
    assert world.run() == 3
    open_ones = world.storage.notices.open_among(ACME, [an_id(number) for number in range(3)])
    assert open_ones == {an_id(1), an_id(2)}, "the later notices of them are followed up by a reading"
    kept = world.storage.orders.among(ACME, [an_id(0)])[an_id(0)]
    assert kept.read_at == NOW - TERMS.lag
    _, row = world.rows()
    assert (row.outcome, row.news, row.orders) == (SyncOutcome.COMPLETE, 3, 5)


def test_an_order_whose_buyer_asks_for_something_is_passed_over(world: World) -> None:
    world.notice(1, ago=2, source=NoticeSource.BUYER)
    world.run()
    world.says = DONE
    world.run()
    assert world.passed_over == {an_id(1)}


def test_after_a_report_the_next_one_waits_until_it_can_show_more(world: World) -> None:
    world.run()
    world.says = DONE
    world.run()
    world.run()
    assert len(world.asked) == 1
    world.clock.advance(TERMS.lag)
    world.run()
    assert len(world.asked) == 2


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (Standing(state=ReportState.CANCELLED), "Amazon cancelled it"),
        (Standing(state=ReportState.FATAL), "Amazon failed to make it"),
        (DENIED, "Amazon refused createReport"),
    ],
    ids=["cancelled", "fatal", "refused"],
)
def test_a_report_that_comes_to_nothing_is_told_of_and_a_day_goes_by(
    world: World, says: Standing | DocksealError, words: str
) -> None:
    world.run()
    world.says = says
    world.run()
    _, row = world.rows()
    assert row.outcome is SyncOutcome.FAILED
    assert words in row.sentence
    world.clock.advance(REST - timedelta(minutes=1))
    world.run()
    assert len(world.asked) == 1
    world.clock.advance(timedelta(minutes=1))
    world.run()
    assert len(world.asked) == 2


@pytest.mark.parametrize("at", ["asking", "reading"])
def test_for_want_of_a_role_no_other_is_asked_for_that_day(world: World, at: str) -> None:
    if at == "asking":
        world.refuses = DENIED
    world.run()
    world.says, world.unreadable = DONE, RoleMissing("the role is missing")
    world.run()
    assert world.rows()[-1].outcome is SyncOutcome.FAILED
    world.refuses = None
    before = len(world.asked)
    world.run()
    assert len(world.asked) == before


def test_a_report_that_is_never_made_is_given_up(world: World) -> None:
    world.run()
    world.clock.advance(LONGEST)
    world.run()
    assert "within six hours" in world.rows()[-1].sentence


def test_while_it_is_made_nothing_is_written(world: World) -> None:
    world.run()
    world.run()
    assert len(world.rows()) == 1


def test_an_outage_loses_no_report(world: World) -> None:
    world.run()
    world.says = AmazonUnavailable("Amazon is down")
    with pytest.raises(AmazonUnavailable):
        world.run()
    world.says, world.shows = DONE, (order(0),)
    assert world.run() == 1
    assert len(world.asked) == 1


def test_a_spent_quota_is_waited_for(world: World) -> None:
    world.refuses = AmazonThrottled("createReport", NOW + timedelta(minutes=1))
    world.run()
    assert world.storage.order_reports.of_seller(ACME) == []
    world.refuses = None
    world.run()
    assert len(world.asked) == 1
