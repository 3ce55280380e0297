import os
from pathlib import Path

import pytest

from dockseal.errors import SettingsFault
from dockseal.fulfillment_processing.routing_file import KEYS, RoutingFile, name_faults, read
from dockseal.fulfillment_processing.routing_rules import Destination, Rule, Table
from house.tree import ROOT

EVERYTHING = """
stock_file = "stock.csv"

[[rules]]   # everything that can be asked
warehouse = "reno"
seller = "acme-us"
marketplace = ["US", "A1F83G8C2ARO7P"]
sku = ["MUG-*", "TEA-1"]
program = "PRIME"
country = "US"
region = ["NV", "Nevada"]
postal_code = ["89"]
at_least = 2
at_most = 10
in_stock = true

[[rules]]
warehouse = "sparks"
sku = "BIG-*"
"""


def write(
    folder: Path, rules: str, stock: str = "sku,warehouse,quantity\nMUG-1,reno,40\nMUG-1,sparks,\n"
) -> Path:
    (folder / "stock.csv").write_text(stock)
    path = folder / "routing.toml"
    path.write_text(rules)
    return path


def faults(folder: Path, rules: str, stock: str = "sku,warehouse,quantity\n") -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as caught:
        read(write(folder, rules, stock))
    return caught.value.faults


def test_every_condition_is_read(tmp_path: Path) -> None:
    table = read(write(tmp_path, EVERYTHING))
    first, second = table.rules
    assert first == Rule(
        number=1,
        warehouse="reno",
        seller=("acme-us",),
        marketplace=("ATVPDKIKX0DER", "A1F83G8C2ARO7P"),
        sku=("MUG-*", "TEA-1"),
        program=("PRIME",),
        at_least=2,
        at_most=10,
        in_stock=True,
        destination=Destination(country=("US",), region=("NV", "Nevada"), postal_code=("89",)),
    )
    assert second == Rule(number=2, warehouse="sparks", sku=("BIG-*",))
    assert dict(table.stock) == {("MUG-1", "reno"): 40, ("MUG-1", "sparks"): None}
    assert table.has("sparks", "MUG-1", 1000)
    assert not table.has("reno", "MUG-1", 41)
    assert not table.has("reno", "TEA-1", 1)


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (
            '[[rules]]\nwarehouse = "reno"\nskus = "A"\n',
            "routing rule 1 (line 3 of routing.toml): there is no key 'skus': did you mean 'sku'?",
        ),
        (
            '[[rules]]\nwarehouse = "reno"\nsku = "A"\n\n[[rules]]\nsku = "B"\n',
            "routing rule 2 (line 5 of routing.toml): it leads nowhere: name one warehouse",
        ),
        (
            '[[rules]]\nwarehouse = "reno"\n[[rules]]\nwarehouse = "sparks"\nsku = "A"\n',
            "routing rule 2 (line 4 of routing.toml): it can never match, because rule 1 above takes "
            "everything that it would: put it first, or remove it",
        ),
        (
            '[[rules]]\nwarehouse = "reno"\nsku = []\n',
            "routing rule 1 (line 3 of routing.toml): sku is an empty list, so it never matches: fill it, or "
            "leave it out",
        ),
        (
            '[[rules]]\nwarehouse = "reno"\nat_least = 3\nat_most = 2\n',
            "routing rule 1 (line 4 of routing.toml): at_most is less than at_least, so it never matches: "
            "raise it",
        ),
        (
            '[[rules]]\nwarehouse = "reno"\ncountry = "UK"\n',
            "routing rule 1 (line 3 of routing.toml): 'UK' is no ISO 3166 code: write two capitals, such as "
            "GB",
        ),
        (
            '[[rules]]\nwarehouse = "reno"\nmarketplace = "USA"\n',
            "routing rule 1 (line 3 of routing.toml): Amazon has no marketplace 'USA': did you mean 'US'?",
        ),
        (
            '[[rules]]\nwarehouse = "reno"\nin_stock = true\n',
            "routing rule 1 (line 3 of routing.toml): in_stock needs stock hints: set stock_file above the "
            "rules",
        ),
        (
            '[[rules]]\nwarehouse = "reno"\nat_least = true\n',
            "routing rule 1 (line 3 of routing.toml): at_least is a whole number of at least 1",
        ),
        (
            '[[rules]]\nwarehouse = "reno"\nsku = 7\n',
            "routing rule 1 (line 3 of routing.toml): sku is a text, or a list of texts, none of them empty",
        ),
        ('[[rule]]\nwarehouse = "reno"\n', "routing.toml has no key 'rule': did you mean 'rules'?"),
        ("rules = 3\n", "routing.toml: write each rule under a line [[rules]]"),
        (
            'rules = [{warehouse = "reno", in_stock = "yes"}]\n',
            "routing rule 1 of routing.toml: in_stock is true or false",
        ),
    ],
)
def test_a_fault_names_its_line_and_what_to_do(tmp_path: Path, rules: str, sentence: str) -> None:
    assert faults(tmp_path, rules) == (sentence,)


