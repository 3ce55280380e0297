"""An incident: countdown, measures, evidence, notice, and the end of it."""

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from day import SELLER, START, WAREHOUSE, MakeDay
from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.clock import ManualClock
from dockseal.domain.order import OrderState
from dockseal.errors import BadInput, OpensStopped, SignatureRefused
from dockseal.pii_security.incidents.bundle import Bundling
from dockseal.pii_security.notes import verified, verifier_keys
from dockseal.storage.router import OPERATIONS
from faults.canaried import MARK
from harvesting import ME, Wms, case_of, checks, harvest, orders, plant
from scanner import Scanner
from spapi_simulator import Line
from unit.console.person import Person


def test_the_countdown_runs_from_the_first_alarm_and_says_more_the_longer_it_runs(
    make_day: MakeDay,
) -> None:
    day = make_day(choices={"impoc_name": "Sam Sample", "impoc_mail": "impoc@example.com"})
    case = day.app.incidents.open("Somebody saw a list of addresses.", ME, detected_at=START)
    name = f"incident {case.id}"
    assert checks(day)[name].startswith("24 h 0 min are left to tell Amazon: mail the notice")
    for hours, words in ((4, "Four hours"), (12, "Twelve hours"), (20, "Twenty hours")):
        day.clock.set(START + timedelta(hours=hours))
        assert f"{24 - hours} h 0 min are left" in checks(day)[name]
        assert words in checks(day)[name]
    day.clock.set(START + timedelta(hours=25))
    assert checks(day)[name].startswith("Amazon should have been told 1 hours ago")
    day.app.incidents.told(case.id, ME)
    assert checks(day)[name].startswith("Amazon was told on 2026-11-03 09:00 UTC")
    (row,) = day.app.storage.audit.search(tag="incident:notice:sent")
    assert dict(row.fields)["in_time"] == "false"


def test_a_case_is_closed_only_once_amazon_was_told_and_with_what_was_learnt(make_day: MakeDay) -> None:
    day = make_day()
    work, case = day.app.incidents, day.app.incidents.open("A laptop is missing.", ME)
    learnt = {
        "root_cause": "It was not locked away.",
        "remediation": "It was wiped from afar.",
        "corrective_control": "Laptops are locked away.",
    }
    with pytest.raises(BadInput, match="Amazon was not told"):
        work.close(case.id, ME, **learnt)
    work.told(case.id, ME)
    with pytest.raises(BadInput, match="say it in a sentence"):
        work.close(case.id, ME, **{**learnt, "root_cause": " "})
    work.close(case.id, ME, **learnt)
    assert f"incident {case.id}" not in checks(day)
    with pytest.raises(BadInput, match="is closed"):
        work.note(case.id, "One more thing.", ME)
    kinds = [entry.kind for entry in work.custody.verify(case)]
    assert kinds == ["opened", "note", "notice", "closed"]


def test_evidence_that_was_altered_or_a_chain_that_was_cut_is_found(make_day: MakeDay) -> None:
    day = make_day()
    work, case = day.app.incidents, day.app.incidents.open("A key was seen in a chat.", ME)
    log = day.folder / "proxy.log"
    log.write_text("GET /api/v1/orders\n")
    found = work.freeze(case.id, ME, [log])
    assert work.verify(case.id, ME) == 1
    manifest, _ = verified((found.folder / "MANIFEST").read_text(), day.app.signing.public_keys())
    assert f"{log.stat().st_size} {log}" in manifest
    for name in found.files:
        place, kept = found.folder / name, (found.folder / name).read_bytes()
        place.write_bytes(kept + b" ")
        with pytest.raises(SignatureRefused, match=f"{name} is not what was collected"):
            work.verify(case.id, ME)
        place.unlink()
        with pytest.raises(SignatureRefused, match="is missing"):
            work.verify(case.id, ME)
        place.write_bytes(kept)
    assert work.verify(case.id, ME) == 1
    _run("DELETE FROM operations_incident_entry WHERE kind = 'verified'")
    with pytest.raises(SignatureRefused, match="some were taken away"):
        work.custody.verify(case)


def test_an_entry_that_was_rewritten_is_found(make_day: MakeDay) -> None:
    day = make_day()
    work, case = day.app.incidents, day.app.incidents.open("A key was seen in a chat.", ME)
    work.note(case.id, "The key was of warehouse reno.", ME)
    _run("UPDATE operations_incident_entry SET text = 'It was nothing.' WHERE number = 3")
    with pytest.raises(SignatureRefused, match="entry 3 of incident"):
        work.custody.verify(case)


