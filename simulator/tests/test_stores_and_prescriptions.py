"""Orders that a buyer collects in a store, and orders that need a prescription."""

from typing import Any

from shop import US, Shop, error

from spapi_simulator import Line

V0 = "/orders/v0/orders"


def rdt(shop: Shop, order_id: str, path: str = "", *elements: str) -> str:
    resource = {"method": "GET", "path": f"{V0}/{order_id}{path}", "dataElements": list(elements)}
    return str(shop.rdt(resource).json()["restrictedDataToken"])


def v0(shop: Shop, order_id: str, *elements: str) -> Any:
    token = rdt(shop, order_id, "", *elements) if elements else None
    return shop.get(f"{V0}/{order_id}", token=token).json()["payload"]


def place(shop: Shop, line: Line | None = None, **choices: Any) -> str:
    return shop.sim.place_order(shop.seller, lines=[line or Line(sku="MUG-1")], **choices)


class TestStores:
    def update(self, shop: Shop, order_id: str, status: str, **more: object) -> Any:
        body = {"marketplaceId": US, "shipmentStatus": status, **more}
        return shop.post(f"{V0}/{order_id}/shipment", body)

    def test_a_buyer_collects_a_part_and_then_the_rest(self, shop: Shop) -> None:
        order_id = place(shop, Line(sku="MUG-1", quantity=3), programs=["IN_STORE_PICK_UP"])
        item_id = shop.sim.order(order_id).items[0].order_item_id
        assert self.update(shop, order_id, "ReadyForPickup").status_code == 204
        some = [{"orderItemId": item_id, "quantity": 2}]
        assert self.update(shop, order_id, "PickedUp", orderItems=some).status_code == 204
        assert v0(shop, order_id)["OrderStatus"] == "PartiallyShipped"
        assert self.update(shop, order_id, "ReadyForPickup").status_code == 400
        too_many = [{"orderItemId": item_id, "quantity": 2}]
        assert self.update(shop, order_id, "PickedUp", orderItems=too_many).status_code == 400

    def test_a_buyer_who_does_not_come_gets_the_order_cancelled(self, shop: Shop) -> None:
        order_id = place(shop, programs=["IN_STORE_PICK_UP"])
        assert self.update(shop, order_id, "RefusedPickup").status_code == 400
        self.update(shop, order_id, "ReadyForPickup")
        assert self.update(shop, order_id, "RefusedPickup").status_code == 204
        assert v0(shop, order_id)["OrderStatus"] == "Canceled"

    def test_what_is_refused(self, shop: Shop) -> None:
        order_id = place(shop, programs=["IN_STORE_PICK_UP"])
        assert self.update(shop, place(shop), "ReadyForPickup").status_code == 400
        assert self.update(shop, order_id, "Gone").status_code == 400
        unknown = shop.post(f"{V0}/{order_id}/shipment", {"marketplaceId": "1", "shipmentStatus": "PickedUp"})
        assert error(unknown) == (400, "InvalidInput", "Marketplace ID is not defined 1001")
        other = [{"orderItemId": "1", "quantity": 1}]
        assert (
            "OrderItemId is invalid"
            in error(self.update(shop, order_id, "ReadyForPickup", orderItems=other))[2]
        )


class TestPrescriptions:
    def order(self, shop: Shop) -> str:
        return place(shop, Line(sku="PILL-1", prescription=True))

    def verdict(self, shop: Shop, order_id: str, **verdict: object) -> Any:
        headers = {"x-amz-access-token": shop.token()}
        url = f"https://sellingpartnerapi-na.amazon.com{V0}/{order_id}/regulatedInfo"
        return shop.http.patch(url, json={"regulatedOrderVerificationStatus": verdict}, headers=headers)

    def test_what_the_buyer_told_takes_an_rdt(self, shop: Shop) -> None:
        order_id = self.order(shop)
        path = f"{V0}/{order_id}/regulatedInfo"
        plain = shop.get(path).json()["payload"]
        assert plain["RegulatedInformation"]["Fields"] == []
        opened = shop.get(path, token=rdt(shop, order_id, "/regulatedInfo")).json()["payload"]
        assert len(opened["RegulatedInformation"]["Fields"]) == 3
        assert opened["RegulatedOrderVerificationStatus"]["RequiresMerchantAction"] is True
        assert v0(shop, order_id)["HasRegulatedItems"] is True
        assert error(shop.get(f"{V0}/{place(shop)}/regulatedInfo"))[0] == 404

    def test_it_ships_only_once_approved(self, shop: Shop) -> None:
        order_id = self.order(shop)
        assert "not verified" in error(shop.confirm(order_id))[2]
        answer = self.verdict(shop, order_id, status="Approved", externalReviewerId="vet-1")
        assert answer.status_code == 204
        assert shop.confirm(order_id).status_code == 204
        again = self.verdict(shop, order_id, status="Approved", externalReviewerId="vet-1")
        assert "already Approved" in error(again)[2]

    def test_a_rejected_one_is_cancelled(self, shop: Shop) -> None:
        order_id = self.order(shop)
        reason = {"rejectionReasonId": "rx_reject_age"}
        self.verdict(shop, order_id, status="Rejected", externalReviewerId="vet-1", **reason)
        assert v0(shop, order_id)["OrderStatus"] == "Canceled"
        shown = shop.get(f"{V0}/{order_id}/regulatedInfo").json()["payload"]
        status = shown["RegulatedOrderVerificationStatus"]
        assert (status["Status"], status["RejectionReason"]["RejectionReasonId"]) == (
            "Rejected",
            "rx_reject_age",
        )

    def test_every_fault_of_a_verdict_is_named(self, shop: Shop) -> None:
        order_id = self.order(shop)
        bare = self.verdict(shop, order_id, status="Rejected").json()["errors"]
        assert [one["message"] for one in bare] == [
            "Missing request parameter: rejectionReasonId.",
            "Missing request parameter: externalReviewerId.",
        ]
        wrong = self.verdict(shop, order_id, status="Cancelled", externalReviewerId="vet-1")
        assert "Must be one of [Approved, Rejected]" in error(wrong)[2]
        detail = {"prescriptionDetail": {"prescriptionId": "Rx-1"}}
        short = self.verdict(shop, order_id, externalReviewerId="vet-1", verificationDetails=detail)
        assert "clinicId" in error(short)[2]
        odd = self.verdict(
            shop, order_id, status="Rejected", externalReviewerId="vet-1", rejectionReasonId="none"
        )
        assert error(odd)[0] == 400
