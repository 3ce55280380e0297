"""Every table, in one place to import from once Django is configured."""

from dockseal.storage.alert_messages import AlertChannels, AlertMessages
from dockseal.storage.alerts import AlertMutes, Alerts
from dockseal.storage.api_keys import ApiKeys
from dockseal.storage.applications import Applications, Consents
from dockseal.storage.audit import Audit
from dockseal.storage.audit_search import AuditSearch
from dockseal.storage.blind_index import BlindIndex
from dockseal.storage.buckets import Buckets
from dockseal.storage.cancellations import Cancellations
from dockseal.storage.carrier_names import CarrierNames
from dockseal.storage.checkpoints import Checkpoints
from dockseal.storage.circuits import CircuitTable
from dockseal.storage.counts import Counts
from dockseal.storage.credentials import CredentialMarks, Credentials
from dockseal.storage.erased import ErasedTable
from dockseal.storage.evidence import EvidenceTables
from dockseal.storage.feeds import Feeds
from dockseal.storage.incidents import Incidents
from dockseal.storage.labels import Labels
from dockseal.storage.lockouts import LockoutTable
from dockseal.storage.locks import LockTable
from dockseal.storage.notices import Notices
from dockseal.storage.open_counts import OpenCounts
from dockseal.storage.open_hours import OpenHours
from dockseal.storage.openable import OpenableOrders
from dockseal.storage.order_reports import OrderReports
from dockseal.storage.orders import Orders
from dockseal.storage.packages import Packages
from dockseal.storage.probe import Probe
from dockseal.storage.read_back import ReadBack
from dockseal.storage.releases import Releases
from dockseal.storage.requests_once import RequestsOnce
from dockseal.storage.sealed import Sealed
from dockseal.storage.seen import SeenTables
from dockseal.storage.sellers import Sellers
from dockseal.storage.sessions import Sessions
from dockseal.storage.set_aside import SetAsides
from dockseal.storage.shelf import Shelves
from dockseal.storage.shipping_facts import ShippingFacts
from dockseal.storage.sign_ins import SignIns
from dockseal.storage.skus import Skus
from dockseal.storage.stops import Stops
from dockseal.storage.sync_runs import Differences, SyncRuns
from dockseal.storage.told import ToldTable
from dockseal.storage.unmatched import UnmatchedTable
from dockseal.storage.waits import Waits
from dockseal.storage.warehouses import Warehouses
from dockseal.storage.watermarks import Watermarks
from dockseal.storage.working_hours import WorkingHoursTable

__all__ = [
    "AlertChannels",
    "AlertMessages",
    "AlertMutes",
    "Alerts",
    "ApiKeys",
    "Applications",
    "Audit",
    "AuditSearch",
    "BlindIndex",
    "Buckets",
    "Cancellations",
    "CarrierNames",
    "Checkpoints",
    "CircuitTable",
    "Consents",
    "Counts",
    "CredentialMarks",
    "Credentials",
    "Differences",
    "ErasedTable",
    "EvidenceTables",
    "Feeds",
    "Incidents",
    "Labels",
    "LockTable",
    "LockoutTable",
    "Notices",
    "OpenCounts",
    "OpenHours",
    "OpenableOrders",
    "OrderReports",
    "Orders",
    "Packages",
    "Probe",
    "ReadBack",
    "Releases",
    "RequestsOnce",
    "Sealed",
    "SeenTables",
    "Sellers",
    "Sessions",
    "SetAsides",
    "Shelves",
    "ShippingFacts",
    "SignIns",
    "Skus",
    "Stops",
    "SyncRuns",
    "ToldTable",
    "UnmatchedTable",
    "Waits",
    "Warehouses",
    "Watermarks",
    "WorkingHoursTable",
]
