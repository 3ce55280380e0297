"""What happened, how it goes and whether it is well: the audit trail, metrics and health."""
