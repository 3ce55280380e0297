"""Every address of the console and the machine API; Django reads it once it is configured."""

from django.urls import path

from dockseal.console.api import machine_urls
from dockseal.console.pages import (
    connect,
    entrance,
    faults,
    hold,
    machine,
    opening,
    order,
    overview,
    parcel,
    stop,
    synchronization,
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
    path("synchronization", synchronization.show),
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
]
handler400 = faults.bad_request
handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.failed
