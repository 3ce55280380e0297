"""Every address of the console and the machine API; Django reads it once it is configured."""

from django.urls import path

from dockseal.console import shipstation_api
from dockseal.console.api import machine_urls
from dockseal.console.pages import (
    alerts,
    connect,
    entrance,
    faults,
    hold,
    label,
    machine,
    opening,
    order,
    overview,
    package,
    packing,
    parcel,
    shipping,
    stop,
    synchronization,
    unmatched,
)

urlpatterns = [
    path("", overview.show),
    path("live", overview.live),
    path("orders/<slug:ref>", order.show),
    path("orders/<slug:ref>/open", opening.open_address),
    path("orders/<slug:ref>/examine", hold.examine_again),
    path("orders/<slug:ref>/seen", hold.seen),
    path("orders/<slug:ref>/stop", stop.want),
    path("orders/<slug:ref>/stopped", stop.record),
    path("orders/<slug:ref>/cancel", stop.cancel),
    path("orders/<slug:ref>/parcels", parcel.report),
    path("orders/<slug:ref>/parcels/<int:number>/correct", package.correct),
    path("orders/<slug:ref>/parcels/<int:number>/clear", package.clear),
    path("orders/<slug:ref>/parcels/<int:number>/carrier", package.name_carrier),
    path("orders/<slug:ref>/labels/rates", label.rates),
    path("orders/<slug:ref>/labels", label.buy),
    path("orders/<slug:ref>/labels/<slug:label_id>/print", label.show),
    path("orders/<slug:ref>/labels/<slug:label_id>/void", label.void),
    path("orders/<slug:ref>/slip", packing.slip),
    path("packing", packing.show),
    path("packing/find", packing.find),
    path("packing/pick-list", packing.picking),
    path("shipping", shipping.show),
    path("shipping/live", shipping.live),
    path("synchronization", synchronization.show),
    path("unmatched", unmatched.show),
    path("unmatched/<int:number>/match", unmatched.match),
    path("unmatched/<int:number>/dismiss", unmatched.dismiss),
    path("alerts", alerts.show),
    path("alerts/mutes", alerts.mute),
    path("alerts/mutes/<slug:ref>/end", alerts.unmute),
    path("alerts/<slug:ref>/acknowledge", alerts.acknowledge),
    path("connect", connect.show),
    path("connect/start", connect.start),
    path("connect/check/<str:name>", connect.check),
    path("connect/callback", connect.callback),
    path("connect/finish/<str:token>", connect.finish),
    path("sign-in", entrance.no_session),
    path("sign-in/<str:token>", entrance.sign_in),
    path("sign-out", entrance.sign_out),
    path("static/<str:name>", machine.static),
    path("health", machine.health),
    path("metrics", machine.metrics),
    path("api/v1/", machine_urls()),
    path("shipstation/<str:name>", shipstation_api.custom_store),
    path("shipstation/<str:name>/sales_orders_export", shipstation_api.sales_orders_export),
    path("shipstation/<str:name>/shipment_notification", shipstation_api.shipment_notification),
]
handler400 = faults.bad_request
handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.failed