def test_what_is_revoked_is_refused_from_then_on(make_day: MakeDay) -> None:
    day = make_day(adapter="rest")
    (order,) = orders(day, 1)
    work, case = day.app.incidents, day.app.incidents.open("A key was seen in a chat.", ME)
    someone, warehouse = Person(day.app, ManualClock(start=START)), Wms(day)
    someone.sign_in()
    link = someone.link()
    assert warehouse.get("/orders").status_code == 200
    work.take(case.id, "end_sessions", "", ME)
    assert someone.get("/").headers["location"] == "/sign-in"
    assert someone.send(link, page=link).status_code == 403
    work.take(case.id, "drop_api_keys", WAREHOUSE, ME)
    assert warehouse.get("/orders").status_code == 401
    work.take(case.id, "rest_seller", SELLER, ME)
    assert SELLER not in day.app.storage.sellers.awake()
    before, master = day.app.signing.public_keys()[-1], day.app.keys.master()
    work.take(case.id, "rotate_signing_key", "", ME)
    work.take(case.id, "rotate_master_key", "", ME)
    assert day.app.signing.public_keys()[-1] != before
    assert day.app.keys.master() != master
    grant = day.app.grants.issue(
        Actor(kind=ActorKind.SERVICE, name="release"), Purpose.HAND_OVER, seller=SELLER, order=order.ref
    )
    assert day.app.vault.open(order.ref, grant)
    work.take(case.id, "stop_opens", "", ME)
    with pytest.raises(OpensStopped):
        day.app.vault.open(order.ref, grant)
    kinds = [entry.kind for entry in work.custody.verify(case)]
    assert kinds.count("measure") == 6
    with pytest.raises(BadInput, match="cannot be done to person:nobody-here: choose one of service:release"):
        work.take(case.id, "lock_actor", "person:nobody-here", ME)


def test_while_all_opening_is_stopped_orders_wait_and_go_on_afterwards(make_day: MakeDay) -> None:
    day = make_day()
    case = day.app.incidents.open("Something is wrong.", ME)
    day.app.incidents.take(case.id, "stop_opens", "", ME)
    ids = [day.amazon.place_order(day.account, lines=[Line(sku="SKU-1")]) for _ in range(3)]
    day.run(minutes=10)
    assert {day.order(each).state for each in ids} == {OrderState.RELEASABLE}
    assert "opens stopped" in checks(day)
    assert not any(lane.failing for lane in day.app.lanes.all())
    with day.app.storage.transaction():
        day.app.storage.locks.lift("everybody")
    day.run(minutes=5)
    assert {day.order(each).state for each in ids} == {OrderState.RELEASED}


def test_notice_and_bundle_tell_all_and_hold_nothing_of_a_buyer(make_day: MakeDay) -> None:
    day = make_day(adapter="by_hand", choices={"impoc_name": "Sam Sample", "impoc_mail": "impoc@example.com"})
    real, picker = orders(day, 3), Actor(kind=ActorKind.PERSON, name="picker")
    birds = plant(day, 1)
    assert len(harvest(day, [*real, *birds], picker)) == 4
    work, case = day.app.incidents, case_of(day)
    work.freeze(case.id, ME)
    notice = work.notice(case)
    assert f"seller {SELLER}: 3 orders opened" in notice.text
    assert "Sam Sample, impoc@example.com" in notice.text
    assert notice.mailto.startswith("mailto:security@amazon.com?subject=Security%20incident")
    bundle = day.folder / "bundle"
    Bundling(casework=work).write(case.id, bundle, ME)
    (bundle / "mail.txt").write_text(notice.text)
    assert Scanner(MARK).in_folder(bundle) == {}
    kept = b"".join(place.read_bytes() for place in bundle.rglob("*") if place.is_file())
    assert not any(order.id.encode() in kept for order in [*real, *birds])
    told = json.loads((bundle / "case.json").read_text())
    assert told["orders_opened_by_seller"] == {SELLER: 3}
    _check_offline(bundle)
    (bundle / "case.json").write_text("{}")
    with pytest.raises(AssertionError):
        _check_offline(bundle)


def test_who_amazon_reaches_is_confirmed_twice_a_year(make_day: MakeDay) -> None:
    day = make_day(choices={"impoc_name": "Sam Sample", "impoc_mail": "impoc@example.com"})
    assert {"incident contact", "incident runbook"} <= set(checks(day))
    day.app.incidents.confirm_contact(ME)
    day.app.incidents.reviewed_runbook(ME)
    assert not {"incident contact", "incident runbook"} & set(checks(day))
    day.clock.advance(timedelta(days=180))
    assert "was last looked at on 2026-11-02" in checks(day)["incident contact"]


def _check_offline(bundle: Path) -> None:
    keys = verifier_keys((bundle / "public-keys.txt").read_text())
    text, _ = verified((bundle / "BUNDLE").read_text(), keys)
    for line in text.partition("\n\n")[2].splitlines():
        digest, _, name = line.split(" ", 2)
        assert _sha256(bundle / name) == digest, name
    assert re.search(r"^kind: collected$", (bundle / "chain.txt").read_text(), re.MULTILINE)


def _sha256(place: Path) -> str:
    return hashlib.sha256(place.read_bytes()).hexdigest()


def _run(statement: str) -> None:
    with connections[OPERATIONS].cursor() as cursor:
        cursor.execute(statement)
