"""The places outside that are told how far the audit trail is: a folder, a bucket, a witness."""
