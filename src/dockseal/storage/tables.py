"""Every table, in one place to import from once Django is configured."""

from dockseal.storage.applications import Applications, Consents
from dockseal.storage.audit import Audit
from dockseal.storage.blind_index import BlindIndex
from dockseal.storage.buckets import Buckets
from dockseal.storage.circuits import CircuitTable
from dockseal.storage.counts import Counts
from dockseal.storage.credentials import CredentialMarks, Credentials
from dockseal.storage.erased import ErasedTable
from dockseal.storage.lockouts import LockoutTable
from dockseal.storage.notices import Notices
from dockseal.storage.open_counts import OpenCounts
from dockseal.storage.order_reports import OrderReports
from dockseal.storage.orders import Orders
from dockseal.storage.packages import Packages
from dockseal.storage.probe import Probe
from dockseal.storage.releases import Releases
from dockseal.storage.sealed import Sealed
from dockseal.storage.seen import SeenTables
from dockseal.storage.sellers import Sellers
from dockseal.storage.set_aside import SetAsides
from dockseal.storage.shelf import Shelves
from dockseal.storage.sign_ins import SignIns
from dockseal.storage.skus import Skus
from dockseal.storage.sync_runs import Differences, SyncRuns
from dockseal.storage.warehouses import Warehouses
from dockseal.storage.watermarks import Watermarks

__all__ = [
    "Applications",
    "Audit",
    "BlindIndex",
    "Buckets",
    "CircuitTable",
    "Consents",
    "Counts",
    "CredentialMarks",
    "Credentials",
    "Differences",
    "ErasedTable",
    "LockoutTable",
    "Notices",
    "OpenCounts",
    "OrderReports",
    "Orders",
    "Packages",
    "Probe",
    "Releases",
    "Sealed",
    "SeenTables",
    "Sellers",
    "SetAsides",
    "Shelves",
    "SignIns",
    "Skus",
    "SyncRuns",
    "Warehouses",
    "Watermarks",
]
