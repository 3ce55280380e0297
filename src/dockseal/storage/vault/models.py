"""The tables of the vault database: ciphertext and what is needed to find and destroy it."""

from django.db import models
from django.db.models import Index, UniqueConstraint


class SealedRow(models.Model):
    """The sealed personal data of one order."""

    order = models.CharField(primary_key=True, max_length=64, db_column="order_ref")
    seller = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    epoch = models.CharField(max_length=64)
    deadline = models.DateTimeField()
    sealed_at = models.DateTimeField()
    wrapped_key = models.BinaryField()
    ciphertext = models.BinaryField()

    class Meta:
        """Names the table."""

        db_table = "vault_sealed"
        # Both, so that the first few records of a day are found among a million without reading all.
        indexes = (Index(fields=["epoch", "order"], name="sealed_by_epoch"),)


class ClueRow(models.Model):
    """A few bits by which one sealed record is found again."""

    # Without a cascade a day's records go in one statement; the database refuses a clue without its record.
    sealed = models.ForeignKey(SealedRow, models.DO_NOTHING, db_column="order_ref", db_index=False)
    seller = models.CharField(max_length=40)
    epoch = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    bits = models.PositiveSmallIntegerField()
    proof = models.BinaryField()

    class Meta:
        """Names the table."""

        db_table = "vault_clue"
        constraints = (UniqueConstraint(fields=["sealed", "kind"], name="clue_once_of_a_kind"),)
        indexes = (Index(fields=["epoch", "seller", "kind", "bits"], name="clue_by_bits"),)


class CredentialRow(models.Model):
    """One version of one sealed secret."""

    name = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    stored_at = models.DateTimeField()
    secret_at = models.DateTimeField(null=True)
    first_at = models.DateTimeField(null=True)
    former_until = models.DateTimeField(null=True)
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
