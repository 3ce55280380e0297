"""The Selling Partner API: quotas, tokens, one module per API version, and the queue of notifications."""
