"""Every tag as an OCSF event, checked against what OCSF 1.5.0 itself says of the classes."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dockseal.domain.audit import AuditRow
from dockseal.monitoring_audit.exports.ocsf import event
from dockseal.monitoring_audit.exports.ocsf_classes import ACTIVITY, OCSF_VERSION, OcsfClass
from dockseal.monitoring_audit.tags import Tag
from unit.monitoring_audit.exports.rows import one_of_each, row_of

FACTS = json.loads(Path(__file__).with_name("ocsf_1_5_0.json").read_text())
_KINDS = {"integer_t": int, "long_t": int, "timestamp_t": int, "port_t": int, "object": dict}
_OTHER = 99


def faults(of: Mapping[str, Any], told: Mapping[str, Any], where: str) -> Iterator[str]:
    """What of a part is not as OCSF has it: missing, unknown, of another kind, or outside its enumeration."""
    facts = of["attributes"]
    yield from (
        f"{where} lacks {name}"
        for name, fact in facts.items()
        if fact["requirement"] == "required" and name not in told
    )
    yield from (f"{where} has {name}, which is none of its own" for name in told.keys() - facts.keys())
    if any(not set(names) & told.keys() for names in of.get("constraints", {}).values()):
        yield f"{where} has none of {of['constraints']}"
    for name, value in told.items():
        fact = facts.get(name, {})
        if name == "unmapped":
            continue
        if fact.get("type") in FACTS["objects"]:
            yield from faults(FACTS["objects"][fact["type"]], value, f"{where}.{name}")
        elif not isinstance(value, _KINDS.get(fact.get("type", ""), str)):
            yield f"{where}.{name} is a {type(value).__name__}"
        elif "enum" in fact and f"{value}" not in fact["enum"]:
            yield f"{where}.{name} is {value}, which is none of its values"


def class_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What OCSF says of the class of an event."""
    (found,) = [each for each in FACTS["classes"].values() if each["uid"] == told["class_uid"]]
    return found


@pytest.mark.parametrize("row", one_of_each(), ids=lambda row: row.tag)
def test_each_tag_is_an_event_with_all_that_its_class_requires(row: AuditRow) -> None:
    told = json.loads(json.dumps(event(row)))
    facts = class_of(told)
    assert list(faults(facts, told, told["metadata"]["event_code"])) == []
    assert told["category_uid"] == facts["category_uid"]
    assert told["type_uid"] == told["class_uid"] * 100 + told["activity_id"]
    names = facts["attributes"]["activity_id"]["enum"]
    if told["activity_id"] != _OTHER:
        assert told["activity_name"] == names[f"{told['activity_id']}"]
    assert told["time"] == int(row.at.timestamp() * 1000)


def test_every_tag_is_mapped_and_every_event_names_its_version() -> None:
    assert set(ACTIVITY) == set(Tag)
    assert {event(row)["metadata"]["version"] for row in one_of_each()} == {OCSF_VERSION, FACTS["version"]}  # type: ignore[index]  # a part is a mapping
    assert {activity.of for activity in ACTIVITY.values()} == set(OcsfClass)


def test_an_event_keeps_the_whole_row() -> None:
    row = row_of(Tag.ORDER_DATA_OPENED, 7, actor="person:terminal-sam")
    told = event(row)
    assert told["metadata"] == {
        "version": "1.5.0",
        "product": {"name": "Dockseal", "vendor_name": "Dockseal", "version": "0.1.0"},
        "uid": row.hash,
        "sequence": 7,
        "event_code": "order:data:opened",
        "log_name": "audit trail",
        "original_time": "2026-11-02T08:00:07.250000+00:00",
        "correlation_uid": "k7w2order",
    }
    assert told["actor"] == {"user": {"name": "person:terminal-sam", "type_id": 1, "type": "User"}}
    assert told["unmapped"] == {
        "actor": row.actor,
        "order": row.order,
        "previous": row.previous,
        **dict(row.fields),
    }
    assert (told["class_uid"], told["activity_name"], told["status_id"]) == (6005, "Decrypt", 1)


@pytest.mark.parametrize(
    ("tag", "severity", "status"),
    [
        (Tag.ORDER_DATA_OPENED, 1, 1),
        (Tag.ORDER_DATA_OPEN_REFUSED, 3, 2),
        (Tag.CONSOLE_SIGN_IN_REFUSED, 3, 2),
        (Tag.ORDER_PACKAGE_REFUSED, 2, 2),
        (Tag.ACCESS_LOCKOUT_BEGUN, 4, 1),
    ],
)
def test_what_was_refused_is_a_failure_and_what_wants_a_look_is_no_mere_information(
    tag: Tag, severity: int, status: int
) -> None:
    told = event(row_of(tag))
    assert (told["severity_id"], told["status_id"]) == (severity, status)


def test_every_refusal_is_a_failure() -> None:
    refusals = [row for row in one_of_each() if "refused" in row.tag]
    assert len(refusals) > 5
    assert {event(row)["status_id"] for row in refusals} == {2}


def test_a_lockout_is_about_who_is_locked_out_and_not_about_who_locks() -> None:
    told = event(row_of(Tag.ACCESS_LOCKOUT_BEGUN, source="person:terminal-kim"))
    assert told["user"] == {"name": "person:terminal-kim", "type_id": 1, "type": "User"}
    assert told["class_uid"] == OcsfClass.ACCOUNT_CHANGE


def test_a_row_that_somebody_else_wrote_is_an_event_that_wants_a_look() -> None:
    row = row_of(Tag.KEY_MASTER_CREATED)
    foreign = AuditRow(**{name: getattr(row, name) for name in row.__slots__} | {"tag": "made:by:hand"})
    told = event(foreign)
    assert list(faults(class_of(told), told, "foreign")) == []
    assert (told["activity_id"], told["severity_id"]) == (0, 4)


# The check itself, broken once on purpose.


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"actor": None}, "lacks actor"),
        ({"activity_id": 77}, "activity_id is 77"),
        ({"time": "today"}, "time is a str"),
        ({"colour": "red"}, "has colour"),
        ({"database": {"name": "vault"}}, "database lacks type_id"),
        ({"database": None}, "has none of"),
    ],
)
def test_an_event_that_is_not_as_ocsf_has_it_is_found(change: dict[str, object], says: str) -> None:
    told = event(row_of(Tag.ORDER_DATA_OPENED)) | change
    told = {name: value for name, value in told.items() if value is not None}
    assert any(says in fault for fault in faults(class_of(told), told, "event"))
