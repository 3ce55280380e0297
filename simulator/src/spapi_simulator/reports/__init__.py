"""Reports API v2021-06-30."""
