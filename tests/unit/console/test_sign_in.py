from datetime import timedelta

from dockseal.console.sign_in import new_link
from dockseal.domain.clock import ManualClock
from unit.console.person import BASE, Person
from unit.console.world import World


def signed_in(person: Person) -> bool:
    return person.get("/").status_code == 200


def test_a_link_signs_one_person_in_and_is_used_up_by_that(stranger: Person) -> None:
    link = stranger.link()
    answer = stranger.send(link, page=link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert signed_in(stranger)

    second = Person(stranger.world, stranger.people)
    refused = second.send(link, page=link)
    assert refused.status_code == 403
    assert "used already" in refused.text
    assert not signed_in(second)


def test_fetching_a_link_does_not_use_it_up(stranger: Person) -> None:
    link = stranger.link()
    for _ in range(3):
        assert Person(stranger.world, stranger.people).get(link).status_code == 200
    assert Person(stranger.world, stranger.people).client.head(link).status_code == 200
    stranger.send(link, page=link)
    assert signed_in(stranger)


def test_a_link_ends_after_fifteen_minutes(stranger: Person, people: ManualClock) -> None:
    link = stranger.link()
    people.advance(timedelta(minutes=15))
    assert stranger.send(link, page=link).status_code == 403
    assert not signed_in(stranger)


def test_an_invented_link_signs_nobody_in_and_is_recorded_without_its_token(
    stranger: Person, world: World
) -> None:
    stranger.send("/sign-in/an-invented-token", page="/sign-in/an-invented-token")
    assert not signed_in(stranger)
    row = world.storage.audit.rows()[-1]
    assert (row.tag, row.actor) == ("console:sign_in:refused", "person:console")
    assert "invented" not in str(row.fields)


def test_a_flood_of_refused_links_does_not_flood_the_audit_trail(stranger: Person, world: World) -> None:
    for n in range(25):
        answer = stranger.send(f"/sign-in/{n}", page="/sign-in/x")
        assert answer.status_code == (403 if n < 10 else 429)
    assert len(world.storage.audit.search(tag="console:sign_in:refused")) == 10


def test_ten_wrong_links_in_a_row_lock_their_address_for_a_while(
    stranger: Person, world: World, people: ManualClock
) -> None:
    for _ in range(9):
        stranger.send("/sign-in/x", page="/sign-in/x")
    stranger.sign_in()  # a good one begins the count anew
    for _ in range(10):
        assert stranger.send("/sign-in/x", page="/sign-in/x").status_code == 403
    people.advance(timedelta(minutes=29))
    link = stranger.link()
    locked = stranger.send(link, page=link)
    assert locked.status_code == 429
    assert "dockseal lockouts clear sign-in/127.0.0.1" in locked.text
    assert Person(world, people, remote="192.0.2.7").sign_in().status_code == 303
    people.advance(timedelta(minutes=1))
    assert stranger.send(link, page=link).status_code == 303


def test_signing_in_is_recorded(person: Person, world: World) -> None:
    row = world.storage.audit.rows()[-1]
    assert (row.tag, row.actor) == ("console:session:opened", "person:console")


def test_only_the_hash_of_a_link_is_stored(world: World, people: ManualClock) -> None:
    token = new_link(world, BASE, people=people).rpartition("/")[2]
    assert not world.storage.sign_ins.use(token, people.now())
    for path in (
        world.storage.places.operations,
        world.storage.places.operations.with_suffix(".sqlite3-wal"),
    ):
        assert not path.exists() or token.encode() not in path.read_bytes()


def test_a_session_ends_after_fifteen_idle_minutes(person: Person, people: ManualClock) -> None:
    people.advance(timedelta(minutes=14, seconds=59))
    assert signed_in(person)
    people.advance(timedelta(minutes=14, seconds=59))
    assert signed_in(person)
    people.advance(timedelta(minutes=15))
    answer = person.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_page_that_refreshes_itself_is_not_activity(person: Person, people: ManualClock) -> None:
    for _ in range(15):
        people.advance(timedelta(minutes=1))
        last = person.get("/live", HX_Request="true")
    assert (last.status_code, last.headers["hx-redirect"]) == (401, "/sign-in")
    assert not signed_in(person)


def test_a_busy_session_ends_after_twelve_hours(person: Person, people: ManualClock) -> None:
    for _ in range(71):
        people.advance(timedelta(minutes=10))
        assert signed_in(person)
    people.advance(timedelta(minutes=10))
    assert not signed_in(person)


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(person: Person) -> None:
    cookies = dict(person.client.cookies)
    person.send("/sign-out", page="/")
    person.client.cookies.update(cookies)
    assert not signed_in(person)


def test_a_session_gets_a_new_key_when_it_is_opened(stranger: Person) -> None:
    stranger.sign_in()
    first = stranger.client.cookies["dockseal_session"]
    stranger.sign_in()
    assert stranger.client.cookies["dockseal_session"] != first


def test_cookies_are_kept_from_scripts_and_other_sites(stranger: Person) -> None:
    cookies = stranger.sign_in().headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
