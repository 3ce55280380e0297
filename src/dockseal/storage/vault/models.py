"""The tables of the vault database: ciphertext and what is needed to find and destroy it."""

from django.db import models
from django.db.models import UniqueConstraint


class SealedRow(models.Model):
    """The sealed personal data of one order."""

    order = models.CharField(primary_key=True, max_length=64, db_column="order_ref")
    seller = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    epoch = models.CharField(max_length=64, db_index=True)
    deadline = models.DateTimeField()
    sealed_at = models.DateTimeField()
    wrapped_key = models.BinaryField()
    ciphertext = models.BinaryField()

    class Meta:
        """Names the table."""

        db_table = "vault_sealed"


class CredentialRow(models.Model):
    """One version of one sealed secret."""

    name = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    stored_at = models.DateTimeField()
    ciphertext = models.BinaryField()

    class Meta:
        """Names the table."""

        db_table = "vault_credential"
        constraints = (UniqueConstraint(fields=["name", "version"], name="credential_version_once"),)


class VaultSeenRow(models.Model):
    """The newest audit row that this database was told of; one row."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        """Names the table."""

        db_table = "vault_seen"


class ErasedRow(models.Model):
    """What somebody asked to erase: erased again where a backup of another store brings it back."""

    what = models.CharField(max_length=20)
    subject = models.CharField(max_length=64)
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()
    until = models.DateTimeField()
    seller = models.CharField(max_length=40, blank=True, default="")
    amazon_order_id = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        """Names the table."""

        db_table = "vault_erased"
        constraints = (UniqueConstraint(fields=["what", "subject"], name="erased_once"),)
