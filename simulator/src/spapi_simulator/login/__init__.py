"""Login with Amazon, the consent page, and Restricted Data Tokens."""
