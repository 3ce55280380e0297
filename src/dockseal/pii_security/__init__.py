"""The PII Security Layer: retrieves, seals, opens and shreds personal data, and keeps the keys."""
