from dockseal.domain.carrier import Carrier
from dockseal.domain.identifiers import WarehouseId
from dockseal.storage.store import Storage

RENO, SPARKS = WarehouseId("reno"), WarehouseId("sparks")
FOO = Carrier(code="Other", name="Foo Couriers")


def test_a_name_means_for_each_warehouse_what_was_said_last(storage: Storage) -> None:
    storage.carrier_names.teach(RENO, "brown truck", FOO)
    storage.carrier_names.teach(RENO, "brown truck", Carrier(code="UPS", service="Ground"))
    storage.carrier_names.teach(SPARKS, "brown truck", FOO)
    assert storage.carrier_names.of(RENO) == {"brown truck": Carrier(code="UPS")}
    assert storage.carrier_names.of(SPARKS) == {"brown truck": FOO}


def test_a_forgotten_name_means_nothing(storage: Storage) -> None:
    storage.carrier_names.teach(RENO, "brown truck", FOO)
    assert storage.carrier_names.forget(RENO, "brown truck")
    assert not storage.carrier_names.forget(RENO, "brown truck")
    assert storage.carrier_names.of(RENO) == {}
