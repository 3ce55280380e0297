"""Makes the page of tracking numbers from their rules. `generate.py` writes it."""

import inspect
from collections.abc import Iterable

from dockseal.shipment_confirmation.tracking_numbers import normalising, reuse
from dockseal.shipment_confirmation.tracking_numbers.judging import MEANINGS, STOPS, WARNS
from dockseal.shipment_confirmation.tracking_numbers.normalising import SENTENCES
from dockseal.shipment_confirmation.tracking_numbers.rule import Check, Rule
from dockseal.shipment_confirmation.tracking_numbers.rulebook import COMPLETE, FAMILIES, RULES
from dockseal.shipment_confirmation.tracking_numbers.upu import ISSUERS, S10


def page() -> str:
    """Returns the rules of tracking numbers, and what is made of a number."""
    lines = ["# Tracking numbers", "", "Written from the code by `python docs/generate.py`.", ""]
    lines += [*_normalising(), *_judging(), *_rules(), *_posts(), *_check_digits(), *_families(), *_reuse()]
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def _normalising() -> list[str]:
    return [
        "Amazon takes any number silently, so a wrong one is only found out by the buyer, and counts against",
        "the seller's valid tracking rate. What is a number and whose it can be is told by these rules.",
        "",
        "## What is kept of what a warehouse sends",
        "",
        *_prose(normalising),
        "",
        *_table(
            ("refused as", "sentence"),
            ((f"`{refusal.value}`", sentence) for refusal, sentence in SENTENCES.items()),
        ),
        "",
    ]


def _judging() -> list[str]:
    does = {**dict.fromkeys(STOPS, "stops"), **dict.fromkeys(WARNS, "warns")}
    rows = [(f"`{each.value}`", meaning, does.get(each, "goes on")) for each, meaning in MEANINGS.items()]
    return [
        "## What a number is judged to be",
        "",
        *_table(("verdict", "means", "parcel"), rows),
        "",
        "A carrier is only contradicted by a rule that is *exclusive* and has a check digit: its shape is no",
        "other carrier's, and the number fits by more than chance. Without a carrier, a number is detected",
        "where its best rule is one carrier's alone and, if that is not exclusive, no other rule is left.",
        "",
        "All shapes are known of: " + ", ".join(f"`{carrier}`" for carrier in sorted(COMPLETE)) + ".",
        "",
    ]


def _rules() -> list[str]:
    return [
        "## Rules",
        "",
        "Carriers are named by Amazon's code, and by name where Amazon has none for them.",
        "",
        *_table(
            ("rule", "of", "shape", "check digit", "exclusive", "source"),
            (_rule(rule) for rule in RULES if rule not in S10),
        ),
        "",
    ]


def _rule(rule: Rule) -> tuple[str, ...]:
    exclusive = "yes" if rule.exclusive else ""
    carriers = ", ".join(rule.carriers) + (f"; also {', '.join(rule.shared)}" if rule.shared else "")
    check = f"`{_name(rule.check)}`" if rule.check else ""
    return f"`{rule.name}`", carriers, rule.shape, check, exclusive, rule.source


def _posts() -> list[str]:
    return [
        "## Postal items",
        "",
        "Two letters, nine digits and the country that issued the number (UPU S10); check digit `s10`,",
        "exclusive. An item keeps its number on the whole way, so every post and whoever hands mail over to",
        "posts may be named with it.",
        "",
        *_table(("ends with", "of"), ((f"`{code}`", ", ".join(posts)) for code, posts in ISSUERS.items())),
        "",
    ]


def _check_digits() -> list[str]:
    checks = dict.fromkeys(rule.check for rule in RULES if rule.check)
    rows = [(f"`{_name(check)}`", _one_line(check.__doc__)) for check in checks]
    return [
        "## Check digits",
        "",
        *_table(("check digit", "how"), rows),
        "",
    ]


def _families() -> list[str]:
    return [
        "## Carriers that count as one",
        "",
        *_table(("carriers", "why"), ((", ".join(each.carriers), each.reason) for each in FAMILIES)),
        "",
    ]


def _reuse() -> list[str]:
    days, at_posts = reuse.RESTS.days, reuse.RESTS_AT_POSTS.days
    hours = reuse.COMBINED.total_seconds() / 3600
    return [
        "## A number that was used before",
        "",
        "For the same order it is a correction, or one parcel in two parts; by another carrier, one",
        "of the two is wrong, and the later one is held. For another order it is suspicious, unless",
        f"{days} days lie between, {at_posts} for postal items: then the carrier may have given it out",
        f"again. Within {hours:.0f} hours one warehouse may have packed two orders of one seller into one",
        "parcel: that is a softer warning.",
    ]


def _name(check: Check) -> str:
    return str(getattr(check, "__name__", "")).replace("_", " ")


def _prose(module: object) -> list[str]:
    return (inspect.getdoc(module) or "").split("\n\n", 1)[1].splitlines()


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
