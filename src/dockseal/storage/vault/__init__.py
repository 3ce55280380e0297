"""The vault database: sealed records and sealed credentials, nothing readable."""
