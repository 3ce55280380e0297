"""Order Synchronization Service: notices from Amazon become accepted orders, without personal data."""
