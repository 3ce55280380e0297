"""Incidents: from the first alarm to the corrective control, with what Amazon may ask for (DPP 1.6)."""
