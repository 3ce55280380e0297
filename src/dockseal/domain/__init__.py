"""Plain frozen values: identifiers, orders, shipments, recipients, access and the clock."""
