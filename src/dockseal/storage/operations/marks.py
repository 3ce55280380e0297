"""The tables that tell whether the vault is the one we wrote: kept where whoever writes to it cannot."""

from django.db import models


class CredentialMarkRow(models.Model):
    """Which version of a credential was stored last."""

    name = models.CharField(primary_key=True, max_length=200)
    version = models.PositiveIntegerField()
    mark = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        """Names the table."""

        db_table = "operations_credential_mark"


class SeenRow(models.Model):
    """The newest audit row that every store was told of; one row."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        """Names the table."""

        db_table = "operations_seen"