def test_what_is_no_toml_names_the_line(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "[[rules]]\nwarehouse = reno\n")
    assert fault.startswith("routing.toml is no TOML: ")
    assert "line 2" in fault


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path, '[[rules]]\nwarehouse = 1\nwhere = 2\n[[rules]]\nwarehouse = "reno"\nsku = [1]\n'
    )
    assert len(found) == 3


def test_a_file_that_is_not_there_is_a_fault_of_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match=r"DOCKSEAL_ROUTING_FILE .* cannot be read"):
        read(tmp_path / "nosuch.toml")


@pytest.mark.parametrize(
    ("stock", "words"),
    [
        ("sku;warehouse;quantity\n", "stock.csv line 1: write the columns sku,warehouse,quantity"),
        (
            "sku,warehouse,quantity\nMUG-1,reno,many\n",
            "stock.csv line 2: the quantity 'many' is no whole number",
        ),
        (
            "sku,warehouse,quantity\n,reno,1\n",
            "stock.csv line 2: a line is a SKU, a warehouse and a quantity",
        ),
        (
            "sku,warehouse,quantity\nA,reno,1,2\n",
            "stock.csv line 2: a line is a SKU, a warehouse and a quantity",
        ),
        ("sku,warehouse,quantity\nA\n", "stock.csv line 2: a line is a SKU, a warehouse and a quantity"),
        (
            "sku,warehouse,quantity\nA,reno,1\nA,reno,2\n",
            "stock.csv line 3: A at reno is there twice; keep one of both lines",
        ),
        (
            f"sku,warehouse,quantity\nA,reno,{'9' * 5000}\n",
            f"stock.csv line 2: the quantity '{'9' * 20}' is no whole number",
        ),
    ],
)
def test_stock_hints_that_cannot_be_read_name_their_line(tmp_path: Path, stock: str, words: str) -> None:
    assert faults(tmp_path, 'stock_file = "stock.csv"\n', stock) == (words,)


def test_names_that_are_not_there_and_destinations_nobody_looks_at_are_faults(tmp_path: Path) -> None:
    rules = (
        '[[rules]]\nwarehouse = "rino"\nsku = "A"\n[[rules]]\nwarehouse = "labels"\ncountry = "US"\n'
        '[[rules]]\nwarehouse = "reno"\nseller = "acme"\n'
    )
    found = name_faults(
        read(write(tmp_path, rules)),
        warehouses=["reno", "labels"],
        sellers=["acme-us"],
        without_recipient=["labels"],
    )
    assert found == (
        "routing rule 1: no warehouse is named 'rino': did you mean 'reno'?",
        "routing rule 2: warehouse labels is handed no personal data, so the destination is not looked at "
        "for it: take the conditions country, region and postal_code out, or name another warehouse",
        "routing rule 3: no seller is named 'acme': did you mean 'acme-us'?",
    )


def touch(path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1_000_000_000))


def test_a_changed_file_is_taken_and_a_spoilt_one_changes_nothing(tmp_path: Path) -> None:
    told: list[tuple[str, ...]] = []
    path = write(tmp_path, 'stock_file = "stock.csv"\n[[rules]]\nwarehouse = "reno"\n')
    file = RoutingFile(path, check=lambda table: ("bad",) if len(table.rules) > 1 else (), tell=told.append)
    first = file()
    touch(path, "[[rules")
    assert (file(), file(), len(told)) == (first, first, 1), "and it is told of once"
    touch(path, 'stock_file = "stock.csv"\n[[rules]]\nwarehouse = "reno"\nsku = "A"\n')
    assert file().rules[0].sku == ("A",)
    touch(tmp_path / "stock.csv", "sku,warehouse,quantity\nMUG-1,reno,1\n")
    assert dict(file().stock) == {("MUG-1", "reno"): 1}
    touch(path, '[[rules]]\nwarehouse = "reno"\nsku = "A"\n[[rules]]\nwarehouse = "reno"\n')
    assert len(file().rules) == 1, "it does not fit the installation"


def test_without_a_file_there_are_no_rules() -> None:
    file = RoutingFile(None, check=lambda _: (), tell=print)
    assert (file(), file.faults()) == (Table(), ())


def test_the_page_names_every_condition_and_its_example_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "routing.md").read_text()
    example = page.split("```toml\n")[1].split("```")[0]
    stock = page.split("```csv\n")[1].split("```")[0]
    table = read(write(tmp_path, example, stock))
    assert table.stock
    assert len(table.rules) > 3
    for key in KEYS:
        assert f"`{key}`" in page
        assert f"\n{key} = " in example
