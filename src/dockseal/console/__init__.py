"""The web console for people and the machine API for warehouses."""
