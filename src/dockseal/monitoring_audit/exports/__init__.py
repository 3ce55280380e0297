"""Search in the audit trail, its export to files, and its push to a SIEM."""
