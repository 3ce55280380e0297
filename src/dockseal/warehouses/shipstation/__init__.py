"""ShipStation: a ShipStation account is the warehouse; it comes and gets orders from us as from its store."""

from dockseal.warehouses.shipstation.adapter import ShipStation

__all__ = ["ShipStation"]
